"""Recorded functions of our models as TensorFlow's and as Keras 3's, with their arguments by name."""

from __future__ import annotations

import inspect
from typing import Any

from torchkeras.graph.operation import function_of_label
from torchkeras.saving.configs.operations import (
    Operation,
    by_function,
    in_tensorflow,
    of_tensorflow,
)

#: `keras.activations` that Keras 3 records as operations of the same name, and Keras 2 as functions of TensorFlow.
_ACTIVATIONS = "activations."


def named_arguments(label: str, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """All arguments of a recorded call by their names."""
    names = _names(label, len(args))
    if len(names) < len(args):
        raise NotImplementedError(f"A call of the function {label!r} in this model cannot be put into Keras's form.")
    return dict(zip(names, args, strict=False)) | kwargs


def _names(label: str, count: int) -> list[str]:
    known = of_tensorflow().get(label.removeprefix("tf.")) if label.startswith("tf.") else None
    if known is not None and len(known.names) >= count:
        return list(known.names)
    parameters = inspect.signature(_function(label)).parameters.values()
    return [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def _function(label: str) -> Any:
    function = function_of_label(label)
    return getattr(function, "operator", function)


def as_operation(label: str, arguments: dict[str, Any]) -> tuple[Operation, dict[str, Any]]:
    """Keras 3's operation for a function, and its arguments by Keras 3's names."""
    if label.startswith("tf."):
        counterpart = of_tensorflow().get(label.removeprefix("tf."))
        if counterpart is None or not set(arguments) <= {*counterpart.names, "name"}:
            raise _no_counterpart(label, "Keras 3")
        arguments = {counterpart.names[key]: value for key, value in arguments.items() if key != "name"}
        label = f"ops.{counterpart.function}"
    operation = by_function().get(label.removeprefix("ops.").removeprefix(_ACTIVATIONS))
    if operation is None or not label.startswith(("ops.", _ACTIVATIONS)):
        raise _no_counterpart(label, "Keras 3")
    unknown = set(arguments) - {*operation.inputs, *operation.settings}
    if unknown:
        raise _no_counterpart(f"{label}(..., {', '.join(sorted(unknown))}=...)", "Keras 3")
    return operation, arguments


def as_tensorflow(label: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """TensorFlow's function for one, after 'tf.', and its arguments by TensorFlow's names, the first one first."""
    if label.startswith("tf."):
        return label.removeprefix("tf."), arguments
    name = label.removeprefix("ops.").removeprefix(_ACTIVATIONS)
    counterpart = in_tensorflow().get(name) if label.startswith(("ops.", _ACTIVATIONS)) else None
    if counterpart is None:
        raise _no_counterpart(label, "Keras 2")
    back = {ours: theirs for theirs, ours in counterpart.names.items()}
    renamed = {back.get(key, key): value for key, value in arguments.items()}
    unknown = {key for key, value in renamed.items() if key not in counterpart.names and not _is_default(value)}
    if unknown:
        raise _no_counterpart(f"{label}(..., {', '.join(sorted(unknown))}=...)", "Keras 2")
    return counterpart.label, {key: renamed[key] for key in counterpart.names if key in renamed}


def _is_default(value: Any) -> bool:
    return value is None or value is False


def _no_counterpart(label: str, where: str) -> NotImplementedError:
    return NotImplementedError(
        f"The function {label!r}, which this model calls on a symbolic tensor, has no counterpart in {where}, so that "
        f"the model cannot be saved in its form. Put it into the `call` of a layer of your own, or save the model in "
        f"torch's format: `model.save('model.pt')`."
    )
