"""Initializers without chance: Zeros, Ones, Constant, Identity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.kinds import public
from torchkeras.initializers.initializer import Initializer, float_dtype, wanted_shape


class Zeros(Initializer):
    """All values 0."""

    @public
    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        return torch.zeros(wanted_shape(shape, kwargs), dtype=torch_dtype(dtype), device="cpu")


class Ones(Initializer):
    """All values 1."""

    @public
    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        return torch.ones(wanted_shape(shape, kwargs), dtype=torch_dtype(dtype), device="cpu")


class Constant(Initializer):
    """All values the same number, or an array that has as many values as the shape.

    Args:
        value: a number, or an array (nested list, NumPy array, tensor).
    """

    def __init__(self, value: Any = 0) -> None:
        self.value = value

    @public
    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        wanted, kind = wanted_shape(shape, kwargs), torch_dtype(dtype)
        if isinstance(self.value, (bool, int, float)):
            return torch.full(wanted, self.value, dtype=kind, device="cpu")
        given = (
            self.value.detach()
            if isinstance(self.value, Tensor)
            else torch.tensor(np.asarray(self.value), device="cpu")
        )
        given = given.to("cpu", kind)
        if given.numel() == math.prod(wanted):
            return given.reshape(wanted).clone()
        try:
            return given.expand(wanted).clone()
        except RuntimeError:
            raise TypeError(
                f"Constant has a value of shape {tuple(given.shape)}, which does not fill the shape {wanted}."
            ) from None

    def get_config(self) -> dict[str, Any]:
        value = self.value
        return {"value": value.tolist() if isinstance(value, (Tensor, np.ndarray, np.generic)) else value}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constant:
        value = config.get("value", 0)
        if isinstance(value, dict):  # an array as Keras saves it
            value = np.asarray(value["config"]["value"], value["config"]["dtype"])
        return cls(value)


class Identity(Initializer):
    """The identity matrix, times `gain`. Only for matrices."""

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    @public
    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        wanted, kind = wanted_shape(shape, kwargs), float_dtype(dtype)
        if len(wanted) != 2:
            raise ValueError(
                f"Identity matrix initializer can only be used for 2D matrices. "
                f"Received: shape={wanted} of rank {len(wanted)}."
            )
        return torch.eye(*wanted, dtype=kind, device="cpu").mul_(self.gain)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain}
