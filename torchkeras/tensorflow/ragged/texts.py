"""Ragged tensors of texts, and ragged tensors as texts: joined along rows, split into more, formatted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from torchkeras.tensorflow.dispatch import bound, handles
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor, axis_of
from torchkeras.tensorflow.ragged.reductions import along
from torchkeras.tensorflow.rows import Integers, as_host
from torchkeras.tensorflow.string_tensor import StringTensor


@handles("ragged", "strings.reduce_join")
def _reduce_join(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    value = given["inputs"]
    between = as_host(given.get("separator") or b"")
    between = between.encode() if isinstance(between, str) else between
    axis = given.get("axis")
    if given.get("keepdims"):
        raise ValueError("tf.strings.reduce_join of a ragged tensor takes no keepdims.")
    if axis is None:
        return function(value.flat_values, separator=between)
    axes = [axis_of(one, value.shape.rank) for one in (axis if isinstance(axis, (list, tuple)) else [axis])]
    for one in sorted(axes, reverse=True):
        value = along(value, one, partial(_joined, between=between), partial(_joined_dense, function, between))
    return value


def _joined_dense(function: Callable[..., Any], between: bytes, value: Any, axis: int) -> Any:
    return function(value, axis=axis, separator=between)


def _joined(values: Any, ids: Integers, count: int, between: bytes) -> Any:
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
