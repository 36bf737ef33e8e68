"""CallbackList: what it adds, whom it calls, and what it leaves alone."""

import pytest

from compat_tests.callbacks.doubles import Logs
from torchkeras import callbacks
from torchkeras.callbacks import Callback, CallbackList, History, LambdaCallback, ProgbarLogger

BATCH_HOOKS = [f"on_{mode}_batch_{moment}" for mode in ("train", "test", "predict") for moment in ("begin", "end")]


class Model:
    history = None
    stop_training = False


def test_what_is_added_comes_last():
    mine = Callback()
    listed = CallbackList([mine], add_history=True, add_progbar=True, model=Model(), epochs=1, verbose=1, steps=2)
    assert [type(c) for c in listed] == [Callback, History, ProgbarLogger]
    assert all(c.params == {"epochs": 1, "verbose": 1, "steps": 2} for c in listed)
    assert all(c.model is listed.model for c in listed)
    assert listed.model.history is listed.callbacks[1]


def test_what_is_there_is_not_added():
    given = [ProgbarLogger("steps"), History()]
    listed = CallbackList(given, add_history=True, add_progbar=True, model=Model())
    assert listed.callbacks == given
    assert listed.model.history is given[1]
    assert CallbackList().callbacks == []


def test_one_callback_and_nested_lists():
    one, two, three = Callback(), Callback(), Callback()
    assert CallbackList(one).callbacks == [one]
    assert CallbackList([one, (two, [three])]).callbacks == [one, two, three]


@pytest.mark.parametrize("given", [[None], ["EarlyStopping"], [callbacks.EarlyStopping], [print]])
def test_what_is_no_callback(given):
    with pytest.raises(TypeError, match="expects instances of keras.callbacks.Callback"):
        CallbackList(given)


def test_a_class_in_place_of_an_instance():
    with pytest.raises(TypeError, match=r"Did you mean EarlyStopping\(...\)\?"):
        CallbackList([callbacks.EarlyStopping])


def test_nobody_defines_a_batch_hook():
    listed = CallbackList([Callback(), callbacks.EarlyStopping(), callbacks.CSVLogger("log")], add_history=True)
    logs = Logs({"loss": 1.0})
    for hook in BATCH_HOOKS:
        assert not listed.calls(hook)
        getattr(listed, hook)(0, logs)
    assert not logs.looked


@pytest.mark.parametrize("hook", BATCH_HOOKS)
def test_only_who_defines_a_hook_is_called(hook):
    seen = []
    mine = type("Mine", (Callback,), {hook: lambda self, batch, logs=None: seen.append((batch, logs))})()
    listed = CallbackList([Callback(), mine])
    assert [name for name in BATCH_HOOKS if listed.calls(name)] == [hook]
    logs = Logs({"loss": 1.0})
    getattr(listed, hook)(3, logs)
    assert seen[0][0] == 3
    assert seen[0][1] is logs
    assert not logs.looked
    getattr(listed, hook)(4)
    assert seen[1] == (4, {})


def test_older_names():
    seen = []
    older = type("Older", (Callback,), {"on_batch_end": lambda self, batch, logs: seen.append(batch)})()
    listed = CallbackList(older)
    assert listed.calls("on_train_batch_end")
    assert not listed.calls("on_train_batch_begin")
    assert not listed.calls("on_test_batch_end")
    listed.on_train_batch_end(1)
    listed.on_batch_end(2)
    assert seen == [1, 2]


def test_functions_and_late_hooks():
    seen = []
    late = Callback()

    def begin(logs):
        late.on_train_batch_end = lambda batch, logs: seen.append(batch)

    listed = CallbackList([LambdaCallback(on_train_begin=begin), late])
    assert not listed.calls("on_train_batch_end")
    listed.on_train_begin()
    listed.on_train_batch_end(7)
    assert seen == [7]


def test_append():
    seen = []
    listed = CallbackList()
    listed.append(LambdaCallback(on_batch_end=lambda batch, logs: seen.append(batch)))
    listed.on_train_batch_end(2)
    assert seen == [2]
    with pytest.raises(TypeError, match="Callback"):
        listed.append(3)


def test_a_callback_may_say_which_batches_it_wants():
    class Sparse(Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise AssertionError

        def _implements_train_batch_hooks(self):
            return False

    CallbackList(Sparse()).on_train_batch_end(0)


def test_callbacks_of_another_making():
    class Alien:
        def set_model(self, model):
            self.seen = []

        def set_params(self, params):
            pass

        def on_epoch_end(self, epoch, logs):
            self.seen.append(epoch)

    alien = Alien()
    listed = CallbackList(alien, model=Model(), epochs=1)
    listed.on_train_begin()
    listed.on_train_batch_end(0)
    listed.on_epoch_end(0, {})
    listed.on_train_end()
    assert alien.seen == [0]


def test_without_the_constructor_of_the_base():
    class Mine(Callback):
        def __init__(self):
            self.own = 1

    listed = CallbackList(Mine(), model=Model(), epochs=1)
    listed.on_train_begin()
    assert Mine().model is None
    assert listed.callbacks[0].params == {"epochs": 1}


def test_what_a_callback_adds_later_ones_see():
    first = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(extra=epoch))
    listed = CallbackList(first, add_history=True, model=Model())
    listed.on_train_begin()
    for epoch in range(2):
        listed.on_epoch_end(epoch, {"loss": 0.5})
    assert listed.model.history.history == {"loss": [0.5, 0.5], "extra": [0, 1]}
    assert listed.model.history.epoch == [0, 1]


def test_resume_at():
    restored = Callback()
    listed = CallbackList([Callback(), restored])
    assert listed.resume_at is None
    restored.resume_at = (3, 5)
    assert listed.resume_at == (3, 5)
