"""Concatenate: tensors one after another along an axis."""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor

from torchkeras.graph.keras_tensor import Shape
from torchkeras.layers.merging.merge import Merge


class Concatenate(Merge):
    """Joins tensors along an axis. Their other axes must be the same.

    Args:
        axis: the axis; the last unless given.

    Example: `keras.layers.Concatenate(axis=1)([x, y])`
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def merge(self, inputs: Any) -> Tensor:
        return torch.cat(inputs, self.axis)

    def check(self, shapes: list[Shape]) -> None:
        self.compute_output_shape(shapes)

    def compute_output_shape(self, input_shape: Any) -> Any:
        shapes = self._shapes(input_shape)
        rank = len(shapes[0])
        if not -rank <= self.axis < rank:
            raise ValueError(
                f"Layer {self.name!r} (Concatenate) has axis={self.axis}, which inputs of rank {rank} do not have. "
                f"Received: input_shape={shapes}"
            )
        known = [{size for size in sizes if size is not None} for sizes in zip(*shapes, strict=False)]
        matching = all(len(sizes) <= 1 for axis, sizes in enumerate(known) if axis != self.axis % rank)
        if not matching or any(len(shape) != rank for shape in shapes):
            raise ValueError(
                f"Layer {self.name!r}: a `Concatenate` layer requires inputs with matching shapes except for the "
                f"concatenation axis, {self.axis}. Received: input_shape={shapes}"
            )
        joined: list[int | None] = [next(iter(sizes), None) for sizes in known]
        lengths = [shape[self.axis] for shape in shapes]
        joined[self.axis] = None if None in lengths else sum(lengths)  # type: ignore[arg-type]
        return tuple(joined)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        masks = self._mask_list(inputs, mask)
        if masks is None:
            return None
        rank = inputs[0].dim()
        # A mask of the inputs' own rank holds for a step where it holds for all its values.
        masks = [one if one is None or one.dim() < rank else one.all(-1) for one in masks]
        axes = max(one.dim() for one in masks if one is not None)
        if self.axis % rank >= axes:
            return functools.reduce(torch.logical_and, [one for one in masks if one is not None])
        filled = [
            torch.ones(x.shape[:axes], dtype=torch.bool, device=x.device) if one is None else one
            for x, one in zip(inputs, masks, strict=True)
        ]
        return torch.cat(filled, self.axis % rank)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"axis": self.axis}


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """A list of tensors joined along an axis: `Concatenate(axis, **kwargs)(inputs)`."""
    return Concatenate(axis=axis, **kwargs)(inputs)
