"""keras.ops in functional models: shapes, values, configs, copies, training."""

import copy
import pickle

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import ops

RNG = np.random.default_rng(5)
KERNEL = RNG.normal(size=(2, 2, 3, 4)).astype("float32")

#: Operations on a (None, 4, 6, 3) input.
IMAGES = {
    "arithmetic": lambda x: ops.add(ops.multiply(x, 2), 1.5),
    "reversed": lambda x: ops.subtract(1.0, x),
    "array": lambda x: ops.multiply(np.arange(3, dtype="float32"), x),
    "exp": lambda x: ops.exp(x),
    "where": lambda x: ops.where(x > 0.5, x, 0.0),
    "mean": lambda x: ops.mean(x, axis=(1, 2), keepdims=True),
    "sum of all but the batch": lambda x: ops.sum(x, axis=[1, 2, 3]),
    "argmax": lambda x: ops.argmax(x, axis=-1),
    "cast": lambda x: ops.cast(ops.greater(x, 0.5), "int32"),
    "transpose": lambda x: ops.transpose(x, (0, 3, 1, 2)),
    "reshape": lambda x: ops.reshape(x, (-1, 24, 3)),
    "reshape by shape": lambda x: ops.reshape(x, (ops.shape(x)[0], ops.shape(x)[1] * ops.shape(x)[2], 3)),
    "expand": lambda x: ops.squeeze(ops.expand_dims(x, 1), 1),
    "concatenate": lambda x: ops.concatenate([x, x * 2], axis=-1),
    "stack": lambda x: ops.stack([x, x], axis=1),
    "take": lambda x: ops.take(x, [0, 2], axis=2),
    "pad": lambda x: ops.pad(x, ((0, 0), (1, 1), (0, 2), (0, 0))),
    "repeat": lambda x: ops.repeat(x, 2, axis=1),
    "one_hot": lambda x: ops.one_hot(ops.cast(x * 3, "int32"), 4),
    "einsum": lambda x: ops.einsum("bhwc,cd->bhwd", x, np.ones((3, 2), "float32")),
    "matmul": lambda x: ops.matmul(x, ops.swapaxes(x, -1, -2)),
    "norm": lambda x: ops.norm(x, axis=-1),
    "normalize": lambda x: ops.normalize(x, axis=-1),
    "softmax": lambda x: ops.softmax(x),
    "gelu": lambda x: ops.gelu(x),
    "conv": lambda x: ops.conv(x, KERNEL, strides=2, padding="same"),
    "max_pool": lambda x: ops.max_pool(x, 2),
    "resize": lambda x: ops.image.resize(x, (8, 8)),
    "grayscale": lambda x: ops.image.rgb_to_grayscale(x),
    "patches": lambda x: ops.image.extract_patches(x, 2),
    "layer_normalization": lambda x: ops.layer_normalization(x),
    "clip": lambda x: ops.clip(x, 0.2, 0.8),
    "arccos": lambda x: ops.arccos(x),
}


@pytest.mark.parametrize("name", IMAGES)
def test_the_model_computes_what_the_function_does(name):
    function = IMAGES[name]
    inputs = keras.Input((4, 6, 3))
    outputs = function(inputs)
    model = keras.Model(inputs, outputs)
    x = torch.from_numpy(RNG.uniform(0.1, 0.9, size=(5, 4, 6, 3)).astype("float32"))
    expected = function(x)
    found = model(x)
    torch.testing.assert_close(found, expected)
    assert outputs.dtype is expected.dtype
    assert outputs.shape == (None, *expected.shape[1:])
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model)), keras.Model.from_config(model.get_config())):
        torch.testing.assert_close(other(x), expected)


def test_functions_of_ones_own():
    inputs = keras.Input((6,))
    model = keras.Model(inputs, ops.vectorized_map(lambda row: row / ops.sum(row), inputs))
    x = torch.from_numpy(RNG.uniform(0.1, 0.9, size=(3, 6)).astype("float32"))
    torch.testing.assert_close(model(x), x / x.sum(1, keepdim=True))


def test_several_results():
    inputs = keras.Input((6,))
    left, right = ops.split(inputs, 2, axis=1)
    values, places = ops.top_k(inputs, 2)
    model = keras.Model(inputs, [left, right, values, places])
    x = torch.from_numpy(RNG.normal(size=(3, 6)).astype("float32"))
    found = model(x)
    torch.testing.assert_close(list(found), [x[:, :3], x[:, 3:], *ops.top_k(x, 2)])


def test_names_in_the_model():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, ops.add(ops.relu(inputs), inputs))
    assert [layer.name for layer in model.layers][1:] == ["ops.relu", "ops.add"]


def test_random_functions_are_drawn_anew_in_each_run():
    inputs = keras.Input((100,))
    model = keras.Model(inputs, keras.random.dropout(inputs, 0.5, seed=keras.random.SeedGenerator(1)))
    x = torch.ones(2, 100)
    assert not torch.equal(model(x), model(x))
    assert set(model(x).unique().tolist()) == {0.0, 2.0}


def test_training_through_operations():
    inputs = keras.Input((2,))
    x = keras.layers.Dense(8)(inputs)
    x = ops.concatenate([ops.relu(x), ops.sin(x)], axis=-1)
    model = keras.Model(inputs, ops.squeeze(keras.layers.Dense(1)(x), -1))
    model.compile("adam", "mse")
    data = RNG.normal(size=(256, 2)).astype("float32")
    history = model.fit(data, data[:, 0] * 2 - data[:, 1], epochs=20, verbose=0).history["loss"]
    assert history[-1] < history[0] / 3


def test_an_operation_as_activation_is_saved_as_itself():
    layer = keras.layers.Dense(2, activation=ops.gelu)
    config = layer.get_config()
    assert config["activation"] == "ops.gelu"
    assert keras.layers.Dense.from_config(config).activation is ops.gelu
    assert keras.activations.get("gelu") is keras.activations.gelu


def test_shape_of_a_symbol():
    assert ops.shape(keras.Input((3,))) == (None, 3)
    assert ops.ndim(keras.Input((3,))) == 2
    assert ops.dtype(keras.Input((3,), dtype="int32")) == "int32"


def test_in_a_layer_of_ones_own():
    class Attention(keras.layers.Layer):
        def call(self, q):
            scores = ops.matmul(q, ops.transpose(q, (0, 2, 1))) / ops.sqrt(ops.cast(ops.shape(q)[-1], "float32"))
            return ops.matmul(ops.softmax(scores, axis=-1), q)

    q = torch.from_numpy(RNG.normal(size=(2, 3, 4)).astype("float32"))
    expected = torch.nn.functional.scaled_dot_product_attention(q, q, q)
    torch.testing.assert_close(Attention()(q), expected, rtol=1e-4, atol=1e-5)


def test_no_values_of_a_symbol():
    with pytest.raises(TypeError, match="no values yet"):
        ops.convert_to_numpy(keras.Input((3,)))
