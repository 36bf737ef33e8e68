"""RandomFlip: images mirrored at random."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.layers.preprocessing.random_image_layer import RandomImageLayer

_MODES = ("horizontal", "vertical", "horizontal_and_vertical")


class RandomFlip(RandomImageLayer):
    """In training mirrors every second image, at random.

    Args:
        mode: 'horizontal' (left and right change places), 'vertical' or 'horizontal_and_vertical'.
        seed: makes the choice reproducible.
    """

    def __init__(self, mode: str = "horizontal_and_vertical", seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        if mode not in _MODES:
            raise ValueError(f"RandomFlip layer {self.name} received an unknown mode argument {mode!r}: use {_MODES}")
        self.mode = mode

    def _changed(self, images: Tensor, training: bool) -> Tensor:
        for axis, which in ((2, "horizontal"), (1, "vertical")):
            if which in self.mode:
                chosen = self._uniform((len(images), 1, 1, 1), 0.0, 1.0, images) < 0.5
                images = torch.where(chosen, images.flip(axis), images)
        return images

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"mode": self.mode, "seed": self.seed}
