"""Tensors from other things and back, their facts, and their dtype."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.dtypes import dtype_name, torch_dtype
from torchkeras.core.kinds import public
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import tensor


@operation
def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None) -> Tensor:
    """A tensor of an array, number, list or Variable.

    Args:
        x: what to convert. Python's floats become floatx, its integers int32; arrays keep their type.
        dtype: the dtype to convert to.
        sparse: False or None: there are no sparse tensors here.
        ragged: likewise.
    """
    if sparse or ragged:
        raise ValueError("torchkeras has dense tensors only. Leave out `sparse` and `ragged`, or pass False.")
    return tensor(x, None if dtype is None else torch_dtype(dtype))


@operation
def array(x: Any, dtype: Any = None) -> Tensor:
    """A tensor of `x`, as `convert_to_tensor`."""
    return tensor(x, None if dtype is None else torch_dtype(dtype))


def convert_to_numpy(x: Any) -> np.ndarray:
    """The values as an array: a copy, which changes no tensor."""
    if isinstance(x, Variable):
        return np.asarray(x.numpy())
    if not isinstance(x, Tensor):
        if isinstance(x, KerasTensor):
            x.numpy()  # an error that says why not
        return np.array(x)
    values = x.detach().as_subclass(Tensor).cpu().resolve_conj().resolve_neg()
    if values.dtype is torch.bfloat16:  # NumPy has no such type
        values = values.float()
    return np.array(values.numpy())


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor; arrays and Variables are none."""
    return isinstance(x, Tensor)


def shape(x: Any) -> tuple[int | None, ...]:
    """The shape as a tuple; None is what a symbolic tensor does not know yet."""
    if isinstance(x, KerasTensor):
        return x.shape
    return tuple(np.shape(x) if isinstance(x, (np.ndarray, list, tuple, int, float)) else tensor(x).shape)


def ndim(x: Any) -> int:
    """The number of axes."""
    return len(shape(x))


def dtype(x: Any) -> str:
    """The dtype by name, such as 'float32'."""
    return dtype_name(x.dtype if isinstance(x, (KerasTensor, np.ndarray, np.generic)) else tensor(x).dtype)


@operation
def size(x: Any) -> Tensor:
    """How many values there are."""
    return torch.tensor(tensor(x).numel(), dtype=torch.int32)


@operation
def cast(x: Any, dtype: Any) -> Tensor:
    """`x` in another dtype."""
    return tensor(x, torch_dtype(dtype))


@operation
def saturate_cast(x: Any, dtype: Any) -> Tensor:
    """`x` in another dtype; what that cannot hold becomes its least or greatest value."""
    return saturated(tensor(x), torch_dtype(dtype))


def saturated(x: Tensor, wanted: torch.dtype) -> Tensor:
    """The same for a tensor and a torch dtype."""
    if wanted is torch.bool:
        return x.to(torch.uint8 if not x.is_floating_point() else x.dtype).clamp(0, 1).to(torch.bool)
    if x.dtype is torch.bool or x.is_complex() or wanted.is_complex:
        return x.to(wanted)
    low, high = _range(wanted)
    below, above = _range(x.dtype)
    if x.is_floating_point() and not wanted.is_floating_point:
        # The greatest integer may not be a float: from there on it is put in by hand.
        result = x.clamp(min=low).nan_to_num().clamp(max=float(high)).to(wanted)
        return torch.where(x >= float(high), torch.tensor(high, dtype=wanted, device=x.device), result)
    if low > below or high < above:
        x = x.clamp(low if low > below else None, high if high < above else None)
    return x.to(wanted)


def _range(dtype: torch.dtype) -> tuple[float, float]:
    limits = torch.finfo(dtype) if dtype.is_floating_point else torch.iinfo(dtype)
    return limits.min, limits.max


@operation
def copy(x: Any) -> Tensor:
    """A tensor of the same values in memory of its own."""
    return tensor(x).clone()


@operation
def view(x: Any, dtype: Any = None) -> Tensor:
    """The same bits read as another dtype; a size that is not the same changes the last axis."""
    x = tensor(x)
    if dtype is None:
        return x
    wanted = torch_dtype(dtype)
    if torch.bool in (wanted, x.dtype) and wanted is not x.dtype:
        return x.contiguous().view(torch.uint8).view(wanted)
    return x.contiguous().view(wanted)


@operation
def stop_gradient(variable: Any) -> Tensor:
    """The same values, as a constant for gradients."""
    return tensor(variable).detach()


def custom_gradient(f: Any) -> Any:
    """Decorator of a function that returns its result and a function for its gradients.

    Args:
        f: takes tensors, gives `(result, grad)`; `grad(*upstream, upstream=...)` gives the gradient of each argument.
    """

    @public
    def called(*args: Any, **kwargs: Any) -> Any:
        from_user: dict[str, Any] = {}

        class Custom(torch.autograd.Function):
            @staticmethod
            def forward(context: Any, *tensors: Any) -> Any:
                with torch.enable_grad():
                    result, from_user["grad"] = f(*tensors, **kwargs)
                from_user["many"] = isinstance(result, (list, tuple))
                return tuple(r.detach() for r in result) if from_user["many"] else result.detach()

            @staticmethod
            def backward(context: Any, *upstream: Any) -> Any:
                found = _gradients(from_user["grad"], upstream)
                return found[0] if len(found) == 1 else found

        return Custom.apply(*[tensor(a) for a in args])

    return called


def _gradients(grad: Any, upstream: tuple[Any, ...]) -> tuple[Any, ...]:
    # Keras's own backends hand the incoming gradient over in either way; code is written for one of them, or for both.
    parameter = inspect.signature(grad).parameters.get("upstream")
    by_keyword = parameter is not None and parameter.kind is parameter.KEYWORD_ONLY and parameter.default is not None
    found = grad(upstream=upstream[0]) if by_keyword else grad(*upstream)
    return tuple(found) if isinstance(found, (list, tuple)) else (found,)
