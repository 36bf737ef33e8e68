"""What a loss may be called on, and bringing targets and predictions into one form."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.device import default_device
from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.kinds import bridge
from torchkeras.core.nest import flatten
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import any_symbolic, record

P = ParamSpec("P")


def loss_function(
    *, mean: Callable[..., Tensor | None] | None = None
) -> Callable[[Callable[P, Tensor]], Callable[P, Tensor]]:
    """Decorator of the loss functions: they take arrays, lists and Variables, and record themselves on KerasTensors.

    Args:
        mean: gives the mean over all losses in fewer kernels, for the same arguments; None where it cannot.
    """

    def decorate(function: Callable[P, Tensor]) -> Callable[P, Tensor]:
        def computed(y_true: Any, y_pred: Any, *args: Any, **kwargs: Any) -> Any:
            y_true, y_pred = tensors(y_true, y_pred)
            return function(y_true, y_pred, *args, **kwargs)

        @functools.wraps(function)
        def called(y_true: Any, y_pred: Any, *args: Any, **kwargs: Any) -> Any:
            if not (isinstance(y_true, Tensor) and isinstance(y_pred, Tensor)) and any_symbolic(y_true, y_pred):
                return record(called, (y_true, y_pred, *args), kwargs, f"losses.{function.__name__}")
            if bridge.active and bridge.asks((y_true, y_pred)):
                return bridge.call(computed, (y_true, y_pred, *args), kwargs)
            return computed(y_true, y_pred, *args, **kwargs)

        called.mean_of_all = mean  # type: ignore[attr-defined]
        return called  # type: ignore[return-value]

    return decorate


def tensors(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Both as tensors, the targets on the predictions' device; what is no data (a dict of outputs) stays."""
    if not isinstance(y_pred, Tensor):
        y_pred = as_data(y_pred, y_true.device if isinstance(y_true, Tensor) else default_device())
    if isinstance(y_pred, Tensor):
        if not isinstance(y_true, Tensor):
            y_true = as_data(y_true, y_pred.device)
        elif y_true.device != y_pred.device:
            y_true = y_true.to(y_pred.device, non_blocking=True)
    return y_true, y_pred


def as_data(value: Any, device: torch.device) -> Any:
    """Arrays, numbers, lists of numbers and Variables as a tensor on a device; Python's floats become floatx."""
    if isinstance(value, Variable):
        return value._read().to(device)
    if isinstance(value, Tensor):
        return value.to(device)
    if not isinstance(value, (np.ndarray, np.generic, bool, int, float, list, tuple)):
        return value
    if isinstance(value, (list, tuple)):
        leaves = flatten(value)
        if leaves and all(isinstance(leaf, Tensor) and leaf.ndim == 0 for leaf in leaves):
            return torch.stack([as_data(item, device) for item in value])
        if not all(isinstance(leaf, (np.ndarray, np.generic, bool, int, float)) for leaf in leaves):
            return value  # several outputs, not data
    array = np.asarray(value, order="C")
    if array.dtype.kind not in "fiub":
        raise TypeError(f"A loss is computed on numbers, not on an array of dtype {array.dtype}.")
    is_array = isinstance(value, (np.ndarray, np.generic))
    wanted = torch_dtype(None) if array.dtype.kind == "f" and not is_array else None
    return torch.tensor(array, dtype=wanted, device=device)


def same_form(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Targets in the predictions' dtype, and (N,) beside (N, 1) as (N, 1) so that they do not broadcast to (N, N)."""
    if not y_pred.is_floating_point():
        y_pred = y_pred.to(torch_dtype(None))
    if y_true.dtype != y_pred.dtype:
        y_true = y_true.to(y_pred.dtype)
    if y_true.shape != y_pred.shape:
        y_true, y_pred = expanded(y_true, y_pred)
        if not _fit_together(y_true.shape, y_pred.shape):
            raise ValueError(
                f"Shapes {tuple(y_true.shape)} and {tuple(y_pred.shape)} are incompatible: the targets `y_true` must "
                f"have the shape of the predictions `y_pred`."
            )
    return y_true, y_pred


def expanded(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Where one has a last axis of size 1 that the other lacks, the other with it."""
    difference = y_pred.ndim - y_true.ndim
    if difference == 1 and y_pred.shape[-1] == 1:
        return y_true.unsqueeze(-1), y_pred
    if difference == -1 and y_true.shape[-1] == 1:
        return y_true, y_pred.unsqueeze(-1)
    return y_true, y_pred


def squeezed(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Where one has a last axis of size 1 that the other lacks, that one without it."""
    difference = y_pred.ndim - y_true.ndim
    if difference == 1 and y_pred.shape[-1] == 1:
        return y_true, y_pred.squeeze(-1)
    if difference == -1 and y_true.shape[-1] == 1:
        return y_true.squeeze(-1), y_pred
    return y_true, y_pred


def match_dtype_and_rank(y_true: Tensor, y_pred: Tensor, sample_weight: Any = None) -> tuple[Tensor, Tensor, Any]:
    """What `fit` does before a loss or metric: (N,) targets and weights become (N, 1) beside 2-D predictions.

    Floats are cast to the predictions' dtype, integer targets of floating predictions are left as they are.
    """
    if y_pred.ndim == 2:
        if y_true.ndim == 1:
            y_true = y_true.unsqueeze(-1)
        if sample_weight is not None and sample_weight.ndim == 1:
            sample_weight = sample_weight.unsqueeze(-1)
    if y_true.dtype != y_pred.dtype and y_true.is_floating_point() == y_pred.is_floating_point():
        y_true = y_true.to(y_pred.dtype)
    if sample_weight is not None and sample_weight.dtype != y_pred.dtype:
        sample_weight = sample_weight.to(y_pred.dtype)
    return y_true, y_pred, sample_weight


def _fit_together(first: torch.Size, second: torch.Size) -> bool:
    return all(a == b or a == 1 or b == 1 for a, b in zip(reversed(first), reversed(second)))
