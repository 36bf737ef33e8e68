"""Dense: an nn.Linear with an activation."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from torchkeras import activations, constraints, initializers, regularizers
from torchkeras.activations.rectifiers import relu_of_new
from torchkeras.core.errors import positive_int
from torchkeras.core.kinds import call_user
from torchkeras.core.layout import LINEAR
from torchkeras.core.machinery import plain
from torchkeras.core.variable import Variable
from torchkeras.layers.base import Layer
from torchkeras.layers.input_spec import InputSpec
from torchkeras.layers.lower_precision import weight_in


class Dense(Layer):
    """A fully connected layer: `activation(inputs @ kernel + bias)` over the last axis.

    Args:
        units: the size of the output.
        activation: what to apply; nothing by default.
        use_bias: whether to add a bias.

    Its state_dict keys are `linear.weight` and `linear.bias`.
    """

    kernel: Variable
    bias: Variable | None

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = positive_int(units, "units", self.name)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        features = input_shape[-1]
        if features is None:
            raise ValueError(
                f"The last dimension of the inputs to layer {self.name!r} should be defined. Found None in the "
                f"input shape {tuple(input_shape)}."
            )
        self._hold("linear", nn.Linear(features, self.units, bias=self.use_bias, device="meta"))
        self.kernel = self._make_weight(
            "kernel", ("linear", "weight"), (features, self.units), self.kernel_initializer,
            regularizer=self.kernel_regularizer, constraint=self.kernel_constraint, layout=LINEAR,
        )  # fmt: skip
        self.bias = None
        if self.use_bias:
            self.bias = self._make_weight(
                "bias", ("linear", "bias"), (self.units,), self.bias_initializer,
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip
        self.input_spec = InputSpec(min_ndim=2, axes={-1: features})

    def call(self, inputs: Tensor) -> Tensor:
        linear: Any = self._modules["linear"]
        if inputs.dtype is not self._dtype_policy.compute:
            inputs = inputs.to(self._dtype_policy.compute)
        if plain(linear, nn.Linear):
            weight, bias = linear._parameters["weight"], linear._parameters["bias"]
            if weight.dtype is not inputs.dtype:
                weight, bias = weight_in(inputs.dtype, weight, bias)
            outputs = F.linear(inputs, weight, bias)
            if self.activation is activations.relu:
                return relu_of_new(outputs)
        else:
            outputs = linear(inputs)
        return outputs if self.activation is activations.linear else call_user(self.activation, outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], self.units)

    def _shape_from_state(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        return (None, shapes["linear.weight"][1]) if "linear.weight" in shapes else None

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }
