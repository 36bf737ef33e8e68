"""What all convolutions share: sizes, padding, data format, the way to torch's layout and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor

from torchkeras import activations, constraints, initializers, regularizers
from torchkeras.activations.rectifiers import keeps_order
from torchkeras.core.config import check_data_format
from torchkeras.core.kinds import call_user
from torchkeras.core.layout import IDENTITY, Layout
from torchkeras.core.variable import Variable
from torchkeras.layers.base import Layer
from torchkeras.layers.convolution.arguments import padding_name
from torchkeras.layers.convolution.kernels import MEMORY_FORMATS, interleave
from torchkeras.layers.convolution.window import TransposedWindow, Window
from torchkeras.layers.input_spec import InputSpec, check_input_spec
from torchkeras.layers.spatial import size_tuple

_CHANNELS_FIRST = {1: (0, 2, 1), 2: (0, 3, 1, 2), 3: (0, 4, 1, 2, 3)}
_CHANNELS_LAST = {1: (0, 2, 1), 2: (0, 2, 3, 1), 3: (0, 2, 3, 4, 1)}


class BaseConvolution(Layer):
    """Settings, shapes and layout. Subclasses add their weights, and `convolve` with them."""

    rank: ClassVar[int]
    #: Whether padding may be 'causal'.
    causal: ClassVar[bool] = False
    #: Whether further axes in front are batch axes too.
    batch_axes: ClassVar[bool] = False

    #: The data format where none is given; None is the global one.
    default_data_format: ClassVar[str | None] = None

    window: Window | TransposedWindow
    filters: int
    bias: Variable | None

    def __init__(
        self,
        kernel_size: Any,
        strides: Any,
        padding: Any,
        data_format: str | None,
        dilation_rate: Any,
        activation: Any,
        use_bias: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.kernel_size = size_tuple(kernel_size, self.rank, "kernel_size", self.name)
        self.strides = size_tuple(strides, self.rank, "strides", self.name)
        self.padding = padding_name(padding, self.causal, self.name)
        self.data_format = check_data_format(data_format or self.default_data_format)
        self.dilation_rate = size_tuple(dilation_rate, self.rank, "dilation_rate", self.name)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: "
                f"strides={self.strides} and dilation_rate={self.dilation_rate} for layer {self.name!r}."
            )
        self.groups = 1
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self._last = self.data_format == "channels_last"
        self._flat = self._last and self.rank == 1
        self._direct_rank = self.rank + 2  # of inputs that go straight to the kernel
        self._channel_axis = -1 if self._last else -1 - self.rank
        self.input_spec = self._spec()

    def call(self, inputs: Tensor) -> Tensor:
        if inputs.dim() != self._direct_rank:
            return self._otherwise(inputs)
        if self.activation is activations.relu:
            return self._run(self._rectified, inputs)
        return call_user(self.activation, self._run(self.convolve, inputs))

    def call_around(self, inputs: Tensor, pooling: Callable[[Tensor], Tensor]) -> Tensor:
        """`pooling(self.call(inputs))` for a pooling that takes the largest values.

        An activation that keeps their order gives the same after the pooling, where there are fewer of them.
        """
        if not keeps_order(self.activation) or inputs.dim() != self._direct_rank:
            return pooling(self.call(inputs))
        found: Tensor = self.activation(pooling(self._run(self.convolve, inputs)))
        return found

    def _run(self, convolve: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
        if inputs.dtype is not self._dtype_policy.compute:
            inputs = inputs.to(self._dtype_policy.compute)
        if not self._last:
            return convolve(inputs)
        # The view is torch's channels_last memory format, and so is the result: there is nothing to copy.
        outputs = convolve(torch.permute(inputs, _CHANNELS_FIRST[self.rank]))
        return torch.permute(outputs, _CHANNELS_LAST[self.rank])

    def _rectified(self, inputs: Tensor) -> Tensor:
        """`convolve`, and relu."""
        return torch.relu(self.convolve(inputs))

    def convolve(self, inputs: Tensor) -> Tensor:
        """The convolution of a channels-first tensor or view, bias included."""
        raise NotImplementedError

    def _otherwise(self, inputs: Tensor) -> Tensor:
        """`call` where more is to be done than run the kernel: further batch axes."""
        check_input_spec(self.input_spec, inputs, self.name)
        axes = inputs.shape[: inputs.dim() - self.rank - 1]
        return self.call(inputs.flatten(0, len(axes) - 1)).unflatten(0, axes)

    # --- shapes ---

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = self._fitting(input_shape)
        batch, spatial = len(shape) - self.rank - 1, self.window.output_sizes(self._spatial(shape))
        if any(size is not None and size <= 0 for size in spatial):
            raise ValueError(
                f"One of the dimensions in the output is <= 0 due to downsampling in {self.name}. Consider increasing "
                f"the input size. Received input shape {list(shape)} which would produce output shape with a zero or "
                f"negative value in a dimension."
            )
        channels = self._output_channels(shape[self._channel_axis])
        return (*shape[:batch], *spatial, channels) if self._last else (*shape[:batch], channels, *spatial)

    def _output_channels(self, channels: int | None) -> int | None:
        return self.filters

    def _spatial(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return shape[-1 - self.rank : -1] if self._last else shape[-self.rank :]

    def _fitting(self, input_shape: Any) -> tuple[int | None, ...]:
        shape = tuple(input_shape)
        problem = self.input_spec.problem(shape, None)
        if problem:
            raise ValueError(f'Input 0 of layer "{self.name}" is incompatible with the layer: {problem}')
        return shape

    def _spec(self, channels: int | None = None) -> InputSpec:
        axes = {self._channel_axis: channels}
        if self.batch_axes:
            return InputSpec(min_ndim=self.rank + 2, axes=axes)
        return InputSpec(ndim=self.rank + 2, axes=axes)

    def _input_channels(self, input_shape: Any) -> int:
        channels = self._fitting(input_shape)[self._channel_axis]
        if channels is None:
            raise ValueError(
                f"The channel dimension of the inputs to layer {self.name!r} should be defined. The input_shape "
                f"received is {tuple(input_shape)}, where axis {self._channel_axis} is the channel dimension, which "
                f"was found to be `None`."
            )
        self.compute_output_shape(input_shape)
        return channels

    def _input_shape(self, channels: int) -> tuple[int | None, ...]:
        """An input's shape of which only the channels are known."""
        shape: list[int | None] = [None] * (self.rank + 2)
        shape[self._channel_axis] = channels
        return tuple(shape)

    # --- weights: each has its initializer, regularizer and constraint ---

    def _keep(self, weight: str, initializer: Any, regularizer: Any, constraint: Any) -> None:
        setattr(self, f"{weight}_initializer", initializers.get(initializer))
        setattr(self, f"{weight}_regularizer", regularizers.get(regularizer))
        setattr(self, f"{weight}_constraint", constraints.get(constraint))

    def _kept(self, *weights: str) -> dict[str, Any]:
        kinds = {"initializer": initializers, "regularizer": regularizers, "constraint": constraints}
        return {f"{w}_{k}": of.serialize(getattr(self, f"{w}_{k}")) for w in weights for k, of in kinds.items()}

    def _make(
        self, weight: str, path: tuple[str, str], shape: tuple[int, ...], layout: Layout = IDENTITY, name: str = ""
    ) -> Variable:
        kernel = self._last and len(shape) > 1
        variable = self._make_weight(
            name or weight,
            path,
            shape,
            getattr(self, f"{weight}_initializer"),
            regularizer=getattr(self, f"{weight}_regularizer"),
            constraint=getattr(self, f"{weight}_constraint"),
            layout=layout,
            memory_format=MEMORY_FORMATS[self.rank if kernel else 1],
        )
        if kernel and self.rank == 1:
            interleave(variable.parameter)
        return variable

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
            "groups": self.groups,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            **self._kept("bias"),
        }
