"""Seeded data and weights for the cases of metrics, and metrics as users write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import arrays, loss_arrays
from .cases.metric_schema import Data, MetricCase

#: More kinds of data, beside those of losses: see there.
KINDS: dict[str, tuple[Any, Callable[[Any, tuple[int, ...]], Any]]] = {
    # Predictions that lie on thresholds, 0 and 1 among them.
    "grid": (np.float32, lambda random, shape: random.randint(0, 21, size=shape) / 20.0),
    "ties": (np.float32, lambda random, shape: random.randint(0, 4, size=shape) / 4.0),
    "rectified": (np.float32, lambda random, shape: np.maximum(random.normal(size=shape) - 1.0, 0.0)),
    "multi_hot": (np.float32, lambda random, shape: random.uniform(size=shape) < 0.4),
    "labels_or_minus_1": (np.int32, lambda random, shape: random.randint(-1, 4, size=shape)),
}

#: Weights by the shape of y_true (or of the values): a shape, and how they are drawn.
WEIGHTS: dict[str, Callable[[Any, tuple[int, ...]], Any]] = {
    "sample": lambda random, shape: random.uniform(0.1, 2.0, size=shape[:1]),
    "column": lambda random, shape: random.uniform(0.1, 2.0, size=(shape[0], 1)),
    "full": lambda random, shape: random.uniform(0.1, 2.0, size=shape),
    "full_values": lambda random, shape: random.uniform(0.1, 2.0, size=shape[:2]),
    "scalar": lambda random, shape: random.uniform(0.1, 2.0),
    "mask": lambda random, shape: random.uniform(size=shape[:1]) < 0.6,
    "mask_values": lambda random, shape: random.uniform(size=shape[:2]) < 0.6,
    "zero": lambda random, shape: np.zeros(shape[:1]),
}

_SIZES = (5, 8, 3, 6, 4)


def make(data: Data, batch: int, *names: object) -> np.ndarray:
    """Draw a batch of what a kind and a shape describe."""
    dtype, draw = (KINDS | loss_arrays.KINDS | KINDS)[data[0]]
    return np.asarray(draw(arrays.rng(*names), (batch, *data[1])), dtype)


def update(case: MetricCase, index: int) -> tuple[list[np.ndarray], Any]:
    """What a case's update gets: its arguments, and weights or None."""
    word = case.steps[index]
    # Updates of equal size where the metric wants that; else no two are alike.
    batch = 4 if word.startswith("same") else _SIZES[index % len(_SIZES)]
    word = word.removeprefix("same").removeprefix("_") or "plain"
    given = [make(data, batch, case.name, index, i) for i, data in enumerate(case.data)]
    if word == "plain":
        return given, None
    weights = WEIGHTS[word](arrays.rng(case.name, index, "weights"), given[0].shape)
    if isinstance(weights, float):
        return given, weights
    return given, np.asarray(weights, None if weights.dtype == bool else np.float32)


def as_given(value: Any, given_as: str, as_tensor: Callable[[np.ndarray], Any]) -> Any:
    """An array as a tensor, an array of float64, or a list of numbers."""
    if not isinstance(value, np.ndarray):
        return value
    if given_as == "tensors":
        return as_tensor(value)
    return value.tolist() if given_as == "lists" else value.astype("float64") if value.dtype.kind == "f" else value


def own(identifier: str, keras: Any, mean: Callable[..., Any], absolute: Callable[[Any], Any], total: Any) -> Any:
    """A metric as a user hands it to `compile`: an object, a function or a class made of a Keras-like namespace.

    Args:
        identifier: which; anything else is a name for `compile` itself.
        keras: the namespace.
        mean: the mean of a tensor, along an axis if one is given.
        absolute: |x|.
        total: the sum of a tensor's `above 0.5`, as a float.
    """

    def own_function(y_true: Any, y_pred: Any) -> Any:
        return mean(absolute(y_true - y_pred), -1) * 2.0

    def own_scalar_function(y_true: Any, y_pred: Any) -> Any:
        return mean(absolute(y_true - y_pred))

    class OwnClass(keras.metrics.Metric):
        def __init__(self, name: str = "above_half", **kwargs: Any) -> None:
            super().__init__(name=name, **kwargs)
            self.total = self.add_weight(name="total", initializer="zeros")

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            self.total.assign_add(total(y_pred))

        def result(self) -> Any:
            return self.total

    made = {
        "own_function": lambda: own_function,
        "own_scalar_function": lambda: own_scalar_function,
        "own_class": OwnClass,
        "own_loss_object": lambda: keras.losses.MeanSquaredError(name="squared"),
        "auc_object": lambda: keras.metrics.AUC(num_thresholds=7),
        "named_object": lambda: keras.metrics.Recall(name="hit_rate"),
    }
    return made[identifier]() if identifier in made else identifier
