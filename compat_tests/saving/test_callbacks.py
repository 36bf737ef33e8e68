"""ModelCheckpoint and BackupAndRestore in real runs."""

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import layers
from torchkeras.callbacks import BackupAndRestore, Callback, ModelCheckpoint


def model(seed=0):
    keras.utils.set_random_seed(seed)
    made = keras.Sequential(
        [layers.Dense(8, activation="relu", input_shape=(4,)), layers.Dense(3, activation="softmax")]
    )
    made.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return made


class Stop(Callback):
    """Interrupts a run at an epoch and step."""

    def __init__(self, epoch, step):
        self.epoch, self.step, self.present = epoch, step, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.present = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self.present, batch) == (self.epoch, self.step):
            raise KeyboardInterrupt


@pytest.fixture
def settings(data):
    return {"x": data[0], "y": data[1], "batch_size": 8, "epochs": 4, "shuffle": False, "verbose": 0}


def test_checkpoints_of_whole_models(settings, tmp_path):
    subject = model()
    checkpoint = ModelCheckpoint(tmp_path / "model.{epoch:02d}-{val_loss:.3f}.pt")
    history = subject.fit(**settings, validation_split=0.25, callbacks=checkpoint).history
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"model.{epoch + 1:02d}-{loss:.3f}.pt" for epoch, loss in enumerate(history["val_loss"])]
    second = keras.models.load_model(tmp_path / names[1])
    rest = second.fit(**settings | {"epochs": 2}, validation_split=0.25).history
    assert rest == {name: values[2:] for name, values in history.items()}


def test_the_best_alone(settings, tmp_path):
    subject = model()
    subject.optimizer.learning_rate = 5.0  # it gets worse now and then
    path = tmp_path / "best.h5"
    history = subject.fit(
        **settings, validation_split=0.25, callbacks=ModelCheckpoint(path, save_best_only=True)
    ).history
    held = settings["x"][36:], settings["y"][36:]
    best = keras.models.load_model(path).evaluate(*held, batch_size=8, verbose=0)
    assert best[0] == pytest.approx(min(history["val_loss"]), rel=1e-6)
    assert min(history["val_loss"]) < history["val_loss"][-1]


@pytest.mark.parametrize(("save_freq", "stop"), [("epoch", (2, 3)), (4, (2, 3)), (6, (3, 1))])
def test_interrupted_runs_end_as_whole_ones(settings, save_freq, stop, tmp_path):
    whole = model()
    expected = whole.fit(**settings).history
    with pytest.raises(KeyboardInterrupt):
        model().fit(**settings, callbacks=[BackupAndRestore(tmp_path / "b", save_freq), Stop(*stop)])
    other = model(seed=1)
    found = other.fit(**settings, callbacks=BackupAndRestore(tmp_path / "b", save_freq)).history
    assert found["loss"][-1] == expected["loss"][-1]
    for a, b in zip(other.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not (tmp_path / "b").exists()
