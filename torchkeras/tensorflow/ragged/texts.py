"""Ragged tensors of texts, and ragged tensors as texts: joined along rows, split into more, formatted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras.tensorflow.dispatch import handles
from torchkeras.tensorflow.ragged.dimensions import bound
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor, axis_of
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.rows import as_host
from torchkeras.tensorflow.string_tensor import StringTensor


@handles("ragged", "strings.reduce_join")
def _reduce_join(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    value = given["inputs"]
    between = as_host(given.get("separator") or b"")
    between = between.encode() if isinstance(between, str) else between
    axis = given.get("axis")
    if axis is None:
        axes = list(range(value.shape.rank))
    else:
        axes = [axis_of(one, value.shape.rank) for one in (axis if isinstance(axis, (list, tuple)) else [axis])]
    if given.get("keepdims"):
        raise ValueError("tf.strings.reduce_join of a ragged tensor takes no keepdims.")
    for one in sorted(axes, reverse=True):
        value = _joined(value, one, between, function)
    return value


def _joined(value: Any, axis: int, between: bytes, function: Callable[..., Any]) -> Any:
    if not isinstance(value, RaggedTensor):
        return function(value, axis=axis, separator=between)
    if axis > 1:
        return value.with_values(_joined(value._values, axis - 1, between, function))
    partition = value._partition
    if isinstance(value._values, RaggedTensor) or axis == 0:
        ids = partition._rowids if axis else partition._offsets
        many = partition.static_nrows if axis else int(partition._lengths.max(initial=0))
        return _joined_segments(value._values, ids, many, between)
    return _joined_segments(value._values, partition._rowids, partition.static_nrows, between)


def _joined_segments(values: Any, ids: Any, count: int, between: bytes) -> Any:
    if isinstance(values, RaggedTensor):
        lengths = np.zeros(count, dtype=np.int64)
        np.maximum.at(lengths, ids, values._partition._lengths)
        partition = RowPartition._of_lengths(lengths)
        place = partition._splits[:-1][ids][values._partition._rowids] + values._partition._offsets
        return RaggedTensor._of(_joined_segments(values._values, place, partition.static_nvals, between), partition)
    texts: list[list[Any]] = [[] for _ in range(count)]
    for number, text in zip(ids, values._array, strict=True):
        texts[number].append(text)
    made_ = np.empty((count, *values._array.shape[1:]), dtype=object)
    for i, rows in enumerate(texts):
        made_[i] = between.join(rows) if values._array.ndim == 1 else _by_column(rows, between, made_.shape[1:])
    return StringTensor(made_)


def _by_column(rows: list[Any], between: bytes, shape: tuple[int, ...]) -> Any:
    found = np.empty(shape, dtype=object)
    for place in np.ndindex(shape):
        found[place] = between.join(row[place] for row in rows)
    return found


@handles("ragged", "strings.split", "strings.bytes_split", "strings.unicode_split", "strings.unicode_decode")
def _split_texts(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Each text becomes a row: one more ragged dimension."""
    given = bound(function, args, kwargs)
    name, value = next(iter(given.items()))
    return value.with_flat_values(function(**given | {name: value.flat_values}))


@handles("ragged", "strings.format")
def _format(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    inputs = given["inputs"] if isinstance(given["inputs"], (list, tuple)) else [given["inputs"]]
    mark = given.get("placeholder") or "{}"
    template = given["template"]
    ready: list[Any] = []
    for one in inputs:
        if isinstance(one, RaggedTensor):
            template = _replaced(template, mark, len(ready), as_text(one))
        else:
            ready.append(one)
    return function(**given | {"template": template, "inputs": ready})


def as_text(value: RaggedTensor) -> str:
    """What `tf.print` shows: values as in a plain list, without quotes."""
    return _nested_text(value.to_list())


def _nested_text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_nested_text(one) for one in value)}]"
    return repr(value.decode()) if isinstance(value, bytes) else str(value)


def _replaced(template: str, mark: str, skip: int, text: str) -> str:
    parts = template.split(mark)
    if skip + 1 >= len(parts):
        raise ValueError(f"The template {template!r} has too few placeholders {mark!r}.")
    head, tail = mark.join(parts[: skip + 1]), mark.join(parts[skip + 1 :])
    return head + text + tail


__all__ = ["as_text"]
