"""from_generator: elements that a Python generator gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from torchkeras.core.draws import Place
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.data.base import UNKNOWN, Dataset
from torchkeras.tensorflow.data.iterators import begin
from torchkeras.tensorflow.data.structure import is_nested, leaf_of, map_structure
from torchkeras.tensorflow.dtypes import as_dtype
from torchkeras.tensorflow.errors import (
    InvalidArgumentError,
    OpError,
    ResourceExhaustedError,
    UnimplementedError,
    UnknownError,
)
from torchkeras.tensorflow.tensor import as_tf
from torchkeras.tensorflow.type_specs import TensorSpec, TypeSpec


class GeneratorDataset(Dataset):
    """The elements of a generator, which is called anew for each iteration.

    Args:
        generator: a callable that gives an iterable.
        spec: of its elements.
        args: for the generator, as arrays.
    """

    _shown = "FlatMapDataset"
    _calls_user = True

    def __init__(self, generator: Callable[..., Any], spec: Any, args: tuple[Any, ...] = ()) -> None:
        self._generator, self._spec, self._args = generator, spec, args

    def _elements(self) -> Iterator[Any]:
        with_errors = _Told(self._generator, self._args, next(begin(self)))
        return map(self._element, with_errors)

    def _element(self, value: Any) -> Any:
        try:
            return map_structure(_fitted, self._spec, _as_form(self._spec, value))
        except (TypeError, KeyError) as error:
            raise InvalidArgumentError(
                None,
                None,
                f"TypeError: `generator` yielded an element that did not match the expected structure. The expected "
                f"structure was {self._spec}, but the yielded element was {value}.",
            ) from error

    def _size(self) -> int:
        return UNKNOWN


class _Told:
    """An iterator whose Python errors come as TensorFlow reports those of Python functions."""

    def __init__(self, generator: Callable[..., Any], args: tuple[Any, ...], place: Place) -> None:
        self._generator, self._args, self._place = generator, args, place
        self._source: Iterator[Any] | None = None

    def __iter__(self) -> _Told:
        return self

    def __next__(self) -> Any:
        try:
            if self._source is None:
                self._source = self._place.run(lambda: iter(self._generator(*self._args)))
            return self._place.run(next, self._source)
        except (StopIteration, OpError):
            raise
        except Exception as error:
            raise _reported(error) from error


def _reported(error: Exception) -> OpError:
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, (TypeError, ValueError)):
        return InvalidArgumentError(None, None, text)
    if isinstance(error, MemoryError):
        return ResourceExhaustedError(None, None, text)
    return (UnimplementedError if isinstance(error, NotImplementedError) else UnknownError)(None, None, text)


def _as_form(spec: Any, value: Any) -> Any:
    """Lists stand for tuples where the spec has those."""
    if isinstance(spec, tuple) and is_nested(spec):
        if not isinstance(value, (tuple, list)) or len(value) != len(spec):
            raise TypeError("not of the same length")
        parts = [_as_form(a, b) for a, b in zip(spec, value)]
        return type(spec)(*parts) if hasattr(spec, "_fields") else tuple(parts)
    if isinstance(spec, dict):
        if not isinstance(value, dict):
            raise TypeError("not a dict")
        return {key: _as_form(part, value[key]) for key, part in spec.items()}
    return value


def _fitted(spec: Any, value: Any) -> Any:
    """A value as a tensor of its spec's dtype and shape."""
    if not isinstance(spec, TensorSpec):
        found = leaf_of(value)
        if not spec.is_compatible_with(found):
            raise InvalidArgumentError(
                None,
                None,
                f"TypeError: `generator` yielded an element of {found!r} where an element of {spec} was expected.",
            )
        return found
    try:
        if spec.dtype.torch is None:
            found = any_tensor(value, "string")
        elif isinstance(value, torch.Tensor):
            found = as_tf(value.detach().cpu().to(spec.dtype.torch))
        else:
            found = as_tf(torch.tensor(_as_array(value, spec)))
            if spec.dtype == "bfloat16":
                found = as_tf(found.as_subclass(torch.Tensor).to(torch.bfloat16))
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(
            None,
            None,
            f"TypeError: `generator` yielded an element that could not be converted to the expected type. The expected "
            f"type was {spec.dtype.name}, but the yielded element was {value}.",
        ) from error
    if not spec.shape.is_compatible_with(tuple(found.shape)):
        raise InvalidArgumentError(
            None,
            None,
            f"TypeError: `generator` yielded an element of shape {found.shape} where an element of shape {spec.shape} "
            f"was expected.",
        )
    return found


def _as_array(value: Any, spec: TensorSpec) -> np.ndarray:
    array = np.asarray(value)
    if array.dtype.kind in "OSU":
        raise TypeError("not numbers")
    wanted = np.dtype(spec.dtype.as_numpy_dtype)
    if array.dtype != wanted:
        return array.astype(wanted)
    return array.copy() if any(stride < 0 for stride in array.strides) else array


def from_generator(
    generator: Any,
    output_types: Any = None,
    output_shapes: Any = None,
    args: Any = None,
    output_signature: Any = None,
    name: str | None = None,
) -> Dataset:
    """Elements that a generator gives.

    Args:
        generator: a callable that gives an iterable; it is called anew for each iteration.
        output_types, output_shapes: of the elements, the older way.
        args: for the generator: it gets them as arrays.
        output_signature: the specs of an element.
    """
    if not callable(generator):
        raise TypeError("`generator` must be a Python callable.")
    if output_signature is not None:
        if output_types is not None:
            raise TypeError(
                "The `output_types` argument can not be used together with the `output_signature` argument."
            )
        if output_shapes is not None:
            raise TypeError(
                "The `output_shapes` argument can not be used together with the `output_signature` argument."
            )
        map_structure(_must_be_spec, output_signature)
        spec = output_signature
    else:
        if output_types is None:
            raise TypeError(
                "To specify the output signature you need to provide either the `output_signature` argument or the "
                "`output_types` argument."
            )
        spec = _from_types(_tupled(output_types), output_shapes)
    given = tuple(any_tensor(arg).numpy() for arg in args) if args is not None else ()
    return GeneratorDataset(generator, spec, given)


def _must_be_spec(leaf: Any) -> None:
    if not isinstance(leaf, TypeSpec):
        raise TypeError(
            f"`output_signature` must contain objects that are subclass of `tf.TypeSpec` but found {type(leaf)} which "
            f"is not."
        )


def _tupled(types: Any) -> Any:
    return tuple(_tupled(part) for part in types) if isinstance(types, (list, tuple)) else types


def _from_types(types: Any, shapes: Any) -> Any:
    if shapes is None:
        return map_structure(lambda dtype: TensorSpec(None, as_dtype(dtype)), types)
    if isinstance(types, dict):
        return {key: _from_types(part, shapes[key]) for key, part in types.items()}
    if isinstance(types, tuple):
        return tuple(_from_types(part, shape) for part, shape in zip(types, shapes, strict=True))
    return TensorSpec(shapes, as_dtype(types))


__all__ = ["GeneratorDataset", "from_generator"]
