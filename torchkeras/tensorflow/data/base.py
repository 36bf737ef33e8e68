"""Dataset: a lazy source of elements, and what every step of a pipeline shares.

A step hands on *items* in chunks. Either they are the elements themselves, or, as long as only rows of given columns
are selected, row numbers: then a whole shuffle is a permutation of numbers, and a batch one gather per column.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import torch

from torchkeras.core.draws import Iteration
from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow.data import stacking
from torchkeras.tensorflow.data.iterators import NumpyIterator, OwnedIterator, run
from torchkeras.tensorflow.data.structure import leaves_of, map_structure
from torchkeras.tensorflow.tensor import as_tf
from torchkeras.tensorflow.type_specs import TypeSpec

AUTOTUNE = -1
INFINITE = -1
UNKNOWN = -2


class Dataset:
    """A sequence of elements (nested tuples and dicts of tensors) that is made as it is iterated, each time anew."""

    #: The name in representations, where it is not the class's.
    _shown = ""
    _spec: Any = None
    _options: Any = None
    #: Whether a user's function is called to know what elements are like.
    _asks_user = False
    #: Whether a user's function is called to make the elements, which may draw random numbers.
    _calls_user = False
    #: Whether it begins with ragged or sparse tensors.
    _composite = False

    # --- what a step defines ---

    def _columns(self) -> Any:
        """The columns that the items are row numbers of; None where items are elements."""
        return None

    def _chunks(self) -> Iterator[Any]:
        """The items: ranges, tensors or lists of row numbers, or lists of elements."""
        return map(_alone, self._elements())

    def _elements(self) -> Iterator[Any]:
        """The elements. Their tensors are tf.Tensors, StringTensors and the like."""
        columns = self._columns()
        if columns is not None:
            return stacking.rows(columns, self._chunks())
        return _chained(self._chunks())

    def _whole(self) -> Any:
        """The columns, where the elements are all of their rows in order; else None."""
        return None

    def _size(self) -> int:
        """How many elements there are, INFINITE or UNKNOWN."""
        raise NotImplementedError

    def _make_spec(self) -> Any:
        """The specs of an element."""
        raise NotImplementedError

    def _sample(self, size: int) -> Any:
        """An element to look at, without running through the pipeline: None where there is none.

        Args:
            size: of dimensions that are not known before, where the step is free to choose: 2; or 3,
                for another element.
        """
        columns = self._columns()
        if columns is None:
            found = list(itertools.islice(self._elements(), size - 1))
            return found[-1] if found else None
        for chunk in self._chunks():
            if len(chunk):
                picked = chunk[:1] if size == 2 else chunk[-1:]
                return next(stacking.rows(columns, iter((picked,))))
        return None

    def _resident(self, device: torch.device) -> Dataset:
        """The same data set, giving batches on a device where that is quicker than moving them."""
        return self

    def _inputs(self) -> list[Dataset]:
        """The data sets this one is made of."""
        return []

    def _known_spec(self) -> Any:
        """The specs of an element if no user's function is to be called for them, else None."""
        if self._spec is None and (self._asks_user or any(d._known_spec() is None for d in self._inputs())):
            return None
        return self.element_spec

    # --- what users see ---

    @property
    def element_spec(self) -> Any:
        """The specs of an element: shapes, with None for what varies, and dtypes."""
        if self._spec is None:
            with Iteration(trial=True).current():
                self._spec = self._make_spec()
        return self._spec

    def __iter__(self) -> OwnedIterator:
        return OwnedIterator(self)

    def as_numpy_iterator(self) -> NumpyIterator:
        """The elements with NumPy arrays for tensors."""
        return NumpyIterator(self)

    def cardinality(self) -> Any:
        """The number of elements as an int64 tensor; -1 where they never end, -2 where it is not known."""
        return as_tf(torch.tensor(self._size()))

    def __len__(self) -> int:
        size = self._size()
        if size == INFINITE:
            raise TypeError("The dataset is infinite.")
        if size == UNKNOWN:
            raise TypeError("The dataset length is unknown.")
        return size

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<{self._shown or type(self).__name__} element_spec={self.element_spec!r}>"

    def __str__(self) -> str:
        return repr(self)

    @property
    def _type_spec(self) -> DatasetSpec:
        return DatasetSpec(self.element_spec)

    def __getattr__(self, name: str) -> Any:
        said = f"'{type(self).__name__}' object has no attribute {name!r}"
        if name in _OLD:
            said += f": that is TensorFlow 1's. Use {_OLD[name]}."
        raise AttributeError(said)

    def _feed_batches(self, device: torch.device) -> Iterator[Any]:
        """The elements for fit, evaluate and predict."""
        return run(self._resident(device))


#: Names of TensorFlow 1, and what does the same now.
_OLD = {
    "make_one_shot_iterator": "`iter(dataset)`, or a `for` loop over the data set",
    "make_initializable_iterator": "`iter(dataset)`, or a `for` loop over the data set",
    "output_shapes": "`dataset.element_spec`",
    "output_types": "`dataset.element_spec`",
    "output_classes": "`dataset.element_spec`",
    "filter_with_legacy_function": "`dataset.filter`",
    "map_with_legacy_function": "`dataset.map`",
}


def _alone(element: Any) -> list[Any]:
    return [element]


def _chained(chunks: Iterator[Any]) -> Iterator[Any]:
    for chunk in chunks:
        yield from chunk


class Unary(Dataset):
    """A step on one data set; by itself it changes neither how many elements there are nor what they are like."""

    def __init__(self, input_dataset: Dataset) -> None:
        self._input = input_dataset

    def _size(self) -> int:
        return self._input._size()

    def _make_spec(self) -> Any:
        return self._input.element_spec

    def _sample(self, size: int) -> Any:
        return self._input._sample(size)

    def _inputs(self) -> list[Dataset]:
        return [self._input]


class Passing(Unary):
    """A step whose elements are its input's, all and in order."""

    def _columns(self) -> Any:
        return self._input._columns()

    def _chunks(self) -> Iterator[Any]:
        return self._input._chunks()

    def _elements(self) -> Iterator[Any]:
        return self._input._elements()

    def _whole(self) -> Any:
        return self._input._whole()

    def _resident(self, device: torch.device) -> Dataset:
        return self._input._resident(device)


class DatasetSpec(TypeSpec):
    """The spec of a data set that is an element itself, as windows are.

    Args:
        element_spec: of its elements.
        dataset_shape: of the data set's own tensor; ().
    """

    def __init__(self, element_spec: Any, dataset_shape: Any = ()) -> None:
        self._element_spec, self._dataset_shape = element_spec, TensorShape(dataset_shape)

    @property
    def element_spec(self) -> Any:
        return self._element_spec

    @property
    def value_type(self) -> Any:
        return Dataset

    @classmethod
    def from_value(cls, value: Any) -> Any:
        return cls(value.element_spec)

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        other = spec_or_value if isinstance(spec_or_value, DatasetSpec) else getattr(spec_or_value, "_type_spec", None)
        if not isinstance(other, DatasetSpec):
            return False
        try:
            same = map_structure(lambda a, b: a.is_compatible_with(b), self._element_spec, other._element_spec)
        except TypeError:
            return False
        return all(leaves_of(same))

    def most_specific_compatible_type(self, other: Any) -> Any:
        if not isinstance(other, DatasetSpec):
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        return DatasetSpec(
            map_structure(lambda a, b: a.most_specific_compatible_type(b), self._element_spec, other._element_spec)
        )

    def _key(self) -> tuple[Any, ...]:
        return (repr(self._element_spec), tuple(self._dataset_shape))

    def __repr__(self) -> str:
        return f"DatasetSpec({self._element_spec!r}, {self._dataset_shape!r})"


__all__ = ["AUTOTUNE", "INFINITE", "UNKNOWN", "Dataset", "DatasetSpec", "Passing", "Unary"]
