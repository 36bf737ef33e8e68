"""What a model of the zoo is, and the table that its decorator fills."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Random = np.random.Generator
Data = tuple[Any, Any]

SAMPLES = 8


def _nothing(keras: Any) -> dict[str, Any]:
    return {}


def _default(keras: Any) -> dict[str, Any]:
    return {"loss": "mse", "metrics": ["mae"]}


def steady(keras: Any) -> Any:
    """Adam, with an epsilon that keeps gradients of zero (a bias before a normalization) from being steps of noise."""
    return keras.optimizers.Adam(0.01, epsilon=1e-3)


@dataclass(frozen=True)
class ZooModel:
    """A model made by a function of a Keras namespace, which runs unchanged with tf_keras, Keras 3 and torchkeras.

    Args:
        name: unique.
        build: the model, not compiled.
        make_data: inputs and targets from a random generator.
        settings: the arguments of `compile`; the optimizer is `steady` where they name none; None leaves it be.
        custom_objects: what loading it must be told.
        holds_code: whether its files may hold bytecode, so that they are opened with `safe_mode=False`.
        exact: whether training draws no random numbers, so that further losses can be compared.
        tolerance: of predictions and losses, relative to values of about one.
        missing: by 'tf_keras', 'keras', a format, or both as 'tf_keras:h5': why it cannot be compared there. With
            'torchkeras:h5' our files alone cannot, with 'torchkeras->keras:h5_uncompiled' in that direction alone.
    """

    name: str
    build: Callable[[Any], Any]
    make_data: Callable[[Random], Data]
    settings: Callable[[Any], dict[str, Any]] | None = _default
    custom_objects: Callable[[Any], dict[str, Any]] = _nothing
    holds_code: bool = False
    exact: bool = True
    tolerance: float = 1e-5
    missing: dict[str, str] = field(default_factory=dict)

    def data(self) -> Data:
        """Inputs and targets, the same at every call."""
        return self.make_data(np.random.default_rng(zlib.crc32(self.name.encode())))

    def compile(self, keras: Any, model: Any) -> Any:
        if self.settings is not None:
            model.compile(**({"optimizer": steady(keras)} | self.settings(keras)))
        return model

    def compiled(self, keras: Any) -> Any:
        """The model, ready to be trained, with automatic names from their beginning."""
        keras.backend.clear_session()
        model = self.compile(keras, self.build(keras))
        if not model.built:
            model(first(self.data()[0]))
        return model


#: The models by name.
MODELS: dict[str, ZooModel] = {}


def zoo(make_data: Callable[[Random], Data], **settings: Any) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Decorator: puts a function that builds a model into the table, under its name."""

    def decorate(build: Callable[[Any], Any]) -> Callable[[Any], Any]:
        name = settings.pop("name", None) or build.__name__
        assert name not in MODELS, name
        MODELS[name] = ZooModel(name, build, make_data, **settings)
        return build

    return decorate


def first(inputs: Any) -> Any:
    """The first sample of a structure of arrays."""
    if isinstance(inputs, dict):
        return {key: first(value) for key, value in inputs.items()}
    if isinstance(inputs, (list, tuple)):
        return type(inputs)(first(value) for value in inputs)
    return inputs[:1]


# --- data ---------------------------------------------------------------------------------------------------


def normal(random: Random, *shape: int) -> np.ndarray:
    return random.normal(size=(SAMPLES, *shape)).astype("float32")


def classes(random: Random, high: int, *shape: int) -> np.ndarray:
    return random.integers(0, high, (SAMPLES, *shape)).astype("int32")


def regression(shape: tuple[int, ...], *target: int) -> Callable[[Random], Data]:
    """Normal inputs, normal targets."""
    return lambda random: (normal(random, *shape), normal(random, *target))


def classification(shape: tuple[int, ...], high: int) -> Callable[[Random], Data]:
    """Normal inputs, class numbers."""
    return lambda random: (normal(random, *shape), classes(random, high))


def tokens(length: int, high: int, *target: int) -> Callable[[Random], Data]:
    """Rows of numbers with zeros at their ends, normal targets."""

    def make(random: Random) -> Data:
        rows = random.integers(1, high, (SAMPLES, length)).astype("int32")
        for row, cut in zip(rows, random.integers(2, length + 1, SAMPLES)):
            row[cut:] = 0
        return rows, normal(random, *target)

    return make


def with_momentum(keras: Any) -> dict[str, Any]:
    """For embeddings: Keras 3 squares what repeated rows get one by one on TensorFlow, and as a sum elsewhere."""
    return {"optimizer": keras.optimizers.SGD(0.05, momentum=0.9), "loss": "mse", "metrics": ["mae"]}


def crossentropy(keras: Any) -> dict[str, Any]:
    return {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
