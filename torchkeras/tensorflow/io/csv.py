"""tf.io.decode_csv: lines of comma-separated values as columns."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras.core.string_array import StringArray, text_vector
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import any_tensor, from_python, made
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.strings.arguments import texts
from torchkeras.tensorflow.tensor import array_of

_TYPES = ("float32", "float64", "int32", "int64", "string")


@operation("io.decode_csv", "DecodeCSV")
def decode_csv(
    records: Any,
    record_defaults: Any,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    select_cols: Sequence[int] | None = None,
    name: str | None = None,
) -> list[Any]:
    """The columns of lines of values, one tensor for each.

    Args:
        records: the lines.
        record_defaults: for each column a tensor of its dtype: of its default, or empty where a value must be there.
        field_delim: what separates fields.
        use_quote_delim: whether fields may stand in double quotes.
        na_value: a text that stands for no value, beside the empty one.
        select_cols: the numbers of the columns to take, from the lowest; all unless given.
    """
    found = texts(records, "DecodeCSV")
    columns = [_Column(default, place) for place, default in enumerate(record_defaults)]
    if select_cols is not None:
        chosen = [int(column) for column in select_cols]
        if any(a >= b for a, b in itertools.pairwise(chosen)):
            raise ValueError("select_cols is not strictly increasing.")
        if chosen and chosen[0] < 0:
            raise ValueError("select_cols contains negative values.")
        if len(chosen) != len(columns):
            raise ValueError("Length of select_cols and record_defaults do not match.")
    if len(field_delim) != 1:
        invalid("field_delim should be only 1 char", "DecodeCSV")
    for i, line in enumerate(found.reshape(-1)):
        fields = _fields(line.decode("utf-8", "surrogateescape"), field_delim, use_quote_delim)
        if select_cols is not None:
            if chosen and chosen[-1] >= len(fields):
                invalid(f"Expect {chosen[-1] + 1} fields but have {len(fields)} in record {i}", "DecodeCSV")
            fields = [fields[column] for column in chosen]
        elif len(fields) != len(columns):
            invalid(f"Expect {len(columns)} fields but have {len(fields)} in record {i}", "DecodeCSV")
        for column, field in zip(columns, fields):
            column.add(field, i, na_value)
    return [column.result(found.shape) for column in columns]


class _Column:
    """One column as it is read.

    Args:
        default: a tensor of its dtype, of one value or none.
        place: its number, for error messages.
    """

    def __init__(self, default: Any, place: int) -> None:
        if isinstance(default, dtypes.DType):
            raise ValueError(
                f"Attempt to convert a value ({default!r}) with an unsupported type ({type(default)}) to a Tensor."
            )
        given = any_tensor(default)
        self.dtype = dtypes.as_dtype(given.dtype)
        if self.dtype.name not in _TYPES:
            invalid(
                f"Value for attr 'OUT_TYPE' of {self.dtype.name} is not in the list of allowed values: "
                f"{', '.join(_TYPES)}",
                "DecodeCSV",
            )
        held = given._array if isinstance(given, StringArray) else array_of(given)
        if held.size > 1:
            invalid(f"There should only be 1 default per field but field {place} has {held.size}", "DecodeCSV")
        self.default: list[Any] = held.reshape(-1).tolist()
        self.place = place
        self.values: list[Any] = []

    def add(self, field: str, record: int, na_value: str) -> None:
        if not field or field == na_value:
            if not self.default:
                invalid(f"Field {self.place} is required but missing in record {record}!", "DecodeCSV")
            self.values.append(self.default[0])
        elif self.dtype == dtypes.string:
            self.values.append(field.encode("utf-8", "surrogateescape"))
        else:
            try:
                value = float(field) if self.dtype.is_floating else int(field)
                if "_" in field or (not self.dtype.is_floating and not self.dtype.min <= value <= self.dtype.max):
                    raise ValueError
            except ValueError:
                invalid(f"Field {self.place} in record {record} is not a valid {self.dtype.name}: {field}", "DecodeCSV")
            self.values.append(value)

    def result(self, shape: tuple[int, ...]) -> Any:
        if self.dtype == dtypes.string:
            return StringTensor(text_vector(self.values).reshape(shape))
        plain = dtypes.torch_of(self.dtype)
        array = np.array(self.values, dtype=self.dtype.as_numpy_dtype).reshape(shape)
        return made(from_python(array, plain))


def _fields(line: str, delimiter: str, quotes: bool) -> list[str]:
    """The fields of one line."""
    if '"' not in line or not quotes:
        return line.rstrip("\r\n").split(delimiter) if not quotes else _unquoted(line, delimiter)
    fields, at = [], 0
    while True:
        if line.startswith('"', at):
            field, at = _quoted(line, at + 1)
            if at < len(line) and line[at] != delimiter:
                invalid("Quote inside a string has to be escaped by another quote", "DecodeCSV")
        else:
            end = line.find(delimiter, at)
            field = line[at : end if end >= 0 else None]
            _check(field)
            at = end if end >= 0 else len(line)
        fields.append(field)
        if at >= len(line):
            return fields
        at += 1
        if at == len(line):
            return [*fields, ""]


def _unquoted(line: str, delimiter: str) -> list[str]:
    fields = line.split(delimiter)
    for field in fields:
        _check(field)
    return fields


def _check(field: str) -> None:
    if any(char in field for char in '"\r\n'):
        invalid("Unquoted fields cannot have quotes/CRLFs inside", "DecodeCSV")


def _quoted(line: str, at: int) -> tuple[str, int]:
    """A field in quotes from behind the first one, and the place behind the last one."""
    parts = []
    while True:
        end = line.find('"', at)
        if end < 0:
            invalid("Quoted field has to end with quote followed by delim or end", "DecodeCSV")
        parts.append(line[at:end])
        if not line.startswith('""', end):
            return "".join(parts), end + 1
        parts.append('"')
        at = end + 2


__all__ = ["decode_csv"]
