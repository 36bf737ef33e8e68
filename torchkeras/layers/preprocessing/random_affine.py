"""RandomAffine: what layers that move images at random share."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.layers.preprocessing.random_image_layer import RandomImageLayer
from torchkeras.ops.border_modes import FILL_MODES
from torchkeras.ops.projective_transform import projective_transform


class RandomAffine(RandomImageLayer):
    """A subclass draws one matrix per image in `_matrices`.

    Args:
        fill_mode: what lies outside the image: 'reflect' (d c b a | a b c d | d c b a), 'wrap', 'constant' (of
            `fill_value`) or 'nearest'.
        interpolation: 'bilinear' or 'nearest'.
        seed: makes the matrices reproducible.
    """

    def __init__(
        self,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        if fill_mode not in FILL_MODES:
            raise NotImplementedError(
                f"Unknown `fill_mode` {fill_mode}. Only `reflect`, `wrap`, `constant` and `nearest` are supported."
            )
        if interpolation not in ("nearest", "bilinear"):
            raise NotImplementedError(
                f"Unknown `interpolation` {interpolation}. Only `nearest` and `bilinear` are supported."
            )
        self.fill_mode, self.interpolation, self.fill_value = fill_mode, interpolation, fill_value

    def _matrices(self, images: Tensor) -> Tensor:
        """One row of eight per image; see `projective_transform`."""
        raise NotImplementedError(f"{type(self).__name__} draws its matrices in `_matrices`.")

    def _changed(self, images: Tensor, training: bool) -> Tensor:
        return projective_transform(images, self._matrices(images), self.fill_mode, self.fill_value, self.interpolation)

    def get_config(self) -> dict[str, Any]:
        own = {
            "fill_mode": self.fill_mode,
            "fill_value": self.fill_value,
            "interpolation": self.interpolation,
            "seed": self.seed,
        }
        return super().get_config() | own


def rows_of(*entries: Tensor | float, like: Tensor) -> Tensor:
    """A matrix row per image from its six or eight entries: numbers, or one value per image."""
    count = len(like)
    columns = [e if isinstance(e, Tensor) else torch.full((count,), float(e), device=like.device) for e in entries]
    columns += [torch.zeros(count, device=like.device)] * (8 - len(columns))
    return torch.stack(columns, dim=1)
