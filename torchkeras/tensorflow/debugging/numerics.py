"""Looking for values that are not a number or infinite."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import tensor, viewed
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.operation import operation


def _found(x: torch.Tensor) -> str:
    """'', 'Inf', 'NaN' or 'Inf and NaN'."""
    words = [word for word, bad in (("Inf", torch.isinf(x).any()), ("NaN", torch.isnan(x).any())) if bool(bad)]
    return " and ".join(words)


@operation("debugging.check_numerics", "CheckNumerics")
def check_numerics(tensor: Any, message: str, name: str | None = None) -> Any:
    """The tensor, if all its values are finite; otherwise an InvalidArgumentError with the message."""
    x = _plain(tensor)
    if not x.is_floating_point():
        invalid(f"Value for attr 'T' of {x.dtype} is not in the list of allowed values: bfloat16, half, float, double",
                "CheckNumerics")  # fmt: skip
    if x.device.type != "meta" and (what := _found(x)):
        invalid(f"{message} : Tensor had {what} values", "CheckNumerics")
    return viewed(x.view_as(x))


_plain = tensor


@operation("debugging.assert_all_finite", "CheckNumerics")
def assert_all_finite(x: Any, message: str, name: str | None = None) -> Any:
    """The tensor, if all its values are finite; otherwise an InvalidArgumentError with the message."""
    return check_numerics(x, message)


class _Watch(TorchDispatchMode):
    """Looks at the results of all operations."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for one in result if isinstance(result, (list, tuple)) else (result,):
            if isinstance(one, torch.Tensor) and one.is_floating_point() and one.device.type != "meta":
                if func.overloadpacket.__name__.startswith(("empty", "new_empty")):
                    continue
                with torch.utils._python_dispatch._disable_current_modes():
                    what = _found(one)
                if what:
                    raise InvalidArgumentError(
                        None,
                        None,
                        f"!!! Detected Infinity or NaN in output 0 of eagerly-executing op "
                        f'"{func.overloadpacket.__name__}" (# of outputs: 1) !!!\n  dtype: {one.dtype}\n  shape: '
                        f"{tuple(one.shape)}\n  Values: {what}",
                    )
        return result


_watching: list[_Watch] = []


def enable_check_numerics(stack_height_limit: int = 30, path_length_limit: int = 50) -> None:
    """From here on any operation that gives a value that is not finite raises an InvalidArgumentError; slow.

    Args:
        stack_height_limit, path_length_limit: accepted; Python's own traceback shows the place.
    """
    if not _watching:
        watch = _Watch()
        watch.__enter__()
        _watching.append(watch)


def disable_check_numerics() -> None:
    """Undoes `enable_check_numerics`."""
    while _watching:
        _watching.pop().__exit__(None, None, None)


__all__ = ["assert_all_finite", "check_numerics", "disable_check_numerics", "enable_check_numerics"]
