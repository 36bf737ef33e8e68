"""Checks of the arguments that all convolutions take."""

from __future__ import annotations

from torchkeras.core.errors import positive_int


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
