"""Reading the pickles inside some data sets' files without running what is in them.

A pickle is a program: loading one may call any function there is. The files of imdb, reuters and CIFAR are pickles
all the same. This reader knows the few names that pickled numpy arrays need, and puts classes of its own in their
place, so that nothing but arrays of numbers, arrays of lists of integers, strings and dicts can come out.
"""

from __future__ import annotations

import io
import math
import pickle
import zipfile
from collections.abc import Callable
from typing import IO, Any, Literal

import numpy as np


class UnsafePickleError(pickle.UnpicklingError, ValueError):
    """A file holds something else than the plain data it should."""


class _Dtype:
    """What a pickle says of a dtype: its code and byte order."""

    __slots__ = ("code", "order")

    def __init__(self, code: str, align: object = False, copy: object = True) -> None:
        if not isinstance(code, str) or code not in ("O", "O8", *(f"{k}{n}" for k in "iuf" for n in (1, 2, 4, 8))):
            raise UnsafePickleError(f"Expected arrays of numbers or of lists of integers, got the dtype {code!r}.")
        self.code, self.order = code[0] if code == "O8" else code, "|"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] not in ("<", ">", "|", "="):
            raise UnsafePickleError(f"Expected a byte order, got {state[1]!r}.")
        self.order = state[1]


class _Array:
    """What a pickle says of an array: shape, dtype and content, checked when it is asked for."""

    __slots__ = ("state",)
    state: tuple[Any, ...] | None

    def __init__(self, *unused: Any) -> None:
        self.state = None

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.state = state

    def value(self) -> np.ndarray:
        try:
            assert self.state is not None
            _, sizes, dtype, fortran, data = self.state
            shape: tuple[int, ...] = tuple(int(size) for size in sizes)
            if dtype.code == "O":
                return _array_of_lists(shape, data)
            if isinstance(data, str):  # a Python 2 string
                data = data.encode("latin1")
            order: Literal["F", "C"] = "F" if fortran else "C"
            return np.frombuffer(data, np.dtype(dtype.order + dtype.code)).reshape(shape, order=order).copy()
        except (AssertionError, AttributeError, TypeError, ValueError) as error:
            raise UnsafePickleError(f"The file holds an array that is damaged: {error}") from error


def _array_of_lists(shape: tuple[int, ...], data: Any) -> np.ndarray:
    if type(data) is not list or len(shape) != 1 or math.prod(shape) != len(data):
        raise UnsafePickleError(f"Expected an array of lists, in one dimension, got the shape {shape}.")
    for item in data:
        if type(item) is not list or not set(map(type, item)) <= {int}:
            raise UnsafePickleError("Expected an array of lists of integers, got one that holds something else.")
    array = np.empty(len(data), object)
    array[:] = data if len({len(item) for item in data}) > 1 else [None] * len(data)
    for place, item in enumerate(data):  # numpy would make one array of lists of one length
        array[place] = item
    return array


def _reconstruct(cls: Any, shape: Any, code: Any) -> _Array:
    return _Array()


def _encode(text: str, encoding: str = "latin1") -> bytes:
    # How Python 3 writes bytes into a pickle of protocol 2.
    return text.encode(encoding if encoding in ("latin1", "latin-1", "ascii", "utf-8") else "latin1")


_KNOWN: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _KNOWN:
            raise UnsafePickleError(
                f"Refused to load a pickle that asks for `{module}.{name}`: a data set's file has no use for it, and "
                f"loading it could run code. Delete the file and fetch it anew from a source you trust."
            )
        return _KNOWN[module, name]

    def persistent_load(self, pid: Any) -> Any:
        raise UnsafePickleError("Refused to load a pickle with a persistent id.")


def load_pickle(file: IO[bytes]) -> Any:
    """What a pickle holds, if that is arrays, dicts, lists, strings and numbers; an UnsafePickleError else."""
    try:
        return _plain(_Reader(file, encoding="bytes").load())
    except UnsafePickleError:
        raise
    except Exception as error:  # a damaged pickle raises whatever it runs into
        raise UnsafePickleError(f"The file is not a pickle of plain data: {error}") from error


def _plain(value: Any) -> Any:
    """Arrays in place of what stands for them; a dict's byte keys become text."""
    if isinstance(value, _Array):
        return value.value()
    if isinstance(value, dict):
        return {k.decode("utf8") if isinstance(k, bytes) else k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value] if any(type(item) in (_Array, dict, list) for item in value) else value
    if isinstance(value, (int, float, str, bytes)) or value is None:
        return value
    raise UnsafePickleError(f"Expected plain data, got {type(value).__name__}.")


def load_npz(path: str, names: tuple[str, ...]) -> list[np.ndarray]:
    """These arrays of an `.npz` file; those of objects must be lists of integers."""
    with zipfile.ZipFile(path) as archive:
        return [_load_npy(archive.read(f"{name}.npy")) for name in names]


def _load_npy(content: bytes) -> np.ndarray:
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"Expected an array file of version 1.0 or 2.0, got version {version}.")
    _, _, dtype = readers[version](stream)
    if dtype.hasobject:
        found = load_pickle(stream)
        if not isinstance(found, np.ndarray):
            raise UnsafePickleError(f"Expected an array, got {type(found).__name__}.")
        return found
    stream.seek(0)
    array: np.ndarray = np.lib.format.read_array(stream, allow_pickle=False)
    return array
