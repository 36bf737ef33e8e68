"""Run a training case on any Keras-like namespace: the recorder and the tests share every line of it."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np

from . import arrays, build
from .cases.training import SessionCase, StepsCase
from .store import Arrays, Meta

# Of larger weights a sample is kept.
LARGEST_WEIGHT = 500


def run(keras: Any, case: StepsCase | SessionCase, jitter: float = 0.0) -> tuple[Arrays, Meta]:
    """Run one case. `jitter` changes all initial weights by so much of themselves, to see what becomes of it."""
    return run_steps(keras, case, jitter) if isinstance(case, StepsCase) else run_session(keras, case, jitter)


def run_steps(keras: Any, case: StepsCase, jitter: float = 0.0) -> tuple[Arrays, Meta]:
    """Train batch by batch; return the results of all steps and the weights after the last."""
    model = case.model(keras)
    initial = set_weights(case.name, model, jitter)
    model.compile(**case.compile(keras))
    data = case.data(arrays.rng(case.name, "data"))
    results = []
    for step in range(case.steps):
        x, y, sample_weight = (_batch(one, step, case.batch_size) for one in data)
        results.append(model.train_on_batch(x, y, sample_weight=sample_weight))
    values = {"losses": np.asarray(results, dtype=np.float32), **_weight_values(initial, model)}
    return values, {"metrics_names": list(model.metrics_names)}


def run_session(keras: Any, case: SessionCase, jitter: float = 0.0) -> tuple[Arrays, Meta]:
    """Make the model, run the case's function on it, and bring what it returns to arrays and JSON."""
    model = case.model(keras)
    if model.weights:
        set_weights(case.name, model, jitter)
    if case.error is not None:
        return {}, {"error": _error(keras, model, case)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if case.warns else "error")
        results = case.run(keras, model, case_data())
    values: Arrays = {"weights": _flat(model.get_weights())}
    meta: Meta = {}
    for key, result in results.items():
        plain, found = _plain(result, key)
        values |= found
        meta[key] = plain
    return values, meta


def _error(keras: Any, model: Any, case: SessionCase) -> dict[str, Any]:
    try:
        case.run(keras, model, case_data())
    except Exception as error:
        names = [cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins"]
        return {"type": type(error).__name__, "bases": names, "message": str(error)}
    return {"type": None, "bases": [], "message": ""}


def case_data() -> SimpleNamespace:
    """The one small data set of the sessions: 50 samples to train on, 20 to validate with, learnable."""
    random = arrays.rng("training", "data")
    count, held = 50, 20
    x = random.normal(size=(count + held, 5)).astype(np.float32)
    x2 = random.normal(size=(count + held, 3)).astype(np.float32)
    scores = x @ random.normal(size=(5, 3)) + 0.7 * random.normal(size=(count + held, 3))
    y = scores.argmax(axis=1)
    value = (x2.sum(axis=1, keepdims=True) + x[:, :1]).astype(np.float32)
    weight = random.uniform(0.2, 2.0, size=count + held).astype(np.float32)
    tokens = random.normal(size=(count + held, 4, 5)).astype(np.float32)
    for row, length in enumerate(random.randint(1, 5, size=count + held)):
        tokens[row, length:] = 0.0
    tags = (tokens @ random.normal(size=(5, 3))).argmax(axis=-1)
    columns = {
        "x": x,
        "x2": x2,
        "y": y,
        "onehot": np.eye(3, dtype=np.float32)[y],
        "binary": (y > 0).astype(np.int64),
        "several": (scores > 0).astype(np.float32),
        "value": value,
        "weight": weight,
        "weight2": weight[::-1].copy(),
        "tokens": tokens,
        "tags": tags,
        "token_weight": random.uniform(0.2, 2.0, size=tags.shape).astype(np.float32),
        "bytes": random.randint(0, 4, size=(count + held, 5)).astype(np.uint8),
    }
    train = {key: column[:count] for key, column in columns.items()}
    return SimpleNamespace(**train, val=SimpleNamespace(**{key: column[count:] for key, column in columns.items()}))


def set_weights(name: str, model: Any, jitter: float) -> list[np.ndarray]:
    """Give the model weights that depend on the case's name alone."""
    weights = [
        arrays.make_weight(build.leaf_name(weight.name), tuple(weight.shape), name, "weight", index)
        for index, weight in enumerate(model.weights)
    ]
    if jitter:
        random = arrays.rng(name, "jitter")
        weights = [weight * (1 + jitter * random.choice([-1, 1], size=weight.shape)) for weight in weights]
    model.set_weights([weight.astype(np.float32) for weight in weights])
    return weights


def _batch(data: Any, step: int, size: int) -> Any:
    if isinstance(data, dict):
        return {key: _batch(value, step, size) for key, value in data.items()}
    if isinstance(data, list):
        return [_batch(value, step, size) for value in data]
    if data is None:
        return None
    start = step * size % len(data)
    return data[start : start + size]


def _weight_values(initial: list[np.ndarray], model: Any) -> Arrays:
    """What became of the weights: all of small ones, a sample of large ones, and for each how far it moved."""
    final = model.get_weights()
    moved = [np.linalg.norm((after - before).astype(np.float64)) for before, after in zip(initial, final)]
    return {"weights": _flat(final), "start": _flat(initial), "moved": np.asarray(moved, dtype=np.float64)}


def _flat(weights: list[np.ndarray]) -> np.ndarray:
    parts = []
    for weight in weights:
        entries = np.ravel(weight).astype(np.float32)
        # An odd step, which seldom has much in common with the sizes of axes.
        step = 1 if entries.size <= LARGEST_WEIGHT else entries.size // LARGEST_WEIGHT * 2 + 1
        parts.append(entries[::step])
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _plain(result: Any, key: str) -> tuple[Any, Arrays]:
    """Split a result into JSON and arrays. Types count: a Python float is not a NumPy one."""
    if hasattr(result, "history") and hasattr(result, "epoch"):
        history, found = _plain(result.history, key)
        return {"history": history, "epoch": list(result.epoch), "params": result.params}, found
    if isinstance(result, np.ndarray):
        return {"array": [str(result.dtype), list(result.shape)]}, {key.replace("/", "."): result}
    if isinstance(result, dict):
        parts = {name: _plain(value, f"{key}.{name}") for name, value in result.items()}
        # Pairs keep the order.
        return {"dict": [[name, plain] for name, (plain, _) in parts.items()]}, _joined(parts.values())
    if isinstance(result, list | tuple):
        parts = [_plain(value, f"{key}.{index}") for index, value in enumerate(result)]
        return {type(result).__name__: [plain for plain, _ in parts]}, _joined(parts)
    if type(result) in (int, float, str, bool, type(None)):
        return result, {}
    return {"type": type(result).__name__}, {}


def _joined(parts: Any) -> Arrays:
    return {name: value for _, found in parts for name, value in found.items()}
