"""Lambda: what the function gets, shapes without running it, and configs without code."""

import json
import warnings

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras as keras
from torchkeras import layers
from torchkeras.layers.core.lambda_config import functions_as_they_are

X = torch.tensor([[1.0, 2.0, 3.0]])


def double(x):
    return x * 2


def weighted(x, mask=None, training=None):
    if training:
        x = x * 10
    return x if mask is None else x * mask[..., None].to(x.dtype)


@keras.utils.register_keras_serializable("tests")
def registered(x):
    return x + 100


# --- calling ---


def test_functions_and_arguments():
    assert layers.Lambda(lambda x: x / 4)(X).tolist() == [[0.25, 0.5, 0.75]]
    assert layers.Lambda(lambda x, k, b: x * k + b, arguments={"k": 2, "b": 1})(X).tolist() == [[3.0, 5.0, 7.0]]
    assert layers.Lambda(lambda xs: xs[0] - xs[1])([X, X]).tolist() == [[0.0, 0.0, 0.0]]
    assert layers.Lambda(torch.relu)(-X).tolist() == [[0.0, 0.0, 0.0]]  # written in C
    with pytest.raises(TypeError, match="function of layer 'lambda.*must be callable. Received: 3"):
        layers.Lambda(3)


def test_training_is_handed_on():
    layer = layers.Lambda(weighted)
    assert layer(X)[0, 0] == 1
    assert layer(X, training=True)[0, 0] == 10
    model = keras.Sequential([keras.Input((3,)), layers.Lambda(lambda x, training: x * 10 if training else x)])
    assert model(X)[0, 0] == 1
    assert model(X, training=True)[0, 0] == 10


def test_masks():
    steps = layers.Masking()(torch.tensor([[[0.0, 0.0], [1.0, 2.0]]]))
    steps = steps + 1
    steps._keras_mask = torch.tensor([[False, True]])
    dropped = layers.Lambda(weighted)(steps)
    assert dropped.tolist() == [[[0.0, 0.0], [2.0, 3.0]]]
    assert not hasattr(dropped, "_keras_mask")
    kept = layers.Lambda(double, mask=lambda x, mask: ~mask)(steps)
    assert kept._keras_mask.tolist() == [[True, False]]
    fixed = layers.Lambda(double, mask=torch.tensor([[True, True]]))(steps)
    assert fixed._keras_mask.tolist() == [[True, True]]
    assert not hasattr(layers.Lambda(lambda x: x)(steps), "_keras_mask")


def test_symbolic_masks():
    steps = layers.Masking()(keras.Input((4, 2)))
    needs = layers.Lambda(lambda x, mask: x * mask[..., None].to(x.dtype), mask=lambda x, mask: mask)
    output = needs(steps)
    assert output.shape == (None, 4, 2)
    assert output._keras_mask.shape == (None, 4)


def test_modules_as_functions_are_followed():
    layer = layers.Lambda(layers.Dense(2, kernel_initializer="ones"))
    assert layer(X).tolist() == [[6.0, 6.0]]
    assert list(layer.state_dict()) == ["function.linear.weight", "function.linear.bias"]
    dropout = layers.Lambda(nn.Dropout(0.5))
    assert torch.equal(dropout(X), X)
    assert (dropout(torch.ones(1, 1000), training=True) == 0).any()


def test_weights_from_around_are_warned_of():
    dense = layers.Dense(2)
    with pytest.warns(UserWarning, match="'lambda' uses weights from around it: dense"):
        layers.Lambda(lambda x: dense(x))(keras.Input((3,)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        flatten = layers.Flatten()
        layers.Lambda(lambda x: flatten(x))(keras.Input((3, 2)))


# --- shapes ---


def test_shapes_and_types_are_found_out():
    assert layers.Lambda(lambda x: x[:, 0])(keras.Input((3, 2))).shape == (None, 2)
    assert layers.Lambda(lambda x: x.argmax(-1))(keras.Input((3,))).dtype is torch.int64
    assert layers.Lambda(lambda x: x[:, ::2]).compute_output_shape((None, 5)) == (None, 3)
    assert layers.Lambda(lambda x: x[0] + x[1]).compute_output_shape([(None, 4), (None, 4)]) == (None, 4)
    first, second = layers.Lambda(lambda x: [x, x[:, :1]])(keras.Input((3,)))
    assert (first.shape, second.shape) == ((None, 3), (None, 1))


def test_given_shapes():
    assert layers.Lambda(double, output_shape=(3,)).compute_output_shape((None, 4)) == (None, 3)
    assert layers.Lambda(double, output_shape=lambda s: (s[0], 7)).compute_output_shape((None, 4)) == (None, 7)
    several = layers.Lambda(double, output_shape=[(3,), (4,)])
    assert several.compute_output_shape([(2, 4), (2, 3)]) == [(2, 3), (2, 4)]


def test_a_given_shape_stands_in_for_a_trial():
    def only_ones(x):
        if not bool((x == 1).all()):
            raise ValueError("ones, please")
        return x[:, :2]

    with pytest.raises(ValueError, match="ones, please"):
        layers.Lambda(only_ones)(keras.Input((3,)))
    inputs = keras.Input((3,))
    model = keras.Model(inputs, layers.Lambda(only_ones, output_shape=(2,))(inputs))
    assert model.output_shape == (None, 2)
    assert model(torch.ones(1, 3)).tolist() == [[1.0, 1.0]]


# --- configs ---


def test_config_has_keras_s_keys_and_a_name():
    config = layers.Lambda(double, output_shape=(3,), arguments={}).get_config()
    assert config == {
        "name": "lambda", "trainable": True, "dtype": "float32", "function": "double", "function_type": "function",
        "module": __name__, "output_shape": (3,), "output_shape_type": "raw", "output_shape_module": None,
        "arguments": {},
    }  # fmt: skip
    named = layers.Lambda(registered, mask=weighted).get_config()
    assert (named["function"], named["mask"], named["mask_type"]) == ("tests>registered", "weighted", "function")


def test_round_trips():
    def through_json(layer):
        return json.loads(json.dumps(layer.get_config()))

    assert layers.Lambda.from_config(through_json(layers.Lambda(registered)))(X)[0, 0] == 101
    assert layers.Lambda.from_config(through_json(layers.Lambda(keras.activations.relu))).function is (
        keras.activations.relu
    )
    config = through_json(layers.Lambda(double, output_shape=lambda_shape, arguments=ARRAYS))
    with keras.utils.custom_object_scope({"double": double, "lambda_shape": lambda_shape}):
        again = layers.Lambda.from_config(config)
    assert again.function is double
    assert again.compute_output_shape((None, 3)) == (None, 9)
    assert again.arguments["k"].tolist() == [1.5, 2.5]
    assert isinstance(again.arguments["k"], np.ndarray)
    assert again.arguments["t"].dtype is torch.float32
    with pytest.raises(ValueError, match="Unknown function of Lambda layer 'lambda.*': 'double'"):
        layers.Lambda.from_config(config)


ARRAYS = {"k": np.array([1.5, 2.5]), "t": torch.tensor([1.0])}


def lambda_shape(shape):
    return (shape[0], 9)


def test_what_has_no_name_is_saved_as_bytecode_and_refused_in_safe_mode():
    layer = layers.Lambda(lambda x, k=2.0: x * k + 1, output_shape=lambda s: s, name="scale")
    config = json.loads(json.dumps(layer.get_config()))
    assert config["function_type"] == config["output_shape_type"] == "lambda"
    with pytest.raises(ValueError, match=r"'scale' was saved with the bytecode of its function.*`safe_mode=False`"):
        layers.Lambda.from_config(config)
    again = layers.Lambda.from_config(config, safe_mode=False)
    assert torch.equal(again(X), layer(X))
    assert again.compute_output_shape((None, 3)) == (None, 3)


def test_code_around_which_there_is_more_than_plain_data_is_not_saved():
    weight = torch.ones(3)
    with pytest.raises(NotImplementedError, match="The function of Lambda layer 'lambda'.*taken from around it.*plain"):
        layers.Lambda(lambda x: x * weight).get_config()
    with pytest.raises(NotImplementedError, match="The mask of Lambda layer .* no function with bytecode"):
        layers.Lambda(double, mask=torch.tensor([True])).get_config()


def test_copies_within_the_process_need_no_name():
    layer = layers.Lambda(lambda x: x + 1, mask=torch.tensor([True]))
    with functions_as_they_are():
        copied = layers.Lambda.from_config(layer.get_config())
    assert copied.function is layer.function
    assert copied.mask is layer.mask
    with pytest.raises(NotImplementedError):
        layer.get_config()


BYTECODE = ["4wEAAAAAAAAAAAAAAAEAAAACAAAAQw==\n", None, None]


def keras_2_config(**changes):
    return {
        "name": "scale", "trainable": True, "dtype": "float32", "function": BYTECODE, "function_type": "lambda",
        "module": "__main__", "output_shape": BYTECODE, "output_shape_type": "lambda",
        "output_shape_module": "__main__", "arguments": {"k": {"type": "ndarray", "value": [1, 2, 3]}},
    } | changes  # fmt: skip


def keras_3_config(function):
    return {"name": "scale", "trainable": True, "dtype": "float32", "function": function, "arguments": {}}


LAMBDA_OF_KERAS_3 = {"class_name": "__lambda__", "config": {"code": BYTECODE[0], "defaults": None, "closure": None}}


@pytest.mark.parametrize("config", [keras_2_config(), keras_3_config(LAMBDA_OF_KERAS_3)])
def test_bytecode_is_not_read(config):
    with pytest.raises(ValueError, match=r"'scale' was saved with the bytecode .* custom_objects=\{'scale'"):
        layers.Lambda.from_config(config)


def test_a_function_given_by_the_layer_s_name_takes_the_place_of_bytecode():
    layer = layers.Lambda.from_config(keras_2_config(), {"scale": lambda x, k: x * torch.tensor(k)})
    assert layer(X).tolist() == [[1.0, 4.0, 9.0]]
    with pytest.raises(ValueError, match="bytecode of its mask"):
        layers.Lambda.from_config(keras_2_config(mask=BYTECODE, mask_type="lambda"), {"scale": double})


def test_names_of_keras_3():
    config = keras_3_config({"class_name": "function", "config": "double", "registered_name": "function"})
    assert layers.Lambda.from_config(config, {"double": double}).function is double
    config = keras_3_config({"class_name": "function", "config": "registered", "registered_name": "tests>registered"})
    assert layers.Lambda.from_config(config).function is registered
