"""CosineSimilarity."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.losses.inputs import loss_function, same_form
from torchkeras.losses.wrapper import LossFunctionWrapper

_EPSILON = 1e-12  # of tf.math.l2_normalize, beside the squared length


@loss_function()
def cosine_similarity(y_true: Any, y_pred: Any, axis: Any = -1) -> Tensor:
    """Minus the cosine between targets and predictions: -1 where they point the same way."""
    y_true, y_pred = same_form(y_true, y_pred)
    lengths = _inverse_length(y_true, axis) * _inverse_length(y_pred, axis)
    return -torch.sum(y_true * y_pred, axis) * lengths


def _inverse_length(x: Tensor, axis: Any) -> Tensor:
    return torch.rsqrt(torch.clamp_min(torch.sum(torch.square(x), axis), _EPSILON))


class CosineSimilarity(LossFunctionWrapper):
    """Minus the cosine between targets and predictions, so that training brings them closer.

    Args:
        axis: along which the vectors lie.
        reduction: as in `Loss`.
        name: of the loss.
        dtype: as in `Loss`.
    """

    def __init__(
        self, axis: Any = -1, reduction: str | None = "auto", name: str = "cosine_similarity", dtype: Any = None
    ) -> None:
        super().__init__(cosine_similarity, reduction, name, dtype, axis=axis)
