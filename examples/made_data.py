"""Made data that can be learned: images of ten kinds, and a table."""

import numpy as np


def images(samples, size=28, channels=1, kinds=10, seed=0):
    """Square images of some kinds: each a pattern of its own, moved about and covered with noise, and its label."""
    patterns = np.random.default_rng(12).random((kinds, 7, 7, channels)) > 0.6
    patterns = np.kron(patterns, np.ones((3, 3, 1)))  # 21 x 21
    random = np.random.default_rng(seed)
    labels = random.integers(0, kinds, samples)
    made = random.normal(0.2, 0.25, (samples, size, size, channels))
    for image, label, (down, right) in zip(made, labels, random.integers(0, size - 20, (samples, 2))):
        image[down : down + 21, right : right + 21] += 0.6 * patterns[label]
    return made.clip(0, 1).astype("float32"), labels


def table(samples, seed=0):
    """Eight columns of different scales, and a price that depends on some of them."""
    random = np.random.default_rng(seed)
    columns = random.normal(size=(samples, 8)) * 10.0 ** np.arange(-2, 2, 0.5) + np.arange(8)
    standard = (columns - np.arange(8)) / 10.0 ** np.arange(-2, 2, 0.5)
    price = 3 * standard[:, 0] - 2 * standard[:, 3] + standard[:, 5] * standard[:, 6] + random.normal(0, 0.1, samples)
    return columns.astype("float32"), price.astype("float32")
