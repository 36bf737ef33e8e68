"""StaticHashTable and StaticVocabularyTable: tables that are filled once."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.core import hashing
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import any_tensor, from_python, made
from torchkeras.tensorflow.errors import FailedPreconditionError
from torchkeras.tensorflow.lookup.contents import Column, as_column, as_tensor
from torchkeras.tensorflow.lookup.table import Table, positions


class StaticHashTable(Table):
    """A table with a default for keys it has not.

    Args:
        initializer: a KeyValueTensorInitializer or TextFileInitializer.
        default_value: the value of keys that are not there.
        experimental_is_anonymous: without effect.

    Example:
        table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2]), default_value=-1)
        table.lookup(tf.constant(["b", "c"]))  # [2, -1]
    """

    def __init__(
        self, initializer: Any, default_value: Any, name: str | None = None, experimental_is_anonymous: bool = False
    ) -> None:
        super().__init__(initializer.key_dtype, initializer.value_dtype, name)
        self.default_value = any_tensor(default_value, initializer.value_dtype)
        keys, values = initializer.contents()
        self._keys, self._values, self._places = _distinct(keys.reshape(-1), values.reshape(-1))
        default = as_column(self.default_value).reshape(1)
        self._values_and_default = np.concatenate([self._values, default.astype(self._values.dtype)])

    def _find(self, keys: Column) -> Column:
        return self._values_and_default[positions(self._places, keys, len(self._keys))]

    def size(self, name: str | None = None) -> Any:
        """How many entries there are, as int64."""
        return made(from_python(len(self._keys), dtypes.int64.torch))

    def export(self, name: str | None = None) -> tuple[Any, Any]:
        """All keys, and their values."""
        return as_tensor(self._keys, self._key_dtype), as_tensor(self._values, self._value_dtype)


def _distinct(keys: Column, values: Column) -> tuple[Column, Column, dict[Any, int]]:
    """Each key once, its value, and the place of each; an error where a key has two values."""
    places: dict[Any, int] = {}
    kept: list[int] = []
    for i, key in enumerate(keys.tolist()):
        known = places.setdefault(key, len(kept))
        if known == len(kept):
            kept.append(i)
        elif values[kept[known]] != values[i]:
            said = [key, values[kept[known]], values[i]]
            said = [one.decode("utf-8", "replace") if isinstance(one, bytes) else one for one in said]
            raise FailedPreconditionError(
                None,
                None,
                f"HashTable has different value for same key. Key {said[0]} has {said[1]} and trying to add value "
                f"{said[2]} [Op:LookupTableImportV2]",
            )
    return keys[kept], values[kept], places


class StaticVocabularyTable(Table):
    """A table from words (or numbers) to their numbers, with buckets for those it has not.

    Args:
        initializer: keys and their int64 numbers; None for buckets alone.
        num_oov_buckets: how many numbers unknown words share, by their hash.
        lookup_key_dtype: of the keys that are looked up, where it is another than the initializer's.
        experimental_is_anonymous: without effect.
    """

    def __init__(
        self,
        initializer: Any,
        num_oov_buckets: int,
        lookup_key_dtype: Any = None,
        name: str | None = None,
        experimental_is_anonymous: bool = False,
    ) -> None:
        if num_oov_buckets <= 0:
            raise ValueError("`num_oov_buckets` must be > 0; use StaticHashTable.")
        if initializer is None:
            found = dtypes.as_dtype(lookup_key_dtype or dtypes.string)
        else:
            if initializer.value_dtype != dtypes.int64:
                raise TypeError(
                    f"Invalid `value_dtype`, expected {dtypes.int64!s} but got {initializer.value_dtype!s}."
                )
            found = dtypes.as_dtype(lookup_key_dtype or initializer.key_dtype)
            if (found == dtypes.string) is not (initializer.key_dtype == dtypes.string):
                raise TypeError(
                    f"Invalid key dtype: expected {initializer.key_dtype!s} for lookup keys, got {found!s}."
                )
        super().__init__(found, dtypes.int64, name)
        self._buckets = num_oov_buckets
        self._table = None if initializer is None else StaticHashTable(initializer, -1)

    def _find(self, keys: Column) -> Column:
        known = 0 if self._table is None else len(self._table._keys)
        found = np.full(keys.shape, -1, dtype=np.int64) if self._table is None else self._table._find(keys)
        unknown = found == -1
        if unknown.any():
            found = found.copy()
            flat = keys[unknown].tolist()
            words = flat if self._key_dtype == dtypes.string else [str(value).encode() for value in flat]
            found[unknown] = [known + hashing.bucket(word, self._buckets) for word in words]
        return found

    def size(self, name: str | None = None) -> Any:
        """How many numbers there are, those of the buckets included."""
        known = 0 if self._table is None else len(self._table._keys)
        return made(from_python(known + self._buckets, dtypes.int64.torch))


__all__ = ["StaticHashTable", "StaticVocabularyTable"]
