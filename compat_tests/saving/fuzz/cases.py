"""The formats that are fuzzed: how a right file is made, how it is changed, how it is opened."""

from __future__ import annotations

import random
import shutil
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch

import torchkeras as keras
from torchkeras import layers

from .mutation import TEXTS, mutated, mutated_json


def model() -> Any:
    """A small model of several kinds of layers, compiled and trained for a step."""
    inputs = keras.Input((6,), name="numbers")
    words = keras.Input((3,), dtype="int32", name="words")
    embedded = layers.Embedding(7, 4, name="embedding")(words)
    read = layers.GRU(3, name="gru")(embedded)
    x = layers.Dense(4, activation="relu", kernel_regularizer="l2", name="dense")(inputs)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Concatenate(name="both")([x, read])
    outputs = layers.Dense(2, activation="softmax", name="head")(x)
    made = keras.Model([inputs, words], outputs, name="fuzzed")
    made.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    made.fit(data(), np.arange(8) % 2, verbose=0)
    return made


def data() -> list[np.ndarray]:
    return [np.linspace(0, 1, 48, dtype="float32").reshape(8, 6), np.arange(24, dtype="int32").reshape(8, 3) % 7]


def load_whole(path: Path) -> None:
    """Opens a file as a model, and uses it."""
    found = keras.models.load_model(path)
    found.count_params()


_target: list[Any] = []


def load_weights(path: Path) -> None:
    """Opens a file as weights, for the model it was made of."""
    if not _target:
        _target.append(model())
    _target[0].load_weights(path)


@dataclass(frozen=True)
class Format:
    """One format.

    Args:
        name: what the test is called.
        file: the name of the file or folder.
        load: opens one.
        changes: functions of (right file, changed copy, random numbers), one of which is drawn for each file.
        weights: whether it is written by `save_weights`.
    """

    name: str
    file: str
    load: Callable[[Path], None]
    changes: tuple[Callable[[Path, Path, random.Random], None], ...]
    weights: bool = False

    def write(self, folder: Path) -> Path:
        """Makes the right file."""
        path = folder / self.file
        made = model()
        (made.save_weights if self.weights else made.save)(path)
        return path


# --- changes ------------------------------------------------------------------------------------------------


def change_bytes(right: Path, path: Path, chance: random.Random) -> None:
    """Of a file, or of one file of a folder or of a checkpoint."""
    if right.is_file():
        path.write_bytes(mutated(right.read_bytes(), chance))
        return
    copy_of_several(right, path)
    members = sorted(
        p for p in ([*path.rglob("*")] if path.is_dir() else [*path.parent.glob(f"{path.name}.*")]) if p.is_file()
    )
    chosen = chance.choice(members)
    chosen.write_bytes(mutated(chosen.read_bytes(), chance))


def copy_of_several(right: Path, path: Path) -> None:
    """A folder, or the files of a checkpoint."""
    if right.is_dir():
        shutil.copytree(right, path)
    else:
        for one in right.parent.glob(f"{right.name}.*"):
            shutil.copy(one, path.parent / one.name.replace(right.name, path.name, 1))


def change_attribute(right: Path, path: Path, chance: random.Random) -> None:
    """The JSON, a name or a list of names in an HDF5 file."""
    shutil.copy(right, path)
    with h5py.File(path, "r+") as file:
        owners = [file]
        file.visititems(lambda _, found: owners.append(found))
        owner = chance.choice([one for one in owners if one.attrs])
        key = chance.choice(sorted(owner.attrs))
        value = owner.attrs[key]
        if isinstance(value, str):
            owner.attrs[key] = mutated_json(value, chance) if value[:1] in "{[" else chance.choice(TEXTS[:-1])
        elif isinstance(value, np.ndarray) and value.size:
            names = [name if isinstance(name, bytes) else str(name).encode() for name in value]
            names[chance.randrange(len(names))] = chance.choice(TEXTS[:-1]).encode()
            owner.attrs[key] = np.array(names, dtype="S64")


def change_data_set(right: Path, path: Path, chance: random.Random) -> None:
    """A data set of an HDF5 file: another shape or type, a link, a group in its place."""
    shutil.copy(right, path)
    with h5py.File(path, "r+") as file:
        found: list[str] = []
        file.visititems(lambda name, one: found.append(name) if isinstance(one, h5py.Dataset) else None)
        _replace_data_set(file, chance.choice(found), chance)


def _replace_data_set(file: Any, name: str, chance: random.Random) -> None:
    value = file[name][()]
    del file[name]
    kind = chance.randrange(9)
    if kind == 0:
        file.create_dataset(name, (2 ** chance.randint(20, 58),), "f4")
    elif kind == 1:
        file.create_dataset(name, (2**30,), "f4", chunks=(2**16,), compression="gzip", fillvalue=1)
    elif kind == 2:
        file[name] = h5py.SoftLink(chance.choice(["/", "/nothing", name]))
    elif kind == 3:
        file[name] = h5py.ExternalLink("/etc/passwd", "/")
    elif kind == 4:
        file.create_group(name)
    elif kind == 5:
        file[name] = np.asarray(value).astype(chance.choice(["f8", "i4", "u1", "S3", "f2", "c8"]))
    elif kind == 6:
        file[name] = np.zeros(chance.choice([(), (0,), (1,), (3, 3), (1,) * 20]), "f4")
    elif kind == 7:
        file.create_dataset(name, np.shape(value), "f4", external=[("/etc/passwd", 0, 1 << 20)]) if np.shape(
            value
        ) else None
    else:
        file.create_dataset(name, data=["text"] * 3, dtype=h5py.string_dtype())


def change_member(right: Path, path: Path, chance: random.Random) -> None:
    """One member of an archive: its JSON, its bytes, its name, or how it is packed."""
    with zipfile.ZipFile(right) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    place = chance.randrange(len(members))
    name, content = members[place]
    kind = chance.randrange(5)
    packing = zipfile.ZIP_STORED
    if kind == 0 or (kind == 1 and content[:1] not in (b"{", b"[")):
        members[place] = name, mutated(content, chance)
    elif kind in (1, 2):
        texts = [i for i, (_, inner) in enumerate(members) if inner[:1] in (b"{", b"[")]
        if texts:
            place = chance.choice(texts)
            members[place] = (
                members[place][0],
                mutated_json(members[place][1].decode(errors="replace"), chance).encode(),
            )
    elif kind == 3:
        odd = ["../x", "/etc/x", "C:\\x", "a\\..\\x", "x" * 1000, name, "assets/../../x", "/"]
        members.insert(place, (chance.choice(odd), content))
    else:
        packing = zipfile.ZIP_DEFLATED
        members[place] = name, content + bytes(chance.choice([10, 10**6, 5 * 10**7]))
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", packing) as archive:
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, content in members:
            archive.writestr(name, content)


def change_inner_hdf5(right: Path, path: Path, chance: random.Random) -> None:
    """A data set or attribute of the HDF5 file within an archive."""
    with zipfile.ZipFile(right) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    inner = next(name for name in members if name.endswith(".h5"))
    before, after = path.with_suffix(".before"), path.with_suffix(".after")
    before.write_bytes(members[inner])
    change_data_set(before, after, chance)
    members[inner] = after.read_bytes()
    before.unlink(), after.unlink()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def change_saved(right: Path, path: Path, chance: random.Random) -> None:
    """A text, number or tensor in a file of torch's."""
    content = torch.load(right, weights_only=True)
    key = chance.choice(sorted(content))
    value = content[key]
    if isinstance(value, str) and value[:1] in "{[":
        content[key] = mutated_json(value, chance)
    elif isinstance(value, dict) and value:
        inner = chance.choice(list(value))
        value[inner] = chance.choice(
            [torch.zeros(3), torch.zeros(()), None, "text", 10**12, [1], torch.zeros(1).expand(2**40)]
        )
    else:
        content[key] = chance.choice([None, 10**12, "text", {}, [], torch.zeros(2)])
    torch.save(content, path)


def change_header(right: Path, path: Path, chance: random.Random) -> None:
    """The JSON at the beginning of a safetensors file."""
    content = right.read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = mutated_json(content[8 : 8 + size].decode(), chance).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + content[8 + size :])


HDF5 = (change_bytes, change_attribute, change_attribute, change_data_set)
FORMATS = [
    Format("torch", "model.pt", load_whole, (change_bytes, change_saved, change_saved, change_member)),
    Format("h5", "model.h5", load_whole, HDF5),
    Format("h5_weights", "weights.h5", load_weights, HDF5, weights=True),
    Format("keras", "model.keras", load_whole, (change_bytes, change_member, change_member, change_inner_hdf5)),
    Format("weights_h5", "model.weights.h5", load_weights, HDF5, weights=True),
    Format("checkpoint", "ckpt", load_weights, (change_bytes,), weights=True),
    Format("saved_model", "saved", load_whole, (change_bytes,)),
    Format("safetensors", "model.safetensors", load_weights, (change_bytes, change_header), weights=True),
]
