"""InputSpec: what shapes a layer accepts, and the errors where it gets another."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.dtypes import dtype_name
from torchkeras.core.nest import flatten
from torchkeras.graph.keras_tensor import as_shape, torch_dtype_of


class InputSpec:
    """The rank, shape, dtype and single axes an input must have; None leaves a thing open.

    Args:
        dtype: a dtype name.
        shape: a full shape with None for open axes.
        ndim: the exact rank; `min_ndim`, `max_ndim` bound it instead.
        axes: axis number to required size.
        allow_last_axis_squeeze: let (n,) pass for (n, 1).
        name: the key of this input in a dict.
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = None if dtype is None else dtype_name(dtype)
        self.shape = None if shape is None else as_shape(shape)
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        self.allow_last_axis_squeeze, self.name, self.optional = allow_last_axis_squeeze, name, optional

    def get_config(self) -> dict[str, Any]:
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        return {name: getattr(self, name) for name in names}

    def ranks(self) -> tuple[int, int]:
        """The lowest and the highest rank that may come."""
        if self.ndim is not None:
            return self.ndim, self.ndim
        return self.min_ndim or 0, self.max_ndim if self.max_ndim is not None else 1 << 30

    def problem(self, shape: tuple[int | None, ...], dtype: Any) -> str | None:
        """What is wrong with an input of this shape, or None."""
        full = f"Full shape received: {shape}"
        if self.shape is not None and self.allow_last_axis_squeeze and shape and shape[-1] == 1:
            shape = shape if len(shape) == len(self.shape) else shape[:-1]
        if self.ndim is not None and len(shape) != self.ndim:
            return f"expected ndim={self.ndim}, found ndim={len(shape)}. {full}"
        if self.max_ndim is not None and len(shape) > self.max_ndim:
            return f"expected max_ndim={self.max_ndim}, found ndim={len(shape)}. {full}"
        if self.min_ndim is not None and len(shape) < self.min_ndim:
            return f"expected min_ndim={self.min_ndim}, found ndim={len(shape)}. {full}"
        if self.dtype is not None and dtype_name(dtype) != self.dtype:
            return f"expected dtype={self.dtype}, found dtype={dtype_name(dtype)}"
        for axis, size in self.axes.items():
            if size is not None and shape[axis] not in (size, None):
                return (
                    f"expected axis {axis} of input shape to have value {size}, but received input with shape {shape}"
                )
        for wanted, found in zip(self.shape or (), shape, strict=False):
            if wanted is not None and found is not None and wanted != found:
                return f"expected shape={self.shape}, found shape={shape}"
        return None


def check_input_spec(spec: Any, inputs: Any, layer_name: str) -> None:
    """Raises ValueError where inputs, symbolic or real, do not fit a layer's InputSpec (or list of them)."""
    if spec is None or torch._C._get_tracing_state() is not None:  # a trace would record the comparisons
        return
    specs = flatten(spec)
    tensors = [t for t in flatten(inputs) if hasattr(t, "shape")]
    if len(tensors) != len(specs):
        shapes = [tuple(t.shape) for t in tensors]
        raise ValueError(
            f'Layer "{layer_name}" expects {len(specs)} input(s), but it received {len(tensors)} input tensors. '
            f"Shapes received: {shapes}"
        )
    for i, (one, tensor) in enumerate(zip(specs, tensors, strict=True)):
        if one is None:
            continue
        dtype = torch_dtype_of(tensor)
        problem = one.problem(tuple(tensor.shape), dtype if isinstance(dtype, torch.dtype) else None)
        if problem:
            raise ValueError(f'Input {i} of layer "{layer_name}" is incompatible with the layer: {problem}')
