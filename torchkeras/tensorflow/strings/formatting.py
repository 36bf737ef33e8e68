"""tf.strings.format: tensors within a text."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.core.nest import flatten
from torchkeras.core.string_array import StringArray
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow.convert import Symbolic, any_tensor
from torchkeras.tensorflow.dispatch import Composite, CompositeTensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.strings.arguments import text_result
from torchkeras.tensorflow.tensor import array_of


@operation("strings.format", "StringFormat")
def format(template: str, inputs: Any, placeholder: str = "{}", summarize: int = 3, name: str | None = None) -> Any:
    """A text with tensors in it.

    Args:
        template: the text, with a placeholder for each tensor.
        inputs: the tensors: one, or a list.
        placeholder: what stands for a tensor.
        summarize: how many values at either end of an axis are shown; -1 for all.
    """
    given = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    for leaf in flatten(given):
        if isinstance(leaf, KerasTensor):
            raise Symbolic
        if isinstance(leaf, CompositeTensor):
            raise Composite
    pieces = template.split(placeholder)
    if len(pieces) - 1 != len(given):
        raise ValueError(
            f"The template expects {len(pieces) - 1} tensors, but the inputs only has {len(given)}. Please ensure the "
            f"number of placeholders in template matches inputs length."
        )
    said = [summarized(_array(value), summarize) for value in given]
    whole = pieces[0] + "".join(text + piece for text, piece in zip(said, pieces[1:]))
    return text_result([whole.encode("utf-8", "surrogateescape")], ())


def _array(value: Any) -> np.ndarray:
    found = any_tensor(value)
    return found._array if isinstance(found, StringArray) else array_of(found)


def summarized(array: np.ndarray, summarize: int = 3) -> str:
    """The values of an array as TensorFlow's kernels print them."""
    if array.ndim == 0:
        return _said(array[()])
    return _axis(array, summarize, 0)


def _axis(array: np.ndarray, summarize: int, depth: int) -> str:
    size = len(array)
    whole = summarize < 0 or size <= 2 * summarize
    if array.ndim == 1:
        if whole:
            return "[" + " ".join(map(_said, array)) + "]"
        first, last = (" ".join(map(_said, part)) for part in (array[:summarize], array[size - summarize :]))
        return f"[{first} ... {last}]"
    # Between parts of more axes there are more line ends.
    between = "\n" * (array.ndim - 1) + " " * (depth + 1)
    if whole:
        return "[" + between.join(_axis(part, summarize, depth + 1) for part in array) + "]"
    first, last = (
        between.join(_axis(part, summarize, depth + 1) for part in parts)
        for parts in (array[:summarize], array[size - summarize :])
    )
    return f"[{first}{between}...{between}{last}]"


def _said(value: Any) -> str:
    if isinstance(value, bytes):
        text = value.decode("utf-8", "surrogateescape").replace("\\", "\\\\").replace('"', '\\"')
        return '"' + text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'
    if isinstance(value, (bool, np.bool_)):
        return "1" if value else "0"
    if isinstance(value, (np.floating, float)):
        return number(value)
    if isinstance(value, (np.complexfloating, complex)):
        return "?"  # which is all that TensorFlow's kernel prints of it
    return str(value)


def number(value: Any) -> str:
    """A float as TensorFlow writes it: so few digits that it can be read back, else nine or seventeen."""
    plain = float(value)
    if np.isnan(plain):
        return "nan"
    if np.isinf(plain):
        return "inf" if plain > 0 else "-inf"
    kind, short, long = (np.float64, 15, 17) if isinstance(value, float) else (np.float32, 6, 9)  # float64 is a float
    said = f"{plain:.{short}g}"
    return said if kind(said) == kind(plain) else f"{plain:.{long}g}"
