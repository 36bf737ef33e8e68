"""Dtypes by their names, as Keras 3's code asks for them."""

from __future__ import annotations

from typing import Any

from torchkeras.core.config import floatx
from torchkeras.core.dtypes import any_dtype, dtype_name, torch_dtype
from torchkeras.ops import promotion


def standardize_dtype(dtype: Any) -> str:
    """The name of a dtype in any spelling: of torch, NumPy, Python or the tf namespace; None is floatx."""
    if dtype in (str, int, float, bool):
        return {str: "string", int: "int32", float: "float32", bool: "bool"}[dtype]
    try:
        return dtype_name(any_dtype(dtype))
    except (TypeError, ValueError):
        raise ValueError(f"Invalid dtype: {dtype}") from None


def is_float_dtype(dtype: Any) -> bool:
    """Whether this is a floating type."""
    return standardize_dtype(dtype).startswith(("float", "bfloat"))


def is_int_dtype(dtype: Any) -> bool:
    """Whether this is an integer type, signed or not."""
    return standardize_dtype(dtype).startswith(("int", "uint"))


def result_type(*dtypes: Any) -> str:
    """The dtype of what these make together; `int`, `float` and `bool` stand for Python's numbers."""
    if not dtypes:
        return floatx()
    kinds = [kind if kind in (int, float, bool, complex) else torch_dtype(kind) for kind in dtypes]
    return dtype_name(promotion.result_type(*kinds))
