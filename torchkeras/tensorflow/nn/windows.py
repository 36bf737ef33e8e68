"""Strides, sizes, padding and data formats in all their spellings, and inputs with the channels first for torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch.nn import functional

from torchkeras.ops.windows import missing
from torchkeras.tensorflow.arguments import invalid, sizes

#: The data formats of one, two and three axes, channels last and first.
FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


class Padding(NamedTuple):
    """How much is added before and behind each axis; torch pads by itself where the two are the same."""

    pairs: list[tuple[int, int]]

    @property
    def edges(self) -> tuple[int, ...] | None:
        """One number for each axis, if that is all that is needed."""
        return tuple(a for a, _ in self.pairs) if all(a == b for a, b in self.pairs) else None

    def apply(self, x: torch.Tensor, value: float = 0.0) -> torch.Tensor:
        """The inputs with the edges added."""
        if not any(map(any, self.pairs)):
            return x
        return functional.pad(x, [n for pair in reversed(self.pairs) for n in pair], value=value)


def channels_first(data_format: str | None, rank: int, kernel: str) -> bool:
    """Whether the channels come second; an error for formats of other ranks."""
    if data_format is None:
        return False
    if data_format not in FORMATS[rank]:
        raise ValueError(
            f"`data_format` must be one of {FORMATS[rank]}. Received: data_format={data_format} [{kernel}]"
        )
    return data_format == FORMATS[rank][1]


def per_axis(value: Any, rank: int, first: bool, name: str) -> tuple[int, ...]:
    """One number for each spatial axis, of an int, or of 1, `rank` or `rank + 2` numbers."""
    found = [1] if value is None else sizes(value)
    if len(found) == rank + 2:
        batch, channels = found[0], found[1 if first else -1]
        if batch != 1 or channels != 1:
            invalid(
                f"The {name} along the batch and channel axes must be 1. Received: {name}={found}",
                "MaxPool" if name == "ksize" else "Conv2D",
            )
        found = found[2:] if first else found[1:-1]
    elif len(found) == 1:
        found *= rank
    elif len(found) != rank:
        raise ValueError(f"{name} should be of length 1, {rank} or {rank + 2} but was {len(found)}")
    if any(n < 1 for n in found):
        invalid(f"{name} must be positive. Received: {name}={found}", "Conv2D")
    return tuple(found)


def padding_of(
    padding: Any,
    lengths: Sequence[int],
    window: Sequence[int],
    strides: Sequence[int],
    dilations: Sequence[int],
    first: bool,
    kernel: str,
) -> Padding:
    """What 'SAME', 'VALID' or a list of pairs for all axes adds."""
    rank = len(window)
    if isinstance(padding, str):
        if padding == "VALID":
            return Padding([(0, 0)] * rank)
        if padding == "SAME":
            return Padding(missing(lengths, window, strides, dilations))
        invalid(
            f'Value for attr \'padding\' of "{padding}" is not in the list of allowed values: "SAME", "VALID"', kernel
        )
    pairs = [tuple(sizes(pair)) for pair in padding]
    if len(pairs) != rank + 2 or any(len(pair) != 2 for pair in pairs):
        raise ValueError(
            f"`padding` must be a list of {rank + 2} pairs of numbers, one for each axis. Received: padding={padding}"
        )
    edge = pairs[:2] if first else (pairs[0], pairs[-1])
    if any(map(any, edge)):
        raise ValueError(f"Nonzero explicit padding in the batch or depth dimensions is not supported: {padding}")
    return Padding([(a, b) for a, b in (pairs[2:] if first else pairs[1:-1])])


def to_first(x: torch.Tensor, rank: int, first: bool, kernel: str) -> tuple[torch.Tensor, Callable[..., torch.Tensor]]:
    """The inputs as (batch, channels, *axes), and what puts a result back into their form.

    Several axes of the batch become one.
    """
    if x.dim() < rank + 2:
        invalid(f"input must be {rank + 2}-dimensional, got shape {list(x.shape)}", kernel)
    lead = x.shape[: x.dim() - rank - 1]
    flat = x if len(lead) == 1 else x.flatten(0, len(lead) - 1)

    def back(result: torch.Tensor) -> torch.Tensor:
        result = result if first else result.movedim(1, -1)
        return result if len(lead) == 1 else result.unflatten(0, lead)

    return (flat if first else flat.movedim(-1, 1)), back


def check_room(lengths: Sequence[int], pairs: Padding, window: Sequence[int], dilations: Sequence[int], k: str) -> None:
    """An error where a window is larger than what it is to move over."""
    for length, (before, behind), size, dilation in zip(lengths, pairs.pairs, window, dilations, strict=True):
        if length + before + behind < (size - 1) * dilation + 1:
            invalid(
                f"Computed output size would be negative: an axis of size {length} (padded by {before + behind}) is "
                f"too small for a window that spans {(size - 1) * dilation + 1}",
                k,
            )
