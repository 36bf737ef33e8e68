"""tf.experimental.numpy.random."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.core.device import default_device
from torchkeras.core.seeds import unseeded
from torchkeras.tensorflow.arguments import sizes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.experimental.numpy.operation import wanted
from torchkeras.tensorflow.experimental.numpy.promotion import default_float
from torchkeras.tensorflow.random.streams import set_seed


def seed(s: int) -> None:
    """Sets the global seed: tf.random.set_seed."""
    set_seed(s)


def _shape(size: Any) -> list[int]:
    return [] if size is None else sizes(size)


def _empty(size: Any) -> torch.Tensor:
    return torch.empty(_shape(size), dtype=default_float(), device=default_device())


def _normal(size: Any) -> torch.Tensor:
    out = _empty(size)
    return out.normal_(generator=unseeded(out.device))


def _uniform(out: torch.Tensor) -> torch.Tensor:
    return out.uniform_(generator=unseeded(out.device))


def randn(*args: int) -> Any:
    """Normally distributed numbers of the shape that the arguments are."""
    return made(_normal(args))


def standard_normal(size: Any = None) -> Any:
    """Normally distributed numbers."""
    return made(_normal(size))


def rand(*size: int) -> Any:
    """Evenly distributed numbers between 0 and 1, of the shape that the arguments are."""
    return made(_uniform(_empty(size)))


def random(size: Any = None) -> Any:
    """Evenly distributed numbers between 0 and 1."""
    return made(_uniform(_empty(size)))


def uniform(low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
    """Evenly distributed numbers between two."""
    out = _empty(size)
    least, most = tensor(low, out.dtype), tensor(high, out.dtype)
    if size is None:
        out = out.expand(torch.broadcast_shapes(least.shape, most.shape)).clone()
    return made((least + _uniform(out) * (most - least)).to(out.dtype))


def randint(low: int, high: int | None = None, size: Any = None, dtype: Any = np.int64) -> Any:
    """Evenly distributed integers from `low` to, without, `high`; from 0 to `low` where there is no `high`."""
    if high is None:
        low, high = 0, low
    if low >= high:
        raise ValueError(f"low >= high: {low} >= {high}")
    out = torch.empty(_shape(size), dtype=torch.int64, device=default_device())
    return made(out.random_(int(low), int(high), generator=unseeded(out.device)).to(wanted(dtype)))


def poisson(lam: Any = 1.0, size: Any = None) -> Any:
    """Poisson distributed integers."""
    rates = tensor(lam, torch.float64).to(torch.float64)
    return made(
        torch.poisson(
            rates.expand(rates.shape if size is None else _shape(size)).contiguous(), generator=unseeded(rates.device)
        ).long()
    )


__all__ = ["poisson", "rand", "randint", "randn", "random", "seed", "standard_normal", "uniform"]
