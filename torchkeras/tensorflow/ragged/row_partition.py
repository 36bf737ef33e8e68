"""RowPartition: how values that follow one another fall into rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.rows import Integers, as_integer, as_integers, must_agree, shown, starts_of


class RowPartition:
    """Rows of values: row i holds the values from splits[i] up to splits[i + 1].

    Made by one of the `from_` methods.
    """

    __slots__ = ("_dtype", "_splits", "_uniform")

    def __init__(self, splits: Integers, uniform: int | None = None, dtype: dtypes.DType = dtypes.int64) -> None:
        self._splits, self._uniform, self._dtype = splits, uniform, dtype

    # --- ways to say it ---

    @classmethod
    def from_row_splits(
        cls, row_splits: Any, validate: bool = True, dtype: Any = None, dtype_hint: Any = None
    ) -> RowPartition:
        splits, kind = as_integers(row_splits, "row_splits")
        if splits.ndim != 1:
            raise ValueError(f"Shape {splits.shape} must have rank 1")
        if not len(splits):
            raise ValueError("row_splits tensor may not be empty.")
        if validate:
            must_agree(splits[0], np.int64(0), _INVALID.format("from_row_splits", ":zero"))
            _ascending(splits, "from_row_splits")
        return cls(splits, None, _chosen(kind, dtype))

    @classmethod
    def from_row_lengths(
        cls, row_lengths: Any, validate: bool = True, dtype: Any = None, dtype_hint: Any = None
    ) -> RowPartition:
        lengths, kind = as_integers(row_lengths, "row_lengths")
        if lengths.ndim != 1:
            raise ValueError(f"Shape {lengths.shape} must have rank 1")
        if validate:
            _not_negative(lengths, "from_row_lengths")
        return cls(starts_of(lengths), None, _chosen(kind, dtype))

    @classmethod
    def from_value_rowids(
        cls, value_rowids: Any, nrows: Any = None, validate: bool = True, dtype: Any = None, dtype_hint: Any = None
    ) -> RowPartition:
        rowids, kind = as_integers(value_rowids, "value_rowids")
        if rowids.ndim != 1:
            raise ValueError(f"Shape {rowids.shape} must have rank 1")
        rows = (int(rowids[-1]) + 1 if len(rowids) else 0) if nrows is None else as_integer(nrows, "nrows")
        if rows < 0:
            raise ValueError(f"Expected nrows >= 0; got {rows}")
        if len(rowids) and rows < int(rowids[-1]) + 1:
            raise ValueError(f"Expected nrows >= value_rowids[-1] + 1; got nrows={rows}, value_rowids[-1]={rowids[-1]}")
        if validate:
            _not_negative(rowids[:1], "from_value_rowids")
            _not_negative(np.diff(rowids), "from_value_rowids")
        return cls(starts_of(np.bincount(rowids, minlength=rows)), None, _chosen(kind, dtype))

    @classmethod
    def from_row_starts(
        cls, row_starts: Any, nvals: Any, validate: bool = True, dtype: Any = None, dtype_hint: Any = None
    ) -> RowPartition:
        starts, kind = as_integers(row_starts, "row_starts")
        if starts.ndim != 1:
            raise ValueError(f"Shape {starts.shape} must have rank 1")
        splits = np.append(starts, as_integer(nvals, "nvals"))
        if validate:
            if len(starts):
                must_agree(splits[0], np.int64(0), _INVALID.format("from_row_starts", ":zero"))
            _ascending(splits, "from_row_starts")
        return cls(splits, None, _chosen(kind, dtype))

    @classmethod
    def from_row_limits(
        cls, row_limits: Any, validate: bool = True, dtype: Any = None, dtype_hint: Any = None
    ) -> RowPartition:
        limits, kind = as_integers(row_limits, "row_limits")
        if limits.ndim != 1:
            raise ValueError(f"Shape {limits.shape} must have rank 1")
        splits = np.concatenate([np.zeros(1, dtype=np.int64), limits])
        if validate:
            _ascending(splits, "from_row_limits")
        return cls(splits, None, _chosen(kind, dtype))

    @classmethod
    def from_uniform_row_length(
        cls,
        uniform_row_length: Any,
        nvals: Any = None,
        nrows: Any = None,
        validate: bool = True,
        dtype: Any = None,
        dtype_hint: Any = None,
    ) -> RowPartition:
        length = as_integer(uniform_row_length, "uniform_row_length")
        if length < 0:
            raise ValueError(f"Expected uniform_row_length >= 0; got {length}")
        values = None if nvals is None else as_integer(nvals, "nvals")
        if nrows is not None:
            rows = as_integer(nrows, "nrows")
        elif values is None:
            raise ValueError("At least one of nvals and nrows must be given.")
        else:
            rows = values // length if length else 0
        if values is not None and rows * length != values:
            raise ValueError(f"uniform_row_length={length} times nrows={rows} must equal nvals={values}")
        return cls(np.arange(rows + 1, dtype=np.int64) * length, length, _chosen(dtypes.int64, dtype))

    @classmethod
    def _of_dense(cls, shape: Sequence[int], dtype: dtypes.DType = dtypes.int64) -> list[RowPartition]:
        """What folds rows into dense dimensions of this shape, the outermost first."""
        counts = np.cumprod([1, *shape], dtype=np.int64)
        return [
            cls.from_uniform_row_length(size, nrows=rows, dtype=dtype)
            for size, rows in zip(shape[1:], counts[1:], strict=False)
        ]

    # --- what it says ---

    @property
    def dtype(self) -> dtypes.DType:
        return self._dtype

    @property
    def static_nrows(self) -> int:
        return len(self._splits) - 1

    @property
    def static_nvals(self) -> int:
        return int(self._splits[-1])

    @property
    def static_uniform_row_length(self) -> int | None:
        return self._uniform

    def is_uniform(self) -> bool:
        return self._uniform is not None

    def uniform_row_length(self) -> Any:
        return None if self._uniform is None else shown(np.int64(self._uniform), self._dtype)

    def row_splits(self) -> Any:
        return shown(self._splits, self._dtype)

    def row_lengths(self) -> Any:
        return shown(self._lengths, self._dtype)

    def row_starts(self) -> Any:
        return shown(self._splits[:-1], self._dtype)

    def row_limits(self) -> Any:
        return shown(self._splits[1:], self._dtype)

    def value_rowids(self) -> Any:
        return shown(self._rowids, self._dtype)

    def offsets_in_rows(self) -> Any:
        return shown(self._offsets, self._dtype)

    def nrows(self) -> Any:
        return shown(np.int64(self.static_nrows), self._dtype)

    def nvals(self) -> Any:
        return shown(np.int64(self.static_nvals), self._dtype)

    def with_dtype(self, dtype: Any) -> RowPartition:
        return RowPartition(self._splits, self._uniform, _chosen(self._dtype, dtype))

    # --- the same on the host ---

    @property
    def _lengths(self) -> Integers:
        return np.diff(self._splits)

    @property
    def _rowids(self) -> Integers:
        return np.repeat(np.arange(self.static_nrows), self._lengths)

    @property
    def _offsets(self) -> Integers:
        return np.arange(self.static_nvals) - np.repeat(self._splits[:-1], self._lengths)

    @classmethod
    def _of_lengths(
        cls, lengths: Integers, uniform: int | None = None, dtype: dtypes.DType = dtypes.int64
    ) -> RowPartition:
        return cls(starts_of(lengths), uniform, dtype)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowPartition) and np.array_equal(self._splits, other._splits)

    def __hash__(self) -> int:
        return hash(self._splits.tobytes())

    def __repr__(self) -> str:
        if self._uniform is not None:
            return f"tf.RowPartition(nrows={self.static_nrows}, uniform_row_length={self._uniform})"
        return f"tf.RowPartition(row_splits={self._splits.tolist()})"


_INVALID = "Arguments to {} do not form a valid RaggedTensor{}"


def _chosen(kind: dtypes.DType, wanted: Any) -> dtypes.DType:
    found = kind if wanted is None else dtypes.as_dtype(wanted)
    if found not in (dtypes.int32, dtypes.int64):
        raise ValueError(f"Row splits must be int32 or int64, got {found!r}.")
    return found


def _ascending(splits: Integers, method: str) -> None:
    _not_negative(np.diff(splits), method)


def _not_negative(values: Integers, method: str) -> None:
    wrong = values[values < 0]
    if len(wrong):
        raise InvalidArgumentError(
            None,
            None,
            f"Arguments to {method} do not form a valid RowPartition.\nCondition x >= 0 did not hold element-wise:\n"
            f"x = {wrong[:3].tolist()}",
        )


__all__ = ["RowPartition"]
