"""RMSNormalization: an nn.RMSNorm over any axes."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from torchkeras.core.layout import IDENTITY
from torchkeras.core.machinery import plain
from torchkeras.core.variable import Variable
from torchkeras.layers.base import Layer
from torchkeras.layers.input_spec import InputSpec
from torchkeras.layers.normalization.axes import Reshaped, axis_argument, axis_setting, moved, resolve_axes, sizes_along


class RMSNormalization(Layer):
    """Divides by the root of the mean square over the given axes, then multiplies by `scale`. From Keras 3.

    Args:
        axis: the axis or axes to normalize over, which `scale` has too.
        epsilon: added to the mean square.

    Its state_dict key is `norm.weight`.
    """

    scale: Variable

    def __init__(self, axis: Any = -1, epsilon: float = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis_argument(axis, self.name)
        self.epsilon = epsilon
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        rank = len(input_shape)
        axes = resolve_axes(self.axis, rank, self.name)
        sizes = sizes_along(axes, input_shape, self.name)
        self.input_spec = InputSpec(ndim=rank, axes=dict(zip(axes, sizes, strict=True)))
        order, back = moved(sorted(axes), rank, start=rank - len(axes))
        self.__dict__.update(_order=order, _back=back)
        shape = [input_shape[axis] for axis in sorted(axes)]
        self._hold("norm", nn.RMSNorm(shape, self.epsilon, device="meta"))
        layout = IDENTITY if sizes == shape else Reshaped(tuple(sizes), tuple(shape))
        self.scale = self._make_weight("scale", ("norm", "weight"), tuple(sizes), "ones", layout=layout)

    def call(self, inputs: Tensor) -> Tensor:
        x = inputs.to(self._dtype_policy.compute)
        if self._order is not None:
            x = x.permute(self._order)
        norm: Any = self._modules["norm"]
        if plain(norm, nn.RMSNorm):
            weight = norm._parameters["weight"]
            outputs = F.rms_norm(x, norm.normalized_shape, weight.to(x.dtype), norm.eps)
        else:
            outputs = norm(x)
        return outputs if self._back is None else outputs.permute(self._back)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"axis": axis_setting(self.axis), "epsilon": self.epsilon}
