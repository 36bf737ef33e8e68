"""tf.py_function and tf.numpy_function: Python functions, whose results become tensors of given types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.errors import InvalidArgumentError, OpError, UnknownError
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.type_specs import TensorSpec, TypeSpec


def py_function(func: Any = None, inp: Any = None, Tout: Any = None, name: str | None = None) -> Any:
    """Calls a Python function on tensors.

    Args:
        func: takes as many tensors as there are in `inp`.
        inp: its arguments.
        Tout: the dtype of its result, or a list of them, [] for none; specs of ragged tensors too.

    Without `inp` it is a decorator: `@tf.py_function(Tout=tf.float32)`.
    """
    if func is None:
        return lambda function: _decorated(function, Tout)
    if inp is None:
        return _decorated(func, Tout)
    _refuse_symbols(inp, "tf.py_function")
    try:
        found = func(*[any_tensor(value) for value in inp])
    except (OpError, StopIteration):
        raise
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(None, None, f"{type(error).__name__}: {error} [Op:EagerPyFunc]") from error
    except NotImplementedError:
        raise
    except Exception as error:
        raise UnknownError(None, None, f"{type(error).__name__}: {error} [Op:EagerPyFunc]") from error
    if not isinstance(Tout, (list, tuple)):
        return _result(found, Tout)
    if not Tout:
        return []
    items = [found] if not isinstance(found, (list, tuple)) else list(found)
    if len(items) != len(Tout):
        raise InvalidArgumentError(
            None, None, f"The function gave {len(items)} results, `Tout` has {len(Tout)} [Op:EagerPyFunc]"
        )
    return [_result(item, dtype) for item, dtype in zip(items, Tout, strict=True)]


def _decorated(function: Callable[..., Any], types: Any) -> Callable[..., Any]:
    def called(*args: Any) -> Any:
        return py_function(function, list(args), types)

    called.__name__ = getattr(function, "__name__", "py_function")
    return called


def _result(value: Any, wanted: Any) -> Any:
    if isinstance(wanted, TypeSpec) and not isinstance(wanted, TensorSpec):
        return value
    dtype = wanted.dtype if isinstance(wanted, TensorSpec) else dtypes.as_dtype(wanted)
    if value is None:
        value = np.zeros((), dtype=dtype.as_numpy_dtype)
    try:
        return any_tensor(value, None if isinstance(value, torch.Tensor) and value.dtype == dtype else dtype)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(None, None, f"{type(error).__name__}: {error} [Op:EagerPyFunc]") from error


def numpy_function(
    func: Any = None,
    inp: Any = None,
    Tout: Any = None,
    stateful: bool = True,
    name: str | None = None,
) -> Any:
    """Calls a Python function on arrays; what it gives is made tensors of the arrays' own dtypes, without gradient.

    Args:
        func: takes as many arrays as there are in `inp`.
        inp: its arguments.
        Tout: the dtypes of the results; how many there are decides whether a list comes out.
        stateful: accepted.
    """
    if func is None or inp is None:
        return lambda *args: (
            numpy_function(func, list(args), Tout) if func is not None else _decorate_numpy(args[0], Tout)
        )
    _refuse_symbols(inp, "tf.numpy_function")
    arrays = [np.asarray(any_tensor(value).numpy()) for value in inp]
    arrays = [a[()] if a.dtype.kind == "O" and not a.ndim else a for a in arrays]
    found = func(*arrays)
    if isinstance(found, (list, tuple)):
        return [_of_numpy(item) for item in found]
    if found is None:
        return []
    return _of_numpy(found)


def _decorate_numpy(function: Callable[..., Any], types: Any) -> Callable[..., Any]:
    return lambda *args: numpy_function(function, list(args), types)


def _of_numpy(value: Any) -> Any:
    if isinstance(value, (torch.Tensor, StringTensor)):
        return any_tensor(value)
    array = np.asarray(value)
    if isinstance(value, int) and not isinstance(value, bool):
        array = array.astype(np.int32) if -(2**31) <= value < 2**31 else array
    return any_tensor(array)


def _refuse_symbols(values: Any, name: str) -> None:
    if any(isinstance(value, KerasTensor) for value in values):
        raise TypeError(
            f"{name} needs values, and a symbolic Keras input has none yet. Call it in the `call` of a layer."
        )


__all__ = ["numpy_function", "py_function"]
