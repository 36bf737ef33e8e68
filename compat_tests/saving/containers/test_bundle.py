"""Tensor bundles: TensorFlow's own, ours, and files that would do harm."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from torchkeras.records.graph_def import VersionDef
from torchkeras.saving.containers import blocks, turning
from torchkeras.saving.containers import bundle as bundles
from torchkeras.saving.containers.bundle import files_of, open_bundle
from torchkeras.saving.containers.bundle_entry import slice_key
from torchkeras.saving.containers.bundle_messages import BundleEntryProto, BundleHeaderProto
from torchkeras.saving.containers.bundle_writer import write_bundle
from torchkeras.saving.containers.table import read_table, table_bytes
from torchkeras.saving.errors import UnreadableFile

from .record_bundles import values

DATA = Path(__file__).parent / "data"


def contents(prefix):
    with open_bundle(prefix) as bundle:
        return {key: bundle.read(key) for key in bundle}


def changed(path, key, change):
    """Rewrites the index with an entry changed."""
    table = read_table(f"{path}.index")
    kind = BundleEntryProto if key else BundleHeaderProto
    message = kind.FromString(table[key])
    change(message)
    table[key] = message.SerializeToString()
    Path(f"{path}.index").write_bytes(table_bytes(sorted(table.items())))


@pytest.fixture
def small(tmp_path):
    path = str(tmp_path / "small")
    write_bundle(path, [("a", np.arange(6, dtype="float32").reshape(2, 3)), ("s", [b"one", b"two"])])
    return path


# --- TensorFlow's ---


def test_every_dtype_of_tensorflows():
    expected = values()
    with open_bundle(DATA / "dtypes") as bundle:
        assert set(bundle.keys()) == {*expected, "bfloat16"}
        for key, value in expected.items():
            entry = bundle.entry(key)
            assert entry.shape == value.shape
            assert entry.dtype == ("string" if value.dtype == object else value.dtype.name)
            np.testing.assert_array_equal(bundle.read(key), value, key)
        assert bundle.entry("bfloat16").dtype == "bfloat16"
        np.testing.assert_array_equal(bundle.read("bfloat16"), np.array([1.5, -2.0, 0.0078125], "float32"))
        assert len(bundle.entry("rows").slices) == 3
        with pytest.raises(KeyError):
            bundle.entry("nothing")


def test_several_data_files():
    assert contents(DATA / "shards") == {"v0": 1.0, "v1": 2.0}


def test_checkpoints_of_tensorflow_1():
    found = contents(DATA / "version1")
    np.testing.assert_array_equal(found["w"], np.arange(15.0).reshape(5, 3))
    assert found["step"] == 7


def test_reading_into_views(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 100)  # many blocks
    expected = values()["rows"]
    with open_bundle(DATA / "dtypes") as bundle:
        for array in (
            np.empty((300, 7), "float32"), np.empty((300, 7), "float32", order="F"),
            np.empty((600, 14), "float32")[::2, ::2], np.empty((300, 7), "float32")[::-1, ::-1],
        ):  # fmt: skip
            bundle.read_into("rows", array)
            np.testing.assert_array_equal(array, expected)
        with pytest.raises(ValueError, match="cannot be read into"):
            bundle.read_into("rows", np.empty((7, 300), "float32"))


def test_a_bundle_outlives_its_files(small, tmp_path):
    bundle = bundles.Bundle(small)
    bundle.open_files()
    for path in files_of(small):
        os.remove(path)
    assert bundle.read("a").sum() == 15
    bundle.close()


# --- ours ---


def test_what_is_written_reads_back(tmp_path):
    every = values() | {
        "half": torch.tensor([1.5, 2.0], dtype=torch.bfloat16),
        "turned": torch.arange(12.0).reshape(3, 4).t(),
        "list": [b"p", b"q" * 200],
        "number": np.int8(-3),
        "big-endian": np.arange(4, dtype=">i4"),
    }
    write_bundle(tmp_path / "w", iter(every.items()))
    found = contents(tmp_path / "w")
    assert set(found) == set(every)
    for key, value in every.items():
        if isinstance(value, torch.Tensor):
            value = value.float().numpy()
        np.testing.assert_array_equal(found[key], np.array(value, object) if key == "list" else value, key)


def test_the_bytes_are_tensorflows(tmp_path):
    expected = contents(DATA / "dtypes")
    with open_bundle(DATA / "dtypes") as bundle:
        plain = {key: expected[key] for key in bundle if key not in ("rows", "bfloat16")}
        theirs = {key: bundle.entry(key) for key in plain}
    write_bundle(tmp_path / "w", plain.items())
    with open_bundle(tmp_path / "w") as bundle:
        for key in plain:
            ours = bundle.entry(key)
            assert (ours.dtype, ours.shape, ours.size, ours.checksum) == (
                theirs[key].dtype, theirs[key].shape, theirs[key].size, theirs[key].checksum,
            )  # fmt: skip


def test_large_values_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 1000)
    monkeypatch.setattr(blocks, "LARGE", 5000)
    monkeypatch.setattr(turning, "_WHOLE", 3000)
    monkeypatch.setattr(turning, "_BLOCK", 5000)
    value = torch.randn(70, 90)
    many = torch.randn(3, 40, 5, 6).permute(2, 3, 1, 0)
    written = {"a": value, "b": value.t(), "c": value.numpy().T, "d": many}
    write_bundle(tmp_path / "w", written.items())
    with open_bundle(tmp_path / "w") as bundle:
        for key, expected in written.items():
            np.testing.assert_array_equal(bundle.read(key), expected)
            turned = np.zeros(expected.shape[::-1], "float32").T
            bundle.read_into(key, turned)
            np.testing.assert_array_equal(turned, expected)


@pytest.mark.parametrize("key", ["", "a", "\0x"])
def test_keys_that_cannot_be(tmp_path, key):
    with pytest.raises(ValueError, match="cannot have the key"):
        write_bundle(tmp_path / "w", [("a", np.zeros(1)), (key, np.zeros(1))])
    assert list(tmp_path.iterdir()) == []


def test_values_that_cannot_be_written(tmp_path):
    with pytest.raises(TypeError, match="Cast"):
        write_bundle(tmp_path / "w", [("a", torch.zeros(2, dtype=torch.float8_e5m2))])
    assert list(tmp_path.iterdir()) == []


class Stop(BaseException):
    """Stands for the process's end."""


def test_an_end_at_any_moment_leaves_the_old_one_or_the_new_one(tmp_path, monkeypatch):
    """Stops before each change of the folder in turn: what is there then reads back whole."""
    old, new = {"a": np.arange(5), "gone": np.ones(3)}, {"a": np.arange(50) * 2, "new": np.zeros(9)}
    real = {name: getattr(os, name) for name in ("replace", "link", "remove")}
    seen = set()
    for moment in range(30):
        folder = tmp_path / str(moment)
        folder.mkdir()
        prefix = str(folder / "ckpt")
        write_bundle(prefix, old.items())
        left = iter(range(moment))

        def guarded(name, left=left):
            def call(*args):
                if name == "remove" and str(args[0]).endswith(".unfinished"):
                    return  # what a process that ended does not do either
                if next(left, None) is None:
                    raise Stop
                real[name](*args)

            return call

        for name in real:
            monkeypatch.setattr(os, name, guarded(name))
        try:
            write_bundle(prefix, new.items())
            ended = True
        except Stop:
            ended = False
        for name, function in real.items():
            monkeypatch.setattr(os, name, function)
        found = contents(prefix)
        expected = new if "new" in found else old
        assert set(found) == set(expected)
        for key, value in expected.items():
            np.testing.assert_array_equal(found[key], value)
        seen.add("new" in found)
        write_bundle(prefix, old.items())  # and the next one finds its way
        np.testing.assert_array_equal(contents(prefix)["gone"], np.ones(3))
        assert [path for path in files_of(prefix) if ".data" in path] == [f"{prefix}.data-00000-of-00001"]
        if ended:
            break
    assert ended
    assert seen == {False, True}


def test_a_bundle_of_several_files_is_replaced(tmp_path):
    for path in DATA.glob("shards*"):
        shutil.copy(path, tmp_path)
    prefix = str(tmp_path / "shards")
    write_bundle(prefix, [("a", np.ones(2))])
    assert [os.path.basename(path) for path in files_of(prefix)] == ["shards.data-00000-of-00001", "shards.index"]


# --- what would do harm ---


def refused(prefix, words):
    with pytest.raises(UnreadableFile, match=words) as caught:
        contents(prefix)
    assert prefix in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_files(small):
    os.remove(f"{small}.data-00000-of-00001")
    refused(small, "missing")
    os.remove(f"{small}.index")
    with pytest.raises(FileNotFoundError, match="small"):
        contents(small)


@pytest.mark.parametrize("name", ["small.index", "small.data-00000-of-00001"])
def test_every_change_of_a_byte_is_noticed(small, tmp_path, name):
    path = tmp_path / name
    content, right = path.read_bytes(), contents(small)
    for place in range(len(content)):
        for change in (1, 0x80):
            damaged = bytearray(content)
            damaged[place] ^= change
            path.write_bytes(damaged)
            try:
                found = contents(small)
            except UnreadableFile:
                continue
            assert {key: value.tolist() for key, value in found.items()} == {k: v.tolist() for k, v in right.items()}
        path.write_bytes(content[:place])
        with pytest.raises(UnreadableFile):
            contents(small)


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("are 12 bytes", lambda e: e.shape.dim[0].__setattr__("size", 1)),
        ("bytes, and its size", lambda e: e.shape.dim[0].__setattr__("size", 1 << 40)),
        ("which no tensor has", lambda e: e.shape.dim[0].__setattr__("size", -2)),
        ("which no tensor has", lambda e: e.shape.__setattr__("unknown_rank", True)),
        ("which no tensor has", lambda e: [e.shape.dim.add(size=1) for _ in range(40)]),
        ("data file 7 of 1", lambda e: e.__setattr__("shard_id", 7)),
        ("data file -1 of 1", lambda e: e.__setattr__("shard_id", -1)),
        ("truncated", lambda e: e.__setattr__("offset", 1 << 60)),
        ("bytes at -1", lambda e: e.__setattr__("offset", -1)),
        ("checksum", lambda e: e.__setattr__("crc32c", 5)),
        ("checksum", lambda e: e.__setattr__("offset", 2)),
        ("checksum", lambda e: e.__setattr__("dtype", 7)),
        ("variant, which is not read", lambda e: e.__setattr__("dtype", 21)),
        ("dtype number 99", lambda e: e.__setattr__("dtype", 99)),
    ],
)
def test_entries_that_cannot_be(small, words, change):
    changed(small, b"a", change)
    refused(small, words)


def test_more_strings_than_bytes(small):
    changed(small, b"s", lambda e: e.shape.dim[0].__setattr__("size", 1 << 50))
    refused(small, "strings in")


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("big-endian", lambda h: h.__setattr__("endianness", 1)),
        ("newer version", lambda h: h.version.CopyFrom(VersionDef(producer=9, min_consumer=9))),
        ("0 data files", lambda h: h.__setattr__("num_shards", 0)),
        ("-5 data files", lambda h: h.__setattr__("num_shards", -5)),
        ("2147483647 data files", lambda h: h.__setattr__("num_shards", (1 << 31) - 1)),
        ("00003' is missing", lambda h: h.__setattr__("num_shards", 3)),
    ],
)
def test_headers_that_cannot_be(small, words, change):
    changed(small, b"", change)
    refused(small, words)


def test_a_table_without_a_header(small):
    table = read_table(f"{small}.index")
    del table[b""]
    Path(f"{small}.index").write_bytes(table_bytes(table.items()))
    refused(small, "no header")


def divided(tmp_path, parts, shape=(4, 2)):
    """A tensor of which an index says that it has these parts; each part's values are its number."""
    prefix = str(tmp_path / "divided")
    sizes = {part: tuple(whole if n < 0 else n for (_, n), whole in zip(part, shape, strict=True)) for part in parts}
    made = [np.full(size, number, "float32") for number, size in enumerate(sizes.values())]
    write_bundle(prefix, [(f"part{i}", value) for i, value in enumerate(made)])
    table = read_table(f"{prefix}.index")
    whole = BundleEntryProto(dtype=1)
    for size in shape:
        whole.shape.dim.add(size=size)
    for number, part in enumerate(parts):
        table[slice_key("w", part)] = table.pop(f"part{number}".encode())
        proto = whole.slices.add()
        for start, length in part:
            extent = proto.extent.add(start=start)
            if length >= 0:
                extent.length = length
    table[b"w"] = whole.SerializeToString()
    Path(f"{prefix}.index").write_bytes(table_bytes(sorted(table.items())))
    return prefix


def test_parts(tmp_path):
    found = contents(divided(tmp_path, [((0, 1), (0, -1)), ((1, 3), (0, 1)), ((1, 3), (1, 1))]))["w"]
    np.testing.assert_array_equal(found, [[0, 0], [1, 2], [1, 2], [1, 2]])


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("overlap", [((0, 2), (0, -1)), ((1, 2), (0, -1))]),
        ("not as large as the whole", [((0, 2), (0, -1))]),
        ("outside of it", [((0, 2), (0, -1)), ((2, 3), (0, -1))]),
        ("outside of it", [((-1, 2), (0, -1)), ((2, 2), (0, -1))]),
    ],
)
def test_parts_that_cannot_be(tmp_path, words, parts):
    refused(divided(tmp_path, parts), words)


def test_a_part_that_is_missing(tmp_path):
    prefix = divided(tmp_path, [((0, 2), (0, -1)), ((2, 2), (0, -1))])
    table = read_table(f"{prefix}.index")
    del table[slice_key("w", ((0, 2), (0, -1)))]
    Path(f"{prefix}.index").write_bytes(table_bytes(table.items()))
    refused(prefix, "missing")


def test_booleans_that_are_none(tmp_path):
    prefix = str(tmp_path / "b")
    write_bundle(prefix, [("b", np.array([0, 2, 1], "uint8"))])
    changed(prefix, b"b", lambda entry: entry.__setattr__("dtype", 10))
    refused(prefix, "no booleans")
