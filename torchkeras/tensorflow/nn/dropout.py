"""tf.nn.dropout and its stateless form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow.arguments import invalid, sizes
from torchkeras.tensorflow.convert import made, tensor, viewed
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.random.stateless import generator_of
from torchkeras.tensorflow.random.streams import op_generator

_Sampler = Callable[[tuple[int, ...], torch.Tensor], torch.Tensor]


@operation("nn.dropout", "Dropout")
def dropout(x: Any, rate: Any, noise_shape: Any = None, seed: int | None = None, name: str | None = None) -> Any:
    """A share of the values set to zero and the others scaled up, so that the mean stays the same.

    Args:
        x: the values.
        rate: the share, at least 0 and less than 1.
        noise_shape: the shape of the mask, with 1 for axes that share it and None for the input's size.
        seed: makes the masks reproducible.
    """

    def noise(shape: tuple[int, ...], like: torch.Tensor) -> torch.Tensor:
        return torch.rand(shape, dtype=_wide(like), generator=op_generator("Dropout", seed, like), device=like.device)

    return _dropped(x, rate, noise_shape, noise)


@operation("nn.experimental.stateless_dropout", "Dropout")
def stateless_dropout(
    x: Any, rate: Any, seed: Any, rng_alg: Any = None, noise_shape: Any = None, name: str | None = None
) -> Any:
    """`dropout` whose mask depends on the seed alone."""

    def noise(shape: tuple[int, ...], like: torch.Tensor) -> torch.Tensor:
        return torch.rand(shape, dtype=_wide(like), generator=generator_of(seed, like), device=like.device)

    return _dropped(x, rate, noise_shape, noise)


@operation("nn.experimental.general_dropout", "Dropout")
def general_dropout(
    x: Any, rate: Any, uniform_sampler: Callable[..., Any], noise_shape: Any = None, name: str | None = None
) -> Any:
    """`dropout` with numbers from `uniform_sampler(shape=, dtype=)`."""

    def noise(shape: tuple[int, ...], like: torch.Tensor) -> torch.Tensor:
        return tensor(uniform_sampler(shape=list(shape), dtype=like.dtype))

    return _dropped(x, rate, noise_shape, noise)


def _wide(like: torch.Tensor) -> torch.dtype:
    return torch.float64 if like.dtype is torch.float64 else torch.float32


def _dropped(x: Any, rate: Any, noise_shape: Any, noise: _Sampler) -> Any:
    if isinstance(rate, (int, float)) and not 0 <= rate < 1:
        raise ValueError(f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={rate}")
    values = tensor(x)
    if not values.dtype.is_floating_point:
        raise ValueError(
            f"`x.dtype` must be a floating point tensor as `x` will be scaled. Received: x.dtype={values.dtype}"
        )
    share = float(tensor(rate)) if not isinstance(rate, (int, float)) else rate
    if share == 0:
        return viewed(values)
    shape = tuple(values.shape)
    if noise_shape is not None:
        if isinstance(noise_shape, KerasTensor) or not isinstance(noise_shape, (list, tuple)):
            noise_shape = sizes(noise_shape)
        if len(noise_shape) != len(shape):
            invalid(f"noise_shape {noise_shape} does not fit a tensor of shape {shape}", "Dropout")
        shape = tuple(n if s is None else sizes(s)[0] for n, s in zip(shape, noise_shape, strict=True))
    kept = noise(shape, values) >= share
    return made(values * kept.to(values.dtype) * (1 / (1 - share)))


__all__ = ["dropout", "general_dropout", "stateless_dropout"]
