"""How a recurrent layer speaks to its cell, which may be a layer or any object with `call` and `state_size`."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.context import scope_of
from torchkeras.core.kinds import call_user
from torchkeras.core.per_class import once_per_class
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.layers.base import Layer
from torchkeras.layers.building import map_shapes
from torchkeras.layers.recurrent.sizes import map_sizes


def check_cell(cell: Any, what: str) -> None:
    """A ValueError for what cannot be a cell."""
    for name, kind in (("call", "method"), ("state_size", "attribute (an integer per state)")):
        if name not in dir(cell):
            raise ValueError(f"{what} should have a `{name}` {kind}. The RNN was passed: cell={cell!r}")


def build_cell(cell: Any, step_shape: Any, named: bool = True) -> None:
    """Makes a cell's weights for steps of this shape, named after the layers around it and, if `named`, the cell."""
    if not isinstance(cell, Layer) or cell.built:
        return
    inputs = map_shapes(lambda shape: KerasTensor(shape, cell._dtype_policy.compute), step_shape)
    with scope_of(*([cell.name] if named else [])):
        cell._ensure_built((inputs,), {})


def call_cell(cell: Any, inputs: Any, states: Any, training: Any, constants: Any = None) -> tuple[Any, Any]:
    """One step: the output and a list of the new states."""
    kind: Any = type(cell)
    takes = _arguments(kind)
    kwargs = {"training": training} if "training" in takes else {}
    if constants:
        if "constants" not in takes:
            raise ValueError(f"RNN cell {cell!r} does not support constants. Received: constants={constants}")
        kwargs["constants"] = constants
    if isinstance(cell, Layer):
        output, after = cell(inputs, states, **kwargs)
    else:
        output, after = call_user(cell if callable(cell) else cell.call, inputs, states, **kwargs)
    return output, after if isinstance(after, (list, tuple)) else [after]


@once_per_class
def _arguments(cls: Any) -> frozenset[str]:
    return frozenset(inspect.signature(cls.call).parameters)


def initial_state_of(cell: Any, inputs: Any, batch_size: Any, dtype: Any) -> Any:
    """What a cell's own `get_initial_state` gives; Keras 3's takes the batch size alone."""
    known = inspect.signature(cell.get_initial_state).parameters
    given = {"inputs": inputs, "batch_size": batch_size, "dtype": dtype}
    if any(p.kind is p.VAR_KEYWORD for p in known.values()):
        return cell.get_initial_state(**given)
    return cell.get_initial_state(**{name: value for name, value in given.items() if name in known})


def first_states(cell: Any, like: Tensor, batch: int, dtype: torch.dtype) -> Any:
    """The states a sequence begins with when it is given none, in the form of state_size: the cell's own, or zeros."""
    own = getattr(type(cell), "get_initial_state", None)
    if own is not None and not own.__module__.startswith("torchkeras."):
        return initial_state_of(cell, None, batch, dtype)
    if hasattr(cell, "cells_in_state_order"):
        return [first_states(one, like, batch, dtype) for one in cell.cells_in_state_order()]
    return map_sizes(lambda size: like.new_zeros((batch, *size), dtype=dtype), cell.state_size)


def reset_dropout(cell: Any) -> None:
    """Lets a cell, and those within it, draw new dropout masks at the next step."""
    for one in getattr(cell, "cells", (cell,)):
        for name in ("reset_dropout_mask", "reset_recurrent_dropout_mask"):
            if hasattr(one, name):
                getattr(one, name)()
