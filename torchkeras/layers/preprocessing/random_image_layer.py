"""RandomImageLayer: what layers that change images at random share."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.layers.preprocessing.image_layer import ImageLayer
from torchkeras.layers.regularization.random_layer import RandomLayer


class RandomImageLayer(RandomLayer, ImageLayer):
    """Changes images in training, and where nothing says whether it is training: `layer(images)` does.

    A subclass says how in `_changed`. In `predict` and `evaluate` the images pass as they are.

    Args:
        seed: makes the changes reproducible.
    """

    keeps_dtype = False

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        for name in ("rng_type", "force_generator"):  # which of TensorFlow's generators to use, in Keras 2's configs
            kwargs.pop(name, None)
        super().__init__(seed=seed, **kwargs)

    def train(self, mode: bool = True) -> Any:
        """As torch's: a mode that was set holds, so that `model.eval()` stops the changes."""
        self.__dict__["_mode"] = bool(mode)
        return super().train(mode)

    def _default_training(self, around: bool | None) -> bool | None:
        if around is None and "_mode" in self.__dict__:
            return bool(self.__dict__["_mode"])
        return super()._default_training(around)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"rng_type": "stateful"} | self._format_config()

    def call(self, inputs: Tensor, training: bool = True) -> Tensor:
        if not training:
            return inputs.to(self._dtype_policy.compute)
        return self._on_batch(inputs, True)

    def _uniform(self, shape: tuple[int, ...], low: float, high: float, like: Tensor) -> Tensor:
        """Random float32 numbers between two."""
        numbers = torch.empty(shape, dtype=torch.float32, device=like.device)
        return numbers.uniform_(low, high, generator=self._generator(like.device))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


def factor_range(factor: Any, what: str, layer: str) -> tuple[float, float]:
    """The two bounds of a factor: a pair as it is, a single one either way."""
    pair = tuple(factor) if isinstance(factor, (tuple, list)) else (-factor, factor)
    if len(pair) != 2:
        raise ValueError(f"`{what}` of layer {layer!r} should be a number or a pair of them. Received: {factor}")
    lower, upper = pair
    if upper < lower:
        raise ValueError(
            f"`{what}` of layer {layer!r} cannot have upper bound less than lower bound. Received: {what}={factor}"
        )
    return lower, upper


def check_bounds(bounds: tuple[float, float], what: str, layer: str, least: float, most: float | None = None) -> None:
    """ValueError where a bound lies outside [least, most]."""
    if min(bounds) < least or (most is not None and max(bounds) > most):
        wanted = f"larger than {least}" if most is None else f"between [{least}, {most}]"
        raise ValueError(f"`{what}` of layer {layer!r} must have values {wanted}. Received: {what}={bounds}")
