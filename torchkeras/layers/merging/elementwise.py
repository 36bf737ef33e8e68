"""Add, Subtract, Multiply, Average, Maximum, Minimum: merging value by value."""

from __future__ import annotations

import functools
import operator
from typing import Any

import torch
from torch import Tensor

from torchkeras.graph.keras_tensor import Shape
from torchkeras.layers.merging.merge import Merge


class Elementwise(Merge):
    """Merges tensors of one shape, or of shapes that broadcast.

    Unlike NumPy, axes of size 1 are put in after the batch until all ranks agree: (batch, n) goes with (batch, m, n).
    """

    def merge(self, inputs: Any) -> Tensor:
        rank = inputs[0].dim()
        for x in inputs:
            if x.dim() != rank:
                return self.combine(_aligned(inputs))
        return self.combine(inputs)

    def combine(self, inputs: Any) -> Tensor:
        """The result for tensors of one rank."""
        raise NotImplementedError

    def check(self, shapes: list[Shape]) -> None:
        batches = {shape[0] for shape in shapes if shape} - {None}
        if len(batches) > 1:
            raise ValueError(
                f"Layer {self.name!r}: cannot merge tensors with different batch sizes. "
                f"Got tensors with shapes {shapes}"
            )
        functools.reduce(self._broadcast, [shape[1:] for shape in shapes])

    def _broadcast(self, first: Shape, second: Shape) -> Shape:
        length = max(len(first), len(second))
        pairs = zip((1,) * (length - len(first)) + first, (1,) * (length - len(second)) + second, strict=True)
        merged: list[int | None] = []
        for a, b in pairs:
            if a == 1 or b == 1:
                merged.append(b if a == 1 else a)
            elif a is not None and b is not None and a != b:
                raise ValueError(
                    f"Layer {self.name!r}: inputs have incompatible shapes. Received shapes {first} and {second} "
                    f"(batch axis aside)."
                )
            else:
                merged.append(b if a is None else a)
        return tuple(merged)

    def compute_output_shape(self, input_shape: Any) -> Any:
        shapes = self._shapes(input_shape)
        batches = {shape[0] for shape in shapes if shape}
        known = batches - {None}
        # An unknown batch may be larger than a known one of size 1.
        batch = None if len(known) != 1 or (None in batches and known == {1}) else known.pop()
        return (batch, *functools.reduce(self._broadcast, [shape[1:] for shape in shapes]))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        masks = self._mask_list(inputs, mask)
        if masks is None:
            return None
        return functools.reduce(torch.logical_and, _aligned([one for one in masks if one is not None]))


def _aligned(tensors: Any) -> Any:
    """The tensors with axes put in after the batch until all have one rank."""
    rank = max(x.dim() for x in tensors)
    return [x[(slice(None), *[None] * (rank - x.dim()))] for x in tensors]


class Add(Elementwise):
    """The sum of its inputs.

    Example: `keras.layers.Add()([x, shortcut])`
    """

    def combine(self, inputs: Any) -> Tensor:
        return functools.reduce(operator.add, inputs)


class Subtract(Elementwise):
    """The first of two inputs less the second."""

    inputs_wanted = 2

    def combine(self, inputs: Any) -> Tensor:
        first, second = inputs
        return first - second


class Multiply(Elementwise):
    """The product of its inputs."""

    def combine(self, inputs: Any) -> Tensor:
        return functools.reduce(operator.mul, inputs)


class Average(Elementwise):
    """The mean of its inputs; that of integers is a float."""

    keeps_dtype = False

    def combine(self, inputs: Any) -> Tensor:
        total: Tensor = functools.reduce(operator.add, inputs)
        return (total if total.is_floating_point() else total.to(self._dtype_policy.compute)) / len(inputs)


class Maximum(Elementwise):
    """The largest of its inputs, value by value."""

    def combine(self, inputs: Any) -> Tensor:
        return functools.reduce(_maximum, inputs)


class Minimum(Elementwise):
    """The smallest of its inputs, value by value."""

    def combine(self, inputs: Any) -> Tensor:
        return functools.reduce(_minimum, inputs)


# Where values are equal TensorFlow gives the gradient to the first of them, torch.maximum one half to each. Still it is
# torch.maximum that computes the other values, for it keeps NaN.


def _maximum(x: Tensor, y: Tensor) -> Tensor:
    larger = torch.maximum(x, y)
    return torch.where(x >= y, x, larger) if larger.requires_grad else larger


def _minimum(x: Tensor, y: Tensor) -> Tensor:
    smaller = torch.minimum(x, y)
    return torch.where(x <= y, x, smaller) if smaller.requires_grad else smaller


def add(inputs: Any, **kwargs: Any) -> Any:
    """The sum of a list of tensors: `Add(**kwargs)(inputs)`."""
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """The difference of two tensors: `Subtract(**kwargs)(inputs)`."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """The product of a list of tensors: `Multiply(**kwargs)(inputs)`."""
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """The mean of a list of tensors: `Average(**kwargs)(inputs)`."""
    return Average(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """The largest of a list of tensors, value by value: `Maximum(**kwargs)(inputs)`."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """The smallest of a list of tensors, value by value: `Minimum(**kwargs)(inputs)`."""
    return Minimum(**kwargs)(inputs)
