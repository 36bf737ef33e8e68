"""Gradients as they are given: their shapes and kinds, and those that are missing."""

from __future__ import annotations

import warnings
from typing import Any

from torch import Tensor

from torchkeras.core.shards import is_sharded
from torchkeras.core.variable import _as_tensor


def torch_gradient(gradient: Any, variable: Any, parameter: Tensor) -> Tensor:
    """A gradient in a variable's shape, Keras's, as a plain tensor in its parameter's. Parts are left as they are."""
    if is_sharded(gradient) and gradient.shape == parameter.shape:
        found: Tensor = gradient
        return found
    if not isinstance(gradient, Tensor):
        gradient = _as_tensor(gradient, parameter.dtype).to(parameter.device)
    elif type(gradient) is not Tensor:
        gradient = gradient.as_subclass(Tensor)
    shape = gradient.shape
    # A weight whose axes torch has folded into fewer is compared as Keras has it; others once they are as torch has
    # them.
    fits = len(shape) == parameter.dim() or (variable is not parameter and shape == variable.shape)
    if fits and variable is not parameter:
        gradient = variable.layout.to_torch(gradient)
    if not fits or gradient.shape != parameter.shape:
        raise ValueError(
            f"The gradient of variable {name_of(variable)!r} must have its shape {tuple(variable.shape)}. "
            f"Received a gradient of shape {tuple(shape)}."
        )
    return gradient


def name_of(variable: Any) -> str:
    return getattr(variable, "name", None) or "parameter"


def check_missing(missing: list[str], count: int, told: set[str]) -> None:
    if len(missing) == count:
        raise ValueError(f"No gradients provided for any variable: {missing}.")
    if not told.issuperset(missing):
        told.update(missing)
        warnings.warn(
            f"Gradients do not exist for variables {missing} when minimizing the loss. If you're using "
            f"`model.compile()`, did you forget to provide a `loss` argument?",
            stacklevel=3,
        )
