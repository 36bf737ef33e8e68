"""LayerNormalization: an nn.LayerNorm over any axes."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from torchkeras.core.layout import IDENTITY
from torchkeras.core.machinery import plain
from torchkeras.layers.input_spec import InputSpec
from torchkeras.layers.normalization.affine import AffineNormalization, weight_and_bias
from torchkeras.layers.normalization.axes import Reshaped, axis_argument, axis_setting, moved, resolve_axes, sizes_along


class LayerNormalization(AffineNormalization):
    """Normalizes each sample to mean 0 and variance 1 over the given axes, then scales by gamma and adds beta.

    Args:
        axis: the axis or axes to normalize over, which gamma and beta have too.
        epsilon: added to the variance.
        center: whether to add beta.
        scale: whether to multiply by gamma.

    Its state_dict keys are `norm.weight` (gamma) and `norm.bias` (beta).
    """

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer,
            beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        self.axis = axis_argument(axis, self.name)

    def build(self, input_shape: Any) -> None:
        rank = len(input_shape)
        axes = resolve_axes(self.axis, rank, self.name)
        sizes = sizes_along(axes, input_shape, self.name)
        self.axis = axes
        self.input_spec = InputSpec(ndim=rank, axes=dict(zip(axes, sizes, strict=True)))
        order, back = moved(sorted(axes), rank, start=rank - len(axes))
        self.__dict__.update(_order=order, _back=back)
        shape = [input_shape[axis] for axis in sorted(axes)]
        norm = nn.LayerNorm(shape, self.epsilon, elementwise_affine=bool(self.scale or self.center), device="meta")
        # tf_keras keeps the sizes in the order the axes were given in, and reads the values in the order of the input.
        layout = IDENTITY if sizes == shape else Reshaped(tuple(sizes), tuple(shape))
        self._make_affine(norm, tuple(sizes), layout)

    def call(self, inputs: Tensor) -> Tensor:
        x = inputs.to(self._dtype_policy.compute)
        if self._order is not None:
            x = x.permute(self._order)
        norm: Any = self._modules["norm"]
        if plain(norm, nn.LayerNorm):
            weight, bias = weight_and_bias(norm, x.dtype)
            outputs = F.layer_norm(x, norm.normalized_shape, weight, bias, norm.eps)
        else:
            outputs = norm(x)
        return outputs if self._back is None else outputs.permute(self._back)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"axis": axis_setting(self.axis), **self._affine_config()}
