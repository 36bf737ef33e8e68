"""tf.py_function and tf.numpy_function: Python functions, whose results become tensors of given types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import invalid
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
        return lambda function: _decorated(py_function, function, Tout)
    if inp is None:
        return _decorated(py_function, func, Tout)
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
    items = _as_many(found if isinstance(found, (list, tuple)) else [found], Tout, "EagerPyFunc")
    return [_result(item, dtype) for item, dtype in zip(items, Tout, strict=True)]


def _as_many(items: Sequence[Any], types: Sequence[Any], kernel: str) -> list[Any]:
    """The results, of which there must be as many as types; none where none are asked for."""
    if types and len(items) != len(types):
        invalid(f"The function gave {len(items)} results, `Tout` has {len(types)}", kernel)
    return list(items) if types else []


def _decorated(caller: Callable[..., Any], function: Callable[..., Any], types: Any) -> Callable[..., Any]:
    def called(*args: Any) -> Any:
        return caller(function, list(args), types)

    called.__name__ = getattr(function, "__name__", caller.__name__)
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
    """Calls a Python function on arrays; what it gives becomes tensors of its own dtypes, without gradient.

    Args:
        func: takes as many arrays as there are in `inp`.
        inp: its arguments.
        Tout: a dtype, or a list with one for each result: [] for none. Its length counts, not the dtypes.
        stateful: without effect.

    Without `inp` it is a decorator: `@tf.numpy_function(Tout=tf.float32)`.
    """
    if func is None:
        return lambda function: _decorated(numpy_function, function, Tout)
    if inp is None:
        return _decorated(numpy_function, func, Tout)
    _refuse_symbols(inp, "tf.numpy_function")
    arrays = [np.asarray(any_tensor(value).numpy()) for value in inp]
    arrays = [a[()] if a.dtype.kind == "O" and not a.ndim else a for a in arrays]
    found = func(*arrays)
    items = [_of_numpy(item) for item in (found if isinstance(found, (list, tuple)) else [found])]
    if isinstance(Tout, (list, tuple)):
        return _as_many(items, Tout, "PyFunc")
    return items[0] if len(items) == 1 else items


def _of_numpy(value: Any) -> Any:
    if value is None:
        return None
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
