"""Images as keras.ops.image takes them: one or a batch, channels last or first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from torchkeras.core.config import check_data_format
from torchkeras.ops.promotion import tensor


def check_rank(x: Tensor) -> Tensor:
    """The images, or a ValueError if they are neither one image nor a batch."""
    if x.dim() not in (3, 4):
        raise ValueError(
            f"Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). "
            f"Received input with shape: images.shape={tuple(x.shape)}"
        )
    return x


def as_batch(images: Any, data_format: str | None, function: Callable[[Tensor], Tensor]) -> Tensor:
    """What a function of (batch, height, width, channels) gives for images of either form, in that form."""
    x = check_rank(tensor(images))
    first = check_data_format(data_format) == "channels_first"
    single = x.dim() == 3
    x = x[None] if single else x
    result = function(x.movedim(1, -1) if first else x)
    result = result.movedim(3, 1) if first else result
    return result[0] if single else result


def spatial(x: Tensor, data_format: str | None) -> tuple[int, int]:
    """Where the height and the width are, counted from the back."""
    return (-2, -1) if check_data_format(data_format) == "channels_first" else (-3, -2)
