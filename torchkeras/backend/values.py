"""Variables, constants, their values and their facts."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.backend.operation import backend_function, maker
from torchkeras.core.config import floatx
from torchkeras.core.device import default_device
from torchkeras.core.dtypes import dtype_name, torch_dtype
from torchkeras.core.kinds import public
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor, as_shape
from torchkeras.layers import Input
from torchkeras.ops.conversion import convert_to_numpy
from torchkeras.ops.creation import sizes
from torchkeras.ops.promotion import tensor

# --- making them ---


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Variable:
    """A Variable; in floatx unless told."""
    return Variable(value, dtype=dtype or floatx(), name=name, constraint=constraint)


@maker
def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor of the value, or filled with it if it is one number; in floatx unless told."""
    made = tensor(value, torch_dtype(dtype))
    if shape is None:
        return made.clone()
    wanted = sizes(shape)
    return made.expand(wanted).clone() if made.numel() == 1 else made.reshape(wanted).clone()


def placeholder(
    shape: Any = None, ndim: int | None = None, dtype: Any = None, sparse: bool = False, name: str | None = None,
    ragged: bool = False,
) -> KerasTensor:  # fmt: skip
    """A symbolic tensor: an Input whose shape has the batch in it."""
    if sparse or ragged:
        raise ValueError("torchkeras has dense tensors only. Leave out `sparse` and `ragged`, or pass False.")
    if shape is None and ndim is None:
        raise ValueError("`placeholder` needs a `shape`, or the number of axes as `ndim`.")
    made: KerasTensor = Input(batch_shape=(None,) * int(ndim or 0) if shape is None else shape, dtype=dtype, name=name)
    return made


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Variable:
    """A Variable of zeros."""
    return _filled(torch.zeros, shape, dtype, name)


def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Variable:
    """A Variable of ones."""
    return _filled(torch.ones, shape, dtype, name)


def eye(size: Any, dtype: Any = None, name: str | None = None) -> Variable:
    """A Variable with ones on the diagonal; `size` is one number, or the rows and columns."""
    rows, columns = size if isinstance(size, (list, tuple)) else (size, size)
    return Variable(torch.eye(int(rows), int(columns), dtype=torch_dtype(dtype), device=default_device()), name=name)


def _filled(how: Any, shape: Any, dtype: Any, name: str | None) -> Variable:
    return Variable(how(sizes(shape), dtype=torch_dtype(dtype), device=default_device()), name=name)


@backend_function("tf.zeros_like")
def zeros_like(x: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Zeros of the shape of `x`."""
    return torch.zeros_like(tensor(x), dtype=None if dtype is None else torch_dtype(dtype))


@backend_function("tf.ones_like")
def ones_like(x: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Ones of the shape of `x`."""
    return torch.ones_like(tensor(x), dtype=None if dtype is None else torch_dtype(dtype))


@backend_function("tf.identity")
def identity(x: Any, name: str | None = None) -> Tensor:
    """A tensor of the same values."""
    return tensor(x).clone()


@maker
def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = "int32") -> Tensor:
    """The numbers from `start` up to, without, `stop`; from 0 up to `start` if there is no `stop`."""
    first, last = (0, start) if stop is None else (start, stop)
    return torch.arange(first, last, step, dtype=torch_dtype(dtype), device=default_device())


@maker
def random_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normally distributed values."""
    return _drawn(shape, dtype, seed, lambda made, source: made.normal_(mean, stddev, generator=source))


@maker
def random_uniform(shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Evenly distributed values from `minval` up to, without, `maxval`; integers for an integer dtype."""
    if dtype is not None and not torch_dtype(dtype).is_floating_point:
        low, high = int(minval), int(maxval)
        return _drawn(shape, dtype, seed, lambda made, source: made.random_(low, high, generator=source))
    return _drawn(shape, dtype, seed, lambda made, source: made.uniform_(minval, maxval, generator=source))


@maker
def random_bernoulli(shape: Any, p: float = 0.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Ones with probability `p`, else zeros."""
    return _drawn(shape, dtype, seed, lambda made, source: made.bernoulli_(p, generator=source))


random_binomial = random_bernoulli  # the name it had before


@maker
def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Tensor:
    """Normally distributed values, none farther than two standard deviations from the mean."""
    ends = mean - 2 * stddev, mean + 2 * stddev

    def fill(made: Tensor, source: Any) -> Tensor:
        return torch.nn.init.trunc_normal_(made, mean, stddev, *ends, generator=source)

    return _drawn(shape, dtype, seed, fill)


def _drawn(shape: Any, dtype: Any, seed: Any, fill: Any) -> Tensor:
    made = torch.empty(sizes(shape), dtype=torch_dtype(dtype), device=default_device())
    source = None
    if seed is not None and made.device.type != "meta":
        source = torch.Generator(made.device).manual_seed(int(seed))
    with torch.no_grad():
        filled: Tensor = fill(made, source)
    return filled


def random_normal_variable(
    shape: Any, mean: float, scale: float, dtype: Any = None, name: str | None = None, seed: Any = None
) -> Variable:
    """A Variable of normally distributed values."""
    return Variable(random_normal(shape, mean, scale, dtype, seed), name=name)


def random_uniform_variable(
    shape: Any, low: float, high: float, dtype: Any = None, name: str | None = None, seed: Any = None
) -> Variable:
    """A Variable of evenly distributed values."""
    return Variable(random_uniform(shape, low, high, dtype, seed), name=name)


# --- their values ---


def get_value(x: Any) -> Any:
    """The value of a tensor or Variable as an array, a copy; what is neither is given back."""
    return convert_to_numpy(x)[()] if isinstance(x, (Tensor, Variable, KerasTensor)) else x


def eval(x: Any) -> Any:
    """The value of a tensor or Variable as an array."""
    return get_value(x)


def set_value(x: Variable, value: Any) -> None:
    """Gives a Variable another value."""
    x.assign(np.asarray(value.detach().cpu() if isinstance(value, Tensor) else value))


def batch_get_value(tensors: Iterable[Any]) -> list[Any]:
    """The values of several tensors or Variables."""
    return [get_value(x) for x in tensors]


def batch_set_value(tuples: Iterable[tuple[Variable, Any]]) -> None:
    """Gives Variables other values: pairs of a Variable and a value."""
    for x, value in tuples:
        set_value(x, value)


def update(x: Variable, new_x: Any) -> Any:
    """`x.assign(new_x)`."""
    return x.assign(new_x)


def update_add(x: Variable, increment: Any) -> Any:
    """`x.assign_add(increment)`."""
    return x.assign_add(increment)


def update_sub(x: Variable, decrement: Any) -> Any:
    """`x.assign_sub(decrement)`."""
    return x.assign_sub(decrement)


def moving_average_update(x: Variable, value: Any, momentum: float) -> Any:
    """`x` becomes `momentum * x + (1 - momentum) * value`."""
    return x.assign_sub((tensor(x) - tensor(value, torch_dtype(x.dtype))) * (1 - momentum))


@public
def print_tensor(x: Any, message: str = "", summarize: int = 3) -> Any:
    """Prints the message and the values, of longer axes the first and last few, and gives `x` back."""
    values = convert_to_numpy(x)
    many = max(values.shape, default=0) > 2 * summarize
    shown = np.array2string(
        values, edgeitems=summarize, threshold=0 if many else values.size + 1, formatter={"float_kind": "{:.9g}".format}
    )
    print(message, shown)
    return x


# --- facts ---


def shape(x: Any) -> Any:
    """The shape as a tensor of integers; within the inference of a symbolic call, as plain numbers."""
    if isinstance(x, Tensor) and x.device.type == "meta":
        return tuple(x.shape)
    return _shape(x)


@backend_function("tf.compat.v1.shape")
def _shape(x: Any) -> Tensor:
    return torch.tensor(tuple(tensor(x).shape), dtype=torch.int32, device="cpu")


def int_shape(x: Any) -> tuple[int | None, ...] | None:
    """The shape as a tuple, with None for what is not known yet; None for what has no shape."""
    found = getattr(x, "shape", None)
    return None if found is None else tuple(as_shape(found))


def ndim(x: Any) -> int | None:
    """The number of axes."""
    found = int_shape(x)
    return None if found is None else len(found)


def dtype(x: Any) -> str:
    """The dtype by name, such as 'float32'."""
    return dtype_name(x.dtype)


def count_params(x: Any) -> int:
    """How many values a tensor or Variable has."""
    return math.prod(x.shape)


def is_keras_tensor(x: Any) -> bool:
    """Whether `x` is a symbolic tensor of a layer; ValueError for what is no tensor at all."""
    if not isinstance(x, (KerasTensor, Tensor, Variable)):
        raise ValueError(f"Unexpectedly found an instance of type `{type(x)}`. Expected a symbolic tensor instance.")
    return isinstance(x, KerasTensor)


def is_sparse(tensor: Any) -> bool:
    """Whether a tensor is sparse."""
    return bool(getattr(tensor, "is_sparse", False))


@public
def to_dense(tensor: Any) -> Any:
    """A sparse tensor as a dense one; others as they are."""
    return tensor.to_dense() if is_sparse(tensor) else tensor


@backend_function("tf.cast")
def cast(x: Any, dtype: Any) -> Tensor:
    """`x` in another dtype."""
    return tensor(x, torch_dtype(dtype))


@public
def cast_to_floatx(x: Any) -> Any:
    """Tensors and Variables in floatx as tensors, anything else as an array in floatx."""
    if isinstance(x, (Tensor, Variable, KerasTensor)):
        return _cast_to_floatx(x)
    return np.asarray(x, dtype=floatx())


@backend_function("tf.keras.backend.cast_to_floatx")
def _cast_to_floatx(x: Any) -> Tensor:
    return tensor(x, torch_dtype(None))


@backend_function("tf.stop_gradient")
def stop_gradient(variables: Any) -> Any:
    """The same values, as constants for gradients; a list for a list."""
    if isinstance(variables, (list, tuple)):
        return [tensor(v).detach() for v in variables]
    return tensor(variables).detach()
