"""What convolutions and pooling share: sizes for each axis, channels first for torch, and TensorFlow's padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.nn import functional

from torchkeras.core.config import check_data_format

#: torch's functions by the number of spatial axes.
CONV: dict[int, Any] = {1: functional.conv1d, 2: functional.conv2d, 3: functional.conv3d}
CONV_TRANSPOSE: dict[int, Any] = {
    1: functional.conv_transpose1d, 2: functional.conv_transpose2d, 3: functional.conv_transpose3d,
}  # fmt: skip
MAX_POOL: dict[int, Any] = {1: functional.max_pool1d, 2: functional.max_pool2d, 3: functional.max_pool3d}
MEAN_POOL: dict[int, Any] = {1: functional.avg_pool1d, 2: functional.avg_pool2d, 3: functional.avg_pool3d}


def per_axis(value: Any, rank: int, name: str) -> tuple[int, ...]:
    """One number for each spatial axis."""
    if isinstance(value, int):
        return (value,) * rank
    found = tuple(int(v) for v in value)
    if len(found) == 1:
        found *= rank
    if len(found) != rank:
        raise ValueError(f"`{name}` must be an int or have one entry for each of {rank} axes. Received: {name}={value}")
    return found


def check_padding(padding: str) -> str:
    """'valid' or 'same'; ValueError for anything else."""
    value = str(padding).lower()
    if value not in ("valid", "same"):
        raise ValueError(f"`padding` must be 'valid' or 'same'. Received: padding={padding!r}")
    return value


def first(x: Tensor, data_format: str | None) -> tuple[Tensor, bool]:
    """The inputs with the channels first, as torch takes them, and whether they were last."""
    if not 3 <= x.dim() <= 5:
        raise ValueError(f"Input rank not supported: {x.dim()}. Expected values are [3, 4, 5]")
    last = check_data_format(data_format) == "channels_last"
    return (x.movedim(-1, 1) if last else x), last


def put_back(x: Tensor, last: bool) -> Tensor:
    """The channels where they were."""
    return x.movedim(1, -1) if last else x


def missing(
    sizes: Sequence[int], kernel: Sequence[int], strides: Sequence[int], dilation: Sequence[int]
) -> list[tuple[int, int]]:
    """How many values TensorFlow's 'same' adds before and behind: as the size asks for, the lesser half first."""
    pairs = []
    for n, k, s, d in zip(sizes, kernel, strides, dilation):
        whole = max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
        pairs.append((whole // 2, whole - whole // 2))
    return pairs


def padded(x: Tensor, pairs: Sequence[tuple[int, int]], value: float = 0.0) -> tuple[Tensor, tuple[int, ...]]:
    """What torch is to pad itself where both sides are alike; else the inputs with it already added."""
    if all(before == behind for before, behind in pairs) and value == 0.0:
        return x, tuple(before for before, _ in pairs)
    return functional.pad(x, [n for pair in reversed(pairs) for n in pair], value=value), (0,) * len(pairs)
