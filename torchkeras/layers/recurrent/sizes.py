"""The sizes of a cell's states: one, or several, nested or not; each an int or a shape without the batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras.graph.keras_tensor import as_shape


def is_several(state_size: Any) -> bool:
    """Whether a state_size is that of several states; a TensorShape is one size of several axes."""
    return isinstance(state_size, (list, tuple)) and not _is_shape(state_size)


def _is_shape(size: Any) -> bool:
    return hasattr(size, "as_list") or isinstance(size, torch.Size)


def map_sizes(function: Callable[[tuple[Any, ...]], Any], state_size: Any) -> Any:
    """`function` of each size, as a tuple of axes; lists for what is nested."""
    if is_several(state_size):
        return [map_sizes(function, size) for size in state_size]
    return function(as_shape(state_size))


def flat_sizes(state_size: Any) -> list[tuple[Any, ...]]:
    """The sizes in order, each as a tuple of axes."""
    found: list[tuple[Any, ...]] = []
    map_sizes(found.append, state_size)
    return found


def pack_states(state_size: Any, flat: list[Any]) -> Any:
    """States given one after the other, in the form of a state_size."""
    remaining = iter(flat)
    return map_sizes(lambda _: next(remaining), state_size)


def as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def output_size(cell: Any) -> Any:
    """The size of what a cell gives: its `output_size`, else that of its first state."""
    size = getattr(cell, "output_size", None)
    if size is not None:
        return size
    return cell.state_size[0] if is_several(cell.state_size) else cell.state_size
