"""ConvLSTM1D, ConvLSTM2D, ConvLSTM3D: LSTMs over sequences of images."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor

from torchkeras.core.nest import flatten
from torchkeras.layers.input_spec import InputSpec
from torchkeras.layers.recurrent.cell_layer import CellLayer
from torchkeras.layers.recurrent.conv_lstm_cell import ConvLSTMCell
from torchkeras.layers.recurrent.rnn import flatten_shapes


class ConvLSTM(CellLayer):
    """An LSTM whose products are convolutions, over sequences of images (batch, time, ..., channels).

    Args:
        filters: how many channels the output and each of the two states have.
        kernel_size, strides, padding, data_format, dilation_rate: of the convolution of the inputs; that of the state
            has the same kernel size and keeps its size.
        activation: for the candidate and the output.
        recurrent_activation: for the gates.
        unit_forget_bias: whether the bias of the forget gate starts at 1.
        dropout, recurrent_dropout: the shares of the inputs and of the state to drop in training.
        return_sequences, return_state, go_backwards, stateful: see RNN.

    Its state_dict keys are `cell.conv.weight`, `cell.conv.bias` and `cell.recurrent_conv.weight`.

    Example: `ConvLSTM2D(16, 3, padding="same", return_sequences=True)`
    """

    rank: ClassVar[int]
    cell_class = ConvLSTMCell
    cell_name = "conv_lstm_cell"
    names_cell = False

    def __init__(
        self,
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
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        if kwargs.get("unroll"):
            raise TypeError("Unrolling is not possible with convolutional RNNs. Received: unroll=True")
        if kwargs.get("time_major"):
            raise ValueError(f"{type(self).__name__} takes inputs (batch, time, ...) only. Received: time_major=True")
        settings = {
            "rank": self.rank,
            "filters": filters,
            "kernel_size": kernel_size,
            "strides": strides,
            "padding": padding,
            "data_format": data_format,
            "dilation_rate": dilation_rate,
            "activation": activation,
            "recurrent_activation": recurrent_activation,
            "use_bias": use_bias,
            "kernel_initializer": kernel_initializer,
            "recurrent_initializer": recurrent_initializer,
            "bias_initializer": bias_initializer,
            "unit_forget_bias": unit_forget_bias,
            "kernel_regularizer": kernel_regularizer,
            "recurrent_regularizer": recurrent_regularizer,
            "bias_regularizer": bias_regularizer,
            "activity_regularizer": activity_regularizer,
            "kernel_constraint": kernel_constraint,
            "recurrent_constraint": recurrent_constraint,
            "bias_constraint": bias_constraint,
            "return_sequences": return_sequences,
            "return_state": return_state,
            "go_backwards": go_backwards,
            "stateful": stateful,
            "unroll": kwargs.pop("unroll", False),
            "time_major": kwargs.pop("time_major", False),
            "dropout": dropout,
            "recurrent_dropout": recurrent_dropout,
        }
        super().__init__(settings, kwargs)
        self.input_spec = [InputSpec(ndim=self.rank + 3)]

    def build(self, input_shape: Any) -> None:
        self.__dict__["_image"] = self._image_of(flatten_shapes(input_shape)[0])
        super().build(input_shape)
        channels = flatten_shapes(input_shape)[0][self.cell.channel_axis]
        axis = self.cell.channel_axis + self.rank + 3
        batch = self.input_spec[0].shape[0]
        # Images of other sizes may come, unless states are kept.
        sizes = self.input_spec[0].shape[2:] if self.stateful else (None,) * (self.rank + 1)
        shape = [batch, None, *sizes]
        shape[axis] = channels
        self.input_spec = [InputSpec(shape=shape)]

    def _image_of(self, shape: Any) -> list[int | None]:
        """The sizes of an output image, for inputs of this shape."""
        spatial = shape[2:-1] if self.cell.data_format == "channels_last" else shape[3:]
        return list(self.cell.window.output_sizes(spatial))

    def _state_shape(self, batch: Any, image: list[Any]) -> tuple[Any, ...]:
        filters = self.cell.filters
        last = self.cell.data_format == "channels_last"
        return (batch, *image, filters) if last else (batch, filters, *image)

    # --- states ---

    def _fresh_states(self, like: Tensor, batch: int) -> list[Any]:
        if like.dim() == self.rank + 3:
            shape = self._state_shape(batch, self._image_of(like.shape))
        else:
            shape = self._state_shapes(batch)[0]
        return [like.new_zeros(shape, dtype=self._dtype_policy.compute) for _ in range(2)]

    def _state_shapes(self, batch: int) -> list[tuple[int, ...]]:
        image = self.__dict__["_image"]
        if None in image:
            raise ValueError(
                f"A stateful {type(self).__name__} needs to know the sizes of its images. Specify the whole "
                f"`batch_input_shape` of the first layer, or `batch_shape` of the Input. Layer {self.name!r} was built "
                f"for output images of sizes {tuple(image)}."
            )
        return [self._state_shape(batch, image)] * 2

    def _check_states(self, states: Any) -> None:
        shapes = [tuple(state.shape) for state in flatten(states)]
        wanted, axis = self.cell.filters, self.cell.channel_axis
        if len(shapes) != 2 or any(len(shape) != self.rank + 2 or shape[axis] != wanted for shape in shapes):
            raise ValueError(
                f"An `initial_state` was passed that is not compatible with `cell.state_size`. Received state shapes "
                f"{shapes}. However `cell.state_size` of layer {self.name!r} is {tuple(self.cell.state_size)}, the "
                f"channels of images."
            )

    def _run(
        self, inputs: Any, states: list[Any], mask: Tensor | None, training: Any, constants: Any
    ) -> tuple[Any, Any, list[Any]]:
        cell = self.cell
        first = [cell.channels_first(state) for state in states]
        every, last, after = self._run_one(cell, inputs, first, mask, training, self.return_sequences)
        every = None if every is None else cell.channels_back(every)
        return every, cell.channels_back(last), [cell.channels_back(state) for state in after]

    # --- shapes ---

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = flatten_shapes(input_shape)[0]
        state = self._state_shape(shape[0], self._image_of(shape))
        output = (shape[0], shape[1], *state[1:]) if self.return_sequences else state
        return [output, state, state] if self.return_state else output

    def _shape_from_state(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        if "cell.conv.weight" not in shapes or self.stateful:
            return None
        shape: list[Any] = [None] * (self.rank + 3)
        shape[self.cell.channel_axis] = shapes["cell.conv.weight"][1]
        return tuple(shape)


class ConvLSTM1D(ConvLSTM):
    """A ConvLSTM over sequences of rows: (batch, time, length, channels)."""

    rank = 1


class ConvLSTM2D(ConvLSTM):
    """A ConvLSTM over sequences of images, films: (batch, time, rows, columns, channels)."""

    rank = 2


class ConvLSTM3D(ConvLSTM):
    """A ConvLSTM over sequences of volumes: (batch, time, d1, d2, d3, channels)."""

    rank = 3
