"""Taking elements and slices by their places or by a mask."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow.arguments import INTEGERS, axis_of, invalid, of_dtypes, on_texts, plain_dtype, sizes
from torchkeras.tensorflow.convert import from_python, is_stringy, made, operand, owned, pair, viewed
from torchkeras.tensorflow.convert import tensor as plain_tensor
from torchkeras.tensorflow.indexing import _picked
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import StringTensor, to_bytes_array

_INDEX = frozenset({torch.int32, torch.int64})


def _indices(value: Any, kernel: str) -> torch.Tensor:
    return plain_tensor(of_dtypes(value, INTEGERS, kernel))


@operation("compat.v1.gather", "GatherV2")
def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    axis: Any = None,
    batch_dims: int = 0,
    name: str | None = None,
) -> Any:
    """The slices of `params` along an axis whose numbers are `indices`.

    Args:
        params: what to take from.
        indices: integers of any shape, which takes the axis's place in the result.
        validate_indices: has no effect, as in TensorFlow.
        axis: along which; the first after the batch axes unless given.
        batch_dims: how many leading axes both have in common.
    """
    places = _indices(indices, "GatherV2")
    try:
        x = plain_tensor(params)
    except TypeError:
        return _gathered_texts(params, places, axis, batch_dims)
    place = axis_of(batch_dims if axis is None else axis, x.dim(), "GatherV2")
    batch_dims = batch_dims % (places.dim() or 1) if batch_dims < 0 else batch_dims
    if not batch_dims:
        if places.dim() == 1:
            return made(x.index_select(place, places.int() if places.dtype not in _INDEX else places))
        found = x.index_select(place, places.reshape(-1).long())
        return made(found.reshape(*x.shape[:place], *places.shape, *x.shape[place + 1 :]))
    return made(_gathered_by_batch(x, places, place, batch_dims))


def _gathered_by_batch(x: torch.Tensor, places: torch.Tensor, axis: int, batch_dims: int) -> torch.Tensor:
    if x.shape[:batch_dims] != places.shape[:batch_dims]:
        invalid(f"params.shape {list(x.shape)} and indices.shape {list(places.shape)} differ in batch axes", "GatherV2")
    batch, inner, rest = x.shape[:batch_dims], x.shape[batch_dims:axis], x.shape[axis + 1 :]
    held = places.shape[batch_dims:]
    count = int(np.prod(batch))
    _check_range(places, x.shape[axis], "GatherV2")
    # (batch, the axis, what stands before it, what comes after): then each sample's rows are consecutive
    rows = x.movedim(axis, batch_dims).reshape(count * x.shape[axis], *inner, *rest)
    offsets = torch.arange(count, device=x.device).mul(x.shape[axis]).reshape(-1, 1)
    found = rows.index_select(0, (places.reshape(count, -1).long() + offsets).reshape(-1))
    found = found.reshape(*batch, *held, *inner, *rest)
    before = batch_dims + len(held)
    order = [*range(batch_dims), *range(before, before + len(inner)), *range(batch_dims, before)]
    return found.permute(*order, *range(before + len(inner), found.dim())).contiguous()


def _gathered_texts(params: Any, places: torch.Tensor, axis: Any, batch_dims: int) -> StringTensor:
    array = to_bytes_array(params) if is_stringy(params) else on_texts(params, np.asarray)._array
    # The texts stay where they are: their numbers are gathered.
    numbers = torch.arange(array.size).reshape(array.shape)
    taken = plain_tensor(gather(numbers, places, axis=axis, batch_dims=batch_dims))
    return StringTensor(np.asarray(array.reshape(-1)[taken.numpy()], dtype=object).reshape(tuple(taken.shape)))


def _check_range(places: torch.Tensor, length: int, kernel: str) -> None:
    """On the CPU places out of range are an error; elsewhere the check would have to wait for the device."""
    if places.device.type == "cpu" and places.numel() and (int(places.min()) < 0 or int(places.max()) >= length):
        invalid(f"indices are not in [0, {length})", kernel)


@operation("compat.v1.gather_nd", "GatherNd")
def gather_nd(
    params: Any, indices: Any, batch_dims: int = 0, name: str | None = None, bad_indices_policy: str = ""
) -> Any:
    """The elements or slices of `params` that the rows of `indices` name."""
    places = _indices(indices, "GatherNd").long()
    if not places.dim():
        invalid("indices must be at least a vector", "GatherNd")
    if is_stringy(params):
        array = to_bytes_array(params)
        numbers = plain_tensor(gather_nd(torch.arange(array.size).reshape(array.shape), places, batch_dims)).numpy()
        return StringTensor(np.asarray(array.reshape(-1)[numbers], dtype=object).reshape(numbers.shape))
    x = plain_tensor(params)
    if batch_dims + places.shape[-1] > x.dim():
        invalid(
            f"index innermost dimension length must be <= params rank; saw: {places.shape[-1]} vs. {x.dim()}",
            "GatherNd",
        )
    for i in range(places.shape[-1]):
        _check_range(places[..., i], x.shape[batch_dims + i], "GatherNd")
    batch = []
    for i in range(batch_dims):
        shape = [-1 if j == i else 1 for j in range(places.dim() - 1)]
        batch.append(torch.arange(x.shape[i], device=x.device).reshape(shape))
    return made(x[(*batch, *places.unbind(-1))].clone())


# --- slices ---


@operation("slice", "Slice")
def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Any:
    """The block that starts at `begin` and has this size; -1 is all that is left."""
    starts, lengths = sizes(begin), sizes(size)
    try:
        x = owned(input_)
    except TypeError:
        return on_texts(input_, lambda a: a[_block(starts, lengths, a.shape)])
    return viewed(x[_block(starts, lengths, tuple(x.shape))])


def _block(starts: list[int], lengths: list[int], shape: tuple[int, ...]) -> tuple[Any, ...]:
    if len(starts) != len(shape) or len(lengths) != len(shape):
        invalid(
            f"Expected begin and size arguments to be 1-D tensors of size {len(shape)}, got {starts}, {lengths}",
            "Slice",
        )
    found = []
    for i, (start, length, n) in enumerate(zip(starts, lengths, shape)):
        length = n - start if length == -1 else length
        if not 0 <= start <= n:
            invalid(f"Expected begin[{i}] in [0, {n}], but got {start}", "Slice")
        if not 0 <= length <= n - start:
            invalid(f"Expected size[{i}] in [0, {n - start}], but got {length}", "Slice")
        found.append(builtins.slice(start, start + length))
    return tuple(found)


@operation("strided_slice", "StridedSlice")
def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Any:
    """What `input_[begin:end:strides, ...]` gives; in the masks bit i speaks of the index in place i."""
    starts, stops = sizes(begin), sizes(end)
    steps = [1] * len(starts) if strides is None else sizes(strides)
    if not len(starts) == len(stops) == len(steps):
        invalid("begin, end, and strides must be 1D equal size tensors", "StridedSlice")
    parts: list[Any] = []
    for i, (start, stop, step) in enumerate(zip(starts, stops, steps)):
        bit = 1 << i
        if ellipsis_mask & bit:
            parts.append(Ellipsis)
        elif new_axis_mask & bit:
            parts.append(None)
        elif shrink_axis_mask & bit:
            parts.append(start)
        elif not step:
            invalid(f"strides[{i}] must be non-zero", "StridedSlice")
        else:
            parts.append(builtins.slice(None if begin_mask & bit else start, None if end_mask & bit else stop, step))
    if is_stringy(input_):
        return StringTensor(to_bytes_array(input_))[tuple(parts)]
    return viewed(_picked(owned(input_), tuple(parts)))


# --- by a mask ---


@operation("compat.v1.boolean_mask", "GatherV2")
def boolean_mask(tensor: Any, mask: Any, axis: Any = None, name: str = "boolean_mask") -> Any:
    """The elements or slices where the mask is true."""
    chosen = plain_tensor(mask)
    if not chosen.dim():
        raise ValueError("mask cannot be scalar.")
    if is_stringy(tensor):
        array = to_bytes_array(tensor)
        start = _mask_axis(array.shape, chosen, axis)
        return StringTensor(array[(np.s_[:],) * start + (chosen.bool().numpy(),)])
    x = plain_tensor(tensor)
    start = _mask_axis(tuple(x.shape), chosen, axis)
    rows = x.reshape(*x.shape[:start], -1, *x.shape[start + chosen.dim() :])
    return made(rows.index_select(start, torch.nonzero(chosen.reshape(-1)).squeeze(1)))


def _mask_axis(shape: tuple[int, ...], mask: torch.Tensor, axis: Any) -> int:
    start = 0 if axis is None else axis_of(axis, len(shape), "GatherV2")
    covered = shape[start : start + mask.dim()]
    if covered != tuple(mask.shape):
        raise ValueError(f"Shapes {TensorShape(covered)} and {TensorShape(mask.shape)} are incompatible")
    return start


@operation("where", "SelectV2")
def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """Elements of x where the condition is true and of y elsewhere; without them, the places where it is true."""
    if is_stringy(condition):
        return made(from_python(np.argwhere(to_bytes_array(condition) != b""), torch.int64))
    chosen = operand(condition)
    if x is None and y is None:
        return made(torch.nonzero(plain_tensor(chosen)))
    if x is None or y is None:
        raise ValueError(f"x and y must both be non-None or both be None. Received: x={x}, y={y}")
    if plain_dtype(chosen) is not torch.bool:
        if not hasattr(condition, "dtype"):
            raise TypeError(f"Cannot convert {condition!r} to EagerTensor of dtype bool")
        raise ValueError(f"Tensor conversion requested dtype bool for Tensor with dtype {chosen.dtype}: {condition!r}")
    try:
        a, b = pair(x, y, "SelectV2")
    except TypeError:
        if not (is_stringy(x) and is_stringy(y)):
            raise
        mask = plain_tensor(chosen).cpu().numpy()
        return StringTensor(np.asarray(np.where(mask, to_bytes_array(x), to_bytes_array(y)), dtype=object))
    return made(torch.where(chosen, a, b))


__all__ = ["boolean_mask", "gather", "gather_nd", "slice", "strided_slice", "where"]
