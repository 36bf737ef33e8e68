"""Steps that sort elements: group_by_window, bucket_by_sequence_length, unique, rejection_resample and the like."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from torchkeras.core.draws import Place
from torchkeras.tensorflow.convert import tensor
from torchkeras.tensorflow.data.base import UNKNOWN, Dataset, Unary
from torchkeras.tensorflow.data.batching import BatchDataset
from torchkeras.tensorflow.data.iterators import begin, run_within
from torchkeras.tensorflow.data.mapping import FilterDataset, MapDataset, Mapping, as_dataset, example
from torchkeras.tensorflow.data.padding import PaddedBatchDataset
from torchkeras.tensorflow.data.sources import ListDataset, seeded
from torchkeras.tensorflow.data.structure import element_of, flatten, spec_of
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor, array_of, as_tf
from torchkeras.tensorflow.type_specs import TensorSpec


class GroupByWindowDataset(Mapping):
    """Elements gathered by a key, and each full window of them turned into elements by a function.

    Args:
        input_dataset: whose elements.
        key_func: gives an element's key, an integer.
        reduce_func: from (key, data set of a window) to a data set.
        window_size: how many elements a window has, or
        window_size_func: gives that for a key.
    """

    _shown = "_GroupByWindowDataset"

    def __init__(
        self,
        input_dataset: Dataset,
        key_func: Callable[..., Any],
        reduce_func: Callable[..., Any],
        window_size: Any = None,
        window_size_func: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__(input_dataset, key_func, "key_func")
        if (window_size is None) == (window_size_func is None):
            raise ValueError("Either the `window_size` argument or the `window_size_func` argument must be specified.")
        self._reduce = reduce_func
        self._width = window_size_func or (lambda key: window_size)

    def _elements(self) -> Iterator[Any]:
        groups: dict[int, list[Any]] = {}
        places = begin(self)
        for element in self._input._elements():
            key = int(next(places).run(self._run, element))
            group = groups.setdefault(key, [])
            group.append(element)
            if len(group) >= self._width_of(key):
                yield from self._reduced(next(places), key, groups.pop(key))
        for key in sorted(groups):
            yield from self._reduced(next(places), key, groups[key])

    def _width_of(self, key: int) -> int:
        return int(self._width(as_tf(torch.tensor(key))))

    def _reduced(self, place: Place, key: int, elements: list[Any]) -> Iterator[Any]:
        return run_within(place.run(self._window, key, elements), place)

    def _window(self, key: int, elements: list[Any]) -> Dataset:
        window = ListDataset(elements, self._input.element_spec)
        return as_dataset(self._reduce(as_tf(torch.tensor(key)), window))

    def _size(self) -> int:
        return UNKNOWN

    def _example(self, size: int) -> Dataset:
        element = example(self._input, size)
        return self._window(int(self._try(element)), [element])

    def _make_spec(self) -> Any:
        return self._example(2).element_spec

    def _sample(self, size: int) -> Any:
        return next(self._example(size)._elements(), None)


def bucket_by_sequence_length(
    dataset: Dataset,
    element_length_func: Callable[..., Any],
    bucket_boundaries: Any,
    bucket_batch_sizes: Any,
    padded_shapes: Any = None,
    padding_values: Any = None,
    pad_to_bucket_boundary: bool = False,
    no_padding: bool = False,
    drop_remainder: bool = False,
) -> Dataset:
    """Batches of elements of similar length.

    Args:
        dataset: whose elements.
        element_length_func: gives an element's length, an int32.
        bucket_boundaries: where one bucket of lengths ends and the next begins.
        bucket_batch_sizes: the batch size in each bucket, one more than there are boundaries.
        padded_shapes, padding_values: as for padded_batch.
        pad_to_bucket_boundary: fill up to the boundary less one rather than to the longest of the batch.
        no_padding: batch without filling up.
        drop_remainder: whether smaller batches at the end are left out.
    """
    boundaries, sizes = [int(b) for b in bucket_boundaries], [int(s) for s in bucket_batch_sizes]
    if len(sizes) != len(boundaries) + 1:
        raise ValueError(
            f"`len(bucket_batch_sizes)` must equal `len(bucket_boundaries) + 1` but `len(bucket_batch_sizes)="
            f"{len(sizes)}` and `len(bucket_boundaries)={len(boundaries)}`."
        )

    def bucket_of(*element: Any) -> Any:
        return as_tf(torch.tensor(bisect.bisect_right(boundaries, int(element_length_func(*element)))))

    def batched(key: Any, window: Dataset) -> Dataset:
        bucket = int(key)
        if no_padding:
            return BatchDataset(window, sizes[bucket], drop_remainder)
        shapes = padded_shapes
        if pad_to_bucket_boundary:
            if bucket == len(boundaries):
                raise ValueError(
                    f"When pad_to_bucket_boundary=True, elements must have length < max(bucket_boundaries) = "
                    f"{boundaries[-1]}."
                )
            shapes = _filled(_shapes(window.element_spec) if shapes is None else shapes, boundaries[bucket] - 1)
        return PaddedBatchDataset(window, sizes[bucket], shapes, padding_values, drop_remainder)

    return GroupByWindowDataset(dataset, bucket_of, batched, window_size_func=lambda key: sizes[int(key)])


def _shapes(spec: Any) -> Any:
    """The shapes of specs, in their structure."""
    if isinstance(spec, TensorSpec):
        return spec.shape
    if isinstance(spec, dict):
        return {key: _shapes(value) for key, value in spec.items()}
    return tuple(_shapes(part) for part in spec)


def _filled(shapes: Any, size: int) -> Any:
    """Shapes with a size for what they leave open."""
    if isinstance(shapes, dict):
        return {key: _filled(value, size) for key, value in shapes.items()}
    if all(part is None or isinstance(part, int) for part in shapes):
        return [size if part is None or part < 0 else part for part in shapes]
    return tuple(_filled(part, size) for part in shapes)


class UniqueDataset(Unary):
    """Each element the first time it comes."""

    _shown = "_UniqueDataset"

    def _elements(self) -> Iterator[Any]:
        seen = set()
        for element in self._input._elements():
            key = tuple(_value(leaf) for leaf in flatten(element))
            if key not in seen:
                seen.add(key)
                yield element

    def _size(self) -> int:
        return UNKNOWN


def _value(leaf: Any) -> Any:
    if type(leaf) is Tensor:
        return array_of(leaf).tobytes()
    if isinstance(leaf, StringTensor):
        return tuple(leaf._array.reshape(-1).tolist())
    raise TypeError(f"`unique` compares tensors; it got a {type(leaf).__name__}.")


def rejection_resample(
    dataset: Dataset, class_func: Callable[..., Any], target_dist: Any, initial_dist: Any = None, seed: Any = None
) -> Dataset:
    """Pairs (class, element), elements being left out so that the classes come in the wanted proportions.

    Args:
        dataset: whose elements.
        class_func: gives an element's class, an int32.
        target_dist: the wanted proportions.
        initial_dist: those there are; estimated as elements come unless given.
        seed: which random numbers.
    """
    target = np.asarray(tensor(target_dist), dtype=np.float64)
    initial = None if initial_dist is None else np.asarray(tensor(initial_dist), dtype=np.float64)
    generator = seeded(seed)
    counts = np.ones_like(target)

    def with_class(*element: Any) -> Any:
        return class_func(*element), element[0] if len(element) == 1 else element

    def accepted(kind: Any, element: Any) -> Any:
        number = int(kind)
        counts[number] += 1
        there = counts / counts.sum() if initial is None else initial
        ratio = target / np.maximum(there, 1e-12)
        likely = ratio[number] / ratio.max()
        drawn = torch.rand((), dtype=torch.float64, generator=generator)
        return as_tf(drawn < likely)

    return FilterDataset(MapDataset(dataset, with_class), accepted)


class Reducer:
    """Three functions that make one value of many elements: of a key, of (state, element), of a state."""

    def __init__(
        self, init_func: Callable[..., Any], reduce_func: Callable[..., Any], finalize_func: Callable[..., Any]
    ) -> None:
        self._init_func, self._reduce_func, self._finalize_func = init_func, reduce_func, finalize_func

    init_func = property(lambda self: self._init_func)
    reduce_func = property(lambda self: self._reduce_func)
    finalize_func = property(lambda self: self._finalize_func)


class GroupByReducerDataset(Mapping):
    """One element for each key: what a Reducer makes of the elements with that key."""

    _shown = "_GroupByReducerDataset"

    def __init__(self, input_dataset: Dataset, key_func: Callable[..., Any], reducer: Reducer) -> None:
        super().__init__(input_dataset, key_func, "key_func")
        self._reducer = reducer

    def _elements(self) -> Iterator[Any]:
        states: dict[int, Any] = {}
        places = begin(self)
        for element in self._input._elements():
            self._take(next(places), states, element)
        for key in sorted(states):
            yield element_of(next(places).run(self._reducer.finalize_func, states[key]))

    def _take(self, place: Place, states: dict[int, Any], element: Any) -> None:
        key = int(place.run(self._run, element))
        if key not in states:
            states[key] = element_of(place.run(self._reducer.init_func, as_tf(torch.tensor(key))))
        states[key] = element_of(place.run(self._reducer.reduce_func, states[key], element))

    def _size(self) -> int:
        return UNKNOWN

    def _make_spec(self) -> Any:
        return spec_of(self._sample(2))

    def _sample(self, size: int) -> Any:
        return next(self._elements(), None)


__all__ = [
    "GroupByReducerDataset", "GroupByWindowDataset", "Reducer", "UniqueDataset", "bucket_by_sequence_length",
    "rejection_resample",
]  # fmt: skip
