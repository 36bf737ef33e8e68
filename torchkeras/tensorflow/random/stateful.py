"""tf.random's functions that draw other values in each call."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import invalid, size
from torchkeras.tensorflow.convert import any_tensor, is_stringy, made, tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.random import distributions
from torchkeras.tensorflow.random.streams import op_generator
from torchkeras.tensorflow.string_tensor import StringTensor

_UNIFORM = ("float16", "bfloat16", "float32", "float64", "int32", "int64")


@operation("random.normal", "RandomStandardNormal")
def normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Normally distributed values.

    Args:
        shape: of the result.
        mean: of the values.
        stddev: their standard deviation.
        dtype: a float dtype.
        seed: makes the values reproducible; each call with it gives others.
    """
    wanted = distributions.float_dtype(dtype, mean)
    out = distributions.empty(distributions.shape_of(shape, "RandomStandardNormal"), wanted)
    out.normal_(generator=op_generator("normal", seed, out))
    return made(distributions.scaled(out, stddev, mean, wanted))


@operation("random.truncated_normal", "TruncatedNormal")
def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Normally distributed values, none farther than two standard deviations from the mean; see `normal`."""
    wanted = distributions.float_dtype(dtype, mean)
    out = distributions.empty(distributions.shape_of(shape, "TruncatedNormal"), wanted)
    distributions.truncated_normal(out, op_generator("truncated_normal", seed, out))
    return made(distributions.scaled(out, stddev, mean, wanted))


@operation("random.uniform", "RandomUniform")
def uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Evenly distributed values from `minval` to, without, `maxval`, which is 1 for floats unless given."""
    wanted = dtypes.as_dtype(dtype)
    if wanted.name not in _UNIFORM:
        raise ValueError(
            f"Argument `dtype` got invalid value {wanted}. "
            f"Accepted dtypes are ({', '.join(f'tf.{n}' for n in _UNIFORM)})."
        )
    if maxval is None:
        if wanted.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {wanted!r}")
        maxval = 1
    kernel = "RandomUniformInt" if wanted.is_integer else "RandomUniform"
    found = distributions.uniform(
        distributions.shape_of(shape, kernel),
        minval,
        maxval,
        wanted.torch,  # type: ignore[arg-type]
        lambda device: op_generator(kernel, seed, device),
        kernel,
    )
    return made(found)


@operation("random.gamma", "RandomGamma")
def gamma(
    shape: Any,
    alpha: Any,
    beta: Any = None,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Values of gamma distributions: for each pair of `alpha` and `beta` (a rate, 1 unless given) of a shape."""
    wanted = distributions.float_dtype(dtype, 1.0)
    power = tensor(alpha, wanted)
    rate = None if beta is None else tensor(beta, wanted)
    each = power.shape if rate is None else torch.broadcast_shapes(power.shape, rate.shape)
    whole = [*distributions.shape_of(shape, "RandomGamma"), *each]
    found = distributions.gamma(whole, power, rate, wanted, lambda device: op_generator("gamma", seed, device))
    return made(found)


@operation("random.poisson", "RandomPoissonV2")
def poisson(shape: Any, lam: Any, dtype: Any = dtypes.float32, seed: int | None = None, name: str | None = None) -> Any:
    """Values of Poisson distributions: of a shape for each rate."""
    rates = tensor(lam, torch.float32)
    whole = [*distributions.shape_of(shape, "RandomPoissonV2"), *rates.shape]
    found = distributions.poisson(
        whole, rates, dtypes.torch_of(dtype), lambda device: op_generator("poisson", seed, device)
    )
    return made(found)


@operation("random.categorical", "Multinomial")
def categorical(
    logits: Any, num_samples: Any, dtype: Any = None, seed: int | None = None, name: str | None = None
) -> Any:
    """For each row of logits so many numbers of classes, drawn by their probabilities."""
    scores = tensor(logits)
    found = distributions.categorical(
        scores, size(num_samples), dtype, lambda device: op_generator("categorical", seed, device), "Multinomial"
    )
    return made(found)


@operation("random.shuffle", "RandomShuffle")
def shuffle(value: Any, seed: int | None = None, name: str | None = None) -> Any:
    """The entries along the first axis in a random order."""
    if is_stringy(value):
        texts = any_tensor(value)._array
        order = torch.randperm(len(texts), generator=op_generator("shuffle", seed, torch.device("cpu")))
        return StringTensor(texts[order.numpy()])
    x = tensor(value)
    if not x.dim():
        invalid("shuffle needs a tensor of at least one axis", "RandomShuffle")
    order = torch.randperm(x.shape[0], generator=op_generator("shuffle", seed, x), device=x.device)
    return made(x.index_select(0, order))


__all__ = ["categorical", "gamma", "normal", "poisson", "shuffle", "truncated_normal", "uniform"]
