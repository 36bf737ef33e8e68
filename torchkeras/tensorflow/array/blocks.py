"""Blocks of pixels moved into the batch axis, and back."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.arguments import invalid, sizes
from torchkeras.tensorflow.convert import made, owned, tensor, viewed
from torchkeras.tensorflow.operation import operation


def _pairs(value: Any, count: int, what: str, kernel: str) -> list[tuple[int, int]]:
    rows = tensor(value)
    if rows.dim() != 2 or tuple(rows.shape) != (count, 2):
        invalid(f"{what} should have shape [{count}, 2], got {list(rows.shape)}", kernel)
    return [(int(a), int(b)) for a, b in rows.tolist()]


def _blocks(block_shape: Any, rank: int) -> list[int]:
    found = sizes(block_shape)
    if isinstance(block_shape, int):
        invalid("block_shape must be a list of sizes, not one number", "SpaceToBatchND")
    if len(found) > rank - 1:
        invalid(f"input rank should be >= {len(found) + 1} instead of {rank}", "SpaceToBatchND")
    return found


@operation("space_to_batch_nd", "SpaceToBatchND")
def space_to_batch_nd(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Any:
    """Pads, cuts into blocks, and makes the places within a block samples of the batch."""
    x = owned(input)
    blocks = _blocks(block_shape, x.dim())
    around = _pairs(paddings, len(blocks), "paddings", "SpaceToBatchND")
    rest = x.dim() - 1 - len(blocks)
    flat = [0, 0] * rest + [n for both in reversed(around) for n in both]
    x = torch.nn.functional.pad(x, flat)
    for n, block in zip(x.shape[1:], blocks):
        if n % block:
            invalid(f"padded_shape[{n}] is not divisible by block_shape[{block}]", "SpaceToBatchND")
    split = [part for n, block in zip(x.shape[1:], blocks) for part in (n // block, block)]
    tail = list(x.shape[1 + len(blocks) :])
    cut = x.reshape(x.shape[0], *split, *tail)
    within = [2 + 2 * i for i in range(len(blocks))]
    outside = [1 + 2 * i for i in range(len(blocks))]
    order = [*within, 0, *outside, *range(1 + 2 * len(blocks), cut.dim())]
    return viewed(cut.permute(order).reshape(-1, *split[::2], *tail))


@operation("space_to_batch_nd", "SpaceToBatchND")
def space_to_batch(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Any:
    """Pads, cuts into blocks, and makes the places within a block samples of the batch."""
    return space_to_batch_nd(input, block_shape, paddings)


@operation("batch_to_space", "BatchToSpaceND")
def batch_to_space(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Any:
    """Undoes `space_to_batch`, and crops."""
    x = tensor(input)
    blocks = _blocks(block_shape, x.dim())
    around = _pairs(crops, len(blocks), "crops", "BatchToSpaceND")
    count = 1
    for block in blocks:
        count *= block
    if x.shape[0] % count:
        invalid(
            f"Input batch dimension ({x.shape[0]}) is not divisible by product of block sizes ({count})",
            "BatchToSpaceND",
        )
    spatial, tail = list(x.shape[1 : 1 + len(blocks)]), list(x.shape[1 + len(blocks) :])
    cut = x.reshape(*blocks, x.shape[0] // count, *spatial, *tail)
    order = [len(blocks)]
    for i in range(len(blocks)):
        order += [len(blocks) + 1 + i, i]
    joined = cut.permute(*order, *range(2 * len(blocks) + 1, cut.dim()))
    joined = joined.reshape(x.shape[0] // count, *(n * b for n, b in zip(spatial, blocks)), *tail)
    for axis, (before, after) in enumerate(around, 1):
        if before + after > joined.shape[axis]:
            invalid(f"crops {around} are more than there is of shape {list(joined.shape)}", "BatchToSpaceND")
        joined = joined.narrow(axis, before, joined.shape[axis] - before - after)
    return made(joined.clone())


__all__ = ["batch_to_space", "space_to_batch", "space_to_batch_nd"]
