"""Masking: says which steps of a sequence are padding."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.core.context import seen
from torchkeras.core.tensors import as_tensor
from torchkeras.layers.base import Layer


class Masking(Layer):
    """Masks the steps whose features all equal `mask_value`, and sets them to 0.

    Later layers skip masked steps: a recurrent layer keeps its state, a loss leaves them out.

    Args:
        mask_value: what padding is filled with.

    Example: `Sequential([Masking(-1.0), LSTM(32)])`
    """

    keeps_dtype = True
    supports_masking = True

    makes_masks = True

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value

    def call(self, inputs: Tensor) -> Tensor:
        kept = self._kept(inputs)
        outputs = inputs * kept
        outputs._keras_mask = kept.squeeze(-1)  # type: ignore[attr-defined]
        if not seen.masks:  # an export warns of every write
            seen.masks = True
        return outputs

    def _kept(self, inputs: Tensor) -> Tensor:
        return (inputs != self.mask_value).any(-1, keepdim=True)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Tensor:
        return self._kept(as_tensor(inputs)).squeeze(-1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"mask_value": self.mask_value}
