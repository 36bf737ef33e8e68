"""Small files in the very form of the real data sets' files."""

import gzip
import io
import json
import pickle
import tarfile

import numpy as np


def lists(count, seed):
    rng = np.random.RandomState(seed)
    made = np.empty(count, object)
    for i in range(count):
        made[i] = [int(w) for w in rng.randint(1, 40, rng.randint(2, 15))]
    return made


def npz(path, **arrays):
    np.savez(path, **arrays)
    return path


def imdb(path):
    return npz(path, x_train=lists(30, 0), y_train=np.arange(30) % 2, x_test=lists(20, 1), y_test=np.arange(20) % 2)


def reuters(path):
    return npz(path, x=lists(40, 2), y=np.arange(40) % 7)


def boston(path):
    rows = np.random.RandomState(3).rand(25, 13)
    return npz(path, x=rows, y=rows.sum(axis=1))


def california(path, rows=700):
    table = np.random.RandomState(4).rand(rows, 8).astype("float32")
    return npz(path, x=table, y=table.sum(axis=1))


def mnist_arrays():
    rng = np.random.RandomState(5)
    images = rng.randint(0, 256, (12, 28, 28)).astype("uint8")
    labels = rng.randint(0, 10, 12).astype("uint8")
    return images[:8], labels[:8], images[8:], labels[8:]


def mnist(path):
    return npz(path, **dict(zip(("x_train", "y_train", "x_test", "y_test"), mnist_arrays(), strict=True)))


def idx_bytes(array):
    sizes = np.array(array.shape, ">u4").tobytes()
    return gzip.compress(bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes())


def idx_files(folder):
    folder.mkdir(parents=True, exist_ok=True)
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    for name, array in zip(names, mnist_arrays(), strict=True):
        (folder / f"{name}-ubyte.gz").write_bytes(idx_bytes(array))
    return folder


def cifar(path, hundred=False, per_batch=10000):
    """CIFAR's archive; the tests of the loaders need its true number of rows only where Keras insists on it."""
    inner = "cifar-100-python" if hundred else "cifar-10-batches-py"
    names = ["train", "test"] if hundred else [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    rng = np.random.RandomState(6)
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name in names:
            row = rng.randint(0, 256, (1, 3072)).astype("uint8")
            data = np.repeat(row, per_batch, axis=0)
            labels = [int(v) for v in rng.randint(0, 10, per_batch)]
            keys = [b"fine_labels", b"coarse_labels"] if hundred else [b"labels"]
            # Protocol 2 with byte keys, as Python 2 wrote them.
            content = pickle.dumps({b"data": data, **dict.fromkeys(keys, labels)}, protocol=2)
            info = tarfile.TarInfo(f"{inner}/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def word_index(path):
    path.write_text(json.dumps({"the": 1, "and": 2, "fawn": 34701}))
    return path
