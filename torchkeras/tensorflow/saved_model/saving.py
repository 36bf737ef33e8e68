"""tf.saved_model.save."""

from __future__ import annotations

import json
import os
import shutil
from typing import Any

import torch

from torchkeras.core.folders import written_folder
from torchkeras.core.registry import serialize
from torchkeras.core.tensor_shape import TensorShape
from torchkeras.core.variable import Variable
from torchkeras.layers import Layer
from torchkeras.models import Model
from torchkeras.saving import building
from torchkeras.saving.saved_model.saving import NAMES, save_model
from torchkeras.tensorflow.dtypes import DType
from torchkeras.tensorflow.module import Module
from torchkeras.tensorflow.nest import flatten
from torchkeras.tensorflow.saved_model import layout
from torchkeras.tensorflow.saved_model.options import Asset
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor
from torchkeras.tensorflow.tracing import ConcreteFunction, Function
from torchkeras.tensorflow.type_specs import TensorSpec


def save(obj: Any, export_dir: str | os.PathLike[str], signatures: Any = None, options: Any = None) -> None:
    """Writes a module or a Keras model to a folder.

    Args:
        obj: a tf.Module, or a Keras model.
        export_dir: the folder.
        signatures: a function of `obj` made by `tf.function` with an `input_signature`, or what its
            `get_concrete_function` gave; or a dict of such.
        options: accepted.
    """
    folder = os.fspath(export_dir)
    if not isinstance(obj, Module):
        raise ValueError(
            f"Expected an object of type `Trackable`, such as `tf.Module` or a Keras model, for export. Got {obj!r} "
            f"with type {type(obj)}."
        )
    content: dict[str, Any] = {"format": layout.FORMAT, "version": layout.VERSION}
    content["signatures"] = {key: _signature(obj, function) for key, function in _named(signatures).items()}
    if isinstance(obj, Model):
        save_model(obj, folder, True, lambda inner: _write_index(inner, content | {"kind": "model"}))
        return
    with written_folder(folder, NAMES) as inner:
        os.makedirs(os.path.join(inner, "variables"))
        os.makedirs(os.path.join(inner, layout.ASSETS))
        writer = _Writer(inner)
        content |= {"kind": "module", "root": writer.node(obj, "root")}
        content |= {"nodes": writer.nodes, "left_out": writer.left_out}
        with open(os.path.join(inner, layout.VALUES), "wb") as file:
            torch.save(writer.values, file)
        _write_index(inner, content)


def _write_index(folder: str, content: dict[str, Any]) -> None:
    with open(os.path.join(folder, layout.INDEX), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)


class _Writer:
    """Turns objects into nodes of the index."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.nodes: list[dict[str, Any]] = []
        self.values: dict[str, Any] = {}
        self.left_out: list[str] = []
        self._known: dict[int, int] = {}
        self._held: list[Any] = []

    def node(self, value: Any, path: str) -> int:
        """The number of an object's node."""
        key = id(value.parameter) if isinstance(value, Variable) else id(value)
        if key not in self._known:
            self._known[key] = len(self.nodes)
            self._held.append(value)
            self.nodes.append({})
            self.nodes[self._known[key]] = self._described(value, path)
        return self._known[key]

    def _described(self, value: Any, path: str) -> dict[str, Any]:
        if isinstance(value, Variable):
            self.values[path] = _copied(value.layout.to_keras(value.parameter))
            return {"kind": "variable", "key": path, "name": value.path, "trainable": value.trainable}
        if type(value) is Tensor:
            self.values[path] = _copied(value.as_subclass(torch.Tensor))
            return {"kind": "tensor", "key": path}
        if isinstance(value, StringTensor):
            texts = [text.decode("latin-1") for text in value._array.reshape(-1)]
            return {"kind": "texts", "shape": list(value.shape), "values": texts}
        if isinstance(value, Layer):
            return self._layer(value, path)
        if isinstance(value, Asset):
            name = layout.file_name(value.asset_path)
            shutil.copyfile(value.asset_path, os.path.join(self.folder, layout.ASSETS, name))
            return {"kind": "asset", "file": name}
        if isinstance(value, (list, tuple)) and not isinstance(value, TensorShape):
            kind = "tuple" if isinstance(value, tuple) else "list"
            return {"kind": kind, "items": [self._part(item, f"{path}/{i}") for i, item in enumerate(value)]}
        if isinstance(value, dict):
            return {"kind": "dict", "items": {str(k): self._part(v, f"{path}/{k}") for k, v in value.items()}}
        attributes = {}
        for name, part in value.__dict__.items():
            found = self._part(part, f"{path}/{name}")
            if found is not None:
                attributes[name] = found
        return {"kind": "module", "class": layout.class_name(type(value)), "attributes": attributes}

    def _layer(self, layer: Layer, path: str) -> dict[str, Any]:
        weights = []
        for i, variable in enumerate(layer.weights):
            weights.append(f"{path}/weights/{i}")
            self.values[weights[-1]] = _copied(variable.layout.to_keras(variable.parameter))
        return {"kind": "layer", "config": serialize(layer), "built": building.describe(layer), "weights": weights}

    def _part(self, value: Any, path: str) -> Any:
        """An attribute: plain values as they are, others by the number of their node; None for what cannot be kept."""
        if value is None or isinstance(value, (bool, int, float, str)):
            return {"value": value}
        if isinstance(value, TensorShape):
            return {"shape": None if value.rank is None else value.as_list()}
        if isinstance(value, DType):
            return {"dtype": value.name}
        if isinstance(value, Function):
            return _found_again(value)
        if type(value) is Tensor or isinstance(value, (Variable, StringTensor, list, tuple, dict, Asset, Module)):
            return {"node": self.node(value, path)}
        self.left_out.append(path)
        return None


def _copied(value: torch.Tensor) -> torch.Tensor:
    return value.detach().to("cpu", copy=True).contiguous()


def _found_again(function: Function) -> dict[str, Any]:
    """A tf.function that is an attribute: by its name in its module, if it is there."""
    inner = function.python_function
    return {"function": [getattr(inner, "__module__", ""), getattr(inner, "__qualname__", function.name)]}


# --- signatures ---


def _named(signatures: Any) -> dict[str, Any]:
    if signatures is None:
        return {}
    found = signatures if isinstance(signatures, dict) else {"serving_default": signatures}
    for key, function in found.items():
        if not isinstance(function, (Function, ConcreteFunction)):
            raise ValueError(
                f"Expected a TensorFlow function for which to generate a signature, but got {function!r} for {key!r}. "
                f"Only `tf.functions` with an input signature or concrete functions can be used as a signature."
            )
    return dict(found)


def _signature(obj: Any, function: Any) -> dict[str, Any]:
    """The name of the method, and the specs of its arguments."""
    if isinstance(function, Function):
        if function.input_signature is None:
            raise ValueError(
                f"The function {function.name!r} has no input signature: give one to `tf.function`, or save "
                f"`{function.name}.get_concrete_function(...)`."
            )
        function = function.get_concrete_function()
    method = _method_name(obj, function._function)
    specs, _ = function.structured_input_signature
    arguments: dict[str, Any] = {}
    for name, spec in zip(function._trace.names, specs, strict=True):
        if isinstance(spec, TensorSpec):
            name = spec.name or name  # by which TensorFlow calls it, too
            if name in arguments:
                raise ValueError(
                    f"Two arguments of the signature {function._function.name!r} have the name {name!r}. Give their "
                    f"`tf.TensorSpec`s different ones."
                )
            shape = None if spec.shape.rank is None else spec.shape.as_list()
            arguments[name] = {"shape": shape, "dtype": spec.dtype.name}
        elif spec is None or isinstance(spec, (bool, int, float, str)):
            arguments[name] = {"value": spec}
        elif any(isinstance(leaf, TensorSpec) for leaf in flatten(spec)):
            raise ValueError(
                f"The argument {name!r} of the signature {function._function.name!r} is a structure: arguments of "
                f"signatures are single tensors."
            )
    return {"method": method, "arguments": arguments}


def _method_name(obj: Any, function: Function) -> str:
    methods = (name for cls in type(obj).__mro__ for name, member in vars(cls).items() if isinstance(member, Function))
    for name in dict.fromkeys([function.name, *obj.__dict__, *methods]):
        found = getattr(obj, name, None)
        if found is function or (isinstance(found, Function) and found.python_function == function.python_function):
            return name
    raise ValueError(
        f"The function {function.name!r} is no method or attribute of {type(obj).__name__}, so that it cannot be found "
        f"again when the folder is loaded. Make it a method of the module, decorated with @tf.function."
    )


__all__ = ["save"]
