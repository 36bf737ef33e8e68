"""Made pictures: each class has a form, drawn turned, moved and scaled, with noise over it."""

from __future__ import annotations

import functools

import numpy as np

from torchkeras.datasets.synthetic import shapes

Split = tuple[np.ndarray, np.ndarray]

# Variants of all classes together, and the share of them that training has.
_VARIANTS, _TRAIN_SHARE = 3200, 0.75
_NOISE = 32  # grey levels, kept free above the drawing
_CHUNK = 2000


def digits(train: int, test: int) -> tuple[Split, Split]:
    """In the shape of MNIST: strokes in the form of digits."""
    return _splits(_digit_bank(), train, test, seed=1)


def clothes(train: int, test: int) -> tuple[Split, Split]:
    """In the shape of Fashion-MNIST: silhouettes of clothes."""
    return _splits(_clothes_bank(), train, test, seed=2)


def coloured(train: int, test: int, classes: int, channels_last: bool) -> tuple[Split, Split]:
    """In the shape of CIFAR: coloured forms before coloured grounds; labels (n, 1)."""
    parts = _splits(_colour_bank(classes), train, test, seed=3 + classes)
    return tuple(  # type: ignore[return-value]
        (images if channels_last else np.ascontiguousarray(images.transpose(0, 3, 1, 2)), labels.reshape(-1, 1))
        for images, labels in parts
    )


def _splits(bank: np.ndarray, train: int, test: int, seed: int) -> tuple[Split, Split]:
    # The test pictures are of variants that the training pictures do not have.
    train_rng, test_rng = np.random.default_rng([seed, 0]), np.random.default_rng([seed, 1])
    known = int(bank.shape[1] * _TRAIN_SHARE)
    return _draw(bank[:, :known], train, train_rng), _draw(bank[:, known:], test, test_rng)


def _draw(bank: np.ndarray, count: int, rng: np.random.Generator) -> Split:
    classes, variants, *shape = bank.shape
    labels = rng.integers(classes, size=count, dtype=np.uint8)
    places = labels.astype(np.int64) * variants + rng.integers(variants, size=count)
    flat = np.ascontiguousarray(bank).reshape(classes * variants, -1)
    images = np.empty((count, flat.shape[1]), np.uint8)
    for start in range(0, count, _CHUNK):  # pieces that stay in the processor's cache
        chunk = flat[places[start : start + _CHUNK]]
        noise = np.frombuffer(rng.bytes(chunk.size), np.uint8).reshape(chunk.shape) % np.uint8(_NOISE)
        noise *= chunk != 0  # black stays black, as in MNIST
        np.add(chunk, noise, out=images[start : start + _CHUNK])
    return images.reshape(count, *shape), labels


def _as_bytes(brightness: np.ndarray) -> np.ndarray:
    """Brightness from 0 to 1, as bytes that leave room for the noise."""
    return (np.clip(brightness, 0, 1) * (255 - _NOISE)).astype(np.uint8)


@functools.cache
def _digit_bank() -> np.ndarray:
    rng = np.random.default_rng(10)
    fields = shapes.digit_distances()
    distances = _vary(fields, 28, rng, turn=0.2, scale=(0.72, 0.9), shift=0.09)
    thickness = rng.uniform(0.03, 0.055, size=distances.shape[:2])[:, :, None, None]
    return _as_bytes((thickness - distances) * 28 + 0.5)


@functools.cache
def _clothes_bank() -> np.ndarray:
    rng = np.random.default_rng(20)
    drawn = _vary(shapes.silhouettes(), 28, rng, turn=0.07, scale=(0.85, 1.0), shift=0.03)
    return _as_bytes(drawn * rng.uniform(0.6, 1.0, size=drawn.shape[:2])[:, :, None, None])


@functools.cache
def _colour_bank(classes: int) -> np.ndarray:
    rng = np.random.default_rng(30 + classes)
    drawn = _vary(shapes.coloured_forms(classes), 32, rng, turn=0.15, scale=(0.8, 1.05), shift=0.06)
    drawn *= rng.uniform(0.85, 1.1, size=drawn.shape[:2])[:, :, None, None, None]
    return np.maximum(_as_bytes(drawn), 1)


def _vary(
    forms: np.ndarray,
    size: int,
    rng: np.random.Generator,
    turn: float,
    scale: tuple[float, float],
    shift: float,
) -> np.ndarray:
    """Each form of (classes, fine, fine, ...) in many variants, (classes, variants, size, size, ...).

    Args:
        forms: drawn finely.
        size: of the variants.
        rng: where turns, scales and shifts come from.
        turn: the most a variant is turned either way, in radians.
        scale: how much of the picture's width the form takes, from and to.
        shift: the most it is moved, as a share of the width.
    """
    classes, fine = forms.shape[:2]
    variants = max(_VARIANTS // classes, 60)
    draws = (classes, variants, 1)
    angle, zoom = rng.uniform(-turn, turn, draws), 1 / rng.uniform(*scale, draws)
    move_x, move_y = rng.uniform(-shift, shift, draws), rng.uniform(-shift, shift, draws)
    centres = (np.arange(size) + 0.5) / size - 0.5
    y, x = (grid.reshape(1, 1, -1) for grid in np.meshgrid(centres, centres, indexing="ij"))
    x, y = x - move_x, y - move_y
    cos, sin = np.cos(angle) * zoom, np.sin(angle) * zoom
    columns = np.clip(((x * cos - y * sin + 0.5) * fine).astype(np.int32), 0, fine - 1)
    rows = np.clip(((x * sin + y * cos + 0.5) * fine).astype(np.int32), 0, fine - 1)
    numbers = np.arange(classes)[:, None, None]
    return forms[numbers, rows, columns].reshape(classes, variants, size, size, *forms.shape[3:])
