"""Zero padding: zeros around signals, images and volumes."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from torchkeras.layers.reshaping.borders import Bordered


class ZeroPadding(Bordered):
    """The base of the three."""

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, "padding", data_format, **kwargs)
        self.padding = self._given
        # F.pad counts from the last axis, which is the channels' unless they are first.
        self._amounts = (0, 0) * (not self._first) + tuple(n for pair in reversed(self._borders) for n in pair)

    def call(self, inputs: Tensor) -> Tensor:
        return F.pad(inputs, self._amounts)

    def _length(self, size: int, which: int) -> int:
        return size + sum(self._borders[which])


class ZeroPadding1D(ZeroPadding):
    """Zeros before and after the steps of (batch, steps, channels).

    Args:
        padding: how many at both ends, or a pair (before, after).
    """

    rank = 1

    def __init__(self, padding: Any = 1, data_format: str | None = "channels_last", **kwargs: Any) -> None:
        super().__init__(padding, data_format or "channels_last", **kwargs)


class ZeroPadding2D(ZeroPadding):
    """Rows and columns of zeros around images.

    Args:
        padding: an integer, a pair (height, width), or ((top, bottom), (left, right)).

    Example: `ZeroPadding2D(((1, 0), (1, 0)))` adds a row above and a column to the left.
    """

    rank = 2


class ZeroPadding3D(ZeroPadding):
    """Zeros around volumes.

    Args:
        padding: an integer, one per axis, or one pair per axis.
    """

    rank = 3
