"""keras.ops.image: patches of images and volumes."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional

from torchkeras.core.config import check_data_format
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import tensor
from torchkeras.ops.windows import check_padding, missing, per_axis


@operation
def extract_patches(
    images: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The patches of images, or of volumes, each laid out along the channels.

    Args:
        images: one image or a batch; volumes where `size` has three entries.
        size: the size of a patch.
        strides: how far apart the patches start; their size unless told.
        dilation_rate: how far apart their values are.
        padding: 'valid' for whole patches only, 'same' for ones that stick out into zeros.
        data_format: 'channels_last' or 'channels_first'; the global setting unless told.
    """
    if not isinstance(size, (int, tuple, list)):
        raise TypeError(
            f"Invalid `size` argument. Expected an int or a tuple. Received: size={size} of type {type(size).__name__}"
        )
    if not isinstance(size, int) and len(size) not in (2, 3):
        raise ValueError(f"Invalid `size` argument. Expected a tuple of length 2 or 3. Received: size={size}")
    rank = 2 if isinstance(size, int) else len(size)
    return _patches(tensor(images), rank, size, strides, dilation_rate, padding, data_format)


@operation
def extract_patches_3d(
    volumes: Any,
    size: Any,
    strides: Any = None,
    dilation_rate: Any = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The patches of volumes; arguments as in `extract_patches`."""
    return _patches(tensor(volumes), 3, size, strides, dilation_rate, padding, data_format)


def _patches(
    x: Tensor, rank: int, size: Any, strides: Any, dilation_rate: Any, padding: str, data_format: str | None
) -> Tensor:
    if x.dim() not in (rank + 1, rank + 2):
        raise ValueError(
            f"Invalid images rank: expected rank {rank + 1} or {rank + 2} (a batch) for patches of {rank} axes. "
            f"Received input with shape: {tuple(x.shape)}"
        )
    kernel = per_axis(size, rank, "size")
    stride = kernel if not strides else per_axis(strides, rank, "strides")
    dilation = per_axis(dilation_rate, rank, "dilation_rate")
    single = x.dim() == rank + 1
    x = x[None] if single else x
    first = check_data_format(data_format) == "channels_first"
    x = x.movedim(1, -1) if first else x  # (batch, *axes, channels)
    if check_padding(padding) == "same":
        pairs = missing(x.shape[1:-1], kernel, stride, dilation)
        x = functional.pad(x, [0, 0, *(n for pair in reversed(pairs) for n in pair)])
    for axis, (k, s, d) in enumerate(zip(kernel, stride, dilation), start=1):
        x = x.unfold(axis, (k - 1) * d + 1, s)[..., ::d]
    # (batch, *places, channels, *sizes): a patch has its channels innermost.
    x = x.movedim(rank + 1, -1).flatten(rank + 1)
    x = x.movedim(-1, 1) if first else x
    return x[0] if single else x
