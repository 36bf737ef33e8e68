"""Weights that are written and read in blocks, through every format: with the values they had, and h5py's."""

import errno
import io
import os
import time
import zipfile

import h5py
import numpy as np
import pytest

import torchkeras as keras
from torchkeras import layers
from torchkeras.saving.containers import blocks, turning
from torchkeras.saving.containers.crc import SumsOfParts
from torchkeras.saving.containers.hdf5 import new_hdf5
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.values import write_value

WHOLE = ["model.h5", "model.keras", "model.pt", "folder"]
WEIGHTS = ["saved.h5", "saved.weights.h5", "ckpt", "saved.pt", "saved.safetensors"]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """So that what has 64 KiB and more comes in many blocks."""
    monkeypatch.setattr(blocks, "BLOCK", 9_000)
    monkeypatch.setattr(turning, "_LEAST", 20_000)
    monkeypatch.setattr(turning, "_WHOLE", 1 << 16)
    monkeypatch.setattr(turning, "_BLOCK", 20_000)


def model_of(dtype="float32"):
    images = keras.Input((8, 8, 20), dtype=dtype)
    x = layers.Conv2D(130, 3)(images)
    x = layers.Conv2D(140, 1)(x)
    x = layers.Conv2DTranspose(60, (2, 3))(x)
    x = layers.DepthwiseConv2D(3, depth_multiplier=2)(x)
    x = layers.SeparableConv2D(200, 2)(x)
    x = layers.Reshape((-1, 200))(x)
    x = layers.Conv1D(90, 4)(x)
    x = layers.MultiHeadAttention(2, 100)(x, x)
    x = layers.Bidirectional(layers.LSTM(110))(x)
    x = layers.Dense(1200)(x)
    return keras.Model(images, layers.Dense(17)(x))


def same(one, other):
    assert len(one.weights) == len(other.weights)
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def two_that_differ(dtype="float32"):
    model, other = model_of(dtype), model_of(dtype)
    for one, own in zip(model.weights, other.weights, strict=True):
        own.assign(one + 1)
    return model, other


def test_kernels_of_all_kinds_are_large_enough():
    large = [weight for weight in model_of().weights if weight.parameter.nbytes > 1 << 16]
    assert len({tuple(weight.shape) for weight in large}) >= 10
    assert sum(turning.to_turn(weight.layout.to_keras(weight.parameter.detach())) is not None for weight in large) >= 8


@pytest.mark.parametrize("name", WHOLE)
def test_whole_models(name, tmp_path):
    model = model_of()
    model.compile("adam", "mse")
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 20)).astype("float32")
    model.fit(x, np.zeros((2, 17), "float32"), verbose=0)
    model.save(tmp_path / name)
    loaded = keras.models.load_model(tmp_path / name)
    same(loaded, model)
    for own, other in zip(model.optimizer.variables, loaded.optimizer.variables, strict=True):
        np.testing.assert_array_equal(own.numpy(), other.numpy())
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_alone(name, dtype, tmp_path):
    model, other = two_that_differ(dtype)
    model.save_weights(tmp_path / name)
    other.load_weights(tmp_path / name)
    same(other, model)


def test_h5py_sees_the_same(tmp_path):
    model = model_of()
    model.save_weights(tmp_path / "saved.h5")
    with h5py.File(tmp_path / "saved.h5") as file:
        found = []
        for layer in file.attrs["layer_names"]:
            group = file[layer]
            found += [group[name][()] for name in group.attrs["weight_names"]]
    assert len(found) == len(model.weights)
    for array, own in zip(found, model.get_weights(), strict=True):
        np.testing.assert_array_equal(array, own)


def test_an_archive_is_not_read_back(tmp_path, monkeypatch):
    """Its checksums are those of what was written."""
    read = []
    monkeypatch.setattr(SumsOfParts, "read", lambda *arguments: read.append(arguments))
    model_of().save(tmp_path / "model.keras")
    assert read == []
    with zipfile.ZipFile(tmp_path / "model.keras") as file:
        assert file.testzip() is None


@pytest.mark.parametrize("name", ["model.h5", "model.keras", "folder", "ckpt"])
def test_a_disk_that_is_full_while_threads_write(name, tmp_path, monkeypatch):
    model, other = two_that_differ()
    save = model.save_weights if name == "ckpt" else model.save
    save(tmp_path / name)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    pwrite, left = os.pwrite, iter(range(5))

    def full(descriptor, data, place):
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return pwrite(descriptor, data[: len(data) // 2 + 1], place)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError, match=rf"{name}.*No space left"):
        (other.save_weights if name == "ckpt" else other.save)(tmp_path / name)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_files_that_are_not_on_a_disk(tmp_path):
    """Several threads may not write to them at once."""

    class Slow(io.BytesIO):
        def seek(self, *arguments):
            found = super().seek(*arguments)
            time.sleep(1e-4)  # for another thread
            return found

    model, file = model_of(), Slow()
    with new_hdf5(file) as root:
        for weight in model.weights:
            write_value(root, weight.path, weight)
    with h5py.File(file) as found:
        for weight in model.weights:
            np.testing.assert_array_equal(found[weight.path][()], weight.numpy())


@pytest.mark.parametrize("how", ["chunks", "compression", "big-endian", "float64"])
def test_files_of_other_forms(how, tmp_path):
    """Whose values do not stand in the file as they do in memory."""
    model, other = two_that_differ()
    model.save_weights(tmp_path / "saved.h5")
    with h5py.File(tmp_path / "saved.h5") as source, h5py.File(tmp_path / "other.h5", "w") as target:
        target.attrs.update(source.attrs)

        def copy(name, item):
            if isinstance(item, h5py.Group):
                target.create_group(name).attrs.update(item.attrs)
                return
            settings = {"chunks": {"chunks": True}, "compression": {"compression": "gzip"}}.get(how, {})
            dtype = {"big-endian": ">f4", "float64": "f8"}.get(how, "f4")
            target.create_dataset(name, data=item[()].astype(dtype), **settings)

        source.visititems(copy)
    other.load_weights(tmp_path / "other.h5")
    same(other, model)


def damaged(path, values):
    """Changes one bit in a file, in the midst of values that are in it."""
    content = bytearray(path.read_bytes())
    content[content.index(values) + len(values) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("packed", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("load", ["load_model", "load_weights"])
def test_a_damaged_archive(load, packed, tmp_path):
    """Noticed whether it is checked first or while it is read, by blocks or not."""
    model, path = model_of(), tmp_path / "model.keras"
    for array in (model.get_weights()[0], model.get_weights()[-2]):
        model.save(path)
        before = model_of().get_weights()
        if packed:
            repack(path, packed)
            damaged(path, path.read_bytes()[-5000:-4000])
        else:
            damaged(path, np.ascontiguousarray(array).tobytes()[:200])
        other = model_of()
        other.set_weights(before)
        with pytest.raises(UnreadableFile, match=r"model\.keras.*'model\.weights\.h5' is damaged"):
            other.load_weights(path) if load == "load_weights" else keras.models.load_model(path)
        for one, own in zip(other.get_weights(), before, strict=True):
            np.testing.assert_array_equal(one, own)


@pytest.mark.parametrize("what", [b"\x89HDF\r\n\x1a\n", b"TREE"])
def test_damage_is_named_rather_than_what_comes_of_it(what, tmp_path):
    """Here that the member is no HDF5 file, or its groups cannot be read."""
    model, path = model_of(), tmp_path / "model.keras"
    model.save(path)
    damaged(path, what)
    with pytest.raises(UnreadableFile, match=r"its member 'model\.weights\.h5' is damaged"):
        keras.models.load_model(path)


def repack(path, method):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
