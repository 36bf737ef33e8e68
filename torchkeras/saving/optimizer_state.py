"""The state of an optimizer as plain data: the values of its variables, and which weights they belong to."""

from __future__ import annotations

import warnings
from typing import Any

from torch import Tensor

from torchkeras.core.shards import whole
from torchkeras.core.variable import Variable


def state_of(model: Any) -> dict[str, Any] | None:
    """The variables of a model's optimizer, in Keras's shapes; None where it has none of its own."""
    optimizer = model.optimizer
    if optimizer is None or not hasattr(optimizer, "_trainable_variables"):
        return None
    places = {id(weight.parameter): place for place, weight in enumerate(model.weights)}
    trained = [places.get(id(variable.parameter)) for variable in optimizer._trainable_variables]
    if None in trained:
        warnings.warn(
            f"The state of the optimizer {optimizer.name!r} is not saved: it trains weights outside of this model.",
            stacklevel=2,
        )
        return None
    return {
        "trained": trained,
        "names": [variable.name for variable in optimizer.variables],
        "values": [_value(variable) for variable in optimizer.variables],
    }


def restore(model: Any, state: dict[str, Any]) -> None:
    """Gives the optimizer of a model the state that was saved."""
    optimizer, weights = model.optimizer, model.weights
    if not state["trained"]:
        return  # it was saved before its first step
    optimizer.build([weights[place] for place in state["trained"]])
    own, values = list(optimizer.variables), state["values"]
    shapes = [tuple(variable.shape) for variable in own]
    if shapes != [tuple(value.shape) for value in values]:
        # Built in several goes, it had made its variables in another order.
        by_name = dict(zip(state["names"], values, strict=True))
        values = [by_name.get(variable.name) for variable in own]
        if len(by_name) < len(own) or [None if v is None else tuple(v.shape) for v in values] != shapes:
            warnings.warn(
                f"The state of the optimizer {optimizer.name!r} in the file does not fit the one that was made again, "
                f"so it starts anew.",
                stacklevel=6,
            )
            return
    for variable, value in zip(own, values, strict=True):
        variable.assign(value)


def _value(variable: Variable) -> Tensor:
    # Not a view: a file would get all the memory behind it.
    return variable.layout.to_keras(whole(variable.parameter).detach()).to("cpu", copy=True).contiguous()
