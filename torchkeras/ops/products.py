"""Products of vectors, matrices and tensors."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import promoted, result_type, tensor
from torchkeras.ops.reductions import sum_dtype


def _exact(*values: Tensor) -> list[Tensor]:
    """Booleans as integers: products of them count."""
    return [v.to(torch.int32) if v.dtype is torch.bool else v for v in values]


@operation
def matmul(x1: Any, x2: Any) -> Tensor:
    """The product of matrices; of vectors, their dot product. Axes before the last two broadcast."""
    if type(x1) is Tensor and type(x2) is Tensor and x1.dtype is x2.dtype and x1.is_floating_point():
        return torch.matmul(x1, x2)
    a, b = tensor(x1), tensor(x2)
    if a.dtype is b.dtype is torch.int8:
        return torch.matmul(a.to(torch.int32), b.to(torch.int32))
    a, b = promoted(a, b)
    return torch.matmul(*_exact(a, b)).to(a.dtype)


@operation
def dot(x1: Any, x2: Any) -> Tensor:
    """The sum of products over the last axis of `x1` and the last but one of `x2`; with a number, the multiple."""
    a, b = promoted(tensor(x1), tensor(x2))
    if not a.dim() or not b.dim():
        return a * b
    wanted = a.dtype
    a, b = _exact(a, b)
    return torch.tensordot(a, b, dims=([-1], [-2 if b.dim() > 1 else -1])).to(wanted)


@operation
def vdot(x1: Any, x2: Any) -> Tensor:
    """The sum of products of all values, those of `x1` conjugated."""
    a, b = promoted(tensor(x1), tensor(x2))
    wanted = a.dtype
    a, b = _exact(a.reshape(-1), b.reshape(-1))
    return torch.vdot(a, b).to(wanted)


@operation
def inner(x1: Any, x2: Any) -> Tensor:
    """The sum of products over the last axes."""
    a, b = promoted(tensor(x1), tensor(x2))
    wanted = a.dtype
    return torch.inner(*_exact(a, b)).to(wanted)


@operation
def outer(x1: Any, x2: Any) -> Tensor:
    """Each value of `x1` times each of `x2`."""
    a, b = promoted(tensor(x1), tensor(x2))
    return a.reshape(-1, 1) * b.reshape(1, -1)


@operation
def kron(x1: Any, x2: Any) -> Tensor:
    """Each value of `x1` times the whole of `x2`, in blocks."""
    return torch.kron(*promoted(tensor(x1), tensor(x2)))


@operation
def cross(x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Tensor:
    """The vector at right angles to two of three, or of two, dimensions.

    Args:
        x1: vectors along `axisa`.
        x2: vectors along `axisb`.
        axisa: see there.
        axisb: see there.
        axisc: along which axis the results lie; of two vectors of two dimensions there is but one number.
        axis: all three of them.
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = promoted(tensor(x1), tensor(x2))
    a, b = a.movedim(axisa, -1), b.movedim(axisb, -1)
    sizes = (a.shape[-1], b.shape[-1])
    if not set(sizes) <= {2, 3}:
        raise ValueError(f"Vectors must have 2 or 3 dimensions. Received: {sizes}")
    if sizes == (2, 2):
        return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    a, b = (v if v.shape[-1] == 3 else torch.cat([v, torch.zeros_like(v[..., :1])], -1) for v in (a, b))
    a, b = torch.broadcast_tensors(a, b)
    return torch.linalg.cross(a, b, dim=-1).movedim(-1, axisc)


@operation
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Tensor:
    """The sum of products over several axes.

    Args:
        x1: the first tensor.
        x2: the second.
        axes: how many, the last of `x1` and the first of `x2`; or two lists of which.
    """
    a, b = promoted(tensor(x1), tensor(x2))
    wanted = a.dtype
    a, b = _exact(a, b)
    if isinstance(axes, int):
        return torch.tensordot(a, b, axes).to(wanted)
    first, second = ([axis] if isinstance(axis, int) else list(axis) for axis in axes)
    return torch.tensordot(a, b, (first, second)).to(wanted)


@operation
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Tensor:
    """The sum of products that the subscripts describe, such as 'ij,jk->ik'."""
    kwargs.pop("optimize", None)  # torch finds the order of the products itself
    if kwargs:
        raise TypeError(f"einsum() got an unexpected keyword argument {next(iter(kwargs))!r}")
    given = [tensor(x) for x in operands]
    dtypes = {x.dtype for x in given}
    wanted = torch.int32 if dtypes == {torch.int8} else result_type(*dtypes)
    work = [x.to(torch.int32 if wanted is torch.bool else wanted) for x in given]
    return torch.einsum(subscripts.replace(" ", ""), *work).to(wanted)


@operation
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The sum along a diagonal of two axes."""
    x = tensor(x)
    wanted = sum_dtype(x.dtype)
    return torch.diagonal(x, offset, axis1, axis2).sum(-1).to(wanted)


@operation
def cdist(x: Any, y: Any) -> Tensor:
    """The Euclidean distance of each row of `x` from each of `y`."""
    a, b = promoted(tensor(x), tensor(y), at_least=float)
    if a.dim() < 2 or b.dim() < 2:
        raise ValueError("`cdist` inputs must have rank >= 2")
    if a.shape[-1] != b.shape[-1]:
        raise ValueError("Last dimension of inputs to `cdist` must match")
    return torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")
