"""Copies between arrays whose axes lie in memory in different orders, such as a kernel and its transpose."""

from __future__ import annotations

import itertools

import numpy as np

#: A square of so many values on each side stays in the processor's cache, whichever way it is walked through.
_SIDE = 256


def copy(into: np.ndarray, source: np.ndarray) -> None:
    """into[...] = source, several times as fast where the orders differ."""
    fast, slow = _innermost(source), _innermost(into)
    if fast == slow:
        into[...] = source
        return
    for a, b in itertools.product(range(0, source.shape[fast], _SIDE), range(0, source.shape[slow], _SIDE)):
        place = [slice(None)] * source.ndim
        place[fast], place[slow] = slice(a, a + _SIDE), slice(b, b + _SIDE)
        into[tuple(place)] = source[tuple(place)]


def _innermost(array: np.ndarray) -> int:
    """The axis along which the values lie closest together."""
    axes = [axis for axis in range(array.ndim) if array.shape[axis] > 1]
    return min(axes, key=lambda axis: abs(array.strides[axis]), default=0)


def contiguous(array: np.ndarray) -> np.ndarray:
    """The array itself where its values stand together in order, else a copy in which they do."""
    if array.flags.c_contiguous:
        return array
    made = np.empty(array.shape, array.dtype)
    copy(made, array)
    return made
