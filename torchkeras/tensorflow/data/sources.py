"""Data sets that begin a pipeline: of tensors, ranges, random numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import torch

from torchkeras.core.device import placed
from torchkeras.core.draws import thread
from torchkeras.core.seeds import unseeded
from torchkeras.tensorflow.data import composites, stacking
from torchkeras.tensorflow.data.base import INFINITE, Dataset
from torchkeras.tensorflow.data.iterators import CPU
from torchkeras.tensorflow.data.structure import element_of, flatten, map_structure, spec_of
from torchkeras.tensorflow.dtypes import as_dtype
from torchkeras.tensorflow.tensor import Tensor, as_tf
from torchkeras.tensorflow.type_specs import TensorSpec

#: A range up to this length is kept as numbers, so that shuffling and batching it is a matter of whole tensors.
_KEPT = 1 << 22


def on_cpu(value: Any) -> Any:
    """What a user gave, as an element in the machine's memory."""
    with placed(CPU):
        return map_structure(_home, element_of(value))


def _home(leaf: Any) -> Any:
    if type(leaf) is Tensor and leaf.is_cuda:
        return as_tf(leaf.as_subclass(torch.Tensor).cpu())
    return leaf


class TensorDataset(Dataset):
    """One element: the tensors as they are."""

    def __init__(self, tensors: Any) -> None:
        self._element = on_cpu(tensors)

    def _elements(self) -> Iterator[Any]:
        return iter((self._element,))

    def _size(self) -> int:
        return 1

    def _make_spec(self) -> Any:
        return spec_of(self._element)


class TensorSliceDataset(Dataset):
    """The rows of tensors that have one first dimension in common."""

    def __init__(self, tensors: Any) -> None:
        element = on_cpu(tensors)
        self._count = stacking.count_of(element)
        self._kept = stacking.columns_of(element)
        self._element = element
        self._composite = self._kept is None

    def _columns(self) -> Any:
        return self._kept

    def _chunks(self) -> Iterator[Any]:
        if self._kept is None:
            return super()._chunks()
        return iter((range(self._count),))

    def _elements(self) -> Iterator[Any]:
        return stacking.split_rows(self._element) if self._kept is None else super()._elements()

    def _whole(self) -> Any:
        return self._kept

    def _size(self) -> int:
        return self._count

    def _make_spec(self) -> Any:
        def row(leaf: Any) -> Any:
            spec = spec_of(leaf)
            if not isinstance(spec, TensorSpec):
                return composites.unbatched(spec)
            return TensorSpec(spec.shape[1:], spec.dtype)

        return map_structure(row, self._element)


class ListDataset(Dataset):
    """Elements that are there already.

    Args:
        elements: a list of them.
        spec: of each.
        shown: its name.
    """

    def __init__(self, elements: list[Any], spec: Any, shown: str = "_VariantDataset") -> None:
        self._held, self._spec, self._shown = elements, spec, shown

    def _elements(self) -> Iterator[Any]:
        return iter(self._held)

    def _chunks(self) -> Iterator[Any]:
        return iter((self._held,))

    def _size(self) -> int:
        return len(self._held)


class RangeDataset(Dataset):
    """The numbers from start to stop."""

    def __init__(self, *args: Any, output_type: Any = None, name: str | None = None) -> None:
        if not 1 <= len(args) <= 3:
            raise ValueError(f"Invalid `args`. The length of `args` should be between 1 and 3 but was {len(args)}.")
        numbers = [int(number) for number in args]
        start, stop, step = {1: [0, *numbers, 1], 2: [*numbers, 1], 3: numbers}[len(numbers)]
        self._range = range(start, stop, step)
        self._dtype = as_dtype("int64" if output_type is None else output_type)
        self._kept: torch.Tensor | None = None

    def _columns(self) -> Any:
        if len(self._range) > _KEPT:
            return None
        if self._kept is None:
            numbers = torch.arange(self._range.start, self._range.stop, self._range.step) if len(self._range) else ()
            self._kept = torch.as_tensor(numbers).to(self._dtype.torch)
        return self._kept

    _whole = _columns

    def _chunks(self) -> Iterator[Any]:
        return super()._chunks() if self._columns() is None else iter((range(len(self._range)),))

    def _elements(self) -> Iterator[Any]:
        if self._columns() is not None:
            return super()._elements()
        return (as_tf(torch.tensor(number, dtype=self._dtype.torch)) for number in self._range)

    def _size(self) -> int:
        return len(self._range)

    def _make_spec(self) -> Any:
        return TensorSpec((), self._dtype)


class CounterDataset(Dataset):
    """Numbers without end."""

    _shown = "_CounterDataset"

    def __init__(self, start: Any = 0, step: Any = 1, dtype: Any = "int64") -> None:
        self._start, self._step, self._dtype = start, step, as_dtype(dtype)

    def _elements(self) -> Iterator[Any]:
        numbers = itertools.count(self._start, self._step)
        return (as_tf(torch.tensor(number, dtype=self._dtype.torch)) for number in numbers)

    def _size(self) -> int:
        return INFINITE

    def _make_spec(self) -> Any:
        return TensorSpec((), self._dtype)


class RandomDataset(Dataset):
    """Random int64 numbers from 0 to 2**32 - 1, without end."""

    def __init__(self, seed: int | None = None, rerandomize_each_iteration: bool | None = None) -> None:
        self._generator = seeded(seed)
        self._first = drawn(self._generator)
        self._anew = bool(rerandomize_each_iteration)

    def _elements(self) -> Iterator[Any]:
        start = next_start(self._generator) if self._anew else self._first
        generator = torch.Generator().manual_seed(start)
        while True:
            for number in torch.randint(1 << 32, (64,), generator=generator).unbind():
                yield as_tf(number)

    def _sample(self, size: int) -> Any:
        return as_tf(torch.tensor(0))

    def _size(self) -> int:
        return INFINITE

    def _make_spec(self) -> Any:
        return TensorSpec((), "int64")


def seeded(seed: int | None) -> torch.Generator:
    """A generator that starts at the seed, or where torch's own says, which `tf.random.set_seed` sets."""
    return torch.Generator().manual_seed(drawn(unseeded(torch.device("cpu"))) if seed is None else int(seed))


def drawn(generator: torch.Generator | None) -> int:
    """A seed out of a generator; None is torch's own."""
    return int(torch.randint(1 << 62, (), generator=generator))


def next_start(generator: torch.Generator) -> int:
    """Where a step of a pipeline begins, by the generator of its data set.

    An iteration draws once, when the step first begins in it: how far a thread works ahead changes no other iteration.
    """
    iteration = thread.iteration
    return drawn(generator) if iteration is None else iteration.next_number(generator, lambda: drawn(generator))


def from_list(elements: list[Any]) -> Dataset:
    """Elements given one by one, each a tensor or a structure of such."""
    if not isinstance(elements, list):
        raise TypeError(f"`elements` must be a list, got {type(elements)}.")
    if not elements:
        raise ValueError("`elements` must be a non-empty list.")
    found = [on_cpu(element) for element in elements]
    first = spec_of(found[0])
    for element in found[1:]:
        if len(flatten(element)) != len(flatten(first)):
            raise ValueError(f"The elements are not of one structure: {spec_of(element)} beside {first}")
    return ListDataset(found, first, "_ListDataset")


__all__ = [
    "CounterDataset", "ListDataset", "RandomDataset", "RangeDataset", "TensorDataset", "TensorSliceDataset",
    "drawn", "from_list", "next_start", "on_cpu", "seeded",
]  # fmt: skip
