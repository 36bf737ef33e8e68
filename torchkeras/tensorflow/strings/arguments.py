"""What the functions of tf.strings make of their arguments, and of their results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
import torch

from torchkeras.core.nest import flatten
from torchkeras.core.string_array import StringArray, text_vector, to_bytes_array
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import Symbolic, from_python, made
from torchkeras.tensorflow.dispatch import Composite, CompositeTensor
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.string_tensor import StringTensor


def texts(value: Any, kernel: str) -> np.ndarray:
    """An argument as an array of bytes objects."""
    if isinstance(value, StringArray):
        return value._array
    if isinstance(value, KerasTensor):
        raise Symbolic
    if isinstance(value, CompositeTensor):
        raise Composite
    if isinstance(value, (torch.Tensor, Variable)):
        _refuse(value, kernel)
    try:
        return to_bytes_array(value)
    except TypeError:
        if any(isinstance(leaf, KerasTensor) for leaf in flatten(value)):
            raise Symbolic from None
        raise


def _refuse(value: Any, kernel: str) -> NoReturn:
    invalid(
        f"cannot compute {kernel} as input #0(zero-based) was expected to be a string tensor but is a "
        f"{value.dtype.name if hasattr(value.dtype, 'name') else value.dtype} tensor. `tf.strings.as_string` makes "
        f"texts of numbers",
        kernel,
    )


def one_text(value: Any, what: str) -> bytes:
    """An argument that is a single text, such as a separator."""
    found = texts(value, what)
    if found.ndim:
        invalid(f"{what} must be a single text, got shape {list(found.shape)}", what)
    return bytes(found[()])


def text_result(values: Sequence[bytes], shape: Sequence[int]) -> StringTensor:
    """Texts in order as a tensor."""
    return StringTensor(text_vector(values).reshape(tuple(shape)))


def numbers(values: Any, dtype: torch.dtype, shape: Sequence[int] | None = None) -> Any:
    """Numbers in order as a tensor."""
    kind = str(dtype).removeprefix("torch.")
    array = np.asarray(values, dtype=kind)
    return made(from_python(array if shape is None else array.reshape(tuple(shape)), dtype))


def rows(values: Any, lengths: Sequence[int], shape: Sequence[int]) -> Any:
    """Values in rows, one for each text of a tensor: a vector for a single text, else a RaggedTensor.

    Args:
        values: of all rows, one after the other.
        lengths: of the rows.
        shape: of the texts.
    """
    if not len(shape):
        return values
    found = RaggedTensor.from_row_lengths(values, np.asarray(lengths, dtype=np.int64))
    return RaggedTensor._nested(found, RowPartition._of_dense(shape))


def text_rows(found: Sequence[Sequence[bytes]], shape: Sequence[int]) -> Any:
    """Lists of texts, one for each text of a tensor."""
    flat = [text for row in found for text in row]
    return rows(text_result(flat, (len(flat),)), [len(row) for row in found], shape)


def chosen(value: str, allowed: Sequence[str], name: str, kernel: str) -> str:
    """A word among those that are allowed."""
    if value not in allowed:
        listed = ", ".join(f'"{one}"' for one in allowed)
        invalid(f"Value for attr '{name}' of \"{value}\" is not in the list of allowed values: {listed}", kernel)
    return value
