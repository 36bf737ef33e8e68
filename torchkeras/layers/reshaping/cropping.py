"""Cropping: the inside of signals, images and volumes."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.layers.reshaping.borders import Bordered


class Cropping(Bordered):
    """The base of the three. The output is a view: nothing is copied."""

    def __init__(self, cropping: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, "cropping", data_format, **kwargs)
        self.cropping = self._given
        outer = (slice(None),) * self._axes[0]
        self._inside = (*outer, *(slice(before, -after or None) for before, after in self._borders))

    def call(self, inputs: Tensor) -> Tensor:
        outputs = inputs[self._inside]
        if not outputs.numel() and inputs.numel():
            raise ValueError(self._nothing_left(tuple(inputs.shape)))
        return outputs

    def _length(self, size: int, which: int) -> int:
        return size - sum(self._borders[which])

    def _nothing_left(self, shape: tuple[int | None, ...]) -> str:
        return (
            f"Layer {self.name!r} crops away everything: `cropping` must be smaller than the input along every axis. "
            f"Received: cropping={self.cropping} and input shape {shape} ({self.data_format})."
        )


class Cropping1D(Cropping):
    """Cuts off steps of (batch, steps, channels).

    Args:
        cropping: how many at both ends, or a pair (before, after).
    """

    rank = 1

    def __init__(self, cropping: Any = (1, 1), data_format: str | None = "channels_last", **kwargs: Any) -> None:
        super().__init__(cropping, data_format or "channels_last", **kwargs)


class Cropping2D(Cropping):
    """Cuts off rows and columns of images.

    Args:
        cropping: an integer, a pair (height, width), or ((top, bottom), (left, right)).
    """

    rank = 2

    def __init__(self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)


class Cropping3D(Cropping):
    """Cuts off the outside of volumes.

    Args:
        cropping: an integer, one per axis, or one pair per axis.
    """

    rank = 3

    def __init__(self, cropping: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)
