"""RandomBrightness: brighter or darker, at random."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.layers.preprocessing.random_image_layer import RandomImageLayer


class RandomBrightness(RandomImageLayer):
    """In training adds a share of the value range to each image, and keeps it within the range.

    Args:
        factor: the share: a pair to draw between, or one number for either way; from -1 to 1.
        value_range: the smallest and the largest value.
        seed: makes the draws reproducible.
    """

    def __init__(self, factor: Any, value_range: Any = (0, 255), seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self._factor = self._checked_factor(factor)
        if not isinstance(value_range, (tuple, list)) or len(value_range) != 2:
            raise ValueError(f"The `value_range` argument should be a list of two numbers. Got {value_range}")
        self._value_range = sorted(value_range)

    def _checked_factor(self, factor: Any) -> list[float]:
        pair = factor if isinstance(factor, (tuple, list)) else [factor, factor]
        numbers = all(isinstance(bound, (int, float)) and -1.0 <= bound <= 1.0 for bound in pair)
        if len(pair) != 2 or not numbers:
            raise ValueError(
                f"The `factor` argument should be a number (or a list of two numbers) in the range [-1.0, 1.0]. "
                f"Got {factor}"
            )
        return sorted(pair) if pair is factor else [-abs(factor), abs(factor)]

    def _changed(self, images: Tensor, training: bool) -> Tensor:
        low, high = self._value_range
        lower, upper = self._factor
        delta = self._uniform((len(images), 1, 1, 1), lower, upper, images) * (high - low)
        return (images + delta.to(images.dtype)).clamp(low, high)

    def get_config(self) -> dict[str, Any]:
        own = {"factor": list(self._factor), "value_range": list(self._value_range), "seed": self.seed}
        return super().get_config() | own
