"""`.keras`: a zip archive with `config.json`, `metadata.json`, `model.weights.h5` and `assets/`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any

from torchkeras.core.registry import custom_object_scope
from torchkeras.core.unfilled import unfilled_weights
from torchkeras.saving.configs.saved import LONGEST
from torchkeras.saving.containers.archive import Archive, ArchiveWriter, is_archive, new_archive, open_archive
from torchkeras.saving.containers.folder import Folder, FolderWriter, new_folder
from torchkeras.saving.containers.hdf5 import Group, new_hdf5, open_hdf5
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.format import Format
from torchkeras.saving.keras3 import description
from torchkeras.saving.keras3.loading_state import assets_of, check_can_load, plan
from torchkeras.saving.keras3.saveables import Walk
from torchkeras.saving.keras3.saving_state import ASSETS, write_assets, write_values
from torchkeras.saving.keras3.waiting import Waiting, check_nothing_waits
from torchkeras.saving.reading import json_dict, reading

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
#: Whose files ours are like; it is what `metadata.json` says.
KERAS_VERSION = "3.15.0"
_NEWEST = 3


class KerasFormat(Format):
    """Files of Keras 3, and those of the same ending by tf_keras."""

    name = "Keras's .keras format"
    unbuilt = True

    def recognises(self, path: str) -> bool:
        return is_archive(path)

    def save_model(self, model: Any, path: str, include_optimizer: bool) -> None:
        check_nothing_waits(model, path)
        config = description.of_model(model, include_optimizer)
        metadata = {"keras_version": KERAS_VERSION, "date_saved": datetime.now().strftime("%Y-%m-%d@%H:%M:%S")}
        metadata |= description.additions(model)
        with self._new(path) as archive:
            archive.write(METADATA, json.dumps(metadata).encode())
            archive.write(CONFIG, json.dumps(config).encode())
            with archive.file(WEIGHTS) as file, new_hdf5(file) as root:
                write_values(model, root, include_optimizer)
            write_assets(model, archive)

    def load_model(self, path: str, custom_objects: dict[str, Any] | None, compile: bool) -> Any:
        with self._open(path) as archive:
            config, metadata = json_of(archive, CONFIG), self._metadata(archive)
            with (
                values_of(archive, path, check_later=True) as root,
                reading(path, archive.size(WEIGHTS)),
                custom_object_scope(custom_objects),
                unfilled_weights(),
            ):
                model = description.make(config, metadata, custom_objects, compile, _is_keras3(metadata), path)
                found, assets = plan(model, root, _walks(metadata)), assets_of(archive)
                if found.unbuilt:
                    Waiting(archive.read(WEIGHTS, archive.size(WEIGHTS)), assets, found.walk, path).take(found)
                found.carry_out(path, assets)
        return model

    def load_weights(self, model: Any, path: str, by_name: bool, skip_mismatch: bool) -> None:
        check_can_load(model, path, by_name)
        with self._open(path) as archive:
            metadata = self._metadata(archive)
            with values_of(archive, path) as root, reading(path):
                plan(model, root, _walks(metadata)).carry_out(path, assets_of(archive), skip_mismatch)

    def _open(self, path: str) -> AbstractContextManager[Archive | Folder]:
        return open_archive(path)

    def _new(self, path: str) -> AbstractContextManager[ArchiveWriter | FolderWriter]:
        return new_archive(path)

    def _metadata(self, archive: Archive | Folder) -> dict[str, Any]:
        metadata = json_of(archive, METADATA) if archive.has(METADATA) else {}
        version = _version(metadata)
        if version[0] > _NEWEST:
            raise UnreadableFile(
                f"Cannot read {archive.what}: it was written by Keras {metadata['keras_version']}, and files of Keras "
                f"2.12 to {_NEWEST} are known. Update torchkeras, or save the model with an older Keras."
            )
        return metadata


class KerasFolder(KerasFormat):
    """The same members as files of a folder: what Keras 3 writes with `zipped=False`."""

    name = "Keras's folder format"
    folder = True

    def recognises(self, path: str) -> bool:
        return all(os.path.isfile(os.path.join(path, name)) for name in (CONFIG, WEIGHTS))

    def _open(self, path: str) -> AbstractContextManager[Archive | Folder]:
        return nullcontext(Folder(path))

    def _new(self, path: str) -> AbstractContextManager[ArchiveWriter | FolderWriter]:
        return new_folder(path, (METADATA, CONFIG, WEIGHTS, ASSETS))


@contextmanager
def values_of(archive: Archive | Folder, path: str, check_later: bool = False) -> Iterator[Group]:
    """The member that holds all values, opened.

    Args:
        archive: what has it.
        path: for messages.
        check_later: whether its checksum may be compared when all is read: for models that nobody has yet.
    """
    if not archive.has(WEIGHTS):
        raise UnreadableFile(
            f"Cannot read {archive.what}: it has no {WEIGHTS!r}, which a .keras file has. It has "
            f"{archive.names()[:10]}."
        )
    with archive.file(WEIGHTS, check_later) as file, open_hdf5(file, f"{path}:{WEIGHTS}") as root:
        yield root


def json_of(archive: Archive | Folder, name: str) -> dict[str, Any]:
    """What a member of JSON says."""
    if not archive.has(name):
        raise UnreadableFile(
            f"Cannot read {archive.what}: it has no {name!r}, so it is no .keras file. It has {archive.names()[:10]}."
        )
    return json_dict(archive.read(name, LONGEST), repr(name), archive.what)


def _version(metadata: dict[str, Any]) -> tuple[int, int]:
    found = re.match(r"(\d{1,6})\.(\d{1,6})", str(metadata.get("keras_version", "")))
    return (int(found[1]), int(found[2])) if found else (3, 0)


def _is_keras3(metadata: dict[str, Any]) -> bool:
    return _version(metadata) >= (3, 0)


def _walks(metadata: dict[str, Any]) -> tuple[Walk, ...]:
    version = _version(metadata)
    if version >= (3, 0):
        return (Walk.KERAS3, Walk.TF_KERAS)
    if version >= (2, 15):
        return (Walk.TF_KERAS, Walk.KERAS_2_14)
    return (Walk.KERAS_2_14, Walk.KERAS_2_13, Walk.TF_KERAS)
