"""A run that was interrupted and resumed ends exactly as one that was not."""

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import layers
from torchkeras import tensorflow as tf
from torchkeras.callbacks import BackupAndRestore, Callback, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau


class Interrupt(Callback):
    """Ends the run at a batch of an epoch, as a power cut would: nobody is told."""

    def __init__(self, epoch, batch):
        self.place, self.epoch = (epoch, batch), 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self.epoch, batch) == self.place:
            raise KeyboardInterrupt


def made():
    keras.utils.set_random_seed(3)
    model = keras.Sequential([
        layers.Dense(8, activation="relu", input_shape=(5,)), layers.Dropout(0.3), layers.GaussianNoise(0.1, seed=4),
        layers.BatchNormalization(), layers.Dense(3, activation="softmax"),
    ])  # fmt: skip
    model.compile(
        "adam", "sparse_categorical_crossentropy", metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2)]
    )
    return model


def callbacks(folder):
    return [
        EarlyStopping("loss", patience=4, restore_best_weights=True),
        ReduceLROnPlateau("val_loss", patience=1, factor=0.5),
        ModelCheckpoint(str(folder / "best.pt"), save_best_only=True),
    ]


def fit(model, folder, further=(), **settings):
    random = np.random.default_rng(0)
    x, y = random.normal(size=(70, 5)), random.integers(0, 3, 70)
    wanted = [*callbacks(folder), *further]
    return model.fit(x, y, batch_size=8, epochs=6, validation_split=0.2, verbose=0, callbacks=wanted, **settings)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    model = made()
    return model, fit(model, tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("save_freq", ["epoch", 1, 3])
@pytest.mark.parametrize("place", [(0, 2), (1, 0), (2, 5), (4, 6)])
def test_ends_alike(whole, tmp_path, save_freq, place):
    with pytest.raises(KeyboardInterrupt):
        fit(made(), tmp_path, [BackupAndRestore(tmp_path / "backup", save_freq), Interrupt(*place)])
    model = made()
    history = fit(model, tmp_path, [BackupAndRestore(tmp_path / "backup", save_freq)])
    assert history.history == whole[1].history
    assert history.epoch == whole[1].epoch
    for found, expected in zip(model.get_weights(), whole[0].get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert model.optimizer.iterations == whole[0].optimizer.iterations
    assert not (tmp_path / "backup").exists()


def test_a_run_that_was_stopped_stays_stopped(whole, tmp_path):
    keep = BackupAndRestore(tmp_path / "backup", delete_checkpoint=False)
    first = fit(made(), tmp_path, [EarlyStopping("loss", mode="max"), keep])
    again = fit(made(), tmp_path, [EarlyStopping("loss", mode="max"), keep])
    assert first.epoch == again.epoch != whole[1].epoch
    assert first.history == again.history


def test_what_a_callback_of_ones_own_keeps(tmp_path):
    class Counted(Callback):
        progress_attributes = ("seen", "best")

        def __init__(self):
            self.seen, self.best = [], {}

        def on_epoch_end(self, epoch, logs=None):
            self.seen.append(np.float32(logs["loss"]))
            self.best[f"after {epoch}"] = self.model.layers[0].get_weights()[1]

    with pytest.raises(KeyboardInterrupt):
        fit(made(), tmp_path, [BackupAndRestore(tmp_path / "backup"), Counted(), Interrupt(3, 0)])
    counted, alone = Counted(), Counted()
    fit(made(), tmp_path, [counted, BackupAndRestore(tmp_path / "backup")])
    fit(made(), tmp_path, [alone])
    assert counted.seen == alone.seen
    assert counted.best.keys() == alone.best.keys()
    for name, value in alone.best.items():
        np.testing.assert_array_equal(counted.best[name], value)


@pytest.mark.parametrize("place", [(0, 6), (1, 4), (2, 11)])
def test_a_pipeline_with_random_functions_and_a_model_without_metrics(tmp_path, place):
    x = np.random.default_rng(0).random((24, 4)).astype("float32")

    def run(*further):
        keras.utils.set_random_seed(1)
        rows = tf.data.Dataset.from_tensor_slices(x).shuffle(24, seed=2, reshuffle_each_iteration=False)
        noisy = rows.map(lambda row: (row + tf.random.normal((4,)), row[:1])).batch(2).prefetch(2)
        model = keras.Sequential([keras.Input((4,)), layers.Dropout(0.5), layers.Dense(1)])
        model.compile("adam", "mse")
        history = model.fit(noisy, epochs=3, verbose=0, callbacks=list(further))
        return model.get_weights(), history.history

    weights, history = run()
    with pytest.raises(KeyboardInterrupt):
        run(BackupAndRestore(tmp_path / "backup", 5), Interrupt(*place))
    again, resumed = run(BackupAndRestore(tmp_path / "backup", 5))
    assert resumed == history
    for one, other in zip(again, weights, strict=True):
        np.testing.assert_array_equal(one, other)
