"""padded_batch: elements of different shapes, filled up to be one batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.data.base import Dataset
from torchkeras.tensorflow.data.batching import Batching
from torchkeras.tensorflow.data.structure import flatten, is_nested, map_structure, pack_as
from torchkeras.tensorflow.errors import DataLossError, InvalidArgumentError
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor, retag
from torchkeras.tensorflow.type_specs import TensorSpec


class PaddedBatchDataset(Batching):
    """So many elements at a time, each leaf filled up to a common shape, then stacked.

    Args:
        input_dataset: whose elements.
        batch_size: how many.
        padded_shapes: for each leaf the shape to fill up to, None or -1 for the largest of the batch; for all sizes
            that the specs leave open unless given.
        padding_values: what to fill with, one for all leaves or one each; 0 and '' unless given.
        drop_remainder: whether a last, smaller batch is left out.
    """

    _kernel = "PaddedBatchDatasetV2"

    def __init__(
        self,
        input_dataset: Dataset,
        batch_size: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: Any = False,
    ) -> None:
        super().__init__(input_dataset, batch_size, drop_remainder)
        self._shapes = padded_shapes if padded_shapes is None else _as_shapes(padded_shapes)
        self._values = padding_values
        self._checked: tuple[list[Any], list[Any]] | None = None
        if (known := input_dataset._known_spec()) is not None:
            self._check(known)

    def _check(self, structure: Any) -> tuple[list[Any], list[Any]]:
        """For each leaf of this structure of tensors or specs its shape, or None, and its filling."""
        leaves = flatten(structure)
        if self._shapes is None:
            for leaf in leaves:
                if isinstance(leaf, TensorSpec) and leaf.shape.rank is None:
                    raise ValueError(
                        f"You must provide `padded_shapes` argument because component {leaf} has unknown rank."
                    )
            shapes: list[Any] = [None] * len(leaves)
        else:
            shapes = _matched(structure, self._shapes)
        values = [self._values] * len(leaves) if not is_nested(self._values) else _matched(structure, self._values)
        for leaf, shape in zip(leaves, shapes):
            rank = None if leaf is None else leaf.shape.rank
            if shape is not None and rank is not None and len(shape) != rank:
                raise ValueError(
                    f"The padded shape {tuple(shape)} is not compatible with the shape {leaf.shape} of the "
                    f"corresponding input component."
                )
        return shapes, [_filling(value, leaf) for value, leaf in zip(values, leaves)]

    def _together(self) -> Callable[[list[Any]], Any]:
        return self._batch

    def _batch(self, elements: list[Any]) -> Any:
        if self._checked is None:
            self._checked = self._check(elements[0])
        columns = zip(*(flatten(element) for element in elements))
        return pack_as(elements[0], [padded(c, s, v) for c, s, v in zip(columns, *self._checked)])

    def _make_spec(self) -> Any:
        inputs = self._input.element_spec
        shapes, _ = self._check(inputs)
        specs = []
        for spec, shape in zip(flatten(inputs), shapes):
            kept = spec.shape if shape is None else [_known(wanted) for wanted in shape]
            specs.append(TensorSpec(TensorShape([self._known_size()]).concatenate(kept), spec.dtype))
        return pack_as(inputs, specs)


def _known(size: Any) -> int | None:
    return None if size is None or int(size) < 0 else int(size)


def _as_shapes(shapes: Any) -> Any:
    """Lists, TensorShapes and tensors as tuples of sizes inside TensorShapes, so that they are leaves."""
    if isinstance(shapes, TensorShape):
        return shapes
    if isinstance(shapes, dict):
        return {key: _as_shapes(value) for key, value in shapes.items()}
    if isinstance(shapes, torch.Tensor):
        return TensorShape([_known(size) for size in shapes.tolist()])
    if isinstance(shapes, (list, tuple)):
        if all(size is None or isinstance(size, (int, np.integer)) for size in shapes) and not (
            isinstance(shapes, tuple) and not shapes
        ):
            return TensorShape([_known(size) for size in shapes])
        return tuple(_as_shapes(item) for item in shapes) if shapes else TensorShape([])
    if shapes is None:
        return None
    raise TypeError(f"Expected a shape or a structure of shapes in `padded_shapes`. Received: {shapes!r}")


def _matched(structure: Any, given: Any) -> list[Any]:
    if not is_nested(structure):
        return [given]
    found: list[Any] = []
    map_structure(lambda _, value: found.append(value), structure, given)
    return found


def _filling(value: Any, leaf: Any) -> Any:
    """What to fill a leaf up with: a plain number or bytes."""
    texts = leaf is not None and leaf.dtype == "string"
    if value is None:
        return b"" if texts else 0
    found = any_tensor(value)
    if len(found.shape):
        raise ValueError(f"Padding value should be a scalar, but got shape {found.shape}.")
    mixed = isinstance(found, StringTensor) != texts
    if mixed or (hasattr(value, "dtype") and leaf is not None and found.dtype != leaf.dtype):
        raise TypeError(
            f"The padding value {value!r} is of dtype {found.dtype.name}, the component it is for of {leaf.dtype.name}."
        )
    if isinstance(found, StringTensor):
        return found.numpy()
    number = found.item()
    if isinstance(number, float) and leaf is not None and leaf.dtype.is_integer:
        raise TypeError(f"Cannot convert {number!r} to EagerTensor of dtype {leaf.dtype.name}")
    return number


def padded(values: Any, shape: Any, filling: Any) -> Any:
    """Leaves stacked, each filled up at the end of its axes to `shape`, or to the largest of them."""
    first = values[0]
    if first is None:
        return None
    if type(first) not in (Tensor, StringTensor):
        raise TypeError(f"Padded batching of elements of type {type(first).__name__} is not supported.")
    sizes = [tuple(value.shape) for value in values]
    ranks = {len(size) for size in sizes}
    if len(ranks) > 1:
        raise InvalidArgumentError(
            None,
            None,
            f"All elements in a batch must have the same rank as the padded shape for component0: expected rank "
            f"{len(sizes[0])} but got element with rank {max(ranks)} [Op:IteratorGetNext]",
        )
    largest = [max(axis) for axis in zip(*sizes)]
    target = list(largest)
    for axis, wanted in enumerate(shape if shape is not None else ()):
        if wanted is not None and wanted >= 0:
            if wanted < largest[axis]:
                raise DataLossError(
                    None,
                    None,
                    f"Attempted to pad to a smaller size than the input element. [Op:IteratorGetNext] Axis {axis} has "
                    f"{largest[axis]} entries; `padded_shapes` says {wanted}.",
                )
            target[axis] = wanted
    if isinstance(first, StringTensor):
        texts: Any = np.empty((len(values), *target), dtype=object)
        texts.fill(filling)
        for i, value in enumerate(values):
            texts[(i, *(slice(0, n) for n in value.shape))] = value._array
        return StringTensor(texts)
    plain = [value.as_subclass(torch.Tensor) for value in values]
    if all(tuple(value.shape) == tuple(target) for value in plain):
        return retag(torch.stack(plain))
    made = plain[0].new_full((len(values), *target), filling)
    for row, value in zip(made.unbind(0), plain):
        row[tuple(slice(0, n) for n in value.shape)].copy_(value)
    return retag(made)


__all__ = ["PaddedBatchDataset", "padded"]
