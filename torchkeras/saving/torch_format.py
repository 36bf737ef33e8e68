"""torch's own format: one `torch.save` file of plain data, read with `weights_only=True`: nothing in it is run.

A whole model is a dict: `format`, `version`, `model` (JSON text of class and config), `built` (JSON text of what the
layers were built with), `compiled` (JSON text of the settings of `compile`, or None), `weights` (the state_dict) and
`optimizer` (its state, or None). A file of weights is a state_dict, or has one under the name `state_dict`, as training
programs write it.
"""

from __future__ import annotations

import json
import os
import warnings
import zipfile
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.files import written_whole
from torchkeras.core.nest import flatten
from torchkeras.core.registry import custom_object_scope, serialize
from torchkeras.core.unfilled import unfilled_weights
from torchkeras.layers import FAMILY
from torchkeras.saving import building, optimizer_state, state_dict
from torchkeras.saving.errors import UnreadableFile, UnsafeFile
from torchkeras.saving.format import Format, weights_alone
from torchkeras.saving.reading import NOT_COMPILED, json_dict, reading

_KIND = "torchkeras model"
_VERSION = 1
#: How files of torch before 1.6 begin: a pickled number.
_OLD = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."


class TorchFormat(Format):
    """Files of `torch.save`."""

    name = "torch's own format"
    unbuilt = True

    def recognises(self, path: str) -> bool:
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as file:
            if file.read(len(_OLD)) == _OLD:
                return True
        if not zipfile.is_zipfile(path):
            return False
        try:
            with zipfile.ZipFile(path) as archive:
                return any(name.endswith("/data.pkl") for name in archive.namelist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return False

    def save_model(self, model: Any, path: str, include_optimizer: bool) -> None:
        compiled = include_optimizer and model.compiled
        settings = model.get_compile_config() if compiled else None
        content = {
            "format": _KIND,
            "version": _VERSION,
            "model": json.dumps(serialize(model)),
            "built": json.dumps(building.describe(model)),
            "compiled": None if settings is None else json.dumps(serialize(settings)),
            "weights": state_dict.of_model(model),
            "optimizer": None if settings is None else optimizer_state.state_of(model),
        }
        with written_whole(path) as file:
            torch.save(content, file)

    def load_model(self, path: str, custom_objects: dict[str, Any] | None, compile: bool) -> Any:
        content = read_plain(path)
        if not _is_whole(content):
            raise weights_alone(path)
        version = content.get("version")
        if isinstance(version, int) and version > _VERSION:
            raise UnreadableFile(
                f"{path!r} was written by a newer torchkeras (file version {version}, this one reads {_VERSION}): "
                f"update it."
            )
        if not isinstance(version, int) or version != _VERSION:  # a tensor has no one answer
            raise UnreadableFile(f"Cannot read {path!r}: its file version is {version!r}, and {_VERSION} is known.")
        with reading(path, os.path.getsize(path)), custom_object_scope(custom_objects):
            with unfilled_weights():
                model = FAMILY.deserialize(json_dict(content["model"], "`model`", repr(path)), custom_objects)
                building.rebuild(model, json_dict(content["built"], "`built`", repr(path)))
                state_dict.put(model, content["weights"], path)
            if compile:
                _compile(model, content, path)
        return model

    def save_weights(self, model: Any, path: str) -> None:
        with written_whole(path) as file:
            torch.save(state_dict.of_model(model), file)

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> None:
        content = read_plain(path)
        state = content.get("weights") if _is_whole(content) else state_dict.within(content)
        if not isinstance(state, dict):
            raise UnreadableFile(f"Cannot read {path!r}: its weights are a {type(state).__name__}, not a dict.")
        with reading(path):
            state_dict.put(model, state, path, by_name, skip_mismatch)


def _is_whole(content: dict[str, Any]) -> bool:
    kind = content.get("format")
    return isinstance(kind, str) and kind == _KIND


def read_plain(path: str) -> dict[str, Any]:
    """The dict of tensors and plain data that a file of torch's holds; UnreadableFile where it holds other things.

    The tensors' values stay in the file until they are copied.
    """
    archive = zipfile.is_zipfile(path)
    if archive:
        _check_archive(path)
    problem = ""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True, mmap=archive)
        if isinstance(content, dict):
            _check_tensors(content, path)
            return content
        problem = f"it holds a {type(content).__name__}"
    except UnsafeFile:
        raise
    except Exception as error:
        # Without torch's own words, which advise to load what cannot be trusted.
        problem = type(error).__name__
    raise UnreadableFile(
        f"Cannot read {path!r} ({problem}): it is damaged, or holds other things than tensors and plain data, which "
        f"are not loaded."
    )


def _check_archive(path: str) -> None:
    """That the members are as long as they say: torch writes them as they are, one after the other."""
    size = os.path.getsize(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except Exception as error:
        raise UnreadableFile(f"Cannot read {path!r}: it is damaged ({type(error).__name__}).") from None
    packed = [m.filename for m in members if m.compress_type != zipfile.ZIP_STORED or m.compress_size != m.file_size]
    if packed or sum(m.file_size for m in members) > size:
        raise UnsafeFile(
            f"Cannot read {path!r}: it is no archive as torch writes them, because its members are compressed or "
            f"longer than the file{f' ({packed[0]!r})' if packed else ''}."
        )


def _check_tensors(content: Any, path: str) -> None:
    """That no tensor is larger than the values that are there for it, as one that repeats them would be."""
    for value in flatten(content):
        if isinstance(value, Tensor) and (
            value.layout is not torch.strided
            or value.is_meta
            or value.is_quantized
            or value.numel() * value.element_size() > value.untyped_storage().nbytes()
        ):
            raise UnsafeFile(f"Cannot read {path!r}: it has a tensor of {tuple(value.shape)} without so many values.")


def _compile(model: Any, content: dict[str, Any], path: str) -> None:
    if content["compiled"] is None:
        warnings.warn(NOT_COMPILED, stacklevel=5)
        return
    model.compile_from_config(json_dict(content["compiled"], "`compiled`", repr(path)))
    if content["optimizer"] is not None and model.compiled:
        optimizer_state.restore(model, content["optimizer"])
