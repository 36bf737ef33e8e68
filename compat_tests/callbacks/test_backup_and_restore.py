"""BackupAndRestore: a run that was interrupted goes on where it was."""

import numpy as np
import pytest
import torch

import torchkeras
from compat_tests.callbacks.doubles import Model, Optimizer
from torchkeras.callbacks import BackupAndRestore, CallbackList


class Momentum(Optimizer):
    """Of the kind that has get_weights and set_weights."""

    def __init__(self, rate):
        super().__init__(rate)
        self.slots = []
        self.built = False

    def build(self, variables):
        self.built = True
        self.slots = [np.zeros(v.shape, "float32") for v in variables]

    def get_weights(self):
        return self.slots

    def set_weights(self, weights):
        assert len(weights) == len(self.slots)
        self.slots = list(weights)


class Scheduled(Momentum):
    """Whose rate cannot be set."""

    rate = 0.5

    @property
    def learning_rate(self):
        return self.rate

    @learning_rate.setter
    def learning_rate(self, rate):
        if rate != self.rate:
            raise TypeError("a schedule")

    lr = learning_rate


def make(optimizer):
    model = torchkeras.Sequential([torchkeras.layers.Dense(2, input_shape=(3,))])
    return Model(model, optimizer(model))


KINDS = {
    "keras": lambda model: Momentum(0.1),
    "torch": lambda model: torch.optim.Adam(model.parameters(), lr=0.1),
    "schedule": lambda model: Scheduled(0.5),
    "none": lambda model: None,
}


def train(model):
    """One step, so that there is something to keep."""
    if isinstance(model.optimizer, torch.optim.Optimizer):
        model._model(torch.ones(4, 3)).sum().backward()
        model.optimizer.step()
        model.optimizer.zero_grad()
        return
    model.set_weights([weight + 1 for weight in model.get_weights()])
    if model.optimizer is not None:
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        model.optimizer.slots = [slot + 2 for slot in model.optimizer.slots]


def fit(model, callback, epochs=4, steps=5, stop=None):
    """What the trainer does; `stop` is the (epoch, step) before which it is interrupted. Gives the steps it ran."""
    listed = CallbackList(callback, model=model, epochs=epochs, steps=steps)
    listed.on_train_begin()
    first, start = listed.resume_at or (0, 0)
    ran = []
    for epoch in range(first, epochs):
        listed.on_epoch_begin(epoch)
        for step in range(start, steps):
            if (epoch, step) == stop:
                return ran
            train(model)
            ran.append((epoch, step))
            listed.on_train_batch_end(step, {})
        start = 0
        listed.on_epoch_end(epoch, {})
    listed.on_train_end()
    return ran


def state(model):
    optimizer = model.optimizer
    slots = getattr(optimizer, "slots", [])
    if isinstance(optimizer, torch.optim.Optimizer):
        slots = [value for one in optimizer.state_dict()["state"].values() for value in one.values()]
    return [np.asarray(value) for value in [*model.get_weights(), *slots]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("save_freq", "stop", "goes_on"),
    [("epoch", (2, 3), (2, 0)), (2, (2, 3), (2, 2)), (5, (2, 3), (2, 0)), (3, (1, 2), (1, 1)), ("epoch", (0, 3), None)],
)
def test_goes_on(tmp_path, kind, save_freq, stop, goes_on):
    folder = tmp_path / "backup"
    first = make(KINDS[kind])
    fit(first, BackupAndRestore(folder, save_freq), stop=stop)
    second = make(KINDS[kind])
    second.set_weights(first.get_weights())
    callback = BackupAndRestore(folder, save_freq)
    ran = fit(second, callback)
    assert callback.resume_at == goes_on
    assert ran[0] == (goes_on or (0, 0))
    assert ran[-1] == (3, 4)
    assert not folder.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_ends_as_a_run_without_interruption(tmp_path, kind):
    whole = make(KINDS[kind])
    start = whole.get_weights()
    fit(whole, [])
    first, second = make(KINDS[kind]), make(KINDS[kind])
    first.set_weights(start)
    fit(first, BackupAndRestore(tmp_path), stop=(2, 3))
    fit(second, BackupAndRestore(tmp_path))
    for found, expected in zip(state(second), state(whole), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_the_rate_is_kept(tmp_path):
    first = make(KINDS["keras"])
    first.optimizer.lr = 0.025
    fit(first, BackupAndRestore(tmp_path), stop=(1, 0))
    second = make(KINDS["keras"])
    fit(second, BackupAndRestore(tmp_path))
    assert second.optimizer.lr == first.optimizer.lr != 0.1


def test_kept_after_the_end(tmp_path):
    callback = BackupAndRestore(tmp_path, delete_checkpoint=False)
    fit(make(KINDS["keras"]), callback)
    assert fit(make(KINDS["keras"]), callback) == []
    assert callback.resume_at == (4, 0)
    assert fit(make(KINDS["keras"]), callback, epochs=5) == [(4, step) for step in range(5)]


def test_other_files_of_the_folder_stay(tmp_path):
    (tmp_path / "mine").touch()
    fit(make(KINDS["keras"]), BackupAndRestore(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_an_interruption_while_writing_leaves_the_file_before(tmp_path, monkeypatch):
    fit(make(KINDS["keras"]), BackupAndRestore(tmp_path), stop=(1, 0))
    before = (tmp_path / "training_state.pt").read_bytes()

    def half(state, file):
        file.write(before[:100])
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", half)
    with pytest.raises(KeyboardInterrupt):
        fit(make(KINDS["keras"]), BackupAndRestore(tmp_path))
    assert (tmp_path / "training_state.pt").read_bytes() == before


def test_a_broken_file(tmp_path):
    path = tmp_path / "training_state.pt"
    path.write_bytes(b"nothing")
    with pytest.raises(OSError, match=r"cannot read .*training_state.pt.* Remove it"):
        fit(make(KINDS["keras"]), BackupAndRestore(tmp_path))
    path.unlink()
    fit(make(KINDS["keras"]), BackupAndRestore(tmp_path, double_checkpoint=True), stop=(3, 0))
    path.write_bytes(b"nothing")
    callback = BackupAndRestore(tmp_path)
    fit(make(KINDS["keras"]), callback)
    assert callback.resume_at == (2, 0)
    assert not list(tmp_path.parent.glob(f"{tmp_path.name}/*"))


def test_files_are_data_alone(tmp_path):
    fit(make(KINDS["keras"]), BackupAndRestore(tmp_path), stop=(1, 0))
    found = torch.load(tmp_path / "training_state.pt", weights_only=True)
    assert (found["epoch"], found["step"]) == (1, 0)
    torch.save({"model": {}, "epoch": print, "step": 0}, tmp_path / "training_state.pt")
    with pytest.raises(OSError, match="cannot read"):
        fit(make(KINDS["keras"]), BackupAndRestore(tmp_path))


def test_another_model(tmp_path):
    fit(make(KINDS["none"]), BackupAndRestore(tmp_path), stop=(1, 0))
    other = Model(torchkeras.Sequential([torchkeras.layers.Dense(3, input_shape=(3,))]), None)
    with pytest.raises(RuntimeError, match="state_dict"):
        fit(other, BackupAndRestore(tmp_path))


def test_an_unbuilt_model(tmp_path):
    model = torchkeras.Sequential([torchkeras.layers.Dense(2)])
    callback = BackupAndRestore(tmp_path)
    callback.set_model(model)
    with pytest.warns(UserWarning, match="your model must be built"):
        callback.on_train_begin()


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        ({"backup_dir": ""}, ValueError, "Empty `backup_dir`"),
        ({"save_freq": False}, ValueError, "Either `save_freq` or"),
        ({"save_freq": "batch"}, ValueError, "Received: save_freq=batch"),
        ({"save_before_preemption": True}, NotImplementedError, "Use `save_freq`"),
    ],
)
def test_wrong_settings(settings, error, text):
    with pytest.raises(error, match=text):
        BackupAndRestore(**{"backup_dir": "somewhere"} | settings)


def test_no_batch_hook_without_need():
    assert not CallbackList(BackupAndRestore("somewhere")).calls("on_train_batch_end")
    assert CallbackList(BackupAndRestore("somewhere", 3)).calls("on_train_batch_end")
