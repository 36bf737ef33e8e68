"""Bidirectional: a recurrent layer run both ways."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.context import scope_of
from torchkeras.core.nest import map_structure
from torchkeras.core.registry import custom_object_scope, deserialize, serialize
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.layers.base import Layer
from torchkeras.layers.building import map_shapes
from torchkeras.layers.recurrent.rnn import RNN, flatten_shapes
from torchkeras.layers.recurrent.state_arguments import StateArguments
from torchkeras.layers.wrappers.wrapper import Wrapper

_MODES = ("sum", "mul", "ave", "concat", None)


class Bidirectional(StateArguments, Wrapper):
    """Runs a recurrent layer from the first step to the last and a copy of it from the last to the first.

    Args:
        layer: the recurrent layer. `forward_layer` is made from its config, and so is `backward_layer` if not given.
        merge_mode: how the two outputs become one: 'concat', 'sum', 'ave' (the mean) or 'mul'; None gives both.
        backward_layer: the layer for the other direction, with go_backwards=True.

    Its state_dict keys are the two layers' after `forward_layer.` and `backward_layer.`.

    Example: `Bidirectional(LSTM(32))(x)` gives (batch, 64).
    """

    forward_layer: Any
    backward_layer: Any

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ) -> None:
        for one, what in ((layer, "layer"), (backward_layer, "backward_layer")):
            if not isinstance(one, Layer) and (what == "layer" or one is not None):
                raise ValueError(f"`Bidirectional` needs a recurrent layer as `{what}`. Received: {one!r}")
        missing = [name for name in ("go_backwards", "return_sequences", "return_state") if not hasattr(layer, name)]
        if missing:
            raise ValueError(
                f"`Bidirectional` runs recurrent layers, such as LSTM. Layer {layer.name!r} ({type(layer).__name__}) "
                f"has no {' nor '.join(missing)}."
            )
        if merge_mode not in _MODES:
            raise ValueError(
                f"Invalid merge mode. Received: {merge_mode}. Merge mode should be one of "
                f'{{"sum", "mul", "ave", "concat", None}}'
            )
        kwargs.setdefault("trainable", layer.trainable)
        if layer.__dict__.get("_batch_input_shape") and not {"input_shape", "batch_input_shape"} & set(kwargs):
            kwargs["batch_input_shape"] = layer.__dict__["_batch_input_shape"]
        Layer.__init__(self, **kwargs)
        # The given layer is the pattern of the two that run: it is no layer of this one, and takes no part.
        self.__dict__["layer"] = layer
        self.merge_mode = merge_mode
        self.__dict__["_backward_config"] = None if backward_layer is None else serialize(backward_layer)
        backwards = backward_layer or _again(layer, go_backwards=not layer.go_backwards)
        self.forward_layer, self.backward_layer = _again(layer), backwards
        self.forward_layer._name = f"forward_{self.forward_layer.name}"
        self.backward_layer._name = f"backward_{self.backward_layer.name}"
        self._check_pair()
        for one in (self.forward_layer, self.backward_layer):
            if hasattr(one, "zero_output_for_mask"):  # or reversing would bring repeated outputs to the wrong place
                one.zero_output_for_mask = one.return_sequences
        if weights:
            half = len(weights) // 2
            self.forward_layer.__dict__["_initial_weights"] = weights[:half]
            self.backward_layer.__dict__["_initial_weights"] = weights[half:]
        self.stateful = getattr(layer, "stateful", False)
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.supports_masking = True
        self.input_spec = layer.input_spec

    def _check_pair(self) -> None:
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError(
                f"Forward layer and backward layer should have different `go_backwards` value. "
                f"forward_layer.go_backwards = {forward.go_backwards}, "
                f"backward_layer.go_backwards = {backward.go_backwards}"
            )
        for name in ("stateful", "return_sequences", "return_state"):
            a, b = getattr(forward, name), getattr(backward, name)
            if a != b:
                raise ValueError(
                    f"Forward layer and backward layer are expected to have the same value for attribute {name!r}, got "
                    f"{a!r} for forward layer and {b!r} for backward layer"
                )

    def build(self, input_shape: Any = None) -> None:
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        for layer in (self.forward_layer, self.backward_layer):
            with scope_of(layer.name):
                layer._ensure_built((map_shapes(KerasTensor, shape),), {})

    def call(
        self,
        inputs: Any,
        training: bool | None = None,
        mask: Any = None,
        initial_state: Any = None,
        constants: Any = None,
    ) -> Any:
        if isinstance(inputs, list):
            inputs, initial_state, constants = self._separated(inputs, initial_state, constants)
        forward_state, backward_state = self._halves(initial_state)
        accepted = self.forward_layer._call_info.arguments
        given = {"training": training, "mask": self._masks_of_first(mask), "constants": constants}
        kwargs = {name: value for name, value in given.items() if value is not None and name in accepted}
        y = self.forward_layer(inputs, **_state(forward_state), **kwargs)
        y_back = self.backward_layer(inputs, **_state(backward_state), **kwargs)
        states: list[Any] = []
        if self.return_state:
            (y, *first), (y_back, *second) = y, y_back
            states = [*first, *second]
        if self.return_sequences:
            y_back = y_back.flip(0 if getattr(self.forward_layer, "time_major", False) else 1)
        merged = self._merged(y, y_back)
        if not self.return_state:
            return merged
        return [*merged, *states] if isinstance(merged, list) else [merged, *states]

    def _merged(self, y: Any, y_back: Any) -> Any:
        if self.merge_mode == "concat":
            return torch.cat((y, y_back), -1)
        if self.merge_mode == "sum":
            return y + y_back
        if self.merge_mode == "ave":
            return (y + y_back) / 2
        return y * y_back if self.merge_mode == "mul" else [y, y_back]

    def _halves(self, states: Any) -> tuple[Any, Any]:
        """The first half of the initial states is the forward layer's."""
        if states is None:
            return None, None
        if len(states) % 2:
            raise ValueError(
                f"When passing `initial_state` to a Bidirectional RNN, the state should be a list containing the "
                f"states of the underlying RNNs, as many for the forward layer as for the backward one. Received: "
                f"{states}"
            )
        half = len(states) // 2
        return states[:half], states[half:]

    def _check_states(self, states: Any) -> None:
        for layer, half in zip((self.forward_layer, self.backward_layer), self._halves(states)):
            if half is not None and isinstance(layer, RNN):
                layer._check_states(half)

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        constants = kwargs.get("constants") or ()
        for layer in (self.forward_layer, self.backward_layer) if constants else ():
            layer.__dict__["_num_constants"] = len(constants)
        return super().symbolic_call(*args, **kwargs)

    # --- shapes ---

    def compute_output_shape(self, input_shape: Any) -> Any:
        found = self.forward_layer.compute_output_shape(flatten_shapes(input_shape)[0])
        output, states = (found[0], list(found[1:])) if self.return_state else (found, [])
        if self.merge_mode == "concat":
            output = (*output[:-1], output[-1] * 2)
        outputs = [output] if self.merge_mode else [output, output]
        if self.return_state:
            return [*outputs, *states, *states]
        return outputs if self.merge_mode is None else output

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        kept = self._masks_of_first(mask) if self.return_sequences else None
        masks = [kept] if self.merge_mode else [kept, kept]
        if self.return_state:
            return [*masks, *[None] * 2 * len(self.forward_layer.states)]
        return masks if self.merge_mode is None else kept

    def _output_dtype(self, inputs: Any) -> torch.dtype:
        found: torch.dtype = self.forward_layer._output_dtype(inputs)
        return found

    def reset_states(self, states: Any = None) -> None:
        """Sets what the two stateful layers keep to zeros, or to the given arrays, the forward layer's first."""
        if not self.stateful:
            raise AttributeError(f"Layer must be stateful. Layer {self.name!r} has stateful=False.")
        forward, backward = self._halves(states)
        self.forward_layer.reset_states(forward)
        self.backward_layer.reset_states(backward)

    reset_state = reset_states

    # --- configs ---

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {"merge_mode": self.merge_mode}
        if self._num_constants:
            config["num_constants"] = self._num_constants
        backward = self.__dict__["_backward_config"]
        return config if backward is None else config | {"backward_layer": backward}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        settings = dict(config)
        constants = settings.pop("num_constants", 0)
        backward = settings.pop("backward_layer", None)
        if backward is not None:
            settings["backward_layer"] = deserialize(backward, custom_objects)
        made = cls(deserialize(settings.pop("layer"), custom_objects), **settings)
        made.__dict__["_num_constants"] = constants
        return made


def _state(state: Any) -> dict[str, Any]:
    return {} if state is None else {"initial_state": state}


def _again(layer: Any, **changes: Any) -> Any:
    """A layer of the same config but for the changes; its own classes are known while it is made."""
    cell = getattr(layer, "cell", None)
    used = [layer, *([cell] if cell is not None else []), *getattr(cell, "cells", [])]
    with custom_object_scope({type(one).__name__: type(one) for one in used}):
        return type(layer).from_config(map_structure(lambda value: value, layer.get_config()) | changes)
