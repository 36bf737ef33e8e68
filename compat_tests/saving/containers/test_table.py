"""Sorted tables: what is written reads back, packed blocks, and files that are no tables."""

import struct
from pathlib import Path

import pytest

from torchkeras.records.crc32c import masked_crc32c
from torchkeras.records.wire import encode_varint
from torchkeras.saving.containers import snappy
from torchkeras.saving.containers.table import read_table, table_bytes
from torchkeras.saving.errors import UnreadableFile

DATA = Path(__file__).parent / "data"
FOOTER_MAGIC = struct.pack("<Q", 0xDB4775248B80FB57)


def written(path, content):
    path.write_bytes(content)
    return str(path)


def block(content, packing=0):
    trailer = bytes([packing])
    return content + trailer + struct.pack("<I", masked_crc32c(content + trailer))


def table_of(data_block, packing=0, unpacked=None):
    """A table of one data block, put together by hand."""
    first = block(data_block, packing)
    handle = encode_varint(0) + encode_varint(len(data_block))
    entry = bytes([0, 1, len(handle)]) + b"z" + handle
    index = entry + struct.pack("<II", 0, 1)
    place = len(first)
    footer = encode_varint(0) + encode_varint(0) + encode_varint(place) + encode_varint(len(index))
    return first + block(index) + footer.ljust(40, b"\0") + FOOTER_MAGIC


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 5000])
def test_what_is_written_reads_back(tmp_path, count):
    entries = {f"folder/{i:05d}/name".encode(): b"v" * (i % 300) for i in range(count)}
    entries[b""] = b"header"
    entries = dict(sorted(entries.items()))
    path = written(tmp_path / "t", table_bytes(entries.items()))
    found = read_table(path)
    assert found == entries
    assert list(found) == sorted(found)


def test_a_table_of_several_blocks(tmp_path):
    entries = {bytes([i]): bytes(100_000) for i in range(10)}
    assert read_table(written(tmp_path / "t", table_bytes(entries.items()))) == entries


def test_keys_must_come_in_order():
    with pytest.raises(ValueError, match="in order"):
        table_bytes([(b"b", b""), (b"a", b"")])


def test_tensorflows_own_bytes_come_again():
    # TensorFlow shortens the keys of its index block; blocks of data are the same, byte for byte.
    path = DATA / "dtypes.index"
    entries = read_table(str(path))
    ours, theirs = table_bytes(entries.items()), path.read_bytes()
    assert len(theirs) > 6000
    assert ours[:6000] == theirs[:6000]


# --- snappy ---


def test_packed_blocks(tmp_path):
    plain = b"\x00\x01\x28" + b"k" + b"abcd" * 10 + struct.pack("<II", 0, 1)
    packed = encode_varint(len(plain)) + bytes([7 << 2]) + plain[:8]
    packed += bytes([(36 - 1) << 2 | 2]) + struct.pack("<H", 4)  # a copy of 36 bytes from 4 before: it overlaps itself
    packed += bytes([7 << 2]) + plain[-8:]
    assert snappy.decompress(memoryview(packed)) == plain
    assert read_table(written(tmp_path / "t", table_of(packed, packing=1))) == {b"k": b"abcd" * 10}


def test_all_kinds_of_pieces():
    def unpacked(size, *pieces):
        return snappy.decompress(memoryview(encode_varint(size) + b"".join(pieces)))

    long = bytes(range(100))
    assert unpacked(100, bytes([60 << 2, 99]), long) == long
    assert unpacked(100, bytes([61 << 2, 99, 0]), long) == long
    short = bytes([(3 << 2)]) + b"abcd"
    assert unpacked(9, short, bytes([(5 - 4) << 2 | 1, 2])) == b"abcdcdcdc"
    assert unpacked(7, short, bytes([2 << 2 | 3]), struct.pack("<I", 4)) == b"abcdabc"


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        (encode_varint(1 << 40), "more than it can hold"),
        (encode_varint(4) + bytes([(3 << 2)]) + b"ab", "within a literal"),
        (encode_varint(4) + bytes([2, 1]), "within a tag"),
        (encode_varint(4) + bytes([2, 1, 0]), "before its beginning"),
        (encode_varint(2) + bytes([(3 << 2)]) + b"abcd", "more than the 2"),
        (encode_varint(5) + bytes([(3 << 2)]) + b"abcd", "holds 4 bytes"),
    ],
)
def test_damaged_packing(tmp_path, packed, words):
    with pytest.raises(ValueError, match=words):
        snappy.decompress(memoryview(packed))
    with pytest.raises(UnreadableFile, match=words):
        read_table(written(tmp_path / "t", table_of(packed, packing=1)))


# --- files that are no tables ---


def test_whatever_is_cut_off_or_changed_is_noticed(tmp_path):
    content = (DATA / "shards.index").read_bytes()
    right = read_table(str(DATA / "shards.index"))
    for place in range(len(content)):
        with pytest.raises(UnreadableFile):
            read_table(written(tmp_path / "cut", content[:place]))
        for change in (1, 0x80, 0xFF):
            changed = bytearray(content)
            changed[place] ^= change
            path = written(tmp_path / "changed", bytes(changed))
            try:
                found = read_table(path)
            except UnreadableFile as error:
                said = str(error)
            else:
                said = path
                assert found == right  # unused bytes of the footer
            assert path in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "0 bytes"),
        (b"x" * 100, "does not end as a table"),
        (table_of(struct.pack("<I", 1 << 31)), "restart points"),
        (table_of(b"\x05\x01\x00a" + struct.pack("<II", 0, 1)), "longer than the block"),
        (table_of(b"\x00\x01\x7fa" + struct.pack("<II", 0, 1)), "longer than the block"),
        (table_of(b"\x00\x01\x00b\x00\x01\x00a" + struct.pack("<II", 0, 1)), "not in order"),
        (table_of(b"\x00\x01\x00a" + struct.pack("<II", 0, 1), packing=9), "unknown way"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, content, words):
    with pytest.raises(UnreadableFile, match=words):
        read_table(written(tmp_path / "t", content))


def test_keys_that_unfold_without_bound_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("torchkeras.saving.containers.table._MOST_UNFOLDED", 1 << 20)
    long = b"\x00" + encode_varint(60_000) + b"\x00" + b"a" * 60_000
    more = b"".join(encode_varint(60_000 + i) + b"\x01\x00b" for i in range(100))
    with pytest.raises(UnreadableFile, match="longer than"):
        read_table(written(tmp_path / "t", table_of(long + more + struct.pack("<II", 0, 1))))
