"""Shapes: what they are, and the same values in another one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow.arguments import axis_of, invalid, on_texts, plain_dtype, sizes
from torchkeras.tensorflow.arguments import size as size_of
from torchkeras.tensorflow.convert import is_stringy, made, operand, owned, viewed
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.dtypes import torch_of
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import to_bytes_array
from torchkeras.tensorflow.tensor import Tensor


def static_shape(value: Any) -> tuple[int, ...]:
    """The shape of any value that can be a tensor."""
    if is_stringy(value):
        return tuple(to_bytes_array(value).shape)
    return tuple(operand(value).size())


# Shapes are made on the CPU, wherever the tensor is: they are read as Python's numbers.


@operation("compat.v1.shape", "Shape")
def shape(input: Any, out_type: Any = None, name: str | None = None) -> Any:
    """The shape, as a tensor of integers."""
    wanted = torch.int32 if out_type is None else torch_of(out_type)
    return made(torch.tensor(static_shape(input), dtype=wanted, device="cpu"))


@operation("shape_n", "ShapeN")
def shape_n(input: Any, out_type: Any = torch.int32, name: str | None = None) -> list[Any]:
    """The shapes of several tensors."""
    return [made(torch.tensor(static_shape(x), dtype=torch_of(out_type), device="cpu")) for x in input]


@operation("compat.v1.size", "Size")
def size(input: Any, out_type: Any = None, name: str | None = None) -> Any:
    """How many elements there are."""
    wanted = torch.int32 if out_type is None else torch_of(out_type)
    return made(torch.tensor(math.prod(static_shape(input)), dtype=wanted, device="cpu"))


@operation("rank", "Rank")
def rank(input: Any, name: str | None = None) -> Any:
    """How many axes there are."""
    return made(torch.tensor(len(static_shape(input)), dtype=torch.int32, device="cpu"))


@operation("reshape", "Reshape")
def reshape(tensor: Any, shape: Any, name: str | None = None) -> Any:
    """The same values in another shape; -1 stands for the size that makes it fit."""
    if type(tensor) is Tensor:
        return _once_more(torch.reshape(operand(tensor), _wanted(shape)))
    try:
        x = owned(tensor)
    except TypeError:
        return on_texts(tensor, lambda a: _reshaped_texts(a, _wanted(shape)))
    return viewed(x.reshape(_wanted(shape)))


def _once_more(result: torch.Tensor) -> Any:
    """What torch made of a tf.Tensor: a new tensor, or that very one."""
    return result if type(result) is Tensor else made(result)


def _wanted(shape: Any) -> list[int]:
    try:
        return sizes(shape)
    except TypeError as error:
        invalid(f"The shape must be of integers: {error}", "Reshape")


def _reshaped_texts(array: np.ndarray, shape: list[int]) -> np.ndarray:
    try:
        return array.reshape(shape)
    except ValueError as error:
        invalid(
            f"Input to reshape is a tensor with {array.size} values, but the requested shape is {shape}: {error}",
            "Reshape",
        )


@operation("expand_dims", "ExpandDims")
def expand_dims(input: Any, axis: Any, name: str | None = None) -> Any:
    """A new axis of size 1."""
    place = axis if type(axis) is int else size_of(axis)
    if type(input) is Tensor:
        return made(torch.unsqueeze(operand(input), place))
    try:
        x = owned(input)
    except TypeError:
        return on_texts(input, lambda a: np.expand_dims(a, axis_of(place, a.ndim + 1, "ExpandDims")))
    return viewed(x.unsqueeze(place))


@operation("squeeze", "Squeeze")
def squeeze(input: Any, axis: Any = None, name: str | None = None) -> Any:
    """Without the axes of size 1, or those that are named."""
    if type(input) is Tensor and axis is None:
        return _once_more(torch.squeeze(operand(input)))
    try:
        x = owned(input)
    except TypeError:
        return on_texts(input, lambda a: np.squeeze(a, _squeezed(axis, a.shape)))
    return viewed(x.squeeze() if axis is None else x.squeeze(_squeezed(axis, tuple(x.shape))))


def _squeezed(axis: Any, shape: tuple[int, ...]) -> Any:
    if axis is None:
        return None
    axes = tuple(axis_of(a, len(shape), "Squeeze") for a in sizes(axis))
    for a in axes:
        if shape[a] != 1:
            invalid(f"Can not squeeze dim[{a}], expected a dimension of 1, got {shape[a]}", "Squeeze")
    return axes


@operation("broadcast_to", "BroadcastTo")
def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Any:
    """Stretched to a larger shape."""
    wanted = sizes(shape)
    try:
        x = owned(input)
    except TypeError:
        return on_texts(input, lambda a: np.broadcast_to(a, wanted).copy())
    if x.dim() > len(wanted) or any(a not in (1, b) for a, b in zip(reversed(x.shape), reversed(wanted))):
        invalid(f"Incompatible shapes: {list(x.shape)} vs. {wanted}", "BroadcastTo")
    return viewed(x.expand(wanted))


@operation("ensure_shape", "EnsureShape")
def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Any:
    """The tensor, if it has this shape (None is any size); else an error."""
    found, wanted = TensorShape(static_shape(x)), TensorShape(shape)
    if not found.is_compatible_with(wanted):
        invalid(f"Shape of tensor {list(found)} is not compatible with expected shape {wanted}.", "EnsureShape")
    if is_stringy(x):
        return on_texts(x, lambda a: a)
    return x if type(x) is Tensor else viewed(owned(x))


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """The shape that two shapes broadcast to."""
    a, b = TensorShape(shape_x), TensorShape(shape_y)
    if a.rank is None or b.rank is None:
        return TensorShape(None)
    long, short = (a, b) if len(a) >= len(b) else (b, a)
    found = list(long)
    for i, n in enumerate(reversed(tuple(short)), 1):
        m = found[-i]
        if n == 1 or m == n:
            continue
        if m == 1 or (m is None and n is not None):
            found[-i] = n
        elif n is not None:
            raise ValueError(f"Incompatible shapes for broadcasting. Two shapes are: {a} and {b}")
    return TensorShape(found)


@operation("broadcast_dynamic_shape", "BroadcastArgs")
def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Any:
    """The shape that two shapes, given as tensors, broadcast to, as a tensor."""
    dtype = plain_dtype(operand(shape_x))
    found = torch.broadcast_shapes(sizes(shape_x), sizes(shape_y))
    return made(torch.tensor(tuple(found), dtype=dtype if dtype is torch.int64 else torch.int32, device="cpu"))


@operation("required_space_to_batch_paddings", "Pad")
def required_space_to_batch_paddings(
    input_shape: Any, block_shape: Any, base_paddings: Any = None, name: str | None = None
) -> tuple[Any, Any]:
    """The paddings that make sizes multiples of the blocks', and the crops that undo them."""
    given, blocks = sizes(input_shape), sizes(block_shape)
    base = [(0, 0)] * len(given) if base_paddings is None else [sizes(pair) for pair in operand(base_paddings).tolist()]
    paddings, crops = [], []
    for n, block, (before, after) in zip(given, blocks, base):
        extra = -(n + before + after) % block
        paddings.append([before, after + extra])
        crops.append([0, extra])
    return made(torch.tensor(paddings, dtype=torch.int32)), made(torch.tensor(crops, dtype=torch.int32))


def is_tensor(x: Any) -> bool:
    """Whether a value is a tensor of some kind: a tf.Tensor, a Variable, a ragged, sparse or symbolic one."""
    return isinstance(x, (torch.Tensor, Variable, KerasTensor, Tensor, CompositeTensor))


__all__ = [
    "broadcast_dynamic_shape", "broadcast_static_shape", "broadcast_to", "ensure_shape", "expand_dims", "is_tensor",
    "rank", "required_space_to_batch_paddings", "reshape", "shape", "shape_n", "size", "squeeze",
]  # fmt: skip
