"""The same values in another order, several times, or with more around them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow.arguments import COMPLEX, axis_of, invalid, on_texts, plain_dtype, sizes
from torchkeras.tensorflow.convert import is_stringy, made, operand, operand_like, owned, viewed
from torchkeras.tensorflow.convert import tensor as plain_tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import to_bytes_array
from torchkeras.tensorflow.tensor import Tensor


@operation("compat.v1.transpose", "Transpose")
def transpose(a: Any, perm: Any = None, conjugate: bool = False, name: str = "transpose") -> Any:
    """The axes in another order, the reverse one unless given."""
    if type(a) is Tensor and not conjugate:
        order = range(a.dim() - 1, -1, -1) if perm is None else _order(perm, a.dim())
        return made(torch.permute(operand(a), tuple(order)))
    try:
        x = owned(a)
    except TypeError:
        return on_texts(a, lambda t: np.transpose(t, None if perm is None else _order(perm, t.ndim)))
    order = list(reversed(range(x.dim()))) if perm is None else _order(perm, x.dim())
    if conjugate and plain_dtype(x) in COMPLEX:
        return made(torch.conj_physical(x.permute(order)))
    return viewed(x.permute(order))


def _order(perm: Any, rank: int) -> list[int]:
    order = [axis_of(i, rank, "Transpose") if -rank <= i < rank else i for i in sizes(perm)]
    if sorted(order) != list(range(rank)):
        invalid(f"{sizes(perm)} is not a permutation of the {rank} axes of the tensor", "Transpose")
    return order


@operation("reverse", "ReverseV2")
def reverse(tensor: Any, axis: Any, name: str | None = None) -> Any:
    """Turned round along axes."""
    axes = sizes(axis) if np.ndim(axis) or not isinstance(axis, int) else None
    if axes is None:
        invalid("'dims' must be 1-dimensional: give a list of axes", "ReverseV2")
    try:
        x = owned(tensor)
    except TypeError:
        return on_texts(tensor, lambda a: np.flip(a, tuple(axis_of(i, a.ndim, "ReverseV2") for i in axes)))
    places = [axis_of(i, x.dim(), "ReverseV2") for i in axes]
    if len(set(places)) != len(places):
        invalid(f"axes {axes} specified more than once", "ReverseV2")
    return made(x.flip(places))


@operation("reverse_sequence", "ReverseSequence")
def reverse_sequence(
    input: Any, seq_lengths: Any, seq_axis: Any = None, batch_axis: Any = None, name: str | None = None
) -> Any:
    """Each sample's first `seq_lengths` steps turned round, the rest left."""
    x, lengths = plain_tensor(input), plain_tensor(seq_lengths).long()
    time, batch = (
        axis_of(seq_axis or 0, x.dim(), "ReverseSequence"),
        axis_of(batch_axis or 0, x.dim(), "ReverseSequence"),
    )
    if time == batch:
        invalid(f"seq_axis and batch_axis must differ, both are {time}", "ReverseSequence")
    if lengths.dim() != 1 or len(lengths) != x.shape[batch]:
        invalid(
            f"Length of seq_lengths != input.dims({batch}), ({len(lengths)} vs. {x.shape[batch]})", "ReverseSequence"
        )
    if len(lengths) and (int(lengths.max()) > x.shape[time] or int(lengths.min()) < 0):
        invalid(f"seq_lengths must be from 0 to {x.shape[time]}", "ReverseSequence")
    steps = torch.arange(x.shape[time], device=x.device)
    places = torch.where(steps < lengths[:, None], lengths[:, None] - 1 - steps, steps)
    if time < batch:
        places = places.T
    shape = [n if i in (time, batch) else 1 for i, n in enumerate(x.shape)]
    return made(x.gather(time, places.reshape(shape).expand(x.shape)))


@operation("roll", "Roll")
def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Any:
    """Moved on along axes; what falls off one end comes in at the other."""
    shifts, axes = sizes(shift), sizes(axis)
    try:
        x = owned(input)
    except TypeError:
        return on_texts(input, lambda a: np.roll(a, shifts, axes))
    if not x.dim():
        invalid("input must be 1-D or higher", "Roll")
    if len(shifts) != len(axes):
        invalid("shift and axis must have the same size", "Roll")
    return made(x.roll(shifts, [axis_of(i, x.dim(), "Roll") for i in axes]))


@operation("tile", "Tile")
def tile(input: Any, multiples: Any, name: str | None = None) -> Any:
    """Repeated as a whole, so many times along each axis."""
    times = sizes(multiples)
    try:
        x = plain_tensor(input)
    except TypeError:
        return on_texts(input, lambda a: np.tile(a, _multiples(times, a.ndim)))
    return made(x.repeat(_multiples(times, x.dim())))


def _multiples(times: list[int], rank: int) -> list[int]:
    if len(times) != rank:
        invalid(f"Expected multiples argument to be a vector of length {rank} but got length {len(times)}", "Tile")
    if min(times, default=0) < 0:
        invalid(f"Expected multiples to be at least 0, got {times}", "Tile")
    return times


@operation("repeat", "Repeat")
def repeat(input: Any, repeats: Any, axis: Any = None, name: str | None = None) -> Any:
    """Each element, or each slice along an axis, so many times in a row."""
    counts = sizes(repeats)
    if is_stringy(input):
        return on_texts(input, lambda a: np.repeat(a, counts, axis))
    x = plain_tensor(input)
    if axis is None:
        x, axis = x.reshape(-1), 0
    place = axis_of(axis, x.dim(), "Repeat")
    if len(counts) == 1:
        return made(x.repeat_interleave(counts[0], place))
    if len(counts) != x.shape[place]:
        raise ValueError(f"Repeats must be one number or one for each of the {x.shape[place]} slices, got {counts}.")
    return made(x.repeat_interleave(torch.tensor(counts, device=x.device), place))


@operation("compat.v1.pad", "Pad")
def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0, name: str | None = None) -> Any:
    """More elements before and after along each axis.

    Args:
        tensor: what to pad.
        paddings: for each axis how many before and how many after.
        mode: 'CONSTANT', 'REFLECT' (the edge not repeated) or 'SYMMETRIC' (the edge repeated).
        constant_values: what to fill with.
    """
    wanted = plain_tensor(paddings)
    if wanted.dim() != 2 or wanted.shape[1] != 2:
        invalid(f"paddings must be a matrix with 2 columns: {list(wanted.shape)}", "Pad")
    amounts = [(int(before), int(after)) for before, after in wanted.tolist()]
    mode = str(mode).upper()
    if mode not in ("CONSTANT", "REFLECT", "SYMMETRIC"):
        raise ValueError(
            f"Value of argument `mode` expected to be one of CONSTANT, REFLECT, or SYMMETRIC. Received {mode}"
        )
    if is_stringy(tensor):
        fill = b"" if constant_values == 0 else to_bytes_array(constant_values)[()]
        return on_texts(tensor, lambda a: np.pad(a, amounts, constant_values=fill))
    x = owned(tensor)
    if len(amounts) != x.dim():
        invalid(
            f"The first dimension of paddings must be the rank of inputs {[len(amounts), 2]}, {list(x.shape)}", "Pad"
        )
    if min((n for both in amounts for n in both), default=0) < 0:
        invalid(f"Paddings must be non-negative: {amounts}", "Pad")
    if mode == "CONSTANT":
        flat = [n for both in reversed(amounts) for n in both]
        value = constant_values if type(constant_values) in (int, float) else None
        if value is None:
            value = plain_tensor(operand_like(constant_values, x, "PadV2")).item()
        return viewed(torch.nn.functional.pad(x, flat, value=value))
    for axis, (before, after) in enumerate(amounts):
        if before or after:
            x = x.index_select(axis, _mirrored(x.shape[axis], before, after, mode, x.device))
    return viewed(x)


def _mirrored(length: int, before: int, after: int, mode: str, device: torch.device) -> torch.Tensor:
    edge = 1 if mode == "REFLECT" else 0
    if max(before, after) > length - edge:
        invalid(
            f"paddings must be no greater than the dimension size: {before}, {after} greater than {length - edge}",
            "MirrorPad",
        )
    inside = torch.arange(length, device=device)
    return torch.cat([inside[edge : edge + before].flip(0), inside, inside.flip(0)[edge : edge + after]])


__all__ = ["pad", "repeat", "reverse", "reverse_sequence", "roll", "tile", "transpose"]
