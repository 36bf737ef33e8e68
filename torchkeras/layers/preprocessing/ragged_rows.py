"""Ragged tensors as layers see them. Their class belongs to the tf namespace, which stands above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torchkeras.core.kinds import bridge
from torchkeras.core.nest import flatten


def is_ragged(value: Any) -> bool:
    """Whether a value is a ragged tensor."""
    return hasattr(value, "with_flat_values")


def rows_of(ragged: Any) -> list[list[Any]]:
    """A ragged tensor's values in lists, one for each sample."""
    return [flatten(row) for row in ragged.to_list()]


def numbered(ragged: Any, function: Callable[[Any], Any]) -> Any:
    """A ragged tensor of the same rows, with a function of plain tensors applied to its values."""
    return ragged.with_flat_values(bridge.lend(function(bridge.lower(ragged.flat_values))))


def made(values: Any, lengths: Sequence[Any]) -> Any:
    """A ragged tensor of values (a plain tensor or texts) and the lengths of the rows, outermost dimension first."""
    if not bridge.active:
        raise ValueError("Ragged tensors belong to the tf namespace: `import torchkeras.tensorflow` first.")
    return bridge.ragged(values, lengths)
