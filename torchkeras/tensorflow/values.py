"""Small functions on values: tf.get_static_value, tf.timestamp."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch

from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow.convert import made
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor


def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """The value as an array; None for symbols and variables."""
    if isinstance(tensor, (Variable, KerasTensor)):
        return None
    if isinstance(tensor, (Tensor, StringTensor)):
        return tensor.numpy()
    return np.asarray(tensor.detach()) if isinstance(tensor, torch.Tensor) else tensor


def timestamp(name: str | None = None) -> Any:
    """Seconds since 1970, as a float64 tensor."""
    return made(torch.tensor(time.time(), dtype=torch.float64))


__all__ = ["get_static_value", "timestamp"]
