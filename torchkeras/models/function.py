"""Function: a piece of graph between symbolic tensors, to be called on values."""

from __future__ import annotations

from typing import Any

from torchkeras.models.model import Model


class Function(Model):
    """What computes symbolic outputs from symbolic inputs. It is a Model that was not made to be trained.

    Args:
        inputs: KerasTensors, one or a structure of them.
        outputs: KerasTensors computed from them.
        name: made from the class name unless given.

    Example:
        x = keras.Input((3,))
        double = keras.Function(x, x * 2)
        double(np.ones((1, 3)))
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        super().__init__(inputs, outputs, name=name)
