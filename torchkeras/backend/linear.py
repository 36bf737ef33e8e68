"""Products of tensors, biases, and the places of classes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.backend.operation import backend_function
from torchkeras.core.config import check_data_format
from torchkeras.layers.merging.dot import batch_dot as product_of_samples
from torchkeras.ops.axes import canonical
from torchkeras.ops.promotion import tensor


@backend_function("tf.linalg.matmul")
def dot(x: Any, y: Any) -> Tensor:
    """The product over the last axis of `x` and the last but one of `y`."""
    x, y = tensor(x), tensor(y)
    if x.dim() <= 2 and y.dim() <= 2:
        return torch.matmul(x, y)
    return torch.tensordot(x, y, dims=([x.dim() - 1], [max(y.dim() - 2, 0)]))


@backend_function("tf.linalg.matmul")
def batch_dot(x: Any, y: Any, axes: Any = None) -> Tensor:
    """The product of the tensors, sample by sample, over an axis of each.

    Args:
        x: a tensor with at least 2 axes, the batch first.
        y: another.
        axes: the axis to sum over, or one for each tensor; the last of `x` and the last but one of `y` unless given.
    """
    x, y = tensor(x), tensor(y)
    if x.dim() < 2 or y.dim() < 2:
        raise ValueError(
            f"Cannot do batch_dot on inputs with rank < 2. Received inputs with shapes {tuple(x.shape)} and "
            f"{tuple(y.shape)}."
        )
    if axes is None:
        axes = (x.dim() - 1, 1 if y.dim() == 2 else y.dim() - 2)
    first, second = (axes, axes) if isinstance(axes, int) else axes
    if isinstance(first, (list, tuple)) or isinstance(second, (list, tuple)):
        raise ValueError(
            f"Multiple target dimensions are not supported. Expected: None, int, (int, int), Provided: {axes}"
        )
    i, j = canonical(first, x.dim()), canonical(second, y.dim())
    if 0 in (i, j):
        raise ValueError(
            "Cannot perform batch_dot over axis 0. If your inputs are not batched, add a dummy batch dimension to your "
            "inputs using K.expand_dims(x, 0)"
        )
    if x.shape[0] != y.shape[0] or x.shape[i] != y.shape[j]:
        raise ValueError(
            f"Cannot do batch_dot on inputs with shapes {tuple(x.shape)} and {tuple(y.shape)} with axes={(i, j)}: the "
            f"batches and the sizes of these axes must be equal."
        )
    return product_of_samples(x, y, i, j)


@backend_function("tf.nn.bias_add")
def bias_add(x: Any, bias: Any, data_format: str | None = None) -> Tensor:
    """`x` plus a bias: one for each channel, or one for each value of a sample."""
    x, bias = tensor(x), tensor(bias)
    if bias.dim() not in (1, x.dim() - 1):
        raise ValueError(f"Unexpected bias dimensions {bias.dim()}. Expected it to be 1 or {x.dim() - 1} dimensions")
    if check_data_format(data_format) == "channels_first":
        # Keras gives a bias of a whole sample, whose last axis are the channels, its shape alone: no axis is moved.
        bias = bias.reshape(-1, *[1] * (x.dim() - 2) if bias.dim() == 1 else bias.shape[:-1])
    return x + bias


@backend_function("tf.math.in_top_k")
def in_top_k(predictions: Any, targets: Any, k: int) -> Tensor:
    """Whether each target is among the k greatest predictions of its row; those level with the k-th count."""
    scores, places = tensor(predictions), tensor(targets).to(torch.int64)
    valid = (places >= 0) & (places < scores.shape[-1])
    own = scores.gather(-1, torch.where(valid, places, 0).unsqueeze(-1))
    known = valid & torch.isfinite(own.squeeze(-1))
    return ((scores > own).sum(-1) < k) & known
