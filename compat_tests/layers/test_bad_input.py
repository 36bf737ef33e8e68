"""Mistakes: each is an error of the type Keras raises, naming the layer, what was expected and what came."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers
from torchkeras.core.op_errors import UnimplementedError

WRONG_RANK = [
    ("Dense", {"units": 2}, (2, 3), (3,), "min_ndim=2, found ndim=1"),
    ("Conv1D", {"filters": 2, "kernel_size": 2}, (2, 5, 3), (5, 3), "ndim=3, found ndim=2"),
    ("Conv2D", {"filters": 2, "kernel_size": 2}, (2, 5, 5, 3), (5, 5, 3), "ndim=4, found ndim=3"),
    ("Conv3D", {"filters": 2, "kernel_size": 2}, (1, 5, 5, 5, 3), (5, 5, 5, 3), "ndim=5, found ndim=4"),
    ("Conv2DTranspose", {"filters": 2, "kernel_size": 2}, (2, 5, 5, 3), (5, 5, 3), "ndim=4, found ndim=3"),
    ("DepthwiseConv2D", {"kernel_size": 2}, (2, 5, 5, 3), (5, 5, 3), "ndim=4, found ndim=3"),
    ("SeparableConv2D", {"filters": 2, "kernel_size": 2}, (2, 5, 5, 3), (5, 5, 3), "ndim=4, found ndim=3"),
    ("MaxPooling2D", {}, (2, 4, 4, 3), (4, 4, 3), "ndim=4, found ndim=3"),
    ("AveragePooling1D", {}, (2, 4, 3), (4, 3), "ndim=3, found ndim=2"),
    ("GlobalAveragePooling2D", {}, (2, 4, 4, 3), (4, 4, 3), "ndim=4, found ndim=3"),
    ("ZeroPadding2D", {}, (2, 4, 4, 3), (4, 4, 3), "ndim=4, found ndim=3"),
    ("Cropping1D", {}, (2, 4, 3), (4, 3), "ndim=3, found ndim=2"),
    ("UpSampling3D", {}, (1, 2, 2, 2, 3), (2, 2, 2, 3), "ndim=5, found ndim=4"),
    ("RepeatVector", {"n": 2}, (2, 3), (2, 3, 4), "ndim=2, found ndim=3"),
    ("Permute", {"dims": (2, 1)}, (2, 3, 4), (2, 3), "ndim=3, found ndim=2"),
    ("SpatialDropout1D", {"rate": 0.5}, (2, 3, 4), (2, 3), "ndim=3, found ndim=2"),
    ("BatchNormalization", {}, (2, 3, 4), (2, 4), "ndim=3, found ndim=2"),
]


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize(("name", "config", "right", "wrong", "words"), WRONG_RANK, ids=[row[0] for row in WRONG_RANK])
def test_wrong_rank(name, config, right, wrong, words, built):
    if not built and name == "BatchNormalization":
        return  # any rank is right for the first call
    layer = getattr(layers, name)(**config)
    if built:
        layer(torch.zeros(right))
    with pytest.raises(ValueError, match=f'Input 0 of layer "{layer.name}" is incompatible with the layer: .*{words}'):
        layer(torch.zeros(wrong))
    with pytest.raises(ValueError, match=f'Input 0 of layer "{layer.name}" is incompatible'):
        layer(keras.Input(batch_shape=wrong))


WRONG_CHANNELS = [
    ("Dense", {"units": 2}, (2, 3), (2, 4), "axis -1 of input shape to have value 3"),
    ("Conv1D", {"filters": 2, "kernel_size": 2}, (2, 5, 3), (2, 5, 4), "axis -1 of input shape to have value 3"),
    ("Conv2D", {"filters": 2, "kernel_size": 2}, (2, 5, 5, 3), (2, 5, 5, 1), "axis -1 of input shape to have value 3"),
    ("DepthwiseConv2D", {"kernel_size": 2}, (2, 5, 5, 3), (2, 5, 5, 1), "axis -1 of input shape to have value 3"),
    ("Conv2DTranspose", {"filters": 2, "kernel_size": 2}, (2, 5, 5, 3), (2, 5, 5, 1), "axis -1 of input shape"),
    ("BatchNormalization", {}, (2, 3), (2, 4), "axis 1 of input shape to have value 3"),
    ("PReLU", {}, (2, 3), (2, 1), "value 3"),
]


@pytest.mark.parametrize(
    ("name", "config", "right", "wrong", "words"), WRONG_CHANNELS, ids=[r[0] for r in WRONG_CHANNELS]
)
@pytest.mark.parametrize("call", ["layer", "array", "program"])
def test_wrong_number_of_channels(name, config, right, wrong, words, call):
    layer = getattr(layers, name)(**config)
    layer(torch.zeros(right))
    given = {"layer": torch.zeros(wrong), "array": np.zeros(wrong), "program": keras.Input(wrong[1:])}[call]
    with pytest.raises(ValueError, match=f'layer "{layer.name}" is incompatible.*{words}'):
        layer(given)


def test_channels_that_are_not_known():
    for layer in (layers.Dense(2), layers.Conv1D(2, 2)):
        with pytest.raises(ValueError, match="should be defined"):
            layer(keras.Input((5, None)))


def test_misspelt_names_suggest_the_nearest():
    with pytest.raises(TypeError, match="Dense.*'acitvation'.*Did you mean 'activation'"):
        layers.Dense(3, acitvation="relu")
    with pytest.raises(TypeError, match="Conv2D.*'kernal_initializer'.*Did you mean 'kernel_initializer'"):
        layers.Conv2D(3, 3, kernal_initializer="zeros")
    with pytest.raises(ValueError, match="Unknown activation.*'rleu'.*Did you mean 'relu'"):
        layers.Dense(3, activation="rleu")
    with pytest.raises(ValueError, match="Unknown initializer.*'he_norm'.*Did you mean 'he_normal'"):
        layers.Dense(3, kernel_initializer="he_norm")
    with pytest.raises(ValueError, match="Unknown regularizer.*'L3'"):
        layers.Dense(3, kernel_regularizer="L3")
    with pytest.raises(ValueError, match="Unknown constraint.*'maxnrm'"):
        layers.Dense(3, kernel_constraint="maxnrm")
    with pytest.raises(ValueError, match="Unknown dtype 'float31'.*'float32'"):
        layers.Dense(3, dtype="float31")
    with pytest.raises(ValueError, match="Unknown layer.*'Dens'.*Did you mean 'Dense'"):
        layers.deserialize({"class_name": "Dens", "config": {}})


@pytest.mark.parametrize("units", [0, -1, "many", None, 2.5])
def test_sizes_must_be_positive_integers(units):
    with pytest.raises(ValueError, match="units.*layer 'dense'.*positive integer"):
        layers.Dense(units)


def test_several_inputs_where_one_is_expected_and_the_other_way_round():
    a, b = torch.zeros(2, 3), torch.zeros(2, 3)
    with pytest.raises(ValueError, match=r'Layer "dense" expects 1 input\(s\), but it received 2'):
        layers.Dense(2)([a, b])
    with pytest.raises(ValueError, match="list"):
        layers.Add()(a)


def test_outputs_that_would_be_empty():
    with pytest.raises(ValueError, match="<= 0"):
        layers.Conv2D(2, 5)(keras.Input((3, 3, 1)))
    with pytest.raises(ValueError, match="<= 0"):
        layers.MaxPooling2D(5)(keras.Input((3, 3, 1)))
    with pytest.raises(ValueError, match="[Cc]ropping"):
        layers.Cropping1D(2)(keras.Input((3, 1)))


def test_words_and_nothing_are_no_inputs():
    with pytest.raises(UnimplementedError, match="was given texts"):
        layers.Dense(2)(np.array([["a", "b"]]))
    with pytest.raises(UnimplementedError, match="was given texts"):
        layers.Dense(2)("text")
    with pytest.raises(UnimplementedError, match="was given texts"):
        layers.Dense(2)(keras.Input((2,), dtype="string"))
    with pytest.raises(TypeError, match="dtype"):
        layers.Dense(2)(np.array([[None, 1.0]], dtype=object))


def test_cyclic_graph():
    x = keras.Input((3,))
    y = layers.Dense(3)(x)
    z = layers.Dense(3)(y)
    y.node.args = (z,)
    with pytest.raises(ValueError, match="'dense.*' is part of a cycle"):
        keras.Model(x, z)


def test_bad_policies_and_formats():
    with pytest.raises(ValueError, match="Did you mean 'mixed_float16'"):
        layers.Dense(2, dtype="mixed_flaot16")
    with pytest.raises(ValueError, match="data_format"):
        layers.Conv2D(2, 2, data_format="channels_middle")
    with pytest.raises(ValueError, match="Please provide to Input"):
        keras.Input()
    with pytest.raises(TypeError, match="shap"):
        keras.Input(shap=(3,))


def test_a_failed_call_leaves_the_layer_usable():
    layer = layers.Dense(2)
    with pytest.raises(ValueError, match="min_ndim"):
        layer(torch.zeros(3))
    assert layer(torch.zeros(1, 3)).shape == (1, 2)
