"""Spatial: what layers over the axes of signals, images and volumes share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from torch import Tensor

from torchkeras.core.config import check_data_format
from torchkeras.layers.base import Layer
from torchkeras.layers.input_spec import InputSpec


class Spatial(Layer):
    """A layer over one, two or three spatial axes, with the channels last or first.

    A subclass gives `rank` and, with `_length`, how long each axis comes out.
    """

    rank: ClassVar[int]

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = check_data_format(data_format)
        self._first = self.data_format == "channels_first"
        self._axes = tuple(range(2, self.rank + 2) if self._first else range(1, self.rank + 1))
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _length(self, size: int, which: int) -> int:
        """The output's size along a spatial axis, for the input's size and the number of the axis (0, 1, 2)."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = self._checked(input_shape)
        output = list(shape)
        for which, axis in enumerate(self._axes):
            size = shape[axis]
            if size is not None:
                length = output[axis] = self._length(size, which)
                if length <= 0:
                    raise ValueError(self._nothing_left(shape))
        return tuple(output)

    def _checked(self, input_shape: Any) -> tuple[int | None, ...]:
        """The shape, or a ValueError where its rank is wrong."""
        shape = tuple(input_shape)
        problem = self.input_spec.problem(shape, None)
        if problem:
            raise ValueError(f'Input 0 of layer "{self.name}" is incompatible with the layer: {problem}')
        return shape

    def _nothing_left(self, shape: tuple[int | None, ...]) -> str:
        return (
            f"One of the dimensions in the output is <= 0 due to downsampling in {self.name}. Consider increasing the "
            f"input size. Received input shape {shape} which would produce output shape with a zero or negative value "
            f"in a dimension."
        )


def size_tuple(value: Any, rank: int, argument: str, layer: str, least: int = 1) -> tuple[int, ...]:
    """An int, or `rank` of them, as a tuple; a ValueError that names the argument and the layer otherwise."""
    problem = (
        f"The `{argument}` argument of layer {layer!r} must be an integer or a tuple of {rank} integers. "
        f"Received: {argument}={value!r}"
    )
    try:
        sizes = tuple(value) if isinstance(value, Iterable) else (value,) * rank
        found = tuple(int(size) for size in sizes)
    except (TypeError, ValueError):
        raise ValueError(problem) from None
    if len(found) != rank or any(a != b for a, b in zip(found, sizes)):
        raise ValueError(problem)
    wrong = {size for size in found if size < least}
    if wrong:
        rule = "> 0" if least else ">= 0"
        raise ValueError(f"{problem} including {wrong} that does not satisfy the requirement `{rule}`.")
    return found


def narrow(x: Tensor, axis: int, start: int, length: int) -> Tensor:
    """A part of a channels-first tensor along an axis of its space; the gradient lies in memory as the tensor does."""
    if x.stride(1) != 1:
        return x.narrow(axis, start, length)
    # torch fills the gradient up in the order of the axes: seen with the channels behind, that is channels_last.
    return x.movedim(1, -1).narrow(axis - 1, start, length).movedim(-1, 1)
