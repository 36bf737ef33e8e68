"""RNN: any cell, run over the steps of a sequence."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.registry import deserialize, serialize
from torchkeras.layers.building import map_shapes
from torchkeras.layers.input_spec import InputSpec
from torchkeras.layers.recurrent.calls import build_cell, call_cell, check_cell, reset_dropout
from torchkeras.layers.recurrent.cell import RecurrentCell
from torchkeras.layers.recurrent.fused import run_fused
from torchkeras.layers.recurrent.sizes import as_list, flat_sizes, map_sizes, output_size
from torchkeras.layers.recurrent.stacked_cells import StackedRNNCells
from torchkeras.layers.recurrent.state_arguments import StateArguments
from torchkeras.layers.recurrent.stateful import StatefulMixin
from torchkeras.layers.recurrent.steps import over_time, run_steps


class RNN(StatefulMixin, StateArguments):
    """Runs a cell over the steps of its inputs (batch, time, ...).

    Args:
        cell: an object with `call(inputs, states)`, which gives (output, states), and `state_size`; or a list of such.
        return_sequences: whether to give the outputs of all steps, rather than the last one.
        return_state: whether to give the states after the last step too: `output, *states`.
        go_backwards: whether to run from the last step to the first; the outputs come in the order they are made.
        stateful: whether a batch begins with the states at which the one before ended. The batch size is then fixed.
        unroll: accepted; a sequence is always run at the best speed.
        time_major: whether inputs and outputs are (time, batch, ...).
        zero_output_for_mask: whether the output at a masked step is 0, rather than that of the step before.

    Its state_dict keys are the cell's after `cell.`.
    """

    cell: Any
    #: Whether the cell's name is part of the names of its weights.
    names_cell: ClassVar[bool] = True

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        time_major: bool = False,
        **kwargs: Any,
    ) -> None:
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        check_cell(cell, "Argument `cell`")
        zero_output_for_mask = kwargs.pop("zero_output_for_mask", False)
        if "input_shape" not in kwargs and ("input_dim" in kwargs or "input_length" in kwargs):
            kwargs["input_shape"] = (kwargs.pop("input_length", None), kwargs.pop("input_dim", None))
        super().__init__(**kwargs)
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.time_major = time_major
        self.zero_output_for_mask = zero_output_for_mask
        self.supports_masking = True

    # --- building ---

    def build(self, input_shape: Any) -> None:
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        batch, time = (1, 0) if self.time_major else (0, 1)

        def spec(one: Any) -> InputSpec:
            free = (time,) if self.stateful else (batch, time)
            return InputSpec(shape=[None if axis in free else size for axis, size in enumerate(one)])

        build_cell(self.cell, map_shapes(lambda one: (one[batch], *one[2:]), shape), self.names_cell)
        self.input_spec = flatten(map_shapes(spec, shape))
        if self.stateful:
            self._make_states(flatten_shapes(shape)[0][batch])

    def _finish_build(self) -> None:
        super()._finish_build()
        # What it does with masks, states and losses besides its result, it does only in the ways these exclude.
        quiet = not (self.return_state or self.stateful) and self.activity_regularizer is None
        self.__dict__["_lean_path"] = self._call_info.builtin and isinstance(self.cell, RecurrentCell) and quiet
        self.__dict__["_lean_ranks"] = (3, 3)

    def _shape_from_state(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        if not isinstance(self.cell, RecurrentCell) or self.stateful:
            return None
        inner = {key.removeprefix("cell."): shape for key, shape in shapes.items() if key.startswith("cell.")}
        found = self.cell._shape_from_state(inner)
        return None if found is None else (None, None, found[1])

    # --- running ---

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: bool | None = None,
        initial_state: Any = None,
        constants: Any = None,
    ) -> Any:
        inputs, initial_state, constants = self._separated_again(inputs, initial_state, constants)
        inputs = map_structure(self._ready, inputs)
        first = flatten(inputs)[0]
        states = self._first_states(first, initial_state)
        mask = self._masks_of_first(mask)
        if mask is not None:
            mask = mask.bool()
            mask = mask.transpose(0, 1) if self.time_major else mask
            mask = mask.flip(1) if self.go_backwards else mask
            mask = mask.flatten(1) if mask.dim() > 2 else mask
        every, last, states = self._run(inputs, states, mask, training, constants)
        if self.stateful:
            self._keep_states(states)
        output = last
        if self.return_sequences:
            output = map_structure(lambda y: y.transpose(0, 1), every) if self.time_major else every
        return [*as_list(output), *states] if self.return_state else output

    def _separated_again(self, inputs: Any, initial_state: Any, constants: Any) -> tuple[Any, Any, Any]:
        """A list may still come from `call` itself, as a functional model's trial run makes it."""
        if isinstance(inputs, list):
            return self._separated(inputs, initial_state, constants)
        return inputs, initial_state, constants

    def _ready(self, x: Tensor) -> Tensor:
        """(batch, time, ...) in the order of the steps, in the dtype the layer computes in."""
        x = x if x.dtype is self._dtype_policy.compute else x.to(self._dtype_policy.compute)
        x = x.transpose(0, 1) if self.time_major else x
        return x.flip(1) if self.go_backwards else x

    def _run(
        self, inputs: Any, states: list[Any], mask: Tensor | None, training: Any, constants: Any
    ) -> tuple[Any, Any, list[Any]]:
        """All outputs (or None), the last one, and the states after it."""
        cell = self.cell
        cells = list(cell.cells) if isinstance(cell, StackedRNNCells) else [cell]
        if not constants and all(isinstance(one, RecurrentCell) for one in cells):
            return self._run_built_in(cells, inputs, states, mask, training)
        reset_dropout(cell)

        def step(given: Any, before: Any) -> tuple[Any, Any]:
            return call_cell(cell, given, before, training, constants)

        leaves = [x.unbind(1) for x in flatten(inputs)]
        steps = [_as(inputs, list(parts)) for parts in zip(*leaves)]
        found, after = run_steps(step, steps, states, mask, self.zero_output_for_mask, self.return_sequences)
        return over_time(found) if self.return_sequences else None, found[-1], list(after)

    def _run_built_in(
        self, cells: list[Any], inputs: Tensor, states: list[Any], mask: Tensor | None, training: Any
    ) -> tuple[Any, Tensor, list[Any]]:
        """One cell over all steps, then the next: a step that is masked changes none of their states."""
        if len(cells) == 1 and self.cell is cells[0]:
            return self._run_one(cells[0], inputs, states, mask, training, self.return_sequences)
        backwards = -1 if self.cell.reverse_state_order else 1
        found, last = [], inputs
        for cell, before in zip(cells, states[::backwards]):
            keep_all = self.return_sequences or cell is not cells[-1]
            inputs, last, after = self._run_one(cell, inputs, as_list(before), mask, training, keep_all)
            found.append(after if isinstance(before, (list, tuple)) else after[0])
        return inputs, last, found[::backwards]

    def _run_one(
        self, cell: RecurrentCell, inputs: Tensor, states: list[Tensor], mask: Tensor | None, training: Any, all_: bool
    ) -> tuple[Any, Tensor, list[Tensor]]:
        if cell.fuses(training):
            if training and cell.dropout:  # Keras's own kernel drops each step's inputs anew
                inputs = inputs * cell.draw_masks(inputs, cell.dropout, 1)[0]
            return run_fused(cell, inputs, states, mask, self.zero_output_for_mask, all_)
        weights, masks, state_masks = cell.weights_now(), None, None
        if training and cell.dropout:
            masks = cell.draw_masks(inputs[:, 0], cell.dropout, cell.input_masks())
        if training and cell.recurrent_dropout:
            state_masks = cell.draw_masks(states[0], cell.recurrent_dropout, cell.gates)

        def step(projected: Tensor, before: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
            after = cell.step(projected, before, weights, state_masks)
            return after[0], after

        projected = list(cell.project(inputs, training, weights, masks).unbind(1))
        found, after = run_steps(step, projected, states, mask, self.zero_output_for_mask, all_)
        return torch.stack(found, 1) if all_ else None, found[-1], after

    # --- shapes ---

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = flatten_shapes(input_shape)[0]
        time, batch = (shape[0], shape[1]) if self.time_major else (shape[1], shape[0])
        steps = (time, batch) if self.time_major else (batch, time)
        lead = steps if self.return_sequences else (batch,)
        output = map_sizes(lambda size: (*lead, *size), output_size(self.cell))
        if not self.return_state:
            return output
        states = [map_sizes(lambda size: (batch, *size), one) for one in self._state_sizes()]
        return [*(output if isinstance(output, list) else [output]), *states]

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        kept = self._masks_of_first(mask) if self.return_sequences else None
        return [kept, *[None] * len(flat_sizes(self.cell.state_size))] if self.return_state else kept

    # --- configs ---

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
            "unroll": self.unroll,
            "time_major": self.time_major,
            "cell": serialize(self.cell),
        }
        if self._num_constants:
            config["num_constants"] = self._num_constants
        if self.zero_output_for_mask:
            config["zero_output_for_mask"] = True
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        settings = dict(config)
        constants = settings.pop("num_constants", 0)
        made = cls(deserialize(settings.pop("cell"), custom_objects), **settings)
        made.__dict__["_num_constants"] = constants
        return made


def _as(structure: Any, leaves: list[Any]) -> Any:
    remaining = iter(leaves)
    return map_structure(lambda _: next(remaining), structure)


def flatten_shapes(shape: Any) -> list[Any]:
    """The shapes in a structure of shapes."""
    found: list[Any] = []
    map_shapes(found.append, shape)
    return found
