"""Weights in Keras's order and shapes, put into torch's modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.networks.torch_parts import SelfAttention


@torch.no_grad()
def load_weights(module: nn.Module, weights: Iterable[Any], flattened: tuple[int, int, int] | None = None) -> None:
    """Fills the modules, which stand in the order of Keras's layers.

    `flattened` is the map that a Flatten makes a vector of: the rows of the first Linear follow torch's order of it.
    """
    values = (torch.as_tensor(value) for value in weights)
    for part in _with_weights(module):
        if isinstance(part, nn.Linear):
            kernel = next(values)
            if flattened is not None:
                kernel = kernel.reshape(*flattened, -1).permute(2, 0, 1, 3).flatten(0, 2)
                flattened = None
            part.weight.copy_(kernel.T)
            _bias(part, values)
        elif isinstance(part, nn.Conv2d):
            part.weight.copy_(next(values).permute(3, 2, 0, 1))
            _bias(part, values)
        elif isinstance(part, nn.BatchNorm2d):
            for place in (part.weight, part.bias, part.running_mean, part.running_var):
                place.copy_(next(values))
        elif isinstance(part, nn.LayerNorm):
            part.weight.copy_(next(values))
            part.bias.copy_(next(values))
        elif isinstance(part, nn.Embedding):
            part.weight.copy_(next(values))
        elif isinstance(part, nn.LSTM):  # the gates are in the same order
            part.weight_ih_l0.copy_(next(values).T)
            part.weight_hh_l0.copy_(next(values).T)
            part.bias_ih_l0.copy_(next(values))
            part.bias_hh_l0.zero_()
        elif isinstance(part, SelfAttention):
            _attention(part, values)
    if next(values, None) is not None:
        raise ValueError("There are more weights than the modules have places for.")


def _with_weights(module: nn.Module) -> Iterator[nn.Module]:
    """The modules in their order; what is within attention is its own affair."""
    yield module
    if not isinstance(module, SelfAttention):
        for child in module.children():
            yield from _with_weights(child)


def _bias(part: nn.Linear | nn.Conv2d, values: Iterator[Tensor]) -> None:
    if part.bias is not None:
        part.bias.copy_(next(values))


def _attention(part: SelfAttention, values: Iterator[Tensor]) -> None:
    """Keras's query, key and value, of (width, heads, size) each with a bias of (heads, size), and the output."""
    width = part.out.in_features
    for i in range(3):
        rows = slice(i * width, (i + 1) * width)
        part.projections.weight[rows] = next(values).reshape(width, -1).T
        part.projections.bias[rows] = next(values).flatten()
    part.out.weight.copy_(next(values).reshape(-1, width).T)
    part.out.bias.copy_(next(values))
