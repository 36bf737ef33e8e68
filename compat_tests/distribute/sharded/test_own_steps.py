"""Steps of a user's own on a model in parts: they see whole weights and whole gradients."""

import contextlib

import numpy as np
import torch

import torchkeras as keras
from compat_tests.distribute.sharded.models import Tied, data
from torchkeras import tensorflow as tf
from torchkeras.core.shards import is_sharded
from torchkeras.distribute import ShardedStrategy


class TapeModel(Tied):
    """A step as the guides of TensorFlow write it."""

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred)
        variables = self.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return self.compute_metrics(x, y, y_pred)


class TwoParts(keras.Model):
    """Two models and two gradients; it is never called itself."""

    def __init__(self):
        super().__init__()
        self.maker = keras.Sequential([keras.Input((4,)), keras.layers.Dense(5, activation="relu", name="made")])
        self.judge = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1, kernel_regularizer="l2")])

    def train_step(self, data):
        x, y = data
        loss = None
        for model in (self.judge, self.maker):
            with tf.GradientTape() as tape:
                y_pred = self.judge(self.maker(x, training=True), training=True)
                loss = self.compute_loss(x, y, y_pred)
            gradients = tape.gradient(loss, model.trainable_weights)
            self.optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
        return {"loss": loss}


KINDS = {"tape": TapeModel, "two": TwoParts}


def trained(together):
    """Weights after training by each, and whether the model was in parts."""
    found = {}
    for kind, make in KINDS.items():
        keras.utils.set_random_seed(3)
        with ShardedStrategy().scope() if together else contextlib.nullcontext():
            model = make()
            model.compile(keras.optimizers.SGD(0.05, momentum=0.9, global_clipnorm=0.5), "mse", metrics=["mae"])
        x, y = data("tied")
        history = model.fit(x, y, batch_size=8, epochs=2, verbose=0, shuffle=False).history
        in_parts = sum(map(is_sharded, model.parameters()))
        found[kind] = history.get("mae"), model.get_weights(), in_parts
    return found


def test_same_result(crew):
    expected = trained(False)
    for found in crew(2).run(trained, True):
        for kind, (figures, weights, in_parts) in found.items():
            assert in_parts > 2, kind
            if figures is not None:
                np.testing.assert_allclose(figures, expected[kind][0], rtol=1e-5)
            for own, known in zip(weights, expected[kind][1], strict=True):
                np.testing.assert_allclose(own, known, atol=1e-5, err_msg=kind)


class Unused(keras.Model):
    """One of its layers is never called."""

    def __init__(self):
        super().__init__()
        self.used, self.spare = keras.layers.Dense(1), keras.layers.Dense(2, name="spare")

    def call(self, inputs):
        return self.used(inputs)


class Fails(keras.layers.Layer):
    """Fails in the middle of a step, when it is told to."""

    failing = False

    def call(self, inputs):
        if self.failing:
            raise RuntimeError("on purpose")
        return inputs


def refused():
    """What is said to what cannot be; and what a model does after a step that failed."""
    x, y = data("mlp")
    told = {}

    def tries(name, action):
        try:
            with ShardedStrategy().scope():
                action()
        except Exception as error:
            told[name] = f"{type(error).__name__}: {error}"

    def dense():
        return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(1)])

    def compiled(model=None, **options):
        model = model or dense()
        model.compile(**({"optimizer": "sgd", "loss": "mse"} | options))
        return model

    def with_given_torch():
        model = dense()
        model.compile(torch.optim.SGD(model.parameters(), lr=0.1), "mse")

    def misfit(model):
        model.load_state_dict({name: torch.zeros(2, 2) for name in model.state_dict()})

    def copied():
        import copy

        copy.deepcopy(compiled())

    tries("jit", lambda: compiled(jit_compile=True))
    tries("torch", with_given_torch)
    tries("unbuilt", lambda: compiled(Unused()).fit(x, y, verbose=0))
    tries(
        "spectral",
        lambda: compiled(
            keras.Sequential([keras.Input((4,)), keras.layers.SpectralNormalization(keras.layers.Dense(1))])
        ),
    )
    tries("backup", lambda: compiled().fit(x, y, verbose=0, callbacks=[keras.callbacks.BackupAndRestore("none")]))
    tries("copy", copied)
    tries("shape", lambda: misfit(compiled()))
    tries("one alone", lambda: compiled().fit(x, y, verbose=0, callbacks=[_OnlyFirst()]))

    with ShardedStrategy().scope():
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), Fails(), keras.layers.Dense(1)])
        model.compile("sgd", "mse", run_eagerly=True)
    model.layers[1].failing = True
    tries("failing", lambda: model.fit(x, y, verbose=0))
    model.layers[1].failing = False
    model.fit(x, y, verbose=0)
    return told, sum(map(is_sharded, model.parameters()))


class _OnlyFirst(keras.callbacks.Callback):
    """Reads weights, and says that the others need not."""

    only_first = True

    def on_epoch_end(self, epoch, logs=None):
        self.model.get_weights()


def test_what_is_refused(crew):
    """The same in all processes, in words that say what to do; a step that failed leaves nothing behind."""
    every = crew(2).run(refused)
    for told, in_parts in every:
        for name, words in {
            "jit": "jit_compile", "torch": "lambda parameters: torch.optim.SGD", "unbuilt": "spare",
            "spectral": "MirroredStrategy", "backup": "save_shards", "copy": "clone_model", "failing": "on purpose",
            "shape": "size mismatch",
        }.items():  # fmt: skip
            assert words in told[name], (name, told[name])
        assert in_parts == 4
    assert "All processes have to ask" in every[0][0]["one alone"]


def test_alone(capsys):
    """One process keeps all, and says so."""
    with ShardedStrategy().scope():
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile("sgd", "mse")
    x, y = data("mlp")
    model.fit(x, y, verbose=0)
    assert not any(map(is_sharded, model.parameters()))
    assert "one process" in capsys.readouterr().out
