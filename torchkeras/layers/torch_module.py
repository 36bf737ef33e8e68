"""TorchModuleWrapper: any torch module as a Keras layer."""

from __future__ import annotations

from typing import Any

from torch import nn

from torchkeras.layers.base import Layer


class TorchModuleWrapper(Layer):
    """Makes a plain torch module a layer: for functional models, and for its weights in `model.weights`.

    Tensors reach the module as they are, in the layout it expects; its training mode follows the call's.

    Args:
        module: the torch module.
    """

    def __init__(self, module: nn.Module, name: str | None = None, **kwargs: Any) -> None:
        if not isinstance(module, nn.Module):
            raise TypeError(f"TorchModuleWrapper wraps a torch.nn.Module. Received: {module!r}")
        super().__init__(name=name, **kwargs)
        self.module = module

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(
            f"Layer {self.name!r} wraps the torch module {type(self.module).__name__}, which has no Keras config. Save "
            f"the model's weights, or put the module into a layer of your own with a `get_config()`."
        )
