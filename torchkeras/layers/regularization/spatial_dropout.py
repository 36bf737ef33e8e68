"""SpatialDropout1D, 2D and 3D: whole feature maps to zero."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from torchkeras.core.config import check_data_format
from torchkeras.layers.input_spec import InputSpec
from torchkeras.layers.regularization.dropout import Dropout


class _SpatialDropout(Dropout):
    """Dropout whose mask is one number for each channel of each sample."""

    rank: ClassVar[int]
    data_format = "channels_last"

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, seed=seed, **kwargs)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _get_noise_shape(self, inputs: Tensor) -> Any:
        ones = (1,) * self.rank
        if self.data_format == "channels_first":
            return (*inputs.shape[:2], *ones)
        return (inputs.shape[0], *ones, inputs.shape[-1])


class SpatialDropout1D(_SpatialDropout):
    """Drops whole feature maps of sequences (batch, steps, channels).

    Args:
        rate: the share of maps to drop, between 0 and 1.
        seed: makes the choice reproducible.
    """

    rank = 1


class _ImageDropout(_SpatialDropout):
    def __init__(self, rate: float, data_format: str | None = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, seed=seed, **kwargs)
        self.data_format = check_data_format(data_format)


class SpatialDropout2D(_ImageDropout):
    """Drops whole feature maps of images.

    Args:
        rate: the share of maps to drop, between 0 and 1.
        data_format: 'channels_last' or 'channels_first'.
        seed: makes the choice reproducible.
    """

    rank = 2


class SpatialDropout3D(_ImageDropout):
    """Drops whole feature maps of volumes.

    Args:
        rate: the share of maps to drop, between 0 and 1.
        data_format: 'channels_last' or 'channels_first'.
        seed: makes the choice reproducible.
    """

    rank = 3
