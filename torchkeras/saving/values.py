"""The values of Variables into HDF5 files and out of them, without a second copy of large ones."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd.graph import increment_version

from torchkeras.core.kinds import bridge
from torchkeras.core.shards import is_sharded, whole
from torchkeras.core.variable import Variable
from torchkeras.saving.containers.blocks import LARGE, ahead, rows_at_once, rows_of, side_by_side
from torchkeras.saving.containers.hdf5 import Dataset, GroupWriter
from torchkeras.saving.containers.turning import Turned, drain, fill, to_turn, turned

#: Smaller values are read as a whole.
_SMALL = 1 << 16


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
    brief = _brief(tensor)
    if brief:
        tensor = tensor.view(torch.int16)
    dtype = np.dtype("uint16") if brief else _array(torch.empty(0, dtype=tensor.dtype)).dtype
    blocks: Any
    if (kernel := to_turn(tensor)) is not None:
        blocks = functools.partial(drain, kernel)
    else:
        blocks = ahead(_array(rows).view(dtype) for rows in rows_of(tensor))
    written = group.rows(name, tuple(tensor.shape), dtype, blocks, bfloat16=brief)
    if brief:
        written.attribute("dtype", "bfloat16")


def read_value(variable: Variable, dataset: Dataset) -> None:
    """Gives a Variable the values of a data set of the same shape."""
    if tuple(dataset.shape) != tuple(variable.shape):
        raise ValueError(f"{variable.name!r} has the shape {tuple(variable.shape)}, and {dataset.shape} was saved.")
    target = variable.parameter.detach()
    if is_sharded(target):
        variable.assign(read_tensor(dataset))
        return
    view = variable.layout.to_keras(target)
    if dataset.nbytes <= _SMALL or view.untyped_storage().data_ptr() != _storage(target):
        variable.assign(read_tensor(dataset))
        return
    own, kernel = _memory(view, dataset), turned(view)
    if own is None and dataset.nbytes <= LARGE and (kernel is None or not dataset.plain):
        variable.assign(read_tensor(dataset))
        return
    if bridge.active:
        bridge.before_assign(variable)
    if own is not None:
        dataset.read_into(own)
    elif kernel is not None and dataset.plain:
        _fill(kernel, dataset)
    else:
        _read_rows(dataset, view)
    increment_version(target)


def read_tensor(dataset: Dataset) -> Tensor:
    """A data set as a tensor on the CPU."""
    return _tensor(dataset.read(), dataset.bfloat16)


def _whole(variable: Variable) -> Tensor:
    found: Tensor = variable.layout.to_keras(whole(variable.parameter).detach())
    return found


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _memory(tensor: Tensor, dataset: Dataset) -> np.ndarray | None:
    """A tensor's memory, where it can hold the values just as the file has them."""
    if tensor.device.type != "cpu" or not tensor.is_contiguous() or dataset.bfloat16 is not _brief(tensor):
        return None
    memory = tensor.view(torch.int16).numpy().view(np.uint16) if dataset.bfloat16 else tensor.numpy()
    return memory if memory.dtype == dataset.dtype else None


def _brief(tensor: Tensor) -> bool:
    return tensor.dtype is torch.bfloat16


def _array(tensor: Tensor) -> Any:
    return tensor.cpu().resolve_conj().resolve_neg().contiguous().numpy()


def _fill(kernel: Turned, dataset: Dataset) -> None:
    def put(part: Tensor, rows: np.ndarray) -> None:
        with torch.no_grad():  # which is each thread's own
            part.copy_(_tensor(rows, dataset.bfloat16))

    array, in_turn = _memory(kernel.matrix, dataset), not dataset.for_threads
    if array is None:
        fill(kernel, dataset.dtype, dataset.read_vectors, put, in_turn=in_turn)
    else:
        fill(kernel._replace(matrix=array), dataset.dtype, dataset.read_vectors, in_turn=in_turn)


def _read_rows(dataset: Dataset, view: Tensor) -> None:
    """Fills a tensor of other strides than the file's, some rows at a time."""
    step = rows_at_once(dataset.shape, dataset.nbytes)

    def read(start: int, memory: np.ndarray) -> np.ndarray:
        rows = memory[: dataset.shape[0] - start]
        dataset.read_into(rows, start)
        return rows

    def use(start: int, rows: np.ndarray) -> None:
        with torch.no_grad():  # which is each thread's own
            view[start : start + len(rows)].copy_(_tensor(rows, dataset.bfloat16))

    memory = functools.partial(np.empty, (step, *dataset.shape[1:]), dataset.dtype)
    side_by_side(range(0, dataset.shape[0], step), memory, read, use, in_turn=not dataset.for_threads)


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
