"""Targets, weights, losses and metrics matched to a model's outputs, by name or by place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.errors import did_you_mean
from torchkeras.core.nest import flatten
from torchkeras.core.op_errors import UnimplementedError
from torchkeras.core.string_array import StringArray

_HALF = (torch.float16, torch.bfloat16)


def names_of(y_pred: Any, given: Iterable[str] = ()) -> list[str]:
    """The names of the outputs: a dict's sorted keys, those of the model, or output_1, output_2, ..."""
    if isinstance(y_pred, dict):
        return sorted(y_pred)
    given = list(given)
    count = len(flatten(y_pred))
    return given if len(given) == count else [f"output_{i + 1}" for i in range(count)]


def keys_of(model: Any) -> list[str]:
    """What dicts of losses, metrics and targets call the outputs: the keys of a dict of outputs, else their names."""
    graph = model._functional_graph
    if graph is not None and isinstance(graph.outputs, dict):
        return sorted(graph.outputs)
    return list(model.output_names)


def per_output(value: Any, names: list[str], what: str, spread: bool = False) -> list[Any]:
    """One entry for each output of a single value, a list or a dict by names.

    Args:
        value: what the user gave.
        names: the outputs.
        what: the word for errors.
        spread: whether a single value serves every output.
    """
    if isinstance(value, dict):
        unknown = [key for key in value if key not in names]
        if unknown:
            raise ValueError(
                f"Found unexpected keys that do not correspond to any Model output in `{what}`: {unknown}. The outputs "
                f"are {names}.{did_you_mean(str(unknown[0]), names)}"
            )
        return [value.get(name) for name in names]
    if isinstance(value, (list, tuple)):
        if len(value) != len(names):
            raise ValueError(f"`{what}` has {len(value)} entries, but the model has {len(names)} outputs: {names}.")
        return list(value)
    if value is None or spread or len(names) == 1:
        return [value] * len(names)
    raise ValueError(f"`{what}` is a single {type(value).__name__}, but the model has {len(names)} outputs: {names}.")


def predictions(y_pred: Any) -> list[Tensor]:
    """The outputs as a flat list, in the order of their names; those of 16 bits as floatx, for losses and metrics."""
    outputs = [y_pred] if isinstance(y_pred, Tensor) else flatten(y_pred)
    return [_widened(one) if getattr(one, "dtype", None) in _HALF else one for one in outputs]


def _widened(output: Tensor) -> Tensor:
    wide = output.to(torch_dtype(None))
    if wide is not output and getattr(output, "_keras_mask", None) is not None:
        wide._keras_mask = output._keras_mask  # type: ignore[attr-defined]
    return wide


def targets(y: Any, names: list[str], what: str = "y") -> list[Any]:
    """The targets as a flat list, in the order of the outputs; a single one serves them all."""
    if y is None or isinstance(y, Tensor):
        return [y] * len(names)
    if isinstance(y, (list, tuple)) and len(y) == 1 and len(names) == 1:
        return [y[0]]
    return per_output(y, names, what)


def is_flat(y_true: Any, y_pred: Tensor) -> bool:
    """Whether targets are one number for each of the predictions (n, k) of several classes."""
    return isinstance(y_true, Tensor) and y_true.dim() == 1 and y_pred.dim() == 2 and y_pred.shape[1] > 1


def matched(y_true: Any, y_pred: Tensor) -> Any:
    """Targets as losses and metrics see them: (n,) as (n, 1) beside (n, k), floats and bools in the output's type."""
    if isinstance(y_true, StringArray):
        raise UnimplementedError(
            None,
            None,
            "Cast string to float is not supported: the targets are texts. Make numbers of them first, with "
            "`keras.layers.StringLookup` or `np.unique(y, return_inverse=True)`.",
        )
    if not isinstance(y_true, Tensor):
        return y_true
    if y_true.dim() == 1 and y_pred.dim() == 2:
        y_true = y_true.unsqueeze(-1)
    if y_true.dtype is not y_pred.dtype and (y_true.is_floating_point() or y_true.dtype is torch.bool):
        y_true = y_true.to(y_pred.dtype)
    return y_true
