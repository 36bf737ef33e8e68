"""New tensors: constants, ranges, identity matrices."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.core.device import default_device
from torchkeras.core.dtypes import torch_dtype
from torchkeras.graph.keras_tensor import as_shape
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import kind_of, operand, result_type, tensor


def sizes(shape: Any) -> tuple[int, ...]:
    """A shape of any spelling as a tuple of ints: a number, a list, a tensor of integers."""
    if isinstance(shape, Tensor):
        shape = shape.tolist()
    made = as_shape(shape)
    if None in made:
        raise ValueError(f"Expected a shape of known sizes, none of them None. Received: shape={shape}")
    return tuple(int(axis) for axis in made if axis is not None)


@operation
def zeros(shape: Any, dtype: Any = None) -> Tensor:
    """Zeros, in floatx unless told."""
    return torch.zeros(sizes(shape), dtype=torch_dtype(dtype), device=default_device())


@operation
def ones(shape: Any, dtype: Any = None) -> Tensor:
    """Ones, in floatx unless told."""
    return torch.ones(sizes(shape), dtype=torch_dtype(dtype), device=default_device())


@operation
def empty(shape: Any, dtype: Any = None) -> Tensor:
    """A tensor to be filled; it holds zeros, as under TensorFlow."""
    return torch.zeros(sizes(shape), dtype=torch_dtype(dtype), device=default_device())


@operation
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """A tensor of one value, or of values that broadcast, in floatx unless told."""
    value = tensor(fill_value, torch_dtype(dtype))
    return value.to(default_device()).broadcast_to(sizes(shape)).clone()


@operation
def zeros_like(x: Any, dtype: Any = None) -> Tensor:
    """Zeros of the shape, and unless told of the dtype, of `x`."""
    return torch.zeros_like(tensor(x), dtype=None if dtype is None else torch_dtype(dtype))


@operation
def ones_like(x: Any, dtype: Any = None) -> Tensor:
    """Ones of the shape, and unless told of the dtype, of `x`."""
    return torch.ones_like(tensor(x), dtype=None if dtype is None else torch_dtype(dtype))


@operation
def empty_like(x: Any, dtype: Any = None) -> Tensor:
    """A tensor like `x`, to be filled; it holds zeros."""
    return torch.zeros_like(tensor(x), dtype=None if dtype is None else torch_dtype(dtype))


@operation
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """A tensor like `x` of one value, or of values that broadcast."""
    x = tensor(x)
    value = tensor(fill_value, x.dtype if dtype is None else torch_dtype(dtype))
    return value.to(x.device).broadcast_to(x.shape).clone()


@operation
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Tensor:
    """The numbers from `start` (0 where only one bound is given) up to, without, `stop`."""
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    bounds = [operand(v) for v in (start, stop, step)]
    wanted = result_type(*map(kind_of, bounds)) if dtype is None else torch_dtype(dtype)
    first, last, each = (v.item() if isinstance(v, Tensor) else v for v in bounds)
    if wanted is torch.bool:
        return torch.arange(first, last, each, device=default_device()).to(torch.bool)
    return torch.arange(first, last, each, dtype=wanted, device=default_device())


@operation
def eye(N: Any, M: Any = None, k: int = 0, dtype: Any = None) -> Tensor:
    """Ones on a diagonal: the main one, or the k-th above it.

    Args:
        N: the number of rows.
        M: the number of columns, if not as many.
        k: which diagonal; below the main one it is negative.
        dtype: floatx unless told.
    """
    rows, columns = int(N), int(N if M is None else M)
    i = torch.arange(rows, device=default_device())[:, None]
    j = torch.arange(columns, device=default_device())
    return (j - i == k).to(torch_dtype(dtype))


@operation
def identity(n: Any, dtype: Any = None) -> Tensor:
    """The n by n identity matrix."""
    return torch.eye(int(n), dtype=torch_dtype(dtype), device=default_device())


@operation
def tri(N: Any, M: Any = None, k: int = 0, dtype: Any = None) -> Tensor:
    """Ones at and below a diagonal, zeros above; arguments as those of `eye`."""
    rows, columns = int(N), int(N if M is None else M)
    i = torch.arange(rows, device=default_device())[:, None]
    j = torch.arange(columns, device=default_device())
    return (j - i <= k).to(torch_dtype(dtype))


@operation
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """`num` evenly spaced numbers from `start` to `stop`.

    Args:
        start: a number or a tensor.
        stop: likewise.
        num: how many.
        endpoint: whether `stop` is the last of them.
        retstep: whether to give the distance between two as well.
        dtype: floatx, or that of the bounds, unless told.
        axis: where in the result the numbers run, where the bounds are tensors.
    """
    bounds = [operand(start), operand(stop)]
    wanted = result_type(*map(kind_of, bounds), float) if dtype is None else torch_dtype(dtype)
    result, step = _spaced(bounds[0], bounds[1], num, endpoint, wanted, axis)
    return (result, step) if retstep else result


def _spaced(start: Any, stop: Any, num: int, endpoint: bool, wanted: torch.dtype, axis: int) -> tuple[Tensor, Tensor]:
    """Evenly spaced numbers, and their distance."""
    work = wanted if wanted in (torch.float32, torch.float64) else torch.float32
    first, last = torch.broadcast_tensors(*(tensor(b, work).to(default_device()) for b in (start, stop)))
    parts = num - 1 if endpoint else num
    step = (last - first) / parts if parts > 0 else torch.full_like(first, float("nan"))
    places = torch.arange(num, dtype=work, device=first.device).reshape(-1, *([1] * first.dim()))
    result = first + places * (step if parts > 0 else 0)
    if endpoint and num > 1:
        result = torch.cat([result[:-1], last[None]])
    if not wanted.is_floating_point and not wanted.is_complex:
        result = result.floor()
    return result.movedim(0, axis).to(wanted), step.to(wanted)


@operation
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10, dtype: Any = None, axis: int = 0
) -> Tensor:
    """`base` to the power of evenly spaced numbers from `start` to `stop`."""
    bounds = [operand(start), operand(stop)]
    wanted = result_type(*map(kind_of, bounds), float) if dtype is None else torch_dtype(dtype)
    work = torch.float64 if wanted is torch.float64 else torch.float32
    exponents, _ = _spaced(bounds[0], bounds[1], num, endpoint, work, axis)
    return torch.pow(tensor(base, work).to(exponents.device), exponents).to(wanted)


@operation
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Tensor:
    """`num` numbers from `start` to `stop`, each the same multiple of the one before."""
    bounds = [operand(start), operand(stop)]
    wanted = result_type(*map(kind_of, bounds), float) if dtype is None else torch_dtype(dtype)
    first, last = torch.broadcast_tensors(*(tensor(b, torch.float64).to(default_device()) for b in bounds))
    exponents, _ = _spaced(torch.log10(first.abs()), torch.log10(last.abs()), num, endpoint, torch.float64, 0)
    result = torch.pow(10.0, exponents) * torch.sign(first)
    if num > 0:
        ends = [first[None], result[1:-1], last[None]] if endpoint and num > 1 else [first[None], result[1:]]
        result = torch.cat(ends)
    return result.movedim(0, axis).to(wanted)


@operation
def meshgrid(*x: Any, indexing: str = "xy") -> list[Tensor]:
    """Coordinates of a grid: one tensor for each axis.

    Args:
        x: the coordinates along each axis.
        indexing: 'xy' for columns first, as in pictures, or 'ij' for rows first, as in matrices.
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Valid values for `indexing` are 'xy' and 'ij', but received {indexing!r}")
    return list(torch.meshgrid(*[tensor(part).reshape(-1) for part in x], indexing=indexing))


# --- windows of signals ---


def _window(make: Any, x: Any, **options: float) -> Tensor:
    return make(int(x), periodic=False, dtype=torch.float32, device=default_device(), **options)


@operation
def bartlett(x: Any) -> Tensor:
    """The triangular window of `x` points."""
    return _window(torch.bartlett_window, x)


@operation
def blackman(x: Any) -> Tensor:
    """The Blackman window of `x` points."""
    return _window(torch.blackman_window, x)


@operation
def hamming(x: Any) -> Tensor:
    """The Hamming window of `x` points."""
    return _window(torch.hamming_window, x)


@operation
def hanning(x: Any) -> Tensor:
    """The Hann window of `x` points."""
    return _window(torch.hann_window, x)


@operation
def kaiser(x: Any, beta: Any) -> Tensor:
    """The Kaiser window of `x` points; the greater `beta`, the narrower."""
    return _window(torch.kaiser_window, x, beta=float(beta))
