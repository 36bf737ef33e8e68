"""The values of Variables into HDF5 files and out of them, without a second copy of large ones."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.kinds import bridge
from torchkeras.core.variable import Variable
from torchkeras.saving.containers.hdf5 import Dataset, GroupWriter

T = TypeVar("T")

#: What is larger goes block by block. Blocks of this size stay in a processor's cache while they are transposed.
_LARGE, _BLOCK = 1 << 24, 1 << 22


def write_value(group: GroupWriter, name: str, value: Any) -> None:
    """Writes a Variable, in Keras's shape, or a tensor, array or number.

    bfloat16 is written as Keras writes it: two bytes, and an attribute that says so.
    """
    if isinstance(value, Variable):
        value = _whole(value)
    if not isinstance(value, Tensor):
        group.dataset(name, np.asarray(value))
        return
    tensor = value.detach()
    brief = tensor.dtype is torch.bfloat16
    if brief:
        tensor = tensor.view(torch.int16)
    dtype = np.dtype("uint16") if brief else _array(torch.empty(0, dtype=tensor.dtype)).dtype
    blocks = (_array(block).view(dtype) for block in _ahead(_blocks(tensor)))
    written = group.rows(name, tuple(tensor.shape), dtype, blocks, bfloat16=brief)
    if brief:
        written.attribute("dtype", "bfloat16")


def read_value(variable: Variable, dataset: Dataset) -> None:
    """Gives a Variable the values of a data set of the same shape."""
    if tuple(dataset.shape) != tuple(variable.shape):
        raise ValueError(f"{variable.name!r} has the shape {tuple(variable.shape)}, and {dataset.shape} was saved.")
    target = variable.parameter.detach()
    view = variable.layout.to_keras(target)
    if dataset.nbytes <= _LARGE or not view.dim() or view.untyped_storage().data_ptr() != _storage(target):
        variable.assign(read_tensor(dataset))
        return
    if bridge.active:
        bridge.before_assign(variable)
    with torch.no_grad():
        for start, block in _ahead(_read_blocks(dataset)):
            view[start : start + len(block)].copy_(block)


def read_tensor(dataset: Dataset) -> Tensor:
    """A data set as a tensor on the CPU."""
    return _tensor(dataset.read(), dataset.bfloat16)


def _whole(variable: Variable) -> Tensor:
    tensor: Any = variable.parameter.detach()
    if hasattr(tensor, "full_tensor"):  # a DTensor: gather the shards
        tensor = tensor.full_tensor()
    found: Tensor = variable.layout.to_keras(tensor)
    return found


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _array(tensor: Tensor) -> Any:
    return tensor.cpu().resolve_conj().resolve_neg().contiguous().numpy()


def _rows_at_once(shape: tuple[int, ...], nbytes: int) -> int:
    return max(1, _BLOCK * shape[0] // nbytes)


def _ahead(blocks: Iterator[T]) -> Iterator[T]:
    """The same blocks, each made while the one before it is used: the processor and the disk work at once."""
    first = next(blocks, None)
    second = next(blocks, None) if first is not None else None
    if first is not None:
        yield first
    if second is None:
        return
    with ThreadPoolExecutor(1) as pool:
        block: T | None = second
        while block is not None:
            coming = pool.submit(next, blocks, None)
            yield block
            block = coming.result()


def _blocks(tensor: Tensor) -> Iterator[Tensor]:
    """The rows of a tensor, some at once; a block is gone when the second after it is asked for."""
    size = tensor.numel() * tensor.element_size()
    if size <= _LARGE or not tensor.dim() or tensor.is_contiguous():
        yield tensor
        return
    step = _rows_at_once(tuple(tensor.shape), size)
    starts = range(0, len(tensor), step)
    if tensor.dim() != 2 or tensor.stride(0) != 1 or tensor.device.type != "cpu":
        for start in starts:
            yield tensor[start : start + step]
        return
    # A transposed matrix, in two steps through the same memory: torch does both seven times as fast as the one.
    columns, *rows = (torch.empty(step * tensor.shape[1], dtype=tensor.dtype) for _ in range(3))
    for start, buffer in zip(starts, itertools.cycle(rows)):
        part = tensor[start : start + step]
        column, row = columns[: part.numel()].view(part.shape[1], -1), buffer[: part.numel()].view(part.shape)
        yield row.copy_(column.copy_(part.t()).t())


def _read_blocks(dataset: Dataset) -> Iterator[tuple[int, Tensor]]:
    """The rows of a data set, with the number of the first; a block is gone when the second after it is asked for."""
    rows = dataset.shape[0]
    step = min(rows, _rows_at_once(dataset.shape, dataset.nbytes))
    buffers = [np.empty((step, *dataset.shape[1:]), dataset.dtype) for _ in range(2)]
    for start, buffer in zip(range(0, rows, step), itertools.cycle(buffers)):
        part = buffer[: min(step, rows - start)]
        dataset.read_into(part, start)
        yield start, _tensor(part, dataset.bfloat16)


def _tensor(array: Any, brief: bool) -> Tensor:
    array = np.asarray(array)
    if array.dtype.kind not in "biufc":
        raise ValueError(f"expected numbers, got {array.dtype}")
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if brief:
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    return torch.from_numpy(array)
