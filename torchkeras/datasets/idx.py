"""The four gzipped files in which MNIST and its relatives are published."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Mapping

import numpy as np

from torchkeras.datasets.sources import dataset_file
from torchkeras.utils.get_file import cache_folder

Split = tuple[np.ndarray, np.ndarray]

FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
_UNSIGNED_BYTES = 8
# More than any of these files unpacks to (47 MB), so that a bomb stops there.
_LARGEST = 1 << 28


def read_idx(path: str) -> np.ndarray:
    """The array of unsigned bytes in a gzipped idx file: four bytes of kind, the sizes, the values."""
    try:
        with gzip.open(path, "rb") as file:
            content = file.read(_LARGEST)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is not a gzipped idx file: {error}. Delete it, to have it fetched anew.") from error
    dimensions = content[3] if len(content) > 4 else 0
    values = 4 + 4 * dimensions
    shape = tuple(np.frombuffer(content[4:values], ">u4").tolist())
    if content[:3] != bytes([0, 0, _UNSIGNED_BYTES]) or len(content) != values + int(np.prod(shape, dtype=np.int64)):
        raise ValueError(f"{path} is not an idx file of unsigned bytes. Delete it, to have it fetched anew.")
    return np.frombuffer(content, np.uint8, offset=values).reshape(shape).copy()


def idx_files_cached(cache_subdir: str, cache_dir: str | None) -> bool:
    """Whether the cache has all four files."""
    folder = cache_folder(cache_subdir, cache_dir)
    return all(os.path.exists(os.path.join(folder, name)) for name in FILES)


def load_idx_files(
    dataset: str, base: str, cache_subdir: str, cache_dir: str | None, hashes: Mapping[str, str]
) -> tuple[Split, Split]:
    """Training and test images with their labels, from the files under one address.

    Args:
        dataset: its name, for errors.
        base: the address, up to the names of the files.
        cache_subdir: the folder in the cache.
        cache_dir: the cache.
        hashes: md5 hashes by file name, as far as they are known.
    """
    x_train, y_train, x_test, y_test = (
        read_idx(
            dataset_file(dataset, name, base + name, hashes.get(name), cache_dir=cache_dir, cache_subdir=cache_subdir)
        )
        for name in FILES
    )
    for images, labels in ((x_train, y_train), (x_test, y_test)):
        if images.ndim != 3 or labels.shape != images.shape[:1]:
            raise ValueError(f"The files of {dataset} do not fit: images {images.shape}, labels {labels.shape}.")
    return (x_train, y_train), (x_test, y_test)
