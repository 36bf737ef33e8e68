"""Files that would run code, or that are no data."""

import io
import os
import pickle
import zipfile

import numpy as np
import pytest

from compat_tests.datasets import made_files
from torchkeras.datasets.pickles import UnsafePickleError, load_npz, load_pickle


class Evil:
    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def npz_with(path, pickled):
    """An npz whose array `x` is of objects, with any pickle at all as its content."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|O", "fortran_order": False, "shape": (1,)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", header.getvalue() + pickled)
    return path


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_code_in_a_data_file_does_not_run(tmp_path, protocol):
    mark = tmp_path / "ran"
    path = npz_with(tmp_path / "x.npz", pickle.dumps(Evil(os.mkdir, str(mark)), protocol=protocol))
    with pytest.raises(UnsafePickleError, match="mkdir"):
        load_npz(path, ("x",))
    assert not mark.exists()
    np.load(path, allow_pickle=True)["x"]  # that the file is a real attack: numpy runs it
    assert mark.exists()


def test_code_inside_a_list_of_an_object_array(tmp_path):
    mark = tmp_path / "ran"
    array = np.empty(2, object)
    array[0], array[1] = [1, 2], [Evil(os.mkdir, str(mark))]
    np.savez(tmp_path / "x.npz", x=array)
    with pytest.raises(UnsafePickleError, match="mkdir"):
        load_npz(tmp_path / "x.npz", ("x",))
    assert not mark.exists()


@pytest.mark.parametrize("content", [["text"], [[1, "text"]], [[1.5]], [[[1]]], [{1: 2}]])
def test_only_lists_of_integers(tmp_path, content):
    array = np.empty(len(content), object)
    for place, item in enumerate(content):
        array[place] = item
    np.savez(tmp_path / "x.npz", x=array)
    with pytest.raises(UnsafePickleError, match="lists of integers"):
        load_npz(tmp_path / "x.npz", ("x",))


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4])
def test_arrays_of_numbers_come_through(protocol):
    arrays = {b"data": np.arange(12, dtype=">i2").reshape(3, 4).T, "scores": np.linspace(0, 1, 3), "names": [b"a", "b"]}
    found = load_pickle(io.BytesIO(pickle.dumps(arrays, protocol=protocol)))
    assert list(found) == ["data", "scores", "names"]
    np.testing.assert_array_equal(found["data"], arrays[b"data"])
    np.testing.assert_array_equal(found["scores"], arrays["scores"])
    assert found["names"] == [b"a", "b"]


def test_lists_of_one_length_stay_lists(tmp_path):
    array = np.empty(2, object)
    array[0], array[1] = [1, 2], [3, 4]
    np.savez(tmp_path / "x.npz", x=array)
    (found,) = load_npz(tmp_path / "x.npz", ("x",))
    assert found.shape == (2,)
    assert list(found) == [[1, 2], [3, 4]]


def test_a_file_of_lists_as_numpy_writes_it(tmp_path):
    (found,) = load_npz(made_files.reuters(tmp_path / "r.npz"), ("x",))
    assert list(found) == list(made_files.lists(40, 2))


@pytest.mark.parametrize(
    "pickled",
    [
        b"",
        b"not a pickle",
        pickle.dumps(np.zeros(3), protocol=2)[:-8],
        # An array whose content is shorter than its shape says.
        pickle.dumps(np.zeros(300, "u1"), protocol=2).replace(b"M,\x01", b"M\x2d\x01"),
        pickle.dumps(np.array(["text"])),
        b"cnumpy\nndarray\n)\x81.",
        b"cnumpy\ndtype\nX\x03\x00\x00\x00O99\x85R.",
        b"Pid\n.",
    ],
)
def test_damaged_files_are_an_error_of_their_own(pickled):
    with pytest.raises(UnsafePickleError):
        load_pickle(io.BytesIO(pickled))
