"""Small helpers on arrays: one-hot labels, normalised rows."""

from __future__ import annotations

from typing import Any

import numpy as np


def to_categorical(y: Any, num_classes: int | None = None, dtype: str = "float32") -> np.ndarray:
    """Integer labels as rows of zeros with a one at the class.

    Args:
        y: labels from 0 on, in any shape; a last axis of 1 is dropped.
        num_classes: how many classes there are; one more than the largest label unless given.
        dtype: of the result.
    """
    labels = np.asarray(y, dtype="int64")
    shape = labels.shape[:-1] if labels.ndim > 1 and labels.shape[-1] == 1 else labels.shape
    labels = labels.reshape(-1)
    count = num_classes or (int(labels.max()) + 1 if labels.size else 0)
    if labels.size and not (-count <= labels.min() and labels.max() < count):
        raise IndexError(
            f"Label {int(labels.max())} is out of range for {count} classes: expected 0 to {count - 1}. "
            f"Received: num_classes={num_classes}"
        )
    rows = np.zeros((labels.size, count), dtype=dtype)
    rows[np.arange(labels.size), labels] = 1
    return rows.reshape(*shape, count)


def normalize(x: Any, axis: int = -1, order: int = 2) -> np.ndarray:
    """Rows along an axis divided by their norm; rows of zeros stay."""
    array = np.asarray(x)
    norms = np.atleast_1d(np.linalg.norm(array, order, axis))
    norms[norms == 0] = 1
    scaled: np.ndarray = array / np.expand_dims(norms, axis)
    return scaled
