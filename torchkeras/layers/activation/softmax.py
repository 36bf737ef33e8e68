"""Softmax: probabilities along an axis, some of which a mask can rule out."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras import activations
from torchkeras.layers.base import Layer


class Softmax(Layer):
    """`exp(x)` divided by its sum along the axis.

    Args:
        axis: the axis, or a list of axes whose values sum to 1 together.
        robust_masking: replace what the mask rules out by a large negative number, where the default adds one, so
            that logits of any size are ruled out.

    Example: `keras.layers.Softmax()(scores, mask)`, where True in the mask keeps a score.
    """

    supports_masking = True

    def __init__(self, axis: Any = -1, robust_masking: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        axes = list(axis) if isinstance(axis, (list, tuple)) else [axis]
        if not axes or not all(isinstance(one, int) for one in axes):
            raise ValueError(
                f"The axis of layer {self.name!r} (Softmax) must be an int or a list of ints. Received: axis={axis!r}"
            )
        self.axis = axis
        self.robust_masking = robust_masking

    def build(self, input_shape: Any) -> None:
        rank = len(input_shape)
        for axis in [self.axis] if isinstance(self.axis, int) else self.axis:
            if not -rank <= axis < rank:
                raise ValueError(
                    f"Layer {self.name!r} (Softmax) has axis={self.axis}, which an input of rank {rank} does not have. "
                    f"Received an input of shape {tuple(input_shape)}."
                )

    def _finish_build(self) -> None:
        super()._finish_build()
        # A lean call is one without masks; the mask argument need not stand in its way.
        self.__dict__["_lean_path"] = self._call_info.builtin and self.activity_regularizer is None

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        compute = self._dtype_policy.compute
        x = inputs if inputs.dtype is compute else inputs.to(compute)
        if mask is not None:
            x = self._masked(x, mask)
        axis = self.axis
        if isinstance(axis, int):
            return activations.softmax(x, axis)
        return activations.softmax(x, axis[0] if len(axis) == 1 else axis)

    def _masked(self, x: Tensor, mask: Tensor) -> Tensor:
        # Keras's numbers: -1e9 would overflow in float16.
        large = torch.finfo(torch.float16).min / 2 if x.dtype is torch.float16 else -1e9
        if self.robust_masking:
            keep = mask if mask.dtype is torch.bool else mask > 0.5
            return torch.where(keep, x, large)
        if mask.dtype is torch.bool:
            return torch.where(mask, x, x + large)
        return x + (1.0 - mask.to(x.dtype)) * large

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {"axis": self.axis if isinstance(self.axis, int) else list(self.axis)}
        return config | {"robust_masking": True} if self.robust_masking else config
