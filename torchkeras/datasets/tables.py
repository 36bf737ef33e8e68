"""Tables of numbers with a figure to tell from them: what boston_housing and california_housing have in common."""

from __future__ import annotations

import numpy as np

from torchkeras.datasets.idx import Split


def divided(x: np.ndarray, y: np.ndarray, test_split: float, seed: int) -> tuple[Split, Split]:
    """Rows shuffled as Keras does for this seed, then divided into training and testing."""
    indices = np.arange(len(x))
    np.random.RandomState(seed).shuffle(indices)
    x, y = x[indices], y[indices]
    train = int(len(x) * (1 - test_split))
    return (x[:train], y[:train]), (x[train:], y[train:])


def divided_as(x: np.ndarray, y: np.ndarray, train: int, seed: int) -> tuple[Split, Split]:
    """The same, with the number of rows for training given."""
    (x_all, y_all), _ = divided(x, y, 0.0, seed)
    return (x_all[:train], y_all[:train]), (x_all[train:], y_all[train:])
