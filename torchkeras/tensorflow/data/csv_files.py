"""CsvDataset and make_csv_dataset: rows of tables in files."""

from __future__ import annotations

import csv
import glob
import io
import itertools
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.data import methods
from torchkeras.tensorflow.data.base import AUTOTUNE, UNKNOWN, Dataset
from torchkeras.tensorflow.data.files import names_of, opened, text_array
from torchkeras.tensorflow.data.sources import TensorSliceDataset
from torchkeras.tensorflow.data.stacking import rows
from torchkeras.tensorflow.dtypes import DType, as_dtype, float32, float64, int32, int64, string
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.string_tensor import StringTensor, to_bytes_array
from torchkeras.tensorflow.type_specs import TensorSpec

#: So many rows are read at once.
_ROWS = 256
_ALLOWED = (float32, float64, int32, int64, string)


class CsvDataset(Dataset):
    """The rows of CSV files, each a tuple of scalars.

    Args:
        filenames: a path, or a list, tensor or data set of them.
        record_defaults: for each column a dtype, where values may not be missing, or a default value.
        compression_type: 'GZIP', 'ZLIB' or None.
        buffer_size: accepted, and without effect here.
        header: whether the first line of each file is passed over.
        field_delim: what stands between the fields.
        use_quote_delim: whether double quotes enclose fields.
        na_value: a further spelling of a missing value.
        select_cols, exclude_cols: the numbers of the columns to read, or not to read, in rising order.
    """

    _shown = "CsvDatasetV2"

    def __init__(
        self,
        filenames: Any,
        record_defaults: Sequence[Any],
        compression_type: str | None = None,
        buffer_size: Any = None,
        header: bool = False,
        field_delim: str = ",",
        use_quote_delim: bool = True,
        na_value: str = "",
        select_cols: Any = None,
        exclude_cols: Any = None,
    ) -> None:
        self._files = filenames if isinstance(filenames, Dataset) else names_of(filenames)
        self._kind = compression_type or ""
        self._header, self._na = bool(header), ("", na_value)
        self._reading = _dialect(field_delim, use_quote_delim)
        self._columns_of = [_Column(default) for default in record_defaults]
        self._selected = None if select_cols is None else [int(n) for n in select_cols]
        self._excluded = None if exclude_cols is None else {int(n) for n in exclude_cols}
        if self._selected is not None and self._excluded is not None:
            raise InvalidArgumentError(
                None, None, "Either select_cols or exclude_cols should be empty [Op:CSVDatasetV2]"
            )
        if self._selected is not None and len(self._selected) != len(self._columns_of):
            raise InvalidArgumentError(
                None,
                None,
                "select_cols should match output size [Op:CSVDatasetV2]",
            )
        self._spec = tuple(TensorSpec((), column.dtype) for column in self._columns_of)

    def _size(self) -> int:
        return UNKNOWN

    def _elements(self) -> Iterator[Any]:
        given = self._files
        paths: Iterable[str] = (
            given if isinstance(given, list) else (name for names in given._elements() for name in names_of(names))
        )
        for path in paths:
            with opened(path, self._kind) as file:
                lines = io.TextIOWrapper(file, encoding="latin-1", newline="")  # bytes as they are
                table = csv.reader(lines, **self._reading)
                if self._header:
                    next(table, None)
                while block := list(itertools.islice(table, _ROWS)):
                    yield from self._block([fields for fields in block if fields])

    def _block(self, block: list[list[str]]) -> Iterator[Any]:
        if not block:
            return
        try:
            columns = self._as_columns(block)
        except InvalidArgumentError:
            if len(block) == 1:
                raise
            for fields in block:  # those before the faulty one come first
                yield from self._block([fields])
            return
        yield from rows(columns, iter((range(len(block)),)))

    def _as_columns(self, block: list[list[str]]) -> tuple[Any, ...]:
        picked = [self._picked(fields) for fields in block]
        return tuple(
            column.converted([fields[i] for fields in picked], i, self._na) for i, column in enumerate(self._columns_of)
        )

    def _picked(self, fields: list[str]) -> list[str]:
        if self._selected is not None:
            if self._selected and self._selected[-1] >= len(fields):
                raise InvalidArgumentError(
                    None,
                    None,
                    f"Expect {self._selected[-1] + 1} fields but have {len(fields)} in record [Op:IteratorGetNext]",
                )
            return [fields[i] for i in self._selected]
        if self._excluded is not None:
            fields = [field for i, field in enumerate(fields) if i not in self._excluded]
        if len(fields) != len(self._columns_of):
            more = "more" if len(fields) > len(self._columns_of) else str(len(fields))
            raise InvalidArgumentError(
                None, None, f"Expect {len(self._columns_of)} fields but have {more} in record [Op:IteratorGetNext]"
            )
        return fields


def _dialect(field_delim: str, use_quote_delim: bool) -> dict[str, Any]:
    """What Python's csv is told."""
    return {"delimiter": field_delim, "quoting": csv.QUOTE_MINIMAL if use_quote_delim else csv.QUOTE_NONE}


class _Column:
    """A column's dtype, and what stands for a missing value."""

    def __init__(self, default: Any) -> None:
        self.default: Any = None
        if isinstance(default, DType) or (isinstance(default, (type, torch.dtype)) and not isinstance(default, list)):
            self.dtype = as_dtype(default)
        else:
            found = any_tensor(default)
            self.dtype = as_dtype(found.dtype)
            values = np.asarray(found.numpy()).reshape(-1)
            if values.size > 1:
                raise InvalidArgumentError(
                    None, None, f"Each record default should be at most rank 1 [Op:CSVDatasetV2]: {default!r}"
                )
            self.default = values[0] if values.size else None
        if self.dtype not in _ALLOWED:
            raise TypeError(f"A column is of float32, float64, int32, int64 or string. Received: {self.dtype!r}")

    def converted(self, fields: list[str], number: int, missing: tuple[str, str]) -> Any:
        if self.dtype == string:
            return np.array([self._text(f, number, missing) for f in fields] + [None], dtype=object)[:-1]
        read = int if self.dtype.is_integer else float
        values = []
        for field in fields:
            if field in missing or not field.strip():
                values.append(self._required(number))
                continue
            try:
                values.append(read(field.strip().replace("_", "?")))  # Python would take 1_000 for a number
            except ValueError:
                raise InvalidArgumentError(
                    None,
                    None,
                    f"Field {number} in record is not a valid {_SPOKEN[self.dtype.name]}: {field} [Op:IteratorGetNext]",
                ) from None
        try:
            return torch.tensor(values, dtype=self.dtype.torch)
        except (RuntimeError, OverflowError) as error:
            raise InvalidArgumentError(
                None, None, f"Field {number} in record is not a valid {_SPOKEN[self.dtype.name]}: {error}"
            ) from error

    def _required(self, number: int) -> Any:
        if self.default is None:
            raise InvalidArgumentError(
                None, None, f"Field {number} is required but missing in record! [Op:IteratorGetNext]"
            )
        return self.default

    def _text(self, field: str, number: int, missing: tuple[str, str]) -> bytes:
        return self._required(number) if field in missing else field.encode("latin-1")


_SPOKEN = {"float32": "float", "float64": "double", "int32": "int32", "int64": "int64"}


# --- make_csv_dataset ---


def make_csv_dataset(
    file_pattern: Any,
    batch_size: int,
    column_names: Sequence[str] | None = None,
    column_defaults: Sequence[Any] | None = None,
    label_name: str | None = None,
    select_columns: Sequence[Any] | None = None,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    header: bool = True,
    num_epochs: int | None = None,
    shuffle: bool = True,
    shuffle_buffer_size: int = 10000,
    shuffle_seed: int | None = None,
    prefetch_buffer_size: int | None = None,
    num_parallel_reads: int | None = None,
    sloppy: bool = False,
    num_rows_for_inference: int | None = 100,
    compression_type: str | None = None,
    ignore_errors: bool = False,
    encoding: str = "utf-8",
) -> Dataset:
    """Batches of rows of CSV files: dicts of columns by name, or pairs of such a dict and the label's column.

    Args:
        file_pattern: files, or patterns of their names.
        batch_size: rows a batch.
        column_names: of all columns; from the first line unless given.
        column_defaults: as CsvDataset's record_defaults; the types are inferred unless given.
        label_name: the column that is the label.
        select_columns: names or numbers of the columns to read.
        field_delim, use_quote_delim, na_value, compression_type: as for CsvDataset.
        header: whether files begin with a line of names.
        num_epochs: how many times over; without end unless given.
        shuffle, shuffle_buffer_size, shuffle_seed: whether and how rows are shuffled.
        prefetch_buffer_size: how many batches are made ahead.
        num_parallel_reads: how many files are read in turns.
        sloppy: accepted; rows always come in order.
        num_rows_for_inference: how many rows are looked at to infer types.
        ignore_errors: whether rows with errors are left out.
        encoding: of the files, as far as names and types are read off them; values stay bytes.
    """
    files = _files(file_pattern, shuffle, shuffle_seed)

    def table(path: str) -> Iterator[list[str]]:
        with opened(path, compression_type or "") as file:
            lines = io.TextIOWrapper(file, encoding=encoding, newline="")
            yield from csv.reader(lines, **_dialect(field_delim, use_quote_delim))

    if column_names is None:
        if not header:
            raise ValueError("`header` is False, so `column_names` must be given.")
        column_names = _names(map(table, files))
    if len(set(column_names)) != len(column_names):
        raise ValueError("Cannot have duplicate column names.")
    picked = None if select_columns is None else _numbers(select_columns, column_names)
    if column_defaults is None:
        lines = (fields for path in files for fields in itertools.islice(table(path), int(header), None))
        seen = itertools.islice((fields for fields in lines if fields), num_rows_for_inference)
        column_defaults = _inferred(seen, len(column_names), na_value, picked)
    names = list(column_names) if picked is None else [column_names[i] for i in picked]
    if len(column_defaults) != len(names):
        raise ValueError(f"There are {len(names)} columns to read and {len(column_defaults)} `column_defaults`.")
    if label_name is not None and label_name not in names:
        raise ValueError("`label_name` provided must be one of the columns.")

    def read(name: Any) -> Dataset:
        return CsvDataset(
            name, column_defaults, compression_type, None, header, field_delim, use_quote_delim, na_value, picked
        )

    def named(*columns: Any) -> Any:
        features = OrderedDict(zip(names, columns))
        if label_name is None:
            return features
        label = features.pop(label_name)
        return features, label

    found = methods.interleave(TensorSliceDataset(text_array(files)), read, num_parallel_reads or 1)
    if ignore_errors:
        found = methods.ignore_errors(found)
    if shuffle:
        found = methods.shuffle(found, shuffle_buffer_size, shuffle_seed)
    if num_epochs != 1:
        found = methods.repeat(found, num_epochs)
    found = methods.map_(methods.batch(found, batch_size, num_epochs is None), named)
    return methods.prefetch(found, AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)


def _files(pattern: Any, shuffle: bool, seed: int | None) -> list[str]:
    patterns = names_of(pattern)
    found = [path for one in patterns for path in sorted(glob.glob(one))]
    if not found:
        raise ValueError(f"No files match `file_pattern` {pattern}.")
    found = sorted(found)
    if shuffle:
        order = torch.randperm(len(found), generator=None if seed is None else torch.Generator().manual_seed(seed))
        found = [found[i] for i in order.tolist()]
    return found


def _names(tables: Iterable[Iterator[list[str]]]) -> list[str]:
    """The fields of the first line, the same in all tables."""
    names: list[str] | None = None
    for table in tables:
        first = next(table, None)
        if first is None:
            raise ValueError("Failed when reading the header line of a file: it has no rows.")
        if names is not None and first != names:
            raise ValueError("All input CSV files must have the same column names in their first line.")
        names = first
    assert names is not None
    return names


def _numbers(wanted: Sequence[Any], names: Sequence[str]) -> list[int]:
    if not wanted or len(set(wanted)) != len(wanted):
        raise ValueError("`select_columns` must be names or numbers of columns, each once.")
    found = []
    for column in wanted:
        if isinstance(column, str):
            if column not in names:
                raise ValueError(f"Column {column!r} of `select_columns` is not among the columns: {list(names)}.")
            found.append(list(names).index(column))
        else:
            if not 0 <= int(column) < len(names):
                raise ValueError(f"Column {column} of `select_columns` is not a number below {len(names)}.")
            found.append(int(column))
    return sorted(found)


def _inferred(lines: Iterable[list[str]], width: int, na_value: str, picked: list[int] | None) -> list[Any]:
    """For each column 0 or '' of the narrowest type that the values of these rows have."""
    numbers = list(range(width)) if picked is None else picked
    found: list[int | None] = [None] * len(numbers)
    for fields in lines:
        if len(fields) != width:
            raise ValueError(
                f"Problem inferring types: CSV row has different number of fields ({len(fields)}) than expected "
                f"({width})."
            )
        for i, number in enumerate(numbers):
            found[i] = _narrowest(fields[number], na_value, found[i])
    return [_default(_TYPES[-1 if place is None else place]) for place in found]


_TYPES = (int32, int64, float32, float64, string)


def _narrowest(text: str, na_value: str, before: int | None) -> int | None:
    if text in ("", na_value):
        return before
    for place, dtype in enumerate(_TYPES):
        if (before is None or before <= place) and _is_of(text, dtype):
            return place
    return len(_TYPES) - 1


def _is_of(text: str, dtype: DType) -> bool:
    if dtype == string:
        return True
    try:
        number = int(text) if dtype.is_integer else float(text)
    except ValueError:
        return False
    return dtype.min <= number <= dtype.max if dtype.is_integer else number < float(np.finfo(dtype.as_numpy_dtype).max)


def _default(dtype: DType) -> Any:
    if dtype == string:
        return StringTensor(to_bytes_array([""]))
    return any_tensor([0], dtype) if dtype.is_integer else any_tensor([0.0], dtype)


__all__ = ["CsvDataset", "make_csv_dataset"]
