"""What batch, layer and group normalization share: epsilon, the scale gamma and the offset beta."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import constraints, initializers, regularizers
from torchkeras.core.device import default_device
from torchkeras.core.layout import IDENTITY, Layout
from torchkeras.core.variable import Variable
from torchkeras.layers.base import Layer


class AffineNormalization(Layer):
    """A normalization with an inner torch module `norm`, whose weight is gamma and whose bias is beta."""

    gamma: Variable | None
    beta: Variable | None

    def __init__(
        self,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: Any,
        gamma_initializer: Any,
        beta_regularizer: Any,
        gamma_regularizer: Any,
        beta_constraint: Any,
        gamma_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.supports_masking = True

    @property
    def epsilon(self) -> float:
        """What is added to the variance; the inner module follows where it is changed."""
        return self._epsilon

    @epsilon.setter
    def epsilon(self, value: float) -> None:
        self._epsilon = value
        if "norm" in self._modules:
            self._modules["norm"].eps = value  # type: ignore[union-attr]

    def _make_affine(self, norm: nn.Module, shape: tuple[int, ...], layout: Layout = IDENTITY) -> None:
        """Make gamma and beta, of this Keras shape, as the parameters of `norm`."""
        self._hold("norm", norm)
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self._make_weight(
                "gamma", ("norm", "weight"), shape, self.gamma_initializer,
                regularizer=self.gamma_regularizer, constraint=self.gamma_constraint, layout=layout,
            )  # fmt: skip
        if self.center:
            self.beta = self._make_weight(
                "beta", ("norm", "bias"), shape, self.beta_initializer,
                regularizer=self.beta_regularizer, constraint=self.beta_constraint, layout=layout,
            )  # fmt: skip
        if self.scale is not self.center:
            # torch's kernels are made for both or none (group norm's gradient even fails with a bias alone): a constant
            # stands in for the other one. It is no weight and in no file.
            name = "bias" if self.scale else "weight"
            like = layout.to_torch(torch.full(shape, float(name == "weight"), dtype=self._weight_dtype()))
            norm._parameters.pop(name, None)
            norm.register_buffer(name, like.contiguous().to(default_device()), persistent=False)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def _affine_config(self) -> dict[str, Any]:
        return {
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
        }


def weight_and_bias(norm: nn.Module, dtype: torch.dtype | None = None) -> tuple[Any, Any]:
    """The scale and offset of an inner module, parameters or the constants in their place, in `dtype` if given."""
    weight: Tensor | None = norm._parameters.get("weight")
    bias: Tensor | None = norm._parameters.get("bias")
    if weight is None:
        weight = norm._buffers.get("weight")
    if bias is None:
        bias = norm._buffers.get("bias")
    if dtype is not None and weight is not None and weight.dtype is not dtype:  # mixed precision
        return weight.to(dtype), bias.to(dtype)  # type: ignore[union-attr]
    return weight, bias
