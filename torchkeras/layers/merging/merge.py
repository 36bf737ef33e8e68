"""Merge: the base of layers that make one tensor of a list of tensors."""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.machinery import is_lean, unmasked
from torchkeras.core.nest import flatten
from torchkeras.graph.keras_tensor import Shape, as_shape
from torchkeras.layers.base import Layer


class Merge(Layer):
    """Takes a list of tensors. A subclass defines `merge`, and `check` for the shapes it refuses."""

    keeps_dtype = True
    supports_masking = True
    #: How many inputs it takes; None for any number.
    inputs_wanted: int | None = None

    def merge(self, inputs: Any) -> Tensor:
        raise NotImplementedError

    def check(self, shapes: list[Shape]) -> None:
        """Raises ValueError for shapes that cannot be merged."""

    def build(self, input_shape: Any) -> None:
        self.check(self._shapes(input_shape))

    def _finish_build(self) -> None:
        super()._finish_build()
        self.__dict__["_lean_path"] = self._call_info.builtin and self.activity_regularizer is None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # The lean call of Layer.__call__, for a list.
        if self._lean_path and len(args) == 1 and not kwargs and type(args[0]) is list and args[0] and is_lean(self):
            compute = self._dtype_policy.compute
            for x in args[0]:
                known = type(x) is Tensor and (x.dtype is compute or not x.is_floating_point())
                if not known or not unmasked(x):
                    break
            else:
                return self.call(args[0])
        return super().__call__(*args, **kwargs)

    def call(self, inputs: Any) -> Tensor:
        if not isinstance(inputs, (list, tuple)):
            raise ValueError(self._wanted(f"a tensor of shape {tuple(inputs.shape)}"))
        try:
            return self.merge(inputs)
        except (RuntimeError, IndexError):
            self.check(self._shapes([tuple(x.shape) for x in inputs]))
            raise

    def _shapes(self, shapes: Any) -> list[Shape]:
        """A list of shapes as tuples, or a ValueError where it is none."""
        listed = isinstance(shapes, (list, tuple)) and all(hasattr(shape, "__len__") for shape in shapes)
        if not listed or not shapes or len(shapes) != (self.inputs_wanted or len(shapes)):
            raise ValueError(self._wanted(f"input_shape={shapes}"))
        return [as_shape(shape) for shape in shapes]

    def _wanted(self, received: str) -> str:
        count = "at least 1 input" if self.inputs_wanted is None else f"exactly {self.inputs_wanted} inputs"
        return (
            f"Layer {self.name!r} ({type(self).__name__}) should be called on a list of {count}. Received: {received}"
        )

    def _output_dtype(self, inputs: Any) -> torch.dtype:
        return functools.reduce(torch.promote_types, [super(Merge, self)._output_dtype(x) for x in flatten(inputs)])

    def _mask_list(self, inputs: Any, mask: Any) -> list[Any] | None:
        """The masks, one per input or None, or None where no input has one."""
        if mask is None:
            return None
        for what, value in (("mask", mask), ("inputs", inputs)):
            if not isinstance(value, (list, tuple)):
                raise ValueError(f"Layer {self.name!r}: `{what}` should be a list. Received: {what}={value}")
        if len(mask) != len(inputs):
            raise ValueError(
                f"Layer {self.name!r}: the lists `inputs` and `mask` should have the same length. "
                f"Received: {len(inputs)} inputs and {len(mask)} masks."
            )
        return None if all(one is None for one in mask) else list(mask)
