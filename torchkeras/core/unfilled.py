"""Weights whose first values nobody will see: those of a model that is made to be filled from a file."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor

#: Smaller weights are made as always: it costs nothing.
_LARGE = 1 << 20


class _Waiting(NamedTuple):
    """A weight without values, torch's count of the changes to it, and what makes the values it would begin with."""

    weight: weakref.ref[Tensor]
    version: int
    first_values: Callable[[], Tensor]

    def fill(self) -> None:
        weight = self.weight()
        if weight is not None and weight._version == self.version:
            weight.detach().copy_(self.first_values())


class _State(threading.local):
    waiting: list[_Waiting] | None = None


_state = _State()


@contextmanager
def unfilled_weights() -> Iterator[None]:
    """Within the block large weights are made without values, for whoever reads them from a file.

    Those that nobody has written to by its end get the values that they would have begun with.
    """
    outer = _state.waiting
    waiting: list[_Waiting] = []
    _state.waiting = waiting
    try:
        yield
    finally:
        _state.waiting = outer
    for one in waiting:
        one.fill()


def is_unfilled(initializer: object, size: int) -> bool:
    """Whether a weight is made without values, to be given to `fill_later`.

    Args:
        initializer: the object that would make them; a user's own is always called.
        size: the bytes of the weight.
    """
    ours = type(initializer).__module__.startswith("torchkeras.initializers")
    # Tensors of inference mode do not count their changes.
    return _state.waiting is not None and size >= _LARGE and ours and not torch.is_inference_mode_enabled()


def fill_later(weight: Tensor, first_values: Callable[[], Tensor]) -> None:
    """Notes a weight that was made without values.

    Args:
        weight: the parameter or buffer.
        first_values: makes what it would have begun with.
    """
    assert _state.waiting is not None
    _state.waiting.append(_Waiting(weakref.ref(weight), weight._version, first_values))
