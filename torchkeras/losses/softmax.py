"""The crossentropy of a softmax's logits with TensorFlow's gradient."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def softmax_crossentropy(labels: Tensor, logits: Tensor, axis: int, mean: bool = False) -> Tensor:
    """`-sum(labels * log_softmax(logits))` along an axis, whose gradient is `softmax(logits) - labels`.

    The two belong together where labels sum to 1. Where they don't (several ones in a row, rows of zeros) this is what
    Keras trains with, and torch's cross_entropy something else.

    Args:
        labels: one-hot, or shares.
        logits: of the same shape and dtype.
        axis: of the classes.
        mean: whether to give the mean over all.
    """
    if not (torch.compiler.is_compiling() or torch._C._are_functorch_transforms_active()):
        found: Tensor = _SoftmaxCrossentropy.apply(logits, labels, axis, mean)
        return found
    # Plain operations for torch.compile and torch.func. What is missing adds nothing but its gradient.
    losses = -torch.sum(labels * torch.log_softmax(logits, axis), axis)
    log_sum = torch.logsumexp(logits, axis)
    losses = losses + (1.0 - torch.sum(labels, axis)) * (log_sum - log_sum.detach())
    return torch.mean(losses) if mean else losses


class _SoftmaxCrossentropy(torch.autograd.Function):
    """Keeps nothing but its inputs for the backward pass. (`setup_context` would cost 15 us a call.)"""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, labels: Tensor, axis: int, mean: bool) -> Tensor:
        ctx.save_for_backward(logits, labels)
        ctx.axis, ctx.mean = axis, mean
        weighted = labels * torch.log_softmax(logits, axis)
        if mean:
            return torch.sum(weighted) / -_rows(labels, axis)
        return torch.neg(torch.sum(weighted, axis))

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        logits, labels = ctx.saved_tensors
        gradient = gradients[0] / _rows(labels, ctx.axis) if ctx.mean else gradients[0].unsqueeze(ctx.axis)
        of_logits = of_labels = None
        if ctx.needs_input_grad[0]:
            shares = torch.softmax(logits, ctx.axis)
            # In place, unless this pass is to be differentiated itself.
            again = torch.is_grad_enabled()
            of_logits = (shares - labels) * gradient if again else shares.sub_(labels).mul_(gradient)
        if ctx.needs_input_grad[1]:
            of_labels = -torch.log_softmax(logits, ctx.axis) * gradient
        return of_logits, of_labels, None, None


def _rows(labels: Tensor, axis: int) -> int:
    return labels.numel() // labels.shape[axis]
