"""DepthwiseConv1D, DepthwiseConv2D: each channel with kernels of its own; an nn.ConvNd with as many groups."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.core.errors import positive_int
from torchkeras.core.layout import Depthwise
from torchkeras.core.variable import Variable
from torchkeras.layers.convolution.arguments import one_group
from torchkeras.layers.convolution.base import BaseConvolution
from torchkeras.layers.convolution.kernels import MODULES, convolve
from torchkeras.layers.convolution.window import Window


class DepthwiseConv(BaseConvolution):
    """A depthwise convolution: channel c of the input becomes channels c * depth_multiplier and following.

    Args:
        kernel_size: one size, or one for each axis; so are strides and dilation_rate.
        strides: the step; not together with a dilation_rate.
        padding: 'valid' (none) or 'same' (ceil(size / stride) values come out).
        depth_multiplier: how many kernels each channel has.
        data_format: 'channels_last' (N, ..., C) or 'channels_first' (N, C, ...).
        dilation_rate: the distance between the kernel's values.
        activation: what to apply; nothing by default.
        use_bias: whether to add a bias.

    Its state_dict keys are `conv.weight` and `conv.bias`.
    """

    window: Window
    depthwise_kernel: Variable
    depthwise_initializer: Any
    depthwise_regularizer: Any
    depthwise_constraint: Any
    bias_initializer: Any
    bias_regularizer: Any
    bias_constraint: Any

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        groups: int = 1,
        **kwargs: Any,
    ) -> None:
        kwargs["activity_regularizer"] = activity_regularizer
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, **kwargs)
        self.groups = one_group(groups, self.name)
        self.depth_multiplier = positive_int(depth_multiplier, "depth_multiplier", self.name)
        self._keep("depthwise", depthwise_initializer, depthwise_regularizer, depthwise_constraint)
        self._keep("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.window = Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)

    def build(self, input_shape: Any) -> None:
        channels = self._input_channels(input_shape)
        module = MODULES[self.rank](
            channels,
            channels * self.depth_multiplier,
            self.kernel_size,
            stride=self.strides,
            padding=self.window.padding,
            dilation=self.dilation_rate,
            groups=channels,
            bias=self.use_bias,
            device="meta",
        )
        self._hold("conv", module)
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.depthwise_kernel = self._make(
            "depthwise", ("conv", "weight"), shape, Depthwise(channels), name="depthwise_kernel"
        )
        outputs = channels * self.depth_multiplier
        self.bias = self._make("bias", ("conv", "bias"), (outputs,)) if self.use_bias else None
        self.input_spec = self._spec(channels)

    def convolve(self, inputs: Tensor) -> Tensor:
        return convolve(self._modules["conv"], inputs, self.window, self.rank, self._flat)

    def _output_channels(self, channels: int | None) -> int | None:
        return None if channels is None else channels * self.depth_multiplier

    def _shape_from_state(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        if "conv.weight" not in shapes:
            return None
        return self._input_shape(shapes["conv.weight"][0] // self.depth_multiplier)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"depth_multiplier": self.depth_multiplier, **self._kept("depthwise")}


class DepthwiseConv1D(DepthwiseConv):
    """A depthwise convolution along the steps of a sequence."""

    rank = 1


class DepthwiseConv2D(DepthwiseConv):
    """A depthwise convolution over images.

    Example: `DepthwiseConv2D(3, padding="same", use_bias=False)`
    """

    rank = 2
