"""Data that is all there: arrays and tensors, cut into batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.rows import Rows
from torchkeras.core.string_array import StringArray
from torchkeras.data.convert import tensors_of
from torchkeras.data.feed import Batch, Feed

#: Data sets up to this size move to the accelerator whole; larger ones travel by the batch.
RESIDENT_BYTES = 1 << 30


class ArrayFeed(Feed):
    """Batches of arrays or tensors.

    Nothing is copied or cast as a whole: a batch in order is a view, a shuffled one a single gather per array.

    Args:
        x, y, sample_weight: nests of arrays with the same number of samples.
        batch_size: samples per batch; the last one may be short.
        shuffle: True for a new order each epoch, 'batch' to shuffle whole batches.
        device: where the batches are to be.
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        batch_size: int | None = 32,
        shuffle: bool | str = False,
        device: torch.device | None = None,
    ) -> None:
        self.x, self.y, self.sample_weight = tensors_of(x), tensors_of(y), tensors_of(sample_weight)
        self.samples = count_samples(self.x, self.y, self.sample_weight)
        self.batch_size = int(batch_size or 32)
        self.shuffle = shuffle
        self.device = device or torch.device("cpu")
        self.steps = -(-self.samples // self.batch_size)
        self._leaves = [t for t in flatten((self.x, self.y, self.sample_weight)) if t is not None]
        self._resident = self._make_resident()

    def _make_resident(self) -> bool:
        """Move small sets to the accelerator once. On the CPU they are where they should be already."""
        away = [t for t in self._leaves if isinstance(t, Tensor) and t.device != self.device]
        if not away:
            return True
        if self.device.type == "cpu" or sum(t.numel() * t.element_size() for t in away) <= RESIDENT_BYTES:
            self.x, self.y, self.sample_weight = (
                map_structure(lambda t: t if t is None else t.to(self.device), nest)
                for nest in (self.x, self.y, self.sample_weight)
            )
            return True
        return False

    def first(self) -> Batch | None:
        return self.batch(0, min(self.batch_size, self.samples), None)

    @property
    def is_resident(self) -> bool:
        """Whether everything lies where the batches are to be, as tensors."""
        return self._resident and all(isinstance(leaf, Tensor) for leaf in self._leaves)

    def epoch(self) -> ArrayEpoch:
        return ArrayEpoch(self, self._order())

    def _order(self) -> Tensor | None:
        if not self.shuffle:
            return None
        device = self.device if self._resident else torch.device("cpu")
        if self.shuffle != "batch":
            return torch.randperm(self.samples).to(device)
        whole = self.samples // self.batch_size
        blocks = torch.randperm(whole)[:, None] * self.batch_size + torch.arange(self.batch_size)
        return torch.cat([blocks.flatten(), torch.arange(whole * self.batch_size, self.samples)]).to(device)

    def batch(self, start: int, stop: int, order: Tensor | None) -> Batch:
        """The samples from one place to another, in their order or in this one."""
        if order is None:

            def take(tensor: Any) -> Any:
                return tensor[start:stop]
        else:
            index = order[start:stop]

            def take(tensor: Any) -> Any:
                return tensor.index_select(0, index)

        def cut(nest: Any) -> Any:
            if isinstance(nest, StringArray):
                return take(nest)
            if isinstance(nest, Rows):
                return take(nest).dense().to(self.device)
            if isinstance(nest, Tensor):
                return take(nest) if self._resident else self._send(take(nest))
            return None if nest is None else map_structure(cut, nest)

        return Batch(cut(self.x), cut(self.y), cut(self.sample_weight), stop - start)

    def _send(self, tensor: Tensor) -> Tensor:
        return tensor.pin_memory().to(self.device, non_blocking=True)

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

        return ArrayFeed(cut(self.x), cut(self.y), cut(self.sample_weight), self.batch_size, shuffle, self.device)


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
