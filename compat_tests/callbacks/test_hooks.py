"""Which hooks are called in a run, in which order and with what, as recorded from tf_keras."""

import json
import pathlib

import pytest

from compat_tests.callbacks import hooks
from compat_tests.callbacks.doubles import Logs, Optimizer
from torchkeras import callbacks

RECORD = json.loads((pathlib.Path(__file__).parent / "data" / "run.json").read_text())


class Model:
    metrics_names = ("loss", "mae")
    stop_training = False

    def __init__(self):
        self.optimizer = Optimizer(0.01)

    def get_weights(self):
        return []

    def set_weights(self, weights):
        pass


def told(hook, epoch_or_batch=None, nth=0):
    """The logs that the first callback was told of."""
    found = [e for e in RECORD["events"] if e[:2] == ["first", hook] and epoch_or_batch in (None, e[2])]
    return dict(found[nth][-1])


def evaluate(listed, logs_of, steps):
    listed.on_test_begin()
    for step in range(steps):
        listed.on_test_batch_begin(step)
        listed.on_test_batch_end(step, Logs(logs_of(step)))


def run(model, given):
    """What the trainer does, with the figures of the recorded run."""
    listed = callbacks.CallbackList(given, add_history=True, model=model, verbose=0, epochs=2, steps=3)
    listed.on_train_begin()
    logs = None
    for epoch in range(2):
        listed.on_epoch_begin(epoch)
        for step in range(3):
            listed.on_train_batch_begin(step)
            listed.on_train_batch_end(step, Logs(told("on_train_batch_end", step, epoch)))
        evaluate(listed, lambda step, epoch=epoch: told("on_test_batch_end", step, epoch), 1)
        listed.on_test_end(told("on_test_end", nth=epoch))
        logs = told("on_epoch_end", epoch)
        listed.on_epoch_end(epoch, logs)
    listed.on_train_end(logs)

    alone = callbacks.CallbackList(given[0], add_history=True, model=model, verbose=0, epochs=1, steps=3)
    evaluate(alone, lambda step: told("on_test_batch_end", step, 2 if step == 0 else 0), 3)
    alone.on_test_end(told("on_test_end", nth=2))
    alone = callbacks.CallbackList(given[:1], add_history=True, model=model, verbose=0, epochs=1, steps=3)
    alone.on_predict_begin()
    for step in range(3):
        alone.on_predict_batch_begin(step)
        alone.on_predict_batch_end(step, {"outputs": object()})
    alone.on_predict_end()
    return next(c for c in listed if isinstance(c, callbacks.History))


def test_hooks_are_those_of_keras(tmp_path):
    events, csv_file = [], tmp_path / "log.csv"
    history = run(Model(), hooks.callbacks(callbacks, events, str(csv_file)))
    for found, expected in zip(events, RECORD["events"]):
        assert json.loads(json.dumps(found)) == expected
    assert len(events) == len(RECORD["events"])
    assert csv_file.read_bytes().decode() == RECORD["csv"]
    assert history.epoch == RECORD["epoch"]
    assert history.params == RECORD["params"]
    expected = {name: list(values.values()) for name, values in RECORD["history"].items()}
    assert list(history.history) == list(expected)
    for name, values in expected.items():
        assert history.history[name] == pytest.approx(values, rel=1e-7), name


def test_every_hook_is_in_the_record():
    assert {event[1] for event in RECORD["events"]} == {*hooks.HOOKS, "on_batch_begin", "on_batch_end"}
    for hook in [*hooks.HOOKS, "on_batch_begin", "on_batch_end"]:
        assert callable(getattr(callbacks.Callback, hook))
