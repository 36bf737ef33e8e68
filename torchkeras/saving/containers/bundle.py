"""TensorFlow's tensor bundle, read: PREFIX.index, a table of what there is, and PREFIX.data-00000-of-0000N, the values.

with open_bundle("folder/ckpt-1") as bundle:
    for key in bundle:
        print(key, bundle.entry(key).shape, bundle.read(key))
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import numpy as np

from torchkeras.records.crc32c import crc32c, masked
from torchkeras.records.wire import decode_packed_varints
from torchkeras.saving.containers.blocks import parts_of, side_by_side
from torchkeras.saving.containers.bundle_entry import WIDTHS, Entry, Slice, entry_of, slice_key
from torchkeras.saving.containers.bundle_messages import BundleHeaderProto
from torchkeras.saving.containers.crc import CRC32C, crc_of_parts, read_summed
from torchkeras.saving.containers.part_of_file import on_disk, read_array_at
from torchkeras.saving.containers.table import read_table
from torchkeras.saving.containers.turning import fill, turned
from torchkeras.saving.errors import UnreadableFile

_VERSION = 1
_MOST_SHARDS = 99_999
_MOST_OPEN = 16


def index_path(prefix: str) -> str:
    return f"{prefix}.index"


def data_path(prefix: str, shard: int = 0, shards: int = 1) -> str:
    return f"{prefix}.data-{shard:05d}-of-{shards:05d}"


def is_bundle(prefix: str) -> bool:
    """Whether there is a bundle of this name, by its index; be that whole or damaged."""
    return os.path.isfile(index_path(prefix))


def files_of(prefix: str) -> list[str]:
    """The files of a bundle that are there, data files first."""
    folder, name = os.path.split(prefix)
    data = re.compile(re.escape(name) + r"\.data-\d{5}-of-\d{5}")
    found = [one for one in sorted(os.listdir(folder or ".")) if data.fullmatch(one)]
    paths = [os.path.join(folder, one) for one in found] + [index_path(prefix)]
    return [path for path in paths if os.path.isfile(path)]


@contextmanager
def open_bundle(prefix: str | os.PathLike[str]) -> Iterator[Bundle]:
    """A bundle to read from within the block; UnreadableFile for whatever is wrong with its files."""
    bundle = Bundle(os.fspath(prefix))
    try:
        yield bundle
    finally:
        bundle.close()


class Bundle:
    """An open bundle.

    Args:
        prefix: the path of its files without their endings.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._files: dict[int, IO[bytes]] = {}
        path = index_path(prefix)
        if not os.path.isfile(path):
            raise FileNotFoundError(f"There is no checkpoint {prefix!r}: {path!r} is missing.")
        table = read_table(path)
        try:
            self.shards = checked_header(table.pop(b"", None))
            self._parts = {key: value for key, value in table.items() if key.startswith(b"\0")}
            self._table = {key.decode(): value for key, value in table.items() if not key.startswith(b"\0")}
        except ValueError as error:
            raise self._unreadable(str(error)) from None
        self._entries: dict[str, Entry] = {}

    def close(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()

    def open_files(self) -> None:
        """Opens the data files now, so that the values can be read even once others have taken their names."""
        for shard in range(min(self.shards, _MOST_OPEN)):
            if os.path.exists(data_path(self.prefix, shard, self.shards)):
                self._open(shard)

    # --- what there is ---

    def keys(self) -> list[str]:
        """All keys, in order."""
        return list(self._table)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, key: object) -> bool:
        return key in self._table

    def entry(self, key: str) -> Entry:
        """The dtype, shape and place of a key; a KeyError where there is none."""
        found = self._entries.get(key)
        if found is None:
            found = self._entries[key] = self._checked(key, self._table[key])
        return found

    def _checked(self, key: str, serialized: bytes) -> Entry:
        try:
            return entry_of(key, serialized, self.shards)
        except ValueError as error:
            raise self._unreadable(str(error)) from None

    # --- values ---

    def read(self, key: str) -> np.ndarray:
        """A new array; of `bytes` objects for strings, of float32 for bfloat16."""
        entry = self.entry(key)
        if entry.dtype == "string":
            return self._strings(key, entry)
        self._room(key, entry)
        if entry.dtype == "bfloat16":
            bits = np.empty(entry.shape, np.uint16)
            self.read_into(key, bits)
            return (bits.astype(np.uint32) << 16).view(np.float32)
        made = np.empty(entry.shape, entry.dtype)
        self.read_into(key, made)
        return made

    def read_into(self, key: str, array: np.ndarray) -> None:
        """Reads into an array of the same shape and dtype (for bfloat16: of any dtype of two bytes, for the bits).

        The array may be a view with any strides: it is filled in pieces, never through a whole copy.
        """
        entry = self.entry(key)
        if array.shape != entry.shape or array.itemsize != WIDTHS.get(entry.dtype):
            raise ValueError(
                f"{key!r} of {self.prefix!r} has the shape {entry.shape} and dtype {entry.dtype}; it cannot be read "
                f"into an array of the shape {array.shape} and dtype {array.dtype}."
            )
        self._room(key, entry)
        if not entry.slices:
            self._fill(key, entry, array)
            return
        for part, own in self._slices(key, entry):
            place = tuple(slice(start, None if size < 0 else start + size) for start, size in part)
            self._fill(key, own, array[place])

    def _room(self, key: str, entry: Entry) -> None:
        """That the files hold as many bytes as a key's array is going to need, before it is made."""
        if entry.dtype not in WIDTHS:
            raise self._unreadable(
                f"{key!r} is of the dtype {entry.dtype}, which is not read: expected one of {sorted(WIDTHS)} or string"
            )
        held = [own for _, own in self._slices(key, entry)] if entry.slices else [entry]
        for own in held:
            self._file(key, own)
        if sum(own.size for own in held) != entry.elements * WIDTHS[entry.dtype]:
            raise self._unreadable(f"the parts of {key!r} are not as large as the whole, of the shape {entry.shape}")

    def _slices(self, key: str, entry: Entry) -> list[tuple[Slice, Entry]]:
        found = []
        for part in entry.slices:
            serialized = self._parts.get(slice_key(key, part))
            if serialized is None:
                raise self._unreadable(f"the part {part} of {key!r} is missing")
            own = self._checked(key, serialized)
            shape = tuple(whole if size < 0 else size for (_, size), whole in zip(part, entry.shape, strict=True))
            if own.shape != shape or own.dtype != entry.dtype or own.slices:
                raise self._unreadable(f"the part {part} of {key!r} is {own.dtype} of the shape {own.shape}")
            found.append((part, own))
        for (one, _), (other, _) in itertools.combinations(found, 2):
            if all(_overlap(a, b) for a, b in zip(one, other, strict=True)):
                raise self._unreadable(f"the parts {one} and {other} of {key!r} overlap")
        return found

    def _file(self, key: str, entry: Entry) -> IO[bytes]:
        file = self._open(entry.shard)
        size = os.fstat(file.fileno()).st_size
        if entry.offset + entry.size > size:
            raise self._unreadable(
                f"{key!r} is said to be {entry.size} bytes at {entry.offset} of {file.name!r}, which has {size}: "
                f"truncated"
            )
        return file

    def _open(self, shard: int) -> IO[bytes]:
        file = self._files.get(shard)
        if file is None:
            path = data_path(self.prefix, shard, self.shards)
            try:
                file = self._files[shard] = open(path, "rb", buffering=0)  # noqa: SIM115
            except FileNotFoundError:
                raise self._unreadable(f"its data file {path!r} is missing") from None
        return file

    def _fill(self, key: str, entry: Entry, array: np.ndarray) -> None:
        """Reads the values of one entry, and compares their checksum."""
        file = self._file(key, entry)
        sums: list[tuple[int, int, int]] = []

        def read(into: np.ndarray, place: int) -> None:
            checksum = read_summed(file, entry.offset + place, into, CRC32C)
            if checksum is None:
                raise self._ended(key)
            sums.append((place, checksum, into.nbytes))

        in_turn = on_disk(file) is None
        kernel = None if array.flags.c_contiguous else turned(array)
        if kernel is not None:
            fill(kernel, array.dtype, lambda rows, start: read(rows, start * rows[0].nbytes), in_turn=in_turn)
        else:
            self._fill_parts(array, read, in_turn)
        if masked(crc_of_parts([one[1:] for one in sorted(sums)], CRC32C)) != entry.checksum:
            raise self._damaged(key)
        if entry.dtype == "bool" and array.dtype == np.bool_ and (array.view(np.uint8) > 1).any():
            raise self._unreadable(f"{key!r} has values that are no booleans")

    def _fill_parts(self, array: np.ndarray, read: Callable[[np.ndarray, int], None], in_turn: bool) -> None:
        parts = list(parts_of(array))
        places = itertools.accumulate((part.nbytes for part in parts), initial=0)

        def use(part: tuple[np.ndarray, int], found: np.ndarray) -> None:
            if found is not part[0]:
                part[0][...] = found

        def into(part: tuple[np.ndarray, int], _: None) -> np.ndarray:
            own = part[0] if part[0].flags.c_contiguous else np.empty(part[0].shape, part[0].dtype)
            read(own, part[1])
            return own

        side_by_side(list(zip(parts, places)), lambda: None, into, use, in_turn)

    def _ended(self, key: str) -> UnreadableFile:
        return self._unreadable(f"it ends within {key!r}")

    def _strings(self, key: str, entry: Entry) -> np.ndarray:
        """Lengths as varints, their checksum, then the strings. The checksum is over lengths of four bytes."""
        if entry.slices:
            raise self._unreadable(f"{key!r} is in parts, which is not read for strings")
        if entry.elements > entry.size:
            raise self._unreadable(f"{key!r} is said to hold {entry.elements} strings in {entry.size} bytes")
        file = self._file(key, entry)
        raw = np.empty(entry.size, np.uint8)
        if read_array_at(file, entry.offset, raw) != raw.nbytes:
            raise self._ended(key)
        ends = np.flatnonzero(raw < 0x80)[: entry.elements] if entry.elements else np.zeros(0, np.intp)
        head = int(ends[-1]) + 1 if ends.size else 0
        if ends.size != entry.elements or head + 4 > raw.size:
            raise self._damaged(key)
        try:
            lengths = decode_packed_varints(raw[:head].data)
        except ValueError:
            raise self._damaged(key) from None
        wide = lengths > 0xFFFFFFFF
        fixed = b"".join(int(n).to_bytes(8 if w else 4, "little") for n, w in zip(lengths, wide, strict=True)) \
            if wide.any() or (lengths < 0).any() else lengths.astype("<u4").tobytes()  # fmt: skip
        sum_ = crc32c(fixed)
        stored = raw[head : head + 4].tobytes()
        if masked(sum_) != int.from_bytes(stored, "little"):
            raise self._damaged(key)
        body = raw.data[head + 4 :]
        if masked(crc32c(body, crc32c(stored, sum_))) != entry.checksum or sum(lengths.tolist()) != len(body):
            raise self._damaged(key)
        made, place = np.empty(entry.elements, object), 0
        for i, length in enumerate(lengths.tolist()):
            made[i] = bytes(body[place : place + length])
            place += length
        return made.reshape(entry.shape)

    def _damaged(self, key: str) -> UnreadableFile:
        return self._unreadable(f"the checksum of {key!r} is wrong: it is damaged")

    def _unreadable(self, problem: str) -> UnreadableFile:
        return UnreadableFile(f"Cannot read the checkpoint {self.prefix!r}: {problem}.")


def checked_header(serialized: bytes | None) -> int:
    """How many data files there are."""
    if serialized is None:
        raise ValueError("its index has no header")
    header = BundleHeaderProto.FromString(serialized)
    if header.endianness:
        raise ValueError("its numbers are in big-endian byte order, which is not read")
    if header.version.min_consumer > _VERSION:
        raise ValueError(f"it is of a newer version ({header.version.min_consumer}; known: {_VERSION})")
    if not 0 < header.num_shards <= _MOST_SHARDS:
        raise ValueError(f"it is said to have {header.num_shards} data files")
    return header.num_shards


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    (a, size_a), (b, size_b) = one, other
    return (size_a < 0 or b < a + size_a) and (size_b < 0 or a < b + size_b)


__all__ = ["Bundle", "data_path", "files_of", "index_path", "is_bundle", "open_bundle"]
