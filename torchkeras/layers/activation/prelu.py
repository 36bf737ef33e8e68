"""PReLU: a slope below zero that is learned."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import constraints, initializers, regularizers
from torchkeras.core.variable import Variable
from torchkeras.layers.activation.elementwise import ElementwiseActivation
from torchkeras.layers.input_spec import InputSpec, check_input_spec


class PReLU(ElementwiseActivation):
    """`x` if positive, else `alpha * x`, with a learned `alpha` for each value of a sample.

    Args:
        alpha_initializer: what `alpha` starts from.
        shared_axes: axes along which one alpha serves all; [1, 2] for one per channel of an image.

    Its state_dict key is `alpha`.
    """

    alpha: Variable

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        if shared_axes is not None and not isinstance(shared_axes, (list, tuple)):
            shared_axes = [shared_axes]
        self.shared_axes = None if shared_axes is None else list(shared_axes)

    def build(self, input_shape: Any) -> None:
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            # Keras counts from axis 1, negative numbers too: -1 is the last axis but one. Saved weights depend on it.
            if not -len(shape) < axis <= len(shape):
                raise ValueError(
                    f"Layer {self.name!r} (PReLU) cannot share axis {axis} of an input of shape {tuple(input_shape)}: "
                    f"expected shared_axes between 1 and {len(shape)}. Received: shared_axes={self.shared_axes}"
                )
            shape[axis - 1] = 1
        if None in shape:
            raise ValueError(
                f"Layer {self.name!r} (PReLU) has a weight for each value of a sample, so the axes of its input must "
                f"be known, or shared by `shared_axes`. Received: input_shape={tuple(input_shape)}, "
                f"shared_axes={self.shared_axes}"
            )
        self.alpha = self._make_weight(
            "alpha", ("alpha",), shape, self.alpha_initializer,
            regularizer=self.alpha_regularizer, constraint=self.alpha_constraint,
        )  # fmt: skip
        # The last axes, from the first that has alphas of its own.
        self._own_axes = next((len(shape) - i for i, n in enumerate(shape) if n != 1), 0)
        fixed = {i: n for i, n in enumerate(input_shape) if i and i not in (self.shared_axes or ())}
        self.input_spec = InputSpec(ndim=len(input_shape), axes=fixed)

    def activate(self, x: Tensor) -> Tensor:
        check_input_spec(self.input_spec, x, self.name)  # broadcasting would hide a wrong shape
        alpha = self.alpha.parameter.to(x.dtype)
        if not torch.is_grad_enabled():
            if alpha.numel() == 1:
                return F.prelu(x, alpha.flatten())
            if x.shape[-self._own_axes :] == alpha.shape[-self._own_axes :]:
                return F.prelu(x.reshape(-1, alpha.numel()), alpha.flatten()).view_as(x)
        # Keras's slope at 0 is 0, that of F.prelu is alpha; and on a CPU this is faster both ways together.
        return torch.addcmul(torch.relu(x), alpha, F.hardtanh(x, -math.inf, 0.0))

    def _shape_from_state(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        return (None, *shapes["alpha"]) if "alpha" in shapes and not self.shared_axes else None

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": regularizers.serialize(self.alpha_regularizer),
            "alpha_constraint": constraints.serialize(self.alpha_constraint),
            "shared_axes": self.shared_axes,
        }
