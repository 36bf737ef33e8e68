"""Conv1D, Conv2D, Conv3D: an nn.ConvNd with TensorFlow's padding and an activation."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras import ops
from torchkeras.activations.rectifiers import relu_of_new
from torchkeras.core.errors import positive_int
from torchkeras.core.kinds import call_user
from torchkeras.core.layout import convolution
from torchkeras.core.machinery import plain
from torchkeras.core.variable import Variable
from torchkeras.layers.convolution.arguments import filter_count
from torchkeras.layers.convolution.base import BaseConvolution
from torchkeras.layers.convolution.kernels import MODULES, convolve
from torchkeras.layers.convolution.window import Window


class Conv(BaseConvolution):
    """A convolution: `activation(convolve(inputs, kernel) + bias)`.

    Args:
        filters: how many channels come out.
        kernel_size: one size, or one for each axis; so are strides and dilation_rate.
        strides: the step; not together with a dilation_rate.
        padding: 'valid' (none), 'same' (ceil(size / stride) values come out; TensorFlow's, the smaller half first),
            or in one dimension 'causal' (no value sees a later one).
        data_format: 'channels_last' (N, ..., C) or 'channels_first' (N, C, ...).
        dilation_rate: the distance between the kernel's values.
        groups: how many parts the channels are split into, each with filters of its own.
        activation: what to apply; nothing by default.
        use_bias: whether to add a bias.

    Its state_dict keys are `conv.weight` and `conv.bias`.
    """

    batch_axes = True

    window: Window
    kernel: Variable
    kernel_initializer: Any
    kernel_regularizer: Any
    kernel_constraint: Any
    bias_initializer: Any
    bias_regularizer: Any
    bias_constraint: Any

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
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
        kwargs["activity_regularizer"] = activity_regularizer
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, **kwargs)
        self.groups = positive_int(groups or 1, "groups", self.name)
        self.filters = filter_count(filters, self.groups, self.name)
        self._keep("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self._keep("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.window = Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)
        if type(self).convolution_op is not Conv.convolution_op:
            self._direct_rank = -1  # a subclass's own: see `_otherwise`

    def build(self, input_shape: Any) -> None:
        channels = self._input_channels(input_shape)
        if channels % self.groups:
            raise ValueError(
                f"The number of input channels must be evenly divisible by the number of groups. Received "
                f"groups={self.groups}, but the input to layer {self.name!r} has {channels} channels (full input shape "
                f"is {tuple(input_shape)})."
            )
        module = MODULES[self.rank](
            channels,
            self.filters,
            self.kernel_size,
            stride=self.strides,
            padding=self.window.padding,
            dilation=self.dilation_rate,
            groups=self.groups,
            bias=self.use_bias,
            device="meta",
        )
        self._hold("conv", module)
        shape = (*self.kernel_size, channels // self.groups, self.filters)
        self.kernel = self._make("kernel", ("conv", "weight"), shape, convolution(self.rank))
        self.bias = self._make("bias", ("conv", "bias"), (self.filters,)) if self.use_bias else None
        self.input_spec = self._spec(channels)

    def convolve(self, inputs: Tensor) -> Tensor:
        return convolve(self._modules["conv"], inputs, self.window, self.rank, self._flat)

    def _rectified(self, inputs: Tensor) -> Tensor:
        outputs = self.convolve(inputs)
        own = type(self).convolve is Conv.convolve and plain(self._modules["conv"], MODULES[self.rank])  # type: ignore[arg-type]
        return relu_of_new(outputs) if own else torch.relu(outputs)

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """The convolution alone, without bias and activation. A subclass may call it with a kernel of its own making,
        or override it.

        Args:
            inputs: what the layer is called on, with the zeros of 'causal' padding in front already.
            kernel: in Keras's layout, as `self.kernel`.
        """
        padding = "valid" if self.padding == "causal" else self.padding
        return ops.conv(inputs, kernel, self.strides, padding, self.data_format, self.dilation_rate)

    def _otherwise(self, inputs: Tensor) -> Tensor:
        if inputs.dim() != self.rank + 2:
            return super()._otherwise(inputs)
        if self.padding == "causal":
            steps = (self.window.reach[0] - 1, 0)
            inputs = torch.nn.functional.pad(inputs, (0, 0, *steps) if self._last else steps)
        outputs: Tensor = call_user(self.convolution_op, inputs, self.kernel)
        if self.bias is not None:
            bias = self.bias.parameter
            outputs = outputs + (bias if self._last else bias.reshape(-1, *[1] * self.rank))
        return call_user(self.activation, outputs)

    def _shape_from_state(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        return self._input_shape(shapes["conv.weight"][1] * self.groups) if "conv.weight" in shapes else None

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"filters": self.filters, **self._kept("kernel")}


class Conv1D(Conv):
    """A convolution along the steps of a sequence: (N, steps, C) becomes (N, new steps, filters)."""

    rank = 1
    causal = True
    default_data_format = "channels_last"  # as Keras has it, and in this layer only


class Conv2D(Conv):
    """A convolution over images: (N, rows, columns, C) becomes (N, new rows, new columns, filters).

    Example: `Conv2D(32, 3, activation="relu", padding="same")`
    """

    rank = 2


class Conv3D(Conv):
    """A convolution over volumes: (N, d1, d2, d3, C) becomes (N, new d1, new d2, new d3, filters)."""

    rank = 3
