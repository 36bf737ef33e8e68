"""`.weights.json`: weights in several files, as Keras 3.10 and later write and read them."""

import json
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import layers
from torchkeras.saving.containers.hdf5 import Dataset, open_hdf5
from torchkeras.saving.errors import MissingFile, UnreadableFile, UnsafeFile
from torchkeras.saving.keras3 import shard_writing

from .models import MODELS, classes, losses
from .test_goldens import EXPECTED, predictions

DATA = Path(__file__).parent / "data"
#: What the golden was written with.
SIZE = 4000 / 2**30

classes(keras)


def line(*units):
    return keras.Sequential([keras.Input((4,)), *(layers.Dense(size) for size in units)])


def same(one, other):
    return all((a == b).all() for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


def shards(folder):
    return sorted(name for name in os.listdir(folder) if name.endswith(".h5"))


# --- as Keras's own ---


def test_a_list_of_keras_is_read():
    model = MODELS["stack"](keras)
    losses(model, 1)
    model.load_weights(DATA / "stack.weights.json")
    np.testing.assert_allclose(predictions(model, "stack"), EXPECTED["stack_keras"]["predictions"], atol=1e-5)
    assert losses(model) == pytest.approx(EXPECTED["stack_keras"]["losses"], rel=1e-5)


def test_the_list_says_what_that_of_keras_says(tmp_path):
    model, other = MODELS["stack"](keras), MODELS["stack"](keras)
    losses(model)
    losses(other, 1)
    model.save_weights(tmp_path / "stack.weights.json", max_shard_size=SIZE)
    assert (tmp_path / "stack.weights.json").read_text() == (DATA / "stack.weights.json").read_text()
    assert shards(tmp_path) == sorted(path.name for path in DATA.glob("stack_0*.weights.h5"))
    other.load_weights(tmp_path / "stack.weights.json")
    assert losses(model) == losses(other)


def test_no_file_has_more_values_than_asked(tmp_path):
    model = line(8, 8, 8)
    model.save_weights(tmp_path / "m.weights.json", max_shard_size=300 / 2**30)
    listed = json.loads((tmp_path / "m.weights.json").read_text())
    assert listed["metadata"]["total_size"] == 4 * model.count_params()
    assert listed["weight_map"]["/layers/dense/vars"] == ["m_00000.weights.h5"]
    for name in shards(tmp_path):
        with open_hdf5(tmp_path / name) as root:
            assert 0 < sum(one.nbytes for _, one in root.walk() if isinstance(one, Dataset)) <= 300


def test_the_name_of_one_file_becomes_that_of_a_list(tmp_path):
    model, other = line(3), line(3)
    with pytest.warns(UserWarning, match=r"requires `\*.json` as the extension.*m\.weights\.json"):
        model.save_weights(tmp_path / "m.weights.h5", True, 1)  # third, as Keras 3 has it
    assert sorted(os.listdir(tmp_path)) == ["m.weights.json", "m_00000.weights.h5"]
    other.load_weights(tmp_path / "m.weights.json")
    assert same(model, other)


def test_without_values(tmp_path):
    """Keras opens the first file even so."""
    model = keras.Sequential([keras.Input((4,)), layers.ReLU()])
    model.save_weights(tmp_path / "m.weights.json", max_shard_size=1)
    assert shards(tmp_path) == ["m_00000.weights.h5"]
    assert json.loads((tmp_path / "m.weights.json").read_text())["weight_map"] == {}
    model.load_weights(tmp_path / "m.weights.json")


# --- one set of files in place of another ---


def test_fewer_files_than_before(tmp_path):
    first, second, found = line(8, 8, 8), line(8, 8, 8), line(8, 8, 8)
    first.save_weights(tmp_path / "m.weights.json", max_shard_size=300 / 2**30)
    (tmp_path / "m_00099.weights.h5").write_bytes(b"of somebody else")
    second.save_weights(tmp_path / "m.weights.json", max_shard_size=1)
    assert shards(tmp_path) == ["m_00000.weights.h5", "m_00099.weights.h5"]
    found.load_weights(tmp_path / "m.weights.json")
    assert same(found, second)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        first.save_weights(tmp_path / "m.weights.json", overwrite=False, max_shard_size=1)


class Stopped(BaseException):
    pass


@pytest.mark.parametrize("size", [300, 1 << 30], ids=["as many", "fewer"])
def test_a_stop_at_any_moment_leaves_one_of_both(size, tmp_path, monkeypatch):
    """Each call that changes what a name stands for is the last one, in turn."""
    old, new, found = line(8, 8), line(8, 8), line(8, 8)
    old.save_weights(tmp_path / "old" / "m.weights.json", max_shard_size=300 / 2**30)
    seen = set()
    for last in range(100):
        folder = shutil.copytree(tmp_path / "old", tmp_path / str(last))
        calls = 0

        def stops(function, last=last):
            def call(*args, **kwargs):
                nonlocal calls
                calls += 1
                if calls > last:
                    raise Stopped
                return function(*args, **kwargs)

            return call

        with monkeypatch.context() as patched:
            for name in ("replace", "link", "remove"):
                patched.setattr(os, name, stops(getattr(os, name)))
            try:
                new.save_weights(folder / "m.weights.json", max_shard_size=size / 2**30)
                done = True
            except Stopped:
                done = False
        found.load_weights(folder / "m.weights.json")
        assert same(found, old) or same(found, new)
        seen.add(same(found, new))
        if done:
            break
    assert done
    assert seen == {True, False}
    own = re.compile(r"m(\.weights\.json|_\d{5}\.weights\.h5)")
    assert all(own.fullmatch(name) for name in os.listdir(folder))


def test_an_error_leaves_what_was_there(tmp_path):
    old = line(8, 8)
    old.save_weights(tmp_path / "m.weights.json", max_shard_size=300 / 2**30)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ValueError, match=r"'0' of '/layers/dense_1/vars' has 256 bytes.*maximum shard size of 200"):
        line(8, 8).save_weights(tmp_path / "m.weights.json", max_shard_size=200 / 2**30)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


# --- what cannot be ---


@pytest.mark.parametrize("size", [0, -1, "1GB", True, float("nan")])
def test_sizes_that_cannot_be(size, tmp_path):
    with pytest.raises(ValueError, match="should be a number of GB above 0. Received"):
        line(3).save_weights(tmp_path / "m.weights.json", max_shard_size=size)
    assert not os.listdir(tmp_path)


def test_names_that_cannot_be(tmp_path):
    with pytest.raises(ValueError, match=r"must end in `.weights.json` when `max_shard_size` is specified"):
        line(3).save_weights(tmp_path / "m.h5", max_shard_size=1)
    with pytest.raises(ValueError, match=r"Pass `max_shard_size`.*or end the name in '.weights.h5'"):
        line(3).save_weights(tmp_path / "m.weights.json")


def test_too_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr(shard_writing, "MOST_SHARDS", 2)
    with pytest.raises(ValueError, match="more than 2 files. Raise `max_shard_size`"):
        line(8, 8, 8).save_weights(tmp_path / "m.weights.json", max_shard_size=300 / 2**30)
    assert not os.listdir(tmp_path)


def test_a_list_is_no_model(tmp_path):
    line(3).save_weights(tmp_path / "m.weights.json", max_shard_size=1)
    with pytest.raises(ValueError, match="holds weights alone.*load_weights"):
        keras.models.load_model(tmp_path / "m.weights.json")


def test_shards_lie_beside_their_list(tmp_path):
    for path in DATA.glob("stack*"):
        shutil.copy(path, tmp_path)
    listed = json.loads((tmp_path / "stack.weights.json").read_text())
    model = MODELS["stack"](keras)
    for name in ("../stack_00000.weights.h5", "/etc/passwd", "other_00000.weights.h5", "stack_00000.weights.h5/x"):
        changed = {"weight_map": dict.fromkeys(listed["weight_map"], name)}
        (tmp_path / "stack.weights.json").write_text(json.dumps(changed))
        with pytest.raises(UnsafeFile, match="no other file is opened"):
            model.load_weights(tmp_path / "stack.weights.json")
    (tmp_path / "stack.weights.json").write_text(json.dumps(listed))
    (tmp_path / "stack_00001.weights.h5").unlink()
    with pytest.raises(MissingFile, match="the shard 'stack_00001.weights.h5' is missing"):
        model.load_weights(tmp_path / "stack.weights.json")
    for text in ("[]", "{", '{"weight_map": 3}', '{"weight_map": {"a": 3}}'):
        (tmp_path / "stack.weights.json").write_text(text)
        with pytest.raises(UnreadableFile, match="no list of sharded weights"):
            model.load_weights(tmp_path / "stack.weights.json")


def test_a_list_that_names_files_of_others_removes_none(tmp_path):
    (tmp_path / "other_00000.weights.h5").write_bytes(b"precious")
    named = {"weight_map": {"/vars": ["other_00000.weights.h5", "../x"]}}
    (tmp_path / "m.weights.json").write_text(json.dumps(named))
    line(3).save_weights(tmp_path / "m.weights.json", max_shard_size=1)
    assert (tmp_path / "other_00000.weights.h5").read_bytes() == b"precious"
