"""Data sets as a strategy hands them out: each process gets its part of every element."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import torch

from torchkeras.core.replicas import ALONE, Replicas
from torchkeras.data.feed import Batch
from torchkeras.data.shares import mark_of
from torchkeras.tensorflow.convert import tensor
from torchkeras.tensorflow.data.base import UNKNOWN, Dataset, Unary
from torchkeras.tensorflow.data.iterators import OwnedIterator, run
from torchkeras.tensorflow.data.structure import flatten, map_structure
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.rows import between, chained, count
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor
from torchkeras.tensorflow.type_specs import TensorSpec


class DistributedDataset:
    """A data set of global batches, the same in all processes, of which each takes its part.

    Args:
        dataset: the global batches.
        replicas: the processes.
    """

    #: Whether each process has batches of its own; `fit` asks.
    _is_each_ones_own = False

    def __init__(self, dataset: Any, replicas: Replicas = ALONE) -> None:
        self._dataset, self._replicas = dataset, replicas

    def __iter__(self) -> Iterator[Any]:
        if self._replicas.size == 1 or not isinstance(self._dataset, Dataset):
            return iter(self._dataset)
        return _PartsIterator(self)

    def __len__(self) -> int:
        return len(self._dataset)

    @property
    def element_spec(self) -> Any:
        """The specs of what this process gets of an element."""
        return map_structure(self._spec_of_part, self._dataset.element_spec)

    def _spec_of_part(self, spec: Any) -> Any:
        size = self._replicas.size
        if size == 1 or self._is_each_ones_own or not isinstance(spec, TensorSpec) or not spec.shape.rank:
            return spec
        rows = spec.shape[0]
        part = rows // size if rows is not None and rows % size == 0 else None
        return TensorSpec([part, *spec.shape[1:]], spec.dtype)

    def _parts(self) -> Iterator[Any]:
        """What this process gets of the elements, once all have agreed on each."""
        source, replicas = run(self._dataset), self._replicas
        shape: Any = None
        for number in itertools.count():
            element, problem = None, None
            try:
                element = next(source, None)
            except Exception as error:
                problem = error
            headers = replicas.gather_numbers(torch.tensor(_header(element, problem))).tolist()
            if problem is not None:
                raise problem
            if [_FAILED, 0] in headers:
                raise RuntimeError(f"The data of process {headers.index([_FAILED, 0])} failed: its error says why.")
            if all(header == [_ENDED, 0] for header in headers):
                return
            if self._is_each_ones_own:
                shape = element if element is not None else shape
                yield element if element is not None else self._empty(shape)
                continue
            if any(header != headers[0] for header in headers):
                raise RuntimeError(
                    f"The processes were given different data (batch {number}, of {_told(headers)} samples). Each "
                    f"takes its part of the same batches: make them with a seed, as in "
                    f"`keras.utils.set_random_seed(0)`; or give each process its own by "
                    f"`tf.distribute.MultiWorkerMirroredStrategy().distribute_datasets_from_function`."
                )
            yield map_structure(self._part, element)

    def _part(self, leaf: Any) -> Any:
        if not _has_rows(leaf):
            return leaf
        part = self._replicas.part(count(leaf))
        return between(leaf, part.start, part.stop)

    def _empty(self, shape: Any) -> Any:
        """An element without samples, like one there was before, for a process whose data has ended."""
        if shape is None:
            raise RuntimeError(
                f"The data of process {self._replicas.rank} has no element, and that of others has: give each process "
                f"one at least."
            )
        return map_structure(lambda leaf: between(leaf, 0, 0) if _has_rows(leaf) else leaf, shape)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("_dataset", "_replicas"):
            raise AttributeError(name)
        return getattr(self._dataset, name)


class OwnDataset(DistributedDataset):
    """A data set that each process made for itself, and takes whole."""

    _is_each_ones_own = True


#: In place of a number of samples: what a process says whose data has ended, or failed.
_ENDED, _FAILED = -1, -2


def _header(element: Any, problem: Exception | None) -> list[int]:
    """What is compared: how many samples there are, and a number made of their values."""
    if problem is not None:
        return [_FAILED, 0]
    if element is None:
        return [_ENDED, 0]
    leaves = flatten(element)
    dense = tuple(tensor(leaf) for leaf in leaves if type(leaf) is Tensor)
    return [next((count(leaf) for leaf in leaves if _has_rows(leaf)), 1), mark_of(Batch(dense))]


def _told(headers: list[list[int]]) -> list[int]:
    return [max(size, 0) for size, _ in headers]


def _has_rows(leaf: Any) -> bool:
    shape: Any = getattr(leaf, "shape", None)
    return isinstance(leaf, (Tensor, StringTensor, CompositeTensor)) and bool(shape.rank)


class _PartsIterator(OwnedIterator):
    """What `iter` of a distributed data set gives: it moves the parts alone to a device."""

    def __init__(self, distributed: DistributedDataset) -> None:
        self._distributed = distributed
        super().__init__(distributed._dataset)

    def _start(self) -> None:
        self._source = self._distributed._parts()  # type: ignore[assignment]

    @property
    def element_spec(self) -> Any:
        return self._distributed.element_spec


class DealtDataset(Unary):
    """Elements for one replica each, as many of them as there are replicas put together to one for all.

    Args:
        input_dataset: the elements.
        replicas: how many replicas there are.
    """

    def __init__(self, input_dataset: Dataset, replicas: int) -> None:
        super().__init__(input_dataset)
        self._count = replicas

    def _elements(self) -> Iterator[Any]:
        source = self._input._elements()
        while group := list(itertools.islice(source, self._count)):
            yield map_structure(_chained, group[0], *group[1:])

    def _size(self) -> int:
        size = self._input._size()
        return -(-size // self._count) if size > 0 else size

    def _make_spec(self) -> Any:
        def of_group(spec: Any) -> Any:
            if not isinstance(spec, TensorSpec) or not spec.shape.rank:
                return spec
            whole = self._input._size() not in (UNKNOWN,) and self._input._size() % self._count == 0
            rows = spec.shape[0] * self._count if whole and spec.shape[0] is not None else None
            return TensorSpec([rows, *spec.shape[1:]], spec.dtype)

        return map_structure(of_group, self._input.element_spec)

    def _sample(self, size: int) -> Any:
        return self._input._sample(size)


def _chained(*leaves: Any) -> Any:
    if not all(_has_rows(leaf) for leaf in leaves) or isinstance(leaves[0], CompositeTensor):
        raise ValueError(
            f"The data set must give batches, of dense tensors or texts, that several replicas can share. "
            f"Received an element with {leaves[0]!r}."
        )
    return chained(leaves) if len(leaves) > 1 else leaves[0]


class InputContext:
    """What a function that makes a data set is told.

    Args:
        num_input_pipelines: how many data sets there are.
        input_pipeline_id: which of them this one is.
        num_replicas_in_sync: how many replicas share a batch.
    """

    def __init__(self, num_input_pipelines: int = 1, input_pipeline_id: int = 0, num_replicas_in_sync: int = 1) -> None:
        self.num_input_pipelines, self.input_pipeline_id = num_input_pipelines, input_pipeline_id
        self.num_replicas_in_sync = num_replicas_in_sync

    def get_per_replica_batch_size(self, global_batch_size: int) -> int:
        """The share of a replica; a ValueError where it is no whole number."""
        if global_batch_size % self.num_replicas_in_sync:
            raise ValueError(
                f"The `global_batch_size` {global_batch_size} is not divisible by `num_replicas_in_sync` "
                f"{self.num_replicas_in_sync}"
            )
        return global_batch_size // self.num_replicas_in_sync

    def __str__(self) -> str:
        return (
            f"tf.distribute.InputContext(input pipeline id {self.input_pipeline_id}, total: {self.num_input_pipelines})"
        )


class InputOptions:
    """Accepted."""

    def __init__(
        self,
        experimental_fetch_to_device: bool | None = None,
        experimental_replication_mode: Any = None,
        experimental_place_dataset_on_device: bool = False,
        experimental_per_replica_buffer_size: int = 1,
    ) -> None:
        self.experimental_fetch_to_device = experimental_fetch_to_device
        self.experimental_replication_mode = experimental_replication_mode
        self.experimental_place_dataset_on_device = experimental_place_dataset_on_device
        self.experimental_per_replica_buffer_size = experimental_per_replica_buffer_size


__all__ = ["DealtDataset", "DistributedDataset", "InputContext", "InputOptions", "OwnDataset"]
