"""Batch normalization in single operations: for what no kernel has.

Those are masks, renormalization, virtual batches, and a batch that several processes share.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.core.replicas import Replicas
from torchkeras.layers.normalization import synchronized
from torchkeras.layers.normalization.affine import weight_and_bias


def batch_norm(layer: Any, inputs: Tensor, mask: Tensor | None, together: Replicas | None = None) -> Tensor:
    """A BatchNormalization layer's output in training; its moving statistics are updated.

    Args:
        together: those whose batch it is; None for this process alone.
    """
    norm = layer._modules["norm"]
    weight, bias = weight_and_bias(norm)
    x = inputs.to(layer._weight_dtype())
    axes = list(layer.axis)
    if layer.virtual_batch_size is not None:
        if together is not None:
            raise ValueError(
                f"Layer {layer.name!r} has virtual_batch_size={layer.virtual_batch_size}, which normalizes parts of a "
                f"batch by themselves, and synchronized=True, which normalizes the batch of all processes as one. "
                f"Leave one of them out."
            )
        x = _in_virtual_batches(x, layer)
        axes = [axis + 1 for axis in axes]
    dims = [i for i in range(x.dim()) if i not in axes and not (layer.virtual_batch_size is not None and i == 1)]
    shape = [size if i in axes else 1 for i, size in enumerate(x.shape)]
    mean, variance = moments(x, dims, mask) if together is None else synchronized.moments(x, dims, mask, together)
    outputs = (x - mean) * torch.rsqrt(variance + layer.epsilon)
    with torch.no_grad():
        kept_mean, kept_variance = mean, variance
        if layer.virtual_batch_size is not None:
            kept_mean, kept_variance = mean.mean(1, keepdim=True), variance.mean(1, keepdim=True)
        decay = 1.0 - layer.momentum
        if layer.renorm:
            factor, shift = _renorm_correction(layer, kept_mean, kept_variance, shape)
            moving = layer._buffers["moving_stddev"]
            _move(moving, (kept_variance + layer.epsilon).sqrt(), decay)
            norm._buffers["running_var"].copy_((moving.square() - layer.epsilon).relu().flatten())
        else:
            _move(norm._buffers["running_var"], kept_variance, decay)
        _move(norm._buffers["running_mean"], kept_mean, decay)
    if layer.renorm:
        outputs = outputs * factor + shift
    if weight is not None:
        outputs = outputs * weight.view(shape) + bias.view(shape)
    return outputs.reshape(inputs.shape).to(inputs.dtype)


def moments(x: Tensor, dims: list[int], mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """Mean and biased variance over `dims`, which stay as 1; positions whose mask is False do not count.

    A mask lacks x's last axis.
    """
    if mask is None:
        variance, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
        return mean, variance
    return weighted_moments(x, dims, mask.to(x.dtype).unsqueeze(-1))


def weighted_moments(x: Tensor, dims: list[int], weights: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance over `dims` with weights that broadcast to x."""
    total = weights.expand_as(x).sum(dims, keepdim=True)
    mean = (x * weights).sum(dims, keepdim=True) / total
    return mean, ((x - mean).square() * weights).sum(dims, keepdim=True) / total


def _move(average: Tensor, value: Tensor, decay: float) -> None:
    average.lerp_(value.view(average.shape).to(average.dtype), decay)


def _in_virtual_batches(x: Tensor, layer: Any) -> Tensor:
    size = layer.virtual_batch_size
    if x.shape[0] % size:
        raise ValueError(
            f"Layer {layer.name!r} has virtual_batch_size={size}, which must divide the batch. Received an input of "
            f"shape {tuple(x.shape)}."
        )
    return x.reshape(size, -1, *x.shape[1:])


def _renorm_correction(layer: Any, mean: Tensor, variance: Tensor, shape: list[int]) -> tuple[Tensor, Tensor]:
    """r and d of the paper, from the averages before this batch, which is then added to them."""
    average, deviation = layer._buffers["renorm_mean"], layer._buffers["renorm_stddev"]
    stddev = (variance + layer.epsilon).sqrt()
    least = deviation.view(shape).clamp_min(layer.epsilon**0.5)
    clipping = layer.renorm_clipping
    factor = (stddev / least).clamp(clipping.get("rmin", 0.0), clipping.get("rmax"))
    shift = (mean - average.view(shape)) / least
    if "dmax" in clipping:
        shift = shift.clamp(-clipping["dmax"], clipping["dmax"])
    decay = 1.0 - layer.renorm_momentum
    _move(average, mean, decay)
    _move(deviation, stddev, decay)
    return factor, shift
