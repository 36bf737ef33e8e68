"""SpectralNormalization: keeps the largest singular value of a layer's kernel at about 1."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.core.errors import positive_int
from torchkeras.core.variable import Variable
from torchkeras.initializers import TruncatedNormal
from torchkeras.layers.wrappers.wrapper import Wrapper


class SpectralNormalization(Wrapper):
    """Divides the wrapped layer's kernel by an estimate of its spectral norm at each training step.

    Args:
        layer: a layer with a `kernel`, or `embeddings`.
        power_iterations: how many steps of the power method each training step makes.

    Its state_dict keys are the inner layer's after `layer.`, and `vector_u`.
    """

    vector_u: Variable

    def __init__(self, layer: Any, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.power_iterations = positive_int(power_iterations, "power_iterations", self.name)

    def build(self, input_shape: Any = None) -> None:
        super().build(input_shape)
        kernel = self._kernel()
        self.vector_u = self._make_weight(
            "vector_u",
            ("vector_u",),
            (1, kernel.shape[-1]),
            TruncatedNormal(stddev=0.02),
            kernel.dtype,
            trainable=False,
        )
        self.vector_u.autocast = False  # it moves a little at each call

    def _kernel(self) -> Variable:
        for name in ("kernel", "embeddings"):
            if isinstance(found := getattr(self.layer, name, None), Variable):
                return found
        raise ValueError(
            f"{type(self.layer).__name__} object has no attribute 'kernel' nor 'embeddings', which the layer "
            f"{self.name!r} (SpectralNormalization) normalizes."
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training:
            return self.layer(inputs)
        self._update_weights()
        # The kernel may be divided again before this call's gradient is taken, as where a discriminator sees two
        # batches in a step: the layer computes with a copy, which keeps this call's values.
        kernel = self._kernel()
        return torch.func.functional_call(self.layer, {".".join(kernel._path): kernel.parameter.clone()}, (inputs,))

    @torch.no_grad()
    def _update_weights(self) -> None:
        kernel = self._kernel().layout.to_keras(self._kernel().parameter)  # float32 under a mixed policy too
        weights, u = kernel.reshape(-1, kernel.shape[-1]), self.vector_u._read()
        v = u
        for _ in range(self.power_iterations):
            v = _unit(u @ weights.T)
            u = _unit(v @ weights)
        sigma = v @ weights @ u.T
        empty = (kernel == 0).all()  # decided on the device
        self._kernel().assign(torch.where(empty, kernel, kernel / sigma))
        self.vector_u.assign(torch.where(empty, self.vector_u._read(), u))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self.layer.compute_output_shape(input_shape)

    def _variables_to_save(self) -> list[Variable]:
        return [self._kernel(), *super()._variables_to_save()] if self.built else []  # Keras lists the kernel here too

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"power_iterations": self.power_iterations}


def _unit(vector: Tensor) -> Tensor:
    """The vector at length 1; TensorFlow's squared length is at least 1e-12."""
    return F.normalize(vector, dim=None, eps=1e-6)  # type: ignore[arg-type]
