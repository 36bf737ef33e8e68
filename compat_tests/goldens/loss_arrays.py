"""Seeded targets, predictions, weights and masks for the cases of losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import arrays
from .cases.losses import LossCase

Shape = tuple[int, ...]
_EDGES = np.asarray([0.0, 1e-8, 1e-7, 1e-4, 0.5, 1.0 - 1e-4, 1.0])


def _softmax(values: np.ndarray) -> np.ndarray:
    exponentials = np.exp(values)
    return exponentials / exponentials.sum(-1, keepdims=True)


def _unit(values: np.ndarray) -> np.ndarray:
    return values / np.linalg.norm(values, axis=-1, keepdims=True)


def _one_hot(random: Any, shape: Shape) -> np.ndarray:
    return np.eye(shape[-1])[random.randint(0, shape[-1], size=shape[:-1])]


def _mask(random: Any, shape: Shape) -> np.ndarray:
    mask = random.uniform(size=shape) < 0.6
    mask[..., 0] = True
    return mask


def _labels_or_minus_1(random: Any, shape: Shape) -> np.ndarray:
    labels = random.randint(-1, 4, size=shape)
    labels[0, 0] = -1
    return labels


def _ctc_labels(random: Any, shape: Shape) -> np.ndarray:
    """Labels of 1 to 5, the rows of different lengths filled up with 0."""
    lengths = np.arange(shape[0]) % shape[1] + 1
    return random.randint(1, 6, size=shape) * (np.arange(shape[1]) < lengths[:, None])


KINDS: dict[str, tuple[Any, Callable[[Any, Shape], Any]]] = {
    "normal": (np.float32, lambda random, shape: random.normal(size=shape)),
    "wide": (np.float32, lambda random, shape: 3.0 * random.normal(size=shape)),
    "far": (np.float32, lambda random, shape: 60.0 * random.normal(size=shape)),
    "positive": (np.float32, lambda random, shape: random.uniform(0.1, 2.0, size=shape)),
    "zeros": (np.float32, lambda random, shape: np.zeros(shape)),
    "probability": (np.float32, lambda random, shape: random.uniform(0.05, 0.95, size=shape)),
    "extreme_probability": (np.float32, lambda random, shape: random.choice(_EDGES, size=shape)),
    "shares": (np.float32, lambda random, shape: _softmax(random.normal(size=shape))),
    "unit": (np.float32, lambda random, shape: _unit(random.normal(size=shape))),
    "binary": (np.float32, lambda random, shape: random.randint(0, 2, size=shape)),
    "binary_bool": (np.bool_, lambda random, shape: random.randint(0, 2, size=shape)),
    "signs": (np.float32, lambda random, shape: 2 * random.randint(0, 2, size=shape) - 1),
    "counts": (np.float32, lambda random, shape: random.randint(0, 4, size=shape)),
    "counts_int": (np.int32, lambda random, shape: random.randint(0, 4, size=shape)),
    "one_hot": (np.float32, _one_hot),
    "one_hot_int": (np.int64, _one_hot),
    "labels": (np.int32, lambda random, shape: random.randint(0, 4, size=shape)),
    "float_labels": (np.float32, lambda random, shape: random.randint(0, 4, size=shape)),
    "byte_labels": (np.uint8, lambda random, shape: random.randint(0, 4, size=shape)),
    "labels_or_minus_1": (np.int32, _labels_or_minus_1),
    "ctc_labels": (np.int32, _ctc_labels),
    "mask": (np.bool_, _mask),
}


def make(spec: tuple[str, Shape], *names: object) -> np.ndarray:
    """Draw the values that a kind and a shape describe."""
    dtype, draw = KINDS[spec[0]]
    return np.asarray(draw(arrays.rng(*names), spec[1]), dtype)


def given(case: LossCase) -> dict[str, np.ndarray]:
    """Draw what a case is called on."""
    specs = {"y_true": case.targets, "y_pred": case.predictions, "weights": case.weights, "mask": case.mask}
    return {key: make(spec, case.name, key) for key, spec in specs.items() if spec is not None}
