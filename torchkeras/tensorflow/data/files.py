"""Data sets of files: their names, lines, records."""

from __future__ import annotations

import glob
import gzip
import io
import os
import zlib
from collections.abc import Iterator
from typing import IO, Any

from torchkeras.core.string_array import text_vector
from torchkeras.records import read_records
from torchkeras.records.framing import compression
from torchkeras.tensorflow.data.base import UNKNOWN, Dataset
from torchkeras.tensorflow.data.interleaving import ParallelInterleaveDataset
from torchkeras.tensorflow.data.mapping import FlatMapDataset
from torchkeras.tensorflow.data.shuffling import ShuffleDataset
from torchkeras.tensorflow.data.sources import TensorSliceDataset
from torchkeras.tensorflow.data.stacking import text_of
from torchkeras.tensorflow.errors import InvalidArgumentError, NotFoundError
from torchkeras.tensorflow.string_tensor import StringTensor, to_bytes_array
from torchkeras.tensorflow.type_specs import TensorSpec


def _path(text: Any) -> str:
    return os.fsdecode(text)


def opened(path: str, kind: str) -> IO[bytes]:
    """A file to read bytes of, perhaps compressed."""
    try:
        if kind == "GZIP":
            return gzip.open(path, "rb")  # type: ignore[return-value]
        found = open(path, "rb")  # noqa: SIM115
    except FileNotFoundError:
        raise NotFoundError(None, None, f"{path}; No such file or directory") from None
    if kind == "ZLIB":
        with found:
            return io.BytesIO(zlib.decompress(found.read()))
    return found


class _FileDataset(Dataset):
    """The entries of one file after another."""

    def __init__(self, paths: list[str], kind: str) -> None:
        self._paths, self._kind = paths, kind

    def _entries(self, path: str) -> Iterator[bytes]:
        raise NotImplementedError

    def _elements(self) -> Iterator[Any]:
        for path in self._paths:
            for entry in self._entries(path):
                yield text_of(entry)

    def _size(self) -> int:
        return UNKNOWN

    def _make_spec(self) -> Any:
        return TensorSpec((), "string")


class _Lines(_FileDataset):
    _shown = "TextLineDatasetV2"

    def _entries(self, path: str) -> Iterator[bytes]:
        with opened(path, self._kind) as file:
            for line in file:
                if line.endswith(b"\n"):
                    line = line[:-2] if line.endswith(b"\r\n") else line[:-1]
                yield line


class _Records(_FileDataset):
    _shown = "TFRecordDatasetV2"

    def _entries(self, path: str) -> Iterator[bytes]:
        return read_records(path, self._kind)


class _FixedLength(_FileDataset):
    _shown = "FixedLengthRecordDatasetV2"

    def __init__(self, paths: list[str], kind: str, length: int, header: int, footer: int) -> None:
        super().__init__(paths, kind)
        self._length, self._header, self._footer = length, header, footer

    def _entries(self, path: str) -> Iterator[bytes]:
        with opened(path, self._kind) as file:
            content = file.read()
        body = len(content) - self._header - self._footer
        if body < 0 or body % self._length:
            raise InvalidArgumentError(
                None,
                None,
                f"Excess bytes of {body % self._length} in the body of {path}, which should be {self._length} per "
                f"record [Op:IteratorGetNext]",
            )
        for at in range(self._header, self._header + body, self._length):
            yield content[at : at + self._length]


def _over_files(filenames: Any, reader: Any, parallel: Any, shown: str) -> Dataset:
    """The data set of all files: of names that are known, or of a data set of names."""
    if not isinstance(filenames, Dataset) and parallel is None:
        return reader(names_of(filenames))
    names = filenames if isinstance(filenames, Dataset) else TensorSliceDataset(text_array(names_of(filenames)))
    if isinstance(filenames, Dataset):
        _must_be_names(filenames)

    def read(name: Any) -> Dataset:
        return reader([_path(text) for text in to_bytes_array(name).reshape(-1)])

    found = FlatMapDataset(names, read) if parallel is None else ParallelInterleaveDataset(names, read, parallel, 1)
    found._shown, found._spec = shown, TensorSpec((), "string")
    return found


def _must_be_names(dataset: Dataset) -> None:
    spec = dataset.element_spec
    if getattr(spec, "dtype", None) != "string":
        raise TypeError(
            f"The `filenames` argument must contain `tf.string` elements. Got a dataset of "
            f"`{getattr(spec, 'dtype', spec)!r}` elements."
        )
    if spec.shape.rank not in (0, None):
        raise TypeError(
            f"The `filenames` argument must contain `tf.string` elements of shape [] (i.e. scalars). Got a dataset of "
            f"element shape {spec.shape}."
        )


def names_of(filenames: Any) -> list[str]:
    """Paths from a path, a list, an array or a tensor of them."""
    if isinstance(filenames, os.PathLike):
        filenames = os.fspath(filenames)
    if isinstance(filenames, (list, tuple)):
        filenames = [os.fspath(f) if isinstance(f, os.PathLike) else f for f in filenames]
    try:
        return [_path(text) for text in to_bytes_array(filenames).reshape(-1)]
    except TypeError:
        raise TypeError(
            f"The `filenames` argument must contain `tf.string` elements. Received: {filenames!r}"
        ) from None


def text_array(texts: list[str]) -> StringTensor:
    """Names of files as a tensor."""
    return StringTensor(text_vector([os.fsencode(text) for text in texts]))


class TextLineDataset(Dataset):
    """The lines of text files, without their ends.

    Args:
        filenames: a path, or a list, tensor or data set of them.
        compression_type: 'GZIP', 'ZLIB' or '' for none.
        buffer_size: accepted, and without effect here.
        num_parallel_reads: how many files to take lines of in turns; one after another unless given.
    """

    def __new__(
        cls,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
        name: str | None = None,
    ) -> Any:
        kind = compression(compression_type)

        def lines(paths: list[str]) -> Dataset:
            return _Lines(paths, kind)

        return _over_files(filenames, lines, num_parallel_reads, "TextLineDatasetV2")


class TFRecordDataset(Dataset):
    """The records of TFRecord files.

    Args:
        filenames: a path, or a list, tensor or data set of them.
        compression_type: 'GZIP', 'ZLIB' or '' for none.
        buffer_size: accepted, and without effect here.
        num_parallel_reads: how many files to take records of in turns; one after another unless given.
    """

    def __new__(
        cls,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
        name: str | None = None,
    ) -> Any:
        kind = compression(compression_type)

        def records(paths: list[str]) -> Dataset:
            return _Records(paths, kind)

        return _over_files(filenames, records, num_parallel_reads, "TFRecordDatasetV2")


class FixedLengthRecordDataset(Dataset):
    """Records of so many bytes each.

    Args:
        filenames: a path, or a list, tensor or data set of them.
        record_bytes: how many.
        header_bytes, footer_bytes: to pass over at the beginning and at the end of each file.
        buffer_size: accepted, and without effect here.
        compression_type: 'GZIP', 'ZLIB' or '' for none.
        num_parallel_reads: how many files to take records of in turns; one after another unless given.
    """

    def __new__(
        cls,
        filenames: Any,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        buffer_size: Any = None,
        compression_type: Any = None,
        num_parallel_reads: Any = None,
        name: str | None = None,
    ) -> Any:
        kind = compression(compression_type)
        numbers = int(record_bytes), int(header_bytes or 0), int(footer_bytes or 0)

        def records(paths: list[str]) -> Dataset:
            return _FixedLength(paths, kind, *numbers)

        return _over_files(filenames, records, num_parallel_reads, "FixedLengthRecordDatasetV2")


def list_files(file_pattern: Any, shuffle: bool | None = None, seed: Any = None, name: str | None = None) -> Dataset:
    """The names of files that fit a pattern, or any of several.

    Args:
        file_pattern: such as 'data/*.txt', or a list or tensor of such.
        shuffle: whether in random order, which is so unless given as False; else sorted.
        seed: which random order.
    """
    patterns = names_of(file_pattern)
    found = sorted({path for pattern in patterns for path in glob.glob(pattern)})
    if not found:
        raise InvalidArgumentError(None, None, f"No files matched pattern: {', '.join(patterns)}")
    dataset = TensorSliceDataset(text_array(found))
    return dataset if shuffle is False else ShuffleDataset(dataset, len(found), seed)


__all__ = ["FixedLengthRecordDataset", "TFRecordDataset", "TextLineDataset", "list_files", "names_of", "opened"]
