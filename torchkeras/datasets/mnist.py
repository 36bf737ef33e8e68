"""MNIST: 60,000 and 10,000 pictures of handwritten digits."""

from __future__ import annotations

import os

from torchkeras.datasets.idx import Split, idx_files_cached, load_idx_files
from torchkeras.datasets.pickles import load_npz
from torchkeras.datasets.sources import KERAS, dataset_file, first_that_works
from torchkeras.datasets.synthetic.images import digits
from torchkeras.datasets.synthetic.switch import sample_counts
from torchkeras.utils.get_file import cache_folder

ORIGIN = KERAS + "mnist.npz"
HASH = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
# The same pictures in the same order, where torchvision fetches them.
MIRROR = "https://ossci-datasets.s3.amazonaws.com/mnist/"
MIRROR_FOLDER = "datasets/mnist"
MIRROR_HASHES = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}


def load_data(path: str = "mnist.npz", cache_dir: str | None = None) -> tuple[Split, Split]:
    """Loads MNIST: `(x_train, y_train), (x_test, y_test)`, images (n, 28, 28) and labels (n,), all uint8.

    Args:
        path: the file's name in the cache.
        cache_dir: the cache; by default `$KERAS_HOME`, else `~/.keras`.
    """
    counts = sample_counts(60000, 10000)
    if counts:
        return digits(*counts)

    def from_keras() -> tuple[Split, Split]:
        names = ("x_train", "y_train", "x_test", "y_test")
        x_train, y_train, x_test, y_test = load_npz(
            dataset_file("mnist", path, ORIGIN, HASH, cache_dir=cache_dir), names
        )
        return (x_train, y_train), (x_test, y_test)

    def from_mirror() -> tuple[Split, Split]:
        return load_idx_files("mnist", MIRROR, MIRROR_FOLDER, cache_dir, MIRROR_HASHES)

    has_npz = os.path.exists(os.path.join(cache_folder("datasets", cache_dir), path))
    if not has_npz and idx_files_cached(MIRROR_FOLDER, cache_dir):
        return from_mirror()
    return first_that_works([from_keras, from_mirror])
