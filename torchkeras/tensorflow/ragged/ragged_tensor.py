"""RaggedTensor: rows of different lengths, on top of values that follow one another and a partition of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import numpy as np

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.rows import (
    Integers,
    as_integer,
    as_parts,
    between,
    count,
    must_agree,
    reshaped,
    shown,
    take,
    within,
)


class RaggedTensor(CompositeTensor):
    """A tensor with a dimension whose rows differ in length. Make one with `tf.ragged.constant` or a `from_` method.

    Args:
        values: the values of all rows, one row after the other: a tensor, or a RaggedTensor for two such dimensions.
        internal: says that the constructor is not called by mistake.
        row_partition: where each row ends.

    Example:
        tf.RaggedTensor.from_row_lengths([3, 1, 4, 1], [3, 0, 1])  # [[3, 1, 4], [], [1]]
    """

    _kind = "ragged"
    __hash__ = None  # type: ignore[assignment]

    # Given to the class by the files on each matter: conversions.py, spec.py; operators and indexing likewise.
    to_tensor: Any
    to_sparse: Any
    to_list: Any
    numpy: Any
    from_tensor: Any
    from_sparse: Any
    _type_spec: Any
    _as_rows: Any

    def __init__(self, values: Any, internal: bool, row_partition: RowPartition) -> None:
        if not internal:
            raise ValueError(
                "RaggedTensor constructor is private; please use one of the factory methods instead (e.g., "
                "RaggedTensor.from_row_lengths())"
            )
        self._values, self._partition = values, row_partition

    @classmethod
    def _of(cls, values: Any, partition: RowPartition) -> RaggedTensor:
        return cls(values, True, partition)

    @classmethod
    def _nested(cls, values: Any, partitions: Sequence[RowPartition]) -> Any:
        """Flat values under several partitions, the outermost first; the values themselves under none."""
        for partition in reversed(partitions):
            values = cls._of(values, partition)
        return values

    # --- making one ---

    @classmethod
    def _from_row_partition(cls, values: Any, row_partition: RowPartition, validate: bool = True) -> RaggedTensor:
        values = as_parts(values)
        if not values.shape.rank:
            raise ValueError(f"Shape {values.shape} must have rank at least 1")
        if isinstance(values, RaggedTensor) and values._partition.dtype != row_partition.dtype:
            row_partition = row_partition.with_dtype(dtypes.int64)
            values = values.with_row_splits_dtype(dtypes.int64)
        if validate:
            must_agree(
                np.array(row_partition.static_nvals),
                np.array(count(values)),
                "Arguments to _from_row_partition do not form a valid RaggedTensor",
            )
        return cls._of(values, row_partition)

    @classmethod
    def from_row_splits(cls, values: Any, row_splits: Any, name: str | None = None, validate: bool = True) -> Any:
        """Row i holds values[row_splits[i] : row_splits[i + 1]]."""
        return cls._from_row_partition(values, RowPartition.from_row_splits(row_splits, validate), validate)

    @classmethod
    def from_row_lengths(cls, values: Any, row_lengths: Any, name: str | None = None, validate: bool = True) -> Any:
        """Rows of these lengths."""
        return cls._from_row_partition(values, RowPartition.from_row_lengths(row_lengths, validate), validate)

    @classmethod
    def from_row_starts(cls, values: Any, row_starts: Any, name: str | None = None, validate: bool = True) -> Any:
        """Rows that start at these values."""
        values = as_parts(values)
        return cls._from_row_partition(
            values, RowPartition.from_row_starts(row_starts, count(values), validate), validate
        )

    @classmethod
    def from_row_limits(cls, values: Any, row_limits: Any, name: str | None = None, validate: bool = True) -> Any:
        """Rows that end before these values."""
        return cls._from_row_partition(values, RowPartition.from_row_limits(row_limits, validate), validate)

    @classmethod
    def from_value_rowids(
        cls, values: Any, value_rowids: Any, nrows: Any = None, name: str | None = None, validate: bool = True
    ) -> Any:
        """Value i is in row value_rowids[i]."""
        return cls._from_row_partition(values, RowPartition.from_value_rowids(value_rowids, nrows, validate), validate)

    @classmethod
    def from_uniform_row_length(
        cls, values: Any, uniform_row_length: Any, nrows: Any = None, validate: bool = True, name: str | None = None
    ) -> Any:
        """Rows all of one length."""
        values = as_parts(values)
        kind = values._partition.dtype if isinstance(values, RaggedTensor) else None
        partition = RowPartition.from_uniform_row_length(uniform_row_length, count(values), nrows, validate, kind)
        return cls._from_row_partition(values, partition, validate)

    @classmethod
    def from_nested_row_splits(
        cls, flat_values: Any, nested_row_splits: Any, name: str | None = None, validate: bool = True
    ) -> Any:
        """Several ragged dimensions, the splits of the outermost first."""
        result = flat_values
        for splits in reversed(_several(nested_row_splits, "nested_row_splits")):
            result = cls.from_row_splits(result, splits, validate=validate)
        return result

    @classmethod
    def from_nested_row_lengths(
        cls, flat_values: Any, nested_row_lengths: Any, name: str | None = None, validate: bool = True
    ) -> Any:
        """Several ragged dimensions, the lengths of the outermost first."""
        result = flat_values
        for lengths in reversed(_several(nested_row_lengths, "nested_row_lengths")):
            result = cls.from_row_lengths(result, lengths, validate=validate)
        return result

    @classmethod
    def from_nested_value_rowids(
        cls,
        flat_values: Any,
        nested_value_rowids: Any,
        nested_nrows: Any = None,
        name: str | None = None,
        validate: bool = True,
    ) -> Any:
        """Several ragged dimensions, the row numbers of the outermost first."""
        rowids = _several(nested_value_rowids, "nested_value_rowids")
        nrows = [None] * len(rowids) if nested_nrows is None else list(nested_nrows)
        if len(nrows) != len(rowids):
            raise ValueError(
                f"Argument `nested_nrows` must have the same length as argument `nested_value_rowids`. "
                f"len(nested_nrows) = {len(nrows)} vs. len(nested_values_rowids) = {len(rowids)}."
            )
        result = flat_values
        for ids, rows in zip(reversed(rowids), reversed(nrows), strict=True):
            result = cls.from_value_rowids(result, ids, rows, validate=validate)
        return result

    # --- facts ---

    @property
    def dtype(self) -> dtypes.DType:
        found: dtypes.DType = self._values.dtype
        return found

    @property
    def shape(self) -> TensorShape:
        """The sizes; None for ragged dimensions."""
        return TensorShape([self._partition.static_nrows, self._partition._uniform, *self._values.shape[1:]])

    def get_shape(self) -> TensorShape:
        return self.shape

    @property
    def ragged_rank(self) -> int:
        """How many dimensions are partitioned into rows."""
        return len(self._partitions)

    @property
    def values(self) -> Any:
        """The rows, one after the other, without the outermost partition."""
        return self._values

    @property
    def flat_values(self) -> Any:
        """The values without any partition: a dense tensor."""
        return self._values.flat_values if isinstance(self._values, RaggedTensor) else self._values

    @property
    def uniform_row_length(self) -> Any:
        """The length of each row if rows are known to be of one length, else None."""
        return self._partition.uniform_row_length()

    @property
    def row_splits(self) -> Any:
        return self._partition.row_splits()

    @property
    def nested_row_splits(self) -> tuple[Any, ...]:
        """The splits of each ragged dimension, outermost first."""
        return tuple(partition.row_splits() for partition in self._partitions)

    @property
    def _partitions(self) -> list[RowPartition]:
        inner = self._values._partitions if isinstance(self._values, RaggedTensor) else []
        return [self._partition, *inner]

    def nrows(self, out_type: Any = None, name: str | None = None) -> Any:
        """How many rows there are."""
        return shown(np.int64(self._partition.static_nrows), self._partition.dtype if out_type is None else out_type)

    def row_lengths(self, axis: int = 1, name: str | None = None) -> Any:
        """The length of each row; for axis 2 and on, a tensor of this tensor's own outer shape."""
        if axis == 0:
            return self.nrows()
        axis = axis_of(axis, self.shape.rank)
        if axis == 1:
            return self._partition.row_lengths()
        if isinstance(self._values, RaggedTensor):
            return self.with_values(self._values.row_lengths(axis - 1))
        sizes = np.full(tuple(self._values.shape[: axis - 1]), self._values.shape[axis - 1])
        return self.with_values(shown(sizes, self._partition.dtype))

    def row_starts(self, name: str | None = None) -> Any:
        return self._partition.row_starts()

    def row_limits(self, name: str | None = None) -> Any:
        return self._partition.row_limits()

    def value_rowids(self, name: str | None = None) -> Any:
        """The row of each value."""
        return self._partition.value_rowids()

    def nested_row_lengths(self, name: str | None = None) -> tuple[Any, ...]:
        return tuple(partition.row_lengths() for partition in self._partitions)

    def nested_value_rowids(self, name: str | None = None) -> tuple[Any, ...]:
        return tuple(partition.value_rowids() for partition in self._partitions)

    def bounding_shape(self, axis: Any = None, name: str | None = None, out_type: Any = None) -> Any:
        """The shape of the smallest dense tensor that holds this one; along some axes only, if given."""
        sizes = np.array(self._bounds())
        kind = self._partition.dtype if out_type is None else out_type
        return shown(sizes if axis is None else sizes[np.asarray(axis)], kind)

    def _bounds(self) -> list[int]:
        longest = [int(p._lengths.max(initial=0)) if p._uniform is None else p._uniform for p in self._partitions]
        return [self._partition.static_nrows, *longest, *self.flat_values.shape[1:]]

    def consumers(self) -> list[Any]:
        return []

    # --- the same structure with other values ---

    def with_values(self, new_values: Any) -> RaggedTensor:
        """The same rows of other values."""
        values = as_parts(new_values)
        if count(values) != self._partition.static_nvals:
            raise ValueError(f"Shapes ({self._partition.static_nvals},) and {values.shape[:1]} are incompatible")
        return RaggedTensor._of(values, self._partition)

    def with_flat_values(self, new_values: Any) -> RaggedTensor:
        """The same rows in all ragged dimensions, of other values."""
        if isinstance(self._values, RaggedTensor):
            return self.with_values(self._values.with_flat_values(new_values))
        return self.with_values(new_values)

    def with_row_splits_dtype(self, dtype: Any) -> RaggedTensor:
        """The same tensor whose splits are int32 or int64."""
        partitions = [partition.with_dtype(dtype) for partition in self._partitions]
        return RaggedTensor._nested(self.flat_values, partitions)

    def merge_dims(self, outer_axis: int, inner_axis: int) -> Any:
        """Dimensions from one to another as a single one."""
        rank = self.shape.rank
        outer, inner = axis_of(outer_axis, rank), axis_of(inner_axis, rank)
        if outer > inner:
            raise ValueError(f"Expected outer_axis ({outer}) to be less than or equal to inner_axis ({inner}).")
        return _merged(self, outer, inner)

    def _take(self, index: Integers) -> RaggedTensor:
        """The rows of these numbers, in this order."""
        lengths = self._partition._lengths[index]
        chosen = within(self._partition._splits[:-1][index], lengths)
        partition = RowPartition._of_lengths(lengths, self._partition._uniform, self._partition.dtype)
        return RaggedTensor._of(take(self._values, chosen), partition)

    def _row(self, number: int) -> Any:
        splits = self._partition._splits
        return between(self._values, int(splits[number]), int(splits[number + 1]))

    # --- what tensors can that this cannot ---

    def __len__(self) -> NoReturn:
        raise TypeError("object of type 'RaggedTensor' has no len(); use `nrows()`")

    def __bool__(self) -> NoReturn:
        raise TypeError("RaggedTensor may not be used as a boolean.")

    def __iter__(self) -> Iterator[Any]:
        return (self._row(i) for i in range(self._partition.static_nrows))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        # TensorFlow's are single objects to NumPy; `numpy()` gives the values.
        held = np.empty((), dtype=object)
        held[()] = self
        return held

    def _refused(self, function: str) -> Exception:
        return ValueError(
            f"TypeError: object of type 'RaggedTensor' has no len(): {function} takes no ragged tensors. "
            f"`to_tensor()` makes a dense one, `tf.ragged.map_flat_values` applies a function to its values."
        )

    def _watchable(self) -> Any:
        return self.flat_values

    def _with_watchable(self, values: Any) -> RaggedTensor:
        return self.with_flat_values(values)

    def __reduce__(self) -> Any:
        return RaggedTensor._of, (self._values, self._partition)


def axis_of(axis: Any, rank: int | None) -> int:
    """An axis counted from the front."""
    assert rank is not None
    found = as_integer(axis, "axis")
    if not -rank <= found < rank:
        raise ValueError(f"axis={found} out of bounds: expected {-rank}<=axis<{rank}")
    return found % rank


def _several(value: Any, what: str) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"Argument `{what}` must be a list of Tensors. Received {value}.")
    return list(value)


def _merged(value: Any, outer: int, inner: int) -> Any:
    if outer == inner:
        return value
    if not isinstance(value, RaggedTensor):
        from_shape = tuple(value.shape)
        middle = int(np.prod(from_shape[outer : inner + 1]))
        return reshaped(value, (*from_shape[:outer], middle, *from_shape[inner + 1 :]))
    if outer:
        return value.with_values(_merged(value._values, outer - 1, inner - 1)) if outer > 1 else _joined(value, inner)
    return _merged(value._values, 0, inner - 1)


def _joined(value: RaggedTensor, inner: int) -> Any:
    """Dimension 1 joined with those after it."""
    values, partition = value._values, value._partition
    for _ in range(inner - 1):
        if isinstance(values, RaggedTensor):
            splits = values._partition._splits[partition._splits]
            uniform = _product(partition._uniform, values._partition._uniform)
            values = values._values
        else:
            width = int(values.shape[1])
            splits, uniform = partition._splits * width, _product(partition._uniform, width)
            values = reshaped(values, (values.shape[0] * width, *values.shape[2:]))
        partition = RowPartition(splits, uniform, partition.dtype)
    return RaggedTensor._of(values, partition)


def _product(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a * b


__all__ = ["RaggedTensor", "axis_of"]
