"""StackedRNNCells: several cells, one on top of the other, as one."""

from __future__ import annotations

import functools
from typing import Any

import torch

from torchkeras.core.device import default_device
from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.nest import flatten
from torchkeras.core.registry import deserialize, serialize
from torchkeras.layers.base import Layer
from torchkeras.layers.recurrent.calls import build_cell, call_cell, check_cell, first_states
from torchkeras.layers.recurrent.sizes import as_list, flat_sizes, map_sizes, output_size, pack_states


class StackedRNNCells(Layer):
    """Cells of which each takes the output of the one before; `RNN([cell, cell])` makes one of these.

    Args:
        cells: the cells.
        reverse_state_order: whether `state_size` lists the last cell's states first, as old Keras did.

    Its state_dict keys are each cell's after `cells_0.`, `cells_1.`, ...
    """

    def __init__(self, cells: Any, reverse_state_order: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for cell in cells:
            check_cell(cell, "All cells")
        self.cells = list(cells)
        self.reverse_state_order = reverse_state_order

    @property
    def state_size(self) -> Any:
        return tuple(cell.state_size for cell in self.cells_in_state_order())

    @property
    def output_size(self) -> Any:
        return output_size(self.cells[-1])

    def cells_in_state_order(self) -> list[Any]:
        """The cells in the order in which their states are listed."""
        return self._turned(list(self.cells))

    def _turned(self, items: list[Any]) -> list[Any]:
        return items[::-1] if self.reverse_state_order else items

    def get_initial_state(self, inputs: Any = None, batch_size: int | None = None, dtype: Any = None) -> Any:
        """The cells' own initial states, or zeros."""
        if inputs is not None:
            batch_size, dtype = inputs.shape[0], inputs.dtype
        if batch_size is None:
            raise ValueError(f"`get_initial_state` of {self.name!r} needs `inputs` or a `batch_size`.")
        made = torch_dtype(dtype if dtype is not None else self.compute_dtype)
        like = torch.empty(0, dtype=made, device=default_device()) if inputs is None else inputs
        return first_states(self, like, int(batch_size), made)

    def build(self, input_shape: Any = None) -> None:
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        for cell in self.cells:
            build_cell(cell, shape)
            shape = map_sizes(functools.partial(_after_batch, flatten(shape)[0]), output_size(cell))

    def call(self, inputs: Any, states: Any, constants: Any = None, training: bool | None = None) -> Any:
        remaining, given = flatten(states), []
        for cell in self.cells_in_state_order():
            count = len(flat_sizes(cell.state_size))
            given.append(as_list(pack_states(cell.state_size, remaining[:count])))
            remaining = remaining[count:]
        after = []
        for cell, before in zip(self.cells, self._turned(given)):
            inputs, states = call_cell(cell, inputs, before, training, constants)
            after.append(pack_states(cell.state_size, flatten(states)))
        return inputs, self._turned(after)

    compute_output_shape = Layer.compute_output_shape

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {"cells": [serialize(cell) for cell in self.cells]}
        return config | {"reverse_state_order": True} if self.reverse_state_order else config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        settings = dict(config)
        cells = [deserialize(cell, custom_objects) for cell in settings.pop("cells")]
        return cls(cells, **settings)


def _after_batch(batch: Any, size: tuple[Any, ...]) -> tuple[Any, ...]:
    return (batch, *size)
