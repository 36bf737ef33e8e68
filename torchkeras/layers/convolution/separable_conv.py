"""SeparableConv1D, SeparableConv2D: a depthwise convolution, then one of size 1 that mixes the channels."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.core.errors import positive_int
from torchkeras.core.layout import Depthwise, convolution
from torchkeras.core.variable import Variable
from torchkeras.layers.convolution.arguments import filter_count, one_group
from torchkeras.layers.convolution.base import BaseConvolution
from torchkeras.layers.convolution.kernels import MODULES, convolve
from torchkeras.layers.convolution.window import Window


class SeparableConv(BaseConvolution):
    """A separable convolution: `activation(mix(depthwise(inputs)) + bias)`.

    Args:
        filters: how many channels come out.
        kernel_size: one size, or one for each axis; so are strides and dilation_rate.
        strides: the step; not together with a dilation_rate.
        padding: 'valid' (none), 'same' (ceil(size / stride) values come out), or in one dimension 'causal'.
        data_format: 'channels_last' (N, ..., C) or 'channels_first' (N, C, ...).
        dilation_rate: the distance between the kernel's values.
        depth_multiplier: how many kernels each channel has.
        activation: what to apply; nothing by default.
        use_bias: whether to add a bias.

    Its state_dict keys are `depthwise.weight`, `pointwise.weight` and `pointwise.bias`.
    """

    window: Window
    depthwise_kernel: Variable
    pointwise_kernel: Variable
    depthwise_initializer: Any
    depthwise_regularizer: Any
    depthwise_constraint: Any
    pointwise_initializer: Any
    pointwise_regularizer: Any
    pointwise_constraint: Any
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
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        groups: int = 1,
        kernel_initializer: Any = "glorot_uniform",
        kernel_regularizer: Any = None,
        kernel_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        kwargs["activity_regularizer"] = activity_regularizer
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, **kwargs)
        self.groups = one_group(groups, self.name)
        self.filters = filter_count(filters, 1, self.name)
        self.depth_multiplier = positive_int(depth_multiplier, "depth_multiplier", self.name)
        self._keep("depthwise", depthwise_initializer, depthwise_regularizer, depthwise_constraint)
        self._keep("pointwise", pointwise_initializer, pointwise_regularizer, pointwise_constraint)
        self._keep("bias", bias_initializer, bias_regularizer, bias_constraint)
        # Keras takes these, writes them into configs and has no kernel to apply them to.
        self._keep("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.window = Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)
        self._one = Window((1,) * self.rank, (1,) * self.rank, "valid", (1,) * self.rank)

    def build(self, input_shape: Any) -> None:
        channels = self._input_channels(input_shape)
        between = channels * self.depth_multiplier
        kind = MODULES[self.rank]
        depthwise = kind(
            channels,
            between,
            self.kernel_size,
            stride=self.strides,
            padding=self.window.padding,
            dilation=self.dilation_rate,
            groups=channels,
            bias=False,
            device="meta",
        )
        self._hold("depthwise", depthwise)
        self._hold("pointwise", kind(between, self.filters, 1, bias=self.use_bias, device="meta"))
        shape, ones = (*self.kernel_size, channels, self.depth_multiplier), (1,) * self.rank
        self.depthwise_kernel = self._make(
            "depthwise", ("depthwise", "weight"), shape, Depthwise(channels), name="depthwise_kernel"
        )
        self.pointwise_kernel = self._make(
            "pointwise",
            ("pointwise", "weight"),
            (*ones, between, self.filters),
            convolution(self.rank),
            name="pointwise_kernel",
        )
        self.bias = self._make("bias", ("pointwise", "bias"), (self.filters,)) if self.use_bias else None
        self.input_spec = self._spec(channels)

    def convolve(self, inputs: Tensor) -> Tensor:
        modules, flat = self._modules, self._flat
        between = convolve(modules["depthwise"], inputs, self.window, self.rank, flat)
        return convolve(modules["pointwise"], between, self._one, self.rank, flat)

    def _shape_from_state(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        if "depthwise.weight" not in shapes:
            return None
        return self._input_shape(shapes["depthwise.weight"][0] // self.depth_multiplier)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "filters": self.filters,
            "depth_multiplier": self.depth_multiplier,
            **self._kept("depthwise", "pointwise", "kernel"),
        }


class SeparableConv1D(SeparableConv):
    """A separable convolution along the steps of a sequence."""

    rank = 1
    causal = True


class SeparableConv2D(SeparableConv):
    """A separable convolution over images.

    Example: `SeparableConv2D(64, 3, padding="same", activation="relu")`
    """

    rank = 2
