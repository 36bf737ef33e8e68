"""NonNeg."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.constraints.constraint import Constraint


class NonNeg(Constraint):
    """Negative values become 0."""

    def __call__(self, w: Any) -> Tensor:
        return torch.relu(w)
