"""Assertions that compare tensors element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras.graph.keras_tensor import any_symbolic
from torchkeras.tensorflow import printing
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import is_stringy, pair, tensor
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.ragged.broadcasting import aligned, as_operand
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.string_tensor import StringTensor, to_bytes_array
from torchkeras.tensorflow.tensor import array_of


def _both(x: Any, y: Any, kernel: str) -> tuple[Any, Any]:
    """Two arguments as arrays, of one dtype."""
    if isinstance(x, RaggedTensor) or isinstance(y, RaggedTensor):
        (x, y), _ = aligned([as_operand(x), as_operand(y)])
    if isinstance(x, StringTensor) or isinstance(y, StringTensor) or is_stringy(x):
        return to_bytes_array(x), to_bytes_array(y)
    a, b = pair(x, y, kernel)
    return array_of(a), array_of(b)


def _first(array: Any, count: int) -> str:
    flat = np.asarray(array).reshape(-1)[:count]
    return printing.values(flat)


def _comparison(name: str, sign: str, kernel: str, holds: Callable[[Any, Any], Any], says: str) -> Callable[..., None]:
    def check(
        x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
    ) -> None:
        if any_symbolic((x, y), {}):
            return
        a, b = _both(x, y, kernel)
        try:
            good = np.asarray(holds(a, b))
        except ValueError:
            invalid(f"Incompatible shapes: {list(np.shape(a))} vs. {list(np.shape(b))}", kernel)
        if good.all():
            return
        count = 3 if summarize is None else summarize if summarize >= 0 else 10**9
        lines = [] if not message else [message]
        lines.append(f"Condition x {sign} y did not hold.")
        if good.ndim:
            wrong = np.argwhere(~good)[:count]
            at = tuple(wrong.T)
            lines += [
                f"Indices of first {len(wrong)} different values:", printing.values(wrong),
                "Corresponding x values:", printing.values(np.broadcast_to(a, good.shape)[at]),
                "Corresponding y values:", printing.values(np.broadcast_to(b, good.shape)[at]),
            ]  # fmt: skip
        lines += [f"First {min(count, np.size(a))} elements of x:", _first(a, count)]
        lines += [f"First {min(count, np.size(b))} elements of y:", _first(b, count)]
        raise InvalidArgumentError(None, None, "\n".join(lines))

    check.__name__ = check.__qualname__ = name
    check.__doc__ = says + " Otherwise an InvalidArgumentError that shows where."
    return check


assert_equal = _comparison("assert_equal", "==", "Equal", np.equal, "All elements of x equal those of y.")
assert_none_equal = _comparison(
    "assert_none_equal", "!=", "NotEqual", np.not_equal, "No element of x equals that of y."
)
assert_less = _comparison("assert_less", "<", "Less", np.less, "All elements of x are less than those of y.")
assert_less_equal = _comparison(
    "assert_less_equal", "<=", "LessEqual", np.less_equal, "No element of x is greater than that of y."
)
assert_greater = _comparison(
    "assert_greater", ">", "Greater", np.greater, "All elements of x are greater than those of y."
)
assert_greater_equal = _comparison(
    "assert_greater_equal", ">=", "GreaterEqual", np.greater_equal, "No element of x is less than that of y."
)


def _sign(name: str, sign: str, holds: Callable[[torch.Tensor], torch.Tensor], says: str) -> Callable[..., None]:
    def check(x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> None:
        if any_symbolic((x,), {}):
            return
        value = tensor(x)
        if bool(holds(value).all()):
            return
        array = array_of(value)
        raise InvalidArgumentError(
            None,
            None,
            f"{message or ''}\nCondition x {sign} 0 did not hold element-wise:\nx (shape={array.shape} "
            f"dtype={array.dtype}) = \n{_first(array, 3 if summarize is None else summarize)}",
        )

    check.__name__ = check.__qualname__ = name
    check.__doc__ = says
    return check


assert_positive = _sign("assert_positive", ">", lambda x: x > 0, "All elements are greater than 0.")
assert_negative = _sign("assert_negative", "<", lambda x: x < 0, "All elements are less than 0.")
assert_non_negative = _sign("assert_non_negative", ">=", lambda x: x >= 0, "No element is less than 0.")
assert_non_positive = _sign("assert_non_positive", "<=", lambda x: x <= 0, "No element is greater than 0.")


def assert_near(
    x: Any,
    y: Any,
    rtol: Any = None,
    atol: Any = None,
    message: str | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> None:
    """All elements of x are within atol + rtol * abs(y) of those of y.

    Args:
        x, y: tensors of floating numbers.
        rtol, atol: ten times the distance between 1 and the next number of that dtype unless given.
        message, summarize: text before the error's, and how many elements it shows.
    """
    if any_symbolic((x, y), {}):
        return
    a, b = pair(x, y, "Sub")
    a, b = a.as_subclass(torch.Tensor), b.as_subclass(torch.Tensor)
    if a.is_floating_point():
        tolerance = 10 * torch.finfo(a.dtype).eps
    else:
        tolerance = 0
    relative, absolute = (float(tolerance if t is None else t) for t in (rtol, atol))
    if bool(((a - b).abs() <= absolute + relative * b.abs()).all()):
        return
    count = 3 if summarize is None else summarize
    raise InvalidArgumentError(
        None,
        None,
        f"{message or ''}\nx and y not equal to tolerance rtol = {relative}, atol = {absolute}\n"
        f"x (shape={tuple(a.shape)}) = \n{_first(array_of(a), count)}\ny (shape={tuple(b.shape)}) = \n"
        f"{_first(array_of(b), count)}",
    )


def Assert(condition: Any, data: Any, summarize: int | None = None, name: str | None = None) -> None:
    """The condition holds; otherwise an InvalidArgumentError that shows `data`."""
    if any_symbolic((condition,), {}) or bool(tensor(condition).all()):
        return
    count = 3 if summarize is None else summarize if summarize >= 0 else 10**9
    shown = "\n".join(_datum(value, count) for value in data)
    raise InvalidArgumentError(None, None, f"Expected '{condition}' to be true. Summarized data: {shown}")


def _datum(value: Any, count: int) -> str:
    if is_stringy(value):
        array = to_bytes_array(value)
        return str(array[()]) if array.ndim == 0 else _first(array, count)
    array = array_of(tensor(value))
    return printing.values(array) if array.ndim == 0 else _first(array, count)


__all__ = [
    "Assert", "assert_equal", "assert_greater", "assert_greater_equal", "assert_less", "assert_less_equal",
    "assert_near", "assert_negative", "assert_non_negative", "assert_non_positive", "assert_none_equal",
    "assert_positive",
]  # fmt: skip
