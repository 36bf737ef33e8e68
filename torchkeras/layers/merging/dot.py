"""Dot: the products of two tensors, summed along an axis of each."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.graph.keras_tensor import Shape
from torchkeras.layers.merging.merge import Merge


class Dot(Merge):
    """The dot product of two tensors, sample by sample: (batch, i, k) and (batch, j, k) give (batch, i, j).

    Args:
        axes: the axis to sum along, or one for each input. The batch is axis 0.
        normalize: give the vectors along that axis length 1 first, which makes cosines of the products.

    Example: `keras.layers.Dot(axes=1)([user, item])` on two (batch, n) gives (batch, 1).
    """

    inputs_wanted = 2

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axes, (int, list, tuple)):
            raise TypeError(f"The axes of layer {self.name!r} (Dot) must be an int or a pair. Received: axes={axes!r}")
        if not isinstance(axes, int) and (len(axes) != 2 or not all(isinstance(axis, int) for axis in axes)):
            raise ValueError(f"The axes of layer {self.name!r} (Dot) must be two ints. Received: axes={axes!r}")
        self.axes = axes if isinstance(axes, int) else tuple(axes)
        self.normalize = normalize

    def merge(self, inputs: Any) -> Tensor:
        x, y = inputs
        i, j = self._positive(x.dim(), y.dim())
        if self.normalize:
            # Keras's squared length is at least 1e-12.
            x, y = F.normalize(x, dim=i, eps=1e-6), F.normalize(y, dim=j, eps=1e-6)
        return batch_dot(x, y, i, j)

    def _positive(self, first: int, second: int) -> tuple[int, int]:
        """The axes, counted from the front, for inputs of these ranks."""
        i, j = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        return i + first if i < 0 else i, j + second if j < 0 else j

    def check(self, shapes: list[Shape]) -> None:
        self.compute_output_shape(shapes)
        first, second = shapes
        if first[0] is not None and second[0] is not None and first[0] != second[0]:
            raise ValueError(
                f"Layer {self.name!r}: a `Dot` layer requires inputs with the same batch size. "
                f"Received shapes {first} and {second}"
            )

    def compute_output_shape(self, input_shape: Any) -> Any:
        first, second = self._shapes(input_shape)
        i, j = self._positive(len(first), len(second))
        if not (0 < i < len(first) and 0 < j < len(second)):
            raise ValueError(
                f"Layer {self.name!r} (Dot) has axes={self.axes}; expected an axis of each input other than the batch, "
                f"axis 0. Received shapes {first} and {second}"
            )
        if first[i] is not None and second[j] is not None and first[i] != second[j]:
            raise ValueError(
                f"Incompatible input shapes for layer {self.name!r} (Dot): axis values {first[i]} (at axis {i}) != "
                f"{second[j]} (at axis {j}). Full input shapes: {first}, {second}"
            )
        batch = second[0] if first[0] is None else first[0]
        rest = first[1:i] + first[i + 1 :] + second[1:j] + second[j + 1 :]
        return (batch, *(rest or (1,)))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"axes": self.axes, "normalize": self.normalize}


def batch_dot(x: Tensor, y: Tensor, i: int, j: int) -> Tensor:
    """The sum over axis `i` of `x` and axis `j` of `y` of their products, for each sample; (batch, 1) for vectors."""
    if x.dim() == 2 and y.dim() == 2:
        return (x * y).sum(1, keepdim=True, dtype=x.dtype)  # half the time of a product of matrices
    rows = x.unsqueeze(1) if x.dim() == 2 else x.movedim(i, -1).flatten(1, -2)
    columns = y.unsqueeze(2) if y.dim() == 2 else y.movedim(j, 1).flatten(2)
    if x.is_floating_point():
        product = torch.bmm(rows, columns)
    else:  # CUDA multiplies no matrices of integers
        product = (rows.unsqueeze(-1) * columns.unsqueeze(1)).sum(2, dtype=x.dtype)
    rest = [n for axis, n in enumerate(x.shape) if axis not in (0, i)]
    return product.view(x.shape[0], *rest, *[n for axis, n in enumerate(y.shape) if axis not in (0, j)])


def dot(inputs: Any, axes: Any, normalize: bool = False, **kwargs: Any) -> Any:
    """The dot product of two tensors: `Dot(axes, normalize, **kwargs)(inputs)`."""
    return Dot(axes=axes, normalize=normalize, **kwargs)(inputs)
