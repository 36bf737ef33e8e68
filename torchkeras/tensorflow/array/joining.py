"""Joining tensors and taking them apart."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
import torch

from torchkeras.core.variable import Variable
from torchkeras.tensorflow.arguments import axis_of, invalid, on_texts, plain_dtype, same_device, size, sizes
from torchkeras.tensorflow.convert import is_stringy, made, mismatch, operand, owned, tensor, viewed
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import StringTensor, to_bytes_array
from torchkeras.tensorflow.tensor import Tensor


def _of_one_dtype(values: Any, kernel: str) -> list[torch.Tensor]:
    """Several arguments of one dtype: numbers and lists take the first tensor's, or the first one's."""
    given = list(values)
    if all(type(v) is Tensor for v in given):
        parts = [operand(v) for v in given]
        if len({plain_dtype(part) for part in parts}) == 1:
            return parts
    first = operand(next((v for v in given if isinstance(v, (torch.Tensor, Variable))), given[0]))
    dtype = plain_dtype(first)
    parts = [operand(v, dtype) for v in given]
    for part in parts:
        if plain_dtype(part) is not dtype:
            mismatch(kernel, first, part)
    return parts


def _texts(values: Any) -> list[np.ndarray] | None:
    """Several texts as arrays, or None where they are none."""
    return [to_bytes_array(v) for v in values] if len(values) and all(is_stringy(v) for v in values) else None


@operation("concat", "ConcatV2")
def concat(values: Any, axis: Any, name: str = "concat") -> Any:
    """Tensors one after the other along an axis."""
    if not isinstance(values, (list, tuple)):
        values = [values]
    if not values:
        invalid("Expected at least one tensor to concatenate, got none", "ConcatV2")
    try:
        parts = _of_one_dtype(values, "ConcatV2")
    except TypeError:
        texts = _texts(values)
        if texts is None:
            raise
        return StringTensor(_joined_texts(texts, axis_of(axis, texts[0].ndim, "ConcatV2")))
    place = axis if type(axis) is int else size(axis)
    if len(parts) == 1:
        axis_of(place, parts[0].dim(), "ConcatV2")
        return viewed(owned(values[0]))
    for part in parts:
        if part.dim() != parts[0].dim() or not part.dim():
            shapes = [tuple(p.size()) for p in parts]
            invalid(f"Ranks of all input tensors should match and be at least 1: shapes {shapes}", "ConcatV2")
    try:
        return made(torch.cat(parts, place))
    except RuntimeError:
        return made(torch.cat(same_device(parts), place))


def _joined_texts(texts: list[np.ndarray], axis: int) -> np.ndarray:
    try:
        return np.concatenate(texts, axis)
    except ValueError as error:
        invalid(f"Shapes {[t.shape for t in texts]} cannot be joined along axis {axis}: {error}", "ConcatV2")


@operation("stack", "Pack")
def stack(values: Any, axis: Any = 0, name: str = "stack") -> Any:
    """Tensors of one shape side by side along a new axis."""
    if not isinstance(values, (list, tuple)):
        values = list(values)
    kinds = (torch.Tensor, Variable, StringTensor)
    if not any(isinstance(value, kinds) for value in values) and not is_stringy(values):
        together = tensor(values)  # Python's numbers find their common dtype
        return made(together.movedim(0, _new_axis(axis, together.dim() - 1)).contiguous())
    try:
        parts = _of_one_dtype(values, "Pack")
    except TypeError:
        texts = _texts(values)
        if texts is None:
            raise
        if len({t.shape for t in texts}) > 1:
            invalid(f"Shapes of all inputs must match: {[t.shape for t in texts]}", "Pack")
        return StringTensor(np.stack(texts, _new_axis(axis, texts[0].ndim)))
    place = _new_axis(axis, parts[0].dim())
    try:
        return made(torch.stack(parts, place))
    except RuntimeError:
        return made(torch.stack(same_device(parts), place))


def _new_axis(axis: Any, rank: int) -> int:
    place = axis if type(axis) is int else size(axis)
    if not -rank - 1 <= place <= rank:
        raise ValueError(f"Argument `axis` = {place} not in range [{-rank - 1}, {rank + 1})")
    return place


def parallel_stack(values: Any, name: str = "parallel_stack") -> NoReturn:
    """As in TensorFlow only there for graphs: `stack` does it."""
    raise RuntimeError("tf.parallel_stack() is not compatible with eager execution; use tf.stack.")


@operation("unstack", "Unpack")
def unstack(value: Any, num: Any = None, axis: Any = 0, name: str = "unstack") -> list[Any]:
    """The slices along an axis, in a list."""
    try:
        x = owned(value)
    except TypeError:
        texts = on_texts(value, lambda a: np.moveaxis(a, _unstacked(a.shape, axis, num), 0))
        return list(texts)
    return [viewed(part) for part in x.unbind(_unstacked(tuple(x.shape), axis, num))]


def _unstacked(shape: tuple[int, ...], axis: Any, num: Any) -> int:
    place = axis if type(axis) is int else size(axis)
    if not -len(shape) <= place < len(shape):
        raise ValueError(f"Argument `axis` = {place} not in range [{-len(shape)}, {len(shape)})")
    if num is not None and size(num) != shape[place]:
        invalid(f"Input shape axis {place} must equal {num}, got shape {list(shape)}", "Unpack")
    return place


@operation("split", "Split")
def split(value: Any, num_or_size_splits: Any, axis: Any = 0, num: Any = None, name: str = "split") -> list[Any]:
    """The parts of a tensor along an axis: as many of one size, or of the sizes that are given (-1 for the rest)."""
    try:
        x = owned(value)
    except TypeError:
        array = to_bytes_array(value)
        place, parts = _parts(array.shape, num_or_size_splits, axis)
        return [StringTensor(part) for part in np.split(array, np.cumsum(parts)[:-1].astype(int), place)]
    place, parts = _parts(tuple(x.shape), num_or_size_splits, axis)
    return [viewed(part) for part in x.split(parts, place)]


def _parts(shape: tuple[int, ...], wanted: Any, axis: Any) -> tuple[int, list[int]]:
    kernel = "Split"
    if not shape:
        invalid("input must be at least 1-dimensional, got a scalar", kernel)
    place = axis_of(axis, len(shape), kernel)
    length = shape[place]
    if isinstance(wanted, int) or (not isinstance(wanted, (list, tuple)) and not np.ndim(wanted)):
        count = size(wanted)
        if count < 1:
            invalid(f"Number of ways to split should be > 0, but got {count}", kernel)
        if length % count:
            invalid(f"Dimension size, {length}, must be evenly divisible by the number of parts, {count}", kernel)
        return place, [length // count] * count
    parts = sizes(wanted)
    if parts.count(-1) == 1:
        parts[parts.index(-1)] = length - sum(parts) - 1
    if sum(parts) != length or min(parts, default=0) < 0:
        invalid(f"Determined shape must either match input shape along split_dim exactly: {wanted} of {length}", kernel)
    return place, parts


__all__ = ["concat", "parallel_stack", "split", "stack", "unstack"]
