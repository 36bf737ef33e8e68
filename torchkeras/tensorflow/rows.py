"""Rows of tensors of numbers, of texts, and ragged ones, handled alike.

What describes structure (splits, lengths, indices) is NumPy's, on the host, since Python decides by it; values stay
where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from torchkeras.core.variable import Variable
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor, made, owned, read, tensor, viewed
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.string_tensor import StringTensor

Integers = np.ndarray


def as_integers(value: Any, what: str = "indices") -> tuple[Integers, dtypes.DType]:
    """Integers in any form as an int64 array on the host, and the dtype that they came in; Python's are int64."""
    if isinstance(value, CompositeTensor):
        raise TypeError(f"`{what}` must be a dense tensor of integers, got {value!r}.")
    if isinstance(value, Variable):
        value = read(value)
    if isinstance(value, torch.Tensor):
        found = value.detach().as_subclass(torch.Tensor).cpu().numpy()
        if found.dtype.kind not in "iu":
            raise TypeError(f"`{what}` must be of integers, got a tensor of dtype {found.dtype}.")
        return found.astype(np.int64), dtypes.int32 if found.dtype == np.int32 else dtypes.int64
    found = np.asarray([as_host(item) for item in value] if isinstance(value, (list, tuple)) else value)
    if found.size == 0 and found.dtype.kind == "f":
        found = found.astype(np.int64)
    if found.dtype.kind not in "iu":
        raise TypeError(f"`{what}` must be of integers, got {value!r}.")
    is_array = isinstance(value, (np.ndarray, np.generic))
    return found.astype(np.int64), dtypes.int32 if is_array and found.dtype == np.int32 else dtypes.int64


def as_host(value: Any) -> Any:
    """A value that may be a tensor as Python's or NumPy's."""
    return value.numpy() if hasattr(value, "numpy") else value


def as_integer(value: Any, what: str) -> int:
    found, _ = as_integers(value, what)
    return int(found)


def shown(integers: Any, dtype: Any = dtypes.int64) -> Any:
    """Integers from the host as a tf.Tensor."""
    return made(torch.tensor(np.asarray(integers), dtype=dtypes.as_dtype(dtype).torch))


def as_parts(value: Any, dtype: Any = None) -> Any:
    """What a ragged tensor can have for values: a ragged tensor as it is, anything else as a tensor."""
    if isinstance(value, CompositeTensor):
        if value._kind != "ragged":
            raise TypeError(f"A ragged tensor's values must be dense or ragged, got {value!r}.")
        return value
    if isinstance(value, Variable):
        return viewed(owned(value))
    return any_tensor(value, dtype)


def count(parts: Any) -> int:
    """How many rows."""
    return int(parts.shape[0])


def take(parts: Any, index: Integers) -> Any:
    """The rows of these numbers, in this order."""
    if isinstance(parts, CompositeTensor):
        found: Any = parts._take(index)  # type: ignore[attr-defined]
        return found
    if isinstance(parts, StringTensor):
        return StringTensor(parts._array[index])
    plain = tensor(parts)
    return made(plain[torch.as_tensor(index, device=plain.device)])


def between(parts: Any, start: int, stop: int) -> Any:
    """The rows from one number up to another."""
    if isinstance(parts, CompositeTensor):
        return parts._take(np.arange(start, stop))  # type: ignore[attr-defined]
    if isinstance(parts, StringTensor):
        return StringTensor(parts._array[start:stop])
    return viewed(tensor(parts)[start:stop])


def chained(parts: Sequence[Any]) -> Any:
    """The rows of several tensors, dense ones of the same inner shape, one after the other."""
    if isinstance(parts[0], StringTensor):
        if not all(isinstance(part, StringTensor) for part in parts):
            raise InvalidArgumentError(None, None, "cannot compute ConcatV2 of texts and numbers [Op:ConcatV2]")
        return StringTensor(np.concatenate([part._array for part in parts]))
    plain = [tensor(part) for part in parts]
    if len({part.dtype for part in plain}) > 1:
        names = [dtypes.of_torch(part.dtype).name for part in plain]
        raise InvalidArgumentError(None, None, f"cannot compute ConcatV2 of tensors of dtypes {names} [Op:ConcatV2]")
    try:
        return made(torch.cat(plain))
    except RuntimeError as error:
        shapes = [tuple(part.shape) for part in plain]
        raise InvalidArgumentError(
            None, None, f"Dimensions of inputs should match: got shapes {shapes} [Op:ConcatV2]"
        ) from error


def reshaped(parts: Any, shape: Sequence[int]) -> Any:
    """Dense values in another shape."""
    if isinstance(parts, StringTensor):
        return StringTensor(parts._array.reshape(tuple(shape)))
    return viewed(tensor(parts).reshape(tuple(shape)))


def starts_of(lengths: Integers) -> Integers:
    """Where each row starts, of rows that follow one another: one longer than the lengths, the end being the last."""
    splits = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=splits[1:])
    return splits


def within(starts: Integers, lengths: Integers) -> Integers:
    """The numbers start, start + 1, ... of each row, one row after the other."""
    total = int(lengths.sum())
    offsets = np.arange(total) - np.repeat(starts_of(lengths)[:-1], lengths)
    return np.repeat(starts, lengths) + offsets


def must_agree(x: Any, y: Any, says: str = "") -> None:
    """Raises TensorFlow's error about two integers, or vectors of integers, that differ."""
    if np.array_equal(x, y):
        return
    lines = [says] if says else []
    lines.append("Condition x == y did not hold.")
    if x.shape == y.shape and x.ndim:
        differ = np.flatnonzero(x != y)[:3]
        lines += [
            f"Indices of first {len(differ)} different values:",
            str(differ[:, None]),
            "Corresponding x values:",
            str(x[differ]),
            "Corresponding y values:",
            str(y[differ]),
        ]
    x, y = np.atleast_1d(x), np.atleast_1d(y)
    lines += [
        f"First {min(3, len(x))} elements of x:",
        str(x[:3]),
        f"First {min(3, len(y))} elements of y:",
        str(y[:3]),
    ]
    raise InvalidArgumentError(None, None, "\n".join(lines))
