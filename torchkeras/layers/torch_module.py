"""TorchModuleWrapper: any torch module as a Keras layer."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from torchkeras.core.dtypes import dtype_name, get_policy
from torchkeras.core.errors import UnsafeConfig
from torchkeras.layers.base import Layer


class TorchModuleWrapper(Layer):
    """Makes a plain torch module a layer: for functional models, and for its weights in `model.weights`.

    Tensors reach the module in the layout they have, where torch expects channels first, and in the dtype of its
    parameters; its training mode follows the call's.

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
        if own is not None and own is not self._dtype_policy.variable:
            raise ValueError(
                f"Layer {self.name!r} was given dtype {self._dtype_policy.name!r}, but its torch module has parameters "
                f"of {dtype_name(own)}. Convert the module first: "
                f"`module.to(torch.{self._dtype_policy.variable_dtype})`."
            )
        self.module = module

    def call(self, *args: Any, training: bool | None = None, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)  # in the mode of `training` already

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(
            f"Layer {self.name!r} wraps the torch module {type(self.module).__name__}, which has no Keras config. Save "
            f"the model's weights, or put the module into a layer of your own with a `get_config()`."
        )

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        if isinstance(config.get("module"), nn.Module):  # one that never left the process
            return cls(**config)
        raise UnsafeConfig(
            f"Layer {config.get('name')!r} of the config wraps a torch module that is pickled within it. Unpickling "
            f"can run any code, so it is never done. Make the model again, and load its weights."
        )


def _own_dtype(module: nn.Module) -> torch.dtype | None:
    """The dtype of a module's parameters; None if it has none of a common type."""
    known = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
    return next((p.dtype for p in module.parameters() if p.dtype in known), None)
