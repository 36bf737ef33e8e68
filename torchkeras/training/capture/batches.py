"""Batches at fixed places in memory, from which captured work takes its data."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.core.capturing import CannotCapture
from torchkeras.core.nest import flatten, map_structure
from torchkeras.data import ArrayFeed, Batch
from torchkeras.data.arrays import ArrayEpoch

Signature = tuple[Any, ...]


def signature_of(batch: Batch) -> Signature:
    """What captured work depends on: where there are tensors, their shapes and dtypes; CannotCapture for other data."""
    return (_described(batch.x), _described(batch.y), _described(batch.sample_weight), batch.size)


def _described(nest: Any) -> Any:
    if isinstance(nest, Tensor):
        if nest.layout is not torch.strided:
            raise CannotCapture(f"its data has a {nest.layout} tensor")
        if getattr(nest, "_keras_mask", None) is not None:
            raise CannotCapture("its data comes with a mask")
        return nest.shape, nest.dtype
    if nest is None:
        return None
    if isinstance(nest, dict):
        return tuple((key, _described(value)) for key, value in nest.items())
    if isinstance(nest, (list, tuple)):
        return (type(nest).__name__, *map(_described, nest))
    raise CannotCapture(f"its data has a {type(nest).__name__}")


class FixedBatch:
    """One batch's memory, into which others like it are copied.

    Args:
        like: a batch of the same shapes and dtypes.
    """

    def __init__(self, like: Batch) -> None:
        x, y, weight = (map_structure(_empty_like, part) for part in (like.x, like.y, like.sample_weight))
        self.batch = Batch(x, y, weight, like.size)
        self._leaves = _tensors(self.batch)

    def fill(self, batch: Batch) -> None:
        for own, given in zip(self._leaves, _tensors(batch), strict=True):
            own.copy_(given, non_blocking=True)


class GatheredBatches:
    """The batches of arrays that are on the device, gathered there: a replay takes the next by itself.

    Args:
        feed: the arrays.
    """

    def __init__(self, feed: ArrayFeed) -> None:
        device = feed.device
        self.feed, self.size = feed, feed.batch_size
        self._order = torch.empty(feed.samples, dtype=torch.int64, device=device)
        self._offsets = torch.arange(self.size, device=device)
        self._place = torch.zeros((), dtype=torch.int64, device=device)
        self._host_place = 0
        self._epoch: ArrayEpoch | None = None
        first = feed.batch(0, self.size, None)
        self.signature, self._places = signature_of(first), _places(first)

    def goes_on_with(self, feed: ArrayFeed) -> bool:
        """Whether a feed has its data where this one's was, as that of the next fit may; then it is taken on."""
        if feed is self.feed:
            return True
        if (feed.samples, feed.batch_size, feed.device) != (self.feed.samples, self.size, self.feed.device):
            return False
        first = feed.batch(0, self.size, None)
        if _places(first) != self._places or signature_of(first) != self.signature:
            return False
        self.feed, self._epoch = feed, None
        return True

    @staticmethod
    def can_be(feed: Any) -> bool:
        """Whether the batches of a feed can be gathered so."""
        return isinstance(feed, ArrayFeed) and feed.is_resident and feed.samples >= feed.batch_size

    def go_to(self, epoch: ArrayEpoch) -> None:
        """Before a replay: the next batch is the one that this epoch comes to next."""
        if epoch is not self._epoch:
            self._epoch = epoch
            if epoch.order is None:
                torch.arange(self.feed.samples, out=self._order)
            else:
                self._order.copy_(epoch.order)
        if self._host_place != epoch.place:
            self._place.fill_(epoch.place)
            self._host_place = epoch.place

    def passed(self, count: int) -> None:
        """After a replay that took so many."""
        assert self._epoch is not None
        self._host_place += count * self.size
        self._epoch.pass_over(count)

    def take(self) -> Batch:
        """While the work is captured: the next batch."""
        index = self._order.index_select(0, self._offsets + self._place)
        self._place.add_(self.size)
        feed = self.feed
        x, y, weight = (map_structure(lambda t: None if t is None else t.index_select(0, index), part)
                        for part in (feed.x, feed.y, feed.sample_weight))  # fmt: skip
        return Batch(x, y, weight, self.size)


def _empty_like(value: Any) -> Any:
    # A batch that is a view of the whole set keeps its order of memory, but not the set.
    return None if value is None else torch.empty_like(value)


def _places(batch: Batch) -> list[Any]:
    return [(tensor.data_ptr(), tensor.stride()) for tensor in _tensors(batch)]


def _tensors(batch: Batch) -> list[Tensor]:
    return [leaf for leaf in flatten(batch[:3]) if leaf is not None]
