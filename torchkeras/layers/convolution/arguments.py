"""Checks of the arguments that all convolutions take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torchkeras.core.errors import positive_int


def size_tuple(value: Any, rank: int, argument: str, layer: str, least: int = 1) -> tuple[int, ...]:
    """An int, or `rank` of them, as a tuple; a ValueError that names the argument and the layer otherwise."""
    problem = f"The `{argument}` argument of layer {layer!r} must be a tuple of {rank} integers. Received: {value}"
    try:
        sizes = tuple(value) if isinstance(value, Iterable) else (value,) * rank
        found = tuple(int(size) for size in sizes)
    except (TypeError, ValueError):
        raise ValueError(problem) from None
    if len(found) != rank or any(a != b for a, b in zip(found, sizes)):
        raise ValueError(problem)
    wrong = {size for size in found if size < least}
    if wrong:
        rule = "> 0" if least else ">= 0"
        raise ValueError(f"{problem} including {wrong} that does not satisfy the requirement `{rule}`.")
    return found


def padding_name(value: object, causal: bool, layer: str) -> str:
    """'valid', 'same' or, where the layer has it, 'causal'."""
    padding = value.lower() if isinstance(value, str) else value
    if padding == "causal" and not causal:
        raise ValueError(
            f"Causal padding is only supported for `Conv1D` and `SeparableConv1D`. Received: padding={value!r} for "
            f"layer {layer!r}."
        )
    if padding not in ("valid", "same", "causal"):
        raise ValueError(
            f'The `padding` argument of layer {layer!r} must be one of "valid", "same" (or "causal", only for `Conv1D` '
            f"and `SeparableConv1D`). Received: padding={value!r}"
        )
    return str(padding)


def filter_count(value: object, groups: int, layer: str) -> int:
    filters = positive_int(value, "filters", layer)
    if filters % groups:
        raise ValueError(
            f"The number of filters of layer {layer!r} must be evenly divisible by the number of groups. "
            f"Received: groups={groups}, filters={filters}"
        )
    return filters


def one_group(groups: object, layer: str) -> int:
    """Configs have `groups` for every convolution; for some only 1 is meant."""
    if groups not in (None, 1):
        raise ValueError(f"Layer {layer!r} has no groups; only groups=1 is accepted. Received: groups={groups}")
    return 1
