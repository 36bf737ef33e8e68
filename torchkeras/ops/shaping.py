"""The same values in another shape or order."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.ops.axes import Axis, canonical, reduced
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import tensor


@operation
def reshape(x: Any, newshape: Any) -> Tensor:
    """In another shape; one size may be -1, which is what is left."""
    sizes = newshape.tolist() if isinstance(newshape, Tensor) else newshape
    sizes = [sizes] if isinstance(sizes, int) else sizes
    return tensor(x).reshape([-1 if size is None else operator.index(size) for size in sizes])


@operation
def ravel(x: Any) -> Tensor:
    """All values in a row."""
    return tensor(x).reshape(-1)


@operation
def transpose(x: Any, axes: Sequence[int] | None = None) -> Tensor:
    """The axes in another order: reversed, unless told."""
    x = tensor(x)
    return x.permute(*(reversed(range(x.dim())) if axes is None else axes))


@operation
def swapaxes(x: Any, axis1: int, axis2: int) -> Tensor:
    """With two axes exchanged."""
    return tensor(x).transpose(axis1, axis2)


@operation
def moveaxis(x: Any, source: Any, destination: Any) -> Tensor:
    """With axes moved to other places, the rest in order."""
    return torch.movedim(tensor(x), _tuple(source), _tuple(destination))


def _tuple(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, (list, tuple)) else axis


@operation
def expand_dims(x: Any, axis: int | Sequence[int]) -> Tensor:
    """With new axes of size 1, where the result is to have them."""
    x = tensor(x)
    if not isinstance(axis, (list, tuple)):
        return x.unsqueeze(operator.index(axis))  # type: ignore[arg-type]
    rank = x.dim() + len(axis)
    for place in sorted(canonical(a, rank) for a in axis):
        x = x.unsqueeze(place)
    return x


@operation
def squeeze(x: Any, axis: Axis = None) -> Tensor:
    """Without its axes of size 1, or without those that are named."""
    x = tensor(x)
    if axis is None:
        return x.squeeze()
    axes = reduced(axis, x.dim())
    wrong = [a for a in axes if x.shape[a] != 1]
    if wrong:
        raise ValueError(f"Cannot squeeze axis={axis} of a tensor of shape {tuple(x.shape)}: its size is not 1.")
    return x.squeeze(axes)


@operation
def broadcast_to(x: Any, shape: Any) -> Tensor:
    """Repeated along axes of size 1, and new ones before them, to this shape."""
    return tensor(x).broadcast_to(tuple(shape) if not isinstance(shape, Tensor) else tuple(shape.tolist()))


@operation
def flip(x: Any, axis: Axis = None) -> Tensor:
    """In the opposite order along the axes, or all of them."""
    x = tensor(x)
    return torch.flip(x, reduced(axis, x.dim()))


@operation
def fliplr(x: Any) -> Tensor:
    """With left and right exchanged, along axis 1."""
    return torch.fliplr(tensor(x))


@operation
def flipud(x: Any) -> Tensor:
    """With up and down exchanged, along axis 0."""
    return torch.flipud(tensor(x))


@operation
def roll(x: Any, shift: Any, axis: Any = None) -> Tensor:
    """Shifted along the axes, what falls off the end coming in at the start; all values in a row unless told."""
    x = tensor(x)
    return torch.roll(x, _tuple(shift)) if axis is None else torch.roll(x, _tuple(shift), _tuple(axis))


@operation
def rot90(array: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Tensor:
    """Turned by 90 degrees k times, from the first of two axes to the second."""
    x = tensor(array)
    if x.dim() < 2:
        raise ValueError(f"Input array must have at least 2 dimensions. Received: array.ndim={x.dim()}")
    if len(axes) != 2 or axes[0] == axes[1]:
        raise ValueError(f"Invalid axes: {axes}. Axes must be a tuple of two different dimensions.")
    return torch.rot90(x, k, list(axes))


@operation
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Tensor:
    """With values added at the ends of the axes.

    Args:
        x: the values.
        pad_width: how many before and behind, for each axis as pairs; one pair, or one number, for all.
        mode: 'constant', 'reflect' (mirrored at the last value) or 'symmetric' (mirrored behind it).
        constant_values: what to add in mode 'constant', 0 unless told.
    """
    x = tensor(x)
    if mode != "constant" and constant_values is not None:
        raise ValueError(
            f"Argument `constant_values` can only be provided when `mode == 'constant'`. Received: mode={mode}"
        )
    pairs = _pairs(pad_width, x.dim())
    if mode == "constant":
        flat = [n for pair in reversed(pairs) for n in pair]
        value = 0 if constant_values is None else tensor(constant_values).item()
        if x.dtype is torch.bool:
            return functional.pad(x.to(torch.uint8), flat, value=float(bool(value))).bool()
        return functional.pad(x, flat, value=value)
    if mode not in ("reflect", "symmetric"):
        raise ValueError(f"Unknown pad mode {mode!r}. Expected 'constant', 'reflect' or 'symmetric'.")
    for axis, (before, behind) in enumerate(pairs):
        if before or behind:
            x = x.index_select(axis, _mirrored(x.shape[axis], before, behind, mode).to(x.device))
    return x


def _pairs(pad_width: Any, rank: int) -> list[tuple[int, int]]:
    given = pad_width.tolist() if hasattr(pad_width, "tolist") else pad_width
    if isinstance(given, int):
        given = (given, given)
    if all(isinstance(n, int) for n in given):
        given = [given[0], given[-1]]
        return [(given[0], given[1])] * rank
    pairs = [(int(p[0]), int(p[-1])) for p in given]
    if len(pairs) == 1:
        pairs *= rank
    if len(pairs) != rank:
        raise ValueError(f"`pad_width` must have a pair for each of {rank} axes. Received: pad_width={pad_width}")
    return pairs


def _mirrored(size: int, before: int, behind: int, mode: str) -> Tensor:
    places = torch.arange(-before, size + behind)
    if mode == "reflect":
        if max(before, behind) >= size:
            raise ValueError(f"Cannot reflect {max(before, behind)} values of an axis of size {size}.")
        places = places.abs()
        return torch.where(places >= size, 2 * (size - 1) - places, places)
    if max(before, behind) > size:
        raise ValueError(f"Cannot mirror {max(before, behind)} values of an axis of size {size}.")
    places = torch.where(places < 0, -1 - places, places)
    return torch.where(places >= size, 2 * size - 1 - places, places)


@operation
def repeat(x: Any, repeats: Any, axis: int | None = None) -> Tensor:
    """Each value so many times, or each its own number of times; all values in a row unless an axis is given."""
    x = tensor(x)
    if axis is None:
        x, axis = x.reshape(-1), 0
    if isinstance(repeats, int):
        return torch.repeat_interleave(x, repeats, axis)
    counts = tensor(repeats).to(x.device, torch.int64).reshape(-1)
    if len(counts) == 1:
        counts = counts.expand(x.shape[axis])
    return torch.repeat_interleave(x, counts, axis)


@operation
def tile(x: Any, repeats: Any) -> Tensor:
    """The whole so many times along each axis."""
    counts = repeats.tolist() if hasattr(repeats, "tolist") else repeats
    return torch.tile(tensor(x), (counts,) if isinstance(counts, int) else tuple(int(n) for n in counts))
