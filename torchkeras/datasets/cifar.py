"""What CIFAR-10 and CIFAR-100 have in common: batches of flat pictures in pickles."""

from __future__ import annotations

import numpy as np

from torchkeras.core.config import image_data_format
from torchkeras.datasets.pickles import load_pickle


def load_batch(path: str, label_key: str = "labels") -> tuple[np.ndarray, list[int]]:
    """The pictures (n, 3, 32, 32) and the labels in one file."""
    with open(path, "rb") as file:
        batch = load_pickle(file)
    if not isinstance(batch, dict) or "data" not in batch or label_key not in batch:
        raise ValueError(f"{path} is not a batch of CIFAR: expected a dict with 'data' and {label_key!r}.")
    data, labels = batch["data"], batch[label_key]
    if data.dtype != np.uint8 or data.shape != (len(labels), 3072):
        raise ValueError(f"{path} is not a batch of CIFAR: expected {len(labels)} rows of 3072, got {data.shape}.")
    return data.reshape(-1, 3, 32, 32), labels


def in_data_format(images: np.ndarray) -> np.ndarray:
    """Pictures with the channels where the global `image_data_format` wants them."""
    return np.ascontiguousarray(images.transpose(0, 2, 3, 1)) if image_data_format() == "channels_last" else images
