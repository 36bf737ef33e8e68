"""Files of torch's own: a state_dict of any program, and what such files may not ask for."""

import io
import pickle
import zipfile
from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras as keras
from torchkeras import layers
from torchkeras.saving.errors import UnreadableFile


def model():
    return keras.Sequential([layers.Dense(3, activation="relu", input_shape=(4,)), layers.Dense(2)])


def plain():
    """The same network, as a PyTorch program has it."""
    return nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))


@pytest.mark.parametrize("name", ["net.pth", "net.pt", "net.bin"])
@pytest.mark.parametrize("nested", [None, "state_dict", "model_state_dict"])
@pytest.mark.parametrize("old", [False, True])
def test_a_state_dict_of_a_torch_program(name, nested, old, tmp_path):
    net, made = plain(), model()
    content = net.state_dict()
    if nested:
        content = {
            "epoch": 3,
            nested: OrderedDict(content),
            "optimizer": torch.optim.Adam(net.parameters()).state_dict(),
        }
    torch.save(content, tmp_path / name, _use_new_zipfile_serialization=not old)
    made.load_weights(tmp_path / name)
    x = torch.rand(5, 4)
    np.testing.assert_allclose(made.predict(x, verbose=0), net(x).detach(), rtol=1e-6)


def test_the_state_dict_of_the_model_itself(tmp_path):
    first, second = model(), model()
    torch.save(first.state_dict(), tmp_path / "w.pt")
    second.load_weights(tmp_path / "w.pt")
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


class Attack:
    def __reduce__(self):
        return exec, ("raise SystemExit",)


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize(
    "content", [Attack(), {"state_dict": Attack()}, nn.Linear(4, 3), {"state_dict": [1, 2]}, 3, []]
)
def test_other_content(content, old, tmp_path):
    torch.save(content, tmp_path / "w.pt", _use_new_zipfile_serialization=not old)
    with pytest.raises(ValueError, match="w.pt"):
        model().load_weights(tmp_path / "w.pt")


def test_a_tensor_that_repeats_few_values(tmp_path):
    torch.save({"a": torch.zeros(1).expand(10**6, 10**6)}, tmp_path / "w.pt")
    with pytest.raises(ValueError, match=r"a tensor of \(1000000, 1000000\) without so many values"):
        model().load_weights(tmp_path / "w.pt")


def test_an_archive_that_unpacks_to_more(tmp_path):
    buffer = io.BytesIO()
    torch.save({"a": torch.zeros(10**6)}, buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(tmp_path / "w.pt", "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            packed.writestr(name, source.read(name))
    with pytest.raises(ValueError, match="its members are compressed or longer than the file"):
        model().load_weights(tmp_path / "w.pt")


def test_a_tensor_beyond_the_values_of_its_file(tmp_path):
    state = {"a": torch.zeros(3)}
    torch.save(state, tmp_path / "w.pt")
    with zipfile.ZipFile(tmp_path / "w.pt") as source:
        held = {name: source.read(name) for name in source.namelist()}
    pickled = next(name for name in held if name.endswith("data.pkl"))
    assert held[pickled].count(b"K\x03") >= 1
    held[pickled] = held[pickled].replace(b"K\x03", b"J\xff\xff\xff\x7f")  # 3 as 2**31 - 1, in storage and size
    with zipfile.ZipFile(tmp_path / "w.pt", "w") as changed:
        for name, content in held.items():
            changed.writestr(name, content)
    with pytest.raises(ValueError, match="Cannot read"):
        model().load_weights(tmp_path / "w.pt")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("model", "[", "its `model` cannot be read: The config is not JSON"),
        ("model", "[" * 100_000, "its `model` cannot be read: The config nests too deeply"),
        ("model", "[1]", "its `model` holds a list, not a dict"),
        ("model", 3, "its `model` is not JSON, but of int"),
        ("built", "[]", "its `built` holds a list, not a dict"),
        ("weights", None, "not in the expected form"),
        ("version", 2, "written by a newer torchkeras .file version 2, this one reads 1."),
        ("version", None, "its file version is None, and 1 is known"),
        ("version", "x", "its file version is 'x', and 1 is known"),
    ],
)
def test_parts_of_another_form(key, value, words, tmp_path):
    model().save(tmp_path / "m.pt")
    content = torch.load(tmp_path / "m.pt", weights_only=True)
    torch.save(content | {key: value}, tmp_path / "m.pt")
    with pytest.raises(UnreadableFile, match=f"m.pt.* {words}"):
        keras.models.load_model(tmp_path / "m.pt")


def test_a_config_of_nothing(tmp_path):
    model().save(tmp_path / "m.pt")
    content = torch.load(tmp_path / "m.pt", weights_only=True)
    torch.save(content | {"model": "{}"}, tmp_path / "m.pt")
    with pytest.raises(ValueError, match="Improper layer config: expected a name or a dict with 'class_name'"):
        keras.models.load_model(tmp_path / "m.pt")


def test_a_config_of_more_weights_than_the_file(tmp_path):
    made = model()
    made.save(tmp_path / "m.pt")
    content = torch.load(tmp_path / "m.pt")
    content["model"] = content["model"].replace('"units": 3', '"units": 300000000')
    content["built"] = "{}"
    torch.save(content, tmp_path / "m.pt")
    with pytest.raises(ValueError, match=r"The weight 'kernel' of the layer 'dense.*\(4, 300000000\)"):
        keras.models.load_model(tmp_path / "m.pt")


def test_pickles_alone(tmp_path):
    (tmp_path / "w.pt").write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(ValueError, match="no known format"):
        model().load_weights(tmp_path / "w.pt")


def test_a_vocabulary_of_words_that_overlap(tmp_path):
    """Each word could be as long as all of them."""
    texts = keras.Sequential([keras.Input((1,), dtype="string"), layers.StringLookup(vocabulary=["ab", "cd"])])
    state = texts.state_dict()
    key = next(key for key in state if key.endswith("vocabulary_ends"))
    torch.save(state | {key: torch.tensor([4, 0])}, tmp_path / "w.pt")
    with pytest.raises(ValueError, match="its words overlap"):
        texts.load_weights(tmp_path / "w.pt")
