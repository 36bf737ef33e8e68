"""Arguments that are Python values: shapes, axes, dtypes that a kernel takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np
import torch

from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import Symbolic, is_stringy, operand
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.string_tensor import StringTensor, to_bytes_array
from torchkeras.tensorflow.tensor import plain_dtype

#: Element types by the classes that TensorFlow's kernels take.
FLOATS = frozenset({torch.float32, torch.float64, torch.float16, torch.bfloat16})
COMPLEX = frozenset({torch.complex64, torch.complex128})
CONTINUOUS = FLOATS | COMPLEX
INTEGERS = frozenset(
    {torch.int32, torch.int64, torch.int8, torch.int16, torch.uint8, torch.uint16, torch.uint32, torch.uint64}
)
NUMBERS = CONTINUOUS | INTEGERS
REAL = FLOATS | INTEGERS


def invalid(message: str, kernel: str) -> NoReturn:
    """Raises TensorFlow's InvalidArgumentError."""
    raise InvalidArgumentError(None, None, f"{message} [Op:{kernel}]")


def refuse(x: torch.Tensor, allowed: frozenset[torch.dtype], kernel: str) -> NoReturn:
    """Raises TensorFlow's error about a dtype the kernel does not take."""
    names = ", ".join(sorted(dtypes.of_torch(d).name for d in allowed))
    invalid(
        f"Value for attr 'T' of {dtypes.of_torch(plain_dtype(x)).name} is not in the list of allowed values: {names}. "
        f"`tf.cast` changes the dtype.",
        kernel,
    )


def of_dtypes(value: Any, allowed: frozenset[torch.dtype], kernel: str) -> torch.Tensor:
    """An argument as an operand, of one of these dtypes."""
    x = operand(value)
    if plain_dtype(x) not in allowed:
        refuse(x, allowed, kernel)
    return x


# --- shapes and axes ---


def size(value: Any) -> int:
    """One size, which may be a tensor."""
    if isinstance(value, KerasTensor):
        raise Symbolic
    if value is None:
        raise ValueError(f"Attempt to convert a value (None) with an unsupported type ({type(None)}) to a Tensor.")
    if isinstance(value, Variable):
        value = value.numpy()
    if isinstance(value, (float, np.floating, str, bytes)):
        raise TypeError(f"Expected an integer, got {value!r} of type {type(value).__name__}.")
    if isinstance(value, torch.Tensor) and value.numel() != 1:
        invalid(f"Expected a single integer, got a tensor of shape {tuple(value.shape)}", "Pack")
    if isinstance(value, torch.Tensor) and plain_dtype(value) not in INTEGERS:
        raise TypeError(f"Expected an integer, got a tensor of dtype {value.dtype}.")
    return int(value)


def boolean(value: Any, kernel: str) -> torch.Tensor:
    """An argument as an operand of booleans."""
    x = operand(value)
    if plain_dtype(x) is not torch.bool:
        if not hasattr(value, "dtype"):
            raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype bool")
        refuse(x, frozenset({torch.bool}), kernel)
    return x


def sizes(value: Any) -> list[int]:
    """A shape in any form (list, tuple, TensorShape, tensor, a single number) as a list of ints."""
    if isinstance(value, (list, tuple)):
        return [item if type(item) is int else size(item) for item in value]
    if isinstance(value, KerasTensor):
        raise Symbolic
    if isinstance(value, Variable):
        value = value.numpy()
    if isinstance(value, torch.Tensor):
        if value.dim() > 1:
            invalid(f"shape must be a vector of integers, got a tensor of shape {tuple(value.shape)}", "Fill")
        if plain_dtype(value) not in INTEGERS:
            raise TypeError(f"A shape must be of integers, got a tensor of dtype {value.dtype}.")
        value = value.detach().as_subclass(torch.Tensor).cpu().tolist()
        return value if isinstance(value, list) else [value]
    if isinstance(value, np.ndarray) and value.ndim:
        return [size(item) for item in value]
    return [size(value)]


def axis_of(axis: Any, rank: int, kernel: str) -> int:
    """One axis as a number from 0; an InvalidArgumentError where the tensor has none such."""
    found = axis if type(axis) is int else size(axis)
    if not -rank <= found < rank:
        invalid(f"Expected dimension in the range [{-rank}, {rank}), but got {found}", kernel)
    return found % rank


def axes_of(axis: Any, rank: int, kernel: str) -> list[int]:
    """Several axes, or one, or all (None), as a list of numbers from 0."""
    if axis is None:
        return list(range(rank))
    found = [axis_of(item, rank, kernel) for item in sizes(axis)]
    if len(set(found)) != len(found):
        invalid(f"Invalid reduction arguments: Axes contains duplicate dimension in {found}", kernel)
    return found


# --- texts ---


def on_texts(value: Any, function: Callable[[np.ndarray], np.ndarray]) -> StringTensor:
    """For use where reading numbers failed: applies a NumPy function to texts; what are none raise what was raised."""
    if not is_stringy(value):
        raise
    return StringTensor(np.asarray(function(to_bytes_array(value)), dtype=object))


def same_device(parts: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """Shapes live on the CPU; beside tensors elsewhere they follow these."""
    device = next((p.get_device() for p in parts if p.is_cuda), None)
    return list(parts) if device is None else [p.cuda(device) for p in parts]


__all__ = [
    "COMPLEX", "CONTINUOUS", "FLOATS", "INTEGERS", "NUMBERS", "REAL",
    "axes_of", "axis_of", "boolean", "invalid", "of_dtypes", "on_texts", "plain_dtype", "refuse", "same_device", "size",
    "sizes",
]  # fmt: skip
