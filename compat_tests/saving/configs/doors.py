"""All the ways by which a config gets in: functions that take one, and files of every format that hold one."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import torch

import torchkeras as keras

Config = dict[str, Any]


def model_around(layer: Config, calls: Any = None) -> Config:
    """A functional model of an input and this layer."""
    entry = {"class_name": "InputLayer", "name": "x", "inbound_nodes": []}
    entry["config"] = {"batch_input_shape": [None, 4], "dtype": "float32", "name": "x"}
    name = layer.get("name") or layer["config"]["name"]
    held = layer | {"name": name, "inbound_nodes": calls or [[["x", 0, 0, {}]]]}
    config = {"name": "m", "layers": [entry, held], "input_layers": [["x", 0, 0]], "output_layers": [[name, 0, 0]]}
    return {"class_name": "Functional", "config": config}


def stack_of(layer: Config) -> Config:
    """A Sequential model of an input and this layer."""
    entry = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 4], "dtype": "float32", "name": "x"}}
    return {"class_name": "Sequential", "config": {"name": "m", "layers": [entry, layer]}}


def functions() -> dict[str, Callable[[Config, Path], Any]]:
    """By name: what takes the config of a model."""
    return {
        "deserialize": lambda config, folder: keras.layers.deserialize(config),
        "deserialize_keras_object": lambda config, folder: keras.saving.deserialize_keras_object(config),
        "utils.deserialize_keras_object": lambda config, folder: keras.utils.deserialize_keras_object(config),
        "model_from_config": lambda config, folder: keras.models.model_from_config(config),
        "model_from_json": lambda config, folder: keras.models.model_from_json(json.dumps(config)),
        "from_config": lambda config, folder: _class(config).from_config(config["config"]),
        "in a wrapper": lambda config, folder: keras.layers.TimeDistributed.from_config({"layer": config}),
    }


def _class(config: Config) -> Any:
    return keras.Sequential if config["class_name"] == "Sequential" else keras.Model


def files() -> dict[str, Callable[[Config, Path], Any]]:
    """By the ending: what puts the config into a file in place of a harmless one, and loads it."""
    return {".keras": _archive, ".h5": _hdf5, ".pt": _torch}


def _harmless(path: Path) -> None:
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).save(path)


def _archive(config: Config, folder: Path) -> Any:
    path, changed = folder / "harmless.keras", folder / "changed.keras"
    _harmless(path)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, json.dumps(config) if name == "config.json" else old.read(name))
    return keras.models.load_model(changed)


def _hdf5(config: Config, folder: Path) -> Any:
    path = folder / "harmless.h5"
    _harmless(path)
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = json.dumps(config)
    return keras.models.load_model(path)


def _torch(config: Config, folder: Path) -> Any:
    path = folder / "harmless.pt"
    _harmless(path)
    content = torch.load(path, weights_only=True)
    torch.save(content | {"model": json.dumps(config)}, path)
    return keras.models.load_model(path)


ALL = {**functions(), **files()}
