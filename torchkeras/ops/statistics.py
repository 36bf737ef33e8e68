"""Quantiles, histograms, correlations, weighted means."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.ops.axes import Axis, canonical, gathered, reduced, restored
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import floating, promoted, result_type, tensor

METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


@operation
def quantile(x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """The values below which these fractions lie.

    Args:
        x: the values.
        q: one fraction, or several: they make the first axis of the result.
        axis: along which axis, or axes; all of them unless told.
        method: how to take a value between two: one of METHODS.
        keepdims: whether the reduced axes stay, with size 1.
    """
    return _quantile(x, tensor(q), axis, method, keepdims, ignore=False)


@operation
def percentile(x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """`quantile` with the fractions in per cent."""
    return _quantile(x, floating(q) / 100, axis, method, keepdims, ignore=False)


@operation
def nanquantile(x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """`quantile` of what is not nan."""
    return _quantile(x, tensor(q), axis, method, keepdims, ignore=True)


@operation
def nanpercentile(x: Any, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> Tensor:
    """`percentile` of what is not nan."""
    return _quantile(x, floating(q) / 100, axis, method, keepdims, ignore=True)


def _quantile(x: Any, q: Tensor, axis: Axis, method: str, keepdims: bool, ignore: bool) -> Tensor:
    if method not in METHODS:
        raise ValueError(f"Invalid method: {method}. Expected one of {METHODS}.")
    x = floating(x)
    line, axes = gathered(x, axis)
    ordered = torch.sort(line, -1)[0]  # nan comes last
    work = torch.float64  # places in long lines
    missing = torch.isnan(ordered).sum(-1)
    last = (line.shape[-1] - 1 - missing if ignore else torch.full_like(missing, line.shape[-1] - 1)).clamp(min=0)
    results = []
    for fraction in q.to(x.device, work).reshape(-1):
        place = fraction * last.to(work)
        below, above = place.floor().long()[..., None], place.ceil().long()[..., None]
        low, high = ordered.gather(-1, below)[..., 0], ordered.gather(-1, above)[..., 0]
        if method == "lower":
            value = low
        elif method == "higher":
            value = high
        elif method == "nearest":
            value = ordered.gather(-1, place.round().long()[..., None])[..., 0]
        else:
            share = 0.5 * (above != below)[..., 0] if method == "midpoint" else place - below[..., 0]
            value = (low * (1 - share) + high * share).to(x.dtype)
        if not ignore:
            value = torch.where(missing > 0, float("nan"), value)
        results.append(restored(value, axes, keepdims))
    return torch.stack(results).reshape((*q.shape, *results[0].shape)) if results else x.new_zeros(0)


@operation
def average(x: Any, axis: Axis = None, weights: Any = None) -> Tensor:
    """The mean, each value counted by its weight.

    Args:
        x: the values.
        axis: along which axis, or axes; all of them unless told.
        weights: of the shape of `x`, or one for each place along the axis.
    """
    if weights is None:
        x = floating(x)
        axes = reduced(axis, x.dim())
        return torch.mean(x, axes) if axes else x
    values, share = promoted(x, weights, at_least=float)
    axes = reduced(axis, values.dim())
    if share.shape != values.shape:
        if share.dim() != 1 or len(axes) != 1:
            raise ValueError(
                f"`weights` must have the shape of `x`, or be 1D along one axis. "
                f"Received: weights.shape={tuple(share.shape)}, x.shape={tuple(values.shape)}, axis={axis}"
            )
        share = share.reshape([-1 if i == axes[0] else 1 for i in range(values.dim())]).broadcast_to(values.shape)
    return torch.sum(values * share, axes) / torch.sum(share, axes) if axes else values


@operation
def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Tensor:
    """How often each of 0, 1, 2, ... occurs; along the last axis where there are two.

    Args:
        x: integers, none of them negative.
        weights: what each counts, 1 unless told.
        minlength: how many numbers to count at least.
        sparse: False: there are no sparse tensors here.
    """
    if sparse:
        raise ValueError("torchkeras has dense tensors only: `bincount` takes no `sparse=True`.")
    numbers = tensor(x).to(torch.int64)
    share = None if weights is None else tensor(weights)
    if numbers.dim() == 2:
        size = max(int(numbers.max()) + 1 if numbers.numel() else 0, int(minlength))
        base = torch.zeros(len(numbers), size, dtype=torch.int64 if share is None else share.dtype)
        counted = torch.ones_like(numbers) if share is None else share
        found = base.to(numbers.device).scatter_add(1, numbers, counted)
    else:
        found = torch.bincount(numbers.reshape(-1), None if share is None else share.reshape(-1), int(minlength))
    if share is None:
        return found.to(torch.int32)
    return found.to(torch.float32 if not share.is_floating_point() else share.dtype).to(
        result_type(share.dtype, torch.int32)
    )


@operation
def histogram(x: Any, bins: int = 10, range: Any = None) -> tuple[Tensor, Tensor]:
    """How many values lie in each of so many equal parts of a range; and the parts' edges.

    Args:
        x: the values; what lies outside the range is left out.
        bins: the number of parts.
        range: its ends; the least and the greatest value unless told.
    """
    if not isinstance(bins, int) or isinstance(bins, bool) or bins <= 0:
        raise ValueError(f"Argument `bins` should be a non-negative integer. Received: bins={bins}")
    if range is not None and (len(range) != 2 or range[0] > range[1]):
        raise ValueError(f"Invalid range: expected its two ends, the lesser first. Received: range={range}")
    values = floating(x).reshape(-1)
    low, high = (values.min(), values.max()) if range is None else map(tensor, range)
    edges = torch.linspace(float(low), float(high), bins + 1, dtype=values.dtype, device=values.device)
    inside = values[(values >= low) & (values <= high)]
    places = torch.bucketize(inside, edges[1:-1], right=True)
    return torch.bincount(places, minlength=bins).to(values.dtype), edges


@operation
def digitize(x: Any, bins: Any) -> Tensor:
    """In which part each value lies: how many of the increasing `bins` are not more."""
    values, edges = tensor(x), tensor(bins)
    return torch.bucketize(values, edges.to(values.device), right=True, out_int32=True)


@operation
def corrcoef(x: Any) -> Tensor:
    """The correlation of each row with each."""
    x = floating(x, wide=True)
    if x.dim() == 1:
        x = x[None]
    away = x - x.mean(-1, keepdim=True)
    together = away @ away.mH / (x.shape[-1] - 1)
    spread = torch.sqrt(torch.diagonal(together))
    result = together / spread[:, None] / spread[None]
    return result.squeeze()


@operation
def correlate(x1: Any, x2: Any, mode: str = "valid") -> Tensor:
    """The sums of products of `x1` with `x2` shifted along it.

    Args:
        x1: one axis.
        x2: one axis.
        mode: 'valid' where the shorter lies whole within the longer, 'same' for as many as the longer has, 'full' for
            wherever they meet.
    """
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"Invalid mode: {mode!r}. Mode must be either of 'valid', 'same', 'full'.")
    a, b = promoted(x1, x2)
    if a.dim() != 1 or b.dim() != 1:
        raise ValueError(f"Both inputs must be 1-dimensional. Received: shapes {tuple(a.shape)} and {tuple(b.shape)}")
    work = torch.float64 if a.dtype is torch.int64 else a.dtype if a.is_floating_point() else torch.float32
    a, b = a.to(work), b.to(work)
    n, m = len(a), len(b)
    whole = functional.conv1d(functional.pad(a, (m - 1, m - 1))[None, None], b[None, None])[0, 0]
    if mode == "full":
        return whole
    length = max(n, m) if mode == "same" else max(n, m) - min(n, m) + 1
    start = (len(whole) - length) // 2 if mode == "same" else min(n, m) - 1
    return whole[start : start + length]


@operation
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Tensor:
    """The area under straight lines through the points.

    Args:
        y: their heights.
        x: their places; `dx` apart unless given.
        dx: the distance of two.
        axis: along which axis they lie.
    """
    y = floating(y)
    axis = canonical(axis, y.dim())
    if x is None:
        return torch.trapezoid(y, dx=dx, dim=axis)
    places = tensor(x, y.dtype)
    if places.dim() == 1:
        return torch.trapezoid(y.movedim(axis, -1), places, dim=-1)
    return torch.trapezoid(y, places, dim=axis)


@operation
def moments(x: Any, axes: Axis, keepdims: bool = False, synchronized: bool = False) -> tuple[Tensor, Tensor]:
    """The mean and the variance.

    Args:
        x: the values.
        axes: along which axes.
        keepdims: whether these stay, with size 1.
        synchronized: False: over the devices of several processes there is `BatchNormalization(synchronized=True)`.
    """
    if synchronized:
        raise NotImplementedError(
            "ops.moments computes on one device. For statistics over several use BatchNormalization(synchronized=True)."
        )
    values = floating(x)
    work = values.float() if values.dtype is torch.float16 else values
    variance, middle = torch.var_mean(work, reduced(axes, work.dim()), correction=0, keepdim=keepdims)
    return middle.to(values.dtype), variance.to(values.dtype)
