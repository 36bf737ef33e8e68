"""OrthogonalRegularizer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.regularizers.regularizer import Regularizer, penalty

_EPSILON = 1e-12  # of tf.math.l2_normalize


class OrthogonalRegularizer(Regularizer):
    """The mean |cosine| between pairs of rows (or columns) of a matrix, times `factor`.

    Args:
        factor: of the penalty.
        mode: 'rows' or 'columns'.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = penalty(factor)
        if mode not in ("rows", "columns"):
            raise ValueError(
                f'Invalid value for argument `mode`. Expected one of {{"rows", "columns"}}. Received: mode={mode}'
            )
        self.mode = mode

    def __call__(self, x: Any) -> Tensor:
        if len(x.shape) != 2:
            raise ValueError(
                f"Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape == {tuple(x.shape)}"
            )
        vectors = x if self.mode == "rows" else torch.t(x)
        lengths = torch.sum(torch.square(vectors), 1, keepdim=True)
        vectors = vectors * torch.rsqrt(torch.clamp_min(lengths, _EPSILON))
        cosines = torch.abs(vectors @ torch.t(vectors))
        count = vectors.shape[0]
        pairs = count * (count - 1.0) / 2.0
        off_diagonal = torch.sum(cosines) - torch.sum(torch.diagonal(cosines))
        return self.factor * 0.5 * off_diagonal / pairs

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "mode": self.mode}
