"""Callbacks decide for all processes, and write in the first."""

import contextlib
import io
import json
import os
import urllib.request

import numpy as np
import pytest

import torchkeras as keras
from torchkeras.callbacks import Callback
from torchkeras.distribute import joined

from .together import assert_same, dense, numbers, scope, started

SETTINGS = {"batch_size": 16, "verbose": 0}


def compiled(together):
    started()
    with scope(together):
        model = dense()
        model.compile(keras.optimizers.Adam(0.3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# --- what they decide ---


def decide(together):
    model, (x, y) = compiled(together), numbers()
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True, verbose=1)
    reducing = keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.3, patience=1, verbose=1)
    starting = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.2 if epoch == 0 else rate, verbose=1)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        history = model.fit(
            x,
            y,
            epochs=20,
            validation_data=(x[:30], (y[:30] + 1) % 3),
            callbacks=[stopping, reducing, starting],
            **SETTINGS,
        ).history
    memories = stopping.best, stopping.stopped_epoch, stopping.best_epoch, reducing.best, reducing.wait
    return (history, model.get_weights(), memories), output.getvalue()


@pytest.mark.parametrize("size", [2, 4])
def test_the_same_decisions_as_of_one_process(crew, size):
    wanted, printed = decide(False)
    assert len(wanted[0]["loss"]) < 20  # there was something to decide
    assert len(set(wanted[0]["lr"])) > 1
    first, *others = crew(size).run(decide, True)
    for found, _ in (first, *others):
        assert_same(found, wanted, rtol=1e-4, atol=1e-4)
    assert first[1] == printed
    assert not any(text for _, text in others)


class Stopping(Callback):
    def __init__(self, hook, at):
        self.hook, self.at, self.seen = hook, at, 0
        setattr(self, hook, self._count)

    def _count(self, place, logs=None):
        self.seen += 1
        if self.seen == self.at:
            self.model.stop_training = True


def stop(who, hook, at):
    model, (x, y) = compiled(True), numbers()
    mine = [Stopping(hook, at)] if joined().rank == who else []
    history = model.fit(x, y, epochs=4, validation_data=(x, y), callbacks=mine, **SETTINGS)
    return len(history.epoch), int(model.optimizer.iterations)


@pytest.mark.parametrize("who", [0, 1])
@pytest.mark.parametrize(
    ("hook", "at", "wanted"),
    [
        ("on_epoch_end", 2, (2, 10)),
        ("on_train_batch_end", 7, (2, 7)),
        ("on_train_batch_begin", 2, (1, 2)),
        ("on_test_batch_end", 6, (2, 10)),
    ],
)
def test_one_that_stops_in_one_process_stops_all(crew, who, hook, at, wanted):
    assert crew(2).run(stop, who, hook, at) == [wanted] * 2


def meet_nan(together):
    model, (x, y) = compiled(together), numbers()
    x[28] = np.nan  # of the second batch, not the first process's
    with pytest.warns(UserWarning, match="contains NaN"):
        model.fit(x, y, epochs=3, shuffle=False, callbacks=[keras.callbacks.TerminateOnNaN()], **SETTINGS)
    return int(model.optimizer.iterations)


def test_a_loss_that_is_no_number_in_one_process_stops_all(crew):
    assert meet_nan(False) == 2
    assert crew(2).run(meet_nan, True) == [2, 2]


# --- what they write ---


def write(together, folder):
    """Every process writes into a folder of its own, so that it can be seen who does."""
    rank = joined().rank
    place = os.path.join(folder, str(rank))
    os.makedirs(place)
    model, (x, y) = compiled(together), numbers()
    sent = []

    def post(request, timeout):
        sent.append(json.loads(urllib.parse.parse_qs(request.data.decode())["data"][0]))
        return io.BytesIO()

    checkpoint = keras.callbacks.ModelCheckpoint(
        f"{place}/best.weights.h5", "val_loss", save_best_only=True, save_weights_only=True, verbose=1
    )
    callbacks = [
        checkpoint,
        keras.callbacks.ModelCheckpoint(f"{place}/often.keras", save_freq=3),
        keras.callbacks.CSVLogger(f"{place}/log.csv"),
        keras.callbacks.TensorBoard(f"{place}/board", histogram_freq=1, update_freq=2),
        keras.callbacks.RemoteMonitor(),
    ]
    output, before, urllib.request.urlopen = io.StringIO(), urllib.request.urlopen, post
    try:
        with contextlib.redirect_stdout(output):
            history = model.fit(
                x, y, batch_size=16, epochs=3, validation_data=(x, y), callbacks=callbacks, verbose=1
            ).history
            model.evaluate(x, y)
            model.predict(x, verbose=1)
    finally:
        urllib.request.urlopen = before
    files = sorted(os.path.join(at, name)[len(place) + 1 :] for at, _, names in os.walk(place) for name in names)
    return history, checkpoint.best, files, sent, output.getvalue(), model.get_weights()


def test_the_first_alone_writes(crew, tmp_path):
    first, *others = crew(2).run(write, True, str(tmp_path))
    history, best, files, sent, printed, weights = first
    assert best == min(history["val_loss"])
    assert [one["epoch"] for one in sent] == [0, 1, 2]
    assert sent[1]["val_loss"] == history["val_loss"][1]
    assert {"best.weights.h5", "often.keras", "log.csv"} <= set(files)
    assert any("board/train/events" in name for name in files)
    lines = (tmp_path / "0" / "log.csv").read_text().splitlines()
    assert len(lines) == 4
    assert lines[0] == "epoch,accuracy,loss,val_accuracy,val_loss"
    assert "Epoch 3/3" in printed
    assert "val_loss improved" in printed
    assert printed.count("5/5") >= 3
    assert_same(keras.models.load_model(tmp_path / "0" / "often.keras").count_params(), sum(w.size for w in weights))
    for other in others:
        assert other[:2] == (history, best)
        assert other[2:5] == ([], [], "")


# --- what fails in one process fails in all ---


class Raising(Callback):
    def __init__(self, hook):
        setattr(self, hook, self._raise)

    def _raise(self, *args, **kwargs):
        raise ValueError("of my own")


HOOKS = [
    "on_train_begin", "on_epoch_begin", "on_train_batch_begin", "on_train_batch_end", "on_test_begin",
    "on_test_batch_end", "on_test_end", "on_epoch_end", "on_train_end",
]  # fmt: skip


def fail(hook, who):
    model, (x, y) = compiled(True), numbers()
    mine = [Raising(hook)] if joined().rank == who else []
    model.fit(x, y, epochs=2, validation_data=(x, y), callbacks=mine, **SETTINGS)


def fail_everywhere(who):
    found = []
    for hook in HOOKS:
        try:
            fail(hook, who)
        except Exception as error:
            found.append(f"{type(error).__name__}: {error}")
        joined().wait()  # they are still together
    return found


@pytest.mark.parametrize("who", [0, 1])
def test_an_error_in_one_process_ends_all(crew, who):
    found = crew(2).run(fail_everywhere, who)
    assert found[who] == ["ValueError: of my own"] * len(HOOKS)
    assert found[1 - who] == [f"RuntimeError: process {who}: ValueError: of my own"] * len(HOOKS)
