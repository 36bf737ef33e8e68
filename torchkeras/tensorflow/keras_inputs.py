"""Ragged and sparse tensors given to Keras's side, which computes with dense ones.

A ragged tensor goes in as a dense one with a mask of its rows' lengths, a sparse one as a dense one. Layers that work
on each value by itself see the values alone; what comes out of a layer with the mask of the rows is ragged again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras.core.context import seen
from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.rows import Rows
from torchkeras.core.string_array import StringArray
from torchkeras.tensorflow.convert import tensor
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.rows import starts_of, take, within
from torchkeras.tensorflow.sparse.conversions import reorder, to_dense
from torchkeras.tensorflow.sparse.parts import of_host
from torchkeras.tensorflow.sparse.slices import IndexedSlices
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras.tensorflow.string_tensor import StringTensor

#: Layers of Keras that compute each value by itself.
_BY_VALUE = frozenset(
    "Activation AlphaDropout Discretization Dropout ELU Embedding GaussianDropout GaussianNoise LeakyReLU ReLU "
    "Rescaling ThresholdedReLU".split()
)


def dense(value: Any) -> Any:
    """A ragged or sparse tensor as Keras's side takes it; anything else as it is."""
    if isinstance(value, RaggedTensor):
        return _plain(value.to_tensor(), _mask(value))
    if isinstance(value, SparseTensor):
        return _plain(to_dense(reorder(value)), None)
    if isinstance(value, IndexedSlices):
        return tensor(value._as_tf_tensor())
    return value


def _plain(value: Any, mask: torch.Tensor | None) -> Any:
    if isinstance(value, StringTensor):
        return StringArray(value._array)
    plain = tensor(value)
    if mask is not None:
        seen.masks = True
        plain._keras_mask = mask.to(plain.device)  # type: ignore[attr-defined]
    return plain


def _mask(value: RaggedTensor) -> torch.Tensor | None:
    """Which values of the first two dimensions are there."""
    partition = value._partition
    if partition._uniform is not None:
        return None
    lengths = partition._lengths
    return torch.from_numpy(np.arange(lengths.max(initial=0)) < lengths[:, None])


# --- layers ---


def holds_composite(values: Any) -> bool:
    return any(isinstance(leaf, CompositeTensor) for leaf in flatten(values))


def call_layer(call: Callable[..., Any], layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A layer on arguments with ragged or sparse tensors among them.

    Args:
        call: calls a layer on dense arguments: (layer, args, kwargs).
    """
    if not layer._call_info.builtin or type(layer).__name__ == "Lambda":
        return call(layer, args, kwargs)  # its author sees what was given
    if getattr(layer, "takes_ragged", False):
        return call(layer, args, kwargs)
    first = args[0] if args else None
    if isinstance(first, RaggedTensor) and type(layer).__name__ in _BY_VALUE:
        return first.with_flat_values(call(layer, (first.flat_values, *args[1:]), kwargs))
    results = call(
        layer, tuple(map_structure(dense, a) for a in args), {k: map_structure(dense, v) for k, v in kwargs.items()}
    )
    ragged = [leaf for leaf in flatten((args, kwargs)) if isinstance(leaf, RaggedTensor)]
    return map_structure(lambda result: _ragged_again(result, ragged[0]), results) if ragged else results


def _ragged_again(result: Any, like: RaggedTensor) -> Any:
    """A result with the mask of the rows as a ragged tensor."""
    mask = getattr(result, "_keras_mask", None)
    rows = like._partition
    if mask is None or not isinstance(result, torch.Tensor) or rows._uniform is not None:
        return result
    if tuple(mask.shape) != (rows.static_nrows, int(rows._lengths.max(initial=0))):
        return result
    return RaggedTensor.from_tensor(result, lengths=rows.row_lengths())


# --- data for fit ---


class RaggedRows(Rows):
    """The rows of a ragged tensor."""

    def __init__(self, value: RaggedTensor) -> None:
        self.value = value

    @property
    def shape(self) -> tuple[int | None, ...]:
        return tuple(self.value.shape)

    def __getitem__(self, piece: slice) -> RaggedRows:
        return RaggedRows(self.value[piece])  # type: ignore[index]

    def index_select(self, axis: int, index: torch.Tensor) -> RaggedRows:
        return RaggedRows(self.value._take(index.cpu().numpy()))

    def dense(self) -> Any:
        return dense(self.value)


class SparseRows(Rows):
    """The rows of a sparse tensor."""

    def __init__(self, value: SparseTensor) -> None:
        self.value = reorder(value)
        rows = self.value._where[:, 0]
        self._splits = starts_of(np.bincount(rows, minlength=value._sizes[0]))

    @property
    def shape(self) -> tuple[int | None, ...]:
        return tuple(self.value._sizes)

    def _rows(self, index: np.ndarray) -> SparseRows:
        lengths = np.diff(self._splits)[index]
        chosen = within(self._splits[:-1][index], lengths)
        where = self.value._where[chosen]
        where[:, 0] = np.repeat(np.arange(len(index)), lengths)
        return SparseRows(of_host(where, take(self.value.values, chosen), [len(index), *self.value._sizes[1:]]))

    def __getitem__(self, piece: slice) -> SparseRows:
        return self._rows(np.arange(*piece.indices(len(self._splits) - 1)))

    def index_select(self, axis: int, index: torch.Tensor) -> SparseRows:
        return self._rows(index.cpu().numpy())

    def dense(self) -> Any:
        return dense(self.value)


RaggedTensor._as_rows = lambda self: RaggedRows(self)
SparseTensor._as_rows = lambda self: SparseRows(self)

__all__ = ["RaggedRows", "SparseRows", "call_layer", "dense", "holds_composite"]
