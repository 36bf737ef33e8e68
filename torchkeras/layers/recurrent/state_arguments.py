"""How initial states and constants come into a recurrent layer: as arguments, or in one list with the inputs."""

from __future__ import annotations

from typing import Any

from torchkeras.core.nest import flatten
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.layers.base import Layer
from torchkeras.layers.input_spec import check_input_spec


class StateArguments(Layer):
    """`layer(x, initial_state=[h, c])` and `layer([x, h, c])` mean the same.

    Called on symbols, the states are further inputs of the node, in a list after the first, as Keras saves them.
    """

    _num_constants = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and not isinstance(args[0], list):
            return super().__call__(args[0])
        names = self._call_info.arguments
        given = dict(zip(names, args)) | kwargs
        inputs = given.pop(names[0], None)
        inputs, states, constants = self._separated(
            inputs, given.pop("initial_state", None), given.pop("constants", None)
        )
        given |= {name: v for name, v in (("initial_state", states), ("constants", constants)) if v is not None}
        return super().__call__(inputs, **given)

    def _separated(self, inputs: Any, states: Any, constants: Any) -> tuple[Any, Any, Any]:
        """Inputs, list of states or None, list of constants or None."""
        if isinstance(inputs, list):
            if states is not None or constants is not None:
                raise ValueError(
                    f"Layer {self.name!r} was given a list of inputs, which holds the states, and `initial_state` or "
                    f"`constants` besides. Give one tensor of inputs (or a tuple of them) with these arguments."
                )
            if self._num_constants:
                constants, inputs = inputs[-self._num_constants :], inputs[: -self._num_constants]
            inputs, states = inputs[0], inputs[1:] or None
        return inputs, _listed(states), _listed(constants)

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        states, constants = kwargs.pop("initial_state", None), kwargs.pop("constants", None)
        if constants is not None:
            self.__dict__["_num_constants"] = len(constants)
        further = [*(states or ()), *(constants or ())]
        symbolic = {isinstance(leaf, KerasTensor) for leaf in flatten(further)}
        if len(symbolic) > 1:
            raise ValueError(
                f"The initial state or constants of an RNN layer cannot be specified via a mix of Keras tensors and "
                f'non-Keras tensors (a "Keras tensor" is a tensor that was returned by a Keras layer or by `Input` '
                f"during Functional model construction). Received: initial_state={states}, constants={constants}"
            )
        if symbolic == {True}:
            if states is not None:
                self._check_states(states)
            return super().symbolic_call([args[0], *further], *args[1:], **kwargs)
        kwargs |= {name: v for name, v in (("initial_state", states), ("constants", constants)) if v is not None}
        return super().symbolic_call(*args, **kwargs)

    def _check_states(self, states: Any) -> None:
        """A ValueError where initial states do not fit."""

    def _check_inputs(self, inputs: Any) -> None:
        check_input_spec(self.input_spec, inputs[0] if isinstance(inputs, list) else inputs, self.name)

    def _masks_of_first(self, mask: Any) -> Any:
        """One mask: that of the inputs; states have none."""
        return flatten(mask)[0] if isinstance(mask, (list, tuple, dict)) else mask


def _listed(value: Any) -> Any:
    if value is None or isinstance(value, list):
        return value
    return list(value) if isinstance(value, tuple) else [value]
