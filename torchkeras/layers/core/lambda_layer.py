"""Lambda: a function as a layer."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
from torch import Tensor, nn

from torchkeras import activations
from torchkeras.core.nest import flatten
from torchkeras.core.registry import get_registered_name, get_registered_object
from torchkeras.core.variable import Variable
from torchkeras.graph.inference import infer
from torchkeras.graph.keras_tensor import KerasTensor, shapes_of
from torchkeras.layers.base import Layer, map_shapes

#: The arguments that a config has as a function or a plain value, with the keys that tell which, in Keras 2's form.
_FUNCTIONS = {
    "function": ("function_type", "module"),
    "output_shape": ("output_shape_type", "output_shape_module"),
    "mask": ("mask_type", "mask_module"),
}


class Lambda(Layer):
    """Applies a function of a tensor, or of a list of tensors. For a function with weights, write a layer instead.

    Configs hold the function's name: `register_keras_serializable` or `custom_objects` say on loading what it means.
    Keras puts the code of a `lambda` into its files, which makes loading run whatever the file holds; this does not.

    Args:
        function: what to compute. It gets `mask` and `training` too if it has arguments of these names.
        output_shape: the output's shape without the batch, or a function of the input's shape; found out by itself
            where the function can be tried.
        mask: the output's mask, or a function of the input and its mask.
        arguments: further keyword arguments of the function.

    Example: `keras.layers.Lambda(lambda x: x / 255.0)`
    """

    def __init__(
        self, function: Any, output_shape: Any = None, mask: Any = None, arguments: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not callable(function):
            raise TypeError(f"The function of layer {self.name!r} (Lambda) must be callable. Received: {function!r}")
        self.function = function
        self.arguments = dict(arguments or {})
        self.mask = mask
        self.supports_masking = mask is not None
        self._given_shape = output_shape
        wanted = _argument_names(function)
        self._takes_mask, self._takes_training = "mask" in wanted, "training" in wanted

    def _finish_build(self) -> None:
        super()._finish_build()
        alone = self.mask is None and not self._takes_mask and not isinstance(self.function, nn.Module)
        self._lean = self._info.builtin and alone and self.activity_regularizer is None

    def call(self, inputs: Any, mask: Any = None, training: Any = None) -> Any:
        further = dict(self.arguments)
        if self._takes_mask:
            further["mask"] = mask
        if self._takes_training:
            further["training"] = training
        return self.function(inputs, **further)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    # --- shapes ---

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = self._given_shape
        if shape is None:
            inputs = map_shapes(lambda s: KerasTensor(s, self._policy.compute), input_shape)
            return shapes_of(self._inferred((inputs,), {}))
        if callable(shape):
            return shape(input_shape)
        first = input_shape
        while isinstance(first[0], (list, tuple)):
            first = first[0]
        return map_shapes(lambda s: (first[0], *s), shape)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if self._given_shape is None:
            outputs = self._inferred(args, kwargs)
        else:
            try:  # which tells the dtype as well
                outputs = self._inferred(args, kwargs)
            except Exception:
                shape = self.compute_output_shape(shapes_of(args[0]))
                outputs = map_shapes(lambda s: KerasTensor(s, self._policy.compute), shape)
        self._warn_of_weights()
        return self._with_symbolic_mask(outputs, args, kwargs)

    def _inferred(self, args: Any, kwargs: dict[str, Any]) -> Any:
        return infer(self._symbolic_body, args, kwargs, owner=self)

    def _warn_of_weights(self) -> None:
        """Weights that the function takes from around it are not the layer's, and a model does not train them."""
        if not inspect.isfunction(self.function):
            return
        around = inspect.getclosurevars(self.function)
        for name, value in flatten(list((around.globals | around.nonlocals).items())):
            
