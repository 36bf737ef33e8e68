"""ConvLSTMCell: one step of an LSTM whose products are convolutions."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import activations, constraints, initializers, regularizers
from torchkeras.core.config import check_data_format
from torchkeras.core.errors import positive_int
from torchkeras.core.layout import convolution
from torchkeras.core.variable import Variable
from torchkeras.layers.convolution.arguments import padding_name
from torchkeras.layers.convolution.kernels import MEMORY_FORMATS, MODULES, convolve
from torchkeras.layers.convolution.window import Window
from torchkeras.layers.lower_precision import weight_in
from torchkeras.layers.recurrent.cell import WEIGHT_SETTINGS, family_of
from torchkeras.layers.recurrent.dropout import DropoutRNNCellMixin, clipped
from torchkeras.layers.recurrent.lstm_cell import forget_bias
from torchkeras.layers.spatial import size_tuple

_CONVOLVE: dict[int, Any] = {1: torch.conv1d, 2: torch.conv2d, 3: torch.conv3d}


class ConvLSTMCell(DropoutRNNCellMixin):
    """One step of a ConvLSTM, with the states h and c: `output, [h, c] = cell(image, [h, c])`.

    Inside, images are channels-first views: those of the inputs go through one convolution for all steps.

    Args:
        rank: how many axes an image has.
        filters: how many channels the output and each state have.
        kernel_size, strides, padding, data_format, dilation_rate: of the convolution of the inputs; that of the state
            has the same kernel size and keeps its size.
        activation: for the candidate and the output.
        recurrent_activation: for the gates.
        unit_forget_bias: whether the bias of the forget gate starts at 1.
        dropout, recurrent_dropout: the shares of the inputs and of the state to drop; the same ones at all steps.

    Its state_dict keys are `conv.weight`, `conv.bias` and `recurrent_conv.weight`.
    """

    gates = 4
    kernel: Variable
    recurrent_kernel: Variable
    bias: Variable | None

    def __init__(
        self,
        rank: int,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.rank = rank
        self.filters = positive_int(filters, "filters", self.name)
        self.kernel_size = size_tuple(kernel_size, rank, "kernel_size", self.name)
        self.strides = size_tuple(strides, rank, "strides", self.name)
        self.padding = padding_name(padding, False, self.name)
        self.data_format = check_data_format(data_format)
        self.dilation_rate = size_tuple(dilation_rate, rank, "dilation_rate", self.name)
        self.activation = activations.get(activation)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.unit_forget_bias = unit_forget_bias
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = clipped(dropout)
        self.recurrent_dropout = clipped(recurrent_dropout)
        self.state_size = (self.filters, self.filters)
        self.output_size = self.filters
        self.window = Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)
        self.recurrent_window = Window(self.kernel_size, (1,) * rank, "same", (1,) * rank)

    # --- weights ---

    @property
    def channel_axis(self) -> int:
        """The axis of the channels in one step's inputs."""
        return -1 if self.data_format == "channels_last" else -1 - self.rank

    def build(self, input_shape: Any) -> None:
        channels = input_shape[self.channel_axis]
        if channels is None:
            raise ValueError(
                f"The channel dimension of the inputs to the cell {self.name!r} should be defined. Found None in the "
                f"step's shape {tuple(input_shape)}."
            )
        kind, wide = MODULES[self.rank], self.gates * self.filters
        shared = {"device": "meta", "kernel_size": self.kernel_size}
        further = {"stride": self.strides, "dilation": self.dilation_rate, "padding": self.window.padding}
        self._hold("conv", kind(channels, wide, bias=self.use_bias, **shared, **further))
        same = kind(self.filters, wide, bias=False, padding=self.recurrent_window.padding, **shared)
        self._hold("recurrent_conv", same)
        self.kernel = self._kernel("kernel", "conv", (*self.kernel_size, channels, wide))
        self.recurrent_kernel = self._kernel(
            "recurrent_kernel", "recurrent_conv", (*self.kernel_size, self.filters, wide)
        )
        self.bias = None
        if self.use_bias:
            values = (
                forget_bias(self.bias_initializer, self.filters) if self.unit_forget_bias else self.bias_initializer
            )
            self.bias = self._make_weight(
                "bias", ("conv", "bias"), (wide,), values,
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip

    def _kernel(self, name: str, module: str, shape: tuple[int, ...]) -> Variable:
        kind = name.removesuffix("_kernel")
        return self._make_weight(
            name,
            (module, "weight"),
            shape,
            getattr(self, f"{kind}_initializer"),
            regularizer=getattr(self, f"{kind}_regularizer"),
            constraint=getattr(self, f"{kind}_constraint"),
            layout=convolution(self.rank),
            memory_format=MEMORY_FORMATS[self.rank if self.data_format == "channels_last" else 1],
        )

    # --- steps ---

    def fuses(self, training: Any) -> bool:
        """No kernel of torch does all steps."""
        return False

    def weights_now(self) -> list[Any]:
        """Nothing: the convolutions have them."""
        return []

    def input_masks(self) -> int:
        return self.gates

    def channels_first(self, images: Tensor) -> Tensor:
        """A view of images, or of what the steps of a sequence hold of them."""
        return images.movedim(-1, -1 - self.rank) if self.data_format == "channels_last" else images

    def channels_back(self, images: Tensor) -> Tensor:
        return images.movedim(-1 - self.rank, -1) if self.data_format == "channels_last" else images

    def project(self, inputs: Tensor, training: Any, weights: list[Any], masks: Any = None) -> Tensor:
        """What the inputs of one step, or of all steps (batch, time, ...), contribute to the gates: channels first."""
        if inputs.dim() == self.rank + 3:
            batch, steps = inputs.shape[:2]
            if masks is not None:
                masks = masks.unsqueeze(2).expand(-1, -1, steps, *masks.shape[2:]).flatten(1, 2)
            return self.project(inputs.flatten(0, 1), training, weights, masks).unflatten(0, (batch, steps))
        if masks is None:
            return convolve(self._modules["conv"], self.channels_first(inputs), self.window, self.rank, False)
        # Each gate sees the inputs through its own mask: four groups of one convolution.
        inputs = torch.cat([self.channels_first(inputs * mask) for mask in masks], 1)
        bias = None if self.bias is None else self.bias._read()
        return self._grouped(inputs, self.kernel.parameter, bias, self.window)

    def step(self, projected: Tensor, states: list[Tensor], weights: list[Any], masks: Any = None) -> list[Tensor]:
        """The states after one step, the first of which is the output; all channels first."""
        h, c = states
        if masks is None:
            recurrent = convolve(self._modules["recurrent_conv"], h, self.recurrent_window, self.rank, False)
        else:
            dropped = torch.cat(list(h * masks), 1)
            recurrent = self._grouped(dropped, self.recurrent_kernel.parameter, None, self.recurrent_window)
        i, f, g, o = (projected + recurrent).chunk(self.gates, 1)
        gate = self.recurrent_activation
        c = gate(f) * c + gate(i) * self.activation(g)
        return [gate(o) * self.activation(c), c]

    def _grouped(self, inputs: Tensor, weight: Tensor, bias: Tensor | None, window: Window) -> Tensor:
        if weight.dtype is not inputs.dtype:
            weight, bias = weight_in(inputs.dtype, weight, bias)
        padding, extra = (window.padding, window.extra) if window.fixed else window.for_kernel(inputs.shape[2:])
        inputs = F.pad(inputs, list(extra)) if extra else inputs
        dilation = self.dilation_rate if window is self.window else 1
        return _CONVOLVE[self.rank](inputs, weight, bias, window.strides, padding, dilation, self.gates)

    def call(self, inputs: Tensor, states: Any, training: bool | None = None) -> Any:
        given = [self.channels_first(state.to(self._dtype_policy.compute)) for state in states]
        masks, state_masks = self.step_masks(inputs, given[0], training)
        after = self.step(self.project(inputs, training, [], masks), given, [], state_masks)
        after = [self.channels_back(state) for state in after]
        return after[0], after

    def get_config(self) -> dict[str, Any]:
        names = ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "use_bias",
                 "unit_forget_bias", "dropout", "recurrent_dropout")  # fmt: skip
        config = super().get_config() | {name: getattr(self, name) for name in names}
        config["rank"] = self.rank
        config |= {name: family_of(name).serialize(getattr(self, name)) for name in WEIGHT_SETTINGS}
        config["activation"] = activations.serialize(self.activation)
        config["recurrent_activation"] = activations.serialize(self.recurrent_activation)
        return config if self.seed is None else config | {"seed": self.seed}
