"""Count: a sum of batch sizes that costs no kernel."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.core import capturing
from torchkeras.core.variable import Variable


class Count(Variable):
    """A scalar Variable to which Python numbers are added on the host.

    The sum of the numbers stays a Python number until somebody reads the Variable. Inside a graph that is compiled or
    captured, where Python does not run again, the tensor itself is added to.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._pending: int | float = 0
        self._tensor_used = False  # whether the tensor may be something other than zero
        self._in_graph = False  # whether some graph adds to the tensor
        super().__init__(*args, **kwargs)

    @property
    def parameter(self) -> Any:
        """The tensor, with what is still on the host added."""
        self._tensor_used = True
        if _recording(self._tensor):
            self._in_graph = True
        else:
            self.settle()
        return self._tensor

    def add(self, number: int | float) -> None:
        """Add a number that the host knows."""
        if _recording(self._tensor) or self._in_graph:  # a graph that reads it finds there what others added, too
            self._in_graph = self._tensor_used = True
            self._tensor.add_(number)
        else:
            self._pending += number

    def settle(self) -> None:
        """Before a capture: what is on the host goes to the tensor, where the graph finds it."""
        if self._pending:
            self._tensor_used = True
            with torch.no_grad():
                self._tensor.add_(self._pending)
            self._pending = 0

    def divide(self, total: Tensor) -> Tensor:
        """`total / count`, 0 where the count is 0: one kernel while no tensor was added."""
        if self._tensor_used:
            return divide_no_nan(total, self.parameter)
        return total / self._pending if self._pending else torch.zeros_like(total)

    def zero(self) -> None:
        """Start anew."""
        self._pending = 0
        if self._tensor_used:
            self._tensor.zero_()
            self._tensor_used = self._in_graph


def _recording(tensor: Tensor) -> bool:
    """Whether what is done now is written down to be done again without Python."""
    if torch.compiler.is_compiling() or capturing.updates() is not None:
        return True
    return tensor.is_cuda and torch.cuda.is_current_stream_capturing()  # a graph of the user's own


def divide_no_nan(numerator: Tensor, denominator: Tensor) -> Tensor:
    """`numerator / denominator`, 0 where the denominator is 0."""
    return (numerator / denominator).masked_fill(denominator == 0, 0.0)
