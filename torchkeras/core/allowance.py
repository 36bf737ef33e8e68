"""A bound on the weights that may be made: a config in a file may ask for any size, whatever the file itself holds."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch


class AllowanceExceeded(ValueError):
    """Weights of more bytes were asked for than `weights_up_to` allows."""


#: How many bytes values may take that are gone again, such as those of a trial run of a layer.
PASSING = 1 << 26


class _State(threading.local):
    left: int | None = None


_state = _State()


@contextmanager
def weights_up_to(size: int) -> Iterator[None]:
    """Within the block layers may make weights of so many bytes together; what would go beyond is not allocated."""
    outer = _state.left
    _state.left = size if outer is None else min(size, outer)
    try:
        yield
    finally:
        _state.left = outer


def is_limited() -> bool:
    """Whether there is a bound just now."""
    return _state.left is not None


def check(shape: Sequence[int], dtype: torch.dtype, described: str) -> None:
    """Called before values are made that do not stay; raises AllowanceExceeded where they are out of all proportion.

    Args:
        shape, dtype: of the values.
        described: what they are, for the message.
    """
    if _state.left is None:
        return
    size = math.prod(shape) * dtype.itemsize
    if size > 8 * _state.left + PASSING:
        raise AllowanceExceeded(f"{described} would have the shape {tuple(shape)}, which is {size} bytes.")


def spend(shape: tuple[int, ...], dtype: torch.dtype, described: str) -> None:
    """Called before a weight is made; raises AllowanceExceeded where it is too much.

    Args:
        shape, dtype: of the weight.
        described: the weight, for the message.
    """
    if _state.left is None:
        return
    size = math.prod(shape) * dtype.itemsize
    if not 0 <= size <= _state.left:
        raise AllowanceExceeded(f"{described} would have the shape {shape}, which is {size} bytes.")
    _state.left -= size
