"""Data that is all there: arrays and tensors, cut into batches."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.replicas import Replicas
from torchkeras.core.rows import Rows
from torchkeras.core.string_array import StringArray
from torchkeras.data.ahead import AheadBatches
from torchkeras.data.convert import tensors_of
from torchkeras.data.feed import Batch, Feed
from torchkeras.data.resident import residents
from torchkeras.data.staging import Buffers, staged
from torchkeras.data.transfers import copied_to, numbered, transfers_for


class ArrayFeed(Feed):
    """Batches of arrays or tensors.

    Nothing is copied or cast as a whole on the CPU: a batch in order is a view, a shuffled one a single gather per
    array. An accelerator gets the whole set, in its own dtypes, when that takes up to a quarter of the memory that is
    free there; else a thread sends it batch by batch, some batches ahead.

    Args:
        x, y, sample_weight: nests of arrays with the same number of samples.
        batch_size: samples per batch; the last one may be short.
        shuffle: True for a new order each epoch, 'batch' to shuffle whole batches.
        device: where the batches are to be.
    """

    #: Those who share each batch.
    replicas: Replicas | None = None

    def __init__(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        batch_size: int | None = 32,
        shuffle: bool | str = False,
        device: torch.device | None = None,
    ) -> None:
        #: x, y and sample_weight as they were given, with the memory of the user's arrays.
        self.given = tensors_of(x), tensors_of(y), tensors_of(sample_weight)
        self.x, self.y, self.sample_weight = self.given
        self.samples = count_samples(*self.given)
        self.batch_size = int(batch_size or 32)
        self.shuffle = shuffle
        self.device = numbered(device or torch.device("cpu"))
        self.steps = -(-self.samples // self.batch_size)
        self._leaves = [t for t in flatten(self.given) if t is not None]
        self._settled = False
        self._streams = False
        self._moved: list[Tensor] = []
        self._open: weakref.WeakSet[AheadBatches] = weakref.WeakSet()

    def _settle(self) -> None:
        """Before the first batch: decide where the data is to be, and move it there if it may be there as a whole."""
        if self._settled:
            return
        self._settled = True
        # An array that is given twice, as to an autoencoder, is moved once.
        away = {_place_of(t): t for t in self._leaves if isinstance(t, Tensor) and is_away(t, self.device)}
        if not away:
            return
        moved = residents.move(list(away.values()), self.device)
        self._streams = moved is None
        if moved is not None:
            self._moved = moved
            whole = dict(zip(away, moved, strict=True))
            self.x, self.y, self.sample_weight = (
                map_structure(lambda t: t if t is None else whole.get(_place_of(t), t), nest) for nest in self.given
            )

    def finished(self) -> None:
        """What it has on the accelerator may be written to by the next; until then captured steps may hold it."""
        residents.leave(self._moved)
        self._moved, self._settled = [], False
        for batches in list(self._open):  # an exception may hold on to them
            batches.close()

    def first(self) -> Batch | None:
        self._settle()
        return self.batch(0, min(self.batch_size, self.samples), None)

    @property
    def is_resident(self) -> bool:
        """Whether everything lies where the batches are to be, as tensors."""
        self._settle()
        return not self._streams and all(isinstance(leaf, Tensor) for leaf in self._leaves)

    def epoch(self) -> Iterator[Batch]:
        self._settle()
        order = self._order()
        # What is there already is gathered there, by who works there.
        transfers = transfers_for(self.device) if self._streams and not self._has_resident_parts() else None
        if transfers is None:
            return ArrayEpoch(self, order)
        batches = AheadBatches(self._makes(order), transfers, self.device)
        self._open.add(batches)
        return batches

    def _has_resident_parts(self) -> bool:
        return any(isinstance(t, Tensor) and not is_away(t, self.device) for t in self._leaves)

    def _makes(self, order: Tensor | None) -> Iterator[Callable[[Buffers], Batch]]:
        for start in range(0, self.samples, self.batch_size):
            yield functools.partial(self._gather, start, min(start + self.batch_size, self.samples), order)

    def _own_piece(
        self, start: int, stop: int, order: Tensor | None, replicas: Replicas
    ) -> tuple[_Piece, int, int | None]:
        """What this process takes of a batch, how many samples of it count, and how many the batch has."""
        whole, part = stop - start, replicas.part(stop - start)
        size = part.stop - part.start
        return (
            _Piece(start + part.start, start + part.stop, order) if size else _Piece(start, start + 1, order),
            size,
            whole,
        )

    def _gather(self, start: int, stop: int, order: Tensor | None, buffers: Buffers) -> Batch:
        """A batch in buffers: gathered there, or with what is there as rows or texts."""
        piece, size, whole = _Piece(start, stop, order), stop - start, None
        if self.replicas is not None:
            piece, size, whole = self._own_piece(start, stop, order, self.replicas)

        def cut(value: Any) -> Any:
            if isinstance(value, Tensor) and value.layout is torch.strided:
                return piece.take_into(value, buffers.tensor((piece.size, *value.shape[1:]), value.dtype))
            return None if value is None else staged(piece.take(value), buffers)

        x, y, weight = (map_structure(cut, nest) for nest in self.given)
        return Batch(x, y, weight, size, whole)

    def _order(self) -> Tensor | None:
        if not self.shuffle:
            return None
        device = self.device if self.is_resident else torch.device("cpu")
        order = self._drawn()
        if self.replicas is not None:
            self.replicas.spread([order])
        return order.to(device)

    def _drawn(self) -> Tensor:
        if self.shuffle != "batch":
            return torch.randperm(self.samples)
        whole = self.samples // self.batch_size
        blocks = torch.randperm(whole)[:, None] * self.batch_size + torch.arange(self.batch_size)
        return torch.cat([blocks.flatten(), torch.arange(whole * self.batch_size, self.samples)])

    def batch(self, start: int, stop: int, order: Tensor | None) -> Batch:
        """The samples from one place to another, in their order or in this one."""
        self._settle()
        piece, size, whole = _Piece(start, stop, order), stop - start, None
        if self.replicas is not None:
            piece, size, whole = self._own_piece(start, stop, order, self.replicas)

        def cut(value: Any) -> Any:
            if isinstance(value, Tensor) and not self._streams:
                return piece.take(value)
            if value is None or isinstance(value, StringArray):
                return None if value is None else piece.take(value)
            taken = piece.take(value)
            return copied_to(taken.dense() if isinstance(taken, Rows) else taken, self.device)

        x, y, weight = (_mapped(cut, nest) for nest in (self.x, self.y, self.sample_weight))
        return Batch(x, y, weight, size, whole)

    def split(self, fraction: float) -> tuple[ArrayFeed, ArrayFeed]:
        """The samples before and after the last `fraction` of them, in their present order."""
        if not 0 < fraction < 1:
            raise ValueError(f"`validation_split` must be between 0 and 1. Received: validation_split={fraction}")
        at = int(self.samples * (1.0 - fraction))
        if at in (0, self.samples):
            raise ValueError(
                f"Training data contains {self.samples} samples, which is not sufficient to split it into a validation "
                f"and training set as specified by `validation_split={fraction}`. Either provide more data, or a "
                f"different value for the `validation_split` argument."
            )
        return self._part(slice(0, at), self.shuffle), self._part(slice(at, self.samples), False)

    def _part(self, piece: slice, shuffle: bool | str) -> ArrayFeed:
        def cut(nest: Any) -> Any:
            return map_structure(lambda t: t if t is None else t[piece], nest)

        x, y, weight = map(cut, self.given)
        return ArrayFeed(x, y, weight, self.batch_size, shuffle, self.device)


class _Piece(NamedTuple):
    """The samples from one place to another, in their order or in a given one."""

    start: int
    stop: int
    order: Tensor | None

    @property
    def size(self) -> int:
        return self.stop - self.start

    def take(self, data: Any) -> Any:
        if self.order is None:
            return data[self.start : self.stop]
        return data.index_select(0, self._index(data))

    def take_into(self, data: Tensor, out: Tensor) -> Tensor:
        if self.order is None:
            return out.copy_(data[self.start : self.stop])
        return torch.index_select(data, 0, self._index(data), out=out)

    def _index(self, data: Any) -> Tensor:
        assert self.order is not None
        index = self.order[self.start : self.stop]
        return index.to(data.device) if isinstance(data, Tensor) and data.device != index.device else index


def is_away(tensor: Tensor, device: torch.device) -> bool:
    """Whether a tensor has to travel to get to a device."""
    return tensor.device != device


def _place_of(value: Any) -> Any:
    """The same for tensors that are the same values in the same memory."""
    if not isinstance(value, Tensor) or value.layout is not torch.strided:
        return id(value)
    return value.data_ptr(), value.shape, value.stride(), value.dtype, value.device


def _mapped(function: Callable[[Any], Any], nest: Any) -> Any:
    # Called for every batch: the usual single array needs no walk.
    return function(nest) if isinstance(nest, Tensor) else map_structure(function, nest)


class ArrayEpoch(Iterator[Batch]):
    """The batches of one epoch.

    Args:
        feed: the arrays.
        order: that of the samples; None for their own.
    """

    def __init__(self, feed: ArrayFeed, order: Tensor | None) -> None:
        self.feed, self.order, self.place = feed, order, 0

    def __next__(self) -> Batch:
        feed, start = self.feed, self.place
        if start >= feed.samples:
            raise StopIteration
        self.place = min(start + feed.batch_size, feed.samples)
        return feed.batch(start, self.place, self.order)

    @property
    def whole_batches(self) -> int:
        """How many are left, a short last one aside."""
        return (self.feed.samples - self.place) // self.feed.batch_size

    def pass_over(self, count: int) -> None:
        """Leaves out so many whole batches: somebody has taken their samples otherwise."""
        self.place += count * self.feed.batch_size


def count_samples(x: Any, y: Any, sample_weight: Any) -> int:
    """How many samples there are; an error where the parts disagree or there are none."""
    counts = {
        name: [t.shape[0] if t.dim() else 0 for t in flatten(nest) if t is not None]
        for name, nest in (("x", x), ("y", y), ("sample_weight", sample_weight))
    }
    every = {n for numbers in counts.values() for n in numbers}
    if len(every) > 1:
        told = ", ".join(f"{name}: {numbers}" for name, numbers in counts.items() if numbers)
        raise ValueError(
            f"Data cardinality is ambiguous: the arrays hold different numbers of samples ({told}). "
            f"Make sure all arrays contain the same number of samples."
        )
    if not every or every == {0}:
        raise ValueError("The data is empty: expected arrays of at least one sample.")
    return every.pop()
