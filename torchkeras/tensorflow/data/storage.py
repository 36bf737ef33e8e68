"""Elements in files: save and load, snapshot, cache(filename). The form is our own: records of tensors, and JSON."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from torchkeras.records import TFRecordWriter, parse_tensor, read_records, serialize_tensor
from torchkeras.tensorflow.data.base import UNKNOWN, Dataset, Unary
from torchkeras.tensorflow.data.iterators import run
from torchkeras.tensorflow.data.sources import ListDataset
from torchkeras.tensorflow.data.structure import flatten, pack_as, spec_of
from torchkeras.tensorflow.errors import FailedPreconditionError, NotFoundError
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor, array_of, as_tf
from torchkeras.tensorflow.type_specs import NoneTensorSpec, TensorSpec

_SPEC = "dataset_spec.json"


def _as_bytes(leaf: Any) -> bytes:
    if type(leaf) is Tensor:
        return serialize_tensor(array_of(leaf))
    if isinstance(leaf, StringTensor):
        return serialize_tensor(leaf._array)
    raise TypeError(f"Elements of type {type(leaf).__name__} cannot be written to files; turn them into tensors first.")


def _from_bytes(record: bytes, spec: TensorSpec) -> Any:
    array = np.asarray(parse_tensor(record, spec.dtype.name if spec.dtype != "bfloat16" else "float32"))
    if spec.dtype == "string":
        return StringTensor(array.astype(object))
    found = torch.tensor(array)
    return as_tf(found.to(spec.dtype.torch) if found.dtype != spec.dtype.torch else found)


def write_elements(path: Path, elements: Iterator[Any], compression: str | None = None) -> Iterator[Any]:
    """Writes elements and hands them on; the file takes its place when the last has gone by."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        with TFRecordWriter(os.fspath(made), compression) as writer:
            for element in elements:
                for leaf in flatten(element):
                    if leaf is not None:
                        writer.write(_as_bytes(leaf))
                yield element
        os.replace(made, path)
    finally:
        made.unlink(missing_ok=True)


def read_elements(path: Path, spec: Any, compression: str | None = None) -> Iterator[Any]:
    """The elements that were written."""
    leaves = flatten(spec)
    records = read_records(path, compression)
    while True:
        found: list[Any] = []
        for leaf in leaves:
            if isinstance(leaf, NoneTensorSpec):
                found.append(None)
                continue
            record = next(records, None)
            if record is None:
                return
            found.append(_from_bytes(record, leaf))
        yield pack_as(spec, found)


# --- specs as JSON ---


def spec_to_json(spec: Any) -> Any:
    if isinstance(spec, dict):
        return {"dict": [[key, spec_to_json(value)] for key, value in spec.items()]}
    if isinstance(spec, tuple):
        return {"tuple": [spec_to_json(item) for item in spec]}
    if isinstance(spec, NoneTensorSpec):
        return {"none": True}
    if not isinstance(spec, TensorSpec):
        raise TypeError(f"Elements of {spec} cannot be written to files; turn them into tensors first.")
    return {"shape": None if spec.shape.rank is None else list(spec.shape), "dtype": spec.dtype.name}


def spec_from_json(held: Any) -> Any:
    if "dict" in held:
        return {key: spec_from_json(value) for key, value in held["dict"]}
    if "tuple" in held:
        return tuple(spec_from_json(item) for item in held["tuple"])
    return NoneTensorSpec() if held.get("none") else TensorSpec(held["shape"], held["dtype"])


# --- the steps ---


class FileCacheDataset(Unary):
    """The elements of the first whole pass, from a file in every later one, in later processes too."""

    _shown = "CacheDataset"

    def __init__(self, input_dataset: Dataset, filename: str) -> None:
        super().__init__(input_dataset)
        self._path = Path(os.fsdecode(filename))

    def _elements(self) -> Iterator[Any]:
        index = self._path.with_name(self._path.name + ".index")
        data = self._path.with_name(self._path.name + ".data-00000-of-00001")
        if index.exists() and data.exists():
            return read_elements(data, spec_from_json(json.loads(index.read_text())))
        return self._written(index, data)

    def _written(self, index: Path, data: Path) -> Iterator[Any]:
        spec: Any = None
        for element in write_elements(data, self._input._elements()):
            if spec is None:
                spec = spec_of(element)
            yield element
        index.write_text(json.dumps(spec_to_json(self._input.element_spec if spec is None else spec)))


def save(
    dataset: Dataset,
    path: str,
    compression: str | None = None,
    shard_func: Callable[..., Any] | None = None,
    checkpoint_args: Any = None,
) -> None:
    """Writes all elements into a folder; `load` reads them.

    Args:
        dataset: what to write.
        path: the folder.
        compression: 'GZIP' or None.
        shard_func: from an element to the number of the file it goes into; one file unless given.
        checkpoint_args: accepted, and without effect here: writing is not interrupted.
    """
    folder = Path(os.fsdecode(path))
    spec = dataset.element_spec
    described = {"spec": spec_to_json(spec), "compression": _kind(compression), "shards": []}
    groups: dict[int, list[Any]] = {}
    count = 0
    if shard_func is None:
        for _ in write_elements(_shard(folder, 0), run(dataset), _kind(compression)):
            count += 1
        described["shards"] = [0]
    else:
        for element in run(dataset):
            number = shard_func(*element) if type(element) is tuple else shard_func(element)
            groups.setdefault(int(number), []).append(element)
            count += 1
        for number, elements in sorted(groups.items()):
            for _ in write_elements(_shard(folder, number), iter(elements), _kind(compression)):
                pass
        described["shards"] = sorted(groups)
    described["count"] = count
    (folder / _SPEC).write_text(json.dumps(described))


def _kind(compression: str | None) -> str:
    if compression in (None, "", "NONE", "AUTO", "SNAPPY"):  # there is no Snappy here
        return ""
    return str(compression)


def _shard(folder: Path, number: int) -> Path:
    return folder / f"{number:08d}.tfrecord"


class LoadDataset(Dataset):
    """What `save` wrote.

    Args:
        path: the folder.
        element_spec: that the elements must fit, if given.
        compression: accepted; the folder says what it is.
        reader_func: from a data set of data sets, one for each file, to a data set.
        wait: without effect: the folder must be complete.
    """

    _shown = "_LoadDataset"

    def __init__(
        self,
        path: str,
        element_spec: Any = None,
        compression: str | None = None,
        reader_func: Callable[..., Any] | None = None,
        wait: bool = False,
    ) -> None:
        folder = Path(os.fsdecode(path))
        try:
            held = json.loads((folder / _SPEC).read_text())
        except FileNotFoundError:
            if (folder / "dataset_spec.pb").exists():
                raise FailedPreconditionError(
                    None, None, f"{folder} was written by TensorFlow. Only folders that this package wrote can be read."
                ) from None
            raise NotFoundError(None, None, f"Could not find metadata file [{folder / 'dataset_spec.pb'}]") from None
        self._spec = spec_from_json(held["spec"]) if element_spec is None else element_spec
        self._folder, self._kind = folder, str(held["compression"])
        self._numbers, self._count = [int(n) for n in held["shards"]], int(held["count"])
        self._reader = reader_func

    def _elements(self) -> Iterator[Any]:
        shards: list[Any] = [_ShardDataset(_shard(self._folder, n), self._spec, self._kind) for n in self._numbers]
        if self._reader is not None:
            found: Dataset = self._reader(ListDataset(shards, shards[0]._type_spec if shards else None))
            return found._elements()
        return (element for shard in shards for element in shard._elements())

    def _size(self) -> int:
        return UNKNOWN if self._reader is not None else self._count


class _ShardDataset(Dataset):
    def __init__(self, path: Path, spec: Any, kind: str) -> None:
        self._path, self._spec, self._kind = path, spec, kind

    def _elements(self) -> Iterator[Any]:
        return read_elements(self._path, self._spec, self._kind)

    def _size(self) -> int:
        return UNKNOWN


class SnapshotDataset(Unary):
    """The elements of the first whole pass, from a folder in every later one.

    Args:
        input_dataset: whose elements.
        path: the folder.
        compression, reader_func, shard_func: as for `save` and `load`.
    """

    _shown = "_SnapshotDataset"

    def __init__(
        self,
        input_dataset: Dataset,
        path: str,
        compression: str | None = "AUTO",
        reader_func: Callable[..., Any] | None = None,
        shard_func: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__(input_dataset)
        self._path, self._compression = path, compression
        self._reader, self._shard = reader_func, shard_func

    def _elements(self) -> Iterator[Any]:
        if not (Path(os.fsdecode(self._path)) / _SPEC).exists():
            save(self._input, self._path, self._compression, self._shard)
        return LoadDataset(self._path, None, None, self._reader)._elements()


__all__ = ["FileCacheDataset", "LoadDataset", "SnapshotDataset", "save"]
