"""tf.print: prints tensors as TensorFlow's kernels write them."""

from __future__ import annotations

import pprint
import sys
from typing import Any

import numpy as np
import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.core.variable import Variable
from torchkeras.tensorflow import printing
from torchkeras.tensorflow.compat.v1 import logging
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import array_of

_LOGGERS = {
    logging.info: logging.info,
    logging.warning: logging.warning,
    logging.warn: logging.warn,
    logging.error: logging.error,
}


def print(*inputs: Any, **kwargs: Any) -> None:
    """Prints its arguments, to stderr unless told otherwise.

    Args:
        inputs: tensors, structures with tensors, and anything else.
        output_stream: sys.stderr, sys.stdout, tf.compat.v1.logging.info (or warning, error), or 'file://PATH' to add
            to a file.
        summarize: how many elements are shown at both ends of each axis, 3 unless given; -1 for all.
        sep: between arguments, a blank unless given.
        end: after the last one, a new line unless given.
        name: accepted.
    """
    stream = kwargs.pop("output_stream", sys.stderr)
    kwargs.pop("name", None)
    summarize, sep, end = kwargs.pop("summarize", 3), kwargs.pop("sep", " "), kwargs.pop("end", "\n")
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments for tf.print: {kwargs}")
    ends = -1 if summarize is None or summarize < 0 else int(summarize)
    text = sep.join(_text(value, ends) for value in inputs)
    _write(stream, text, end)


def _write(stream: Any, text: str, end: str) -> None:
    if isinstance(stream, str) and stream.startswith("file://"):
        with open(stream.removeprefix("file://"), "a") as file:
            file.write(text + end)
        return
    if callable(stream) and stream in _LOGGERS:
        stream(text)
        return
    if isinstance(stream, str) or not hasattr(stream, "write"):
        raise ValueError(
            f"Unsupported output stream, logging level, or file.{stream}. Supported streams are sys.stdout, "
            f"sys.stderr, tf.logging.info, tf.logging.warning, tf.logging.error. File needs to be in the form of "
            f"'file://<filepath>'."
        )
    stream.write(text + end)
    stream.flush()


class _Shown:
    """Stands for a tensor within a structure, so that `pprint` writes the structure around it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _text(value: Any, ends: int) -> str:
    if isinstance(value, str):
        return value
    shown = _shown(value, ends)
    return shown.text if isinstance(shown, _Shown) else pprint.pformat(shown)


def _shown(value: Any, ends: int) -> Any:
    if isinstance(value, (torch.Tensor, Variable)):
        plain = value._read() if isinstance(value, Variable) else value
        return _Shown(formatted(array_of(plain), ends))
    if isinstance(value, StringTensor):
        return _Shown(formatted(value._array, ends))
    if isinstance(value, np.ndarray):
        return _Shown(printing.array_repr(value))
    if isinstance(value, np.generic):
        return _Shown(printing.scalar(value))
    if hasattr(value, "dense_shape"):
        parts = (_text(getattr(value, name), ends) for name in ("indices", "values", "dense_shape"))
        return _Shown("'SparseTensor(indices={}, values={}, shape={})'".format(*parts))
    if hasattr(value, "row_splits") and hasattr(value, "to_list"):
        return _Shown(_nested(value.to_list(), ends))
    if isinstance(value, dict):
        return {key: _shown(item, ends) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and not isinstance(value, TensorShape):
        items = [_shown(item, ends) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items) if type(value) is tuple else items
    return value


def _nested(value: Any, ends: int) -> str:
    """A ragged tensor's rows, as TensorFlow writes them: with commas."""
    if not isinstance(value, list):
        return (
            f"'{value.decode(errors='backslashreplace')}'"
            if isinstance(value, bytes)
            else _element(np.asarray(value)[()])
        )
    if ends >= 0 and len(value) > 2 * ends:
        parts = (
            [_nested(v, ends) for v in value[:ends]] + ["..."] + [_nested(v, ends) for v in value[len(value) - ends :]]
        )
    else:
        parts = [_nested(v, ends) for v in value]
    return "[" + ", ".join(parts) + "]"


def formatted(array: np.ndarray, ends: int) -> str:
    """The values of an array, `ends` at both ends of each axis; -1 for all."""
    return _axis(array, 0, array.ndim, ends)


def _axis(array: np.ndarray, depth: int, rank: int, ends: int) -> str:
    if array.ndim == 0:
        return _element(array[()])
    gap = " " if depth == rank - 1 else "\n" * (rank - depth - 1) + " " * (depth + 1)
    count = len(array)
    if ends >= 0 and count > 2 * ends:
        parts = [_axis(row, depth + 1, rank, ends) for row in array[:ends]]
        parts += ["...", *(_axis(row, depth + 1, rank, ends) for row in array[count - ends :])]
    else:
        parts = [_axis(np.asarray(row), depth + 1, rank, ends) for row in array]
    return "[" + gap.join(parts) + "]"


def _element(value: Any) -> str:
    if isinstance(value, bytes):
        return '"' + value.decode(errors="backslashreplace") + '"'
    if isinstance(value, (bool, np.bool_)):
        return str(int(value))
    if isinstance(value, (np.complexfloating, complex)):
        return f"({_element(value.real)},{_element(value.imag)})"
    if isinstance(value, (np.floating, float)):
        return _float(value)
    return str(value)


def _float(value: Any) -> str:
    """The fewest digits of two choices that give the same number again, as C's %g writes them."""
    if np.isnan(value):
        return "nan"
    if np.isinf(value):
        return "inf" if value > 0 else "-inf"
    short, long, kind = (15, 17, np.float64) if isinstance(value, np.float64) else (6, 9, np.float32)
    text = f"{float(value):.{short}g}"
    return text if kind(text) == kind(value) else f"{float(value):.{long}g}"


__all__ = ["formatted", "print"]
