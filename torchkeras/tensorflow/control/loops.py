"""tf.while_loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow import nest
from torchkeras.tensorflow.control.conditions import truth
from torchkeras.tensorflow.convert import any_tensor


def _variable(value: Any) -> Any:
    """A loop variable: numbers and arrays are tensors from the start."""
    if value is None or hasattr(value, "_type_spec") or hasattr(value, "_is_tf_result"):
        return value
    if isinstance(value, KerasTensor):
        truth(value, "tf.while_loop")
    return value.value() if isinstance(value, Variable) else any_tensor(value)


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    maximum_iterations: Any = None,
    name: str | None = None,
) -> Any:
    """Calls `body` on the loop variables as long as `cond` of them holds; gives the last ones.

    Args:
        cond: takes the loop variables, gives a boolean.
        body: takes them, gives the next ones in the same structure.
        loop_vars: a list or tuple, possibly nested, of where to start.
        shape_invariants, parallel_iterations, back_prop, swap_memory: accepted; shapes may change freely.
        maximum_iterations: when to end in any case.
    """
    if not callable(cond):
        raise TypeError("'cond' must be callable.")
    if not callable(body):
        raise TypeError("'body' must be callable.")
    if not loop_vars:
        raise ValueError("'loop_vars' must be a non-empty list or tuple of tensors.")
    most = None if maximum_iterations is None else int(maximum_iterations)
    single = len(loop_vars) == 1
    values = nest.map_structure(_variable, loop_vars)
    count = 0
    while (most is None or count < most) and truth(cond(*values), "tf.while_loop"):
        found = body(*values)
        if single and (not isinstance(found, (list, tuple)) or hasattr(found, "_fields")):
            found = [found]
        found = list(found) if isinstance(values, list) and isinstance(found, tuple) else found
        found = tuple(found) if type(values) is tuple and isinstance(found, list) else found
        nest.assert_same_structure(list(values), list(found), check_types=False)
        values = nest.pack_sequence_as(values, [_variable(leaf) for leaf in nest.flatten(found)])
        count += 1
    return values


__all__ = ["while_loop"]
