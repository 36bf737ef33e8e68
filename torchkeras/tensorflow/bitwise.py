"""tf.bitwise: functions of the bits of integers."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.arguments import INTEGERS, of_dtypes
from torchkeras.tensorflow.convert import made
from torchkeras.tensorflow.math.arithmetic import binary
from torchkeras.tensorflow.operation import operation

bitwise_and = binary("bitwise.bitwise_and", "BitwiseAnd", torch.bitwise_and, INTEGERS, "The bits that are set in both.")
bitwise_or = binary("bitwise.bitwise_or", "BitwiseOr", torch.bitwise_or, INTEGERS, "The bits that are set in either.")
bitwise_xor = binary(
    "bitwise.bitwise_xor", "BitwiseXor", torch.bitwise_xor, INTEGERS, "The bits that are set in one of the two."
)
left_shift = binary(
    "bitwise.left_shift", "LeftShift", torch.bitwise_left_shift, INTEGERS, "The bits of x moved up by y places."
)
right_shift = binary(
    "bitwise.right_shift", "RightShift", torch.bitwise_right_shift, INTEGERS, "The bits of x moved down by y places."
)


@operation("bitwise.invert", "Invert")
def invert(x: Any, name: str | None = None) -> Any:
    """The bits that are not set."""
    return made(torch.bitwise_not(of_dtypes(x, INTEGERS, "Invert")))


__all__ = ["bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift"]
