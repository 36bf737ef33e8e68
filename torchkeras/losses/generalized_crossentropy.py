"""CategoricalGeneralizedCrossEntropy, a crossentropy that bears wrong labels."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.losses.inputs import loss_function
from torchkeras.losses.wrapper import LossFunctionWrapper


@loss_function()
def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Tensor:
    """`(1 - p^q) / q` with p the probability of the right class.

    Args:
        y_true: integer labels.
        y_pred: probabilities.
        q: between 0, where it is the crossentropy, and 1, where it is the absolute error.
    """
    if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
        y_true = y_true.squeeze(-1)
    classes = torch.arange(y_pred.shape[-1], device=y_pred.device)
    right = y_true.unsqueeze(-1).to(torch.int64) == classes
    probability = torch.sum(torch.where(right, y_pred, 0.0), -1)
    return (1.0 - torch.pow(probability, q)) / q


class CategoricalGeneralizedCrossEntropy(LossFunctionWrapper):
    """A loss between crossentropy and absolute error, for integer labels of which some are wrong.

    Args:
        q: between 0, where it is the crossentropy, and 1, where it is the absolute error.
        reduction: as in `Loss`.
        name: of the loss.
        dtype: as in `Loss`.
    """

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "auto",
        name: str = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        if not 0 < q < 1:
            raise ValueError(f"q must be in the interval (0, 1). Received: q={q}")
        super().__init__(categorical_generalized_cross_entropy, reduction, name, dtype, q=q)
