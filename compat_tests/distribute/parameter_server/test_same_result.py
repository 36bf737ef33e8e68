"""One worker takes its steps one after the other: the weights must be those of a training without any cluster."""

import numpy as np
import pytest
import torch

import torchkeras.tensorflow as tf


def made(optimizer):
    tf.keras.utils.set_random_seed(5)
    inputs = tf.keras.Input((6,))
    x = tf.keras.layers.Dense(8, activation="relu", kernel_constraint="max_norm")(inputs)
    x = tf.keras.layers.BatchNormalization()(x)
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(3)(x))
    model.compile(
        optimizer(), tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"],
        steps_per_execution=3,
    )  # fmt: skip
    return model


def data(context=None):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(96, 6)).astype("float32")
    y = x[:, :3].argmax(-1)
    return tf.data.Dataset.from_tensor_slices((x, y)).repeat().batch(16)


def rate():
    return tf.keras.optimizers.schedules.ExponentialDecay(0.02, 5, 0.5)


OPTIMIZERS = {
    "adam": lambda: tf.keras.optimizers.Adam(rate(), global_clipnorm=0.3, weight_decay=0.01),
    "momentum": lambda: tf.keras.optimizers.SGD(0.05, momentum=0.9, use_ema=True, ema_momentum=0.9),
}


@pytest.fixture
def strategy(started):
    tasks = started(workers=1, servers=2)
    partitioner = tf.distribute.experimental.partitioners.FixedShardsPartitioner(2)
    return tasks.strategy(variable_partitioner=partitioner)


class Seen(tf.keras.callbacks.Callback):
    """The rate and the steps that callbacks find when an epoch is over."""

    def on_train_begin(self, logs=None):
        self.found, self.batches = [], 0

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1

    def on_epoch_end(self, epoch, logs=None):
        self.found.append((int(self.model.optimizer.iterations), self.batches))


def test_fit(strategy):
    """Two servers, weights in two parts each, moments on the servers; figures, weights and slots come out alike."""
    for name, optimizer in OPTIMIZERS.items():
        alone = made(optimizer)
        expected = alone.fit(data(), epochs=3, steps_per_epoch=7, validation_data=data(), validation_steps=2, verbose=0)
        with strategy.scope():
            model = made(optimizer)
        seen = Seen()
        creator = tf.keras.utils.experimental.DatasetCreator(data)
        found = model.fit(
            creator if name == "adam" else data(), epochs=3, steps_per_epoch=7, validation_data=data(),
            validation_steps=2, callbacks=[seen], verbose=0,
        )  # fmt: skip
        assert seen.found == [(7, 3), (14, 6), (21, 9)]  # of 7 steps 3, 3 and 1 were taken together
        assert found.history.keys() == expected.history.keys()
        for key, values in expected.history.items():
            np.testing.assert_allclose(found.history[key], values, rtol=1e-4, atol=1e-5, err_msg=f"{name} {key}")
        for ours, theirs in zip(model.get_weights(), alone.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5, err_msg=name)
        for ours, theirs in zip(model.optimizer.variables, alone.optimizer.variables, strict=True):
            np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-4, atol=1e-5, err_msg=name)
        assert model.evaluate(data(), steps=4, verbose=0) == pytest.approx(
            alone.evaluate(data(), steps=4, verbose=0), rel=1e-4
        )
        # It goes on where it was, with the slots it has.
        for each in (alone, model):
            if name == "momentum":
                each.optimizer.learning_rate = 0.01
            each.fit(data(), epochs=1, steps_per_epoch=4, verbose=0)
        for ours, theirs in zip(model.get_weights(), alone.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5, err_msg=name)
    for each in (alone, model):  # a layer is frozen: the workers have the model already
        each.layers[1].trainable = False
        each.compile(tf.keras.optimizers.SGD(0.1), each.loss)
        each.fit(data(), epochs=1, steps_per_epoch=3, verbose=0)
    for ours, theirs in zip(model.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="steps_per_epoch"):
        model.fit(data(), epochs=1)
    with pytest.raises(TypeError, match="DatasetCreator"):
        model.fit(np.zeros((8, 6)), np.zeros(8), steps_per_epoch=1)
    model.compile(torch.optim.SGD(model.parameters(), 0.1), "mse")
    with pytest.raises(TypeError, match="torch optimizer"):
        model.fit(data(), steps_per_epoch=1, verbose=0)


class Fading(tf.keras.optimizers.Optimizer):
    """An optimizer of a program's own, with a slot of its own."""

    def __init__(self, learning_rate=0.1, name="Fading", **kwargs):
        super().__init__(name=name, **kwargs)
        self._learning_rate = self._build_learning_rate(learning_rate)

    def build(self, var_list):
        super().build(var_list)
        if hasattr(self, "_built") and self._built:
            return
        self.past = [self.add_variable_from_reference(v, "past") for v in var_list]
        self._built = True

    def update_step(self, gradient, variable):
        past = self.past[self._index_dict[self._var_key(variable)]]
        past.assign(0.5 * past + gradient)
        variable.assign_sub(tf.cast(self.learning_rate, variable.dtype) * past)

    def get_config(self):
        return super().get_config() | {"learning_rate": self._serialize_hyperparameter(self._learning_rate)}


def test_several_steps_in_one_function(strategy):
    """What a function reads after an update is the updated value, as where there is no cluster."""
    coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)

    def parts():
        tf.keras.utils.set_random_seed(1)
        model = tf.keras.Sequential([tf.keras.layers.Dense(4, input_shape=(6,)), tf.keras.layers.Dense(1)])
        return model, Fading(0.05), tf.keras.metrics.RootMeanSquaredError()

    def steps(model, optimizer, metric):
        x = tf.constant(np.random.default_rng(3).normal(size=(16, 6)).astype("float32"))
        for _ in range(10):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(model(x) - 1.0))
            optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
            metric.update_state(tf.ones((16, 1)), model(x))
        return {"loss": loss, "steps": optimizer.iterations}

    alone = parts()
    expected = steps(*alone)
    with strategy.scope():
        model, optimizer, metric = parts()
    found = coordinator.schedule(lambda: steps(model, optimizer, metric)).fetch()
    assert found["steps"] == 10 == int(optimizer.iterations)
    np.testing.assert_allclose(found["loss"], expected["loss"], rtol=1e-5)
    np.testing.assert_allclose(metric.result(), alone[2].result(), rtol=1e-5)
    for ours, theirs in zip(model.get_weights(), alone[0].get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
