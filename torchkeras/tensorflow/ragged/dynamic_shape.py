"""tf.experimental.DynamicRaggedShape: the shape of a ragged tensor, row lengths and all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.dispatch import Composite, CompositeTensor
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.rows import as_integer, as_integers, as_parts, reshaped, shown


class DynamicRaggedShape(CompositeTensor):
    """Row partitions, outermost first, and the dense shape of the values below them.

    Args:
        row_partitions: one for each ragged dimension.
        inner_shape: the shape of the flat values.
        dtype: int64 or int32.
    """

    _kind = "ragged_shape"

    def __init__(
        self,
        row_partitions: Sequence[RowPartition],
        inner_shape: Any,
        dtype: Any = None,
        validate: bool = False,
        static_inner_shape: Any = None,
    ) -> None:
        self._partitions = tuple(row_partitions)
        self._inner = as_integers(inner_shape, "inner_shape")[0].tolist()
        if not all(isinstance(one, RowPartition) for one in self._partitions):
            raise TypeError("row_partitions should be a list of RowPartitions")
        if self._partitions and not self._inner:
            raise ValueError("inner_shape must have at least one dimension below row partitions")
        self._dtype = dtypes.as_dtype(dtype or (self._partitions[0].dtype if self._partitions else dtypes.int64))

    @classmethod
    def from_lengths(cls, lengths: Sequence[Any], num_row_partitions: int | None = None, dtype: Any = None) -> Any:
        """Of a list with a number for each dense dimension, a tuple of row lengths for each ragged one."""
        ragged = [i for i, one in enumerate(lengths) if not isinstance(one, (int, np.integer))]
        depth = max(ragged, default=0) if num_row_partitions is None else num_row_partitions
        kind = dtypes.int64 if dtype is None else dtypes.as_dtype(dtype)
        if not depth:
            return cls((), [int(one) for one in lengths], kind)
        rows = int(lengths[0])
        partitions = []
        for one in lengths[1 : depth + 1]:
            if isinstance(one, (int, np.integer)):
                partitions.append(RowPartition.from_uniform_row_length(int(one), nrows=rows, dtype=kind))
            else:
                found = as_integers(one, "lengths")[0]
                if len(found) != rows:
                    raise ValueError(f"Expected {rows} row lengths, got {one}")
                partitions.append(RowPartition._of_lengths(found, dtype=kind))
            rows = partitions[-1].static_nvals
        return cls(partitions, [rows, *[int(one) for one in lengths[depth + 1 :]]], kind)

    @classmethod
    def from_row_partitions(cls, row_partitions: Sequence[RowPartition], dtype: Any = None) -> Any:
        if not row_partitions:
            raise ValueError("row_partitions cannot be empty")
        return cls(row_partitions, [row_partitions[-1].static_nvals], dtype)

    @classmethod
    def from_tensor(cls, t: Any, dtype: Any = None) -> Any:
        """The shape of a tensor, dense or ragged."""
        value = as_parts(t)
        if not isinstance(value, RaggedTensor):
            return cls((), list(value.shape), dtype)
        return cls(value._partitions, list(value.flat_values.shape), dtype)

    # --- facts ---

    @property
    def dtype(self) -> dtypes.DType:
        return self._dtype

    @property
    def rank(self) -> int:
        return len(self._partitions) + len(self._inner)

    @property
    def inner_rank(self) -> int:
        return len(self._inner)

    @property
    def num_row_partitions(self) -> int:
        return len(self._partitions)

    @property
    def row_partitions(self) -> tuple[RowPartition, ...]:
        return self._partitions

    @property
    def inner_shape(self) -> Any:
        return shown(np.array(self._inner, dtype=np.int64), self._dtype)

    @property
    def _flat_count(self) -> int:
        return self._inner[0]

    def is_uniform(self, axis: int) -> bool:
        """Whether all rows of a dimension are known to be of one length."""
        if not 0 <= axis < self.rank:
            raise IndexError(f"Expected 0 <= axis ({axis}) < rank ({self.rank})")
        return axis == 0 or axis > len(self._partitions) or self._partitions[axis - 1].is_uniform()

    def static_lengths(self, ragged_lengths: bool = True) -> list[Any]:
        """The size of each dimension, row lengths as a tuple; None in their place unless wanted."""
        if not self._partitions:
            return list(self._inner)
        found: list[Any] = [self._partitions[0].static_nrows]
        for one in self._partitions:
            ragged = tuple(one._lengths.tolist()) if ragged_lengths else None
            found.append(ragged if one._uniform is None else one._uniform)
        return found + self._inner[1:]

    def with_dtype(self, dtype: Any) -> DynamicRaggedShape:
        return DynamicRaggedShape([one.with_dtype(dtype) for one in self._partitions], self._inner, dtype)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._part(index)
        axis = as_integer(index, "index")
        if not -self.rank <= axis < self.rank:
            raise IndexError(f"Index {axis} out of range for a shape of rank {self.rank}")
        axis %= self.rank
        if not self.is_uniform(axis):
            raise ValueError(f"Index {axis} is not uniform")
        return shown(np.int64(self.static_lengths()[axis]), self._dtype)

    def _part(self, index: slice) -> DynamicRaggedShape:
        start, stop, step = index.indices(self.rank)
        if step != 1:
            raise IndexError("Cannot stride through a shape")
        if start == 0:
            depth = max(min(stop - 1, len(self._partitions)), 0)
            if stop > len(self._partitions):
                return DynamicRaggedShape(self._partitions, self._inner[: stop - len(self._partitions)], self._dtype)
            rows = self._partitions[depth].static_nrows if stop else 0
            return DynamicRaggedShape(self._partitions[:depth], [rows] if stop else [], self._dtype)
        if start <= len(self._partitions):
            raise ValueError("Slices of ragged dimensions must start at 0")
        first = len(self._partitions)
        return DynamicRaggedShape((), self._inner[start - first : stop - first], self._dtype)

    def _around(self, flat: Any) -> Any:
        """Values that follow one another, in this shape."""
        return RaggedTensor._nested(reshaped(flat, self._inner), self._partitions)

    def _to_tensor_shape(self) -> TensorShape:
        return TensorShape(self.static_lengths(ragged_lengths=False))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DynamicRaggedShape):
            return NotImplemented
        return self._partitions == other._partitions and self._inner == other._inner

    def __hash__(self) -> int:
        return hash((self._partitions, tuple(self._inner)))

    def __int__(self) -> int:
        raise Composite(self)

    __index__ = __int__

    def _refused(self, function: str) -> Exception:
        return TypeError(f"{function} takes no ragged shapes, got {self!r}.")

    def __repr__(self) -> str:
        parts = []
        for one in self.static_lengths():
            if isinstance(one, tuple):
                shown_ = [str(n) for n in one] if len(one) <= 10 else [*map(str, one[:10]), "..."]
                parts.append(f"({', '.join(shown_)}{',' if len(one) == 1 else ''})")
            else:
                parts.append(str(one))
        return f"<DynamicRaggedShape lengths=[{', '.join(parts)}] num_row_partitions={len(self._partitions)}>"


__all__ = ["DynamicRaggedShape"]
