"""Several data sets as one: zip, sample_from_datasets, choose_from_datasets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow.convert import tensor
from torchkeras.tensorflow.data import stacking
from torchkeras.tensorflow.data.base import INFINITE, UNKNOWN, Dataset
from torchkeras.tensorflow.data.sources import drawn, next_start, seeded
from torchkeras.tensorflow.data.structure import flatten, is_nested, map_structure, pack_as, relaxed
from torchkeras.tensorflow.errors import InvalidArgumentError


class ZipDataset(Dataset):
    """Elements of several data sets side by side, until one of them ends.

    Args:
        datasets: a structure of data sets, which the elements take on.
    """

    def __init__(self, datasets: Any) -> None:
        if isinstance(datasets, Dataset):
            raise TypeError(
                f"Invalid `datasets`. `datasets` must be a (nested) structure of `tf.data.Dataset` objects. "
                f"Got a single data set: {type(datasets).__name__}."
            )
        self._datasets = datasets
        self._flat: list[Dataset] = flatten(datasets)
        for dataset in self._flat:
            if not isinstance(dataset, Dataset):
                if isinstance(dataset, list):
                    raise TypeError(
                        f"Invalid `datasets`. `datasets` is expected to be a (nested) structure of `tf.data.Dataset` "
                        f"objects. Python `list` is not supported and you should use `tuple` instead. Got {dataset}."
                    )
                raise TypeError(
                    f"Invalid `datasets`. `datasets` is expected to be a (nested) structure of `tf.data.Dataset` "
                    f"objects but encountered object of type {type(dataset)}."
                )

    def _inputs(self) -> list[Dataset]:
        return list(self._flat)

    def _columns(self) -> Any:
        return self._whole()

    def _whole(self) -> Any:
        parts = [dataset._whole() for dataset in self._flat]
        if not parts or any(part is None for part in parts):
            return None
        return pack_as(self._datasets, parts)

    def _chunks(self) -> Iterator[Any]:
        return super()._chunks() if self._whole() is None else iter((range(self._size()),))

    def _elements(self) -> Iterator[Any]:
        columns = self._whole()
        if columns is not None:
            return stacking.rows(columns, iter((range(self._size()),)))
        together = zip(*(dataset._elements() for dataset in self._flat))
        if type(self._datasets) is tuple and not any(is_nested(part) for part in self._datasets):
            return together
        return (pack_as(self._datasets, parts) for parts in together)

    def _size(self) -> int:
        sizes = [dataset._size() for dataset in self._flat]
        if UNKNOWN in sizes:
            return UNKNOWN
        finite = [size for size in sizes if size != INFINITE]
        return min(finite) if finite else INFINITE

    def _make_spec(self) -> Any:
        return map_structure(lambda dataset: dataset.element_spec, self._datasets)

    def _sample(self, size: int) -> Any:
        parts = [dataset._sample(size) for dataset in self._flat]
        return None if any(part is None for part in parts) else pack_as(self._datasets, parts)


class DirectedInterleaveDataset(Dataset):
    """Elements of several data sets, which one next being said by numbers.

    Args:
        datasets: to take from.
        choices: an iterator of their numbers, made anew for each iteration.
        stop_on_empty: whether the first data set to end ends all; otherwise it is passed over from then on.
    """

    _shown = "_DirectedInterleaveDataset"

    def __init__(
        self,
        datasets: list[Dataset],
        choices: Callable[[], Iterator[int]],
        stop_on_empty: bool,
        endless_choices: bool = False,
    ) -> None:
        self._datasets, self._choices, self._stop = datasets, choices, stop_on_empty
        self._endless = endless_choices
        self._known_spec()

    def _inputs(self) -> list[Dataset]:
        return list(self._datasets)

    def _elements(self) -> Iterator[Any]:
        sources: list[Iterator[Any] | None] = [dataset._elements() for dataset in self._datasets]
        for choice in self._choices():
            if not 0 <= choice < len(sources):
                raise InvalidArgumentError(
                    None,
                    None,
                    f"Selector index out of range: {choice} >= {len(sources)} [Op:IteratorGetNext]",
                )
            source = sources[choice]
            if source is None:
                if not any(sources):
                    return
                continue
            try:
                element = next(source)
            except StopIteration:
                if self._stop:
                    return
                sources[choice] = None
                if not any(sources):
                    return
                continue
            yield element

    def _size(self) -> int:
        sizes = [dataset._size() for dataset in self._datasets]
        if self._endless and not self._stop:
            if INFINITE in sizes:
                return INFINITE
            return UNKNOWN if UNKNOWN in sizes else sum(sizes)
        return INFINITE if self._endless and all(size == INFINITE for size in sizes) else UNKNOWN

    def _make_spec(self) -> Any:
        found = self._datasets[0].element_spec
        for dataset in self._datasets[1:]:
            found = _one_kind(found, dataset.element_spec)
        return found

    def _sample(self, size: int) -> Any:
        return self._datasets[0]._sample(size)


def _one_kind(first: Any, second: Any) -> Any:
    try:
        return relaxed(first, second)
    except (TypeError, ValueError) as error:
        raise TypeError(f"The data sets have elements of different kinds: {first} and {second}.") from error


def sample_from_datasets(
    datasets: Any,
    weights: Any = None,
    seed: int | None = None,
    stop_on_empty_dataset: bool = False,
    rerandomize_each_iteration: bool | None = None,
) -> Dataset:
    """Elements of data sets picked at random.

    Args:
        datasets: a list of them.
        weights: how likely each is, a list or a data set of such lists; alike unless given.
        seed: which random numbers.
        stop_on_empty_dataset: whether the first to end ends all.
        rerandomize_each_iteration: whether each iteration picks otherwise.
    """
    found = _as_list(datasets)
    generator = seeded(seed)
    always = None if rerandomize_each_iteration else drawn(generator)
    if weights is not None and not isinstance(weights, Dataset):
        given = np.asarray(tensor(weights), dtype=np.float64)
        if given.shape != (len(found),):
            raise ValueError(
                f"Invalid `weights`. `weights` should be a `tf.data.Dataset` or list of shape [len(datasets)] = "
                f"[{len(found)}] but got shape {given.shape}."
            )
        if len(found) == 1:
            return found[0]
        used = [(dataset, weight) for dataset, weight in zip(found, given) if weight > 0]
        found, given = [dataset for dataset, _ in used], np.asarray([weight for _, weight in used])
    else:
        given = np.ones(len(found))

    def choices() -> Iterator[int]:
        start = next_start(generator) if always is None else always
        random = torch.Generator().manual_seed(start)
        if isinstance(weights, Dataset):
            for row in weights._elements():
                yield int(torch.multinomial(tensor(row).double(), 1, generator=random))
            return
        likely = torch.tensor(given / given.sum())
        while True:
            yield from torch.multinomial(likely, 64, replacement=True, generator=random).tolist()

    return DirectedInterleaveDataset(found, choices, stop_on_empty_dataset, not isinstance(weights, Dataset))


def choose_from_datasets(datasets: Any, choice_dataset: Any, stop_on_empty_dataset: bool = True) -> Dataset:
    """Elements of data sets in the order that a data set of int64 numbers says."""
    found = _as_list(datasets)
    spec = choice_dataset.element_spec
    if not (getattr(spec, "dtype", None) == "int64" and spec.shape == ()):
        raise TypeError(
            f"Invalid `choice_dataset`. Elements of `choice_dataset` must be scalar `tf.int64` tensors but are {spec}."
        )

    def choices() -> Iterator[int]:
        return (int(number) for number in choice_dataset._elements())

    return DirectedInterleaveDataset(found, choices, stop_on_empty_dataset)


def _as_list(datasets: Any) -> list[Dataset]:
    found = list(datasets)
    if not found:
        raise ValueError("Invalid `datasets`. `datasets` should not be empty.")
    return found


__all__ = ["DirectedInterleaveDataset", "ZipDataset", "choose_from_datasets", "sample_from_datasets"]
