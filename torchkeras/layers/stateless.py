"""stateless_call: a layer as a function of its weights' values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from torchkeras.core.kinds import bridge
from torchkeras.core.stateless import one_each, present
from torchkeras.core.variable import Variable, _as_tensor


class _Call(nn.Module):
    """A call of a layer, and what is to be read while its weights have other values."""

    def __init__(self, layer: Any, changing: Sequence[Variable], with_losses: bool) -> None:
        super().__init__()
        self.layer, self.changing, self.with_losses = layer, changing, with_losses

    def forward(self, *args: Any, **kwargs: Any) -> tuple[Any, list[Tensor], list[Any]]:
        outputs = self.layer(*args, **kwargs)
        return outputs, present(self.changing), self.layer.losses if self.with_losses else []


class StatelessMixin:
    """Calling a layer on values for its weights, which stay as they are."""

    def stateless_call(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> tuple[Any, ...]:
        """The outputs, and the values that the non-trainable variables would have after the call.

        Gradients run through to the values given for the trainable variables.

        Args:
            trainable_variables: a value for each of `layer.trainable_variables`.
            non_trainable_variables: a value for each of `layer.non_trainable_variables`.
            args, kwargs: what the layer is called on.
            return_losses: whether to give the layer's losses as well.
        """
        layer: Any = self
        if not layer.built:
            raise ValueError(
                f"To call stateless_call, {type(self).__name__} must be built (i.e. its variables must have been "
                f"already created). You can build it by calling it on some data."
            )
        trainable, others = list(layer.trainable_variables), list(layer.non_trainable_variables)
        given = one_each(trainable, trainable_variables, "trainable_variables")
        state = one_each(others, non_trainable_variables, "non_trainable_variables")
        call = _Call(layer, others, return_losses)
        names = {id(t): name for name, t in (*call.named_parameters(), *call.named_buffers())}
        values = {names[id(v.parameter)]: _in_layout(v, value) for v, value in zip(trainable, given, strict=True)}
        for variable, value in zip(others, state, strict=True):  # what the call changes is a copy
            values[names[id(variable.parameter)]] = _in_layout(variable, value).detach().clone()
        outputs, after, losses = torch.func.functional_call(call, values, args, kwargs)
        if bridge.active and bridge.asks((*args, *kwargs.values())):
            after, losses = bridge.lend(after), bridge.lend(losses)
        return (outputs, after, losses) if return_losses else (outputs, after)


def _in_layout(variable: Variable, value: Any) -> Tensor:
    parameter = variable.parameter
    tensor = _as_tensor(value, parameter.dtype).to(parameter.device)
    if tuple(tensor.shape) != tuple(variable.shape):
        raise ValueError(
            f"The value of variable {variable.name!r} must have its shape {tuple(variable.shape)}. "
            f"Received: {tuple(tensor.shape)}"
        )
    return variable.layout.to_torch(tensor)
