"""tf.lookup.experimental: tables that change."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import any_tensor, from_python, made
from torchkeras.tensorflow.lookup.contents import Column, as_column, as_tensor
from torchkeras.tensorflow.lookup.table import Table


class MutableHashTable(Table):
    """A table that entries are put into and taken out of.

    Args:
        key_dtype, value_dtype: of the entries.
        default_value: the value of keys that are not there; its shape is that of every value.
        checkpoint: without effect: checkpoints hold variables alone, `export` gives what a table holds.
        experimental_is_anonymous: without effect.
    """

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        name: str = "MutableHashTable",
        checkpoint: bool = True,
        experimental_is_anonymous: bool = False,
    ) -> None:
        super().__init__(dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype), name)
        self._default = as_column(any_tensor(default_value, self._value_dtype))
        self._entries: dict[Any, Any] = {}

    def lookup(  # type: ignore[override]  # TensorFlow's argument comes before the name
        self, keys: Any, dynamic_default_values: Any = None, name: str | None = None
    ) -> Any:
        """The values of keys.

        Args:
            dynamic_default_values: the values of keys that are not there: one for each key, or one for all.
        """
        if dynamic_default_values is None:
            return super().lookup(keys)
        defaults = as_column(any_tensor(dynamic_default_values, self._value_dtype))
        return self._looked_up(keys, lambda found: self._found(found, defaults))

    def _find(self, keys: Column) -> Column:
        return self._found(keys, self._default)

    def _found(self, keys: Column, defaults: Column) -> Column:
        shape = (*keys.shape, *self._default.shape)
        try:
            values = np.broadcast_to(defaults, shape).reshape(-1, *self._default.shape).copy()
        except ValueError:
            invalid(
                f"Expected shape {list(shape)} or one value for the defaults, got {list(defaults.shape)}",
                "LookupTableFindV2",
            )
        for i, key in enumerate(self._checked(keys)):
            if key in self._entries:
                values[i] = self._entries[key]
        return values.reshape(shape)

    def _checked(self, keys: Column) -> list[Any]:
        found: list[Any] = keys.reshape(-1).tolist()
        return found

    def _refuse(self, keys: Any) -> None:
        raise ValueError(
            f"keys: Tensor conversion requested dtype {self._key_dtype.name} for Tensor with dtype "
            f"{dtypes.as_dtype(keys.dtype).name}: {keys!r}"
        )

    def insert(self, keys: Any, values: Any, name: str | None = None) -> None:
        """Puts entries in, in place of those of the same keys."""
        found = self._key_array(keys)
        given = as_column(any_tensor(values, self._value_dtype))
        shape = (*found.shape, *self._default.shape)
        if given.shape != shape:
            invalid(f"Expected shape {list(shape)} for value, got {list(given.shape)}", "LookupTableInsertV2")
        names = self._checked(found)
        for key, value in zip(names, given.reshape(len(names), *self._default.shape)):
            self._entries[key] = value

    def remove(self, keys: Any, name: str | None = None) -> None:
        """Takes entries out; keys that are not there are left alone."""
        for key in self._checked(self._key_array(keys)):
            self._entries.pop(key, None)

    def size(self, name: str | None = None) -> Any:
        """How many entries there are, as int64."""
        return made(from_python(len(self._entries), dtypes.int64.torch))

    def export(self, name: str | None = None) -> tuple[Any, Any]:
        """All keys, and their values."""
        kind = object if self._key_dtype == dtypes.string else self._key_dtype.as_numpy_dtype
        keys = np.empty(len(self._entries), dtype=kind)
        values = np.empty((len(self._entries), *self._default.shape), dtype=self._default.dtype)
        for i, (key, value) in enumerate(self._entries.items()):
            keys[i], values[i] = key, value
        return as_tensor(keys, self._key_dtype), as_tensor(values, self._value_dtype)


class DenseHashTable(MutableHashTable):
    """A table that entries are put into and taken out of, as TensorFlow lays it out with two keys set apart.

    Args:
        key_dtype, value_dtype: of the entries.
        default_value: the value of keys that are not there.
        empty_key, deleted_key: two keys that are never used.
        initial_num_buckets, checkpoint, experimental_is_anonymous: without effect, see MutableHashTable.
    """

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        empty_key: Any,
        deleted_key: Any,
        initial_num_buckets: int | None = None,
        name: str = "MutableDenseHashTable",
        checkpoint: bool = True,
        experimental_is_anonymous: bool = False,
    ) -> None:
        super().__init__(key_dtype, value_dtype, default_value, name)
        reserved = (as_column(any_tensor(key, self._key_dtype)) for key in (empty_key, deleted_key))
        self._reserved = dict(zip(("empty_key", "deleted_key"), (column.reshape(-1)[0] for column in reserved)))
        if self._reserved["empty_key"] == self._reserved["deleted_key"]:
            invalid("Empty and deleted keys must not be equal", "MutableDenseHashTableV2")

    def _checked(self, keys: Column) -> list[Any]:
        found = super()._checked(keys)
        for what, key in self._reserved.items():
            if key in found:
                invalid(f"Using the {what} as a table key is not allowed", "LookupTableInsertV2")
        return found

    def insert_or_assign(self, keys: Any, values: Any, name: str | None = None) -> None:
        """Puts entries in, in place of those of the same keys."""
        self.insert(keys, values)

    def erase(self, keys: Any, name: str | None = None) -> None:
        """Takes entries out."""
        self.remove(keys)


__all__ = ["DenseHashTable", "MutableHashTable"]
