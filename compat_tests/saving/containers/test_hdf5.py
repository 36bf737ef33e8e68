"""HDF5 files, exchanged with h5py both ways."""

import contextlib
import io
import os

import h5py
import numpy as np
import pytest

from torchkeras.saving.containers.hdf5 import is_hdf5, new_hdf5, open_hdf5
from torchkeras.saving.containers.part_of_file import PartOfFile
from torchkeras.saving.errors import UnreadableFile

DTYPES = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "bool", ">f4", ">i8"]


def arrays():
    random = np.random.default_rng(0)
    found = {f"layer_{i}/kernel:0": random.normal(size=(3, i % 7 + 1)).astype("float32") for i in range(700)}
    found |= {f"types/{dtype}": np.arange(6).astype(dtype).reshape(2, 3) for dtype in DTYPES}
    return found | {"types/scalar": np.float32(3), "types/none": np.zeros((0, 3), "float32"), "a/b/c": np.ones(3)}


ARRAYS = arrays()
#: h5py's ways to write a file.
FORMS = {
    "as by default": {},
    "in order": {"track_order": True},
    "of 1.8": {"libver": ("v108", "v108")},
    "of 1.10": {"libver": ("v110", "v110")},
    "latest": {"libver": "latest"},
}


@pytest.mark.parametrize("form", FORMS)
def test_files_of_h5py(form, tmp_path):
    with h5py.File(tmp_path / "a.h5", "w", **FORMS[form]) as file:
        for name, value in ARRAYS.items():
            file[name] = value
        file.attrs["text"] = "grün" * 30000
        file.attrs["bytes"] = b"ascii"
        file.attrs["fixed"] = np.bytes_(b"ab")
        file.attrs["number"], file.attrs["flag"] = 1.5, np.bool_(True)
        file.attrs["array"] = np.arange(6, dtype=">i4").reshape(2, 3)
        file["strings"] = ["a", "bc", ""]
        for number in range(40):  # more than a header holds
            file["a"].attrs[f"names{number}"] = np.asarray([b"x" * number, b"y"])
    with open_hdf5(tmp_path / "a.h5") as root:
        for name, value in ARRAYS.items():
            found = root.dataset(name)
            assert (found.shape, found.dtype) == (value.shape, value.dtype)
            np.testing.assert_array_equal(found.read(), value)
        assert root.attribute("text") == "grün" * 30000
        assert (root.attribute("bytes"), root.attribute("fixed")) == ("ascii", "ab")
        assert (root.attribute("number"), root.attribute("flag")) == (1.5, True)
        np.testing.assert_array_equal(root.attribute("array"), [[0, 1, 2], [3, 4, 5]])
        assert list(root.dataset("strings").read()) == ["a", "bc", ""]
        assert root.group("a").attribute("names7") == ["x" * 7, "y"]
        assert len(root.group("a").strings("names")) == 80
        assert {name for name in root.names() if name.startswith("layer")} == {f"layer_{i}" for i in range(700)}
        assert root.attribute("missing", 3) == 3
        assert root.strings("missing") is None


@pytest.mark.parametrize(
    "options", [{}, {"compression": "gzip"}, {"shuffle": True, "compression": "gzip", "fletcher32": True}]
)
def test_chunks(options, tmp_path):
    value = np.arange(1000.0).reshape(100, 10)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for number, chunks in enumerate([(7, 4), (100, 10), (1, 10), (3, 1)]):
            file.create_dataset(str(number), data=value, chunks=chunks, **options)
    with open_hdf5(tmp_path / "a.h5") as root:
        for name in root.names():
            np.testing.assert_array_equal(root.dataset(name).read(), value)
            part = np.empty((9, 10))
            root.dataset(name).read_into(part, 31)
            np.testing.assert_array_equal(part, value[31:40])


def test_what_is_written_is_what_h5py_reads(tmp_path):
    names = [f"layer_name_is_long_{i:05}" for i in range(9000)]
    with new_hdf5(tmp_path / "a.h5") as root:
        for name, value in ARRAYS.items():
            root.dataset(name, value)
        root.rows("rows", (5, 3), "f4", iter([np.ones((2, 3)), np.zeros((3, 3))]))
        root.dataset("bits", np.arange(3, dtype="u2"), bfloat16=True).attribute("dtype", "bfloat16")
        root.group("empty").attribute("none", [])
        root.attribute("layer_names", names)
        root.attribute("config", "x" * 100000)
        root.attribute("umlaut", "grün")
        root.attribute("number", 1.5)
    with h5py.File(tmp_path / "a.h5") as file:
        for name, value in ARRAYS.items():
            assert file[name].shape == value.shape
            assert file[name].dtype == np.asarray(value).dtype.newbyteorder("<")
            np.testing.assert_array_equal(file[name][()], value)
        np.testing.assert_array_equal(file["rows"][()], [[1] * 3] * 2 + [[0] * 3] * 3)
        assert (file["bits"].dtype, file["bits"].attrs["dtype"]) == (np.dtype("V2"), "bfloat16")
        assert file["empty"].attrs["none"].shape == (0,)
        pieces = [name.decode() for number in range(4) for name in file.attrs[f"layer_names{number}"]]
        assert (pieces, "layer_names4" in file.attrs) == (names, False)
        assert (file.attrs["config"], file.attrs["umlaut"], file.attrs["number"]) == ("x" * 100000, "grün", 1.5)
        listed = []
        file.visit(listed.append)
    with open_hdf5(tmp_path / "a.h5") as root:
        assert sorted(path for path, _ in root.walk()) == sorted(listed)
        assert root.strings("layer_names") == names
        assert root.dataset("bits").bfloat16


def test_h5py_can_go_on_writing(tmp_path):
    with new_hdf5(tmp_path / "a.h5") as root:
        root.dataset("a/b", np.ones(3))
    with h5py.File(tmp_path / "a.h5", "a") as file:
        for number in range(100):
            file[f"a/{number}"] = number
        file.attrs["x"] = "y"
    with open_hdf5(tmp_path / "a.h5") as root:
        assert (len(root.group("a").names()), root.attribute("x"), root.dataset("a/7").read()) == (101, "y", 7)


def test_files_in_memory(tmp_path):
    buffer = io.BytesIO()
    with new_hdf5(buffer) as root:
        root.dataset("a", np.arange(3))
    with open_hdf5(buffer, "the weights") as root:
        assert root.dataset("a").read().tolist() == [0, 1, 2]
        with pytest.raises(UnreadableFile, match=r"Cannot read 'the weights': expected a data set 'b' in '/'.*\['a'\]"):
            root.dataset("b")
    with h5py.File(buffer) as file:
        assert file["a"][()].tolist() == [0, 1, 2]


def test_paths(tmp_path):
    with new_hdf5(tmp_path / "a.h5") as root:
        root.group("a/b").dataset("c", 1.0)
        with pytest.raises(ValueError, match="the name already exists"):
            root.dataset("a/b/c", 2.0)
        with pytest.raises(ValueError, match="is a data set"):
            root.group("a/b/c/d")
        for name in ("", "..", "a//b", "/a"):
            with pytest.raises(ValueError, match="is no name"):
                root.group(name)
        assert "a/b/c" in root
        assert "a/d" not in root
    with open_hdf5(tmp_path / "a.h5") as root:
        assert (root.has("a/b/c"), root.has("a/b/c/d"), root.has("/a"), root.has("a/../a")) == (
            True,
            False,
            False,
            False,
        )
        assert (root.is_group("a/b"), root.is_group("a/b/c")) == (True, False)
        with pytest.raises(UnreadableFile, match="expected a group 'a/b/c'"):
            root.group("a/b/c")


def test_an_error_while_writing_leaves_the_file_before(tmp_path):
    with new_hdf5(tmp_path / "a.h5") as root:
        root.dataset("a", 1)
    with pytest.raises(TypeError, match="elements of type object"), new_hdf5(tmp_path / "a.h5") as root:
        root.dataset("b", object())
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5"]
    with open_hdf5(tmp_path / "a.h5") as root:
        assert root.names() == ["a"]


def test_rows_that_are_missing(tmp_path):
    with pytest.raises(ValueError, match="24 bytes, where 60 were announced"), new_hdf5(tmp_path / "a.h5") as root:
        root.rows("a", (5, 3), "f4", [np.ones((2, 3))])


def test_what_is_no_hdf5(tmp_path):
    (tmp_path / "a").write_bytes(b"\x89HDF\r\n\x1a\n")
    (tmp_path / "b").write_bytes(b"PK")
    assert [is_hdf5(tmp_path / name) for name in ("a", "b", "c", ".")] == [True, False, False, False]
    for content, words in [
        (b"", "it is empty"),
        (b"x" * 100, "does not begin"),
        (b"\x89HDF\r\n\x1a\n", "does not begin"),
    ]:
        (tmp_path / "a").write_bytes(content)
        with pytest.raises(UnreadableFile, match=f"Cannot read .*{words}"), open_hdf5(tmp_path / "a"):
            pass


@contextlib.contextmanager
def matrix_file(tmp_path, inside):
    """An HDF5 file with a matrix of 3000 rows: by itself, in a larger file, or in memory."""
    path, values = tmp_path / "a.h5", np.arange(3000 * 5, dtype="float32").reshape(3, 1000, 5)
    with h5py.File(path, "w") as file:
        file["plain"], file["in/chunks"] = values, values
        file.create_dataset("chunks", data=values, chunks=(1, 100, 5))
    if inside == "memory":
        yield io.BytesIO(path.read_bytes()), values
    elif inside == "file":
        with open(path, "rb") as file:
            yield file, values
    else:
        (tmp_path / "outer").write_bytes(b"before" + path.read_bytes() + b"after")
        with open(tmp_path / "outer", "rb") as file:
            outer = PartOfFile(file, 1, path.stat().st_size + 8)
            yield io.BufferedReader(PartOfFile(outer, 5, path.stat().st_size)), values


@pytest.mark.parametrize("inside", ["file", "part", "memory"])
@pytest.mark.parametrize("at_most", [None, 7, 20, 33])
def test_rows_apart(inside, at_most, tmp_path, monkeypatch):
    """Also where the system reads less than it is asked for."""
    if at_most is not None:
        real = os.preadv
        monkeypatch.setattr(
            os, "preadv", lambda fd, into, place: real(fd, [memoryview(into[0]).cast("B")[:at_most]], place)
        )
    with matrix_file(tmp_path, inside) as (file, values), open_hdf5(file, "a.h5") as root:
        found = root.dataset("plain")
        assert found.for_threads is (inside != "memory")
        for start, number in ((0, 3000), (17, 2900), (2999, 1), (5, 0)):
            apart = np.full((number, 9), -1, "float32")
            if number:
                found.read_vectors(apart[:, :5], start)
            np.testing.assert_array_equal(apart[:, :5], values.reshape(-1, 5)[start : start + number])
            assert (apart[:, 5:] == -1).all()


def test_rows_that_cannot_be_read_apart(tmp_path):
    with matrix_file(tmp_path, "file") as (file, _), open_hdf5(file, "a.h5") as root:
        for name, rows, dtype, start in (
            ("chunks", (2, 5), "f4", 0),
            ("plain", (2, 5), "f8", 0),
            ("plain", (2, 4), "f4", 0),
            ("plain", (2, 5), "f4", 2999),
            ("plain", (2, 5), "f4", -1),
        ):
            with pytest.raises(TypeError):
                root.dataset(name).read_vectors(np.empty(rows, dtype), start)


def test_a_file_that_ends_while_it_is_read(tmp_path):
    with matrix_file(tmp_path, "file") as (file, _), open_hdf5(file, "a.h5") as root:
        found = root.dataset("plain")
        os.truncate(tmp_path / "a.h5", found._storage.address + 1000)
        with pytest.raises(UnreadableFile, match="ended while it was read"):
            found.read_vectors(np.empty((3000, 9), "float32")[:, :5], 0)
