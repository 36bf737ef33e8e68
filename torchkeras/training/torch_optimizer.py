"""torch's own optimizers and learning rate schedulers where `compile` expects a Keras optimizer."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from torchkeras.core import capturing
from torchkeras.core.capturing import CannotCapture
from torchkeras.core.replicas import in_step


def is_torch_optimizer(optimizer: Any) -> bool:
    """Whether this is a torch optimizer, a scheduler around one, or a class or function that makes one."""
    if isinstance(optimizer, (torch.optim.Optimizer, LRScheduler, TorchOptimizer)):
        return True
    if isinstance(optimizer, type):
        return issubclass(optimizer, torch.optim.Optimizer)
    return callable(optimizer) and not hasattr(optimizer, "apply_gradients")


class TorchOptimizer:
    """A torch optimizer with what callbacks ask of a Keras one: the learning rate and the number of steps.

    Args:
        given: the optimizer, a scheduler around it (stepped at the end of each epoch), or a class or function that
            makes either from the model's parameters.
    """

    def __init__(self, given: Any) -> None:
        self.given = given
        self.scheduler: Any = given if isinstance(given, LRScheduler) else None
        self.torch: Any = given.optimizer if self.scheduler is not None else given
        self.iterations = 0
        if not isinstance(self.torch, torch.optim.Optimizer):
            self.torch = None

    def build(self, parameters: list[nn.Parameter]) -> None:
        """Make the optimizer, where it was given as a way to make one."""
        if self.torch is None:
            made = self.given(parameters)
            self.scheduler = made if isinstance(made, LRScheduler) else None
            self.torch = made.optimizer if self.scheduler is not None else made

    def step(self) -> None:
        if capturing.updates() is not None:
            raise CannotCapture(f"{type(self.torch).__name__} is torch's, and keeps its numbers on the host")
        together = in_step()
        if together is not None:  # a step of the user's own, by the gradients of this process
            together.sum_gradients([p for group in self.torch.param_groups for p in group["params"] if p.requires_grad])
        self.torch.step()
        self.iterations += 1

    def end_epoch(self, loss: float | None) -> None:
        if isinstance(self.scheduler, ReduceLROnPlateau):
            self.scheduler.step(loss if loss is not None else 0.0)
        elif self.scheduler is not None:
            self.scheduler.step()

    @property
    def learning_rate(self) -> float:
        rate: float = self.torch.param_groups[0]["lr"]
        return rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        for group in self.torch.param_groups:
            group["lr"] = float(value)

    lr = learning_rate

    def state_dict(self) -> dict[str, Any]:
        """The optimizer's and the scheduler's state, and the number of steps."""
        scheduler = None if self.scheduler is None else self.scheduler.state_dict()
        return {"optimizer": self.torch.state_dict(), "scheduler": scheduler, "iterations": self.iterations}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.torch.load_state_dict(state["optimizer"])
        if self.scheduler is not None and state["scheduler"] is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        self.iterations = state["iterations"]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "torch":
            raise AttributeError(name)
        return getattr(self.torch, name)
