"""HDF5 files that ask for more than to be read, and damaged ones."""

import os
import re
import struct
import tracemalloc

import h5py
import numpy as np
import pytest

from torchkeras.saving.containers.hdf5 import Dataset, open_hdf5
from torchkeras.saving.errors import UnreadableFile, UnsafeFile


def read_all(path):
    """Everything there is in a file."""
    with open_hdf5(path) as root:
        for _, one in [("", root), *root.walk()]:
            for name in one.attribute_names():
                one.attribute(name)
            if isinstance(one, Dataset):
                one.read()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "hostile.h5"


@pytest.fixture
def secret(tmp_path):
    """A file that must not be read."""
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["a"] = np.arange(100, dtype="u1")
    return tmp_path / "secret.h5"


@pytest.fixture(params=["earliest", "latest"])
def make(path, request):
    """Opens the file to be made, in the old form and the new."""
    return lambda: h5py.File(path, "w", libver=request.param)


def refused(path, words):
    with pytest.raises(UnsafeFile, match=f"Refused to read '{re.escape(str(path))}'.*{words}"):
        read_all(path)


# --- CVE-2026-1669: what lies elsewhere ----------------------------------------------------------------------


def test_external_links(make, path, secret):
    with make() as file:
        file["w"] = h5py.ExternalLink(str(secret), "/a")
    refused(path, "'w' in it is a link to another")


def test_external_links_deep_down(make, path, secret):
    with make() as file:
        for number in range(40):
            file[f"a/b/{number}"] = number
        file["a/b/z"] = h5py.ExternalLink(str(secret), "/")
    refused(path, "'z' in it is a link to another")


def test_soft_links(make, path):
    with make() as file:
        file["a"] = 1
        file["b"] = h5py.SoftLink("/a")
    refused(path, "'b' in it is a link to another place of it")


def test_external_storage(make, path, secret):
    with make() as file:
        file.create_dataset("w", (100,), "u1", external=[(str(secret), 0, 100)])
    refused(path, "from other files")


def test_virtual_data_sets(make, path, secret):
    layout = h5py.VirtualLayout((100,), "u1")
    layout[:] = h5py.VirtualSource(str(secret), "a", (100,))
    with make() as file:
        file.create_virtual_dataset("w", layout)
    with pytest.raises(UnreadableFile):
        read_all(path)


def test_virtual_data_sets_are_unsafe(path, secret):
    layout = h5py.VirtualLayout((100,), "u1")
    layout[:] = h5py.VirtualSource(str(secret), "a", (100,))
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("w", layout)
    refused(path, "virtual: put together from other files")


@pytest.mark.parametrize("kind", [h5py.Reference, h5py.RegionReference])
def test_references(make, path, kind):
    with make() as file:
        file["a"] = np.arange(3)
        reference = file["a"].ref if kind is h5py.Reference else file["a"].regionref[:2]
        file.create_dataset("w", data=np.array([reference], object), dtype=h5py.special_dtype(ref=kind))
    refused(path, "references")


def test_references_in_attributes(make, path):
    with make() as file:
        file["a"] = 1
        file.attrs["r"] = file["a"].ref
    refused(path, "references")


def test_lists_and_records(make, path):
    with make() as file:
        file.create_dataset("w", (1,), h5py.vlen_dtype("i4"))[0] = [1, 2]
    refused(path, "lists or records")
    with make() as file:
        file["w"] = np.zeros(2, [("a", "f4"), ("b", "i4")])
    refused(path, "lists or records")


# --- circles and doubles ------------------------------------------------------------------------------------


def test_circles(make, path):
    with make() as file:
        file["a/b/c"] = 1
        file["a/b/up"] = file["a"]
    refused(path, "are one object")


def test_the_root_within_itself(make, path):
    with make() as file:
        file["a"] = file["/"]
    refused(path, "are one object")


def test_one_object_under_many_names(make, path):
    """Else a file of 1 MB could be read into a thousand arrays of 1 MB."""
    with make() as file:
        file["a"] = np.zeros(1000)
        for number in range(20):
            file[f"a{number}"] = file["a"]
    refused(path, "are one object")


def test_data_sets_that_share_their_values(path):
    """Ten data sets of 900 KB each, that lie over one another in a file of 1 MB."""
    with h5py.File(path, "w") as file:
        for number in range(10):
            file[f"a{number}"] = np.full(100_000, number, "u1")
        places = [file[f"a{number}"].id.get_offset() for number in range(10)]
    content = path.read_bytes()
    for place in places:
        content = content.replace(struct.pack("<QQ", place, 100_000), struct.pack("<QQ", 2048, 900_000))
    path.write_bytes(content.replace(struct.pack("<QQ", 100_000, 100_000), struct.pack("<QQ", 900_000, 900_000)))
    refused(path, "share their values")


def test_a_tree_that_bites_its_tail(path):
    """A node of a B-tree that is its own child, at which a library may go round for ever."""
    with h5py.File(path, "w") as file:
        for number in range(500):
            file[f"a{number}"] = number
    content = bytearray(path.read_bytes())
    nodes = [match.start() for match in re.finditer(b"TREE\0\1", bytes(content))]  # those with nodes below
    assert nodes
    for node in nodes:
        struct.pack_into("<Q", content, node + 32, node)
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="B-tree in it is"):
        read_all(path)


def test_very_deep_groups(path):
    with h5py.File(path, "w") as file:
        file["/".join("a" * 200)] = 1
    refused(path, "more than 64 deep")


# --- CVE-2026-0897: sizes that are not there -----------------------------------------------------------------


def memory_of(function):
    tracemalloc.start()
    try:
        function()
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


@pytest.mark.parametrize("chunks", [None, (1 << 10,)])
def test_giant_shapes(make, path, chunks):
    with make() as file:
        file.create_dataset("w", (10**12,), "f4", chunks=chunks)  # nothing of it is ever written
    with pytest.raises(UnreadableFile):
        read_all(path)


def test_giant_shapes_are_unsafe_and_cost_nothing(path):
    for options in ({}, {"chunks": (1 << 20,)}, {"chunks": (1 << 20,), "compression": "gzip"}):
        with h5py.File(path, "w") as file:
            file.create_dataset("w", (10**12,), "f4", **options)
        assert memory_of(lambda: refused(path, "declares the shape .*, and stores 0")) < 1 << 20


def test_one_chunk_of_a_giant(path):
    with h5py.File(path, "w") as file:
        file.create_dataset("w", (10**9,), "f4", chunks=(1 << 10,), compression="gzip")[5] = 1.0
    refused(path, "declares the shape")


def test_compression_bombs(path):
    """All chunks are there, and each is as small as zeros become when they are compressed twice."""
    with h5py.File(path, "w") as file:
        made = file.create_dataset("w", (1 << 20, 1 << 10), "f4", chunks=(1 << 18, 1 << 10), compression="gzip")
        for number in range(4):
            made.id.write_direct_chunk((number << 18, 0), b"x" * 100)
    assert memory_of(lambda: refused(path, "declares the shape")) < 1 << 20


def test_compressed_data_that_is_longer_than_its_chunk(path):
    import zlib

    with h5py.File(path, "w") as file:
        made = file.create_dataset("w", (4,), "f4", chunks=(4,), compression="gzip")
        made.id.write_direct_chunk((0,), zlib.compress(bytes(1 << 26), 9))
    assert memory_of(lambda: unreadable(path, "a chunk in it has 20 bytes, where 16 were expected")) < 1 << 21


def unreadable(path, words):
    with pytest.raises(UnreadableFile, match=f"Cannot read '{re.escape(str(path))}'.*{words}"):
        read_all(path)


def test_edited_shapes(path):
    with h5py.File(path, "w") as file:
        file["w"] = np.zeros((3, 5), "f4")
    content = path.read_bytes()
    place = content.index(struct.pack("<QQ", 3, 5))
    for shape in [(3, 6), (1 << 40, 1 << 40), (1 << 63, 5), (0, 1 << 63), (2**64 - 1, 2**64 - 1)]:
        path.write_bytes(content[:place] + struct.pack("<QQ", *shape) + content[place + 16 :])
        refused(path, "declares the shape")


def test_attributes_that_declare_too_much(path):
    with h5py.File(path, "w") as file:
        file.attrs["a"] = np.zeros((3, 5), "f4")
    content = path.read_bytes()
    place = content.index(struct.pack("<QQ", 3, 5))
    path.write_bytes(content[:place] + struct.pack("<QQ", 1 << 40, 5) + content[place + 16 :])
    refused(path, "an attribute in it declares")


def test_one_string_many_times(path):
    """4,000 references to one string of 1 MB would be 4 GB."""
    with h5py.File(path, "w") as file:
        file.create_dataset("w", (4000,), h5py.string_dtype())
        file["w"][:] = ["x"] * 4000
        file["w"][0] = "y" * (1 << 20)
        place = file["w"].id.get_offset()
    content = bytearray(path.read_bytes())
    content[place : place + 4000 * 16] = content[place : place + 16] * 4000
    path.write_bytes(content)
    refused(path, "longer, taken together, than the file")


def test_filters_are_never_loaded(path, monkeypatch, tmp_path):
    monkeypatch.setenv("HDF5_PLUGIN_PATH", str(tmp_path))
    with h5py.File(path, "w") as file:
        file.create_dataset("w", (4,), "f4", chunks=(4,), compression="lzf")[:] = 1
    unreadable(path, r"filters \[32000\].* only gzip is read")


# --- names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [b"..", b".", b"a/b", b"/", b""])
def test_names(name, path):
    with h5py.File(path, "w") as file:
        file["QQQQ"] = 1
    content = path.read_bytes()
    path.write_bytes(content.replace(b"QQQQ\0", name.ljust(4, b"\0") + b"\0"))
    refused(path, "an object with the name")


def test_names_that_are_no_text(path):
    with h5py.File(path, "w") as file:
        file["QQQQ"] = 1
    content = path.read_bytes()
    path.write_bytes(content.replace(b"QQQQ\0", b"\xff\xfe\xfd\xfc\0"))
    unreadable(path, "not UTF-8")


# --- damage -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["earliest", "latest"])
def whole(tmp_path_factory, request):
    path = tmp_path_factory.mktemp("whole") / "a.h5"
    with h5py.File(path, "w", libver=request.param) as file:
        for number in range(12):
            file[f"layer_{number}/w:0"] = np.arange(number + 1.0)
        file.create_dataset(
            "z", data=np.arange(50), chunks=(7 if request.param == "earliest" else 50,), compression="gzip"
        )
        file.attrs["model_config"] = "x" * 500
        file.attrs["layer_names"] = np.asarray([b"abc", b"d"])
    return path.read_bytes()


def test_every_cut(whole, path):
    for end in range(0, len(whole), 97):
        path.write_bytes(whole[:end])
        with pytest.raises(UnreadableFile, match="Cannot read|Refused to read"):
            read_all(path)


def test_changed_bytes(whole, path):
    """Each ends in an error of ours, or in values; never in another error, nor in a crash."""
    random = np.random.default_rng(0)
    ends = set()
    for _ in range(600):
        content = bytearray(whole)
        for place in random.integers(0, len(content), random.integers(1, 6)):
            content[place] = random.choice([0, 1, 255, random.integers(256)])
        path.write_bytes(content)
        try:
            read_all(path)
            ends.add("read")
        except UnreadableFile as error:
            ends.add(type(error).__name__)
    assert {"read", "UnreadableFile"} <= ends


def test_nothing_is_opened_but_the_file(path, secret, monkeypatch):
    with h5py.File(path, "w") as file:
        file.create_dataset("w", (100,), "u1", external=[(str(secret), 0, 100)])
    opened = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda name, *rest: opened.append(name) or real(name, *rest))
    with pytest.raises(UnsafeFile):
        read_all(path)
    assert not opened
