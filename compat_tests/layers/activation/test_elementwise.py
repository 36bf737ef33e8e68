"""ReLU, LeakyReLU, ELU and ThresholdedReLU where the records do not go: kinks, errors, masks, configs."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers

# tf_keras 2.21 on [-1, 0, 2]: values, and slopes.
KINKS = {
    "default": (layers.ReLU, {}, [0, 0, 2], [0, 0, 1]),
    "ceiling": (layers.ReLU, {"max_value": 2}, [0, 0, 2], [0, 0, 1]),
    "six": (layers.ReLU, {"max_value": 6}, [0, 0, 2], [0, 0, 1]),
    "slope": (layers.ReLU, {"negative_slope": 0.5}, [-0.5, 0, 2], [0.5, 0.5, 1]),
    "threshold": (layers.ReLU, {"threshold": 2.0}, [0, 0, 0], [0, 0, 0]),
    "all": (layers.ReLU, {"max_value": 3.0, "negative_slope": 0.5, "threshold": 2.0}, [-1.5, -1, 0], [0.5, 0.5, 0]),
    "leaky": (layers.LeakyReLU, {}, [-0.3, 0, 2], [0.3, 0.3, 1]),
    "elu": (layers.ELU, {}, [-0.63212055, 0, 2], [0.36787945, 1, 1]),
    "elu_half": (layers.ELU, {"alpha": 0.5}, [-0.31606027, 0, 2], [0.18393973, 0.5, 1]),
    "thresholded": (layers.ThresholdedReLU, {"theta": 2.0}, [0, 0, 0], [0, 0, 0]),
    "thresholded_zero": (layers.ThresholdedReLU, {"theta": 0.0}, [0, 0, 2], [0, 0, 1]),
}


@pytest.mark.parametrize("case", KINKS)
def test_values_and_slopes_at_the_kinks(case):
    layer, config, values, slopes = KINKS[case]
    x = torch.tensor([[-1.0, 0.0, 2.0]], requires_grad=True)
    outputs = layer(**config)(x)
    outputs.sum().backward()
    np.testing.assert_allclose(outputs[0].detach(), values, rtol=1e-6)
    np.testing.assert_allclose(x.grad[0], slopes, rtol=1e-6)


@pytest.mark.parametrize(
    ("layer", "config", "message"),
    [
        (layers.ReLU, {"max_value": -1}, "max_value of layer 're_lu' .* 0 or greater. Received: max_value=-1"),
        (layers.ReLU, {"negative_slope": None}, "negative_slope .* Received: negative_slope=None"),
        (layers.ReLU, {"threshold": "high"}, "threshold .* Received: threshold='high'"),
        (layers.LeakyReLU, {"alpha": None}, "alpha of layer 'leaky_re_lu' .* must be a number. Received: alpha=None"),
        (layers.ELU, {"alpha": None}, "alpha of layer 'elu'"),
        (layers.ThresholdedReLU, {"theta": None}, "theta .* Received: theta=None"),
        (layers.ThresholdedReLU, {"theta": -1}, "theta .* 0 or greater"),
    ],
)
def test_wrong_arguments_are_named(layer, config, message):
    with pytest.raises(ValueError, match=message):
        layer(**config)


def test_leaky_relu_takes_the_name_of_keras_3():
    layer = layers.LeakyReLU(negative_slope=0.1)
    assert (layer.alpha, layer.negative_slope) == (0.1, 0.1)
    assert layer.get_config()["alpha"] == 0.1
    assert "negative_slope" not in layer.get_config()
    assert layers.LeakyReLU(0.2).alpha == 0.2


def test_integers_become_floats():
    outputs = layers.LeakyReLU(0.5)(np.array([[-2, 2]]))
    assert outputs.dtype is torch.float32
    assert outputs.tolist() == [[-1.0, 2.0]]
    symbol = layers.ReLU()(keras.Input((2,), dtype="int32"))
    assert symbol.dtype is layers.ReLU()(np.array([[-2, 2]])).dtype is torch.float32


@pytest.mark.parametrize("name", ["ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", "PReLU", "Softmax"])
def test_masks_pass(name):
    steps = layers.Masking()(np.array([[[0.0, 0.0], [1.0, 2.0]]]))
    layer = layers.Softmax(axis=1) if name == "Softmax" else getattr(layers, name)()
    if name == "Softmax":  # which applies the mask too, and so wants one of the input's shape
        steps._keras_mask = torch.tensor([[[False, False], [True, True]]])
    outputs = layer(steps)
    assert torch.equal(outputs._keras_mask, steps._keras_mask)


def test_the_fast_path_is_taken_and_gives_way_to_hooks():
    layer = layers.ReLU()
    x = torch.tensor([[-1.0, 1.0]])
    layer(x)
    assert layer._lean_path
    layer.register_forward_hook(lambda module, inputs, outputs: outputs + 5)
    assert layer(x).tolist() == [[5.0, 6.0]]


def test_activity_regularizer():
    layer = layers.ReLU(activity_regularizer=keras.regularizers.L1(0.5))
    layer(torch.tensor([[-1.0, 3.0], [1.0, 0.0]]))
    assert float(layer.losses[0]) == pytest.approx(0.5 * 4 / 2)


def test_as_the_activation_of_another_layer():
    dense = layers.Dense(2, activation=layers.LeakyReLU(0.1), use_bias=False, kernel_initializer="ones")
    np.testing.assert_allclose(dense(torch.tensor([[-1.0]])).detach(), [[-0.1, -0.1]], rtol=1e-6)
    assert dense.get_config()["activation"]["class_name"] == "LeakyReLU"
