"""RecurrentCell: what LSTMCell, GRUCell and SimpleRNNCell share."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from torchkeras import activations, constraints, initializers, regularizers
from torchkeras.core.errors import positive_int
from torchkeras.core.layout import IDENTITY, Layout
from torchkeras.core.variable import Variable
from torchkeras.layers.base import Layer
from torchkeras.layers.recurrent.abstract_cell import initial_zeros
from torchkeras.layers.recurrent.dropout import DropoutRNNCellMixin, clipped


class RecurrentCell(DropoutRNNCellMixin):
    """Settings and weights of a cell, and its two ways to compute.

    `step` is one step in plain torch. Where the settings are those of torch's kernel, the weights live in torch's own
    module, and all steps of a sequence are done at once: see fused.py.

    Its state_dict keys are `lstm.weight_ih_l0` (`gru`, `rnn`) and so on where torch has a kernel, else `kernel`,
    `recurrent_kernel`, `bias`.
    """

    #: How many times `units` the kernels are wide.
    gates: ClassVar[int]
    #: The name of the torch module that holds the weights.
    module_name: ClassVar[str]

    kernel: Variable
    recurrent_kernel: Variable
    bias: Variable | None
    bias_initializer: Any

    def __init__(
        self,
        units: int,
        activation: Any,
        use_bias: bool,
        dropout: float,
        recurrent_dropout: float,
        weights: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        kwargs.pop("enable_caching_device", None)
        super().__init__(**kwargs)
        self.units = positive_int(units, "units", self.name)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        for name, value in weights.items():
            setattr(self, name, family_of(name).get(value))
        self.dropout = clipped(dropout)
        self.recurrent_dropout = clipped(recurrent_dropout)
        self.state_size: Any = self.units
        self.output_size = self.units

    # --- weights ---

    def has_kernel(self) -> bool:
        """Whether torch has a kernel for these settings."""
        raise NotImplementedError

    def make_module(self, features: int) -> nn.RNNBase:
        """The torch module for inputs of this size, on the meta device."""
        raise NotImplementedError

    #: What the torch module calls the bias, and how its weights map onto Keras's.
    module_bias: ClassVar[str] = "bias_ih_l0"
    kernel_layout: ClassVar[Layout]
    bias_layout: ClassVar[Layout] = IDENTITY

    def build(self, input_shape: Any) -> None:
        features = input_shape[-1]
        if features is None:
            raise ValueError(
                f"The last dimension of the inputs to the cell {self.name!r} should be defined. Found None in the "
                f"step's shape {tuple(input_shape)}."
            )
        module = self.make_module(features) if self.has_kernel() else None
        paths: list[tuple[str, ...]] = [("kernel",), ("recurrent_kernel",), ("bias",)]
        layouts = [IDENTITY, IDENTITY, IDENTITY]
        if module is not None:
            self._hold(self.module_name, module)
            paths = [(self.module_name, name) for name in ("weight_ih_l0", "weight_hh_l0", self.module_bias)]
            layouts = [self.kernel_layout, self.kernel_layout, self.bias_layout]
        width = self.gates * self.units
        shapes = [(features, width), (self.units, width), self.bias_shape()]
        made = []
        for name, path, layout, shape in zip(("kernel", "recurrent_kernel", "bias"), paths, layouts, shapes):
            if name == "bias" and not self.use_bias:
                break
            kind = name.removesuffix("_kernel")
            made.append(
                self._make_weight(
                    name,
                    path,
                    shape,
                    self.bias_values() if name == "bias" else getattr(self, f"{kind}_initializer"),
                    regularizer=getattr(self, f"{kind}_regularizer"),
                    constraint=getattr(self, f"{kind}_constraint"),
                    layout=layout,
                )
            )
        self.kernel, self.recurrent_kernel = made[:2]
        self.bias = made[2] if self.use_bias else None
        if module is not None:
            _settle(module)
            # torch.compile takes no nn.LSTM, but it takes the tables in which this one keeps its weights.
            self.__dict__["_weight_tables"] = module._parameters, module._buffers
            self.__dict__["_kernel_mode"] = module.mode

    def bias_shape(self) -> tuple[int, ...]:
        return (self.gates * self.units,)

    def bias_values(self) -> Any:
        """The initializer of the bias."""
        return self.bias_initializer

    def fuses(self, training: Any) -> bool:
        """Whether torch's kernel does all steps at once."""
        return "_kernel_mode" in self.__dict__ and not (training and self.recurrent_dropout)

    def _finish_build(self) -> None:
        super()._finish_build()
        self.__dict__["_lean_path"] = False  # a cell takes states too

    def _shape_from_state(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        if f"{self.module_name}.weight_ih_l0" in shapes:
            return (None, shapes[f"{self.module_name}.weight_ih_l0"][1])
        return (None, shapes["kernel"][0]) if "kernel" in shapes else None

    # --- steps ---

    def project(self, inputs: Tensor, training: Any, weights: list[Any], masks: Any = None) -> Tensor:
        """What the inputs of one step, or of all steps (batch, time, features), contribute to the gates.

        Args:
            weights: `self.weights_now()`.
            masks: the dropout masks of inputs, stacked; all steps share them.
        """
        kernel, _, bias = weights
        if masks is None:
            return self._biased(inputs @ kernel, bias)
        if inputs.dim() == 3:
            masks = masks.unsqueeze(2)
        if len(masks) == 1:
            return self._biased((inputs * masks[0]) @ kernel, bias)
        parts = [(inputs * mask) @ part for mask, part in zip(masks, kernel.chunk(self.gates, -1))]
        return self._biased(torch.cat(parts, -1), bias)

    def _biased(self, projected: Tensor, bias: Tensor | None) -> Tensor:
        return projected if bias is None else projected + bias

    def step(self, projected: Tensor, states: list[Tensor], weights: list[Any], masks: Any = None) -> list[Tensor]:
        """The states after one step, the first of which is the output.

        Args:
            masks: the dropout masks of the state, stacked, one for each gate.
        """
        raise NotImplementedError

    def weights_now(self) -> list[Any]:
        """Kernel, recurrent kernel and bias as tensors in Keras's shape and gate order."""
        bias = None if self.bias is None else self.bias._read()
        return [self.kernel._read(), self.recurrent_kernel._read(), bias]

    def input_masks(self) -> int:
        # With implementation=1 one for each gate.
        return self.gates if getattr(self, "implementation", 2) == 1 else 1

    def call(self, inputs: Tensor, states: Any, training: bool | None = None) -> Any:
        several = isinstance(states, (list, tuple))
        inputs = inputs.to(self._dtype_policy.compute)
        given = [state.to(inputs.dtype) for state in (states if several else [states])]
        masks, state_masks = self.step_masks(inputs, given[0], training)
        weights = self.weights_now()
        after = self.step(self.project(inputs, training, weights, masks), given, weights, state_masks)
        return after[0], after if several else after[0]

    def get_initial_state(self, inputs: Any = None, batch_size: int | None = None, dtype: Any = None) -> Any:
        """Zeros in the form of `state_size`."""
        return initial_zeros(self, inputs, batch_size, dtype)

    # A cell has no shape rule: what it gives depends on the form of the states.
    compute_output_shape = Layer.compute_output_shape

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
        }
        for name in WEIGHT_SETTINGS:
            config[name] = family_of(name).serialize(getattr(self, name))
        return config if self.seed is None else config | {"seed": self.seed}


def family_of(setting: str) -> Any:
    """The family that `kernel_initializer` or another setting of a weight belongs to."""
    return _FAMILIES[setting.rsplit("_", 1)[1]]


_FAMILIES: dict[str, Any] = {"initializer": initializers, "regularizer": regularizers, "constraint": constraints}
WEIGHT_SETTINGS = tuple(f"{weight}_{kind}" for kind in _FAMILIES for weight in ("kernel", "recurrent", "bias"))


def _settle(module: nn.RNNBase) -> None:
    """Zeros for a bias that Keras does not have, and the list that torch keeps of its weights brought up to date."""
    if "bias_hh_l0" in module._parameters:
        del module._parameters["bias_hh_l0"]
        bias: Any = module._parameters["bias_ih_l0"]
        module.register_buffer("bias_hh_l0", torch.zeros_like(bias), persistent=False)
    module._init_flat_weights()
