"""A recurrence step by step, for cells that no torch kernel does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.nest import flatten, map_structure, pack_as

Step = Callable[[Any, Any], tuple[Any, Any]]


def run_steps(
    step: Step, inputs: list[Any], states: Any, mask: Tensor | None, zero_output: bool, keep_all: bool
) -> tuple[list[Any], Any]:
    """The outputs of the steps (the last alone unless `keep_all`), and the states after them.

    Args:
        step: gives the output and the new states for one step's inputs and the states.
        inputs: those of each step.
        states: a list, nested or not.
        mask: (batch, time), True where a step counts; at others the states stay and the output is the one before.
        zero_output: whether it is 0 there instead.
    """
    outputs: list[Any] = []
    before: Any = None
    counts = [None] * len(inputs) if mask is None else mask.unbind(1)
    for given, count in zip(inputs, counts):
        output, after = step(given, states)
        if count is not None:
            missing = None if zero_output else before
            shown = map_structure(torch.zeros_like, output) if missing is None else missing
            output, after = _where(count, output, shown), _where(count, after, states)
        before, states = output, after
        if not keep_all:
            outputs.clear()
        outputs.append(output)
    return outputs, states


def _where(count: Tensor, new: Any, old: Any) -> Any:
    """The new values where a step counts, else the old ones."""
    chosen = [torch.where(count.reshape(-1, *[1] * (a.dim() - 1)), a, b) for a, b in zip(flatten(new), flatten(old))]
    return pack_as(new, chosen)


def over_time(outputs: list[Any]) -> Any:
    """The outputs of all steps as one tensor (batch, time, ...), or as a structure of such."""
    leaves = [flatten(output) for output in outputs]
    return pack_as(outputs[0], [torch.stack(of_leaf, 1) for of_leaf in zip(*leaves)])
