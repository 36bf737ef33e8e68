"""Writing the values of a model where Keras 3 looks for them."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from torch import Tensor, nn

from torchkeras.graph.operation import Operation
from torchkeras.layers import Layer
from torchkeras.metrics import Metric
from torchkeras.optimizers import Optimizer
from torchkeras.saving.containers.archive import ArchiveWriter
from torchkeras.saving.containers.folder import FolderWriter
from torchkeras.saving.containers.hdf5 import GroupWriter
from torchkeras.saving.keras3 import optimizer_values
from torchkeras.saving.keras3.stores import WriteStore
from torchkeras.saving.keras3.walking import places

ASSETS = "assets"
#: Tensors that a layer holds beside its variables, as torch modules do: below the layer's own path.
TENSORS = "torch"


def write_values(model: Any, root: GroupWriter, with_optimizer: bool = True) -> None:
    """Writes all values, those of the optimizer included, into a file or a group of one."""
    for thing, path in places(model):
        if isinstance(thing, Optimizer):
            if with_optimizer:
                optimizer_values.save(thing, model, WriteStore(root, path, thing.name))
        elif isinstance(thing, (Operation, Metric)):
            if hasattr(thing, "save_own_variables"):
                thing.save_own_variables(WriteStore(root, path, getattr(thing, "name", None)))
            write_tensors(loose_tensors(thing), root, f"{path}/{TENSORS}" if path else TENSORS)
        elif isinstance(thing, nn.Module):
            write_tensors(module_tensors(thing), root, path)
        elif hasattr(thing, "save_own_variables"):
            thing.save_own_variables(WriteStore(root, path, None))


def write_assets(model: Any, archive: ArchiveWriter | FolderWriter) -> None:
    """Adds what the layers write into files of their own, such as vocabularies."""
    for thing, path in places(model):
        if hasattr(thing, "save_assets"):
            with tempfile.TemporaryDirectory() as folder:
                thing.save_assets(folder)
                _add_folder(archive, folder, f"{ASSETS}/{path}" if path else ASSETS)


def loose_tensors(layer: Any) -> dict[str, Tensor]:
    """The parameters and buffers that were set on a layer of the user's as torch has it, not as Variables."""
    if not isinstance(layer, Layer) or layer._call_info.builtin:
        return {}
    known = {id(variable.parameter) for variable in layer._own_weights}
    tensors = {**layer._parameters, **layer._buffers}
    kept = tensors.keys() - layer._non_persistent_buffers_set
    return {n: t for n, t in tensors.items() if n in kept and t is not None and id(t) not in known}


def module_tensors(module: nn.Module) -> dict[str, Tensor]:
    """What a plain torch module has to be saved."""
    return {key: value for key, value in module.state_dict().items() if isinstance(value, Tensor)}


def write_tensors(tensors: dict[str, Tensor], root: GroupWriter, path: str) -> None:
    if tensors:
        store = WriteStore(root, path, None)
        for key, tensor in tensors.items():
            store[key] = tensor


def _add_folder(archive: ArchiveWriter | FolderWriter, folder: str, name: str) -> None:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir():
            _add_folder(archive, entry.path, f"{name}/{entry.name}")
        else:
            with open(entry.path, "rb") as file:
                archive.write(f"{name}/{entry.name}", file.read())
