"""The base class of regularizers, and what they share."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, TypeVar

import numpy as np

from torchkeras.core import config

R = TypeVar("R", bound="Regularizer")


class Regularizer:
    """A penalty on a weight or on a layer's output: `regularizer(x)` is a scalar that is added to the loss.

    A subclass defines `__call__` and `get_config`. A plain function of a tensor does as well.
    """

    def __call__(self, x: Any) -> Any:
        return 0.0

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(f"{self} does not implement get_config()")

    @classmethod
    def from_config(cls: type[R], config: dict[str, Any]) -> R:
        return cls(**config)


def penalty(value: Any) -> float:
    """A regularizer's factor, checked; rounded to floatx, as Keras keeps it and writes it into configs."""
    if not isinstance(value, Real):
        raise ValueError(
            f"Value {value!r} of type {type(value).__name__} is not a valid regularization penalty number, "
            f"expected an int or float value."
        )
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(
            f"Value {value!r} is not a valid regularization penalty number, "
            f"an infinite number or NaN are not valid values."
        )
    kind = config.floatx()
    return float(np.dtype("float32" if kind == "bfloat16" else kind).type(number))
