"""Rows: data that is no dense tensor as a whole, though a batch of its rows can be one."""

from __future__ import annotations

from typing import Any

from torch import Tensor


class Rows:
    """What a feed cuts batches from where there is no array: rows of different lengths, or sparse ones.

    Subclasses say what rows a slice or an index picks, and how a batch of them is a tensor.
    """

    @property
    def shape(self) -> tuple[int | None, ...]:
        raise NotImplementedError

    def dim(self) -> int:
        return len(self.shape)

    def __getitem__(self, piece: slice) -> Any:
        raise NotImplementedError

    def index_select(self, axis: int, index: Tensor) -> Any:
        raise NotImplementedError

    def dense(self) -> Tensor:
        """These rows as one tensor; where rows were filled up, with the mask that says so as its `_keras_mask`."""
        raise NotImplementedError

    def to(self, device: Any) -> Any:
        """Rows stay where they are; their batches go to the device."""
        return self


__all__ = ["Rows"]
