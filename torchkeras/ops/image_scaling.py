"""keras.ops.image: images scaled and moved along their axes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import result_type, tensor
from torchkeras.ops.resize_kernels import KERNELS

_KERNELS = {
    **dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), "bilinear"),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), "bicubic"),
    "lanczos3": "lanczos3",
    "lanczos5": "lanczos5",
}


@operation
def scale_and_translate(
    images: Any,
    output_shape: Any,
    scale: Any,
    translation: Any,
    spatial_dims: Any,
    method: str,
    antialias: bool = True,
) -> Tensor:
    """Images scaled and moved along some of their axes.

    Args:
        images: the values.
        output_shape: the shape of the result.
        scale: the factor for each of the axes.
        translation: how far to move, in pixels of the result, along each.
        spatial_dims: which axes these are.
        method: 'linear', 'cubic', 'lanczos3' or 'lanczos5'.
        antialias: when shrinking, let each pixel be a mean over all it covers.
    """
    if method not in _KERNELS:
        raise ValueError(
            f"Invalid value for argument `method`. Expected of one {tuple(_KERNELS)}. Received: method={method}"
        )
    x = tensor(images)
    exact = not x.is_floating_point()
    result = x.float() if exact else x
    factors, moves = tensor(scale), tensor(translation)
    work = result_type(factors.dtype, moves.dtype)
    work = work if work.is_floating_point else torch.float32
    for i, axis in enumerate(spatial_dims):
        axis = axis % x.dim()
        weights = _weights(
            x.shape[axis], int(output_shape[axis]), factors[i].to(work), moves[i].to(work), _KERNELS[method], antialias
        )
        result = torch.tensordot(result, weights.to(result), dims=([axis], [0])).movedim(-1, axis)
    if exact:
        result = torch.clamp(torch.round(result), float(x.min()), float(x.max())).to(x.dtype)
    return result


def _weights(size: int, new: int, scale: Tensor, move: Tensor, kernel: str, antialias: bool) -> Tensor:
    """How much of each old place each new one takes: (old, new)."""
    inverse = 1 / scale
    stretch = torch.clamp(inverse, min=1.0) if antialias else torch.ones_like(inverse)
    centres = (torch.arange(new, dtype=scale.dtype, device=scale.device) + 0.5) * inverse - move * inverse - 0.5
    places = torch.arange(size, dtype=scale.dtype, device=scale.device)
    weights = KERNELS[kernel]((centres - places[:, None]).abs() / stretch)
    total = weights.sum(0, keepdim=True)
    weights = torch.where(
        total.abs() > 1000 * torch.finfo(torch.float32).eps, weights / torch.where(total != 0, total, 1), 0
    )
    return torch.where((centres >= -0.5) & (centres <= size - 0.5), weights, 0)
