"""CIFAR-100: 50,000 and 10,000 small colour pictures of a hundred kinds of things, in twenty groups."""

from __future__ import annotations

import os

import numpy as np

from torchkeras.core.config import image_data_format
from torchkeras.datasets.cifar import in_data_format, load_batch
from torchkeras.datasets.idx import Split
from torchkeras.datasets.sources import dataset_file
from torchkeras.datasets.synthetic.images import coloured
from torchkeras.datasets.synthetic.switch import sample_counts

ORIGIN = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
HASH = "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"


#: The group each kind belongs to.
GROUPS = (
    4, 1, 14, 8, 0, 6, 7, 7, 18, 3, 3, 14, 9, 18, 7, 11, 3, 9, 7, 11, 6, 11, 5, 10, 7, 6, 13, 15, 3, 15, 0, 11, 1, 10,
    12, 14, 16, 9, 11, 5, 5, 19, 8, 8, 15, 13, 14, 17, 18, 10, 16, 4, 17, 4, 2, 0, 17, 4, 18, 17, 10, 3, 2, 12, 12, 16,
    12, 1, 9, 19, 2, 10, 0, 1, 16, 12, 9, 13, 15, 13, 16, 19, 2, 4, 6, 19, 5, 5, 8, 19, 18, 1, 2, 15, 6, 0, 17, 8, 14,
    13,
)  # fmt: skip


def load_data(label_mode: str = "fine", cache_dir: str | None = None) -> tuple[Split, Split]:
    """Loads CIFAR-100: `(x_train, y_train), (x_test, y_test)`, images (n, 32, 32, 3) of uint8, labels (n, 1) of int64.

    Args:
        label_mode: "fine" for the hundred kinds, "coarse" for the twenty groups.
        cache_dir: the cache; by default `$KERAS_HOME`, else `~/.keras`.
    """
    if label_mode not in ("fine", "coarse"):
        raise ValueError(f'`label_mode` must be one of `"fine"`, `"coarse"`. Received: label_mode={label_mode}.')
    counts = sample_counts(50000, 10000)
    if counts:
        train, test = coloured(*counts, classes=100, channels_last=image_data_format() == "channels_last")
        return _labelled(train, label_mode), _labelled(test, label_mode)
    folder = dataset_file("cifar100", "cifar-100-python", ORIGIN, HASH, untar=True, cache_dir=cache_dir)
    (x_train, y_train), (x_test, y_test) = (
        load_batch(os.path.join(folder, part), f"{label_mode}_labels") for part in ("train", "test")
    )
    return (
        (in_data_format(x_train), np.array(y_train, np.int64).reshape(-1, 1)),
        (in_data_format(x_test), np.array(y_test, np.int64).reshape(-1, 1)),
    )


def _labelled(split: Split, label_mode: str) -> Split:
    images, labels = split
    kinds = labels.astype(np.int64)
    return images, kinds if label_mode == "fine" else np.array(GROUPS, np.int64)[kinds]
