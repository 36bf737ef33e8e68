"""TensorShape: a shape as TensorFlow shows it, with None for sizes that are not known yet."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch


class TensorShape(tuple[Any, ...]):
    """A tuple of sizes, each an int or None; of unknown rank where it was made from None.

    Being a tuple it serves wherever torch or Python wants a shape.
    """

    _known = True

    def __new__(cls, dims: Any = ()) -> TensorShape:
        if isinstance(dims, TensorShape):
            return dims
        if type(dims) is torch.Size:
            return super().__new__(cls, dims)
        known = dims is not None
        if isinstance(dims, (int, np.integer)):
            dims = (dims,)
        made = super().__new__(cls, (_size(size) for size in (dims if known else ())))
        if not known:
            made._known = False
        return made

    # --- facts ---

    @property
    def rank(self) -> int | None:
        return len(self) if self._known else None

    ndims = rank

    @property
    def dims(self) -> list[int | None] | None:
        return list(self) if self._known else None

    def as_list(self) -> list[int | None]:
        """The sizes as a list."""
        if not self._known:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self)

    def num_elements(self) -> int | None:
        """How many values a tensor of this shape has, if that is known."""
        return math.prod(self) if self.is_fully_defined() else None

    def is_fully_defined(self) -> bool:
        return self._known and None not in tuple(self)

    def is_compatible_with(self, other: Any) -> bool:
        """Whether a tensor could have both shapes."""
        other = TensorShape(other)
        if not (self._known and other._known):
            return True
        return len(self) == len(other) and all(a is None or b is None or a == b for a, b in zip(self, other))

    def assert_is_compatible_with(self, other: Any) -> None:
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {TensorShape(other)} are incompatible")

    def assert_has_rank(self, rank: int) -> None:
        if self.rank not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def assert_same_rank(self, other: Any) -> None:
        if None not in (self.rank, TensorShape(other).rank) and self.rank != TensorShape(other).rank:
            raise ValueError(f"Shapes {self} and {TensorShape(other)} must have the same rank")

    def assert_is_fully_defined(self) -> None:
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def with_rank(self, rank: int) -> TensorShape:
        """This shape, or one of unknown sizes where even the rank was unknown."""
        if not self._known:
            return TensorShape([None] * rank)
        self.assert_has_rank(rank)
        return self

    def with_rank_at_least(self, rank: int) -> TensorShape:
        if self._known and len(self) < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def merge_with(self, other: Any) -> TensorShape:
        """What is known of either shape."""
        other = TensorShape(other)
        self.assert_is_compatible_with(other)
        if not self._known:
            return other
        return TensorShape([b if a is None else a for a, b in zip(self, other)]) if other._known else self

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        other = TensorShape(other)
        if self.rank != other.rank or not self._known:
            return TensorShape(None)
        return TensorShape([a if a == b else None for a, b in zip(self, other)])

    def concatenate(self, other: Any) -> TensorShape:
        """The sizes of both, one after the other."""
        other = TensorShape(other)
        return TensorShape([*self, *other]) if self._known and other._known else TensorShape(None)

    # --- a tuple that stays a shape ---

    def __getitem__(self, index: Any) -> Any:
        if not self._known:
            return TensorShape(None) if isinstance(index, slice) else None
        found = super().__getitem__(index)
        return TensorShape(found) if isinstance(index, slice) else found

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return TensorShape(other).concatenate(self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TensorShape):
            return self._known == other._known and super().__eq__(other)
        if isinstance(other, (tuple, list)):
            return self._known and super().__eq__(tuple(other))
        if other is None:
            return not self._known
        return NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return super().__hash__()

    def __bool__(self) -> bool:
        return self._known

    def __len__(self) -> int:
        if not self._known:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return super().__len__()

    def __reduce__(self) -> Any:
        return TensorShape, (list(self) if self._known else None,)

    def __repr__(self) -> str:
        return f"TensorShape({list(self) if self._known else None})"

    def __str__(self) -> str:
        return tuple.__repr__(tuple(self)) if self._known else "<unknown>"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def _size(size: Any) -> int | None:
    if size is None or isinstance(size, int):
        return size
    if hasattr(size, "value") and not callable(size.value):  # a TensorFlow 1 Dimension
        return _size(size.value)
    return int(size)
