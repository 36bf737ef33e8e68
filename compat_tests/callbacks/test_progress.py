"""ProgbarLogger: what fit, evaluate and predict show, as recorded from tf_keras, and what that costs."""

import functools
import json
import pathlib
import re

import pytest
import torch

from compat_tests.callbacks import progress
from compat_tests.callbacks.doubles import Logs
from compat_tests.utils.bars import Clock
from torchkeras import callbacks
from torchkeras.callbacks import progbar_logger
from torchkeras.utils import messages
from torchkeras.utils.progbar import ENVIRONMENT, Progbar

RECORDS = json.loads((pathlib.Path(__file__).parent / "data" / "progress.json").read_text())


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(progbar_logger, "Progbar", functools.partial(Progbar, clock=made))
    return made


def recorded(name):
    return re.sub(r" - \d+\w+/epoch - \d+\w+/step(?=\n)", "", RECORDS[name].replace("\b", ""))


def lazy(run, seen):
    def make(figures):
        own = {name: torch.tensor(figures[name]) for name in run.own}
        seen.append(Logs(figures, tensors=own))
        return seen[-1]

    return make


def test_every_run_is_recorded():
    assert list(RECORDS) == list(progress.RUNS)


@pytest.mark.parametrize("kind", ["lazy", "plain"])
@pytest.mark.parametrize("name", RECORDS)
def test_drawings_are_keras(name, kind, clock, capsys, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, "live")
    run = progress.RUNS[name]
    progress.show(run, callbacks, clock, lazy(run, []) if kind == "lazy" else dict)
    found = capsys.readouterr().out
    assert [part.rstrip(" ") for part in found.split("\r")] == [part.rstrip(" ") for part in recorded(name).split("\r")]


@pytest.mark.parametrize("kind", ["lazy", "plain"])
@pytest.mark.parametrize("name", RECORDS)
def test_captured_output_is_one_line_an_epoch(name, kind, clock, capsys):
    run, seen = progress.RUNS[name], []
    progress.show(run, callbacks, clock, lazy(run, seen) if kind == "lazy" else dict)
    assert capsys.readouterr().out == "".join(part for part in recorded(name).split("\r") if part.endswith("\n"))
    assert not any(logs.looked for logs in seen)


def test_logs_are_looked_into_when_a_drawing_is_due(clock, capsys, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, "live")
    logger = callbacks.ProgbarLogger("steps")
    listed = callbacks.CallbackList(logger, verbose=1, epochs=1, steps=100)
    logger.stateful_metrics = {"loss"}
    listed.on_epoch_begin(0)
    looked = []
    for step in range(100):
        clock.now += 0.01
        logs = Logs({"loss": 1.0})
        listed.on_train_batch_end(step, logs)
        looked.append(bool(logs.looked))
    assert looked[0]
    assert 15 <= sum(looked) <= 21
    assert sum(looked) == capsys.readouterr().out.count("\r")


def test_validation_of_a_fit_is_silent_and_not_even_told(clock, capsys):
    listed = callbacks.CallbackList(add_progbar=True, verbose=1, epochs=1, steps=2)
    assert listed.calls("on_test_batch_end")
    listed.on_train_begin()
    assert not listed.calls("on_test_batch_end")
    listed.on_test_begin()
    listed.on_test_end({"loss": 1.0})
    assert capsys.readouterr().out == ""
    listed.on_train_end()
    listed.on_test_begin()
    listed.on_test_end({"loss": 1.0})
    assert capsys.readouterr().out.startswith("2/2 [=")


@pytest.mark.parametrize(("verbose", "steps", "told"), [(1, 3, True), (2, 3, False), (2, None, True), (0, 3, False)])
def test_batches_it_is_told_of(verbose, steps, told):
    listed = callbacks.CallbackList(callbacks.ProgbarLogger("steps"), verbose=verbose, epochs=1, steps=steps)
    for mode in ("train", "test", "predict"):
        assert listed.calls(f"on_{mode}_batch_end") is told
        assert not listed.calls(f"on_{mode}_batch_begin")


def test_verbose_auto():
    logger = callbacks.ProgbarLogger("steps")
    logger.set_params({"verbose": "auto", "epochs": 1, "steps": 1})
    assert logger.verbose == 1
    messages.disable_interactive_logging()
    try:
        logger.set_params({"verbose": "auto", "epochs": 1, "steps": 1})
    finally:
        messages.enable_interactive_logging()
    assert logger.verbose == 2


def test_silence(clock, capsys):
    listed = callbacks.CallbackList(add_progbar=True, verbose=0, epochs=2, steps=1)
    listed.on_epoch_begin(0)
    listed.on_train_batch_end(0, {"loss": 1.0})
    listed.on_epoch_end(0, {"loss": 1.0})
    assert capsys.readouterr().out == ""


def test_samples(clock, capsys):
    logger = callbacks.ProgbarLogger()
    logger.set_params({"verbose": 1, "epochs": 1, "steps": 3, "samples": 96, "batch_size": 32})
    logger.on_epoch_begin(0)
    for batch in range(3):
        clock.now += 1
        logger.on_train_batch_end(batch, {})
    logger.on_epoch_end(0, {})
    assert capsys.readouterr().out == "96/96 [==============================] - 3s 31ms/sample\n"
    with pytest.raises(ValueError, match="Unknown `count_mode`: batches"):
        callbacks.ProgbarLogger("batches")


def test_without_a_fit(clock, capsys):
    logger = callbacks.ProgbarLogger("steps")
    logger.on_train_batch_end(0, {"loss": 1.0})
    logger.on_epoch_end(0, {"loss": 1.0})
    assert capsys.readouterr().out == "1/1 [==============================] - 0s 0s/step - loss: 1.0000\n"


def test_metrics_by_name_alone(clock, capsys):
    class Model:
        metrics_names = ("loss",)

    listed = callbacks.CallbackList(add_progbar=True, model=Model(), verbose=1, epochs=1, steps=2)
    listed.on_epoch_begin(0)
    for step, loss in enumerate((4.0, 2.0)):
        listed.on_train_batch_end(step, {"loss": loss})
    listed.on_epoch_end(0, {"loss": 2.0})
    assert capsys.readouterr().out.endswith(" - loss: 2.0000\n")
