"""EinsumDense: a dense layer over the axes that an equation names."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from torchkeras import activations, constraints, initializers, regularizers
from torchkeras.core.layout import IDENTITY, Folded
from torchkeras.core.machinery import plain
from torchkeras.core.variable import Variable
from torchkeras.layers.base import Layer
from torchkeras.layers.core.einsum_equation import Equation
from torchkeras.layers.lower_precision import weight_in


class EinsumDense(Layer):
    """`activation(einsum(equation, inputs, kernel) + bias)`.

    Args:
        equation: 'ab,bc->ac', '...ab,bc->...ac' or 'ab...,bc->ac...'.
        output_shape: the output's shape without the batch and without what dots stand for; None for an axis that the
            input tells.
        activation: what to apply; nothing by default.
        bias_axes: the letters of the output that the bias has; no bias by default.

    Example: `EinsumDense("abc,cd->abd", output_shape=(None, 64), bias_axes="d")` is `Dense(64)` on (batch, steps, c).

    Where the equation is a matrix product over the last axes, an nn.Linear does it: its state_dict keys are
    `linear.weight` and `linear.bias`. Otherwise they are `kernel` and `bias`.
    """

    kernel: Variable
    bias: Variable | None

    def __init__(
        self,
        equation: str,
        output_shape: Any,
        activation: Any = None,
        bias_axes: str | None = None,
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
        self.equation = equation
        self.partial_output_shape = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        self.bias_axes = bias_axes
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self._rule = Equation(equation, self.partial_output_shape, bias_axes)

    def build(self, input_shape: Any) -> None:
        shape, bias_shape = self._rule.kernel_shape(input_shape), self._rule.bias_shape(input_shape)
        bound, made = shape[: len(self._rule.bound)], shape[len(self._rule.bound) :]
        self._made_shape = made
        self._in_linear = self._rule.is_linear
        self._bias_in_linear = self._in_linear and bias_shape == made
        kernel_path: tuple[str, ...] = ("kernel",)
        bias_path: tuple[str, ...] = ("bias",)
        kernel_layout = bias_layout = IDENTITY
        if self._in_linear:
            sizes = math.prod(bound), math.prod(made)
            self._hold("linear", nn.Linear(*sizes, bias=self._bias_in_linear, device="meta"))
            kernel_path, kernel_layout = ("linear", "weight"), Folded(made, bound)
        if self._bias_in_linear:
            bias_path, bias_layout = ("linear", "bias"), Folded(made)
        self.kernel = self._make_weight(
            "kernel", kernel_path, shape, self.kernel_initializer, regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint, layout=kernel_layout,
        )  # fmt: skip
        self.bias = None
        if bias_shape is not None:
            self.bias = self._make_weight(
                "bias", bias_path, bias_shape, self.bias_initializer, regularizer=self.bias_regularizer,
                constraint=self.bias_constraint, layout=bias_layout,
            )  # fmt: skip

    def call(self, inputs: Tensor) -> Tensor:
        if inputs.dtype is not self._dtype_policy.compute:
            inputs = inputs.to(self._dtype_policy.compute)
        if self._in_linear:
            outputs = self._linear(inputs)
        else:
            outputs = torch.einsum(self.equation, inputs, self.kernel._read())
        if self.bias is not None and not self._bias_in_linear:
            outputs = outputs + self.bias._read()
        return outputs if self.activation is activations.linear else self.activation(outputs)

    def _linear(self, inputs: Tensor) -> Tensor:
        linear: Any = self._modules["linear"]
        bound = len(self._rule.bound)
        if bound > 1:
            inputs = inputs.flatten(-bound)
        if plain(linear, nn.Linear):
            weight, bias = linear._parameters["weight"], linear._parameters["bias"]
            if weight.dtype is not inputs.dtype:
                weight, bias = weight_in(inputs.dtype, weight, bias)
            outputs = F.linear(inputs, weight, bias)
        else:
            outputs = linear(inputs)
        return outputs.unflatten(-1, self._made_shape) if len(self._made_shape) > 1 else outputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self._rule.output_shape(input_shape)

    def _shape_from_state(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        if "linear.weight" not in shapes or len(self._rule.bound) != 1:
            return None
        return (*[None] * max(len(self._rule.inputs) - 1, 1), shapes["linear.weight"][1])

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "output_shape": list(self.partial_output_shape),
            "equation": self.equation,
            "activation": activations.serialize(self.activation),
            "bias_axes": self.bias_axes,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }
