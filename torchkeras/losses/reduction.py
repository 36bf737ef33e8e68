"""From losses per sample to one number: weights, masks, and the ways to reduce."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.losses.inputs import as_data

#: The reductions that divide by the number of losses.
MEANS = frozenset({"auto", "sum_over_batch_size", "mean"})


class Reduction:
    """How a loss is reduced: the names that `reduction=` takes."""

    AUTO = "auto"
    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"

    @classmethod
    def all(cls) -> tuple[str, ...]:
        return (cls.AUTO, cls.NONE, cls.SUM, cls.SUM_OVER_BATCH_SIZE)

    @classmethod
    def validate(cls, key: Any) -> None:
        """Raises ValueError unless `key` is a reduction of Keras 2 or 3."""
        # Keras 3 also has None for 'none', and two means.
        known = (*cls.all(), None, "mean", "mean_with_sample_weight")
        if not (key is None or isinstance(key, str)) or key not in known:
            raise ValueError(f"Invalid Reduction Key: {key}. Expected keys are {known}")


def reduce_weighted(losses: Any, sample_weight: Any = None, mask: Any = None, reduction: str | None = "auto") -> Tensor:
    """Losses times weights, reduced as told.

    The mean divides by the number of losses, not by the sum of the weights; where a mask is, by the number it keeps.
    """
    if not isinstance(losses, Tensor):
        losses = torch.as_tensor(losses)
    given_dtype = losses.dtype
    if not given_dtype.is_floating_point:
        losses = losses.to(torch.float32)
    weights = None
    if sample_weight is not None:
        weights = as_data(sample_weight, losses.device).to(losses.dtype)
    if mask is not None:
        weights = _masked(weights, mask, losses.dtype, reduction)
    if weights is not None:
        weights = _fitted(weights, losses.shape)
        losses = losses * weights
    result = _reduce(losses, weights, reduction)
    return result if result.dtype == given_dtype or given_dtype.is_floating_point else result.to(given_dtype)


def _reduce(losses: Tensor, weights: Tensor | None, reduction: str | None) -> Tensor:
    if reduction is None or reduction == "none" or losses.ndim == 0:
        return losses
    if reduction == "sum" or losses.numel() == 0:
        return torch.sum(losses)
    if reduction == "mean_with_sample_weight" and weights is not None:
        total, divisor = torch.sum(losses), torch.sum(weights)
        none = divisor == 0
        return torch.where(none, 0.0, total / torch.where(none, 1.0, divisor))
    return torch.mean(losses)


def _masked(weights: Tensor | None, mask: Tensor, dtype: torch.dtype, reduction: str | None) -> Tensor:
    """The weights where the mask keeps a value, else 0; for a mean scaled up by how much it leaves out."""
    kept = mask.to(dtype)
    if reduction in MEANS:
        # Where nothing is kept the loss is 0, as in Keras 3; tf_keras has NaN.
        kept = kept * (kept.numel() / torch.clamp_min(torch.sum(kept), 1.0))
    return kept if weights is None else _fitted(weights, kept.shape) * kept


def _fitted(weights: Tensor, shape: torch.Size) -> Tensor:
    """Weights that multiply values of this shape: one last axis more or less, or one weight per sample."""
    if weights.ndim == 0 or weights.shape == shape:
        return weights
    given, difference = weights, len(shape) - weights.ndim
    if difference == -1 and weights.shape[-1] == 1:
        weights = weights.squeeze(-1)
    elif difference == 1:
        weights = weights.unsqueeze(-1)
    elif difference > 1 and weights.shape == shape[: weights.ndim]:
        weights = weights.reshape(*weights.shape, *[1] * difference)
    # A loss that is one number takes part in the weights' mean.
    if len(shape) and not _broadcasts_to(weights.shape, shape):
        raise ValueError(
            f"`sample_weight` of shape {tuple(given.shape)} does not fit losses of shape {tuple(shape)}: give one "
            f"weight per sample, or one for each loss."
        )
    return weights


def _broadcasts_to(given: torch.Size, shape: torch.Size) -> bool:
    return len(given) <= len(shape) and all(g in (1, s) for g, s in zip(reversed(given), reversed(shape)))
