"""torch's own format: one `torch.save` file of plain data, read with `weights_only=True`: nothing in it is run.

A whole model is a dict: `format`, `version`, `model` (JSON text of class and config), `built` (JSON text of what the
layers were built with), `compiled` (JSON text of the settings of `compile`, or None), `weights` (the state_dict) and
`optimizer` (its state, or None). A file of weights is a state_dict.
"""

from __future__ import annotations

import json
import warnings
import zipfile
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.files import written_whole
from torchkeras.core.registry import custom_object_scope, serialize
from torchkeras.layers import FAMILY
from torchkeras.saving import building, optimizer_state
from torchkeras.saving.format import Format

_KIND = "torchkeras model"
_VERSION = 1


class TorchFormat(Format):
    """Files of `torch.save`."""

    name = "torch's own format"

    def recognises(self, path: str) -> bool:
        if not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("/data.pkl") for name in archive.namelist())

    def save_model(self, model: Any, path: str, include_optimizer: bool) -> None:
        compiled = include_optimizer and model.compiled
        settings = model.get_compile_config() if compiled else None
        content = {
            "format": _KIND,
            "version": _VERSION,
            "model": json.dumps(serialize(model)),
            "built": json.dumps(building.describe(model)),
            "compiled": None if settings is None else json.dumps(serialize(settings)),
            "weights": _weights(model),
            "optimizer": None if settings is None else optimizer_state.state_of(model),
        }
        with written_whole(path) as file:
            torch.save(content, file)

    def load_model(self, path: str, custom_objects: dict[str, Any] | None, compile: bool) -> Any:
        content = _read(path)
        if content.get("format") != _KIND:
            raise ValueError(
                f"{path!r} holds weights alone, not a whole model: make the model first, then call its "
                f"`load_weights({path!r})`."
            )
        if content["version"] > _VERSION:
            raise ValueError(f"{path!r} was written by a newer torchkeras (file version {content['version']}).")
        with custom_object_scope(custom_objects):
            model = FAMILY.deserialize(json.loads(content["model"]), custom_objects)
            building.rebuild(model, json.loads(content["built"]))
            model.load_state_dict(_renamed(content["weights"], model.state_dict()))
            if compile:
                _compile(model, content)
        return model

    def save_weights(self, model: Any, path: str) -> None:
        with written_whole(path) as file:
            torch.save(_weights(model), file)

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> None:
        content = _read(path)
        state = content["weights"] if content.get("format") == _KIND else content
        own = model.state_dict()
        if not by_name:
            state = _renamed(state, own)
        if by_name or skip_mismatch:
            model.load_state_dict(_matching(state, own, by_name, skip_mismatch, path), strict=False)
        else:
            model.load_state_dict(state)


def _weights(model: Any) -> dict[str, Any]:
    return {key: _alone(value) for key, value in model.state_dict().items()}


def _renamed(state: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Saved weights under a model's present keys: one that is made again has other automatic names.

    Then order and shapes tell.
    """
    alike = [value.shape for value in state.values()] == [value.shape for value in own.values()]
    return dict(zip(own, state.values(), strict=True)) if alike and state.keys() != own.keys() else state


def _alone(value: Any) -> Any:
    """A tensor without the rest of the memory that it is a part of, which would be written with it."""
    if not isinstance(value, Tensor):
        return value
    value = value.detach()
    whole = value.untyped_storage().nbytes() == value.numel() * value.element_size()
    return value if whole else value.clone()


def _read(path: str) -> dict[str, Any]:
    problem = ""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        if isinstance(content, dict):
            return content
        problem = f"it holds a {type(content).__name__}"
    except Exception as error:
        # Without torch's own words, which advise to load what cannot be trusted.
        problem = type(error).__name__
    raise ValueError(
        f"Cannot read {path!r} ({problem}): it is damaged, or holds other things than tensors and plain data, which "
        f"are not loaded."
    )


def _compile(model: Any, content: dict[str, Any]) -> None:
    if content["compiled"] is None:
        warnings.warn(
            "No training configuration found in the save file, so the model was *not* compiled. Compile it manually.",
            stacklevel=5,
        )
        return
    model.compile_from_config(json.loads(content["compiled"]))
    if content["optimizer"] is not None and model.compiled:
        optimizer_state.restore(model, content["optimizer"])


def _matching(
    state: dict[str, Any], own: dict[str, Any], by_name: bool, skip_mismatch: bool, path: str
) -> dict[str, Any]:
    """The saved values for keys of the same name and shape."""
    found = {}
    for key, value in state.items():
        if key not in own:
            if not by_name:
                warnings.warn(f"Skipping {key!r} of {path!r}: the model has no such weight.", stacklevel=5)
        elif value.shape == own[key].shape:
            found[key] = value
        elif skip_mismatch:
            warnings.warn(
                f"Skipping {key!r} of {path!r}: its shape there is {tuple(value.shape)}, in the model "
                f"{tuple(own[key].shape)}.",
                stacklevel=5,
            )
        else:
            raise ValueError(
                f"Weight {key!r} has the shape {tuple(value.shape)} in {path!r}, but {tuple(own[key].shape)} in the "
                f"model. Pass `skip_mismatch=True` to leave such weights as they are."
            )
    return found
