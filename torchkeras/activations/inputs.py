"""What an activation may be called on."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from torchkeras.core.tensors import as_tensor


def tensor(x: Any) -> Any:
    """A tensor for whatever Keras takes: a tensor, a symbolic tensor, a Variable, an array, a number or a list."""
    if isinstance(x, Tensor):
        return x
    if isinstance(x, (list, tuple, float)):
        x = np.asarray(x)
        x = x.astype("float32") if x.dtype == "float64" else x  # as TensorFlow takes Python's numbers
    return as_tensor(x)
