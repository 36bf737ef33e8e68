"""tf.image: mirrored and turned."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.arguments import size, sizes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.image.chance import Chance
from torchkeras.tensorflow.image.frames import image_or_batch
from torchkeras.tensorflow.operation import operation


@operation("image.flip_left_right", "ReverseV2")
def flip_left_right(image: Any) -> Any:
    """Left and right exchanged."""
    return made(image_or_batch(image).flip(-2))


@operation("image.flip_up_down", "ReverseV2")
def flip_up_down(image: Any) -> Any:
    """Top and bottom exchanged."""
    return made(image_or_batch(image).flip(-3))


@operation("image.rot90", "Rot90")
def rot90(image: Any, k: Any = 1, name: str | None = None) -> Any:
    """Turned by `k` quarters, counter-clockwise."""
    return made(torch.rot90(image_or_batch(image), size(k) % 4, (-3, -2)).clone())


@operation("image.transpose", "Transpose")
def transpose(image: Any, name: str | None = None) -> Any:
    """Rows and columns exchanged."""
    return made(image_or_batch(image).transpose(-3, -2).clone())


def _flipped(image: Any, axis: int, chance: Chance) -> Any:
    """Each image mirrored or not."""
    x = image_or_batch(image)
    if x.dim() == 3:
        return made(x.flip(axis) if chance.uniform(0, 1) < 0.5 else x.clone())
    which = (chance.uniforms(len(x)) < 0.5).to(x.device)
    return made(torch.where(which.reshape(-1, 1, 1, 1), x.flip(axis), x))


@operation("image.random_flip_left_right", "RandomFlip")
def random_flip_left_right(image: Any, seed: int | None = None) -> Any:
    """Left and right exchanged or not, for each image."""
    return _flipped(image, -2, Chance("random_flip_left_right", seed))


@operation("image.random_flip_up_down", "RandomFlip")
def random_flip_up_down(image: Any, seed: int | None = None) -> Any:
    """Top and bottom exchanged or not, for each image."""
    return _flipped(image, -3, Chance("random_flip_up_down", seed))


@operation("image.stateless_random_flip_left_right", "RandomFlip")
def stateless_random_flip_left_right(image: Any, seed: Any) -> Any:
    """`random_flip_left_right` by a seed of two integers."""
    return _flipped(image, -2, Chance("random_flip_left_right", seed, stateless=True))


@operation("image.stateless_random_flip_up_down", "RandomFlip")
def stateless_random_flip_up_down(image: Any, seed: Any) -> Any:
    """`random_flip_up_down` by a seed of two integers."""
    return _flipped(image, -3, Chance("random_flip_up_down", seed, stateless=True))


def _cropped(value: Any, wanted: Any, chance: Chance) -> Any:
    x = tensor(value)
    parts = sizes(wanted)
    parts = [n if part == -1 else part for part, n in zip(parts, x.shape)] if len(parts) == x.dim() else parts
    if len(parts) != x.dim() or any(part > n for part, n in zip(parts, x.shape, strict=True)):
        raise InvalidArgumentError(None, None, f"Need value.shape >= size, got {tuple(x.shape)} {parts}")
    starts = [chance.integer(n - part + 1) for n, part in zip(x.shape, parts, strict=True)]
    return made(x[tuple(slice(start, start + part) for start, part in zip(starts, parts, strict=True))].clone())


@operation("image.random_crop", "RandomCrop")
def random_crop(value: Any, size: Any, seed: int | None = None, name: str | None = None) -> Any:
    """A part of this size from anywhere in a tensor."""
    return _cropped(value, size, Chance("random_crop", seed))


@operation("image.stateless_random_crop", "RandomCrop")
def stateless_random_crop(value: Any, size: Any, seed: Any, name: str | None = None) -> Any:
    """`random_crop` by a seed of two integers."""
    return _cropped(value, size, Chance("random_crop", seed, stateless=True))


__all__ = [
    "flip_left_right", "flip_up_down", "random_crop", "random_flip_left_right", "random_flip_up_down", "rot90",
    "stateless_random_crop", "stateless_random_flip_left_right", "stateless_random_flip_up_down", "transpose",
]  # fmt: skip
