"""tf.bitwise: functions of the bits of integers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras.tensorflow.arguments import INTEGERS, of_dtypes, plain_dtype, refuse
from torchkeras.tensorflow.convert import made, pair
from torchkeras.tensorflow.operation import operation


def _bits(name: str, kernel: str, function: Callable[[Any, Any], torch.Tensor], says: str) -> Callable[..., Any]:
    def apply(x: Any, y: Any, name: str | None = None) -> Any:
        a, b = pair(x, y, kernel)
        if plain_dtype(a) not in INTEGERS:
            refuse(a, INTEGERS, kernel)
        return made(function(a, b))

    apply.__name__ = apply.__qualname__ = name
    apply.__doc__ = says
    return operation(f"bitwise.{name}", kernel)(apply)


bitwise_and = _bits("bitwise_and", "BitwiseAnd", torch.bitwise_and, "The bits that are set in both.")
bitwise_or = _bits("bitwise_or", "BitwiseOr", torch.bitwise_or, "The bits that are set in either.")
bitwise_xor = _bits("bitwise_xor", "BitwiseXor", torch.bitwise_xor, "The bits that are set in one of the two.")
left_shift = _bits("left_shift", "LeftShift", torch.bitwise_left_shift, "The bits of x moved up by y places.")
right_shift = _bits("right_shift", "RightShift", torch.bitwise_right_shift, "The bits of x moved down by y places.")


@operation("bitwise.invert", "Invert")
def invert(x: Any, name: str | None = None) -> Any:
    """The bits that are not set."""
    return made(torch.bitwise_not(of_dtypes(x, INTEGERS, "Invert")))


__all__ = ["bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift"]
