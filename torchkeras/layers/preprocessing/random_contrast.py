"""RandomContrast: more or less contrast, at random."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.layers.preprocessing.random_image_layer import RandomImageLayer


class RandomContrast(RandomImageLayer):
    """In training moves all pixels away from their channel's mean, or towards it, and keeps them in the value range.

    Args:
        factor: f draws between 1 - f and 1 + f, a pair (f, g) between 1 - f and 1 + g; one draw for a batch.
        value_range: the smallest and the largest value.
        seed: makes the draws reproducible.
    """

    def __init__(
        self, factor: Any, value_range: tuple[float, float] = (0, 255), seed: int | None = None, **kwargs: Any
    ) -> None:
        if isinstance(value_range, int):  # Keras 2: RandomContrast(factor, seed)
            value_range, seed = (0, 255), value_range
        super().__init__(seed=seed, **kwargs)
        self.factor = factor
        self.lower, self.upper = factor if isinstance(factor, (tuple, list)) else (factor, factor)
        if self.lower < 0.0 or self.upper < 0.0 or self.lower > 1.0:
            raise ValueError(
                f"`factor` of layer {self.name!r} cannot have negative values or values greater than 1. "
                f"Received: factor={factor}"
            )
        self.value_range = tuple(value_range)

    def _changed(self, images: Tensor, training: bool) -> Tensor:
        factor = self._uniform((), 1.0 - self.lower, 1.0 + self.upper, images).to(images.dtype)
        means = images.mean((1, 2), keepdim=True)
        return ((images - means) * factor + means).clamp(*self.value_range)

    def get_config(self) -> dict[str, Any]:
        own: dict[str, Any] = {"factor": self.factor, "seed": self.seed}
        if self.value_range != (0, 255):  # which Keras 2 does not know
            own["value_range"] = self.value_range
        return super().get_config() | own
