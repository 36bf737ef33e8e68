"""Ragged tensors as layers see them. Their class belongs to the tf namespace, which stands above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.kinds import bridge
from torchkeras.core.nest import flatten
from torchkeras.layers.preprocessing.encoding import encode


def is_ragged(value: Any) -> bool:
    """Whether a value is a ragged tensor."""
    return hasattr(value, "with_flat_values")


def rows_of(ragged: Any) -> list[list[Any]]:
    """A ragged tensor's values in lists, one for each sample."""
    return [flatten(row) for row in ragged.to_list()]


def flat_values(ragged: Any) -> Any:
    """A ragged tensor's values as a plain tensor, or as a StringArray."""
    return bridge.lower(ragged.flat_values)


def numbered(ragged: Any, function: Callable[[Any], Any]) -> Any:
    """A ragged tensor of the same rows, with a function of plain tensors applied to its values."""
    return ragged.with_flat_values(bridge.lend(function(flat_values(ragged))))


def table_of(numbers: Tensor, lengths: Sequence[int], filler: int) -> Tensor:
    """The int64 numbers of rows that follow one another as a table, shorter rows filled up."""
    sizes = torch.tensor(list(lengths), dtype=torch.int64)
    filled = torch.arange(max(lengths, default=0)) < sizes.unsqueeze(-1)
    table = torch.full(filled.shape, filler, dtype=torch.int64, device=numbers.device)
    table[filled.to(numbers.device)] = numbers
    return table


def encoded(
    numbers: Tensor, lengths: Sequence[int], mode: str, depth: int, dtype: torch.dtype, idf: Tensor | None = None
) -> Tensor:
    """Category numbers of rows of any length, one row after the other, in a mode with one result for each row."""
    # What fills a row up lies beyond all numbers, and counts for nothing.
    table = table_of(numbers, lengths, torch.iinfo(torch.int64).max)
    return encode(table, mode, depth, dtype, idf_weights=None if idf is None else idf.to(numbers.device))


def made(values: Any, lengths: Sequence[Any]) -> Any:
    """A ragged tensor of values (a plain tensor or texts) and the lengths of the rows, outermost dimension first."""
    if not bridge.active:
        raise ValueError("Ragged tensors belong to the tf namespace: `import torchkeras.tensorflow` first.")
    return bridge.ragged(values, lengths)
