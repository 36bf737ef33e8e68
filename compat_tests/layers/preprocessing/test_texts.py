"""Layers of texts on torch's tensors alone, without the tf namespace: values, copies, configs, files."""

import copy
import json
import pickle

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers
from torchkeras.core.op_errors import UnimplementedError
from torchkeras.core.string_array import StringArray, to_bytes_array

TEXTS = ["The cat sat.", "the dog ran", "a cat"]
LAYERS = {
    "StringLookup": {"vocabulary": ["a", "é", "b c"], "num_oov_indices": 2, "mask_token": ""},
    "TextVectorization": {"vocabulary": ["cat", "dog"], "output_sequence_length": 3, "ngrams": (1, 2)},
    "Hashing": {"num_bins": 7, "salt": [1, 2], "mask_value": "a"},
}
each = pytest.mark.parametrize(("name", "config"), LAYERS.items())
DATA = [["a"], ["a cat dog"], ["é"], [""], ["other"]]


@each
def test_config_round_trip(name, config):
    layer = getattr(layers, name)(**config, name="mine")
    again = layers.deserialize(json.loads(json.dumps(layers.serialize(layer))))
    assert type(again) is type(layer)
    assert json.dumps(again.get_config()) == json.dumps(layer.get_config())
    assert torch.equal(again(DATA), layer(DATA))


@each
def test_copies_give_the_same(name, config):
    layer = getattr(layers, name)(**config)
    expected = layer(DATA)
    for copied in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(copied(DATA), expected)


def test_words_as_numbers():
    layer = layers.TextVectorization()
    layer.adapt(TEXTS)
    assert layer.get_vocabulary() == ["", "[UNK]", "the", "cat", "sat", "ran", "dog", "a"]
    found = layer(["the cow, the CAT", "sat"])
    assert type(found) is torch.Tensor
    assert found.tolist() == [[2, 1, 2, 3], [4, 0, 0, 0]]
    assert layer(np.array([["dog"]])).tolist() == [[6]]
    assert layer("a dog").tolist() == [7, 6]


@pytest.mark.parametrize("name", ["StringLookup", "TextVectorization"])
def test_vocabularies_go_with_state_and_files(name, tmp_path):
    layer = getattr(layers, name)()
    layer.adapt(np.array(["b", "é", "b", "c"]))
    known = layer.get_vocabulary()
    assert known[-3:] == ["b", "é", "c"]
    other = getattr(layers, name)()
    other.load_state_dict(layer.state_dict())
    assert other.get_vocabulary() == known
    assert other(["é"]).tolist() == layer(["é"]).tolist()
    layer.save_assets(tmp_path)
    third = getattr(layers, name)()
    third.load_assets(tmp_path)
    assert third.get_vocabulary() == known
    path = tmp_path / "words.txt"
    path.write_text("x\nyé\n", encoding="utf-8")
    assert getattr(layers, name)(vocabulary=str(path)).get_vocabulary()[-2:] == ["x", "yé"]


def test_words_that_are_no_text_and_texts_with_zeros_survive():
    layer = layers.StringLookup(vocabulary=StringArray(to_bytes_array([b"\xff", b"a\0"])))
    other = layers.StringLookup()
    other.load_state_dict(layer.state_dict())
    assert other([b"\xff", b"a\0", b"a"]).tolist() == [1, 2, 0]


def test_words_come_back_as_texts():
    found = layers.StringLookup(vocabulary=["a", "b"], invert=True)(np.array([[1, 0], [2, 9]]))
    assert isinstance(found, StringArray)
    assert found.dtype == "string"
    assert found.numpy().tolist() == [[b"a", b"[UNK]"], [b"b", b"[UNK]"]]


def test_a_model_of_texts():
    layer = layers.TextVectorization(output_sequence_length=3)
    layer.adapt(TEXTS)
    inputs = keras.Input((1,), dtype="string")
    assert inputs.dtype == "string"
    model = keras.Model(inputs, layers.Flatten()(layers.Embedding(9, 2)(layer(inputs))))
    assert model.predict(np.array([["a cat"], ["dog"]]), verbose=0).shape == (2, 6)
    assert model(np.array([["a cat"]])).shape == (1, 6)
    again = keras.Model.from_config(model.get_config())
    again.load_state_dict(model.state_dict())
    np.testing.assert_array_equal(
        again.predict(np.array(["a cat"]), verbose=0), model.predict(np.array(["a cat"]), verbose=0)
    )


def test_whole_texts_as_the_shapes_say():
    layer = layers.TextVectorization(vocabulary=["a", "b"], split=None)
    assert layer(np.array([["a", "q"], ["b", "a"]])).tolist() == [[2, 1], [3, 2]]
    assert layer.compute_output_shape((None, 2)) == (None, 2)
    assert layers.TextVectorization(vocabulary=["a"]).compute_output_shape((None, 1)) == (None, None)
    assert layers.TextVectorization(vocabulary=["a"], output_mode="count").compute_output_shape((8, 1)) == (8, 2)


def test_ragged_rows_need_the_namespace():
    layer = layers.TextVectorization(vocabulary=["a"], ragged=True)
    with pytest.raises(ValueError, match="torchkeras.tensorflow"):
        layer(["a b"])


def test_misuse_is_told():
    with pytest.raises(ValueError, match="input rank must be 1"):
        layers.TextVectorization(vocabulary=["a"])(np.array([["a", "b"]]))
    with pytest.raises(UnimplementedError, match="as_string"):
        layers.StringLookup(vocabulary=["a"])(np.array([1, 2]))
    with pytest.raises(ValueError, match="`mask`|mask token"):
        layers.StringLookup(vocabulary=["a", "m"], mask_token="m")
    inputs = keras.Input((1,), dtype="string")
    model = keras.Model(inputs, layers.StringLookup(vocabulary=["a"])(inputs))
    with pytest.raises(UnimplementedError, match="takes texts"):
        model(np.array([[1.0]]))
