"""Where the contents of a table come from: two tensors, or a text file."""

from __future__ import annotations

import os
from typing import Any

from torchkeras.core.string_array import text_vector
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.errors import NotFoundError
from torchkeras.tensorflow.lookup.contents import Column, as_column


class TextFileIndex:
    """Columns of a file beside those that have numbers: the whole line, and its number from 0."""

    WHOLE_LINE = -2
    LINE_NUMBER = -1


class KeyValueTensorInitializer:
    """Keys and values of a table.

    Args:
        keys, values: tensors (or lists) of the same length.
        key_dtype, value_dtype: their dtypes.
    """

    def __init__(
        self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None, name: str | None = None
    ) -> None:
        self._keys, self._values = any_tensor(keys, key_dtype), any_tensor(values, value_dtype)
        self.key_dtype, self.value_dtype = dtypes.as_dtype(self._keys.dtype), dtypes.as_dtype(self._values.dtype)

    def contents(self) -> tuple[Column, Column]:
        keys, values = as_column(self._keys), as_column(self._values)
        if len(keys) != len(values):
            invalid(f"Expected shape [{len(keys)}] for value, got [{len(values)}]", "LookupTableImportV2")
        return keys, values


class TextFileInitializer:
    """Keys and values from the columns of a text file.

    Args:
        filename: the file; an entry on each line.
        key_dtype, value_dtype: string or an integer type (values also floats).
        key_index, value_index: which column they are in, from 0; or one of `tf.lookup.TextFileIndex`.
        vocab_size: how many lines to read; all unless given.
        delimiter: what separates columns.
        value_index_offset: is added to line numbers that are values.
    """

    def __init__(
        self,
        filename: Any,
        key_dtype: Any,
        key_index: int,
        value_dtype: Any,
        value_index: int,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = None,
        value_index_offset: int = 0,
    ) -> None:
        path = filename.numpy() if hasattr(filename, "numpy") else filename
        self._path = os.fsdecode(path) if path is not None else ""
        if not self._path:
            raise ValueError("`filename` argument required for tf.lookup.TextFileInitializer")
        self.key_dtype, self.value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)
        for what, index, dtype in (
            ("key", key_index, self.key_dtype), ("value", value_index, self.value_dtype),
        ):  # fmt: skip
            if index < -2:
                raise ValueError(f"`{what}_index` should be >= -2, received: {index}")
            if index == TextFileIndex.LINE_NUMBER and dtype != dtypes.int64:
                raise ValueError(f"`{what}_dtype` must be int64 for `{what}_index` -1, received: {dtype}")
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError(f"`vocab_size` should be > 0, received: {vocab_size}")
        self._indices, self._size = (key_index, value_index), vocab_size
        self._delimiter, self._offset = delimiter, value_index_offset

    def contents(self) -> tuple[Column, Column]:
        lines = self._lines()
        keys = self._column(lines, self._indices[0], self.key_dtype, 0)
        return keys, self._column(lines, self._indices[1], self.value_dtype, self._offset)

    def _lines(self) -> list[bytes]:
        try:
            with open(self._path, "rb") as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            raise NotFoundError(None, None, f"{self._path}; No such file or directory") from None
        if self._size is None:
            return lines
        if len(lines) < self._size:
            invalid(
                f"Invalid vocab_size in {self._path}: expected {self._size} but got {len(lines)}",
                "InitializeTableFromTextFileV2",
            )
        return lines[: self._size]

    def _column(self, lines: list[bytes], index: int, dtype: dtypes.DType, offset: int) -> Column:
        if index == TextFileIndex.LINE_NUMBER:
            return as_column([number + offset for number in range(len(lines))], dtypes.int64)
        fields = lines if index == TextFileIndex.WHOLE_LINE else self._fields(lines, index)
        if dtype == dtypes.string:
            return text_vector(fields)
        read = float if dtype.is_floating else int
        values = []
        for number, field in enumerate(fields):
            try:
                values.append(read(field))
            except ValueError:
                invalid(
                    f"Field {field.decode('utf-8', 'replace')} in line {number} is not a valid {dtype.name}.",
                    "InitializeTableFromTextFileV2",
                )
        return as_column(values, dtype)

    def _fields(self, lines: list[bytes], index: int) -> list[bytes]:
        found = []
        for number, line in enumerate(lines):
            fields = line.split(self._delimiter.encode())
            if len(fields) <= index:
                invalid(
                    f"Invalid number of columns in {self._path} line {number} ({line.decode('utf-8', 'replace')}) : "
                    f"expected at least {index + 1} got {len(fields)}",
                    "InitializeTableFromTextFileV2",
                )
            found.append(fields[index])
        return found
