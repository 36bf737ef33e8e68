"""What the layers of a model were built with, so that a model that is made again has its weights before any call."""

from __future__ import annotations

from typing import Any

from torch import nn

from torchkeras.core.registry import serialize


def describe(model: nn.Module) -> dict[str, Any]:
    """By the path of each layer that is built: what `build_from_config` needs. The model itself is at ''."""
    found: dict[str, Any] = {}
    for path, module in model.named_modules():
        if getattr(module, "built", False) and hasattr(module, "get_build_config"):
            config = module.get_build_config()
            if config or not path:
                found[path] = serialize(config)
    return found


def rebuild(model: Any, described: dict[str, Any]) -> None:
    """Builds the layers that are not built, outer ones first: their `build` may make inner ones."""
    for path, config in described.items():
        try:
            layer: Any = model.get_submodule(path)
        except AttributeError:
            continue  # made by a `call`; where it has weights, they will be missed
        if config and not getattr(layer, "built", True):
            layer.build_from_config(config)
    if described:  # one that was not built stays so
        model.built = True
