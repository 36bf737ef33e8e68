"""Weights in safetensors files."""

import json
import struct
import sys

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers

safetensors = pytest.importorskip("safetensors.torch")


def model(units=3):
    return keras.Sequential(
        [
            layers.Dense(units, activation="relu", input_shape=(4,)),
            layers.BatchNormalization(),
            layers.Dense(2, dtype="float64"),
        ]
    )


def filled(made):
    random = np.random.default_rng(1)
    made.set_weights([random.normal(size=w.shape).astype(w.dtype) for w in made.get_weights()])
    return made


def same(one, other):
    return all((a == b).all() for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


def test_both_ways_with_the_library_itself(tmp_path):
    first, second = filled(model()), model()
    first.save_weights(tmp_path / "w.safetensors")
    found = safetensors.load_file(tmp_path / "w.safetensors")
    own = first.state_dict()
    assert found.keys() == own.keys()
    assert all(torch.equal(found[key], own[key]) for key in own)
    assert [p.name for p in tmp_path.iterdir()] == ["w.safetensors"]
    second.load_weights(tmp_path / "w.safetensors")  # the names differ, the order does not
    assert same(first, second)
    third = model()
    state = dict(zip(third.state_dict(), own.values(), strict=True))
    safetensors.save_file(state, tmp_path / "other.safetensors")
    third.load_weights(tmp_path / "other.safetensors")
    assert same(first, third)


def test_tied_weights(tmp_path):
    inner = keras.Sequential([layers.Dense(3, input_shape=(3,))], name="inner")
    inputs = keras.Input((3,))
    made = keras.Model(inputs, inner.layers[0](inner(inputs)))
    made.save_weights(tmp_path / "w.safetensors")
    assert len(safetensors.load_file(tmp_path / "w.safetensors")) == 2
    expected = made.get_weights()
    made.set_weights([np.zeros_like(w) for w in expected])
    made.load_weights(tmp_path / "w.safetensors")
    for found, wanted in zip(made.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_a_model_that_differs(tmp_path):
    first = filled(model())
    first.save_weights(tmp_path / "w.safetensors")
    other = model(5)
    name = other.layers[0].name
    with pytest.raises(ValueError, match=r"do not fit the model .*Missing key"):
        other.load_weights(tmp_path / "w.safetensors")
    state = dict(zip(other.state_dict(), first.state_dict().values(), strict=True))
    safetensors.save_file(state, tmp_path / "w.safetensors")
    with pytest.raises(ValueError, match=rf"{name}.linear.weight.*\[3, 4\].*\[5, 4\]"):
        other.load_weights(tmp_path / "w.safetensors")
    with pytest.warns() as told:
        other.load_weights(tmp_path / "w.safetensors", skip_mismatch=True)
    assert any("its shape there is (3, 4), in the model (5, 4)" in str(one.message) for one in told)


def test_whole_models_are_refused(tmp_path):
    first = model()
    with pytest.raises(ValueError, match="safetensors holds weights alone.*save_weights"):
        first.save(tmp_path / "m.safetensors")
    first.save_weights(tmp_path / "m.safetensors")
    with pytest.raises(ValueError, match="make the model first"):
        keras.models.load_model(tmp_path / "m.safetensors")


def test_without_the_library(tmp_path, monkeypatch):
    first = model()
    first.save_weights(tmp_path / "m.safetensors")
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(ImportError, match="pip install safetensors"):
        first.load_weights(tmp_path / "m.safetensors")
    with pytest.raises(ImportError, match="pip install safetensors"):
        first.save_weights(tmp_path / "m.safetensors")


def content(entries, values=b"", length=None):
    header = json.dumps(entries).encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + values


def entry(shape, end, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [0, end]}


@pytest.mark.parametrize(
    "damaged",
    [
        content({"a": entry([2**40], 2**42)}),  # longer than the file
        content({"a": entry([2**40], 8)}, bytes(8)),
        content({"a": entry([2**62, 4], 8)}, bytes(8)),
        content({"a": entry([2], 8), "b": entry([2], 8)}, bytes(8)),  # one over the other
        content({"a": entry([2], 4)}, bytes(4)),
        content({"a": entry([2], 8, "OBJECT")}, bytes(8)),
        content({"a": entry([-1], 8)}, bytes(8)),
        content({"a": entry([2], 8)}, bytes(9)),
        content({"a": "text"}, bytes(8)),
        content({"a": entry([2], 8)}, bytes(8), length=20),
        struct.pack("<Q", 10**6) + b"{" * 10**6,
        b"\x02" + bytes(7) + b"{}"[:1] + b"x",
    ],
)
def test_damaged_files(damaged, tmp_path):
    (tmp_path / "m.safetensors").write_bytes(damaged)
    with pytest.raises(ValueError, match="Cannot read .*m.safetensors"):
        model().load_weights(tmp_path / "m.safetensors")


def test_a_header_beyond_bounds(tmp_path):
    with open(tmp_path / "m.safetensors", "wb") as file:
        file.write(struct.pack("<Q", 200_000_000) + b"{")
        file.truncate(300_000_000)  # a sparse file
    with pytest.raises(ValueError, match="its header has 200000000 bytes"):
        model().load_weights(tmp_path / "m.safetensors")


def test_truncated_files(tmp_path):
    filled(model()).save_weights(tmp_path / "m.safetensors")
    whole = (tmp_path / "m.safetensors").read_bytes()
    for size in (0, 5, 8, 9, 100, len(whole) - 1):
        (tmp_path / "m.safetensors").write_bytes(whole[:size])
        with pytest.raises(ValueError, match="Cannot read"):
            model().load_weights(tmp_path / "m.safetensors")
