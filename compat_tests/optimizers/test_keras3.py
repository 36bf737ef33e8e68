"""Optimizers that only Keras 3 has, and the scaling of losses, against records of Keras."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers, optimizers
from torchkeras.optimizers import LossScaleOptimizer

from .keras3_inputs import LOSS_SCALES, SCHEDULE_FREE, STEPS, gradient, start

RECORDED = json.loads((Path(__file__).parent / "data" / "keras3.json").read_text())


# --- ScheduleFreeAdamW --------------------------------------------------------------------------------------


def by_hand(settings, late):
    """The published algorithm in NumPy's double precision.

    With `late` the mean is recovered by means of the z of after the update. Keras does so on TensorFlow and on torch,
    where what it keeps as the old z is the variable itself; on JAX it does not.
    """
    given = {"learning_rate": 0.0025, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "warmup_steps": 0} | settings
    share, kept = given["beta_1"], given["beta_2"]
    y = start().astype(float)
    z, v, rows = y.copy(), np.zeros(6), []
    for t in range(1, STEPS + 1):
        g = gradient(t - 1).astype(float)
        y = y - y * given.get("weight_decay", 0.0) * given["learning_rate"]
        rate = given["learning_rate"] * (min(t / given["warmup_steps"], 1.0) if given["warmup_steps"] else 1.0)
        v = kept * v + (1 - kept) * g * g
        old, z = z, z - rate * g / (np.sqrt(v / (1 - kept**t)) + given["epsilon"])
        x = (y - (1 - share) * (z if late else old)) / share
        y = (1 - share) * z + share * (x + (z - x) / t)
        rows.append(y)
    return np.stack(rows)


@pytest.mark.parametrize("case", SCHEDULE_FREE)
def test_the_formula_by_hand_is_keras(case):
    np.testing.assert_allclose(by_hand(SCHEDULE_FREE[case], late=True), RECORDED["schedule_free"][case], atol=2e-5)


@pytest.mark.parametrize("way", ["apply", "step"])
@pytest.mark.parametrize("case", SCHEDULE_FREE)
def test_schedule_free(case, way):
    optimizer = optimizers.ScheduleFreeAdamW(**SCHEDULE_FREE[case])
    weight = keras.Variable(start())
    optimizer.build([weight])
    rows = []
    for step in range(STEPS):
        if way == "apply":
            optimizer.apply([torch.from_numpy(gradient(step))])
        else:
            weight.grad = torch.from_numpy(gradient(step))
            optimizer.step()
        rows.append(weight.numpy())
    np.testing.assert_allclose(np.stack(rows), by_hand(SCHEDULE_FREE[case], late=False), atol=2e-5)
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert again.get_config() == optimizer.get_config()


def test_schedule_free_needs_a_mean():
    with pytest.raises(ValueError, match="`beta_1` must be in"):
        optimizers.ScheduleFreeAdamW(beta_1=0.0)


# --- Muon and Lamb: values are in the goldens ---------------------------------------------------------------


def test_muon_leaves_embeddings_and_excluded_layers_to_adam():
    model = keras.Sequential(
        [layers.Embedding(9, 4, input_shape=(3,)), layers.Flatten(), layers.Dense(5), layers.Dense(5, name="output")]
    )
    optimizer = optimizers.Muon(exclude_layers=["output"])
    optimizer.build(model.trainable_variables)
    adam = [v.path for v in model.trainable_variables if optimizer._should_use_adamw(v)]
    assert adam == ["embedding/embeddings", "dense/bias", "output/kernel", "output/bias"]
    assert [velocity is None for velocity in optimizer.adam_velocities] == [False, True, False, False, False]
    assert len(optimizer.variables) == 1 + 5 + 4


@pytest.mark.parametrize("name", ["lamb", "muon", "schedulefreeadamw"])
def test_they_train(name):
    model = keras.Sequential([layers.Dense(16, activation="tanh", input_shape=(3,)), layers.Dense(1)])
    optimizer = optimizers.get(name)
    optimizer.learning_rate = 0.02
    model.compile(optimizer, "mse")
    x = np.random.default_rng(0).normal(size=(256, 3)).astype("float32")
    losses = model.fit(x, x.sum(1, keepdims=True), epochs=15, verbose=0).history["loss"]
    assert losses[-1] < 0.1 * losses[0]


# --- LossScaleOptimizer -------------------------------------------------------------------------------------


def minimize(optimizer, weight, step, factor):
    optimizer.minimize(lambda: (weight * torch.from_numpy(gradient(step))).sum() * factor, [weight])


def by_step(optimizer, weight, step, factor):
    optimizer.build([weight])
    weight.grad = None
    optimizer.scale_loss((weight * torch.from_numpy(gradient(step))).sum() * factor).backward()
    optimizer.step()


def by_pairs(optimizer, weight, step, factor):
    """Keras 2's way: scaled loss, gradients divided by hand."""
    loss = optimizer.get_scaled_loss((weight * torch.from_numpy(gradient(step))).sum() * factor)
    grads = optimizer.get_unscaled_gradients([*torch.autograd.grad(loss, [weight.parameter]), None])
    optimizer.apply_gradients([(grads[0], weight)])


def by_apply(optimizer, weight, step, factor):
    """Keras 3's way: the optimizer divides."""
    loss = optimizer.scale_loss((weight * torch.from_numpy(gradient(step))).sum() * factor)
    optimizer.apply(torch.autograd.grad(loss, [weight.parameter]), [weight])


@pytest.mark.parametrize("take", [minimize, by_step, by_pairs, by_apply])
@pytest.mark.parametrize("case", LOSS_SCALES)
def test_loss_scale(case, take):
    settings, broken = LOSS_SCALES[case]
    optimizer = LossScaleOptimizer(optimizers.SGD(0.1, momentum=0.9), **settings)
    weight = keras.Variable(start())
    for step, (scale, count, iterations, values) in enumerate(RECORDED["loss_scale"][case]["rows"]):
        take(optimizer, weight, step, float("inf") if step in broken else 1.0)
        assert float(optimizer.loss_scale) == scale
        assert count is None or int(optimizer.dynamic_counter) == count
        assert int(optimizer.iterations) == iterations
        if case != "largest":  # where TensorFlow takes the reciprocal of the scale for 0
            np.testing.assert_allclose(weight.numpy(), values, rtol=1e-5, atol=1e-6)
    config = optimizer.get_config()
    assert {key: config[key] for key in config if key != "inner_optimizer"} == RECORDED["loss_scale"][case]["config"]


def model_with(optimizer):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([layers.Dense(4, activation="relu", input_shape=(3,)), layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model


def test_loss_scale_in_fit(tmp_path):
    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
    given = {"x": x, "y": x.sum(1), "batch_size": 8, "shuffle": False, "verbose": 0}
    plain = model_with(optimizers.Adam(0.01))
    scaled = model_with(LossScaleOptimizer(optimizers.Adam(0.01), dynamic_growth_steps=4))
    expected = plain.fit(**given, epochs=2).history["loss"]
    np.testing.assert_allclose(scaled.fit(**given, epochs=2).history["loss"], expected, rtol=1e-5)
    assert float(scaled.optimizer.loss_scale) == 2.0**17
    assert int(scaled.optimizer.iterations) == 10
    scaled.optimizer.lr = 0.005
    assert float(scaled.optimizer.inner_optimizer.learning_rate) == np.float32(0.005)
    scaled.save(tmp_path / "model.pt")
    twin = keras.models.load_model(tmp_path / "model.pt")
    assert float(twin.optimizer.loss_scale) == 2.0**17
    assert int(twin.optimizer.dynamic_counter) == 2
    assert scaled.fit(**given).history == twin.fit(**given).history


def test_loss_scale_keras_3s_arguments_and_configs():
    optimizer = LossScaleOptimizer(optimizers.Adam(), 512.0, 7)
    assert (optimizer.dynamic, optimizer.initial_scale, optimizer.dynamic_growth_steps) == (True, 512.0, 7)
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert isinstance(again.inner_optimizer, optimizers.Adam)
    assert again.get_config() == optimizer.get_config()
    kept = optimizers.deserialize({"class_name": "LossScaleOptimizerV3", "config": optimizer.get_config()})
    assert kept.initial_scale == 512.0
    twin = copy.deepcopy(optimizer)
    twin.learning_rate = 0.5
    assert float(optimizer.learning_rate) == np.float32(0.001)


def test_loss_scale_bad_arguments():
    adam = optimizers.Adam()
    for given, error, words in [
        ({"dynamic": "yes"}, TypeError, "must be a bool"),
        ({"dynamic": False}, ValueError, '"initial_scale" must be specified'),
        ({"dynamic": False, "initial_scale": 2.0, "dynamic_growth_steps": 3}, ValueError, "must be None"),
    ]:
        with pytest.raises(error, match=words):
            LossScaleOptimizer(adam, **given)
    with pytest.raises(TypeError, match="must be an instance of `keras.optimizers.Optimizer`"):
        LossScaleOptimizer("adam")
    wrapped = LossScaleOptimizer(adam)
    with pytest.raises(ValueError, match="already wrapped"):
        LossScaleOptimizer(adam)
    with pytest.raises(TypeError, match="cannot wrap another"):
        LossScaleOptimizer(wrapped)


def test_gradients_of_a_loss_that_was_not_scaled():
    weight = keras.Variable(start())
    optimizer = LossScaleOptimizer(optimizers.SGD(1.0))
    with pytest.warns(UserWarning, match="of a loss that was not scaled"):
        optimizer.apply_gradients([(torch.ones(6), weight)])
    np.testing.assert_allclose(weight.numpy(), start() - 1.0)
