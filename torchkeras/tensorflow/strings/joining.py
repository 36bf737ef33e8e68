"""Texts put together."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.tensorflow.arguments import invalid, sizes
from torchkeras.tensorflow.convert import tensor
from torchkeras.tensorflow.errors import OutOfRangeError
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.strings.arguments import one_text, text_result, texts


@operation("strings.join", "StringJoin")
def join(inputs: Any, separator: Any = "", name: str | None = None) -> Any:
    """The texts of several tensors, element by element, put together.

    Args:
        inputs: a list of tensors of one shape; single texts go with each.
        separator: what stands between them.
    """
    parts = [texts(one, "StringJoin") for one in inputs]
    between = one_text(separator, "separator")
    if not parts:
        return text_result([between.join([])], ())
    shape = next((part.shape for part in parts if part.ndim), ())
    for part in parts:
        if part.ndim and part.shape != shape:
            invalid(f"Input shapes do not match: {list(shape)} vs. {list(part.shape)}", "StringJoin")
    columns = [np.broadcast_to(part, shape).reshape(-1) for part in parts]
    return text_result([between.join(row) for row in zip(*columns)], shape)


@operation("strings.reduce_join", "ReduceJoin")
def reduce_join(
    inputs: Any, axis: Any = None, keepdims: bool = False, separator: Any = "", name: str | None = None
) -> Any:
    """The texts of a tensor put together along axes.

    Args:
        axis: one or several, in whose order they are joined; all unless given.
        keepdims: keep the axes with size 1.
        separator: what stands between them.
    """
    found = texts(inputs, "ReduceJoin")
    between = one_text(separator, "separator")
    rank = found.ndim
    axes = list(range(rank))[::-1] if axis is None else sizes(axis)
    for one in axes:
        if not -rank <= one < rank:
            raise OutOfRangeError(
                None, None, f"Invalid reduction dimension {one} for input with {rank} dimension(s) [Op:ReduceJoin]"
            )
    axes = [one % rank for one in axes]
    if len(set(axes)) != len(axes):
        invalid(f"Duplicate reduction dimension in {axes}", "ReduceJoin")
    if not axes:
        return StringTensor(found)
    kept = [one for one in range(rank) if one not in axes]
    # Along the first axis first: it varies fastest in the joined text.
    joined = found.transpose(*kept, *reversed(axes)).reshape(*(found.shape[one] for one in kept), -1)
    shape = [1 if one in axes else size for one, size in enumerate(found.shape) if keepdims or one in kept]
    count = int(np.prod([found.shape[one] for one in kept], dtype=np.int64))
    return text_result([between.join(row) for row in joined.reshape(count, -1)], shape)


@operation("strings.unsorted_segment_join", "UnsortedSegmentJoin")
def unsorted_segment_join(
    inputs: Any, segment_ids: Any, num_segments: Any, separator: Any = "", name: str | None = None
) -> Any:
    """The texts of each segment put together.

    Args:
        segment_ids: the segment each row (or each element) of `inputs` belongs to.
        num_segments: how many segments the result has; those without texts are empty.
        separator: what stands between them.
    """
    found = texts(inputs, "UnsortedSegmentJoin")
    ids = tensor(segment_ids).cpu().numpy()
    count = sizes(num_segments)[0]
    between = one_text(separator, "separator")
    if found.shape[: ids.ndim] != ids.shape:
        invalid(f"segment_ids.shape={list(ids.shape)} does not begin {list(found.shape)}", "UnsortedSegmentJoin")
    if ids.size and (ids.min() < 0 or ids.max() >= count):
        invalid("segment_ids are not allowed to exceed num_segments or to have negative values.", "UnsortedSegmentJoin")
    tail = found.shape[ids.ndim :]
    width = int(np.prod(tail, dtype=np.int64))
    segments: list[list[list[bytes]]] = [[[] for _ in range(width)] for _ in range(count)]
    for segment, row in zip(ids.reshape(-1), found.reshape(ids.size, width)):
        for place, text in zip(segments[segment], row):
            place.append(text)
    return text_result([between.join(place) for row in segments for place in row], (count, *tail))
