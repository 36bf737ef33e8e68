"""Images moved, turned, scaled and sheared: each new pixel is read at a place that a matrix gives."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.ops.border_modes import mapped


def projective_transform(
    images: Tensor,
    transforms: Tensor,
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    interpolation: str = "bilinear",
) -> Tensor:
    """Images of the same size, read at transformed places as TensorFlow's ImageProjectiveTransformV3 reads them.

    Args:
        images: floats (batch, height, width, channels).
        transforms: (batch, 8) or (1, 8). A row a0, a1, a2, b0, b1, b2, c0, c1 has the new pixel (x, y) read at
            ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k), where k = c0 x + c1 y + 1.
        fill_mode: what lies outside the image: 'constant', 'nearest', 'reflect' or 'wrap'.
        fill_value: the value outside with 'constant'.
        interpolation: 'bilinear' or 'nearest'.
    """
    count, height, width, _ = images.shape
    dtype = torch.float64 if images.dtype is torch.float64 else torch.float32
    a0, a1, a2, b0, b1, b2, c0, c1 = transforms.to(dtype)[:, :, None, None].unbind(1)
    x = torch.arange(width, dtype=dtype, device=images.device)
    y = torch.arange(height, dtype=dtype, device=images.device)[:, None]
    scale = c0 * x + c1 * y + 1
    columns = mapped((a0 * x + a1 * y + a2) / scale, width, fill_mode, width)
    rows = mapped((b0 * x + b1 * y + b2) / scale, height, fill_mode, height)
    sampled = read_at(images.to(dtype), rows, columns, fill_mode, fill_value, interpolation, count)
    return sampled.to(images.dtype)


def read_at(
    images: Tensor,
    rows: Tensor,
    columns: Tensor,
    fill_mode: str,
    fill_value: float,
    interpolation: str,
    count: int,
) -> Tensor:
    """The values of images (batch, height, width, channels) at places given per pixel, by one fused kernel."""
    height, width = images.shape[1:3]
    if interpolation == "nearest":  # halves are rounded away from zero
        rows, columns = _rounded(rows), _rounded(columns)
    grid = torch.stack(((2 * columns + 1) / width - 1, (2 * rows + 1) / height - 1), dim=-1)
    outside = fill_mode == "constant"
    shifted = images - fill_value if outside and fill_value else images
    sampled = F.grid_sample(
        shifted.permute(0, 3, 1, 2),
        grid.expand(count, -1, -1, -1),
        mode=interpolation,
        padding_mode="zeros" if outside else "border",
        align_corners=False,
    ).permute(0, 2, 3, 1)
    return sampled + fill_value if outside and fill_value else sampled


def _rounded(places: Tensor) -> Tensor:
    return torch.where(places < 0, (places - 0.5).ceil(), (places + 0.5).floor())
