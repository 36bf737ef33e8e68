"""Embedding: indices of all types, out of range, masks, lengths, the inner nn.Embedding."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers

TABLE = np.arange(6.0, dtype="float32").reshape(3, 2)


def embedding(**config):
    return layers.Embedding(3, 2, weights=[TABLE], **config)


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8", "float32", "float64", "float16"])
def test_indices_of_all_types(dtype):
    outputs = embedding()(np.array([[0, 2]], dtype))
    assert outputs.tolist() == [TABLE[[0, 2]].tolist()]
    assert outputs.dtype is torch.float32


def test_indices_of_other_shapes_and_kinds():
    layer = embedding()
    assert layer(np.array([[1.9]])).tolist() == [[[2.0, 3.0]]]  # cut off, as in Keras
    assert layer(torch.tensor([True, False])).tolist() == TABLE[[1, 0]].tolist()
    assert layer(torch.tensor(2)).tolist() == [4.0, 5.0]
    assert layer([2, 1]).tolist() == TABLE[[2, 1]].tolist()
    assert layer(torch.zeros(0, 4, dtype=torch.int64)).shape == (0, 4, 2)


def test_large_indices_are_not_rounded():
    layer = layers.Embedding(5000, 1, dtype="float16", embeddings_initializer="zeros")
    layer.build(None)
    layer.embeddings[4097].detach()[:] = 1.0
    for indices in (np.array([4097.0], "float32"), torch.tensor([4097.0])):
        assert layer(indices).tolist() == [[1.0]]


@pytest.mark.parametrize("index", [3, -1])
def test_indices_out_of_range(index):
    layer = layers.Embedding(3, 2, name="words")
    message = f"'words' .* indices from {min(index, 1)} to {max(index, 1)}; expected indices from 0 to 2"
    for _ in range(2):
        with pytest.raises(ValueError, match=message):
            layer(np.array([[1, index]]))


def test_wrong_arguments():
    with pytest.raises(ValueError, match="`input_dim` of layer 'embedding' to be a positive"):
        layers.Embedding(0, 1)
    with pytest.raises(ValueError, match="`output_dim`"):
        layers.Embedding(2, -1)
    with pytest.raises(ValueError, match="sparse tensors"):
        layers.Embedding(2, 3, sparse=True)


def test_input_length():
    layer = layers.Embedding(7, 3, input_length=5)
    assert layer.compute_output_shape((None, None)) == (None, 5, 3)
    with pytest.raises(ValueError, match=r"input_length=5, but received an input of shape \(None, 4\)"):
        layer.compute_output_shape((None, 4))
    two = layers.Embedding(7, 3, input_length=(5, None))
    assert two.compute_output_shape((None, None, 4)) == (None, 5, 4, 3)
    assert two.get_config()["batch_input_shape"] == (None, 5, None)
    # As in Keras, an Input's own shape counts.
    assert layer(keras.Input((4,))).shape == (None, 4, 3)
    assert layer(keras.Input((None,))).shape == (None, None, 3)


def test_input_length_lets_a_model_be_flattened():
    model = keras.Sequential([layers.Embedding(7, 3, input_length=5), layers.Flatten(), layers.Dense(2)])
    assert [tuple(w.shape) for w in model.weights] == [(7, 3), (15, 2), (2,)]
    assert model(torch.tensor([[1, 2, 3, 4, 5]])).shape == (1, 2)


@pytest.mark.parametrize(
    ("config", "shape"),
    [
        ({}, (None, None)),
        ({"input_length": 5}, (None, 5)),
        ({"input_shape": (4,)}, (None, 4)),
        ({"batch_input_shape": (2, 4)}, (2, 4)),
    ],
)
def test_input_shape_in_the_config(config, shape):
    config = layers.Embedding(7, 3, **config).get_config()
    assert config["batch_input_shape"] == shape
    assert layers.Embedding.from_config(config).get_config() == config


def test_mask_zero():
    layer = embedding(mask_zero=True)
    outputs = layer(np.array([[0, 1], [2, 0]]))
    assert outputs._keras_mask.tolist() == [[False, True], [True, False]]
    assert layer.compute_mask(np.array([[0, 1.0]])).tolist() == [[False, True]]
    symbol = layer(keras.Input((4,), dtype="int32"))
    assert symbol._keras_mask.shape == (None, 4)
    assert embedding().compute_mask(np.array([[0]])) is None
    assert not hasattr(embedding()(np.array([[0]])), "_keras_mask")


def test_masks_do_not_come_in():
    assert not embedding().supports_masking
    assert embedding(mask_zero=True).supports_masking


def test_pretrained_weights():
    frozen = embedding(trainable=False)
    frozen(np.array([[1]]))
    assert not frozen.trainable_weights
    assert not frozen.embedding.weight.requires_grad
    constant = layers.Embedding(3, 2, embeddings_initializer=keras.initializers.Constant(TABLE))
    assert constant(np.array([2])).tolist() == [[4.0, 5.0]]


def test_inner_module():
    layer = embedding()
    x = torch.tensor([[1]])
    layer(x)
    assert list(layer.state_dict()) == ["embedding.weight"]
    assert layer._lean_path
    layer.embedding.sparse = True
    layer(x).sum().backward()
    assert layer.embedding.weight.grad.is_sparse
    layer.embedding.max_norm = 1.0
    assert layer(x).norm().item() == pytest.approx(1.0, rel=1e-5)
    layer.embedding.register_forward_hook(lambda module, inputs, outputs: outputs * 0)
    assert not layer(x).any()


def test_state_dict_builds_it():
    made, loaded = embedding(), layers.Embedding(3, 2)
    made(np.array([0]))
    loaded.load_state_dict(made.state_dict())
    assert loaded(np.array([1])).tolist() == [[2.0, 3.0]]
