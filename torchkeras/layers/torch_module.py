"""TorchModuleWrapper: any torch module as a Keras layer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from torchkeras.core.dtypes import dtype_name, get_policy
from torchkeras.core.nest import flatten, map_structure
from torchkeras.layers.base import Layer


class TorchModuleWrapper(Layer):
    """Makes a plain torch module a layer: for functional models, and for its weights in `model.weights`.

    Tensors reach the module in the layout it expects, channels first, and in the dtype of its parameters; its training
    mode follows the call's. A mixed policy runs it under `torch.autocast`.

    Args:
        module: the torch module.

    Example: `x = keras.layers.TorchModuleWrapper(nn.Linear(8, 4))(x)`

    Its state_dict keys are the module's own after `module.`.
    """

    def __init__(self, module: nn.Module, name: str | None = None, **kwargs: Any) -> None:
        if not isinstance(module, nn.Module):
            raise TypeError(f"TorchModuleWrapper wraps a torch.nn.Module. Received: {module!r}")
        own = _own_dtype(module)
        if kwargs.get("dtype") is None and own is not get_policy(None).variable:
            kwargs["dtype"] = own
        super().__init__(name=name, **kwargs)
        if own is not None and own is not self._policy.variable:
            raise ValueError(
                f"Layer {self.name!r} was given dtype {self._policy.name!r}, but its torch module has parameters of "
                f"{dtype_name(own)}. Convert the module first: `module.to(torch.{self._policy.variable_dtype})`."
            )
        self.module = module

    def call(self, *args: Any, training: bool | None = None, **kwargs: Any) -> Any:
        policy = self._policy
        if policy.compute is policy.variable:
            return self.module(*args, **kwargs)
        kind = next((leaf.device.type for leaf in flatten(args) if isinstance(leaf, Tensor)), "cpu")
        if kind == "meta":  # which autocast does not know, and which the dtype means nothing to
            return self.module(*map_structure(_in_float32, args), **kwargs)
        with torch.autocast(kind, dtype=policy.compute):
            return self.module(*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(
            f"Layer {self.name!r} wraps the torch module {type(self.module).__name__}, which has no Keras config. Save "
            f"the model's weights, or put the module into a layer of your own with a `get_config()`."
        )


def _own_dtype(module: nn.Module) -> torch.dtype | None:
    """The dtype of a module's parameters; None if it has none of a common type."""
    known = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
    return next((p.dtype for p in module.parameters() if p.dtype in known), None)


def _in_float32(value: Any) -> Any:
    return value.float() if isinstance(value, Tensor) and value.is_floating_point() else value
