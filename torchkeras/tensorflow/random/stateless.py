"""tf.random's stateless functions: their values depend on nothing but their arguments."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.mixing import mixed
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import INTEGERS, invalid, size
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.random import distributions


def seed_pair(seed: Any) -> tuple[int, int]:
    """A seed of two integers."""
    found = tensor(seed)
    if found.dtype not in INTEGERS:
        raise TypeError(f"A seed must be two integers. Received: seed={seed!r}")
    if tuple(found.shape) != (2,):
        invalid(f"seed must have shape [2], not {list(found.shape)}", "StatelessRandomGetKeyCounter")
    first, second = found.tolist()
    return first, second


def generator_of(seed: Any, like: Any) -> torch.Generator:
    """The generator that such a seed starts, on the device of a tensor."""
    first, second = seed_pair(seed)
    device = like if isinstance(like, torch.device) else like.device
    return torch.Generator(device).manual_seed(mixed(mixed(first, 1), second))


@operation("random.stateless_normal", "StatelessRandomNormalV2")
def stateless_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Any:
    """`random.normal` that gives the same values for the same seed of two integers."""
    wanted = distributions.float_dtype(dtype, mean)
    out = distributions.empty(distributions.shape_of(shape, "StatelessRandomNormalV2"), wanted)
    out.normal_(generator=generator_of(seed, out))
    return made(distributions.scaled(out, stddev, mean, wanted))


@operation("random.stateless_truncated_normal", "StatelessTruncatedNormalV2")
def stateless_truncated_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Any:
    """`random.truncated_normal` by a seed of two integers."""
    wanted = distributions.float_dtype(dtype, mean)
    out = distributions.empty(distributions.shape_of(shape, "StatelessTruncatedNormalV2"), wanted)
    distributions.truncated_normal(out, generator_of(seed, out))
    return made(distributions.scaled(out, stddev, mean, wanted))


@operation("random.stateless_uniform", "StatelessRandomUniformV2")
def stateless_uniform(
    shape: Any,
    seed: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
    alg: Any = "auto_select",
) -> Any:
    """`random.uniform` by a seed of two integers; integers of their whole range where both bounds are None."""
    wanted = dtypes.as_dtype(dtype)
    if wanted.is_integer:
        if (minval is None) != (maxval is None):
            raise ValueError(
                f"For integer `dtype` argument {wanted}, argument `minval` and `maxval` must be both None or not None. "
                f"Got `minval`={minval} and `maxval`={maxval}."
            )
    elif maxval is None:
        maxval = 1
    kernel = "StatelessRandomUniformIntV2" if wanted.is_integer else "StatelessRandomUniformV2"
    found = distributions.uniform(
        distributions.shape_of(shape, kernel),
        minval,
        maxval,
        dtypes.torch_of(wanted),
        lambda device: generator_of(seed, device),
        kernel,
    )
    return made(found)


@operation("random.stateless_categorical", "StatelessMultinomial")
def stateless_categorical(
    logits: Any, num_samples: Any, seed: Any, dtype: Any = dtypes.int64, name: str | None = None
) -> Any:
    """`random.categorical` by a seed of two integers."""
    scores = tensor(logits)
    found = distributions.categorical(
        scores, size(num_samples), dtype, lambda device: generator_of(seed, device), "StatelessMultinomial"
    )
    return made(found)


def _whole(shape: Any, parameters: list[torch.Tensor], kernel: str) -> list[int]:
    """The whole shape of the result, which must end in that of the parameters."""
    whole = distributions.shape_of(shape, kernel)
    each = list(torch.broadcast_shapes(*(p.shape for p in parameters)))
    if list(torch.broadcast_shapes(whole, each)) != whole:
        invalid("Shape passed in must end with broadcasted shape.", kernel)
    return whole


@operation("random.stateless_gamma", "StatelessRandomGammaV3")
def stateless_gamma(
    shape: Any, seed: Any, alpha: Any, beta: Any = None, dtype: Any = dtypes.float32, name: str | None = None
) -> Any:
    """Gamma distributed values; unlike in `random.gamma`, `shape` is that of the whole result."""
    wanted = distributions.float_dtype(dtype, 1.0)
    parameters = [tensor(p, wanted) for p in (alpha, beta) if p is not None]
    whole = _whole(shape, parameters, "StatelessRandomGammaV3")
    rate = parameters[1] if len(parameters) > 1 else None
    return made(distributions.gamma(whole, parameters[0], rate, wanted, lambda device: generator_of(seed, device)))


@operation("random.stateless_poisson", "StatelessRandomPoisson")
def stateless_poisson(shape: Any, seed: Any, lam: Any, dtype: Any = dtypes.int32, name: str | None = None) -> Any:
    """Poisson distributed values; `shape` is that of the whole result."""
    rates = tensor(lam, torch.float32)
    whole = _whole(shape, [rates], "StatelessRandomPoisson")
    found = distributions.poisson(whole, rates, dtypes.torch_of(dtype), lambda device: generator_of(seed, device))
    return made(found)


@operation("random.stateless_binomial", "StatelessRandomBinomial")
def stateless_binomial(
    shape: Any, seed: Any, counts: Any, probs: Any, output_dtype: Any = dtypes.int32, name: str | None = None
) -> Any:
    """How many of so many trials succeed, each with this probability; `shape` is that of the whole result."""
    trials, chance = tensor(counts, torch.float32), tensor(probs, torch.float32)
    whole = _whole(shape, [trials, chance], "StatelessRandomBinomial")
    wanted = dtypes.torch_of(output_dtype)
    return made(distributions.binomial(whole, trials, chance, wanted, lambda device: generator_of(seed, device)))


@operation("random.stateless_parameterized_truncated_normal", "StatelessParameterizedTruncatedNormal")
def stateless_parameterized_truncated_normal(
    shape: Any,
    seed: Any,
    means: Any = 0.0,
    stddevs: Any = 1.0,
    minvals: Any = -2.0,
    maxvals: Any = 2.0,
    name: str | None = None,
) -> Any:
    """Normally distributed values between bounds."""
    mean, spread, low, high = (tensor(v, torch.float32) for v in (means, stddevs, minvals, maxvals))
    whole = _whole(shape, [mean, spread, low, high], "StatelessParameterizedTruncatedNormal")
    share = torch.empty(whole, dtype=torch.float64, device=mean.device)
    share.uniform_(generator=generator_of(seed, share))
    below, above = (torch.special.ndtr(((v - mean) / spread).double()) for v in (low, high))
    drawn = mean + spread * torch.special.ndtri(below + share * (above - below))
    return made(torch.minimum(torch.maximum(drawn.to(mean.dtype), low), high))


@operation("random.split", "StatelessRandomUniformFullIntV2")
def split(seed: Any, num: Any = 2, alg: Any = "auto_select") -> Any:
    """So many seeds of two integers from one."""
    dtype = tensor(seed).dtype
    found = distributions.integers(
        [size(num), 2], None, None, dtype, lambda device: generator_of(seed, device), "Split"
    )
    return made(found)


@operation("random.fold_in", "StatelessRandomUniformFullIntV2")
def fold_in(seed: Any, data: Any, alg: Any = "auto_select") -> Any:
    """A seed of two integers from one and a further integer."""
    given = tensor(data)
    start = tensor(seed)
    number = distributions.integers([1], None, None, start.dtype, lambda device: generator_of(seed, device), "FoldIn")
    return made(torch.stack([number[0].cpu(), given.reshape(()).to(start.dtype).cpu()]).to(start.device))


@operation("random.experimental.stateless_shuffle", "StatelessShuffle")
def stateless_shuffle(value: Any, seed: Any, alg: Any = "auto_select", name: str | None = None) -> Any:
    """The entries along the first axis in an order that the seed says."""
    x = tensor(value)
    order = torch.randperm(x.shape[0], generator=generator_of(seed, x), device=x.device)
    return made(x.index_select(0, order))


@operation("random.experimental.index_shuffle", "RandomIndexShuffle")
def index_shuffle(index: Any, seed: Any, max_index: Any) -> Any:
    """Where a shuffle of the numbers up to and with `max_index` puts an index; the seed is two or three integers."""
    places, start = tensor(index), tensor(seed)
    if tuple(start.shape) not in ((2,), (3,)):
        invalid(f"Seed must be a vector of two or three integers but got {list(start.shape)}", "RandomIndexShuffle")
    number = 0
    for part in start.tolist():
        number = mixed(number, part)
    source = torch.Generator().manual_seed(number)
    order = torch.randperm(size(max_index) + 1, generator=source)
    return made(order[places.long().cpu()].to(places.device, places.dtype))


__all__ = [
    "fold_in", "index_shuffle", "split", "stateless_binomial", "stateless_categorical", "stateless_gamma",
    "stateless_normal", "stateless_parameterized_truncated_normal", "stateless_poisson", "stateless_shuffle",
    "stateless_truncated_normal", "stateless_uniform",
]  # fmt: skip
