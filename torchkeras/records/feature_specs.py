"""What `parse_example` is told of each feature."""

from __future__ import annotations

from typing import Any, NamedTuple

from torchkeras.core.op_errors import InvalidArgumentError

#: The only types an Example holds, by their names.
TYPES = ("float32", "int64", "string")


class FixedLenFeature(NamedTuple):
    """A feature of the same shape in each example.

    Args:
        shape: without the batch.
        dtype: float32, int64 or string.
        default_value: for examples that lack it; None if none may.
    """

    shape: Any
    dtype: Any
    default_value: Any = None


class VarLenFeature(NamedTuple):
    """A feature of any number of values, given as a sparse tensor."""

    dtype: Any


class FixedLenSequenceFeature(NamedTuple):
    """A feature of any number of values or steps of the same shape, given as a dense tensor, filled up in a batch.

    Args:
        shape: of one step.
        dtype: float32, int64 or string.
        allow_missing: whether an example may lack it; always, in `parse_example`.
        default_value: what a batch is filled up with; zero or an empty string when None.
    """

    shape: Any
    dtype: Any
    allow_missing: bool = False
    default_value: Any = None


class SparseFeature(NamedTuple):
    """A sparse tensor whose indices and values are features of their own.

    Args:
        index_key: the name of the feature with the indices; a list, one for each dimension.
        value_key: the name of the feature with the values.
        dtype: of the values.
        size: the size of the dimension; a list with a list of keys.
        already_sorted: whether the indices are in order.
    """

    index_key: Any
    value_key: str
    dtype: Any
    size: Any
    already_sorted: bool = False


class RowSplits(NamedTuple):
    """Rows from a feature with the place where each begins, and the end."""

    key: str


class RowLengths(NamedTuple):
    """Rows from a feature with the length of each."""

    key: str


class RowStarts(NamedTuple):
    """Rows from a feature with the place where each begins."""

    key: str


class RowLimits(NamedTuple):
    """Rows from a feature with the place where each ends."""

    key: str


class ValueRowIds(NamedTuple):
    """Rows from a feature with the number of its row for each value."""

    key: str


class UniformRowLength(NamedTuple):
    """Rows of one length."""

    length: int


class _RaggedFeature(NamedTuple):
    dtype: Any
    value_key: str | None = None
    partitions: Any = ()
    row_splits_dtype: Any = "int32"
    validate: bool = False


class RaggedFeature(_RaggedFeature):
    """A feature of any number of values, given as a ragged tensor.

    Args:
        dtype: float32, int64 or string.
        value_key: the name of the feature with the values; its own by default.
        partitions: how values stand in rows, from the outermost dimension to the innermost: RaggedFeature.RowLengths
            and others.
        row_splits_dtype: accepted, for who makes a tensor of the result.
        validate: accepted; that rows fit their values is always checked.
    """

    __slots__ = ()
    RowSplits, RowLengths, RowStarts, RowLimits = RowSplits, RowLengths, RowStarts, RowLimits
    ValueRowIds, UniformRowLength = ValueRowIds, UniformRowLength


def type_name(spec: Any, name: str) -> str:
    """The dtype of a feature by its name; InvalidArgumentError unless an Example can hold it."""
    dtype = spec.dtype
    found = dtype if isinstance(dtype, str) else getattr(dtype, "name", None) or str(dtype).removeprefix("torch.")
    if found not in TYPES:
        raise InvalidArgumentError(
            None, None,
            f"The dtype {found} of feature {name!r} is not in the list of allowed values: float32, int64, string. "
            f"Parse it as one of these and cast it.",
        )  # fmt: skip
    return str(found)
