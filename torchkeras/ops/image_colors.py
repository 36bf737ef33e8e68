"""keras.ops.image: colours, blurring, edges, likeness."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.core.config import check_data_format
from torchkeras.core.dtypes import torch_dtype
from torchkeras.ops.image_frames import as_batch, check_rank
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import promoted, tensor
from torchkeras.ops.windows import missing


@operation
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Tensor:
    """How bright each pixel is, as one channel."""
    x = check_rank(tensor(images))
    axis = -1 if check_data_format(data_format) == "channels_last" else -3
    if x.shape[axis] not in (1, 3):
        raise ValueError(
            f"Invalid channel size: expected 3 (RGB) or 1 (Grayscale). "
            f"Received input with shape: images.shape={tuple(x.shape)}"
        )
    if x.shape[axis] == 1:
        return x.clone()
    work = x if x.is_floating_point() else x.to(torch_dtype(None))
    weights = torch.tensor([0.2989, 0.5870, 0.1140], dtype=work.dtype, device=x.device)
    return torch.tensordot(work, weights, dims=([axis], [0])).unsqueeze(axis).to(x.dtype)


def _check_float(x: Tensor) -> Tensor:
    if not x.is_floating_point():
        raise ValueError(f"Invalid images dtype: expected float dtype. Received: images.dtype={x.dtype}")
    return x


@operation
def rgb_to_hsv(images: Any, data_format: str | None = None) -> Tensor:
    """Hue, saturation and value, each between 0 and 1, of colours between 0 and 1."""
    return as_batch(_check_float(tensor(images)), data_format, _hsv)


def _hsv(x: Tensor) -> Tensor:
    value, low = x.amax(-1), x.amin(-1)
    spread = value - low
    red, green, blue = x.unbind(-1)
    saturation = torch.where(value > 0, spread / torch.where(value > 0, value, 1), 0)
    unit = 1 / (6 * torch.where(spread > 0, spread, 1))
    hue = torch.where(
        red == value,
        unit * (green - blue),
        torch.where(green == value, unit * (blue - red) + 2 / 6, unit * (red - green) + 4 / 6),
    )
    hue = torch.where(spread > 0, hue, 0)
    return torch.stack([torch.where(hue < 0, hue + 1, hue), saturation, value], -1)


@operation
def hsv_to_rgb(images: Any, data_format: str | None = None) -> Tensor:
    """Colours of hue, saturation and value, all between 0 and 1."""
    return as_batch(_check_float(tensor(images)), data_format, _rgb)


def _rgb(x: Tensor) -> Tensor:
    hue, saturation, value = (part[..., None] for part in x.unbind(-1))
    turn = 6 * hue
    red, green, blue = (turn - 3).abs() - 1, 2 - (turn - 2).abs(), 2 - (turn - 4).abs()
    pure = torch.cat([red, green, blue], -1).clamp(0, 1)
    return ((1 - saturation) + saturation * pure) * value


@operation
def gaussian_blur(
    images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0), data_format: str | None = None
) -> Tensor:
    """Images blurred by a bell.

    Args:
        images: one image or a batch.
        kernel_size: over how many pixels, down and across.
        sigma: the bell's standard deviations.
        data_format: 'channels_last' or 'channels_first'; the global setting unless told.
    """
    sizes, spreads = tensor(kernel_size).tolist(), tensor(sigma).tolist()
    return as_batch(images, data_format, lambda x: gaussian_blurred(x, sizes, spreads))


def gaussian_blurred(x: Tensor, kernel_size: Any, sigma: Any) -> Tensor:
    """(batch, height, width, channels), blurred; outside there are zeros."""
    # Keras lays the first size and spread across and the second down, in a kernel of the first by the second.
    across, down = (_bell(int(n), float(s), x) for n, s in zip(kernel_size, sigma))
    kernel = torch.outer(down, across).reshape(int(kernel_size[0]), int(kernel_size[1]))
    channels = x.shape[-1]
    pairs = missing(x.shape[1:3], kernel.shape, (1, 1), (1, 1))
    padded = functional.pad(x.movedim(-1, 1), [n for pair in reversed(pairs) for n in pair])
    weight = kernel.expand(channels, 1, *kernel.shape)
    return functional.conv2d(padded, weight, groups=channels).movedim(1, -1)


def _bell(size: int, sigma: float, like: Tensor) -> Tensor:
    places = torch.arange(size, dtype=like.dtype, device=like.device) - (size - 1) / 2
    bell = torch.exp(-0.5 * torch.square(places / sigma))
    return bell / bell.sum()


@operation
def sobel_edges(images: Any, data_format: str | None = None) -> Tensor:
    """How much each value changes downwards and across, along a new last axis; edges are mirrored."""
    x = tensor(images)
    if x.dim() != 4:
        raise ValueError(f"Expected a batch of images (rank 4). Received: images.shape={tuple(x.shape)}")
    first = data_format is not None and check_data_format(data_format) == "channels_first"
    x = x if first else x.movedim(-1, 1)
    batch, channels, height, width = x.shape
    down = torch.tensor([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], dtype=x.dtype, device=x.device)
    kernels = torch.stack([down, down.T])[:, None]
    padded = functional.pad(x, (1, 1, 1, 1), mode="reflect").reshape(batch * channels, 1, height + 2, width + 2)
    edges = functional.conv2d(padded, kernels).reshape(batch, channels, 2, height, width)
    return edges.permute(0, 1, 3, 4, 2) if first else edges.permute(0, 3, 4, 1, 2)


@operation
def ssim(
    image1: Any,
    image2: Any,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Tensor:
    """The structural similarity of images: 1 for the same.

    Args:
        image1: one image or a batch.
        image2: likewise.
        max_val: from 0 to where their values go.
        filter_size: over how many pixels the bell of local statistics goes.
        filter_sigma: its standard deviation.
        k1: keeps the likeness of means from 0 / 0.
        k2: the same for that of variances.
        data_format: 'channels_last' or 'channels_first'; the global setting unless told.
    """
    a, b = promoted(check_rank(tensor(image1)), check_rank(tensor(image2)), at_least=float)
    single = a.dim() == 3
    a, b = (x[None] if single else x for x in (a, b))
    if check_data_format(data_format) == "channels_last":
        a, b = a.movedim(-1, 1), b.movedim(-1, 1)
    bell = _bell(filter_size, filter_sigma, a)
    weight = torch.outer(bell, bell).expand(a.shape[1], 1, filter_size, filter_size)

    def local(x: Tensor) -> Tensor:
        return functional.conv2d(x, weight, groups=x.shape[1])

    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    mean_a, mean_b = local(a), local(b)
    product, squares = mean_a * mean_b * 2, mean_a**2 + mean_b**2
    likeness = (product + c1) / (squares + c1)
    together, spread = local(a * b) * 2, local(a**2 + b**2)
    structure = (together - product + c2) / (spread - squares + c2)
    result = (likeness * structure).mean((2, 3)).mean(-1)
    return result[0] if single else result
