"""tf.experimental.numpy: shapes, joining, splitting, taking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from torchkeras.tensorflow.arguments import axis_of, invalid, sizes
from torchkeras.tensorflow.arguments import size as one_size
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.experimental.numpy.operation import given, is_weak, numpy_function
from torchkeras.tensorflow.experimental.numpy.promotion import plain, together


def _new(x: torch.Tensor, a: Any) -> Any:
    """A result that may share memory with an argument."""
    return given(x.clone(), is_weak(a))


@numpy_function
def reshape(a: Any, newshape: Any, order: str = "C") -> Any:
    """As numpy.reshape."""
    x, wanted = plain(a), sizes(newshape)
    if order == "F":
        axes = list(range(x.dim()))[::-1]
        x = x.permute(axes).reshape(wanted[::-1])
        return _new(x.permute(list(range(x.dim()))[::-1]), a)
    if order != "C":
        raise ValueError(f"Unsupported order argument {order}. Must be one of 'C', 'F'.")
    return _new(x.reshape(wanted), a)


@numpy_function
def ravel(a: Any) -> Any:
    """As numpy.ravel."""
    return _new(plain(a).reshape(-1), a)


@numpy_function
def flatten(a: Any, order: str = "C") -> Any:
    """As the method `flatten` of NumPy's arrays."""
    return reshape(a, [-1], order)


@numpy_function
def transpose(a: Any, axes: Any = None) -> Any:
    """As numpy.transpose."""
    x = plain(a)
    return _new(x.permute(list(range(x.dim()))[::-1] if axes is None else sizes(axes)), a)


@numpy_function
def expand_dims(a: Any, axis: Any) -> Any:
    """As numpy.expand_dims."""
    return _new(plain(a).unsqueeze(one_size(axis)), a)


@numpy_function
def squeeze(a: Any, axis: Any = None) -> Any:
    """As numpy.squeeze."""
    x = plain(a)
    if axis is None:
        return _new(x.squeeze(), a)
    dims = sizes(axis)
    if any(x.shape[dim] != 1 for dim in dims):
        invalid(f"Can not squeeze dims {dims} of {list(x.shape)}, expected a dimension of 1", "Squeeze")
    return _new(x.squeeze(tuple(dims)), a)


@numpy_function
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """As numpy.swapaxes."""
    return _new(plain(a).transpose(axis1, axis2), a)


@numpy_function
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """As numpy.moveaxis."""
    return _new(plain(a).movedim(tuple(sizes(source)), tuple(sizes(destination))), a)


@numpy_function
def broadcast_to(array: Any, shape: Any) -> Any:
    """As numpy.broadcast_to."""
    return _new(plain(array).expand(sizes(shape)), array)


@numpy_function
def broadcast_arrays(*args: Any, **kwargs: Any) -> Any:
    """As numpy.broadcast_arrays."""
    if kwargs.pop("subok", False) or kwargs:
        raise ValueError("tf.experimental.numpy.broadcast_arrays takes no arguments but arrays.")
    return [_new(x, a) for x, a in zip(torch.broadcast_tensors(*(plain(a) for a in args)), args)]


def _at_least(rank: int, arys: tuple[Any, ...]) -> Any:
    found = []
    for a in arys:
        x = plain(a)
        if rank == 3 and x.dim() == 2:
            x = x[:, :, None]
        elif rank == 3 and x.dim() == 1:
            x = x[None, :, None]
        while x.dim() < rank:
            x = x[None]
        found.append(_new(x, a))
    return found if len(found) > 1 else found[0]


@numpy_function
def atleast_1d(*arys: Any) -> Any:
    """As numpy.atleast_1d."""
    return _at_least(1, arys)


@numpy_function
def atleast_2d(*arys: Any) -> Any:
    """As numpy.atleast_2d."""
    return _at_least(2, arys)


@numpy_function
def atleast_3d(*arys: Any) -> Any:
    """As numpy.atleast_3d."""
    return _at_least(3, arys)


@numpy_function
def concatenate(arys: Any, axis: int = 0) -> Any:
    """As numpy.concatenate."""
    parts, weak = together(*arys)
    return given(torch.cat(parts, axis), weak)


@numpy_function
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """As numpy.append."""
    (x, y), weak = together(arr, values)
    return given(torch.cat([x.reshape(-1), y.reshape(-1)]) if axis is None else torch.cat([x, y], axis), weak)


@numpy_function
def stack(arrays: Any, axis: int = 0) -> Any:
    """As numpy.stack."""
    parts, weak = together(*arrays)
    return given(torch.stack(parts, axis), weak)


@numpy_function
def vstack(tup: Any) -> Any:
    """As numpy.vstack."""
    parts, weak = together(*tup)
    return given(torch.vstack(parts), weak)


@numpy_function
def hstack(tup: Any) -> Any:
    """As numpy.hstack."""
    parts, weak = together(*tup)
    return given(torch.hstack(parts), weak)


@numpy_function
def dstack(tup: Any) -> Any:
    """As numpy.dstack."""
    parts, weak = together(*tup)
    return given(torch.dstack(parts), weak)


@numpy_function
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """As numpy.split."""
    x = plain(ary)
    if isinstance(indices_or_sections, int):
        if x.shape[axis] % indices_or_sections:
            raise ValueError("array split does not result in an equal division")
        return [_new(part, ary) for part in torch.tensor_split(x, indices_or_sections, axis)]
    return [_new(part, ary) for part in torch.tensor_split(x, tuple(sizes(indices_or_sections)), axis)]


@numpy_function
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """As numpy.hsplit."""
    return split(ary, indices_or_sections, 0 if plain(ary).dim() == 1 else 1)


@numpy_function
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """As numpy.vsplit."""
    return split(ary, indices_or_sections, 0)


@numpy_function
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """As numpy.dsplit."""
    return split(ary, indices_or_sections, 2)


@numpy_function
def tile(a: Any, reps: Any) -> Any:
    """As numpy.tile."""
    return given(torch.tile(plain(a), tuple(sizes(reps))), is_weak(a))


@numpy_function
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """As numpy.repeat."""
    x = plain(a)
    counts = repeats if isinstance(repeats, int) else plain(repeats).to(torch.int64)
    return given(torch.repeat_interleave(x, counts, axis), is_weak(a))


@numpy_function
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """As numpy.roll."""
    shifts = tuple(sizes(shift))
    dims = () if axis is None else tuple(sizes(axis))
    return given(torch.roll(plain(a), shifts, dims), is_weak(a))


@numpy_function
def flip(m: Any, axis: Any = None) -> Any:
    """As numpy.flip."""
    x = plain(m)
    return given(x.flip(list(range(x.dim())) if axis is None else sizes(axis)), is_weak(m))


@numpy_function
def flipud(m: Any) -> Any:
    """As numpy.flipud."""
    return flip(m, 0)


@numpy_function
def fliplr(m: Any) -> Any:
    """As numpy.fliplr."""
    return flip(m, 1)


@numpy_function
def rot90(m: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    """As numpy.rot90."""
    return _new(torch.rot90(plain(m), k, tuple(axes)), m)


@numpy_function
def pad(array: Any, pad_width: Any, mode: str, **kwargs: Any) -> Any:
    """As numpy.pad, with the modes 'constant', 'reflect' and 'symmetric'."""
    if mode not in ("constant", "reflect", "symmetric"):
        raise ValueError(f"Unsupported padding mode: {mode}")
    x = plain(array)
    widths = np.broadcast_to(np.asarray(pad_width), (x.dim(), 2)).tolist()
    if mode == "constant":
        value = plain(kwargs.get("constant_values", 0)).item()
        flat = [n for pair in reversed(widths) for n in pair]
        return given(functional.pad(x, flat, value=value).clone(), is_weak(array))
    for dim, (before, behind) in enumerate(widths):
        places = np.pad(np.arange(x.shape[dim]), (before, behind), mode=mode)  # type: ignore[call-overload]
        x = x.index_select(dim, torch.from_numpy(places).to(x.device))
    return given(x.clone(), is_weak(array))


@numpy_function
def take(a: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "clip") -> Any:
    """As numpy.take, with the modes 'clip' and 'wrap'."""
    if out is not None:
        raise ValueError("out argument is not supported in take.")
    if mode not in ("raise", "clip", "wrap"):
        raise ValueError(f"Invalid mode '{mode}' for take")
    x, where = plain(a), plain(indices).to(torch.int64)
    x, dim = (x.reshape(-1), 0) if axis is None else (x, axis_of(axis, x.dim(), "take"))
    length = x.shape[dim]
    where = torch.remainder(where, length) if mode == "wrap" else where.clamp(0, length - 1)
    found = x.index_select(dim, where.reshape(-1))
    return (
        given(found.unflatten(dim, where.shape) if where.dim() != 1 else found, is_weak(a))
        if where.dim()
        else given(found.squeeze(dim), is_weak(a))
    )


@numpy_function
def take_along_axis(arr: Any, indices: Any, axis: int | None) -> Any:
    """As numpy.take_along_axis."""
    x, where = plain(arr), plain(indices).to(torch.int64)
    return given(torch.take_along_dim(x, where, axis), is_weak(arr))


@numpy_function
def compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    """As numpy.compress."""
    x, kept = plain(a), torch.nonzero(plain(condition).to(torch.bool)).reshape(-1)
    x, dim = (x.reshape(-1), 0) if axis is None else (x, axis)
    return given(x.index_select(dim, kept), is_weak(a))


@numpy_function
def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """As numpy.where."""
    chosen = plain(condition).to(torch.bool)
    if (x is None) != (y is None):
        raise ValueError("Both x and y must be ndarrays, or both must be None.")
    if x is None:
        return nonzero(condition)
    (a, b), weak = together(x, y)
    return given(torch.where(chosen, a, b), weak)


@numpy_function
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """As numpy.select."""
    if len(condlist) != len(choicelist):
        raise ValueError(f"condlist must have length equal to choicelist ({len(condlist)} vs {len(choicelist)})")
    (found, *choices), weak = together(default, *choicelist)
    for condition, choice in zip(reversed(condlist), reversed(choices)):
        found = torch.where(plain(condition).to(torch.bool), choice, found)
    return given(found.clone(), weak)


@numpy_function
def nonzero(a: Any) -> Any:
    """As numpy.nonzero: a list with the places along each axis."""
    x = plain(a)
    return [given(part.clone()) for part in torch.nonzero(x.reshape(1) if not x.dim() else x, as_tuple=True)]


@numpy_function
def sort(a: Any, axis: int | None = -1, kind: str = "quicksort", order: Any = None) -> Any:
    """As numpy.sort."""
    _no_order(order)
    x = plain(a)
    x, dim = (x.reshape(-1), 0) if axis is None else (x, axis)
    return given(torch.sort(x, dim=dim, stable=True).values, is_weak(a))


@numpy_function
def argsort(a: Any, axis: int | None = -1, kind: str = "quicksort", order: Any = None) -> Any:
    """As numpy.argsort."""
    _no_order(order)
    x = plain(a)
    x, dim = (x.reshape(-1), 0) if axis is None else (x, axis)
    return given(torch.sort(x, dim=dim, stable=True).indices)


def _no_order(order: Any) -> None:
    if order is not None:
        raise ValueError("The 'order' argument is not supported.")


@numpy_function
def ix_(*args: Any) -> Any:
    """As numpy.ix_."""
    parts = []
    for place, a in enumerate(args):
        x = plain(a)
        if x.dim() != 1:
            raise ValueError(f"Arguments must be 1-d, got arg of rank {x.dim()}")
        x = torch.nonzero(x).reshape(-1) if x.dtype is torch.bool else x
        parts.append(given(x.reshape([-1 if i == place else 1 for i in range(len(args))]).clone()))
    return parts


@numpy_function
def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """As numpy.diff."""
    return given(torch.diff(plain(a), n, axis), is_weak(a))


@numpy_function
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """As numpy.diagonal."""
    return _new(torch.diagonal(plain(a), offset, axis1, axis2), a)


@numpy_function
def tril(m: Any, k: int = 0) -> Any:
    """As numpy.tril."""
    return given(torch.tril(plain(m), k), is_weak(m))


@numpy_function
def triu(m: Any, k: int = 0) -> Any:
    """As numpy.triu."""
    return given(torch.triu(plain(m), k), is_weak(m))


@numpy_function
def shape(a: Any) -> Any:
    """As numpy.shape: a tuple."""
    return tuple(plain(a).shape)


@numpy_function
def ndim(a: Any) -> Any:
    """As numpy.ndim."""
    return plain(a).dim()


@numpy_function
def size(x: Any, axis: int | None = None) -> Any:
    """As numpy.size."""
    t = plain(x)
    return any_tensor(t.numel() if axis is None else t.shape[axis])
