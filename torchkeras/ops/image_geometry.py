"""keras.ops.image: pixels taken from other places."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras.ops.image_colors import gaussian_blurred
from torchkeras.ops.image_frames import as_batch
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import tensor
from torchkeras.ops.random import generator_for

INTERPOLATIONS = ("nearest", "bilinear")
FILL_MODES = ("constant", "nearest", "wrap", "reflect")
COORDINATE_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")


def _check(interpolation: str, fill_mode: str = "constant") -> None:
    if interpolation not in INTERPOLATIONS:
        raise ValueError(
            f"Invalid value for argument `interpolation`. Expected of one {INTERPOLATIONS}. "
            f"Received: interpolation={interpolation}"
        )
    if fill_mode not in FILL_MODES:
        raise ValueError(
            f"Invalid value for argument `fill_mode`. Expected of one {FILL_MODES}. Received: fill_mode={fill_mode}"
        )


@operation
def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Tensor:
    """Images turned, sheared, scaled, moved.

    Args:
        images: one image or a batch.
        transform: (a0, a1, a2, b0, b1, b2, c0, c1), or one such row for each image: the pixel at (x, y) comes from
            `((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k)` with `k = c0 x + c1 y + 1`.
        interpolation: 'nearest' or 'bilinear'.
        fill_mode: what lies outside: 'constant', 'nearest', 'wrap' or 'reflect'.
        fill_value: that constant.
        data_format: 'channels_last' or 'channels_first'; the global setting unless told.
    """
    _check(interpolation, fill_mode)
    rows = tensor(transform).to(torch.float32)
    if rows.dim() not in (1, 2):
        raise ValueError(
            f"Invalid transform rank: expected rank 1 (single transform) or rank 2 (batch of transforms). "
            f"Received input with shape: transform.shape={tuple(rows.shape)}"
        )
    rows = rows[None] if rows.dim() == 1 else rows
    return as_batch(images, data_format, lambda x: _projected(x, rows, interpolation, fill_mode, fill_value))


@operation
def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Tensor:
    """Images as seen from elsewhere: four points go to four others.

    Args:
        images: one image or a batch.
        start_points: (4, 2) points (x, y) of the images, or four for each.
        end_points: where they go.
        interpolation: 'nearest' or 'bilinear'.
        fill_value: what lies outside.
        data_format: 'channels_last' or 'channels_first'; the global setting unless told.
    """
    _check(interpolation)
    start, end = tensor(start_points).to(torch.float32), tensor(end_points).to(torch.float32)
    for name, points in (("start_points", start), ("end_points", end)):
        if points.dim() not in (2, 3) or points.shape[-2:] != (4, 2):
            raise ValueError(
                f"Invalid {name} shape: expected (4,2) for a single image or (N,4,2) for a batch. "
                f"Received shape: {tuple(points.shape)}"
            )
    if start.shape != end.shape:
        raise ValueError(
            f"start_points and end_points must have the same shape. Received "
            f"start_points.shape={tuple(start.shape)}, end_points.shape={tuple(end.shape)}"
        )
    rows = _homography(start.reshape(-1, 4, 2), end.reshape(-1, 4, 2))
    return as_batch(images, data_format, lambda x: _projected(x, rows, interpolation, "constant", fill_value))


def _homography(start: Tensor, end: Tensor) -> Tensor:
    """The transforms that take `end` back to `start`: eight equations each."""
    x, y = end[..., 0], end[..., 1]
    zero, one = torch.zeros_like(x), torch.ones_like(x)
    across = torch.stack([x, y, one, zero, zero, zero, -start[..., 0] * x, -start[..., 0] * y], -1)
    down = torch.stack([zero, zero, zero, x, y, one, -start[..., 1] * x, -start[..., 1] * y], -1)
    equations = torch.stack([across, down], 2).reshape(-1, 8, 8)
    return torch.linalg.solve(equations, start.reshape(-1, 8))


def _projected(x: Tensor, rows: Tensor, interpolation: str, fill_mode: str, fill_value: float) -> Tensor:
    batch, height, width, _ = x.shape
    rows = rows.to(x.device).expand(batch, 8)
    down, across = torch.meshgrid(
        torch.arange(height, dtype=torch.float32, device=x.device),
        torch.arange(width, dtype=torch.float32, device=x.device),
        indexing="ij",
    )
    a0, a1, a2, b0, b1, b2, c0, c1 = (column[:, None, None] for column in rows.unbind(1))
    k = c0 * across + c1 * down + 1
    from_x, from_y = (a0 * across + a1 * down + a2) / k, (b0 * across + b1 * down + b2) / k
    from_x, from_y = _folded(from_x, width, fill_mode), _folded(from_y, height, fill_mode)
    work = x if x.is_floating_point() else x.float()
    if interpolation == "nearest":
        result = _read(work, _half_away(from_y), _half_away(from_x), fill_value)
    else:
        top, left = torch.floor(from_y), torch.floor(from_x)
        right_share, bottom_share = (from_x - left)[..., None], (from_y - top)[..., None]
        upper = (1 - right_share) * _read(work, top, left, fill_value)
        upper = upper + right_share * _read(work, top, left + 1, fill_value)
        lower = (1 - right_share) * _read(work, top + 1, left, fill_value)
        lower = lower + right_share * _read(work, top + 1, left + 1, fill_value)
        result = (1 - bottom_share) * upper + bottom_share * lower
    result = torch.where((k == 0)[..., None], fill_value, result)
    return result.to(x.dtype)


def _half_away(x: Tensor) -> Tensor:
    """To the nearest integer, halves away from 0, as C rounds."""
    return torch.trunc(x + torch.copysign(torch.full_like(x, 0.5), x))


def _folded(x: Tensor, size: int, mode: str) -> Tensor:
    """Places outside the image, by the rules of TensorFlow's projective transform."""
    if mode == "constant":
        return x
    if mode == "nearest":
        return x.clamp(0, size - 1)
    if size <= 1:
        return torch.zeros_like(x)
    if mode == "reflect":
        double = 2 * size
        below = torch.where(x < double, double * torch.trunc(-x / double) + x, x)
        below = torch.where(below < -size, below + double, -below - 1)
        above = x - double * torch.trunc(x / double)
        above = torch.where(above >= size, double - above - 1, above)
    else:
        below = x + size * (torch.trunc(-x / (size - 1)) + 1)
        above = x - size * torch.trunc(x / (size - 1))
    return torch.where(x < 0, below, torch.where(x > size - 1, above, x)).clamp(0, size - 1)


def _read(x: Tensor, row: Tensor, column: Tensor, fill_value: float) -> Tensor:
    """The pixels at these places; the fill value outside."""
    height, width = x.shape[1:3]
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    image = torch.arange(len(x), device=x.device)[:, None, None]
    found = x[image, row.clamp(0, height - 1).long(), column.clamp(0, width - 1).long()]
    return torch.where(inside[..., None], found, fill_value)


# --- free coordinates ---


@operation
def map_coordinates(
    inputs: Any, coordinates: Any, order: int, fill_mode: str = "constant", fill_value: float = 0
) -> Tensor:
    """The values at free places between those of a tensor.

    Args:
        inputs: the values.
        coordinates: for each axis of them, along the first axis, where to look.
        order: 0 for the nearest value, 1 for a line between two.
        fill_mode: what lies outside: 'constant', 'nearest', 'wrap', 'mirror' (at the last value) or 'reflect' (behind
            it).
        fill_value: that constant.
    """
    x, places = tensor(inputs), tensor(coordinates)
    if not places.is_floating_point():
        places = places.to(torch.float32)
    if places.shape[0] != x.dim():
        raise ValueError(
            f"First dim of `coordinates` must be the same as the rank of `inputs`. Received inputs with shape: "
            f"{tuple(x.shape)} and coordinate leading dim of {places.shape[0]}"
        )
    if places.dim() < 2:
        raise ValueError(
            f"Invalid coordinates rank: expected at least rank 2. Received input with shape: {tuple(places.shape)}"
        )
    if fill_mode not in COORDINATE_MODES:
        raise ValueError(
            f"Invalid value for argument `fill_mode`. Expected one of {COORDINATE_MODES}. "
            f"Received: fill_mode={fill_mode}"
        )
    if order not in (0, 1):
        raise NotImplementedError("map_coordinates currently requires order<=1")
    return _mapped(x, places, order, fill_mode, fill_value)


def _mapped(x: Tensor, places: Tensor, order: int, fill_mode: str, fill_value: float) -> Tensor:
    choices = []
    for place, size in zip(places, x.shape):
        if order == 0:
            corners = [(torch.round(place), torch.ones_like(place))]
        else:
            low = torch.floor(place)
            corners = [(low, 1 - (place - low)), (low + 1, place - low)]
        choices.append([(*_INSIDE[fill_mode](index.long(), size), weight) for index, weight in corners])
    result = torch.zeros_like(places[0])
    for corner in itertools.product(*choices):
        values = x[tuple(index for index, _, _ in corner)].to(places.dtype)
        if fill_mode == "constant":
            inside = torch.stack([known for _, known, _ in corner]).all(0)
            values = torch.where(inside, values, fill_value)
        for _, _, weight in corner:
            values = values * weight
        result = result + values
    return (result if x.is_floating_point() else torch.round(result)).to(x.dtype)


def _constant(index: Tensor, size: int) -> tuple[Tensor, Tensor]:
    return index.clamp(0, size - 1), (index >= 0) & (index < size)


def _nearest(index: Tensor, size: int) -> tuple[Tensor, Tensor]:
    return index.clamp(0, size - 1), index == index


def _wrap(index: Tensor, size: int) -> tuple[Tensor, Tensor]:
    return torch.remainder(index, size), index == index


def _mirror(index: Tensor, size: int) -> tuple[Tensor, Tensor]:
    if size == 1:
        return torch.zeros_like(index), index == index
    index = torch.remainder(index, 2 * (size - 1))
    return torch.where(index < size, index, 2 * (size - 1) - index), index == index


def _reflect(index: Tensor, size: int) -> tuple[Tensor, Tensor]:
    index = torch.remainder(index, 2 * size)
    return torch.where(index < size, index, 2 * size - 1 - index), index == index


#: For each fill mode the place within the axis that stands for one outside it, and whether it is inside.
_INSIDE: dict[str, Callable[[Tensor, int], tuple[Tensor, Tensor]]] = {
    "constant": _constant, "nearest": _nearest, "wrap": _wrap, "mirror": _mirror, "reflect": _reflect,
}  # fmt: skip


@operation
def elastic_transform(
    images: Any,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Tensor:
    """Images whose pixels are moved at random, neighbours alike.

    Args:
        images: one image or a batch.
        alpha: how far they are moved.
        sigma: over how many pixels the moves are blurred.
        interpolation: 'nearest' or 'bilinear'.
        fill_mode: what lies outside: 'constant', 'nearest', 'wrap' or 'reflect'.
        fill_value: that constant.
        seed: a number, a SeedGenerator, or None.
        data_format: 'channels_last' or 'channels_first'; the global setting unless told.
    """
    _check(interpolation, fill_mode)
    order = INTERPOLATIONS.index(interpolation)

    def moved(x: Tensor) -> Tensor:
        batch, height, width, _ = x.shape
        work = x.dtype if x.is_floating_point() else torch.float32
        noise = torch.empty((batch, height, width, 2), dtype=work, device=x.device)
        noise.normal_(0.0, sigma, generator=generator_for(seed, x.device))
        size = 6 * int(sigma) | 1
        moves = alpha * gaussian_blurred(noise, (size, size), (sigma, sigma))
        down, across = torch.meshgrid(
            torch.arange(height, dtype=work, device=x.device),
            torch.arange(width, dtype=work, device=x.device),
            indexing="ij",
        )
        channels = []
        for image, move in zip(x, moves):
            places = torch.stack([down + move[..., 1], across + move[..., 0]])
            mapped = [_mapped(image[..., c], places, order, fill_mode, fill_value) for c in range(x.shape[-1])]
            channels.append(torch.stack(mapped, -1))
        return torch.stack(channels)

    return as_batch(images, data_format, moved)
