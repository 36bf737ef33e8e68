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
from torchkeras.data.convert import tensors_of
from torchkeras.data.feed import Batch, Feed, batch_size_of, unpack_x_y_sample_weight


def as_batch(data: Any, device: torch.device, check: Callable[[Any], None] | None = None) -> Batch:
    """What a source gave, as tensors where they are needed; `check` sees the targets before they travel."""
    x, y, weight = (_dense(tensors_of(part)) for part in unpack_x_y_sample_weight(data))
    if check is not None and device.type != "cpu":
        check(y)
    return Batch(_on(x, device), _on(y, device), _on(weight, device), batch_size_of(x))


def _on(nest: Any, device: torch.device) -> Any:
    return map_structure(lambda t: t.to(device, non_blocking=True) if isinstance(t, Tensor) else t, nest)


class SequenceFeed(Feed):
    """Batches by index, in order or shuffled."""

    def __init__(self, sequence: Any, shuffle: bool, device: torch.device) -> None:
        self.sequence, self.shuffle, self.device = sequence, shuffle, device
        self.steps = len(sequence)
        if not self.steps:
            raise ValueError("The Sequence is empty: its `__len__` is 0.")

    def first(self) -> Batch | None:
        return as_batch(self.sequence[0], self.device)

    def epoch(self) -> Iterator[Batch]:
        self.steps = len(self.sequence)
        order = torch.randperm(self.steps).tolist() if self.shuffle else range(self.steps)
        return (as_batch(self.sequence[i], self.device, self.check) for i in order)

    def on_epoch_end(self) -> None:
        if hasattr(self.sequence, "on_epoch_end"):
            self.sequence.on_epoch_end()


class IterableFeed(Feed):
    """Anything that starts anew with `iter()`: a DataLoader, a data set, a list of batches."""

    def __init__(self, source: Any, device: torch.device) -> None:
        self.source, self.device = source, device
        try:
            self.steps = len(source)
        except (TypeError, NotImplementedError):
            self.steps = None

    def first(self) -> Batch | None:
        return None  # to look would take an iteration, which may be costly or have side effects

    def epoch(self) -> Iterator[Batch]:
        return (as_batch(data, self.device, self.check) for data in self.source)


class DatasetFeed(IterableFeed):
    """A tf.data.Dataset, asked for its elements without the detour over what users see of them."""

    def __init__(self, source: Any, device: torch.device) -> None:
        super().__init__(source, device)
        self.endless = self.steps is None and source._size() == -1

    def epoch(self) -> Iterator[Batch]:
        return map(self._batch, self.source._feed_batches(self.device))

    def _batch(self, data: Any) -> Batch:
        x, y, weight = unpack_x_y_sample_weight(data)
        x, y, weight = _lowered(x), _lowered(y), _lowered(weight)
        if self.device.type != "cpu":
            if self.check is not None:
                self.check(y)
            x, y, weight = (_on(part, self.device) for part in (x, y, weight))
        return Batch(x, y, weight, batch_size_of(x))


def _lowered(nest: Any) -> Any:
    if nest is None or isinstance(nest, Tensor):
        return bridge.lower(nest)
    return map_structure(_lowered_leaf, nest)


def _dense(nest: Any) -> Any:
    return nest if isinstance(nest, Tensor) else map_structure(lambda v: v.dense() if isinstance(v, Rows) else v, nest)


def _lowered_leaf(value: Any) -> Any:
    return value._as_rows().dense() if hasattr(value, "_as_rows") else bridge.lower(value)


class GeneratorFeed(Feed):
    """A generator, which goes on where it was: epochs take turns at it."""

    restarts = False

    def __init__(self, source: Any, device: torch.device) -> None:
        self.device = device
        if callable(source) and not hasattr(source, "__next__"):
            source = source()
        self.source: Iterator[Any] = iter(source)

    def first(self) -> Batch | None:
        try:
            data = next(self.source)
        except StopIteration:
            raise ValueError("The generator gave no data.") from None
        self.source = itertools.chain([data], self.source)
        return as_batch(data, self.device, self.check)

    def epoch(self) -> Iterator[Batch]:
        return (as_batch(data, self.device, self.check) for data in self.source)


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
