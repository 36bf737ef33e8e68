"""The part of each batch that one of several processes takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zlib import crc32

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.data.distributed import DistributedSampler

from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.replicas import Replicas
from torchkeras.data.arrays import ArrayFeed
from torchkeras.data.feed import Batch, Feed, innermost

#: How many values of each array are looked at to see whether all processes have the same.
_COMPARED = 97

_ALIKE = "Make it with a seed, as in `keras.utils.set_random_seed(0)`."


def shared_out(feed: Feed, replicas: Replicas) -> Feed:
    """A feed of the parts of this process.

    Args:
        feed: the same in all processes, unless each one's own: a data set that a strategy made by process, or a
            DataLoader with a DistributedSampler.
    """
    source = innermost(feed)
    if isinstance(source, ArrayFeed):
        if min(source.batch_size, source.samples) < replicas.size:
            raise _too_small(min(source.batch_size, source.samples), replicas)
        advice = "Give each process all of the data: it takes its part."
        replicas.check_same("The number of samples", source.samples, advice)
        replicas.check_same("The way of batches", f"{source.batch_size} samples, shuffle={source.shuffle!r}")
        replicas.check_same("The data", f"checksum {mark_of(Batch(*source.given)):x}", f"{_ALIKE} {advice}")
        source.replicas = replicas
        return feed
    own = bool(getattr(getattr(source, "source", None), "_is_each_ones_own", False)) or _is_sampled(source)
    replicas.check_same(
        "The number of batches", feed.steps, "Give every process as many, with `drop_last` for example."
    )
    return SharedFeed(feed, replicas, own)


def _is_sampled(source: Any) -> bool:
    loader = getattr(source, "source", None)
    return isinstance(loader, DataLoader) and isinstance(loader.sampler, DistributedSampler)


def _too_small(size: int, replicas: Replicas) -> ValueError:
    return ValueError(
        f"A batch of {size} cannot be shared among {replicas.size} processes: give `batch_size` as that of all of them "
        f"together, {replicas.size} or more, or start fewer processes."
    )


class SharedFeed(Feed):
    """Batches that come one after the other, each compared with the others' before a part of it is taken.

    Args:
        feed: where they come from.
        replicas: those who share them.
        own: whether each process has batches of its own, and takes them whole.
    """

    def __init__(self, feed: Feed, replicas: Replicas, own: bool) -> None:
        self.feed, self.replicas, self.own = feed, replicas, own
        self.restarts, self.endless = feed.restarts, feed.endless

    @property
    def steps(self) -> int | None:  # type: ignore[override]
        return self.feed.steps

    @property
    def check(self) -> Any:
        return self.feed.check

    @check.setter
    def check(self, value: Any) -> None:
        self.feed.check = value

    def first(self) -> Batch | None:
        with self.replicas.together():
            return self.feed.first()

    def on_epoch_end(self) -> None:
        self.feed.on_epoch_end()

    def finished(self) -> None:
        self.feed.finished()

    def epoch(self) -> Iterator[Batch]:
        count = 0
        problem: Exception | None = None
        batches = iter(self.feed.epoch())
        while True:
            batch = None
            try:
                batch = next(batches, None)
            except Exception as error:
                problem = error
            sizes = self._agreed(batch, problem, count)
            if batch is None:
                return
            yield self._cut(batch, sizes)
            count += 1

    def _agreed(self, batch: Batch | None, problem: Exception | None, count: int) -> list[int]:
        """The sizes of the batches of all; an error in all where they do not go together."""
        size, mark = (
            (-2, 0) if problem is not None else (-1, 0) if batch is None else (batch.size, self._mark(batch, count))
        )
        header = torch.tensor([size, mark])
        found = self.replicas.gather_numbers(header)
        sizes, marks = [int(row[0]) for row in found], [int(row[1]) for row in found]
        if problem is not None:
            raise problem
        if -2 in sizes:
            raise RuntimeError(f"The data of process {sizes.index(-2)} failed: its error says why.")
        if -1 in sizes and set(sizes) != {-1}:
            ended = [str(rank) for rank, one in enumerate(sizes) if one == -1]
            raise RuntimeError(
                f"The data is uneven: after {count} batches process {', '.join(ended)} has none left, and others have. "
                f"Give every process as many batches, with `steps_per_epoch` or `drop_last`."
            )
        if not self.own and len({*zip(sizes, marks, strict=True)}) > 1:
            raise RuntimeError(
                f"The processes were given different data (batch {count}, of {sizes} samples). Each takes its part of "
                f"the same batches: make them with a seed, as in `keras.utils.set_random_seed(0)`; or give each one "
                f"its own by `strategy.distribute_datasets_from_function` or a DistributedSampler."
            )
        if not self.own and batch is not None and not count and batch.size < self.replicas.size:
            raise _too_small(batch.size, self.replicas)
        return sizes

    def _mark(self, batch: Batch, count: int) -> int:
        """What the batches of all are compared by, at the first, second, fourth, eighth and so on: a GPU has to be
        waited for. Data that is not the same is so from early on.
        """
        return 0 if self.own or count & (count + 1) else mark_of(batch)

    def _cut(self, batch: Batch, sizes: list[int]) -> Batch:
        if self.own:
            return batch._replace(whole=sum(sizes))
        part = self.replicas.part(batch.size)
        size = part.stop - part.start
        part = part if size else slice(0, 1)

        def cut(value: Any) -> Any:
            return value[part] if getattr(value, "shape", None) else value

        x, y, weight = (cut(nest) if isinstance(nest, Tensor) else map_structure(cut, nest) for nest in batch[:3])
        return Batch(x, y, weight, size, batch.size)


def mark_of(batch: Batch) -> int:
    """A number that is the same for the same data: made of values at even distances, and of the last."""
    mark = 0
    for leaf in flatten(batch[:3]):
        if isinstance(leaf, Tensor) and leaf.layout is torch.strided and leaf.numel():
            flat = leaf.detach().reshape(-1)
            some = torch.cat([flat[:: max(1, flat.numel() // _COMPARED)][: 2 * _COMPARED], flat[-8:]]).cpu()
            if some.is_complex():
                some = torch.view_as_real(some)
            mark = crc32(some.contiguous().view(torch.uint8).numpy().tobytes(), mark)
    return mark


__all__ = ["SharedFeed", "mark_of", "shared_out"]
