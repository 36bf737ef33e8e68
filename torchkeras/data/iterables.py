"""Data that comes batch by batch: Sequences, generators, DataLoaders, and whatever else can be iterated."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.kinds import bridge
from torchkeras.core.nest import map_structure
from torchkeras.core.rows import Rows
from torchkeras.data.ahead import SentBatches
from torchkeras.data.convert import tensors_of
from torchkeras.data.feed import Batch, Feed, batch_size_of, unpack_x_y_sample_weight
from torchkeras.data.staging import Buffers, staged
from torchkeras.data.transfers import copied_to, numbered, transfers_for


def as_tensors(data: Any) -> Batch:
    """What a source gave, as tensors where they are."""
    x, y, weight = (_dense(tensors_of(part)) for part in unpack_x_y_sample_weight(data))
    return Batch(x, y, weight, batch_size_of(x))


class StreamFeed(Feed):
    """Batches that somebody else makes, one after the other, in the thread that asks for them.

    CUDA gets them over buffers of pinned memory, while it works on those before.

    Args:
        device: where they are to be.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = numbered(device)

    def _sent(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """These batches, on the device."""
        transfers = transfers_for(self.device)
        if transfers is None:
            return map(self._there, batches)
        return SentBatches(map(self._to_stage, batches), transfers, self.device)

    def _there(self, batch: Batch) -> Batch:
        if self.check is not None and self.device.type != "cpu":
            self.check(batch.y)
        x, y, weight = (map_structure(lambda t: copied_to(t, self.device), part) for part in batch[:3])
        return Batch(x, y, weight, batch.size)

    def _to_stage(self, batch: Batch) -> Callable[[Buffers], Batch]:
        if self.check is not None:
            self.check(batch.y)

        def make(buffers: Buffers) -> Batch:
            x, y, weight = (staged(part, buffers) for part in batch[:3])
            return Batch(x, y, weight, batch.size)

        return make


class SequenceFeed(StreamFeed):
    """Batches by index, in order or shuffled."""

    def __init__(self, sequence: Any, shuffle: bool, device: torch.device) -> None:
        super().__init__(device)
        self.sequence, self.shuffle = sequence, shuffle
        self.steps = len(sequence)
        if not self.steps:
            raise ValueError("The Sequence is empty: its `__len__` is 0.")

    def first(self) -> Batch | None:
        return self._there(as_tensors(self.sequence[0]))

    def epoch(self) -> Iterator[Batch]:
        self.steps = len(self.sequence)
        order = torch.randperm(self.steps).tolist() if self.shuffle else range(self.steps)
        return self._sent(as_tensors(self.sequence[i]) for i in order)

    def on_epoch_end(self) -> None:
        if hasattr(self.sequence, "on_epoch_end"):
            self.sequence.on_epoch_end()


class IterableFeed(StreamFeed):
    """Anything that starts anew with `iter()`: a DataLoader, a data set, a list of batches."""

    def __init__(self, source: Any, device: torch.device) -> None:
        super().__init__(device)
        self.source = source
        try:
            self.steps = len(source)
        except (TypeError, NotImplementedError):
            self.steps = None

    def first(self) -> Batch | None:
        return None  # to look would take an iteration, which may be costly or have side effects

    def epoch(self) -> Iterator[Batch]:
        return self._sent(map(as_tensors, self.source))


class DatasetFeed(IterableFeed):
    """A tf.data.Dataset, asked for its elements without the detour over what users see of them."""

    def __init__(self, source: Any, device: torch.device) -> None:
        super().__init__(source, device)
        self.endless = self.steps is None and source._size() == -1

    def epoch(self) -> Iterator[Batch]:
        batches = map(_lowered_batch, self.source._feed_batches(self.device))
        return batches if self.device.type == "cpu" else self._sent(batches)


def _lowered_batch(data: Any) -> Batch:
    x, y, weight = map(_lowered, unpack_x_y_sample_weight(data))
    return Batch(x, y, weight, batch_size_of(x))


def _lowered(nest: Any) -> Any:
    if nest is None or isinstance(nest, Tensor):
        return bridge.lower(nest)
    return map_structure(_lowered_leaf, nest)


def _dense(nest: Any) -> Any:
    return nest if isinstance(nest, Tensor) else map_structure(lambda v: v.dense() if isinstance(v, Rows) else v, nest)


def _lowered_leaf(value: Any) -> Any:
    return value._as_rows().dense() if hasattr(value, "_as_rows") else bridge.lower(value)


class GeneratorFeed(StreamFeed):
    """A generator, which goes on where it was: epochs take turns at it."""

    restarts = False

    def __init__(self, source: Any, device: torch.device) -> None:
        super().__init__(device)
        if callable(source) and not hasattr(source, "__next__"):
            source = source()
        self.source: Iterator[Any] = iter(source)

    def first(self) -> Batch | None:
        try:
            data = next(self.source)
        except StopIteration:
            raise ValueError("The generator gave no data.") from None
        self.source = itertools.chain([data], self.source)
        return self._there(as_tensors(data))

    def epoch(self) -> Iterator[Batch]:
        return self._sent(map(as_tensors, self.source))


class MappedFeed(Feed):
    """Another feed with each batch passed through a function."""

    def __init__(self, feed: Feed, function: Callable[[Batch], Batch]) -> None:
        self.feed, self.function = feed, function
        self.restarts = feed.restarts

    @property
    def steps(self) -> int | None:  # type: ignore[override]
        return self.feed.steps

    def first(self) -> Batch | None:
        found = self.feed.first()
        return None if found is None else self.function(found)

    def epoch(self) -> Iterator[Batch]:
        return (self.function(batch) for batch in self.feed.epoch())

    def on_epoch_end(self) -> None:
        self.feed.on_epoch_end()

    def finished(self) -> None:
        self.feed.finished()
