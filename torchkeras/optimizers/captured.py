"""A step in two halves, for a CUDA graph that is captured once and replayed."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.optimizers.built_in import BuiltIn
from torchkeras.optimizers.optimizer import _overridden
from torchkeras.optimizers.plan import Plan

_OWN_UPDATES = ("step", "apply_gradients", "update_step", "_resource_apply_dense", "_run", "_update")


class CapturedStep:
    """An optimizer's step whose device half does the same work each time, on the same memory.

    The numbers that change, such as the learning rate, are read from scalar tensors that the host half fills.

    Run it once as it is before capturing, as CUDA graphs want: what a step lacks is made then.

    Example:
        step = CapturedStep(optimizer)
        ...
        step.prepare()
        with torch.cuda.graph(graph):
            loss_function(model(x), y).backward()
            step.run()
        step.finish()
        ...
        step.prepare()
        graph.replay()
        step.finish()
    """

    def __init__(self, optimizer: BuiltIn) -> None:
        if not can_capture(optimizer):
            raise ValueError(
                f"The step of {type(optimizer).__name__} cannot be captured: it has an update of its own, or "
                f"accumulates gradients."
            )
        self.optimizer = optimizer
        self._plan: Plan | None = None
        self._rates: list[tuple[Tensor, ...]] = []
        self._filled: list[tuple[float, ...]] = []

    def is_current(self) -> bool:
        """Whether what was captured is still what would be done: the same parameters, in the same memory."""
        plan = self._plan
        return plan is not None and plan.is_unmoved() and self.optimizer._plans.get(None) is plan

    def prepare(self) -> None:
        """On the host, before each run or replay: the numbers of this step."""
        optimizer = self.optimizer
        plan = optimizer._plan(optimizer._stepped, None)
        taken = int(optimizer._count)
        rate = optimizer._rate_at(taken)
        wanted = [optimizer._rates(group, rate, taken + 1) for group in plan.groups]
        if plan is not self._plan:
            for group in plan.groups:
                optimizer._get_ready(group)
            self._plan = plan
            self._rates = [
                torch.tensor(own, dtype=_rate_dtype(group), device=group.device).unbind()
                for group, own in zip(plan.groups, wanted, strict=True)
            ]
        elif wanted != self._filled:
            for cells, own in zip(self._rates, wanted, strict=True):
                for cell, value in zip(cells, own, strict=True):
                    cell.fill_(value)  # the value travels with the kernel: no memory that must not change meanwhile
        self._filled = wanted

    def run(self) -> None:
        """On the device, and in the graph: the update, by the gradients on the parameters."""
        if self._plan is None:
            raise RuntimeError("Call `prepare()` before `run()`.")
        found = [(group.pending(), rates) for group, rates in zip(self._plan.groups, self._rates, strict=True)]
        work = [one for one, _ in found if one]
        with torch.no_grad():
            self.optimizer._run(work, [rates for one, rates in found if one])
            self.optimizer._constrain(work)

    def finish(self) -> None:
        """On the host, after each run or replay: the count, and the averages in place of the variables when due."""
        optimizer, plan = self.optimizer, self._plan
        taken = int(optimizer._count)
        work: Any = [(group, []) for group in plan.groups] if plan is not None else []
        with torch.no_grad():
            if optimizer._overwrite(work, taken + 1):
                optimizer._constrain(work)
        optimizer._count[()] = taken + 1


def can_capture(optimizer: Any) -> bool:
    """Whether an optimizer's step can be captured."""
    return (
        isinstance(optimizer, BuiltIn)
        and not any(_overridden(optimizer, name) for name in _OWN_UPDATES)
        and not optimizer.gradient_accumulation_steps
        and not optimizer.gradient_transformers
    )


def _rate_dtype(group: Any) -> torch.dtype:
    return torch.float64 if group.dtype is torch.float64 else torch.float32
