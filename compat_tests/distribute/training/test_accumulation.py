"""Gradients that accumulate: the processes speak when an update is due, and end where one process does."""

import contextlib
import functools

import numpy as np
import pytest
import torch.distributed as dist

import torchkeras as keras
from torchkeras import layers

from .test_same_result import Penalty
from .together import assert_same, dense, numbers, scope, started

pytestmark = pytest.mark.filterwarnings("ignore:Gradients do not exist")


def every(steps, **settings):
    return keras.optimizers.Adam(0.01, gradient_accumulation_steps=steps, **settings)


def ended(model, history):
    """With what the optimizer keeps, which is of all processes' samples wherever it can be seen."""
    return {"history": history.history, "weights": model.get_weights(), "own": model.optimizer.get_weights()}


def of_dense():
    return dense(kernel_regularizer="l2")


def of_averages():
    return dense(layers.BatchNormalization(synchronized=True))


def of_added_losses():
    return dense(Penalty())


def of_frozen():
    model = dense()
    model.build((None, 8))
    model.layers[0].trainable = False
    return model


def of_two_outputs():
    """No gradient reaches what makes the second."""
    inputs = keras.Input((8,))
    hidden = layers.Dense(8, activation="relu")(inputs)
    return keras.Model(inputs, [layers.Dense(3, activation="softmax")(hidden), layers.Dense(2)(hidden)])


MODELS = {one.__name__[3:]: one for one in (of_dense, of_averages, of_added_losses, of_frozen, of_two_outputs)}


def train(together, name, steps, samples, **settings):
    """Of 70 samples five steps an epoch: their updates fall anywhere, and sums are left over in the end."""
    started()
    x, y = numbers(samples)
    with scope(together):
        model = MODELS[name]()
        loss = "sparse_categorical_crossentropy"
        model.compile(every(steps, **settings), [loss, None] if name == "two_outputs" else loss)
    y = [y, np.zeros((samples, 2))] if name == "two_outputs" else y
    first = model.fit(x, y, batch_size=16, epochs=2, verbose=0)
    return ended(model, first), ended(model, model.fit(x, y, batch_size=16, epochs=1, verbose=0))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("steps", [2, 3])
def test_a_model_ends_as_in_one_process(crew, name, steps):
    wanted = train(False, name, steps, 70)
    for size in (2, 4):
        for found in crew(size).run(train, True, name, steps, 70):
            assert_same(found, wanted)


def test_clipping_averages_and_parts_without_samples(crew):
    settings = {"clipnorm": 0.05, "use_ema": True, "ema_overwrite_frequency": 2}
    wanted = train(False, "dense", 2, 65, **settings)
    for found in crew(4).run(functools.partial(train, **settings), True, "dense", 2, 65):
        assert_same(found, wanted)


# --- what is sent ---


def count_sums(steps):
    """How often gradients are summed in twelve steps."""
    started()
    x, y = numbers(96)
    with scope(True):
        model = dense()
        model.compile(every(steps), "sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=8, verbose=0)
    size, sent, before = sum(w.size for w in model.get_weights()), [], dist.all_reduce

    def counting(tensor, *args, **kwargs):
        sent.append(tensor.numel())
        return before(tensor, *args, **kwargs)

    dist.all_reduce = counting
    try:
        model.fit(x, y, batch_size=8, verbose=0)
    finally:
        dist.all_reduce = before
    return sent.count(size)


@pytest.mark.parametrize(("steps", "sums"), [(2, 6), (3, 4), (6, 2), (12, 1)])
def test_gradients_are_summed_once_for_an_update(crew, steps, sums):
    assert crew(2).run(count_sums, steps) == [sums] * 2


# --- others ---


def train_on_batches(together):
    started()
    x, y = numbers(64)
    with scope(together):
        model = dense()
        model.compile(every(3), "sparse_categorical_crossentropy")
    found = []
    for start in range(0, 64, 16):
        model.train_on_batch(x[start : start + 16], y[start : start + 16])
        found.append((model.get_weights(), model.optimizer.get_weights()))
    return found


def test_batches_one_by_one(crew):
    """The sums can be seen after each, and are those of all."""
    wanted = train_on_batches(False)
    for found in crew(2).run(train_on_batches, True):
        assert_same(found, wanted)


class Interrupting(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == (1, 3):
            raise ZeroDivisionError


def train_on_from_a_backup(together, folder):
    """Interrupted where an update is half done, twice: gone on by another model, and by the same."""
    started()
    x, y = numbers()
    results = []
    for again in ("another", "same"):
        backup = keras.callbacks.BackupAndRestore(f"{folder}/{again}", save_freq=2)
        for interrupted in (True, False):
            if interrupted or again == "another":
                keras.utils.set_random_seed(3)
                with scope(together):
                    model = dense()
                    model.build((None, 8))
                    model.compile(every(3), "sparse_categorical_crossentropy")
            settings = {"batch_size": 16, "epochs": 3, "verbose": 0}
            with pytest.raises(ZeroDivisionError) if interrupted else contextlib.nullcontext():
                history = model.fit(x, y, callbacks=[Interrupting()] * interrupted + [backup], **settings)
        results.append(ended(model, history))
    return results


def test_a_run_goes_on_in_the_middle_of_an_update(crew, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    wanted = train_on_from_a_backup(False, str(tmp_path / "one"))
    for found in crew(2).run(train_on_from_a_backup, True, str(tmp_path / "two")):
        assert_same(found, wanted)
