"""RadialConstraint."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.constraints.constraint import Constraint


class RadialConstraint(Constraint):
    """Makes a Conv2D kernel (rows, columns, in, out) the same all round each square ring about its middle.

    A ring takes the value on the diagonal below and right of the middle. In a kernel of odd size Keras reads
    one step too far up: the middle gets the value left above it, the first ring the middle's. That is kept.
    """

    def __call__(self, w: Any) -> Tensor:
        if len(w.shape) != 4:
            raise ValueError(f"The weight tensor must have rank 4. Received weight tensor with shape: {tuple(w.shape)}")
        size = w.shape[0]
        if w.shape[1] != size or size < 2:
            raise ValueError(
                f"RadialConstraint needs a square kernel of at least 2 x 2. "
                f"Received weight tensor with shape: {tuple(w.shape)}"
            )
        middle = size // 2
        places = torch.arange(size, device=w.device)
        distance = torch.maximum(places, size - 1 - places) - middle  # of a row or column from the middle
        ring = torch.maximum(distance[:, None], distance[None, :])
        source = torch.where(ring == 0, middle - 1, middle + ring - size % 2)
        return torch.diagonal(w, 0, 0, 1)[..., source].permute(2, 3, 0, 1).contiguous()
