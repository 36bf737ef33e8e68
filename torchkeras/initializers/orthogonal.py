"""Orthogonal."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.kinds import public
from torchkeras.initializers.initializer import Initializer, drawing_dtype, float_dtype, wanted_shape
from torchkeras.initializers.random import normal


class Orthogonal(Initializer):
    """A random orthogonal matrix, times `gain`; of more than two axes, all but the last make up the rows.

    Args:
        gain: a factor.
        seed: an integer, for the same values at every call.
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        self.gain, self.seed = gain, seed

    @public
    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        wanted, kind = wanted_shape(shape, kwargs), float_dtype(dtype)
        if len(wanted) < 2:
            raise ValueError(
                f"The tensor to initialize must be at least two-dimensional. "
                f"Received: shape={wanted} of rank {len(wanted)}."
            )
        rows, columns = math.prod(wanted[:-1]), wanted[-1]
        drawn = normal((max(rows, columns), min(rows, columns)), 0.0, 1.0, drawing_dtype(kind), self.seed)
        q, r = torch.linalg.qr(drawn)
        q *= torch.sign(torch.diagonal(r))  # else the matrices are not evenly distributed
        if rows < columns:
            q = q.T
        return (self.gain * q.reshape(wanted)).to(kind)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, "seed": self.seed}
