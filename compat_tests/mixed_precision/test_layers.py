"""Layers under policies: types and values as tf_keras has them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import torchkeras as keras
from compat_tests.mixed_precision import specimens
from torchkeras.core.nest import flatten, map_structure

HERE = Path(__file__).parent
RECORDED = json.loads((HERE / "recorded.json").read_text())["layers"]
VALUES = dict(np.load(HERE / "recorded.npz"))


def made(name, **extra):
    layer = specimens.make(keras.layers, name, **extra)
    inputs = map_structure(torch.from_numpy, specimens.inputs_of(specimens.LAYERS[name][2]))
    return layer, inputs


def names(outputs):
    return [str(tensor.dtype).removeprefix("torch.") for tensor in flatten(outputs)]


@pytest.mark.parametrize("policy", specimens.POLICIES)
@pytest.mark.parametrize("name", specimens.LAYERS)
def test_types(name, policy):
    expected = RECORDED[name][policy]
    if "error" in expected:
        pytest.skip("tf_keras has no kernel for it")
    if (name, policy) == ("up_sampling_bilinear", "float64"):
        expected = RECORDED["up_sampling"][policy]  # tf_keras gives float32 even here, as Keras 3 does not
    keras.mixed_precision.set_global_policy(policy)
    layer, inputs = made(name)
    assert names(specimens.call(layer, name, inputs)) == expected["outputs"]
    if layer._call_info.training:
        assert names(specimens.call(layer, name, inputs, training=True)) == expected["training"]
    assert names([weight.parameter for weight in layer.weights if weight.name]) == expected["weights"]
    assert [layer.dtype, layer.compute_dtype, layer.variable_dtype] == expected["layer"]


@pytest.mark.parametrize("name", sorted({key.split("/")[0] for key in VALUES}))
def test_values_in_bfloat16(name):
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    layer, inputs = made(name)
    specimens.call(layer, name, inputs)
    specimens.set_weights(layer)
    outputs = flatten(specimens.call(layer, name, inputs))
    for i, output in enumerate(outputs):
        expected = VALUES[f"{name}/{i}"]
        np.testing.assert_allclose(output.detach().float().numpy(), expected, atol=0.02 * np.abs(expected).max())


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("name", specimens.LAYERS)
def test_gradients_and_symbols(name, policy):
    keras.mixed_precision.set_global_policy(policy)
    layer, inputs = made(name)
    symbols = map_structure(lambda x: keras.Input(tuple(x.shape[1:]), dtype=names(x)[0]), inputs)
    outputs = specimens.call(layer, name, inputs)
    assert names(specimens.call(layer, name, symbols)) == names(outputs)
    parameters = [v.parameter for v in layer.trainable_weights]
    if parameters:
        sum(one.float().square().sum() for one in flatten(outputs)).backward()
        for parameter in parameters:
            assert isinstance(parameter, torch.nn.Parameter)
            assert parameter.grad.dtype is torch.float32
            assert torch.isfinite(parameter.grad).all()


@pytest.mark.cuda
@pytest.mark.parametrize("name", sorted({key.split("/")[0] for key in VALUES}))
def test_values_in_bfloat16_on_cuda(name):
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    layer, inputs = made(name)
    inputs = map_structure(lambda tensor: tensor.cuda(), inputs)
    specimens.call(layer, name, inputs)
    specimens.set_weights(layer)
    outputs = flatten(specimens.call(layer, name, inputs))
    for i, output in enumerate(outputs):
        expected = VALUES[f"{name}/{i}"]
        np.testing.assert_allclose(output.detach().float().cpu().numpy(), expected, atol=0.03 * np.abs(expected).max())
    parameters = [variable.parameter for variable in layer.trainable_weights]
    if parameters:
        sum(one.float().square().sum() for one in outputs).backward()
        assert {parameter.grad.dtype for parameter in parameters} == {torch.float32}
