"""Gradients of a loss, for `minimize`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import torch
from torch import nn

from torchkeras.core.nest import flatten
from torchkeras.core.shards import differentiated
from torchkeras.core.variable import Variable
from torchkeras.optimizers.state import State


class Minimizing(State):
    """The part of an optimizer that differentiates."""

    #: Makes the tape under which a loss function runs; the tf namespace puts its GradientTape here.
    make_tape: ClassVar[Callable[[], Any] | None] = None

    def minimize(self, loss: Any, var_list: Any, tape: Any = None, **options: Any) -> Any:
        """Computes the gradients of a loss and applies them.

        Args:
            loss: a function without arguments that returns the loss; or a tensor, computed under `tape`.
            var_list: the variables, or a function that returns them.
            options: for `apply_gradients`.
        """
        return self.apply_gradients(self.compute_gradients(loss, var_list, tape), **options)

    def compute_gradients(self, loss: Any, var_list: Any, tape: Any = None) -> list[tuple[Any, Any]]:
        """(gradient, variable) for each variable; the gradient is None where the loss does not depend on it."""
        if not callable(loss) and tape is None:
            raise ValueError(
                f"`tape` is required when a `Tensor` loss is passed. Received: loss={loss}, tape={tape}. "
                f"Pass a function that computes the loss, or the GradientTape that recorded it."
            )
        maker = type(self).make_tape
        if tape is None and maker is not None:
            tape = maker()
        if tape is None:
            with torch.enable_grad():
                loss = loss()
            variables = _listed(var_list)
            return list(zip(self.get_gradients(loss, variables), variables, strict=True))
        if callable(loss):
            with tape:
                if not callable(var_list):
                    tape.watch(_listed(var_list))
                loss = loss()
        variables = _listed(var_list)
        return list(zip(tape.gradient(loss, variables), variables, strict=True))

    _compute_gradients = compute_gradients

    def get_gradients(self, loss: Any, params: Iterable[Any]) -> list[Any]:
        """The gradients of a loss tensor, in Keras's shapes."""
        variables = list(params)
        parameters = [getattr(v, "parameter", v) for v in variables]
        total = loss.sum() if loss.dim() else loss
        found = differentiated(lambda starts: torch.autograd.grad(total, starts, allow_unused=True), parameters)
        return [
            v.layout.to_keras(g) if g is not None and isinstance(v, Variable) else g
            for v, g in zip(variables, found, strict=True)
        ]

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]], name: str | None = None, **kwargs: Any) -> Any:
        raise NotImplementedError


def _listed(var_list: Any) -> list[Any]:
    if isinstance(var_list, (Variable, nn.Parameter)):
        return [var_list]
    return flatten(list(var_list()) if callable(var_list) else list(var_list))
