"""States: those a sequence begins with, and those a stateful layer keeps from batch to batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.device import default_device
from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.tensors import as_tensor
from torchkeras.core.variable import Variable
from torchkeras.layers.base import Layer
from torchkeras.layers.recurrent.calls import first_states
from torchkeras.layers.recurrent.sizes import as_list, flat_sizes, is_several, pack_states

_NEEDS_BATCH = (
    "If a RNN is stateful, it needs to know its batch size. Specify the batch size of your input tensors: \n"
    "- If using a Sequential model, specify the batch size by passing a `batch_input_shape` argument to your first "
    "layer.\n"
    "- If using the functional API, specify the batch size by passing a `batch_shape` argument to your Input layer."
)


class StatefulMixin(Layer):
    """The states of a recurrent layer: `states`, `reset_states`, `get_initial_state`.

    What a stateful layer keeps are buffers `state_0`, ..., in no file and among no weights.
    """

    cell: Any

    def _state_sizes(self) -> list[Any]:
        """The sizes of the states, one entry for each state of the cell (a nested one for a stack of cells)."""
        size = self.cell.state_size
        return list(size) if is_several(size) else [size]

    @property
    def states(self) -> list[Any]:
        """The Variables that a stateful layer keeps, else a None for each state."""
        kept = self.__dict__.get("_kept_states")
        return [None for _ in flat_sizes(self.cell.state_size)] if kept is None else list(kept)

    def get_initial_state(self, inputs: Any = None, batch_size: int | None = None) -> list[Any]:
        """The states for a sequence that is given none, as a list: the cell's own, or zeros."""
        if inputs is not None:
            batch_size = inputs.shape[1 if getattr(self, "time_major", False) else 0]
        if batch_size is None:
            raise ValueError(f"`get_initial_state` of layer {self.name!r} needs `inputs` or a `batch_size`.")
        like = torch.empty(0, dtype=self._dtype_policy.compute, device=default_device()) if inputs is None else inputs
        return self._fresh_states(like, batch_size)

    def _fresh_states(self, like: Tensor, batch: int) -> list[Any]:
        return as_list(first_states(self.cell, like, batch, self._dtype_policy.compute))

    def _first_states(self, inputs: Tensor, given: Any) -> list[Any]:
        """The states that a sequence (batch, time, ...) begins with."""
        dtype = self._dtype_policy.compute
        if given is not None:
            self._check_states(given)
            given = [map_structure(lambda s: as_tensor(s, dtype).to(inputs.device, dtype), state) for state in given]
        kept = self.__dict__.get("_kept_states")
        if self.stateful and kept is not None:
            # A copy: the gradient may need what the end of this call writes over.
            states = pack_states(self.cell.state_size, [state.parameter.to(dtype, copy=True) for state in kept])
            states = as_list(states)
            if given is None:
                return states
            # Keras: the given states count as long as nothing is kept, which is to say zeros.
            fresh = torch.stack([(state == 0).all() for state in flatten(states)]).all()
            chosen = [torch.where(fresh, new, old) for new, old in zip(flatten(given), flatten(states))]
            return as_list(pack_states(self.cell.state_size, chosen))
        if given is not None:
            return given
        return self._fresh_states(inputs, inputs.shape[0])

    def _check_states(self, states: Any) -> None:
        sizes = flat_sizes(self.cell.state_size)
        shapes = [tuple(state.shape) for state in flatten(states)]
        if len(sizes) != len(shapes) or any(not _fits(shape[1:], size) for shape, size in zip(shapes, sizes)):
            raise ValueError(
                f"An `initial_state` was passed that is not compatible with `cell.state_size`. Received states of "
                f"shapes {shapes}; however `cell.state_size` of layer {self.name!r} is {self._state_sizes()}"
            )

    # --- kept ones ---

    def _state_shapes(self, batch: int) -> list[tuple[int, ...]]:
        return [(batch, *size) for size in flat_sizes(self.cell.state_size)]

    def _make_states(self, batch: int | None) -> None:
        """What the first batch begins with, for this size of batches."""
        if batch is None:
            raise ValueError(_NEEDS_BATCH)
        kept = []
        for i, shape in enumerate(self._state_shapes(batch)):
            name = f"state_{i}"
            zeros = torch.zeros(shape, dtype=self._dtype_policy.variable, device=default_device())
            self.register_buffer(name, zeros, persistent=False)
            kept.append(Variable.bind(self, (name,)))
        self.__dict__["_kept_states"] = kept
        for state, value in zip(kept, flatten(self._fresh_states(kept[0].parameter, batch))):
            state.assign(value)

    def _keep_states(self, states: list[Any]) -> None:
        with torch.no_grad():
            for kept, state in zip(self.__dict__["_kept_states"], flatten(states)):
                kept.parameter.copy_(state)

    def reset_states(self, states: Any = None) -> None:
        """Sets what a stateful layer keeps to zeros, or to the given arrays, one for each state."""
        if not self.stateful:
            raise AttributeError(f"Layer must be stateful. Layer {self.name!r} has stateful=False.")
        kept = self.__dict__.get("_kept_states")
        if kept is None:
            raise ValueError(_NEEDS_BATCH)
        if states is None:
            with torch.no_grad():
                for state in kept:
                    state.parameter.zero_()
            return
        values = [value if isinstance(value, Tensor) else np.asarray(value) for value in flatten(states)]
        if len(values) != len(kept):
            raise ValueError(
                f"Layer {self.name} expects {len(kept)} states, but it received {len(values)} state values. "
                f"States received: {states}"
            )
        for i, (state, value) in enumerate(zip(kept, values)):
            if tuple(value.shape) != tuple(state.shape):
                raise ValueError(
                    f"State {i} is incompatible with layer {self.name}: expected shape={tuple(state.shape)} but found "
                    f"shape={tuple(value.shape)}"
                )
            state.assign(value)

    def reset_state(self) -> None:
        """Keras 3's name of `reset_states()`."""
        self.reset_states()


def _fits(shape: tuple[Any, ...], size: tuple[Any, ...]) -> bool:
    return len(shape) == len(size) and all(a is None or b is None or a == b for a, b in zip(shape, size))
