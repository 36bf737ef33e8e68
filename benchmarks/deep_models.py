"""Models of any number of layers, and what is done to a whole model: both may cost so much a layer and no more."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

import torchkeras as keras
from torchkeras import layers

WIDTH = 4


def chain(count: int) -> Any:
    """A functional model that is a plain line."""
    inputs = x = keras.Input((WIDTH,))
    for _ in range(count):
        x = layers.Dense(WIDTH)(x)
    return keras.Model(inputs, x)


def residual(count: int) -> Any:
    """Every other layer adds the one before to what came into that."""
    inputs = x = keras.Input((WIDTH,))
    for _ in range(count // 2):
        x = layers.Add()([x, layers.Dense(WIDTH)(x)])
    return keras.Model(inputs, x)


def sequential(count: int) -> Any:
    model = keras.Sequential([keras.Input((WIDTH,))])
    for _ in range(count):
        model.add(layers.Dense(WIDTH))
    return model


class Appended(keras.Model):
    """Its layers in a list that grows one by one."""

    def __init__(self, count: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.count = count
        self.blocks: list[Any] = []
        for _ in range(count):
            self.blocks.append(layers.Dense(WIDTH))

    def call(self, x: Any) -> Any:
        for block in self.blocks:
            x = block(x)
        return x

    def get_config(self) -> dict[str, Any]:
        return {"count": self.count}


def appended(count: int) -> Any:
    model = Appended(count)
    model.build((None, WIDTH))
    return model


def nested(count: int) -> Any:
    """Models of five layers within a model."""
    inputs = x = keras.Input((WIDTH,))
    for _ in range(count // 5):
        x = chain(5)(x)
    return keras.Model(inputs, x)


def shared(count: int) -> Any:
    """One layer, called again and again."""
    inputs = x = keras.Input((WIDTH,))
    layer = layers.Dense(WIDTH)
    for _ in range(count):
        x = layer(x)
    return keras.Model(inputs, x)


def operators(count: int) -> Any:
    """Functions recorded between two layers."""
    inputs = keras.Input((WIDTH,))
    x = layers.Dense(WIDTH)(inputs)
    for _ in range(count):
        x = x + 1.0
    return keras.Model(inputs, layers.Dense(WIDTH)(x))


STACKS: dict[str, Callable[[int], Any]] = {
    "chain": chain,
    "residual": residual,
    "sequential": sequential,
    "appended": appended,
    "nested": nested,
    "shared": shared,
    "operators": operators,
}

_X = np.ones((8, WIDTH), "float32")
_TENSOR = torch.ones(8, WIDTH)


def _freeze(model: Any, folder: Path) -> None:
    model.trainable = False
    model.trainable = True


def _save(ending: str) -> Callable[[Any, Path], Any]:
    return lambda model, folder: model.save(folder / f"m{ending}")


def _load(ending: str) -> Callable[[Any, Path], Any]:
    return lambda model, folder: keras.models.load_model(folder / f"m{ending}", custom_objects={"Appended": Appended})


#: In this order: some go on from what those before left.
WORK: dict[str, Callable[[Any, Path], Any]] = {
    "call": lambda model, folder: model(_TENSOR),
    "summary": lambda model, folder: model.summary(print_fn=lambda line: None),
    "get_config": lambda model, folder: model.get_config(),
    "from_config": lambda model, folder: type(model).from_config(model.get_config()),
    "to_json": lambda model, folder: model.to_json(),
    "clone_model": lambda model, folder: keras.models.clone_model(model),
    "deepcopy": lambda model, folder: copy.deepcopy(model),
    "pickle": lambda model, folder: pickle.loads(pickle.dumps(model)),
    "model_to_dot": lambda model, folder: keras.utils.model_to_dot(model),
    "weights": lambda model, folder: (model.weights, model.trainable_variables, model.non_trainable_variables),
    "count_params": lambda model, folder: model.count_params(),
    "losses": lambda model, folder: model.losses,
    "set_weights": lambda model, folder: model.set_weights(model.get_weights()),
    "state_dict": lambda model, folder: model.load_state_dict(model.state_dict()),
    "freeze": _freeze,
    "compile": lambda model, folder: model.compile("adam", "mse"),
    "first fit step": lambda model, folder: model.fit(_X, _X, verbose=0),
    "fit step": lambda model, folder: model.fit(_X, _X, verbose=0),
    "evaluate step": lambda model, folder: model.evaluate(_X, _X, verbose=0),
    "predict step": lambda model, folder: model.predict(_X, verbose=0),
    "save .keras": _save(".keras"),
    "load .keras": _load(".keras"),
    "save .h5": _save(".h5"),
    "load .h5": _load(".h5"),
    "save weights": lambda model, folder: model.save_weights(folder / "w.weights.h5"),
    "load weights": lambda model, folder: model.load_weights(folder / "w.weights.h5"),
    "save checkpoint": lambda model, folder: model.save_weights(str(folder / "ckpt")),
    "load checkpoint": lambda model, folder: model.load_weights(str(folder / "ckpt")),
}
#: What only models of a graph, or of layers alone, can do.
NOT_FOR = {
    "appended": ("model_to_dot", "save .h5", "load .h5"),
}


def work_of(stack: str) -> dict[str, Callable[[Any, Path], Any]]:
    return {name: work for name, work in WORK.items() if name not in NOT_FOR.get(stack, ())}
