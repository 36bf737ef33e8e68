"""New tensors: of zeros, of ones, of ranges."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.core.device import default_device
from torchkeras.core.variable import Variable
from torchkeras.tensorflow.arguments import (
    INTEGERS,
    axis_of,
    invalid,
    on_texts,
    plain_dtype,
    size,
    sizes,
)
from torchkeras.tensorflow.convert import is_stringy, made, operand, owned, tensor, viewed
from torchkeras.tensorflow.dtypes import as_dtype, of_torch, string, torch_of
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import StringTensor, to_bytes_array


def _shape(value: Any) -> list[int]:
    found = sizes(value)
    for n in found:
        if n < 0:
            invalid(f"Dimension {n} must be >= 0", "Fill")
    return found


def _empty_texts(shape: list[int]) -> StringTensor:
    return StringTensor(np.full(shape, b"", dtype=object))


@operation("zeros", "Fill")
def zeros(shape: Any, dtype: Any = torch.float32, name: str | None = None, layout: Any = None) -> Any:
    """A tensor of zeros; of texts, empty ones."""
    wanted = as_dtype(dtype)
    if wanted.torch is None:
        return _empty_texts(_shape(shape))
    return made(torch.zeros(_shape(shape), dtype=wanted.torch, device=default_device()))


@operation("ones", "Fill")
def ones(shape: Any, dtype: Any = torch.float32, name: str | None = None, layout: Any = None) -> Any:
    """A tensor of ones."""
    return made(torch.ones(_shape(shape), dtype=torch_of(dtype), device=default_device()))


@operation("zeros_like", "ZerosLike")
def zeros_like(input: Any, dtype: Any = None, name: str | None = None, layout: Any = None) -> Any:
    """Zeros in the shape and dtype of another tensor."""
    try:
        x = operand(input)
    except TypeError:
        if dtype is None or as_dtype(dtype) == string:
            return on_texts(input, lambda a: np.full(a.shape, b"", dtype=object))
        return zeros(np.shape(to_bytes_array(input)), dtype)
    if dtype is not None and as_dtype(dtype) == string:
        return _empty_texts(list(x.size()))
    return made(torch.zeros_like(x.detach(), dtype=None if dtype is None else torch_of(dtype)))


@operation("ones_like", "OnesLike")
def ones_like(input: Any, dtype: Any = None, name: str | None = None, layout: Any = None) -> Any:
    """Ones in the shape and dtype of another tensor."""
    return made(torch.ones_like(operand(input).detach(), dtype=None if dtype is None else torch_of(dtype)))


@operation("fill", "Fill")
def fill(dims: Any, value: Any, name: str | None = None, layout: Any = None) -> Any:
    """A tensor of one value."""
    shape = _shape(dims)
    try:
        x = tensor(value)
    except TypeError:
        if is_stringy(value) and not to_bytes_array(value).ndim:
            return StringTensor(np.full(shape, to_bytes_array(value)[()], dtype=object))
        raise
    if x.numel() != 1:
        invalid(f"value must be a scalar, got shape {list(x.shape)}", "Fill")
    return made(x.reshape(()).expand(shape).clone())


@operation("eye", "MatrixDiag")
def eye(
    num_rows: Any,
    num_columns: Any = None,
    batch_shape: Any = None,
    dtype: Any = torch.float32,
    name: str | None = None,
) -> Any:
    """The identity matrix, or a batch of them."""
    rows = size(num_rows)
    columns = rows if num_columns is None else size(num_columns)
    for n in (rows, columns):
        if n < 0:
            invalid(f"Dimension {n} must be >= 0", "Fill")
    found = torch.eye(rows, columns, dtype=torch_of(dtype), device=default_device())
    if batch_shape is None:
        return made(found)
    return made(found.expand(*sizes(batch_shape), rows, columns).clone())


# --- ranges ---


@operation("range", "Range")
def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str = "range") -> Any:
    """The numbers from `start` (0 where only one is given) to before `limit`, `delta` apart."""
    if limit is None:
        start, limit = 0, start
    if type(start) is int and type(limit) is int and type(delta) is int and delta:
        wanted = torch.int32 if dtype is None else torch_of(dtype)
        return made(_counted(start, limit, delta, wanted))
    given = [_scalar(value) for value in (start, limit, delta)]
    if dtype is None:
        wanted = max((plain_dtype(x) for x in given), key=_RANK.index)
    else:
        wanted = torch_of(dtype)
        for x, value in zip(given, (start, limit, delta)):
            if wanted in INTEGERS and plain_dtype(x) not in INTEGERS and not hasattr(value, "dtype"):
                raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {of_torch(wanted).name}")
    first, last, step = (x.to(wanted).item() for x in given)
    return made(_counted(first, last, step, wanted))


_RANK = [
    torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.bfloat16, torch.float32,
    torch.float64,
]  # fmt: skip


def _scalar(value: Any) -> torch.Tensor:
    x = tensor(value)
    if x.dim():
        invalid(f"start, limit and delta must be scalars, got shape {list(x.shape)}", "Range")
    if plain_dtype(x) not in _RANK:
        invalid(f"A range of {of_torch(plain_dtype(x)).name} is not possible", "Range")
    return x


def _counted(start: Any, limit: Any, delta: Any, dtype: torch.dtype) -> torch.Tensor:
    if not delta:
        invalid("Requires delta != 0: 0", "Range")
    if delta > 0 and start > limit:
        invalid(f"Requires start <= limit when delta > 0: {start}/{limit}", "Range")
    if delta < 0 and start < limit:
        invalid(f"Requires start >= limit when delta < 0: {start}/{limit}", "Range")
    return torch.arange(start, limit, delta, dtype=dtype, device=default_device())


@operation("linspace", "LinSpace")
def linspace(start: Any, stop: Any, num: Any, name: str | None = None, axis: int = 0) -> Any:
    """`num` numbers from `start` to `stop`, both included, evenly apart; along a new axis where these are tensors."""
    first = tensor(start)
    last = tensor(stop, plain_dtype(first)) if isinstance(stop, (int, float, list)) else tensor(stop)
    if plain_dtype(first) in INTEGERS:
        first = first.double()
        last = last.double()
    elif plain_dtype(last) is not plain_dtype(first):
        last = last.to(plain_dtype(first))
    count = size(num)
    if count < 0:
        invalid(f"Requires num >= 0: {count}", "LinSpace")
    first, last = torch.broadcast_tensors(first, last)
    place = axis_of(axis, first.dim() + 1, "LinSpace")
    if count < 2:
        return made(first.unsqueeze(place).narrow(place, 0, count).clone())
    steps = torch.arange(count, dtype=first.dtype, device=first.device)
    sizes_ = [1] * (first.dim() + 1)
    sizes_[place] = -1
    steps = steps.reshape(sizes_)
    first, last = first.unsqueeze(place), last.unsqueeze(place)
    found = first + (last - first) / (count - 1) * steps
    found = torch.cat([found.narrow(place, 0, count - 1), last], place)  # the end itself, not its neighbour
    return made(found)


@operation("meshgrid", "Mul")
def meshgrid(*args: Any, **kwargs: Any) -> list[Any]:
    """For vectors of coordinates, the coordinates of each point of the grid they span.

    Args:
        args: one vector for each axis.
        indexing: 'xy' (the first vector runs along columns) or 'ij'.
    """
    indexing = kwargs.pop("indexing", "xy")
    kwargs.pop("name", None)
    if kwargs:
        raise TypeError(f"'{next(iter(kwargs))}' is an invalid keyword argument for this function")
    if indexing not in ("xy", "ij"):
        raise ValueError("Argument `indexing` parameter must be either 'xy' or 'ij', got '" + str(indexing) + "'")
    if not args:
        return []
    vectors = [tensor(x).reshape(-1) for x in args]
    if len({v.dtype for v in vectors}) > 1:
        invalid(f"All coordinates must have one dtype, got {[of_torch(v.dtype).name for v in vectors]}", "Mul")
    return [made(g.clone()) for g in torch.meshgrid(*vectors, indexing=indexing)]


# --- the same once more ---


@operation("identity", "Identity")
def identity(input: Any, name: str | None = None) -> Any:
    """A tensor with the values of another; a copy of a Variable's."""
    try:
        x = owned(input)
    except TypeError:
        return on_texts(input, np.copy)
    return viewed(x) if isinstance(input, Variable) else viewed(x.view_as(x))


@operation("identity_n", "IdentityN")
def identity_n(input: Any, name: str | None = None) -> list[Any]:
    """Each of several tensors once more."""
    return [identity(x) for x in input]


@operation("guarantee_const", "GuaranteeConst")
def guarantee_const(input: Any, name: str | None = None) -> Any:
    """The tensor itself: nothing is gained here by the promise that it does not change."""
    return identity(input)


@operation("dtypes.complex", "Complex")
def complex(real: Any, imag: Any, name: str | None = None) -> Any:
    """A complex tensor of two real ones."""
    a, b = tensor(real), tensor(imag)
    for x in (a, b):
        if plain_dtype(x) not in (torch.float32, torch.float64):
            raise TypeError(f"Types of real and imag don't match or are no floats: {a.dtype} {b.dtype}")
    if plain_dtype(a) is not plain_dtype(b):
        raise TypeError(f"The `real` and `imag` components have incompatible types: {a.dtype} {b.dtype}")
    a, b = torch.broadcast_tensors(a, b)
    return made(torch.complex(a, b))


__all__ = [
    "complex", "eye", "fill", "guarantee_const", "identity", "identity_n", "linspace", "meshgrid", "ones", "ones_like",
    "range", "zeros", "zeros_like",
]  # fmt: skip
