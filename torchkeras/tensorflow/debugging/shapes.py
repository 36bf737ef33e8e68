"""Assertions about shapes and types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.string_tensor import StringTensor


def _shape(x: Any) -> TensorShape:
    return TensorShape(x.shape) if hasattr(x, "shape") else any_tensor(x).shape


def _dtype(x: Any) -> dtypes.DType:
    return dtypes.as_dtype(x.dtype) if hasattr(x, "dtype") else any_tensor(x).dtype


def _said(message: str | None) -> str:
    return "" if not message else f"{message}."


def assert_rank(x: Any, rank: Any, message: str | None = None, name: str | None = None) -> None:
    """x has this number of axes; otherwise a ValueError."""
    shape = _shape(x)
    if len(shape) != int(rank):
        raise ValueError(
            f"{_said(message)}Tensor {name or ''} must have rank {int(rank)}.  Received rank {len(shape)}, "
            f"shape {shape}"
        )


def assert_rank_at_least(x: Any, rank: Any, message: str | None = None, name: str | None = None) -> None:
    """x has at least this number of axes; otherwise a ValueError."""
    shape = _shape(x)
    if len(shape) < int(rank):
        raise ValueError(
            f"{_said(message)}Tensor {name or ''} must have rank at least {int(rank)}.  Received rank {len(shape)}, "
            f"shape {shape}"
        )


def assert_rank_in(x: Any, ranks: Any, message: str | None = None, name: str | None = None) -> None:
    """The number of x's axes is one of these; otherwise a ValueError."""
    shape, wanted = _shape(x), tuple(int(rank) for rank in ranks)
    if len(shape) not in wanted:
        raise ValueError(
            f"{_said(message)}Tensor {name or ''} must have rank in {wanted}.  Received rank {len(shape)}, "
            f"shape {shape}"
        )


def assert_scalar(tensor: Any, message: str | None = None, name: str | None = None) -> None:
    """The tensor is a single value; otherwise a ValueError."""
    shape = _shape(tensor)
    if len(shape):
        raise ValueError(f"{message or ''}Expected scalar shape, saw shape: {shape}.")


def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None) -> None:
    """The tensor is of this dtype; otherwise a TypeError."""
    wanted, found = dtypes.as_dtype(tf_type), _dtype(tensor)
    if found != wanted:
        raise TypeError(f"{message or ''}tensor must be of type {wanted!r}; got {found!r}")


def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> None:
    """x is of an integer dtype; otherwise a TypeError."""
    found = _dtype(x)
    if not found.is_integer:
        raise TypeError(f'{message or ""}Expected "x" to be integer type.  Found: tensor of dtype {found}')


def assert_proper_iterable(values: Any) -> None:
    """The values are in a list or the like, rather than a single tensor or text; otherwise a TypeError."""
    if isinstance(values, (torch.Tensor, StringTensor, Variable, KerasTensor, str, bytes, bytearray)) or hasattr(
        values, "__array__"
    ):
        raise TypeError(
            f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)} (a single value to iterate '
            f"over)."
        )
    if not isinstance(values, Iterable):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> dtypes.DType:
    """All are of one floating dtype, which is given back; otherwise a ValueError."""
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    first = None
    for one in tensors or ():
        found = _dtype(one)
        if wanted is None:
            wanted, first = found, one
        elif found != wanted:
            of = f" as {first}" if first is not None else ""
            raise ValueError(f"{one}, type={found}, must be of the same type ({wanted}){of}.")
    wanted = dtypes.float32 if wanted is None else wanted
    if not wanted.is_floating:
        raise ValueError(f"Expected floating point type, got {wanted}.")
    return wanted


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether this is a tensor of numbers."""
    return isinstance(tensor, (torch.Tensor, KerasTensor)) and dtypes.as_dtype(tensor.dtype).is_numeric


def assert_shapes(
    shapes: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> None:
    """Tensors have these shapes; otherwise a ValueError.

    Args:
        shapes: (tensor, shape) pairs or a dict of them. A shape is a list of sizes: numbers, None for any, or a letter
            for a size that is the same wherever the letter stands; `...` or '*' first or last for any further axes. A
            text such as 'NHWC' is one letter for each axis.
        data, summarize: accepted.
        message: text before the error's.
    """
    pairs = list(shapes.items()) if isinstance(shapes, Mapping) else list(shapes)
    known: dict[str, tuple[int, str]] = {}
    for tensor, symbols in pairs:
        _check_shape(tensor.deref() if hasattr(tensor, "deref") else tensor, symbols, known, message)


def _check_shape(tensor: Any, symbols: Any, known: dict[str, tuple[int, str]], message: str | None) -> None:
    shape = _shape(tensor)
    if isinstance(symbols, (int,)):
        symbols = (symbols,)
    wanted = list(symbols)
    said = f"Tensor shape={shape} dtype={_dtype(tensor).name}"
    first, last = _open(wanted[:1]), len(wanted) > 1 and _open(wanted[-1:])
    fixed = [w for w in wanted if not _open([w])]
    if first and last:
        raise ValueError("assert_shapes: a shape may have `...` at its beginning or its end, not both.")
    scalar_like = not (first or last) and len(fixed) == 1 and len(shape) == 0 and fixed[0] == 1
    if scalar_like:
        return
    if first or last:
        if len(shape) < len(fixed):
            raise ValueError(
                f"{_said(message)}Tensor  must have rank at least {len(fixed)}.  Received rank {len(shape)}, "
                f"shape {shape}"
            )
    elif len(shape) != len(fixed):
        ranks = (0, 1) if len(fixed) == 1 else None
        words = f"in {ranks}" if ranks else str(len(fixed))
        raise ValueError(f"{_said(message)}Tensor  must have rank {words}.  Received rank {len(shape)}, shape {shape}")
    offset = len(shape) - len(fixed) if first else 0
    for place, symbol in enumerate(fixed):
        axis = place + offset
        size = shape[axis]
        if symbol is None or symbol == "." or size is None:
            continue
        if isinstance(symbol, str):
            number, source = known.setdefault(symbol, (size, f"Specified by tensor {said[7:]} dimension {axis}"))
        else:
            number, source = int(symbol), "Specified explicitly"
        if size != number:
            raise ValueError(
                f"{_said(message)}{source}.  {said} dimension {axis} must have size {number}.  Received size {size}, "
                f"shape {shape}"
            )


def _open(symbols: list[Any]) -> bool:
    return bool(symbols) and (symbols[0] is Ellipsis or symbols[0] == "*")


__all__ = [
    "assert_integer", "assert_proper_iterable", "assert_rank", "assert_rank_at_least", "assert_rank_in",
    "assert_same_float_dtype", "assert_scalar", "assert_shapes", "assert_type", "is_numeric_tensor",
]  # fmt: skip
