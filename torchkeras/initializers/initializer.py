"""The base class of initializers, and what they share."""

from __future__ import annotations

from numbers import Integral
from typing import Any, TypeVar

import torch
from torch import Tensor

from torchkeras.core.dtypes import torch_dtype

I = TypeVar("I", bound="Initializer")

_KNOWN_OPTIONS = ("partition_shape", "partition_offset", "layout")


class Initializer:
    """Makes the first values of a weight: `initializer(shape, dtype)` is a tensor on the CPU.

    A subclass defines `__call__`, and `get_config` if it has settings. A plain function `(shape, dtype=None)` does as
    well wherever an initializer is expected.
    """

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        raise NotImplementedError("Initializer subclasses must implement the `__call__()` method.")

    def get_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config(cls: type[I], config: dict[str, Any]) -> I:
        settings = {name: value for name, value in config.items() if name != "dtype"}  # Keras 1 wrote a dtype
        if isinstance(settings.get("seed"), dict):  # a SeedGenerator of Keras 3
            settings["seed"] = settings["seed"]["config"]["seed"]
        return cls(**settings)

    def clone(self: I) -> I:
        return self.from_config(self.get_config())


def wanted_shape(shape: Any, options: dict[str, Any]) -> tuple[int, ...]:
    """The shape to make, as a tuple of ints; TypeError for keyword arguments that no initializer has."""
    if options:
        unknown = [name for name in options if name not in _KNOWN_OPTIONS]
        if unknown:
            raise TypeError(f"Unknown keyword arguments: {unknown}. Allowed keyword arguments: {list(_KNOWN_OPTIONS)}.")
        shape = options.get("partition_shape", shape)
    if hasattr(shape, "as_list"):
        shape = shape.as_list()
    return (int(shape),) if isinstance(shape, Integral) else tuple(int(axis) for axis in shape)


def float_dtype(dtype: Any) -> torch.dtype:
    """The wanted dtype, floatx for None; ValueError unless it is a floating type."""
    found = torch_dtype(dtype)
    if not found.is_floating_point:
        raise ValueError(f"Expected floating point type, got {str(found).removeprefix('torch.')}.")
    return found


def drawing_dtype(dtype: torch.dtype) -> torch.dtype:
    """In which type to draw: 16 bits are too coarse, and torch lacks some functions for them on the CPU."""
    return torch.float32 if dtype.itemsize == 2 else dtype
