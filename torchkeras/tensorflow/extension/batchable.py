"""BatchableExtensionType: extension types that tf.data and tf.map_fn can stack and take apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow.control.mapping import stacked
from torchkeras.tensorflow.extension.extension_type import ExtensionType
from torchkeras.tensorflow.extension.fields import ImmutableDict, mapped
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor


class ExtensionTypeBatchEncoder:
    """How a type is stacked: here field by field. Accepted as `__batch_encoder__`; one of one's own is an error."""


class BatchableExtensionType(ExtensionType):
    """An extension type whose tensors all have the batch first, and whose shapes are those of the batch."""

    __batch_encoder__ = ExtensionTypeBatchEncoder()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if type(cls.__batch_encoder__) is not ExtensionTypeBatchEncoder:
            raise NotImplementedError(
                f"{cls.__name__}.__batch_encoder__: batch encoders of one's own are not there; fields are stacked one "
                f"by one."
            )

    def nrows(self) -> int:
        """How many there are in this batch."""
        leaves = self._components()
        if not leaves or not len(leaves[0].shape):
            raise ValueError(f"{self!r} is no batch.")
        return int(leaves[0].nrows()) if isinstance(leaves[0], BatchableExtensionType) else int(leaves[0].shape[0])

    def _row(self, place: Any) -> Any:
        """One of a batch."""
        return self._of({name: _row_of(value, place) for name, value in self._values().items()})

    @classmethod
    def _stack_rows(cls, values: list[Any]) -> Any:
        """Several as a batch."""
        fields = [value._values() for value in values]
        return cls._of({name: _stacked([field[name] for field in fields], name) for name in cls._fields})


def _row_of(value: Any, place: Any) -> Any:
    if isinstance(value, TensorShape):
        return value[1:]
    return mapped(lambda leaf: leaf._row(place) if isinstance(leaf, BatchableExtensionType) else leaf[place], value)


def _stacked(values: list[Any], name: str) -> Any:
    first = values[0]
    if isinstance(first, (Tensor, StringTensor)):
        return stacked(values)
    if isinstance(first, BatchableExtensionType):
        return first._stack_rows(values)
    if isinstance(first, TensorShape):
        return TensorShape([len(values)]).concatenate(first)
    if isinstance(first, tuple):
        return tuple(_stacked(list(items), name) for items in zip(*values, strict=True))
    if isinstance(first, Mapping):
        return ImmutableDict({key: _stacked([value[key] for value in values], name) for key in first})
    if any(value != first for value in values):
        raise ValueError(f"Values of an extension type can be stacked where their field {name!r} is the same in all.")
    return first


__all__ = ["BatchableExtensionType", "ExtensionTypeBatchEncoder"]
