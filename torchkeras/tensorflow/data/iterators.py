"""Iterators over data sets, and the state in which a pipeline runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator as PythonIterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from torchkeras.core.device import default_device, placed
from torchkeras.core.draws import Iteration, Place, thread
from torchkeras.tensorflow.convert import viewed
from torchkeras.tensorflow.data.structure import map_structure
from torchkeras.tensorflow.errors import InvalidArgumentError, OutOfRangeError, UnimplementedError
from torchkeras.tensorflow.state import state
from torchkeras.tensorflow.tensor import Tensor, array_of
from torchkeras.tensorflow.type_specs import TypeSpec, type_spec_from_value

if TYPE_CHECKING:
    from torchkeras.tensorflow.data.base import Dataset

CPU = torch.device("cpu")
#: Under which name a checkpoint has an iterator's position; TensorFlow's own form has another.
_POSITION = "POSITION"
_END = object()


class Pull:
    """An iterator whose source runs as a pipeline does: on the CPU, and with nothing recorded for gradients.

    Args:
        source: the elements.
        iteration: what steps that begin meanwhile belong to; that of the thread unless given.
    """

    __slots__ = ("_elsewhere", "_iteration", "_source")

    def __init__(self, source: PythonIterator[Any], iteration: Iteration | None = None) -> None:
        self._source, self._iteration = source, iteration
        self._elsewhere = default_device().type != "cpu"

    def __iter__(self) -> Pull:
        return self

    def __next__(self) -> Any:
        if self._iteration is None:
            return self._pulled()
        before, thread.iteration = thread.iteration, self._iteration
        try:
            return self._pulled()
        finally:
            thread.iteration = before

    def _pulled(self) -> Any:
        inference = torch.is_inference_mode_enabled()
        if not (self._elsewhere or inference or state.tapes or state.inside):
            return next(self._source)
        tapes, inside = state.tapes, state.inside
        state.tapes, state.inside = [], 0
        try:
            # What predict takes out of a cache, fit must be able to train on.
            with placed(CPU), torch.inference_mode(False) if inference else contextlib.nullcontext():
                return next(self._source)
        finally:
            state.tapes, state.inside = tapes, inside


def run(dataset: Dataset) -> Pull:
    """The elements of a data set in a new iteration."""
    iteration = Iteration(thread.place)
    if know_steps(dataset, iteration):
        iteration.origin()  # now, in the thread that asks, not when a function first draws
    with iteration.current():
        return Pull(dataset._elements(), iteration)


def run_within(dataset: Dataset, place: Place) -> PythonIterator[Any]:
    """The elements of a data set that a function gave when it was called at a place of a pipeline."""
    iteration = Iteration(place)
    draws = know_steps(dataset, iteration)
    with iteration.current():
        source = dataset._elements()
    return Pull(source, iteration) if draws else source


def know_steps(dataset: Dataset, iteration: Iteration) -> bool:
    """Numbers the steps that call users' functions, in the order in which they lie; gives whether there are any."""
    if dataset._calls_user:
        iteration.know(dataset)
    inner = [know_steps(one, iteration) for one in dataset._inputs()]
    return dataset._calls_user or any(inner)


def begin(step: Dataset) -> PythonIterator[Place]:
    """The places of the calls that a step makes from now on, in the iteration that the thread works on."""
    return (thread.iteration or Iteration(thread.place)).begin(step).places()


class Iterator:
    """An iterator over the elements of a data set: `iter(dataset)` makes one."""

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Any:
        raise NotImplementedError

    @property
    def element_spec(self) -> Any:
        raise NotImplementedError

    def get_next(self) -> Any:
        """The next element; OutOfRangeError at the end."""
        raise NotImplementedError

    def get_next_as_optional(self) -> Optional:
        """The next element, or an Optional without value at the end."""
        raise NotImplementedError


class OwnedIterator(Iterator):
    """What `iter(dataset)` gives.

    It counts what it gave, which is its state in a checkpoint: restored, a new one passes over as many elements.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._given = 0
        device = default_device()
        self._moves_to = device if device.type != "cpu" else None
        self._start()

    def _start(self) -> None:
        source = self._dataset if self._moves_to is None else self._dataset._resident(self._moves_to)
        self._source = run(source)

    def __iter__(self) -> OwnedIterator:
        return self

    def __next__(self) -> Any:
        element = next(self._source)
        self._given += 1
        if self._moves_to is not None:
            return map_structure(self._moved, element)
        return element

    def _moved(self, leaf: Any) -> Any:
        if type(leaf) is not Tensor:
            return leaf
        return viewed(leaf.as_subclass(torch.Tensor).to(self._moves_to, non_blocking=True))

    next = __next__

    @property
    def element_spec(self) -> Any:
        return self._dataset.element_spec

    @property
    def _type_spec(self) -> IteratorSpec:
        return IteratorSpec(self.element_spec)

    def get_next(self) -> Any:
        try:
            return next(self)
        except StopIteration:
            raise OutOfRangeError(None, None, "End of sequence [Op:IteratorGetNext]") from None

    def get_next_as_optional(self) -> Optional:
        try:
            return Optional.from_value(next(self))
        except StopIteration:
            return Optional.empty(self.element_spec)

    def _checkpoint_texts(self) -> dict[str, bytes]:
        return {_POSITION: str(self._given).encode()}

    def _restore_texts(self, texts: dict[str, bytes | None]) -> None:
        found = texts.get(_POSITION)
        if found is None or not found.isdigit():
            raise UnimplementedError(
                None,
                None,
                "The position of a data set's iterator in this checkpoint was written by TensorFlow, in a form that "
                "only its own pipelines can read. Leave the iterator out of the Checkpoint that restores it.",
            )
        self._start()
        self._given, wanted = 0, int(found)
        while self._given < wanted and next(self, _END) is not _END:
            pass


class NumpyIterator:
    """The elements of a data set as NumPy arrays."""

    def __init__(self, dataset: Dataset) -> None:
        for spec in _leaves(dataset):
            if not hasattr(spec, "dtype"):
                raise TypeError(
                    f"`tf.data.Dataset.as_numpy_iterator()` is not supported for datasets that produce values of type "
                    f"{getattr(spec, 'value_type', type(spec))}"
                )
        self._source = run(dataset)

    def __iter__(self) -> NumpyIterator:
        return self

    def __next__(self) -> Any:
        return map_structure(_as_numpy, next(self._source))

    next = __next__


def _leaves(dataset: Dataset) -> list[Any]:
    found: list[Any] = []
    if dataset._spec is not None:  # only known without a trial of the user's functions
        map_structure(found.append, dataset._spec)
    return found


def _as_numpy(leaf: Any) -> Any:
    if type(leaf) is Tensor:
        return np.array(array_of(leaf))[()]
    if leaf is None:
        return None
    if not hasattr(leaf, "numpy") and not hasattr(leaf, "values"):
        raise TypeError(
            f"`tf.data.Dataset.as_numpy_iterator()` is not supported for datasets that produce values of type "
            f"{type(leaf)}"
        )
    return leaf.numpy() if hasattr(leaf, "numpy") else leaf


class Optional:
    """A value that may be missing."""

    def __init__(self, value: Any, spec: Any, there: bool) -> None:
        self._value, self._spec, self._there = value, spec, there

    @staticmethod
    def from_value(value: Any) -> Optional:
        return Optional(value, map_structure(type_spec_from_value, value), True)

    @staticmethod
    def empty(element_spec: Any) -> Optional:
        return Optional(None, element_spec, False)

    def has_value(self, name: str | None = None) -> Any:
        return viewed(torch.tensor(self._there))

    def get_value(self, name: str | None = None) -> Any:
        if not self._there:
            raise InvalidArgumentError(None, None, "The given optional does not have a value. [Op:OptionalGetValue]")
        return self._value

    @property
    def element_spec(self) -> Any:
        return self._spec


class IteratorSpec(TypeSpec):
    """The spec of an iterator."""

    def __init__(self, element_spec: Any) -> None:
        self._element_spec = element_spec

    @property
    def element_spec(self) -> Any:
        return self._element_spec

    def _key(self) -> tuple[Any, ...]:
        return (repr(self._element_spec),)

    def __repr__(self) -> str:
        return f"IteratorSpec({self._element_spec!r})"


__all__ = [
    "Iterator",
    "IteratorSpec",
    "NumpyIterator",
    "Optional",
    "OwnedIterator",
    "Pull",
    "begin",
    "run",
    "run_within",
]
