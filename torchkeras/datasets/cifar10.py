"""CIFAR-10: 50,000 and 10,000 small colour pictures of ten kinds of things."""

from __future__ import annotations

import os

import numpy as np

from torchkeras.core.config import image_data_format
from torchkeras.datasets.cifar import in_data_format, load_batch
from torchkeras.datasets.idx import Split
from torchkeras.datasets.sources import dataset_file
from torchkeras.datasets.synthetic.images import coloured
from torchkeras.datasets.synthetic.switch import sample_counts

ORIGIN = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
HASH = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"


def load_data(cache_dir: str | None = None) -> tuple[Split, Split]:
    """Loads CIFAR-10: `(x_train, y_train), (x_test, y_test)`, images (n, 32, 32, 3) and labels (n, 1), all uint8.

    The labels: 0 airplane, 1 automobile, 2 bird, 3 cat, 4 deer, 5 dog, 6 frog, 7 horse, 8 ship, 9 truck. With
    `image_data_format` "channels_first" the images are (n, 3, 32, 32).

    Args:
        cache_dir: the cache; by default `$KERAS_HOME`, else `~/.keras`.
    """
    counts = sample_counts(50000, 10000)
    if counts:
        return coloured(*counts, classes=10, channels_last=image_data_format() == "channels_last")
    folder = dataset_file("cifar10", "cifar-10-batches-py", ORIGIN, HASH, untar=True, cache_dir=cache_dir)
    batches = [load_batch(os.path.join(folder, f"data_batch_{i}")) for i in range(1, 6)]
    x_train = np.concatenate([data for data, _ in batches])
    y_train = np.array([label for _, labels in batches for label in labels], np.uint8).reshape(-1, 1)
    x_test, labels = load_batch(os.path.join(folder, "test_batch"))
    y_test = np.array(labels, np.uint8).reshape(-1, 1)
    return (in_data_format(x_train), y_train), (in_data_format(x_test), y_test)
