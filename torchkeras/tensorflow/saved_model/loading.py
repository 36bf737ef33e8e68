"""tf.saved_model.load."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
import torch

from torchkeras.core.registry import custom_object_scope
from torchkeras.core.tensor_shape import TensorShape
from torchkeras.core.variable import Variable
from torchkeras.layers import FAMILY
from torchkeras.saving import building, load_model
from torchkeras.saving.torch_format import read_plain
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.saved_model import layout
from torchkeras.tensorflow.saved_model.loaded import LoadedModel, Signature, signature_of_model
from torchkeras.tensorflow.saved_model.options import Asset
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import as_tf
from torchkeras.tensorflow.tracing import Function
from torchkeras.tensorflow.train.containers import DictWrapper, ListWrapper
from torchkeras.tensorflow.type_specs import TensorSpec


def load(export_dir: str | os.PathLike[str], tags: Any = None, options: Any = None) -> Any:
    """The module or model that a folder holds.

    The classes of modules must be there: define or import them before. `signatures` holds the functions that were
    saved as such.

    Args:
        export_dir: the folder.
        tags, options: accepted.
    """
    folder = os.fspath(export_dir)
    content = _read(folder)
    if content["kind"] == "model":
        model = load_model(folder, custom_objects=layout.layers(), compile=False)
        found = LoadedModel(model)
        found.signatures = _Signatures({"serving_default": signature_of_model(model)})
    else:
        values = read_plain(os.path.join(folder, layout.VALUES))
        found = _Reader(folder, content, values).node(content["root"])
        found.__dict__["signatures"] = _Signatures({})
    held = found.model if isinstance(found, LoadedModel) else found
    for key, saved in content["signatures"].items():
        found.signatures._add(key, _signature(held, saved))
    return found


def _read(folder: str) -> dict[str, Any]:
    path = os.path.join(folder, layout.INDEX)
    if not os.path.isfile(path):
        if layout.contains_saved_model(folder):  # of tf.keras, or it says what it is
            return {"kind": "model", "signatures": {}}
        raise OSError(f"SavedModel file does not exist at: {path}")
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    if content.get("format") != layout.FORMAT:
        raise OSError(f"{path} is no saved model of this kind.")
    if content["version"] > layout.VERSION:
        raise OSError(f"{path} was written by a newer version (file version {content['version']}).")
    return content


class _Reader:
    """Makes objects of the nodes of an index."""

    def __init__(self, folder: str, content: dict[str, Any], values: dict[str, torch.Tensor]) -> None:
        self._folder, self._nodes, self._values = folder, content["nodes"], values
        self._made: dict[int, Any] = {}
        self._classes = layout.modules()

    def node(self, number: int) -> Any:
        """The object of a node."""
        if number not in self._made:
            entry = self._nodes[number]
            getattr(self, f"_{entry['kind']}", self._unknown)(entry, number)
        return self._made[number]

    def _unknown(self, entry: dict[str, Any], number: int) -> NoReturn:
        raise OSError(f"The saved model holds something of an unknown kind: {entry.get('kind')!r}.")

    def _variable(self, entry: dict[str, Any], number: int) -> None:
        self._made[number] = Variable(self._values[entry["key"]], trainable=entry["trainable"], name=entry["name"])

    def _tensor(self, entry: dict[str, Any], number: int) -> None:
        self._made[number] = as_tf(self._values[entry["key"]])

    def _texts(self, entry: dict[str, Any], number: int) -> None:
        array = np.empty(len(entry["values"]), dtype=object)
        array[:] = [text.encode("latin-1") for text in entry["values"]]
        self._made[number] = StringTensor(array.reshape(entry["shape"]))

    def _asset(self, entry: dict[str, Any], number: int) -> None:
        name = os.path.basename(entry["file"])
        self._made[number] = Asset(os.path.join(self._folder, layout.ASSETS, name))

    def _layer(self, entry: dict[str, Any], number: int) -> None:
        with custom_object_scope(layout.layers()):
            layer = FAMILY.deserialize(entry["config"])
            built = layer.built
            building.rebuild(layer, entry["built"])
            layer.__dict__["built"] = built or bool(entry["built"])
        if entry["weights"]:
            layer.set_weights([self._values[key].numpy() for key in entry["weights"]])
        self._made[number] = layer

    def _list(self, entry: dict[str, Any], number: int) -> None:
        made = self._made[number] = ListWrapper()
        for item in entry["items"]:
            made.append(self._part(item))

    def _tuple(self, entry: dict[str, Any], number: int) -> None:
        self._made[number] = tuple(self._part(item) for item in entry["items"])

    def _dict(self, entry: dict[str, Any], number: int) -> None:
        made = self._made[number] = DictWrapper()
        for key, item in entry["items"].items():
            made[key] = self._part(item)

    def _module(self, entry: dict[str, Any], number: int) -> None:
        cls: Any = self._classes.get(entry["class"])
        if cls is None:
            raise ValueError(
                f"The saved model has an object of the class {entry['class']}, which this program has not: define "
                f"or import it before loading. What its functions compute is not in the folder."
            )
        made = self._made[number] = cls.__new__(cls)
        for name, part in entry["attributes"].items():
            made.__dict__[name] = self._part(part)

    def _part(self, part: Any) -> Any:
        if part is None:
            return None
        if "node" in part:
            return self.node(part["node"])
        if "shape" in part:
            return TensorShape(part["shape"])
        if "dtype" in part:
            return dtypes.as_dtype(part["dtype"])
        return _function(*part["function"]) if "function" in part else part["value"]


def _function(module: str, name: str) -> Any:
    """A tf.function by its name in a module that is loaded; where it is not there, one that says so when called."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, "__dict__", {}).get(part)
    if isinstance(found, Function):
        return found

    def missing(*args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError(
            f"The function {name!r} of the saved model was no method of a class, and is not in the module {module!r} "
            f"either, so that it cannot be found again. Make it a method of the tf.Module that is saved."
        )

    return missing


def _signature(held: Any, saved: dict[str, Any]) -> Signature:
    specs = {
        name: one["value"] if "value" in one else TensorSpec(one["shape"], one["dtype"], name)
        for name, one in saved["arguments"].items()
    }
    method = saved["method"]
    function = held.__dict__.get(method) or getattr(held, method, None)
    if not isinstance(function, Function):
        raise ValueError(
            f"{type(held).__name__} has no method {method!r} made by tf.function, which a signature names."
        )
    return Signature(function, specs, owner=held)


class _Signatures(Mapping[str, Any]):
    """The signatures by name."""

    def __init__(self, held: dict[str, Any]) -> None:
        self._held = held

    def _add(self, key: str, signature: Any) -> None:
        self._held[key] = signature

    def __getitem__(self, key: str) -> Any:
        return self._held[key]

    def __iter__(self) -> Any:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return f"_SignatureMap({self._held})"


__all__ = ["load"]
