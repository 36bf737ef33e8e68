"""AbstractRNNCell: a base for cells of one's own."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.device import default_device
from torchkeras.core.dtypes import torch_dtype
from torchkeras.layers.base import Layer
from torchkeras.layers.recurrent.sizes import map_sizes


class AbstractRNNCell(Layer):
    """One step of a recurrent layer, for `RNN(cell)`: `call(inputs, states)` gives the output and the new states.

    Example:
        class Mean(keras.layers.AbstractRNNCell):
            state_size = output_size = 4

            def call(self, inputs, states):
                output = (inputs + states[0]) / 2
                return output, [output]
    """

    def call(self, inputs: Any, states: Any) -> Any:
        """One step: the output and the states after it."""
        raise NotImplementedError(f"The cell {type(self).__name__} needs a `call(inputs, states)` method.")

    @property
    def state_size(self) -> Any:
        """The size of the state, or a list of sizes."""
        raise NotImplementedError(f"The cell {type(self).__name__} needs a `state_size`.")

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        raise NotImplementedError(f"The cell {type(self).__name__} needs an `output_size`.")

    def get_initial_state(self, inputs: Any = None, batch_size: int | None = None, dtype: Any = None) -> Any:
        """Zeros in the form of `state_size`."""
        return initial_zeros(self, inputs, batch_size, dtype)


def initial_zeros(cell: Any, inputs: Any, batch_size: int | None, dtype: Any) -> Any:
    """Zeros for a cell that may be asked with inputs, or with a batch size and a dtype."""
    if inputs is not None:
        return map_sizes(lambda size: inputs.new_zeros((inputs.shape[0], *size)), cell.state_size)
    if batch_size is None:
        raise ValueError(
            f"batch_size and dtype cannot be None while constructing initial state. Received: "
            f"batch_size={batch_size}, dtype={dtype}"
        )
    made = torch_dtype(dtype if dtype is not None else cell.compute_dtype)
    device = default_device()
    return map_sizes(lambda size: torch.zeros((batch_size, *size), dtype=made, device=device), cell.state_size)
