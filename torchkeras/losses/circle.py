"""Circle, a loss of embeddings that should lie close together within a class."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.losses.inputs import as_data, loss_function
from torchkeras.losses.wrapper import LossFunctionWrapper


@loss_function()
def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Tensor:
    """The circle loss of each sample against the embeddings of the batch, or against reference embeddings.

    Args:
        y_true: integer labels.
        y_pred: embeddings of length 1.
        ref_labels: labels of the references.
        ref_embeddings: the references.
        remove_diagonal: whether a sample is left out of its own pairs.
        gamma: the scale.
        margin: how far apart the classes should be.
    """
    labels = y_true.to(torch.int32).reshape(-1)
    others = labels if ref_labels is None else as_data(ref_labels, labels.device).to(torch.int32).reshape(-1)
    references = y_pred if ref_embeddings is None else as_data(ref_embeddings, y_pred.device).to(y_pred.dtype)
    distance = torch.clamp_min(1.0 - y_pred @ references.mT, 0.0)

    same = labels.unsqueeze(1) == others.unsqueeze(0)
    other = ~same
    if remove_diagonal:
        same = same & ~torch.eye(len(labels), len(others), dtype=torch.bool, device=same.device)
    pull = gamma * torch.clamp_min(distance + margin, 0.0) * (distance - margin)
    push = gamma * torch.clamp_min(1.0 + margin - distance, 0.0) * (1.0 - margin - distance)
    losses = functional.softplus(_log_sum(pull, same) + _log_sum(push, other))
    # Samples without a pair of either kind have no say in the mean.
    losses._keras_mask = losses > 0  # type: ignore[attr-defined]
    return losses


def _log_sum(values: Tensor, chosen: Tensor) -> Tensor:
    return torch.logsumexp(torch.where(chosen, values, float("-inf")), 1)


class Circle(LossFunctionWrapper):
    """The circle loss: embeddings of one class together, those of others apart.

    Args:
        gamma: the scale.
        margin: how far apart the classes should be.
        remove_diagonal: whether a sample is left out of its own pairs.
        reduction: as in `Loss`.
        name: of the loss.
        dtype: as in `Loss`.
    """

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "auto",
        name: str = "circle",
        dtype: Any = None,
    ) -> None:
        settings = {"gamma": gamma, "margin": margin, "remove_diagonal": remove_diagonal}
        super().__init__(circle, reduction, name, dtype, **settings)
