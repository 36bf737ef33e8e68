"""tf.cond, tf.case and tf.switch_case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras.core.nest import map_structure
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.tracing.mode import executing_eagerly


def outcome(value: Any) -> Any:
    """What a branch gave; within a tf.function its numbers are tensors."""
    if executing_eagerly():
        return value
    return map_structure(
        lambda v: any_tensor(v) if isinstance(v, (bool, int, float, str, bytes, Variable)) else v, value
    )


def truth(pred: Any, name: str) -> bool:
    """The value of a condition."""
    if isinstance(pred, KerasTensor):
        raise TypeError(
            f"{name} on a symbolic Keras input depends on values that are not there yet. Put it into the `call` of a "
            f"layer, or choose by element with `tf.where`."
        )
    if isinstance(pred, (bool, int, float)):
        return bool(pred)
    return bool(any_tensor(pred))


def cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    name: str | None = None,
) -> Any:
    """The result of `true_fn` where `pred` holds, else of `false_fn`; only one of them is called."""
    for word, function in (("true_fn", true_fn), ("false_fn", false_fn)):
        if not callable(function):
            raise TypeError(f"'{word}' must be callable.")
    chosen = true_fn if truth(pred, "tf.cond") else false_fn
    return outcome(chosen())  # type: ignore[misc]


def case(
    pred_fn_pairs: Any,
    default: Callable[[], Any] | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str = "case",
) -> Any:
    """The result of the first function whose condition holds.

    Args:
        pred_fn_pairs: (condition, function) pairs.
        default: called where none holds; without it that is an InvalidArgumentError.
        exclusive, strict: accepted; conditions are looked at in their order, up to the first that holds.
    """
    if not isinstance(pred_fn_pairs, (list, tuple)):
        raise TypeError(f"'pred_fn_pairs' must be a list, tuple, or dict. Received {type(pred_fn_pairs)}.")
    for pair in pred_fn_pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError(f"Each entry in 'pred_fn_pairs' must be a 2-tuple. Received {pair}.")
        if not callable(pair[1]):
            raise TypeError(f"Callable in 'pred_fn_pairs' must be a callable. Received {pair[1]}.")
    if default is not None and not callable(default):
        raise TypeError(f"'default' must be callable. Received {default}.")
    for pred, function in pred_fn_pairs:
        if truth(pred, "tf.case"):
            return outcome(function())
    if default is None:
        raise InvalidArgumentError(
            None, None, "Input error: None of conditions evaluated as True, and there is no `default`."
        )
    return outcome(default())


def switch_case(
    branch_index: Any, branch_fns: Any, default: Callable[[], Any] | None = None, name: str = "switch_case"
) -> Any:
    """The result of the function with this number.

    Args:
        branch_index: an integer tensor.
        branch_fns: functions in a list, in (number, function) pairs, or in a dict by number.
        default: called for other numbers; the function of the highest number unless given.
    """
    if isinstance(branch_index, KerasTensor):
        truth(branch_index, "tf.switch_case")
    if isinstance(branch_index, int) or not hasattr(branch_index, "dtype"):
        raise TypeError(f"'branch_index' must be a Tensor, got {type(branch_index)}")
    if not dtypes.as_dtype(branch_index.dtype).is_integer:
        raise TypeError(f"'branch_index' must be an integer Tensor, got {branch_index.dtype}")
    if isinstance(branch_fns, dict):
        functions = dict(branch_fns)
    elif all(callable(one) for one in branch_fns):
        functions = dict(enumerate(branch_fns))
    else:
        functions = dict(branch_fns)
    for number, function in functions.items():
        if not isinstance(number, int):
            raise TypeError(f"Key must be a Python `int`, got {number!r} of type {type(number)}")
        if not callable(function):
            raise TypeError(f"fn for key {number} must be callable.")
    if sorted(functions) != list(range(len(functions))):
        raise ValueError(
            f"branch indices (keys) must form contiguous range of [0 to {len(functions)}) but found "
            f"{{{','.join(map(str, sorted(functions)))}}}"
        )
    chosen = functions.get(int(branch_index))
    if chosen is None:
        chosen = default or functions[max(functions)]
    return outcome(chosen())


__all__ = ["case", "cond", "switch_case"]
