"""keras.Function, get_source_inputs, remat."""

import numpy as np
import pytest
import torch

import torchkeras as keras


def test_function_of_several_inputs_and_outputs():
    a, b = keras.Input((2,)), keras.Input((2,))
    function = keras.Function([a, b], {"sum": a + b, "product": a * b})
    found = function([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])])
    assert found["sum"].tolist() == [[4.0, 6.0]]
    assert found["product"].tolist() == [[3.0, 8.0]]
    assert function.name == "function"


def test_function_from_within_a_model():
    inputs = keras.Input((3,))
    hidden = keras.layers.Dense(2, kernel_initializer="ones", name="hidden")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    features = keras.Function(model.inputs, model.get_layer("hidden").output)
    assert features(np.ones((1, 3), "float32")).tolist() == [[3.0, 3.0]]


def test_function_needs_symbols():
    with pytest.raises(ValueError, match="inputs"):
        keras.Function(np.ones(2), np.ones(2))


def test_source_inputs():
    a, b, c = keras.Input((2,)), keras.Input((2,)), keras.Input((2,))
    joined = keras.layers.Concatenate()([keras.layers.Dense(1)(b), a * 2 + b])
    assert [id(t) for t in keras.utils.get_source_inputs(joined)] == [id(b), id(a)]
    assert keras.utils.get_source_inputs(c) == [c]
    with pytest.raises(ValueError, match="KerasTensor"):
        keras.utils.get_source_inputs(np.ones(2))


def test_remat_computes_twice_and_gives_the_same_gradients():
    calls = []

    def wave(x, factor=1.0):
        calls.append(1)
        return torch.sin(x * factor)

    x = torch.tensor([0.5, 2.0], requires_grad=True)
    keras.remat(wave)(x, factor=3.0).sum().backward()
    assert len(calls) == 2
    np.testing.assert_allclose(x.grad, 3 * np.cos(3 * np.array([0.5, 2.0])), rtol=1e-5)
    with torch.no_grad():
        keras.remat(wave)(x)
    assert len(calls) == 3
