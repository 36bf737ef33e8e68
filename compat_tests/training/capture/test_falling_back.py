"""What cannot be captured runs as it is, and one line says why."""

import copy

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers
from torchkeras.core.capturing import CannotCapture
from torchkeras.training.capture import steps
from torchkeras.training.capture.host_watch import HostWatch

X = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
Y = X.sum(1)


def dense(runner, optimizer="adam", model=keras.Sequential, **compiled):
    keras.utils.set_random_seed(0)
    made = model([keras.Input((3,)), layers.Dense(1)])
    made.compile(optimizer() if callable(optimizer) else optimizer, "mse", runner=runner, **compiled)
    return made


def fit(model, **settings):
    keras.utils.set_random_seed(1)
    return model.fit(X, Y, batch_size=4, epochs=2, verbose=0, **settings).history["loss"]


class Reading(keras.Sequential):
    def train_step(self, data):
        logs = super().train_step(data)
        return {"loss": float(logs["loss"])}


class Counting(keras.Sequential):
    def train_step(self, data):
        logs = super().train_step(data)
        if self.optimizer.iterations % 2 == 0:
            logs["even"] = logs["loss"]
        return {"loss": logs["loss"]}


class OwnUpdate(keras.optimizers.SGD):
    def update_step(self, gradient, variable, learning_rate):
        variable.assign_sub(0.01 * gradient)


REFUSED = {
    "reads": ({"model": Reading}, "reads a value back"),
    "looks at the count": ({"model": Counting}, "on the host"),
    "torch.optim": ({"optimizer": lambda: torch.optim.Adam}, "torch's"),
    "own update": ({"optimizer": OwnUpdate}, "OwnUpdate has an update of its own"),
    "accumulates": ({"optimizer": lambda: keras.optimizers.SGD(gradient_accumulation_steps=2)}, "accumulates"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_says_why_once_and_trains_as_always(captures, case):
    settings, reason = REFUSED[case]
    model = dense("captured", **settings)
    with pytest.warns(UserWarning, match="training step is not captured.*" + reason) as told:
        first = fit(model)
    assert len(told) == 1
    assert captures.replays == 0
    twin = dense("eager", **settings)
    np.testing.assert_array_equal(first, fit(twin))
    np.testing.assert_array_equal(fit(model), fit(twin))
    for ours, theirs in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_shapes_without_end(captures, monkeypatch):
    monkeypatch.setattr(steps, "WARM_UPS", 0)

    def batches():
        for size in range(1, 30):
            yield X[:size], Y[:size]

    results = []
    for runner in ("captured", "eager"):
        model = dense(runner)
        if runner == "captured":
            with pytest.warns(UserWarning, match="more than 8 shapes"):
                model.fit(batches(), verbose=0)
        else:
            model.fit(batches(), verbose=0)
        results.append(model.get_weights())
    assert captures.replays == 8
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_an_error_of_the_users_own_stays_itself(captures):
    class Wrong(keras.Sequential):
        count = 0

        def train_step(self, data):
            self.count += 1
            if self.count == 4:  # the step that is captured
                raise KeyError("mine")
            return super().train_step(data)

    with pytest.raises(KeyError, match="mine"):
        fit(dense("captured", model=Wrong))


def test_not_asked_for(captures):
    for settings in ({"runner": "eager"}, {"runner": "auto", "run_eagerly": True}):
        model = dense(settings.pop("runner"), **settings)
        fit(model)
        model.predict(X, batch_size=4)
        model.evaluate(X, Y, batch_size=4, verbose=0)
    assert captures.captures == 0


def test_automatic_where_there_is_something_that_captures(captures):
    fit(dense("auto"))
    assert captures.replays > 0


def test_wrong_settings():
    with pytest.raises(ValueError, match="Expected `runner` to be one of 'auto', 'eager', 'captured'"):
        dense("fast")
    with pytest.raises(ValueError, match="choose one"):
        dense("captured", run_eagerly=True)
    with pytest.raises(ValueError, match="choose one"):
        dense("captured", jit_compile=True)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is CUDA")
def test_where_nothing_captures():
    with pytest.raises(ValueError, match="runner='captured'.*can be captured on cuda alone"):
        fit(dense("captured"))
    fit(dense("auto"))


# --- how much is replayed ---


def test_several_steps_a_replay(captures):
    model = dense("captured")
    model.fit(np.repeat(X, 10, 0), np.repeat(Y, 10), batch_size=4, epochs=2, verbose=0)  # 160 steps an epoch
    # 3 as they are, then 9 times 16 and 13 alone; in the second epoch 10 times 16
    assert captures.captures == 2
    assert captures.replays == 9 + 13 + 10
    assert int(model.optimizer.iterations) == 320


def test_one_at_a_time_where_somebody_looks(captures):
    seen = []
    model = dense("captured")
    fit(model, callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch))])
    assert seen == list(range(16)) * 2
    assert captures.replays == 13 + 16


def test_python_runs_no_more(captures):
    calls = []

    class Noting(layers.Layer):
        def call(self, x):
            calls.append(1)
            return x * 2.0

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), Noting(), layers.Dense(1)])
    model.compile("sgd", "mse", runner="captured")
    model.fit(X, Y, batch_size=4, epochs=100, verbose=0)
    # 3 steps as they are, one captured alone, 16 captured together, and where layers find out their shapes
    assert len(calls) < 30
    assert captures.replays == 13 + 99


# --- what would be wrong in a replay is seen ---


def test_tensors_on_the_host_are_refused():
    device = torch.device("meta")
    there, here = torch.ones(3, device=device), torch.tensor(2.0)
    with HostWatch(device):
        there * torch.tensor(3.0)  # made meanwhile: a constant
        with pytest.raises(CannotCapture, match="a tensor on the host"):
            there * here
        with pytest.raises(CannotCapture, match="a tensor on the host"):
            here + 1
    known = torch.zeros(())
    with HostWatch(torch.device("cpu"), [known]):
        here + 1
        with pytest.raises(CannotCapture, match="a tensor on the host"):
            known + 1
        with pytest.raises(CannotCapture, match="reads a value back"):
            float(here)


def test_a_model_that_is_gone_takes_its_captures_along(captures):
    import gc
    import weakref

    from torchkeras.training.capture.choosing import _kept

    class Own(keras.Model):
        """Its own weight leads from the optimizer back to the model."""

        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(1)
            self.scale = self.add_weight(name="scale", shape=(), initializer="ones")

        def call(self, x):
            return self.inner(x) * self.scale

    gc.collect()
    before = len(_kept)
    model = Own()
    model.compile("adam", "mse", runner="captured")
    fit(model)
    assert captures.replays > 0
    assert any(variable._owner is model for variable in model.trainable_variables)
    copied = copy.deepcopy(model)
    assert not copied._trainer.captured
    for _ in range(2):
        model.predict(X, batch_size=4)
    assert len(_kept) == before + 1
    gone = weakref.ref(model)
    del model, copied
    gc.collect()
    assert gone() is None
    assert len(_kept) == before
