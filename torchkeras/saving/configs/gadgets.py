"""Functions that a model may call in a program, but that a config must not: they reach beyond tensors.

A functional model can hold any function of `tf` that a program called on a symbolic tensor, with any constants. Of
those that read or write files the config would choose which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from torchkeras.core.errors import UnsafeConfig
from torchkeras.core.safe_mode import in_safe_mode

#: Of these namespaces the functions that turn tensors into others, by the beginnings of their names.
_PARTLY = {"tf.io": ("decode_", "encode_", "parse_", "serialize_", "deserialize_", "is_jpeg", "extract_")}
_NAMESPACES = (
    "tf.math", "tf.nn", "tf.linalg", "tf.image", "tf.signal", "tf.strings", "tf.bitwise", "tf.dtypes",
    "tf.random", "tf.sparse", "tf.ragged", "tf.sets", "tf.audio", "tf.debugging", "tf.quantization",
    "tf.__operators__", "tf.keras.activations", "tf.keras.backend", "tf.experimental.numpy",
)  # fmt: skip
_OF_TF = (
    "py_function", "py_func", "numpy_function", "print", "Print", "read_file", "write_file", "matching_files",
    "load_library", "load_op_library", "load_file_system_library",
)  # fmt: skip
_VERSIONED = re.compile(r"^tf\.compat\.v[12]\.")
_OF_TORCH = ("module_load", "set_", "storage", "untyped_storage", "requires_grad_", "register_hook")


def refuse_reaching_out(label: str, layer: str) -> None:
    """An UnsafeConfig for a function that is not only about tensors, unless code of configs may run.

    Args:
        label: the function's, as the config has it.
        layer: the layer's name, for the message.
    """
    if in_safe_mode() and not _stays_with_tensors(label):
        raise UnsafeConfig(
            f"The layer {layer!r} of the config calls the function {label!r}, which is not one of tensors: it could "
            f"reach files. If you trust the config, pass `safe_mode=False` to the function that loads it."
        )


def _stays_with_tensors(label: str) -> bool:
    label = _VERSIONED.sub("tf.", label)
    family, _, name = label.rpartition(".")
    if family.startswith("torch"):
        return name not in _OF_TORCH
    if family in _PARTLY:
        return name.startswith(_PARTLY[family])
    if not label.startswith("tf."):
        return True  # of a family, or of keras.backend: function_of_label knows these alone
    if family == "tf":
        return name not in _OF_TF
    return any(family == known or family.startswith(f"{known}.") for known in _NAMESPACES)


#: Functions that make as many lists, tensors or characters as a number among their arguments says.
_COUNTING = ("tensordot", "unique", "unique_with_counts", "dynamic_partition", "as_string", "unstack", "split")
_MOST = 1 << 20


def refuse_counts(label: str, call: Any, layer: str) -> None:
    """An UnsafeConfig for a number in a call that asks for more than any memory holds.

    Args:
        label: the function's, as the config has it.
        call: the arguments, in our marks.
        layer: the layer's name, for the message.
    """
    if label.rpartition(".")[2] in _COUNTING and any(number > _MOST for number in _numbers(call)):
        raise UnsafeConfig(f"The layer {layer!r} of the config calls {label!r} with a number above {_MOST}.")


def _numbers(value: Any) -> Iterator[int]:
    if type(value) is int:
        yield value
    elif isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _numbers(one)
