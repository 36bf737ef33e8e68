"""keras.random: random tensors.

A number as seed gives the same values in every call, a SeedGenerator others in each call, None those of torch's own
generator. The values are torch's, not TensorFlow's.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.core.device import default_device
from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.seeds import unseeded
from torchkeras.ops.axes import canonical
from torchkeras.ops.creation import sizes
from torchkeras.ops.operation import random_operation
from torchkeras.ops.promotion import floating, tensor
from torchkeras.ops.seed_generator import SeedGenerator, mixed

#: The part of a normal distribution within two standard deviations, less what rounding could add.
_WITHIN_TWO = math.erf(math.sqrt(2)) - 1e-7


def generator_for(seed: Any, device: torch.device) -> torch.Generator | None:
    """What to draw from on a device: None is torch's own generator. Without a seed see `unseeded`.

    A graph of `torch.compile` knows that one alone: seeds have no effect in it.
    """
    if seed is not None and not isinstance(seed, (SeedGenerator, int, np.integer)):
        raise ValueError(
            f"Argument `seed` must be either an integer or an instance of `SeedGenerator`. "
            f"Received: seed={seed} (of type {type(seed)})"
        )
    if seed is None or torch.compiler.is_compiling():
        return unseeded(device)
    start, count = seed.next().tolist() if isinstance(seed, SeedGenerator) else (int(seed), 0)
    return torch.Generator(device).manual_seed(mixed(start, count))


def _empty(shape: Any, dtype: Any) -> Tensor:
    """What to fill with random floats. Half precision is drawn in float32: its own steps are too coarse."""
    wanted = torch_dtype(dtype)
    if not wanted.is_floating_point:
        raise ValueError(f"Random floats need a float dtype. Received: dtype={dtype}. For integers use `randint`.")
    work = torch.float64 if wanted is torch.float64 else torch.float32
    return torch.empty(sizes(shape), dtype=work, device=default_device())


@random_operation
def normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normally distributed values.

    Args:
        shape: of the result.
        mean: of the values.
        stddev: their standard deviation.
        dtype: floatx unless told.
        seed: a number, a SeedGenerator, or None.
    """
    made = _empty(shape, dtype)
    made.normal_(generator=generator_for(seed, made.device))
    return _scaled(made, stddev, mean).to(torch_dtype(dtype))


@random_operation
def truncated_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normally distributed values, none farther than two standard deviations from the mean; see `normal`."""
    made = _empty(shape, dtype)
    made.uniform_(-_WITHIN_TWO, _WITHIN_TWO, generator=generator_for(seed, made.device)).erfinv_().mul_(math.sqrt(2))
    return _scaled(made, stddev, mean).to(torch_dtype(dtype))


def _scaled(x: Tensor, factor: Any, shift: Any) -> Tensor:
    return x * _number(factor, x) + _number(shift, x)


def _number(value: Any, like: Tensor) -> Any:
    return value if isinstance(value, (int, float)) else tensor(value, like.dtype).to(like.device)


@random_operation
def uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Evenly distributed values from `minval` up to, without, `maxval`; see `normal`."""
    made = _empty(shape, dtype)
    made.uniform_(generator=generator_for(seed, made.device))
    low, high = _number(minval, made), _number(maxval, made)
    result = low + made * (high - low)
    return result.to(torch_dtype(dtype))


@random_operation
def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """Evenly distributed integers from `minval` up to, without, `maxval`.

    Args:
        shape: of the result.
        minval: the least.
        maxval: one more than the greatest.
        dtype: an integer type.
        seed: a number, a SeedGenerator, or None.
    """
    wanted = torch_dtype(dtype)
    if wanted.is_floating_point or wanted.is_complex:
        raise ValueError(f"`keras.random.randint` requires an integer `dtype`. Received: dtype={dtype}")
    low, high = int(tensor(minval).item()), int(tensor(maxval).item())
    if low >= high:
        raise ValueError(f"Need minval < maxval, got {low} >= {high}")
    device = default_device()
    made = torch.empty(sizes(shape), dtype=torch.int64, device=device)
    return made.random_(low, high, generator=generator_for(seed, device)).to(wanted)


@random_operation
def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Tensor:
    """For each row of logits so many numbers of classes, drawn by their probabilities.

    Args:
        logits: (batch, classes): the logarithms of probabilities, up to a constant.
        num_samples: how many to draw from each row.
        dtype: an integer type.
        seed: a number, a SeedGenerator, or None.
    """
    x = floating(logits)
    if x.dim() != 2:
        raise ValueError(f"`logits` should be a 2-D tensor of shape [batch, classes]. Received: shape={tuple(x.shape)}")
    shares = torch.softmax(x.double(), -1)
    drawn = torch.multinomial(shares, int(num_samples), True, generator=generator_for(seed, x.device))
    return drawn.to(torch_dtype(dtype))


@random_operation
def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """Values of the gamma distribution with this shape parameter and scale 1."""
    like = _empty(shape, dtype)
    drawn = _gamma(like, alpha, generator_for(seed, like.device))
    return drawn.to(torch_dtype(dtype))


def _gamma(like: Tensor, alpha: Any, generator: torch.Generator | None) -> Tensor:
    wide = tensor(alpha, like.dtype).to(like.device).expand(like.shape).contiguous()
    return torch._standard_gamma(wide, generator=generator)


@random_operation
def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """Values of the beta distribution."""
    like = _empty(shape, dtype)
    source = generator_for(seed, like.device)
    first, second = _gamma(like, alpha, source), _gamma(like, beta, source)
    return (first / (first + second)).to(torch_dtype(dtype))


@random_operation
def binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> Tensor:
    """How many of so many trials succeed, each with this probability."""
    like = _empty(shape, dtype)
    trials, chance = (
        tensor(v, like.dtype).to(like.device).expand(like.shape).contiguous() for v in (counts, probabilities)
    )
    return torch.binomial(trials, chance, generator=generator_for(seed, like.device)).to(torch_dtype(dtype))


@random_operation
def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Tensor:
    """A share of the values set to zero and the others scaled up, so that the mean stays the same.

    Args:
        inputs: the values.
        rate: the share, between 0 and 1.
        noise_shape: the shape of the mask, with 1 for axes that share it and None for the input's size.
        seed: a number, a SeedGenerator, or None.
    """
    x = floating(inputs)
    if not 0 <= rate <= 1:
        raise ValueError(f"`rate` must be between 0 and 1. Received: rate={rate}")
    if rate == 0:
        return x
    source = generator_for(seed, x.device)
    if source is None and noise_shape is None:
        return functional.dropout(x, float(rate), True)
    shape = x.shape if noise_shape is None else [n if s is None else s for s, n in zip(noise_shape, x.shape)]
    kept = 1.0 - rate
    mask = x.new_empty(tuple(shape)).bernoulli_(kept, generator=source)
    return x * (mask / kept if kept > 0 else mask)


@random_operation
def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Tensor:
    """The entries along an axis in a random order."""
    x = tensor(x)
    axis = canonical(axis, x.dim())
    order = torch.randperm(x.shape[axis], generator=generator_for(seed, x.device), device=x.device)
    return x.index_select(axis, order)


__all__ = [
    "SeedGenerator", "beta", "binomial", "categorical", "dropout", "gamma", "normal", "randint", "shuffle",
    "truncated_normal", "uniform",
]  # fmt: skip
