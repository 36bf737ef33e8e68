"""Lambda: a function as a layer."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

from torch import nn

from torchkeras.core.kinds import call_user
from torchkeras.core.safe_mode import safe_mode_scope
from torchkeras.core.variable import Variable
from torchkeras.graph.inference import infer
from torchkeras.graph.keras_tensor import KerasTensor, shapes_of
from torchkeras.layers.base import Layer
from torchkeras.layers.building import map_shapes
from torchkeras.layers.core.lambda_config import (
    arguments_config,
    arguments_from_config,
    function_from_config,
    saved_function,
)


class Lambda(Layer):
    """Applies a function of a tensor, or of a list of tensors. For a function with weights write a layer instead.

    A config holds the function's name, or the code of one that has none: see lambda_config.py.

    Args:
        function: what to compute. It gets `mask` and `training` too if it has arguments of these names.
        output_shape: the output's shape without the batch, or a function of the input's shape; found out by itself
            where the function can be tried.
        mask: the output's mask, or a function of the input and its mask.
        arguments: further keyword arguments of the function.

    Example: `keras.layers.Lambda(lambda x: x / 255.0)`
    """

    makes_masks = True
    takes_texts = True

    def __init__(
        self,
        function: Any,
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
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
        self.__dict__["_lean_path"] = self._call_info.builtin and alone and self.activity_regularizer is None

    def call(self, inputs: Any, mask: Any = None, training: Any = None) -> Any:
        further = dict(self.arguments)
        if self._takes_mask:
            further["mask"] = mask
        if self._takes_training:
            further["training"] = training
        return call_user(self.function, inputs, **further)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    # --- shapes ---

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = self._given_shape
        if shape is None:
            inputs = map_shapes(lambda s: KerasTensor(s, self._dtype_policy.compute), input_shape)
            return shapes_of(self._inferred((inputs,), {}))
        if callable(shape):
            return shape(input_shape)
        first = input_shape
        while isinstance(first[0], (list, tuple)):
            first = first[0]
        return map_shapes(lambda s: (first[0], *s), shape)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        try:  # even where the shape is given: it does not tell the dtype
            outputs = self._inferred(args, kwargs)
        except Exception:
            if self._given_shape is None:
                raise
            shape = self.compute_output_shape(shapes_of(args[0]))
            outputs = map_shapes(lambda s: KerasTensor(s, self._dtype_policy.compute), shape)
        self._warn_of_weights()
        return self._with_symbolic_mask(outputs, args, kwargs)

    def _inferred(self, args: Any, kwargs: dict[str, Any]) -> Any:
        return infer(self._symbolic_body, args, kwargs, owner=self)

    def _warn_of_weights(self) -> None:
        """Weights that a function takes from around it are not the layer's: no model would train or save them."""
        if not inspect.isfunction(self.function):
            return
        around = inspect.getclosurevars(self.function)
        found = [name for name, value in {**around.globals, **around.nonlocals}.items() if _has_weights(value)]
        if found:
            warnings.warn(
                f"The function of Lambda layer {self.name!r} uses weights from around it: {', '.join(found)}. They are "
                f"not among the layer's own, so that a model neither trains nor saves them. Write a layer with a "
                f"`call`, and set them as its attributes, if that is not what you want.",
                stacklevel=2,
            )

    # --- configs ---

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        shape = self._given_shape
        config |= self._saved("function", self.function)
        config |= {"output_shape": shape, "output_shape_type": "raw", "output_shape_module": None}
        if callable(shape):
            config |= self._saved("output_shape", shape)
        if self.mask is not None:
            config |= self._saved("mask", self.mask)
        return config | {"arguments": arguments_config(self.arguments)}

    def _saved(self, key: str, function: Any) -> dict[str, Any]:
        """A function's entries in Keras 2's form: it, its sort, the module it is from."""
        value, kind = saved_function(function, key, self.name)
        module = "module" if key == "function" else f"{key}_module"
        return {key: value, f"{key}_type": kind, module: getattr(function, "__module__", None)}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None, safe_mode: bool | None = None
    ) -> Any:
        """A layer like the one whose `get_config` gave this.

        Args:
            config: the settings, in the form of any Keras.
            custom_objects: functions by name; one under the layer's name takes the place of bytecode.
            safe_mode: whether bytecode is refused; None for what holds around, else that it is.
        """
        settings = {key: value for key, value in config.items() if not key.endswith("module")}
        name = settings.get("name", "lambda")
        with safe_mode_scope(safe_mode):
            for key in ("function", "output_shape", "mask"):
                kind, value = settings.pop(f"{key}_type", None), settings.get(key)
                if isinstance(value, dict) and value.get("class_name") == "__tuple__":  # of a SavedModel
                    value = settings[key] = value.get("items")
                if kind in ("function", "lambda") or isinstance(value, (str, dict)):
                    module = config.get("module" if key == "function" else f"{key}_module")
                    settings[key] = function_from_config(value, kind, key, name, custom_objects, module)
        settings["arguments"] = arguments_from_config(settings.get("arguments"))
        return cls(**settings)


def _argument_names(function: Any) -> set[str]:
    try:
        return set(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # written in C
        return set()


def _has_weights(value: Any) -> bool:
    return isinstance(value, (Variable, nn.Parameter)) or (
        isinstance(value, nn.Module) and next(value.parameters(), None) is not None
    )
