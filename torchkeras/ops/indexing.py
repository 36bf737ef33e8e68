"""Values by their places: taking them, putting them in, finding them."""

from __future__ import annotations

import builtins
from typing import Any

import torch
from torch import Tensor

from torchkeras.graph.operators import getitem
from torchkeras.ops.axes import canonical
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import tensor


def places_of(indices: Any) -> Tensor:
    """Indices as 64-bit integers, as torch takes them."""
    made = tensor(indices)
    if made.is_floating_point():
        raise TypeError(f"Indices must be integers. Received: dtype={made.dtype}")
    return made.to(torch.int64)


@operation
def take(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """The values at these places along an axis; of all values in a row unless one is given."""
    x, places = tensor(x), places_of(indices)
    if axis is None:
        x, axis = x.reshape(-1), 0
    axis = canonical(axis, x.dim())
    places = torch.where(places < 0, places + x.shape[axis], places).to(x.device)
    taken = x.index_select(axis, places.reshape(-1))
    return taken.reshape(*x.shape[:axis], *places.shape, *x.shape[axis + 1 :])


@operation
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """For each row along an axis the values at its own places, as `argsort` gives them."""
    x, places = tensor(x), places_of(indices)
    if axis is None:
        if places.dim() != 1:
            raise ValueError(f"`indices` must be 1D if axis=None. Received: indices.shape={tuple(places.shape)}")
        x, axis = x.reshape(-1), 0
    if x.dim() != places.dim():
        raise ValueError(
            f"`x` and `indices` must have as many axes. Received: x.shape={tuple(x.shape)}, "
            f"indices.shape={tuple(places.shape)}"
        )
    axis = canonical(axis, x.dim())
    places = torch.where(places < 0, places + x.shape[axis], places).to(x.device)
    return torch.take_along_dim(x, places, axis)


@operation
def get_item(x: Any, key: Any) -> Tensor:
    """`x[key]`."""
    result: Tensor = getitem(tensor(x), key)
    return result


@operation
def slice(inputs: Any, start_indices: Any, shape: Any) -> Tensor:
    """The part of this shape that starts at these places; a size of -1 goes to the end."""
    x = tensor(inputs)
    for axis, (start, size) in enumerate(zip(_ints(start_indices), _ints(shape))):
        size = x.shape[axis] - start if size == -1 else size
        if start < 0 or start + size > x.shape[axis]:
            raise ValueError(f"Cannot take {size} values from {start} on along axis {axis} of size {x.shape[axis]}.")
        x = x.narrow(axis, start, size)
    return x


@operation
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Tensor:
    """A copy with `updates` put in from these places on."""
    x = tensor(inputs)
    part = tensor(updates, x.dtype)
    result = x.clone()
    window = result
    for axis, start in enumerate(_ints(start_indices)):
        # As in XLA: what would stick out is moved back.
        start = builtins.max(0, builtins.min(start, x.shape[axis] - part.shape[axis]))
        window = window.narrow(axis, start, part.shape[axis])
    window.copy_(part)
    return result


def _ints(values: Any) -> list[int]:
    if isinstance(values, Tensor):
        return [int(v) for v in values.reshape(-1).tolist()]
    return [int(v) for v in values] if hasattr(values, "__iter__") else [int(values)]


@operation
def scatter(indices: Any, values: Any, shape: Any) -> Tensor:
    """Zeros of this shape with the values added in; the last axis of `indices` holds the places."""
    part = tensor(values)
    zeros = torch.zeros(tuple(_ints(shape)), dtype=part.dtype, device=part.device)
    return zeros.index_put(_by_axis(indices, zeros), part, accumulate=True)


@operation
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Tensor:
    """A copy with values put in.

    Args:
        inputs: the tensor.
        indices: the places; the last axis holds one for each axis of `inputs`, or for its first ones.
        updates: the values.
        reduction: None to replace what is there, or 'add', 'max', 'min', 'mul' to combine.
    """
    x = tensor(inputs)
    places, part = _by_axis(indices, x), tensor(updates, x.dtype)
    if reduction is None:
        return x.index_put(places, part)
    if reduction == "add":
        return x.index_put(places, part, accumulate=True)
    how = {"max": "amax", "min": "amin", "mul": "prod"}.get(reduction)
    if how is None:
        raise ValueError(f"Unsupported reduction: {reduction}. Expected None, 'add', 'max', 'min' or 'mul'.")
    depth = len(places)
    line = x.reshape(-1, *x.shape[depth:])
    number = torch.zeros_like(places[0])
    for place, size in zip(places, x.shape):
        number = number * size + place
    flat = part.reshape(-1, *x.shape[depth:])
    number = number.reshape(-1, *([1] * (flat.dim() - 1))).expand_as(flat)
    return line.scatter_reduce(0, number, flat, how).reshape(x.shape)


def _by_axis(indices: Any, x: Tensor) -> tuple[Tensor, ...]:
    places = places_of(indices).to(x.device)
    if places.shape[-1] > x.dim():
        raise ValueError(
            f"The last axis of `indices` holds at most one place for each axis of the tensor. Received: "
            f"indices.shape={tuple(places.shape)} for a tensor of shape {tuple(x.shape)}"
        )
    return torch.unbind(places, -1)


@operation
def nonzero(x: Any) -> tuple[Tensor, ...]:
    """The places of what is not 0, for each axis."""
    return tuple(places.to(torch.int32) for places in torch.nonzero(tensor(x), as_tuple=True))


@operation
def unravel_index(indices: Any, shape: Any) -> tuple[Tensor, ...]:
    """The places along each axis of a shape, for places among all values in a row."""
    if None in shape:
        raise ValueError(f"`shape` argument cannot contain `None`. Received: shape={shape}")
    rest = tensor(indices)
    found = []
    for size in reversed(tuple(shape)):
        found.append(torch.remainder(rest, size))
        rest = torch.div(rest, size, rounding_mode="floor")
    return tuple(reversed(found))
