"""stateless_call, and the stateless methods of metrics and optimizers. The figures are Keras 3.15's for this model."""

import numpy as np
import pytest
import torch

import torchkeras as keras

X = np.linspace(-1, 1, 24).reshape(4, 6).astype("float32")


@pytest.fixture
def model():
    made = keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(3, kernel_regularizer="l2"),
            keras.layers.BatchNormalization(),
            keras.layers.Reshape((3, 1)),
            keras.layers.LSTM(2),
            keras.layers.Dense(1),
        ]
    )
    for weight in made.weights:
        ramp = np.linspace(-0.5, 0.7, int(np.prod(weight.shape))).reshape(weight.shape)
        weight.assign(ramp + (1 if "variance" in weight.name or "gamma" in weight.name else 0))
    return made


def values(variables, change=lambda value: value):
    return [change(variable.numpy()) for variable in variables]


def test_outputs_state_and_losses_are_those_of_the_given_values(model):
    trainable = values(model.trainable_variables, lambda value: value * np.float32(1.1))
    others = values(model.non_trainable_variables, lambda value: value + np.float32(0.1))
    before = model.get_weights()
    outputs, state, losses = model.stateless_call(trainable, others, X, training=True, return_losses=True)
    assert outputs.flatten().tolist() == pytest.approx([-0.58436, -0.47234, -0.37467, -0.36357], abs=1e-5)
    assert state[0].tolist() == pytest.approx([-0.39796, 0.20264, 0.80324], abs=1e-5)
    assert state[1].tolist() == pytest.approx([0.59413, 1.18948, 1.78631], abs=1e-5)
    assert [float(loss) for loss in losses] == pytest.approx([0.03139], abs=1e-5)
    outputs, _ = model.stateless_call(trainable, others, X, training=False)
    assert outputs.flatten().tolist() == pytest.approx([-0.45374, -0.40308, -0.37649, -0.36824], abs=1e-5)
    for after, value in zip(model.get_weights(), before, strict=True):
        assert np.array_equal(after, value)


def test_gradients_reach_the_given_values(model):
    trainable = [torch.tensor(value, requires_grad=True) for value in values(model.trainable_variables)]
    outputs, _ = model.stateless_call(trainable, values(model.non_trainable_variables), X)
    outputs.sum().backward()
    model(X).sum().backward()
    for given, variable in zip(trainable, model.trainable_variables, strict=True):
        expected = variable.layout.to_keras(variable.parameter.grad)
        torch.testing.assert_close(given.grad, expected)


def test_wrong_numbers_and_shapes_of_values_are_refused(model):
    trainable, others = values(model.trainable_variables), values(model.non_trainable_variables)
    with pytest.raises(ValueError, match="`trainable_variables` must be a list of one value for each of these 9"):
        model.stateless_call(trainable[1:], others, X)
    with pytest.raises(ValueError, match=r"must have its shape \(6, 3\)"):
        model.stateless_call([trainable[0].T, *trainable[1:]], others, X)
    with pytest.raises(ValueError, match="must be built"):
        keras.layers.Dense(2).stateless_call([], [], X)


def test_optimizer_gives_what_a_step_would_make(model):
    optimizer = keras.optimizers.Adam(0.1)
    optimizer.build(model.trainable_variables)
    gradients = values(model.trainable_variables, np.ones_like)
    before = values(model.trainable_variables)
    trained, own = optimizer.stateless_apply(values(optimizer.variables), gradients, before)
    for value, earlier in zip(trained, before, strict=True):  # Adam's first step is the learning rate
        np.testing.assert_allclose(value, earlier - 0.1, atol=1e-5)
    assert int(own[0]) == 1
    assert int(optimizer.iterations) == 0
    for variable, value in zip(model.trainable_variables, before, strict=True):
        assert np.array_equal(variable.numpy(), value)
    trained, own = optimizer.stateless_apply(own, gradients, trained)
    assert int(own[0]) == 2
    np.testing.assert_allclose(trained[0], before[0] - 0.2, atol=1e-5)


def test_optimizer_must_be_built():
    with pytest.raises(ValueError, match="must be built"):
        keras.optimizers.SGD().stateless_apply([], [], [])


def test_metric_state_goes_in_and_out():
    metric = keras.metrics.MeanSquaredError()
    metric.update_state([1.0], [3.0])
    state = metric.stateless_reset_state()
    assert [float(value) for value in state] == [0.0, 0.0]
    state = metric.stateless_update_state(state, X, X * 2)
    state = metric.stateless_update_state(state, X, X * 3)
    assert [float(value) for value in state] == pytest.approx([7.24638, 8.0], abs=1e-5)
    assert float(metric.stateless_result(state)) == pytest.approx(0.9058, abs=1e-4)
    assert float(metric.result()) == 4.0
