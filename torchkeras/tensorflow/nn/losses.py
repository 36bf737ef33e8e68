"""tf.nn: crossentropies of logits, and what custom training loops make of losses."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch.nn import functional

from torchkeras.core.replicas import ReplicaError, apart, in_force
from torchkeras.tensorflow.arguments import FLOATS, invalid, of_dtypes, plain_dtype
from torchkeras.tensorflow.convert import made, mismatch, operand, tensor
from torchkeras.tensorflow.operation import operation

_HALF = (torch.float16, torch.bfloat16)


def _named(labels: Any, logits: Any) -> None:
    if labels is None or logits is None:
        raise ValueError("Both `labels` and `logits` must be provided.")


@operation("compat.v1.nn.softmax_cross_entropy_with_logits_v2", "SoftmaxCrossEntropyWithLogits")
def softmax_cross_entropy_with_logits(labels: Any, logits: Any, axis: int = -1, name: str | None = None) -> Any:
    """The crossentropy of each row of logits with a row of probabilities.

    Args:
        labels: the true probabilities, such as one-hot rows.
        logits: unscaled logarithms of probabilities.
        axis: along which axis the classes are.
    """
    _named(labels, logits)
    scores = of_dtypes(logits, FLOATS, "SoftmaxCrossEntropyWithLogits").as_subclass(torch.Tensor)
    work = scores.float() if scores.dtype in _HALF else scores
    wanted = tensor(labels).to(work.dtype)
    if wanted.dim() != work.dim() or any(
        a != b and 1 not in (a, b) for a, b in zip(wanted.shape, work.shape, strict=True)
    ):
        invalid(
            f"logits and labels must be broadcastable: logits_size={list(work.shape)} labels_size={list(wanted.shape)}",
            "SoftmaxCrossEntropyWithLogits",
        )
    if work.requires_grad:
        return made(_SoftmaxCrossEntropy.apply(wanted, work, axis).to(scores.dtype))
    return made(-(wanted * torch.log_softmax(work, axis)).sum(axis).to(scores.dtype))


class _SoftmaxCrossEntropy(torch.autograd.Function):
    """With TensorFlow's gradient: probabilities less labels, also where labels do not add up to 1."""

    @staticmethod
    def forward(ctx: Any, labels: torch.Tensor, logits: torch.Tensor, axis: int) -> torch.Tensor:
        ctx.axis = axis
        ctx.save_for_backward(labels, logits)
        return -(labels * torch.log_softmax(logits, axis)).sum(axis)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor, None]:
        labels, logits = ctx.saved_tensors
        gradient = gradients[0].unsqueeze(ctx.axis)
        by_labels = None
        if ctx.needs_input_grad[0]:
            by_labels = (-torch.log_softmax(logits, ctx.axis) * gradient).sum_to_size(labels.shape)
        by_logits = ((torch.softmax(logits, ctx.axis) - labels) * gradient).sum_to_size(logits.shape)
        return by_labels, by_logits, None


@operation("compat.v1.nn.sparse_softmax_cross_entropy_with_logits", "SparseSoftmaxCrossEntropyWithLogits")
def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any, name: str | None = None) -> Any:
    """The crossentropy of each row of logits with the number of a class."""
    _named(labels, logits)
    wanted = tensor(labels)
    scores = of_dtypes(logits, FLOATS, "SparseSoftmaxCrossEntropyWithLogits").as_subclass(torch.Tensor)
    if not scores.dim():
        raise ValueError(f"`logits` cannot be a scalar. Received: logits={logits}")
    if wanted.dim() != scores.dim() - 1:
        raise ValueError(
            f"`labels.shape.rank` must equal `logits.shape.rank - 1`. Received: labels.shape={tuple(wanted.shape)} of "
            f"rank {wanted.dim()} and logits.shape={tuple(scores.shape)} of rank {scores.dim()}"
        )
    if wanted.shape != scores.shape[:-1]:
        raise ValueError(
            f"`labels.shape` must equal `logits.shape` except for the last dimension. "
            f"Received: labels.shape={tuple(wanted.shape)} and logits.shape={tuple(scores.shape)}"
        )
    if wanted.dtype.is_floating_point or wanted.dtype is torch.bool:
        invalid(f"labels must be integers, got {wanted.dtype}", "SparseSoftmaxCrossEntropyWithLogits")
    work = scores.float() if scores.dtype in _HALF else scores
    flat = functional.cross_entropy(
        work.reshape(-1, work.shape[-1]), wanted.reshape(-1).long(), reduction="none", ignore_index=-(2**62)
    )
    return made(flat.reshape(wanted.shape).to(scores.dtype))


def _alike(labels: Any, logits: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Both as tensors of one dtype and shape."""
    _named(labels, logits)
    scores, wanted = operand(logits), operand(labels)
    if plain_dtype(scores) is not plain_dtype(wanted):
        mismatch("Mul", scores, wanted)
    if scores.size() != wanted.size():
        raise ValueError(
            f"`logits` and `labels` must have the same shape, received ({tuple(scores.size())} vs "
            f"{tuple(wanted.size())})."
        )
    return wanted.as_subclass(torch.Tensor), scores.as_subclass(torch.Tensor)


@operation("compat.v1.nn.sigmoid_cross_entropy_with_logits", "LogisticLoss")
def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Any:
    """The crossentropy of each logit with a probability."""
    wanted, scores = _alike(labels, logits)
    if wanted.requires_grad:  # torch's kernel has no derivative by the labels
        return made(torch.relu(scores) - scores * wanted + torch.log1p(torch.exp(-scores.abs())))
    return made(functional.binary_cross_entropy_with_logits(scores, wanted, reduction="none"))


@operation("nn.weighted_cross_entropy_with_logits", "LogisticLoss")
def weighted_cross_entropy_with_logits(labels: Any, logits: Any, pos_weight: Any, name: str | None = None) -> Any:
    """The crossentropy of each logit with a probability, positives counting `pos_weight` times."""
    wanted, scores = _alike(labels, logits)
    weight = 1 + (tensor(pos_weight, scores.dtype) - 1) * wanted
    tail = torch.log1p(torch.exp(-scores.abs())) + torch.relu(-scores)
    return made((1 - wanted) * scores + weight * tail)


@operation("nn.l2_loss", "L2Loss")
def l2_loss(t: Any, name: str | None = None) -> Any:
    """Half the sum of squares."""
    x = of_dtypes(t, FLOATS, "L2Loss").as_subclass(torch.Tensor)
    return made(torch.square(x).sum() / 2)


@operation("nn.log_poisson_loss", "LogPoissonLoss")
def log_poisson_loss(targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None) -> Any:
    """The Poisson loss for the logarithms of rates; if it is to be full, with Stirling's term for counts above 1."""
    rates, counts = tensor(log_input), tensor(targets)
    if rates.shape != counts.shape:
        raise ValueError(
            f"`log_input` and `targets` must have the same shape, received ({tuple(rates.shape)} vs "
            f"{tuple(counts.shape)})."
        )
    result = torch.exp(rates) - rates * counts
    if compute_full_loss:
        stirling = counts * torch.log(counts) - counts + 0.5 * torch.log(2 * math.pi * counts)
        result = result + torch.where((counts >= 0) & (counts <= 1), torch.zeros_like(counts), stirling)
    return made(result)


# --- losses of custom training loops ---


@operation("nn.compute_average_loss", "Sum")
def compute_average_loss(per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None) -> Any:
    """The sum of the losses, divided by the number of samples.

    Args:
        per_example_loss: a loss for each sample.
        sample_weight: what to multiply them with.
        global_batch_size: the number to divide by; that of the losses of all replicas unless given.
    """
    losses = tensor(per_example_loss)
    dtype = losses.dtype
    if sample_weight is not None:
        weights = tensor(sample_weight, losses.dtype).to(losses.dtype)
        while weights.dim() > losses.dim() and weights.shape[-1] == 1:
            weights = weights.squeeze(-1)
        losses = losses * weights.reshape(weights.shape + (1,) * (losses.dim() - weights.dim()))
    if global_batch_size is None:
        count: Any = (losses.shape[0] if losses.dim() else 1) * _number_of_replicas("compute_average_loss")
    else:
        size = tensor(global_batch_size)
        if size.dim():
            raise ValueError(f"global_batch_size must be scalar. Received: {global_batch_size}")
        if size.dtype.is_floating_point:
            raise TypeError(f"global_batch_size must be an int. Received: {global_batch_size}")
        count = int(size)
        if count < 0:
            raise ValueError(f"global_batch_size must be non-negative. Received: {global_batch_size}")
    total = losses.sum()
    return made((total / count if count else torch.zeros_like(total)).to(dtype))


@operation("nn.scale_regularization_loss", "Sum")
def scale_regularization_loss(regularization_loss: Any) -> Any:
    """The sum of regularization losses, divided by the number of replicas, which add their losses up."""
    number = _number_of_replicas("scale_regularization_loss")
    if isinstance(regularization_loss, (list, tuple)):
        parts = [tensor(part).sum() for part in regularization_loss]
        return made(torch.stack(parts).sum() / number if parts else torch.zeros(()))
    return made(tensor(regularization_loss).sum() / number)


def _number_of_replicas(asks: str) -> int:
    """How many replicas there are, in the code of one of them."""
    replicas = in_force()
    if replicas is None:
        return 1
    if not apart():
        raise ReplicaError(
            f"tf.nn.{asks} is called in `strategy.scope()`, for all replicas at once, and divides what one of them has "
            f"computed: call it in the function that `strategy.run` is given."
        )
    return replicas.size


__all__ = [
    "compute_average_loss", "l2_loss", "log_poisson_loss", "scale_regularization_loss",
    "sigmoid_cross_entropy_with_logits", "softmax_cross_entropy_with_logits",
    "sparse_softmax_cross_entropy_with_logits", "weighted_cross_entropy_with_logits",
]  # fmt: skip
