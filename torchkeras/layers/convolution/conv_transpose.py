"""Conv1DTranspose, Conv2DTranspose, Conv3DTranspose: an nn.ConvTransposeNd that keeps what Keras keeps."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

from torch import Tensor

from torchkeras.core.layout import convolution
from torchkeras.core.variable import Variable
from torchkeras.layers.convolution.arguments import filter_count, one_group
from torchkeras.layers.convolution.base import BaseConvolution
from torchkeras.layers.convolution.kernels import TRANSPOSED_MODULES, convolve_transposed
from torchkeras.layers.convolution.window import TransposedWindow
from torchkeras.layers.spatial import size_tuple


class ConvTranspose(BaseConvolution):
    """A transposed convolution: from a convolution's output back to the shape of its input.

    Args:
        filters: how many channels come out.
        kernel_size: one size, or one for each axis; so are strides, dilation_rate and output_padding.
        strides: how far apart the inputs are put; not together with a dilation_rate.
        padding: 'valid' (all that the kernel reaches) or 'same' (size * stride values come out).
        output_padding: how many values to add behind, less than the strides; None leaves the size to `padding`.
        data_format: 'channels_last' (N, ..., C) or 'channels_first' (N, C, ...).
        dilation_rate: the distance between the kernel's values.
        activation: what to apply; nothing by default.
        use_bias: whether to add a bias.

    Its state_dict keys are `conv.weight` and `conv.bias`.
    """

    #: tf.keras takes a dilation_rate in three dimensions too, and does nothing with it.
    dilates: ClassVar[bool] = True

    window: TransposedWindow
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
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        groups: int = 1,
        **kwargs: Any,
    ) -> None:
        kwargs["activity_regularizer"] = activity_regularizer
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, **kwargs)
        self.groups = one_group(groups, self.name)
        self.filters = filter_count(filters, 1, self.name)
        if not self.dilates and max(self.dilation_rate) > 1:
            warnings.warn(f"{type(self).__name__} ignores dilation_rate, as tf.keras does.", stacklevel=3)
            self.dilation_rate = (1,) * self.rank
        self.output_padding = None
        if output_padding is not None:
            self.output_padding = size_tuple(output_padding, self.rank, "output_padding", self.name, least=0)
            if any(added >= stride for added, stride in zip(self.output_padding, self.strides)):
                raise ValueError(
                    f"Strides must be greater than output padding. Received strides={self.strides}, "
                    f"output_padding={self.output_padding} for layer {self.name!r}."
                )
        self._keep("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self._keep("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.window = TransposedWindow(
            self.kernel_size, self.strides, self.padding, self.dilation_rate, self.output_padding
        )

    def build(self, input_shape: Any) -> None:
        channels = self._input_channels(input_shape)
        module = TRANSPOSED_MODULES[self.rank](
            channels,
            self.filters,
            self.kernel_size,
            stride=self.strides,
            padding=self.window.padding,
            output_padding=self.window.output_padding,
            dilation=self.dilation_rate,
            bias=self.use_bias,
            device="meta",
        )
        self._hold("conv", module)
        shape = (*self.kernel_size, self.filters, channels)
        self.kernel = self._make("kernel", ("conv", "weight"), shape, convolution(self.rank))
        self.bias = self._make("bias", ("conv", "bias"), (self.filters,)) if self.use_bias else None
        self.input_spec = self._spec(channels)

    def convolve(self, inputs: Tensor) -> Tensor:
        return convolve_transposed(self._modules["conv"], inputs, self.window, self.rank, self._flat)

    def _shape_from_state(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        return self._input_shape(shapes["conv.weight"][0]) if "conv.weight" in shapes else None

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "filters": self.filters,
            "output_padding": self.output_padding,
            **self._kept("kernel"),
        }


class Conv1DTranspose(ConvTranspose):
    """A transposed convolution along the steps of a sequence: (N, steps, C) becomes (N, new steps, filters)."""

    rank = 1


class Conv2DTranspose(ConvTranspose):
    """A transposed convolution over images: (N, rows, columns, C) becomes (N, new rows, new columns, filters).

    Example: `Conv2DTranspose(64, 4, strides=2, padding="same")` doubles height and width.
    """

    rank = 2


class Conv3DTranspose(ConvTranspose):
    """A transposed convolution over volumes: (N, d1, d2, d3, C) becomes (N, new d1, new d2, new d3, filters)."""

    rank = 3
    dilates = False

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["dilation_rate"]
        return config
