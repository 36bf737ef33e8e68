"""Steps that call a user's function on each element: map, filter, flat_map, scan, take_while."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

import numpy as np
import torch

from torchkeras.core.device import placed
from torchkeras.core.draws import Place
from torchkeras.tensorflow.data.base import UNKNOWN, Dataset, Unary
from torchkeras.tensorflow.data.iterators import CPU, Pull, begin, run_within
from torchkeras.tensorflow.data.parallel import mapped
from torchkeras.tensorflow.data.structure import element_of, flatten, map_structure, spec_of
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor, as_tf
from torchkeras.tensorflow.type_specs import NoneTensorSpec, TensorSpec


def calling(function: Callable[..., Any]) -> Callable[[Any], Any]:
    """The function on an element: a tuple is its arguments, a list it gives is a tuple, the rest become tensors."""

    def run(element: Any) -> Any:
        result = function(*element) if type(element) is tuple else function(element)
        kind = type(result)
        if kind is Tensor and not result.requires_grad:
            return result
        return element_of(tuple(result) if kind is list else result)

    return run


class Mapping(Unary):
    """A step with a function on elements."""

    _asks_user = True
    _calls_user = True

    def __init__(self, input_dataset: Dataset, function: Callable[..., Any], what: str = "map_func") -> None:
        super().__init__(input_dataset)
        if not callable(function):
            raise TypeError(f"`{what}` must be callable. Received: {function!r} of type {type(function).__name__}")
        self._function = function
        self._run = calling(function)

    def _calls(self) -> Iterator[tuple[Any, Place]]:
        """The elements of the input, each with the place of the call that it is for."""
        return zip(self._input._elements(), begin(self))

    def _call(self, call: tuple[Any, Place]) -> Any:
        element, place = call
        return place.run(self._run, element)

    def _try(self, element: Any) -> Any:
        """One call to look at the result: random numbers go on afterwards as if nothing had been."""
        state = torch.get_rng_state()
        try:
            with placed(CPU):
                return next(Pull(map(self._call, zip((element,), begin(self)))))
        finally:
            torch.set_rng_state(state)


class MapDataset(Mapping):
    """The function's results."""

    def _elements(self) -> Iterator[Any]:
        return map(self._call, self._calls())

    def _sample(self, size: int) -> Any:
        return self._try(example(self._input, size))

    def _make_spec(self) -> Any:
        inputs = self._input.element_spec
        found = spec_of(self._try(example(self._input, 2)))
        # Sizes that vary with the element, or with those that vary in the input, are None. Where the function wants
        # input of a certain size, and raises whatever it raises, what was seen is what is known.
        with contextlib.suppress(Exception):
            for size in (2, 3):
                again = spec_of(self._try(resized(example(self._input, size), inputs, size)))
                found = map_structure(_looser, found, again)
        return found


class ParallelMapDataset(MapDataset):
    """The function's results, in order; a function that takes long is called in several threads.

    Args:
        input_dataset: what it is called on.
        function: of an element.
        calls: how many at a time at most; AUTOTUNE for as many as there are processors.
    """

    def __init__(self, input_dataset: Dataset, function: Callable[..., Any], calls: Any) -> None:
        super().__init__(input_dataset, function)
        self._most = int(calls)
        if self._most < 1 and self._most != -1:
            raise ValueError(f"`num_parallel_calls` must be greater than zero, got {self._most}.")

    def _elements(self) -> Iterator[Any]:
        return mapped(self._call, self._calls(), self._most)


class FilterDataset(Mapping):
    """The elements for which the function gives true."""

    _asks_user = False

    def __init__(self, input_dataset: Dataset, predicate: Callable[..., Any]) -> None:
        super().__init__(input_dataset, predicate, "predicate")

    def _elements(self) -> Iterator[Any]:
        return map(itemgetter(0), filter(self._holds, self._calls()))

    def _holds(self, call: tuple[Any, Place]) -> bool:
        return as_bool(self._call(call))

    def _size(self) -> int:
        return 0 if self._input._size() == 0 else UNKNOWN


def as_bool(result: Any) -> bool:
    """What a predicate gave."""
    if type(result) is not Tensor or result.dtype != torch.bool or result.dim():
        raise ValueError(
            f"Invalid `predicate`. `predicate` must return a `tf.bool` scalar tensor, but its return type is "
            f"{spec_of(result)}."
        )
    return bool(result.item())


class TakeWhileDataset(FilterDataset):
    """The elements up to the first for which the function gives false."""

    _shown = "_TakeWhileDataset"

    def _elements(self) -> Iterator[Any]:
        return map(itemgetter(0), itertools.takewhile(self._holds, self._calls()))


class FlatMapDataset(Mapping):
    """The elements of the data sets that the function gives, one after another."""

    def _elements(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(map(self._inner, self._calls()))

    def _inner(self, call: tuple[Any, Place]) -> Iterator[Any]:
        return run_within(as_dataset(self._call(call)), call[1])

    def _size(self) -> int:
        return 0 if self._input._size() == 0 else UNKNOWN

    def _dataset(self) -> Dataset:
        return as_dataset(self._try(example(self._input, 2)))

    def _make_spec(self) -> Any:
        return self._dataset().element_spec

    def _sample(self, size: int) -> Any:
        return self._dataset()._sample(size)


def as_dataset(result: Any) -> Dataset:
    if not isinstance(result, Dataset):
        raise TypeError(f"`map_func` must return a `Dataset` object. Got {type(result)}.")
    return result


class ScanDataset(Unary):
    """The outputs of a function that also hands a state on to its next call."""

    _shown = "_ScanDataset"
    _asks_user = True
    _calls_user = True

    def __init__(self, input_dataset: Dataset, initial_state: Any, scan_func: Callable[..., Any]) -> None:
        super().__init__(input_dataset)
        self._initial, self._function = element_of(initial_state), scan_func

    def _step(self, state: Any, element: Any) -> Any:
        result = self._function(state, element)
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            raise TypeError("The scan function must return a pair comprising the new state and the output value.")
        after = element_of(result[0])
        same_kind(state, after, "scan")
        return after, element_of(result[1])

    def _elements(self) -> Iterator[Any]:
        state = self._initial
        for element, place in zip(self._input._elements(), begin(self)):
            state, output = place.run(self._step, state, element)
            yield output

    def _sample(self, size: int) -> Any:
        return next(begin(self)).run(self._step, self._initial, example(self._input, size))[1]

    def _make_spec(self) -> Any:
        return spec_of(self._sample(2))


def same_kind(before: Any, after: Any, what: str) -> None:
    """A TypeError where a state changes its structure or dtypes."""
    try:
        same = map_structure(lambda a, b: a is b is None or a.dtype == b.dtype, before, after)
    except (TypeError, AttributeError):
        same = False
    if not all(flatten(same)):
        raise TypeError(
            f"The element types for the new state must match the initial state. Expected {spec_of(before)}; got "
            f"{spec_of(after)} from the {what} function."
        )


# --- examples for looking at a function's results ---


def example(dataset: Dataset, size: int) -> Any:
    """An element of a data set to look at, made up where it has none; `size` for what is not known."""
    element = dataset._sample(size)
    return _made_up(dataset.element_spec, size) if element is None else element


def _made_up(spec: Any, size: int) -> Any:
    """An element of zeros or empty texts of these specs."""

    def zeros(leaf: Any) -> Any:
        if isinstance(leaf, NoneTensorSpec):
            return None
        if not isinstance(leaf, TensorSpec):
            raise ValueError(f"There is no element to learn from what the function makes of {leaf}.")
        shape = [size if n is None else n for n in leaf.shape] if leaf.shape.rank is not None else []
        if leaf.dtype.torch is None:
            return StringTensor(np.full(shape, b"", dtype=object))
        return as_tf(torch.zeros(shape, dtype=leaf.dtype.torch))

    return map_structure(zeros, spec)


def resized(element: Any, spec: Any, size: int) -> Any:
    """The element with `size` entries wherever its spec leaves open how many."""

    def fit(leaf: Any, leaf_spec: Any) -> Any:
        if type(leaf) is not Tensor or leaf_spec.shape.rank is None:
            return leaf
        plain = leaf.as_subclass(torch.Tensor)
        for axis, wanted in enumerate(leaf_spec.shape):
            if wanted is None and plain.shape[axis] not in (0, size):
                plain = plain.index_select(axis, torch.arange(size) % plain.shape[axis])
        return as_tf(plain)

    return map_structure(fit, element, spec)


def _looser(first: Any, second: Any) -> Any:
    return first if first == second else first.most_specific_compatible_type(second)


__all__ = [
    "FilterDataset", "FlatMapDataset", "MapDataset", "Mapping", "ParallelMapDataset", "ScanDataset", "TakeWhileDataset",
    "as_bool", "as_dataset", "calling", "example", "same_kind",
]  # fmt: skip
