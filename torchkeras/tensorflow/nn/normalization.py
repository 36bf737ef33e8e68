"""tf.nn: means and variances, and values moved and scaled by them."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from torchkeras.tensorflow.arguments import FLOATS, axes_of, invalid, of_dtypes
from torchkeras.tensorflow.convert import made, pair, tensor
from torchkeras.tensorflow.operation import operation


@operation("nn.moments", "Mean")
def moments(x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The mean and the variance along axes.

    Args:
        x: the values.
        axes: along which axes.
        shift: not used, as in TensorFlow.
        keepdims: whether the axes stay, with size 1.
    """
    values = tensor(x)
    work = values.float() if values.dtype in (torch.float16, torch.bfloat16) else values
    dims = axes_of(axes, work.dim(), "Mean")
    mean = torch.mean(work, dims, keepdim=True) if dims else work
    variance = torch.mean(torch.square(work - mean.detach()), dims, keepdim=True) if dims else torch.zeros_like(work)
    if not keepdims and dims:
        mean, variance = (t.squeeze(tuple(dims)) for t in (mean, variance))
    return made(mean.to(values.dtype, copy=not dims)), made(variance.to(values.dtype))


@operation("nn.weighted_moments", "Mean")
def weighted_moments(x: Any, axes: Any, frequency_weights: Any, keepdims: bool = False, name: str | None = None) -> Any:
    """The mean and the variance along axes, values counting as their weights say."""
    values = tensor(x)
    weights = tensor(frequency_weights, values.dtype).to(values.dtype)
    dims = axes_of(axes, values.dim(), "Mean")
    weights = weights.expand(torch.broadcast_shapes(values.shape, weights.shape))
    total = _summed(weights, dims)
    mean = _summed(weights * values, dims) / total
    variance = _summed(weights * torch.square(values - mean), dims) / total
    if not keepdims:
        mean, variance = (t.squeeze(tuple(dims)) for t in (mean, variance))
    return made(mean), made(variance)


def _summed(x: torch.Tensor, axes: list[int], keepdims: bool = True) -> torch.Tensor:
    return x.sum(axes, keepdim=keepdims) if axes else x  # torch takes no axes for all


@operation("nn.sufficient_statistics", "SufficientStatistics")
def sufficient_statistics(x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The number of values along axes, their sum, the sum of their squares, and the shift they were lessened by."""
    values = tensor(x)
    dims = axes_of(axes, values.dim(), "Sum")
    count = 1
    for dim in dims:
        count *= values.shape[dim]
    given = None if shift is None else tensor(shift, values.dtype)
    moved = values if given is None else values - given
    return (
        made(torch.tensor(float(count), dtype=values.dtype, device=values.device)),
        made(_summed(moved, dims, keepdims).clone()),
        made(_summed(torch.square(moved), dims, keepdims)),
        None if given is None else made(given.clone()),
    )


@operation("nn.normalize_moments", "Mul")
def normalize_moments(counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None) -> Any:
    """The mean and the variance of what `sufficient_statistics` gave."""
    total, squares = tensor(mean_ss), tensor(variance_ss)
    share = tensor(counts, total.dtype).reciprocal()
    moved = total * share
    mean = moved if shift is None else moved + tensor(shift, total.dtype)
    return made(mean), made(squares * share - torch.square(moved))


@operation("nn.batch_normalization", "BatchNorm")
def batch_normalization(
    x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: Any, name: str | None = None
) -> Any:
    """`(x - mean) / sqrt(variance + variance_epsilon) * scale + offset`; offset and scale may be None."""
    values = tensor(x)
    factor = torch.rsqrt(tensor(variance, values.dtype) + variance_epsilon)
    if scale is not None:
        factor = factor * tensor(scale, values.dtype)
    factor = factor.to(values.dtype)
    shift = -tensor(mean, values.dtype) * factor
    if offset is not None:
        shift = shift + tensor(offset, values.dtype)
    return made(values * factor + shift.to(values.dtype))


@operation("nn.batch_norm_with_global_normalization", "BatchNorm")
def batch_norm_with_global_normalization(
    input: Any,
    mean: Any,
    variance: Any,
    beta: Any,
    gamma: Any,
    variance_epsilon: Any,
    scale_after_normalization: bool,
    name: str | None = None,
) -> Any:
    """`batch_normalization` under its oldest name."""
    return batch_normalization(
        input, mean, variance, beta, gamma if scale_after_normalization else None, variance_epsilon
    )


@operation("nn.local_response_normalization", "LRN")
def local_response_normalization(
    input: Any,
    depth_radius: int = 5,
    bias: float = 1,
    alpha: float = 1,
    beta: float = 0.5,
    name: str | None = None,
) -> Any:
    """Each value divided by `(bias + alpha * sum of squares of its channel's neighbours) ** beta`."""
    x = of_dtypes(input, FLOATS, "LRN").as_subclass(torch.Tensor)
    if x.dim() != 4:
        invalid(f"in must be 4-dimensional, got shape {list(x.shape)}", "LRN")
    squares = functional.pad(torch.square(x), (depth_radius, depth_radius))
    near = squares.unfold(-1, 2 * depth_radius + 1, 1).sum(-1)
    return made(x * torch.pow(bias + alpha * near, -beta))


lrn = local_response_normalization


@operation("nn.bias_add", "BiasAdd")
def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Any:
    """A value with one number added for each channel."""
    if data_format is not None and not data_format.startswith(("NC", "N")):
        raise ValueError(f"`data_format` must be of the form `N...C` or `NC...`. Received: data_format={data_format}")
    first = data_format is not None and data_format.startswith("NC")
    x, b = pair(value, bias, "BiasAdd")
    if x.dim() < 2:
        invalid(f"Input tensor must be at least 2D: {list(x.size())}", "BiasAdd")
    if b.dim() != 1:
        invalid(f"Biases must be 1D: {list(b.size())}", "BiasAdd")
    axis = 1 if first else x.dim() - 1
    if b.size(0) != x.size(axis):
        invalid(
            f"Must provide as many biases as the last dimension of the input tensor: {list(b.size())} vs. "
            f"{list(x.size())}",
            "BiasAdd",
        )
    if axis != x.dim() - 1:
        b = torch.reshape(b, (-1, *([1] * (x.dim() - 2))))
    return made(torch.add(x, b))


__all__ = [
    "batch_norm_with_global_normalization", "batch_normalization", "bias_add", "local_response_normalization", "lrn",
    "moments", "normalize_moments", "sufficient_statistics", "weighted_moments",
]  # fmt: skip
