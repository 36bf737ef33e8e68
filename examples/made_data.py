"""Made data that can be learned: images of ten kinds, and a table."""

import numpy as np


def images(samples, size=28, channels=1, kinds=10, seed=0, noise=0.25):
    """Square images of some kinds: each a pattern of its own, moved about and covered with noise, and its label."""
    patterns = np.random.default_rng(12).random((kinds, 7, 7, channels)) > 0.6
    patterns = np.kron(patterns, np.ones((3, 3, 1)))  # 21 x 21
    random = np.random.default_rng(seed)
    labels = random.integers(0, kinds, samples)
    made = random.normal(0.2, noise, (samples, size, size, channels))
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


def rings(samples, seed=0):
    """Points of a plane around two rings, an inner and an outer one, and which of the two each belongs to."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, samples)
    angles = random.uniform(0, 2 * np.pi, samples)
    radii = 1 + labels + random.normal(0, 0.12, samples)
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1).astype("float32"), labels


def series(steps, seed=0):
    """A quantity measured every hour: a daily and a weekly rhythm, a slow rise, and noise."""
    hours = np.arange(steps)
    random = np.random.default_rng(seed)
    rhythm = np.sin(2 * np.pi * hours / 24) + 0.5 * np.sin(2 * np.pi * hours / 168)
    return (rhythm + 0.0005 * hours + random.normal(0, 0.1, steps)).astype("float32")


def reviews(samples, seed=0):
    """Short texts about films, and whether they praise: a negation in front of a word turns it round."""
    good, bad = ["wonderful", "moving", "clever", "brilliant", "funny"], ["dull", "weak", "clumsy", "boring", "empty"]
    things = ["plot", "cast", "music", "ending", "dialogue", "camera work"]
    random = np.random.default_rng(seed)
    texts, labels = [], random.integers(0, 2, samples)
    for label in labels:
        parts = []
        for thing in random.choice(things, 2, replace=False):
            negated = random.random() < 0.3
            word = random.choice(good if bool(label) != negated else bad)
            parts.append(f"The {thing} was {'not ' if negated else ''}{word}")
        texts.append(", and ".join(parts) + random.choice([".", "!"]))
    return texts, labels
