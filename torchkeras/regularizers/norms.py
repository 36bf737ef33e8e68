"""L1, L2 and L1L2: penalties on the size of the values."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.regularizers.regularizer import Regularizer, penalty


class L1(Regularizer):
    """`l1 * sum(|x|)`."""

    def __init__(self, l1: float | None = 0.01, *, l: float | None = None) -> None:
        given = l1 if l is None else l  # `l` is the name of Keras 2.3 and before
        self.l1 = penalty(0.01 if given is None else given)

    def __call__(self, x: Any) -> Tensor:
        return torch.sum(torch.abs(x)) * self.l1

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1}


class L2(Regularizer):
    """`l2 * sum(x²)`."""

    def __init__(self, l2: float | None = 0.01, *, l: float | None = None) -> None:
        given = l2 if l is None else l
        self.l2 = penalty(0.01 if given is None else given)

    def __call__(self, x: Any) -> Tensor:
        return torch.sum(torch.square(x)) * self.l2

    def get_config(self) -> dict[str, Any]:
        return {"l2": self.l2}


class L1L2(Regularizer):
    """`l1 * sum(|x|) + l2 * sum(x²)`."""

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1 = penalty(0.0 if l1 is None else l1)
        self.l2 = penalty(0.0 if l2 is None else l2)

    def __call__(self, x: Any) -> Tensor:
        parts = []
        if self.l1:
            parts.append(torch.sum(torch.abs(x)) * self.l1)
        if self.l2:
            parts.append(torch.sum(torch.square(x)) * self.l2)
        if not parts:
            return torch.zeros((), dtype=x.dtype, device=x.device)
        return parts[0] if len(parts) == 1 else parts[0] + parts[1]

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1, "l2": self.l2}


def l1_l2(l1: float | None = 0.01, l2: float | None = 0.01) -> L1L2:
    """L1L2, with 0.01 for both unless told otherwise."""
    return L1L2(l1, l2)
