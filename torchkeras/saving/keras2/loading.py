"""Giving a model the weights of a file: by the order of the layers, or by their names."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import torch

from torchkeras.core.variable import Variable
from torchkeras.saving.containers.hdf5 import Dataset, Group
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.keras2 import weights
from torchkeras.saving.keras2.conversion import converted
from torchkeras.saving.keras2.paths import in_own_order
from torchkeras.saving.keras2.saved import Saved
from torchkeras.saving.values import read_value

_Pairs = list[tuple[Variable, Saved]]


class WeightsFile:
    """The group of a file that holds weights.

    Args:
        group: that group.
        path: the file, for messages.
    """

    def __init__(self, group: Group, path: str) -> None:
        names = group.strings("layer_names")
        if names is None:
            raise UnreadableFile(
                f"Cannot read {path!r}: it has no `layer_names`, so it holds no weights in the form of Keras 2."
            )
        self.group, self.path, self.layer_names = group, path, names
        version, backend = group.attribute("keras_version", "1"), group.attribute("backend")
        self.version = "1" if str(version).split(".")[0] == "1" else str(version)
        self.backend = str(backend) if backend is not None else None

    def values(self, name: str) -> list[Dataset]:
        """The values of one layer, in order."""
        group = self.group.group(name)
        return [group.dataset(one) for one in group.strings("weight_names") or []]

    def values_for(self, layer: Any, name: str) -> list[Saved]:
        """Those values as this layer takes them."""
        values: list[Saved] = [*self.values(name)]
        if self.version.startswith("3."):
            values = in_own_order(layer, self.group.group(name).strings("weight_names") or [], values)
        return converted(layer, values, self.version, self.backend)


def load_in_order(file: WeightsFile, model: Any, skip_mismatch: bool = False) -> None:
    """Gives the layers that have weights those of the file's layers that have some, in order."""
    layers = [layer for layer in model.layers if weights.of_layer(layer)]
    names = [name for name in file.layer_names if file.values(name)]
    if len(names) != len(layers):
        raise ValueError(
            f"Layer count mismatch when loading weights from file {file.path!r}. Model expected {len(layers)} layers, "
            f"found {len(names)} saved layers. The model has {_listed(layer.name for layer in layers)}; the file "
            f"has {_listed(names)}. `by_name=True` takes what the layers of the same names have."
        )
    pairs: _Pairs = []
    for number, (layer, name) in enumerate(zip(layers, names)):
        title = f"layer #{number} (named {layer.name} in the current model, {name} in the save file)"
        pairs += _fitting(weights.of_layer(layer), file.values_for(layer, name), title, skip_mismatch)
    _assign(model, pairs + _top_level(file, model, skip_mismatch))


def load_by_name(file: WeightsFile, model: Any, skip_mismatch: bool) -> None:
    """Gives each layer what the file has under its name; the others stay as they are."""
    index: dict[str, list[Any]] = {}
    for layer in model.layers:
        index.setdefault(layer.name, []).append(layer)
    pairs: _Pairs = []
    for number, name in enumerate(file.layer_names):
        for layer in index.get(name, ()):
            title = f"layer #{number} (named {layer.name})"
            pairs += _fitting(weights.of_layer(layer), file.values_for(layer, name), title, skip_mismatch)
    _assign(model, pairs + _top_level(file, model, skip_mismatch))


def _top_level(file: WeightsFile, model: Any, skip_mismatch: bool) -> _Pairs:
    if not file.group.has(weights.TOP_LEVEL):
        return []
    saved = list(file.values(weights.TOP_LEVEL))
    return _fitting(weights.of_model_itself(model), saved, f"top-level weights of model {model.name}", skip_mismatch)


def _fitting(own: list[Variable], saved: Iterable[Saved], title: str, skip_mismatch: bool) -> _Pairs:
    """Weights with their values; an error, or a warning, where numbers or shapes differ."""
    values = list(saved)
    if len(values) != len(own):
        described = f"expects {len(own)} weight(s). Received {len(values)} saved weight(s)"
        if not skip_mismatch:
            raise ValueError(f"Weight count mismatch for {title}. Layer {described}")
        _warn(f"Skipping loading of weights for {title} due to mismatch in number of weights. Layer {described}")
        return []
    found: _Pairs = []
    for variable, value in zip(own, values):
        expected, given = tuple(variable.shape), tuple(value.shape)
        if expected == given:
            found.append((variable, value))
            continue
        described = f"Weight expects shape {expected}. Received saved weight with shape {given}"
        if not skip_mismatch:
            raise ValueError(f"Shape mismatch in {title} for weight {variable.name}. {described}")
        _warn(f"Skipping loading weights for {title} due to mismatch in shape for weight {variable.name}. {described}")
    return found


def _assign(model: Any, pairs: _Pairs) -> None:
    """All shapes fit by now: a model never keeps half of a file that does not."""
    for variable, value in pairs:
        if isinstance(value, Dataset):
            read_value(variable, value)
        else:
            variable.assign(torch.from_numpy(value.copy()))
    for layer in model._flatten_layers():
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()


def _listed(names: Iterable[str], most: int = 8) -> str:
    names = list(names)
    return ", ".join(names[:most]) + (f", ... ({len(names)} in all)" if len(names) > most else "") or "none"


def _warn(text: str) -> None:
    warnings.warn(text, stacklevel=8)
