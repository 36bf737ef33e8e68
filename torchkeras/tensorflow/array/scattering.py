"""Putting elements and slices into tensors, by their places."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow.arguments import INTEGERS, invalid, of_dtypes, sizes
from torchkeras.tensorflow.convert import is_stringy, made, mismatch, tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import StringTensor, to_bytes_array


def _rows(indices: Any, shape: tuple[int, ...], kernel: str) -> torch.Tensor:
    places = tensor(of_dtypes(indices, INTEGERS, kernel)).long()
    if not places.dim() or places.shape[-1] > len(shape):
        invalid(f"indices of shape {list(places.shape)} do not fit a tensor of shape {list(shape)}", kernel)
    if places.device.type == "cpu" and places.numel():
        limits = torch.tensor(shape[: places.shape[-1]])
        if bool(((places < 0) | (places >= limits)).any()):
            invalid(f"indices do not index into shape {list(shape)}", kernel)
    return places


def _check(places: torch.Tensor, updates: torch.Tensor, shape: tuple[int, ...], kernel: str) -> torch.Tensor:
    wanted = (*places.shape[:-1], *shape[places.shape[-1] :])
    if not updates.dim() and kernel.startswith("Tensor"):  # one value for all of them
        return updates.expand(wanted)
    if tuple(updates.shape) != wanted:
        invalid(f"updates must have the shape {list(wanted)} here, got {list(updates.shape)}", kernel)
    return updates


@operation("scatter_nd", "ScatterNd")
def scatter_nd(indices: Any, updates: Any, shape: Any, bad_indices_policy: str = "", name: str | None = None) -> Any:
    """Zeros of a shape, with the updates added where the rows of `indices` say."""
    wanted = tuple(sizes(shape))
    if is_stringy(updates):
        empty = np.full(wanted, b"", dtype=object)
        return _texts_updated(empty, indices, updates, np.add, "ScatterNd")
    values = tensor(updates)
    places = _rows(indices, wanted, "ScatterNd")
    values = _check(places, values, wanted, "ScatterNd")
    zeros = torch.zeros(wanted, dtype=values.dtype, device=values.device)
    return made(zeros.index_put(tuple(places.unbind(-1)), values, accumulate=True) if wanted else values.sum())


def _texts_updated(base: np.ndarray, indices: Any, updates: Any, join: Any, kernel: str) -> StringTensor:
    places = _rows(indices, base.shape, kernel).numpy()
    found = base.copy()
    values = to_bytes_array(updates)
    for i in np.ndindex(*places.shape[:-1]):
        at = tuple(places[i])
        found[at] = values[i] if join is None else join(found[at], values[i])
    return StringTensor(found)


@operation("tensor_scatter_nd_update", "TensorScatterUpdate")
def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Any:
    """The tensor with the updates in the places that the rows of `indices` name."""
    if is_stringy(tensor):
        return _texts_updated(to_bytes_array(tensor), indices, updates, None, "TensorScatterUpdate")
    x, places, values = _arguments(tensor, indices, updates, "TensorScatterUpdate")
    return made(x.index_put(tuple(places.unbind(-1)), values))


def _arguments(target: Any, indices: Any, updates: Any, kernel: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    x = tensor(target)
    if not x.dim():
        invalid(f"Expected a tensor of at least one axis, got shape {list(x.shape)}", kernel)
    places = _rows(indices, tuple(x.shape), kernel)
    values = tensor(updates, x.dtype)
    if values.dtype is not x.dtype:
        mismatch(kernel, x, values)
    return x, places, _check(places, values, tuple(x.shape), kernel)


@operation("tensor_scatter_nd_add", "TensorScatterAdd")
def tensor_scatter_nd_add(
    tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = "", name: str | None = None
) -> Any:
    """The tensor with the updates added in the places that the rows of `indices` name."""
    if is_stringy(tensor):
        return _texts_updated(to_bytes_array(tensor), indices, updates, np.add, "TensorScatterAdd")
    x, places, values = _arguments(tensor, indices, updates, "TensorScatterAdd")
    return made(x.index_put(tuple(places.unbind(-1)), values, accumulate=True))


@operation("tensor_scatter_nd_sub", "TensorScatterSub")
def tensor_scatter_nd_sub(
    tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = "", name: str | None = None
) -> Any:
    """The tensor with the updates taken off in the places that the rows of `indices` name."""
    x, places, values = _arguments(tensor, indices, updates, "TensorScatterSub")
    return made(x.index_put(tuple(places.unbind(-1)), -values, accumulate=True))


def _extremes(target: Any, indices: Any, updates: Any, kernel: str, how: str) -> Any:
    x, places, values = _arguments(target, indices, updates, kernel)
    depth = places.shape[-1]
    strides = torch.tensor([int(np.prod(x.shape[i + 1 : depth])) for i in range(depth)], device=x.device)
    flat = (places * strides).sum(-1).reshape(-1)
    rows = x.reshape(int(np.prod(x.shape[:depth])), -1)
    values = values.reshape(len(flat), -1)
    found = rows.scatter_reduce(0, flat[:, None].expand_as(values), values, how, include_self=True)
    return made(found.reshape(x.shape))


@operation("tensor_scatter_nd_max", "TensorScatterMax")
def tensor_scatter_nd_max(
    tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = "", name: str | None = None
) -> Any:
    """The tensor with the larger of its values and the updates in the places that the rows of `indices` name."""
    return _extremes(tensor, indices, updates, "TensorScatterMax", "amax")


@operation("tensor_scatter_nd_min", "TensorScatterMin")
def tensor_scatter_nd_min(
    tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = "", name: str | None = None
) -> Any:
    """The tensor with the smaller of its values and the updates in the places that the rows of `indices` name."""
    return _extremes(tensor, indices, updates, "TensorScatterMin", "amin")


# --- into several tensors and out of them ---


@operation("dynamic_partition", "DynamicPartition")
def dynamic_partition(data: Any, partitions: Any, num_partitions: int, name: str | None = None) -> list[Any]:
    """The rows of each number 0, 1, ... in a tensor of their own."""
    numbers = tensor(of_dtypes(partitions, frozenset({torch.int32}), "DynamicPartition"))
    if num_partitions < 1:
        invalid(f"num_partitions must be >= 1, got {num_partitions}", "DynamicPartition")
    if numbers.numel() and (int(numbers.min()) < 0 or int(numbers.max()) >= num_partitions):
        invalid(f"partitions must be in [0, {num_partitions})", "DynamicPartition")
    if is_stringy(data):
        array = to_bytes_array(data)
        return [StringTensor(array[(numbers == i).numpy()]) for i in range(num_partitions)]
    x = tensor(data)
    if x.shape[: numbers.dim()] != numbers.shape:
        invalid(
            f"data.shape {list(x.shape)} must start with partitions.shape {list(numbers.shape)}", "DynamicPartition"
        )
    return [made(x[numbers == i]) for i in range(num_partitions)]


@operation("dynamic_stitch", "DynamicStitch")
def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Any:
    """One tensor of the rows of several, each in the place its index says; of two for one place the later counts."""
    places = [tensor(i).reshape(-1).long() for i in indices]
    ranks = [tensor(i).dim() for i in indices]
    rows = [tensor(d) for d in data]
    flat = [r.reshape(len(p), *r.shape[k:]) for r, p, k in zip(rows, places, ranks)]
    count = max((int(p.max()) + 1 for p in places if len(p)), default=0)
    found = torch.zeros((count, *flat[0].shape[1:]), dtype=flat[0].dtype, device=flat[0].device)
    for p, r in zip(places, flat):
        found = found.index_put((p,), r)
    return made(found)


__all__ = [
    "dynamic_partition", "dynamic_stitch", "scatter_nd", "tensor_scatter_nd_add", "tensor_scatter_nd_max",
    "tensor_scatter_nd_min", "tensor_scatter_nd_sub", "tensor_scatter_nd_update",
]  # fmt: skip
