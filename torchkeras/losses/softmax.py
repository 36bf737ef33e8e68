"""The crossentropy of a softmax's logits with TensorFlow's gradient."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


class _SoftmaxCrossentropy(torch.autograd.Function):
    """`-sum(labels * log_softmax(logits))`, whose gradient is `softmax(logits) - labels` whatever the labels' sum.

    The two belong together where labels sum to 1. Where they don't (several ones in a row, rows of zeros) this is what
    Keras trains with, and torch's cross_entropy something else. It keeps the logits alone for the backward pass.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(logits: Tensor, labels: Tensor, axis: int) -> Tensor:
        return torch.neg(torch.sum(labels * torch.log_softmax(logits, axis), axis))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, int], output: Tensor) -> None:
        logits, labels, ctx.axis = inputs
        ctx.save_for_backward(logits, labels)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        logits, labels = ctx.saved_tensors
        gradient = gradients[0].unsqueeze(ctx.axis)
        of_logits = of_labels = None
        if ctx.needs_input_grad[0]:
            of_logits = (torch.softmax(logits, ctx.axis) - labels) * gradient
        if ctx.needs_input_grad[1]:
            of_labels = -torch.log_softmax(logits, ctx.axis) * gradient
        return of_logits, of_labels, None


def softmax_crossentropy(labels: Tensor, logits: Tensor, axis: int) -> Tensor:
    """The crossentropy of labels and logits along an axis."""
    result: Tensor = _SoftmaxCrossentropy.apply(logits, labels, axis)
    return result
