"""Turning, shifting, shearing and zooming single images, with the values scipy.ndimage gives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from torchkeras.ops.border_modes import FILL_MODES, mapped
from torchkeras.ops.projective_transform import read_at


def apply_affine_transform(
    x: np.ndarray,
    theta: float = 0,
    tx: float = 0,
    ty: float = 0,
    shear: float = 0,
    zx: float = 1,
    zy: float = 1,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
) -> np.ndarray:
    """An image turned, shifted, sheared and zoomed about its centre.

    Args:
        x: an array of three axes; the channels are the first or the last.
        theta: rotation in degrees.
        tx, ty: shift to the side and down, in pixels; a positive one moves the image left and up.
        shear: shear angle in degrees.
        zx, zy: zoom to the side and down; below 1 enlarges.
        fill_mode: 'nearest', 'constant', 'reflect' or 'wrap', for what lies outside the image.
        cval: the value outside with 'constant'.
        order: 1 interpolates linearly, 0 takes the nearest pixel.

    Example: `apply_affine_transform(image, theta=30, row_axis=0, col_axis=1, channel_axis=2)`
    """
    _check(x, row_axis, col_axis, channel_axis, fill_mode, order)
    matrix = _matrix(theta, tx, ty, shear, zx, zy)
    if matrix is None:
        return x
    height, width = x.shape[row_axis], x.shape[col_axis]
    # As in Keras, the height is the centre's x even where x runs along the columns: what is not square is off centre.
    matrix = _about_centre(matrix, height, width)
    if row_axis < col_axis:  # the matrix is for (x, y), an array is indexed by (row, column)
        matrix = matrix[[1, 0, 2]][:, [1, 0, 2]]
    channels_last = channel_axis == 2
    image = np.ascontiguousarray(x if channels_last else np.moveaxis(x, 0, -1))
    moved = _resampled(image, matrix, fill_mode, float(cval), order)
    result = moved.astype(x.dtype, copy=False)
    return result if channels_last else np.moveaxis(result, -1, 0)


def _matrix(theta: float, tx: float, ty: float, shear: float, zx: float, zy: float) -> np.ndarray | None:
    """The product of those of the four that do anything, or None."""
    parts = []
    if theta != 0:
        angle = np.deg2rad(theta)
        parts.append([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    if tx != 0 or ty != 0:
        parts.append([[1, 0, tx], [0, 1, ty], [0, 0, 1]])
    if shear != 0:
        angle = np.deg2rad(shear)
        parts.append([[1, -np.sin(angle), 0], [0, np.cos(angle), 0], [0, 0, 1]])
    if zx != 1 or zy != 1:
        parts.append([[zx, 0, 0], [0, zy, 0], [0, 0, 1]])
    product = None
    for part in parts:
        product = np.array(part) if product is None else product @ np.array(part)
    return product


def _about_centre(matrix: np.ndarray, height: int, width: int) -> np.ndarray:
    x, y = height / 2 - 0.5, width / 2 - 0.5
    to_centre = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])
    back = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]])
    centred: np.ndarray = to_centre @ matrix @ back
    return centred


def _resampled(image: np.ndarray, matrix: np.ndarray, fill_mode: str, cval: float, order: int) -> np.ndarray:
    """A new image (height, width, channels) whose pixel p is read at matrix @ p, in float64 as SciPy does."""
    height, width = image.shape[:2]
    i = np.arange(height, dtype=np.float64)[:, None]
    j = np.arange(width, dtype=np.float64)
    rows = torch.from_numpy((matrix[0, 0] * i + matrix[0, 2]) + matrix[0, 1] * j)
    columns = torch.from_numpy((matrix[1, 0] * i + matrix[1, 2]) + matrix[1, 1] * j)
    outside = None
    if fill_mode == "constant":
        outside = _outside(rows, height) | _outside(columns, width)
    rows = mapped(rows, height, fill_mode, height - 1)[None]
    columns = mapped(columns, width, fill_mode, width - 1)[None]
    method = "bilinear"
    if order == 0:
        rows, columns, method = (rows + 0.5).floor(), (columns + 0.5).floor(), "nearest"
    source = torch.from_numpy(image.astype(np.float64))[None]
    # What 'constant' leaves outside is replaced below, so that any mode will do to read it.
    moved = read_at(source, rows, columns, "nearest", 0.0, method, 1)[0]
    if outside is not None:
        moved = torch.where(outside[..., None], cval, moved)
    result: np.ndarray = moved.numpy()
    return result


def _outside(places: Tensor, size: int) -> Tensor:
    return (places < 0) | (places > size - 1)


def _check(x: np.ndarray, row_axis: int, col_axis: int, channel_axis: int, fill_mode: str, order: int) -> None:
    axes = (row_axis, col_axis, channel_axis)
    if len(set(axes)) != 3:
        raise ValueError(f"'row_axis', 'col_axis', and 'channel_axis' must be distinct. Received: {axes}")
    if set(axes) != {0, 1, 2}:
        raise ValueError(f"Invalid axis' indices: {set(axes) - {0, 1, 2}}")
    if x.ndim != 3:
        raise ValueError(f"Input arrays must be multi-channel 2D images. Received an array of shape {x.shape}")
    if channel_axis not in (0, 2):
        raise ValueError(
            f"Channels are allowed and the first and last dimensions. Received: channel_axis={channel_axis}"
        )
    if fill_mode not in FILL_MODES:
        raise ValueError(f"Unknown `fill_mode` {fill_mode!r}. Expected one of {FILL_MODES}.")
    if order not in (0, 1):
        raise NotImplementedError(
            f"Interpolation of order {order} is not supported. Use order=1 (linear) or order=0 (nearest pixel)."
        )


# --- at random ---


def random_rotation(
    x: np.ndarray,
    rg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> np.ndarray:
    """An image turned by up to `rg` degrees either way."""
    theta = np.random.uniform(-rg, rg)
    return apply_affine_transform(
        x, theta=theta, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order,
    )  # fmt: skip


def random_shift(
    x: np.ndarray,
    wrg: float,
    hrg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> np.ndarray:
    """An image shifted by up to the parts `wrg` of its width and `hrg` of its height."""
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    return apply_affine_transform(
        x, tx=tx, ty=ty, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order,
    )  # fmt: skip


def random_shear(
    x: np.ndarray,
    intensity: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> np.ndarray:
    """An image sheared by up to `intensity` degrees either way."""
    shear = np.random.uniform(-intensity, intensity)
    return apply_affine_transform(
        x, shear=shear, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order,
    )  # fmt: skip


def random_zoom(
    x: np.ndarray,
    zoom_range: Sequence[float],
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> np.ndarray:
    """An image zoomed along rows and columns by two factors between the two of `zoom_range`."""
    if len(zoom_range) != 2:
        raise ValueError(f"`zoom_range` should be a tuple or list of two floats. Received: {zoom_range}")
    zx, zy = (1.0, 1.0)
    if tuple(zoom_range) != (1, 1):
        zx, zy = np.random.uniform(zoom_range[0], zoom_range[1], 2)
    return apply_affine_transform(
        x, zx=zx, zy=zy, row_axis=row_axis, col_axis=col_axis, channel_axis=channel_axis,
        fill_mode=fill_mode, cval=cval, order=interpolation_order,
    )  # fmt: skip
