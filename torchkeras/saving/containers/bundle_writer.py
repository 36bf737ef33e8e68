"""TensorFlow's tensor bundle, written: one data file and its index."""

from __future__ import annotations

import os
import shutil
import struct
from collections.abc import Iterable, Iterator
from typing import IO, Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.files import written_whole
from torchkeras.records.crc32c import crc32c, masked
from torchkeras.records.graph_def import VersionDef
from torchkeras.records.tensor_proto import DTYPE_NUMBERS
from torchkeras.records.wire import encode_varint
from torchkeras.saving.containers.blocks import ahead, bytes_of, rows_of
from torchkeras.saving.containers.bundle import checked_header, data_path, index_path
from torchkeras.saving.containers.bundle_entry import WIDTHS
from torchkeras.saving.containers.bundle_messages import BundleEntryProto, BundleHeaderProto
from torchkeras.saving.containers.crc import CRC32C, Sum, crc_of_parts
from torchkeras.saving.containers.part_of_file import write_at
from torchkeras.saving.containers.table import read_table, table_bytes
from torchkeras.saving.containers.turning import Turned, drain, to_turn

_PRODUCER = 1


def write_bundle(prefix: str | os.PathLike[str], values: Iterable[tuple[str, Any]]) -> None:
    """Writes a bundle. An interruption at any moment leaves the old one or the new one, whole.

    Args:
        prefix: the path of its files without their endings.
        values: keys and values: arrays, tensors, `bytes` or lists or object arrays of them. They are taken one after
            another, so that a generator never has more than one of them in memory.
    """
    prefix = os.fspath(prefix)
    entries: dict[bytes, bytes] = {}
    with written_whole(index_path(prefix)) as index, written_whole(data_path(prefix)) as data:
        for key, value in values:
            if not key or key.encode() in entries or key.startswith("\0"):
                raise ValueError(f"A bundle cannot have the key {key!r}: it is empty, or there already.")
            entries[key.encode()] = _write(data, value).SerializeToString()
        entries[b""] = BundleHeaderProto(num_shards=1, version=VersionDef(producer=_PRODUCER)).SerializeToString()
        index.write(table_bytes(sorted(entries.items())))
        data.flush()
        os.fsync(data.fileno())  # before anything that is there is touched
        aside = _put_aside(prefix)
    # The index has its new content by now, and stands for the data file that took its place just before.
    for path in aside:
        os.remove(path)


def _put_aside(prefix: str) -> list[str]:
    """Lets a bundle that is there stand on files of other names, until the new index takes the place of its own.

    An index cannot be replaced in the same moment as its data file. So the old data file gets a second name, that of
    the first of two, and the old index is replaced by one that says so.

    Returns:
        the files that nobody needs once the new bundle is there.
    """
    try:
        table = read_table(index_path(prefix))
        shards = checked_header(table.get(b""))
    except (OSError, ValueError):  # there is none, or it is damaged
        return []
    paths = [path for path in (data_path(prefix, shard, shards) for shard in range(shards)) if os.path.exists(path)]
    if shards > 1 or not paths:
        return paths
    second = data_path(prefix, 0, 2)
    if os.path.exists(second):
        os.remove(second)
    try:
        os.link(paths[0], second)
    except OSError:  # a file system without links
        shutil.copyfile(paths[0], second)
    header = BundleHeaderProto.FromString(table[b""])
    header.num_shards = 2
    table[b""] = header.SerializeToString()
    with written_whole(index_path(prefix) + ".aside") as index:
        index.write(table_bytes(table.items()))
    os.replace(index_path(prefix) + ".aside", index_path(prefix))
    return [second]


# --- values ---


def _write(file: IO[bytes], value: Any) -> BundleEntryProto:
    """Adds a value to the data file."""
    offset = file.tell()
    if isinstance(value, (bytes, list)) or (isinstance(value, np.ndarray) and value.dtype.kind in "OSU"):
        name, shape, sum_ = _write_strings(file, value)
    else:
        name, shape, sum_ = _write_numbers(file, value)
    entry = BundleEntryProto(dtype=DTYPE_NUMBERS[name], offset=offset, size=file.tell() - offset, crc32c=masked(sum_))
    entry.shape.SetInParent()
    for size in shape:
        entry.shape.dim.add(size=size)
    return entry


def _write_numbers(file: IO[bytes], value: Any) -> tuple[str, tuple[int, ...], int]:
    kernel = None
    if isinstance(value, Tensor):
        name, tensor = _plain(value)
        kernel, pieces = to_turn(tensor), (rows.cpu().contiguous().numpy() for rows in rows_of(tensor))
    else:
        array = np.asarray(value)
        little = array.dtype.newbyteorder("<")
        name, pieces = array.dtype.name, (np.ascontiguousarray(rows, little) for rows in rows_of(array))
    if name not in WIDTHS:
        raise TypeError(f"A checkpoint cannot hold values of the dtype {name}. Cast them to one of {sorted(WIDTHS)}.")
    sum_ = _write_pieces(file, pieces) if kernel is None else _write_turned(file, kernel)
    return name, tuple(value.shape), sum_


def _plain(tensor: Tensor) -> tuple[str, Tensor]:
    """The name of its dtype, and a tensor that NumPy knows."""
    tensor = tensor.detach().as_subclass(Tensor).resolve_conj().resolve_neg()
    name = str(tensor.dtype).removeprefix("torch.")
    return name, tensor.view(torch.int16) if tensor.dtype is torch.bfloat16 else tensor


def _write_pieces(file: IO[bytes], pieces: Iterator[np.ndarray]) -> int:
    sum_ = Sum(CRC32C)

    def summed() -> Iterator[memoryview]:
        for piece in pieces:
            for some in bytes_of(piece):
                sum_.add(some)
                yield some.data

    for raw in ahead(summed()):
        file.write(raw)
    return sum_.value


def _write_turned(file: IO[bytes], kernel: Turned) -> int:
    begin, sums = file.tell(), []

    def put(place: int, data: memoryview) -> None:
        write_at(file, begin + place, data)
        found = Sum(CRC32C)
        found.add(data)
        sums.append((place, found.value, len(data)))

    drain(kernel, put)
    file.seek(begin + kernel.matrix.nbytes)
    return crc_of_parts([one[1:] for one in sorted(sums)], CRC32C)


def _write_strings(file: IO[bytes], value: Any) -> tuple[str, tuple[int, ...], int]:
    array = _string_array(value)
    strings = [one.encode() if isinstance(one, str) else bytes(one) for one in array.reshape(-1).tolist()]
    file.write(b"".join(encode_varint(len(one)) for one in strings))
    sum_ = crc32c(b"".join(len(one).to_bytes(4 if len(one) < 1 << 32 else 8, "little") for one in strings))
    stored = struct.pack("<I", masked(sum_))
    file.write(stored)
    sum_ = crc32c(stored, sum_)
    for one in strings:
        file.write(one)
        sum_ = crc32c(one, sum_)
    return "string", array.shape, sum_


def _string_array(value: Any) -> np.ndarray:
    if isinstance(value, np.ndarray):
        return value
    made = np.empty(() if isinstance(value, bytes) else len(value), object)
    made[...] = value
    return made
