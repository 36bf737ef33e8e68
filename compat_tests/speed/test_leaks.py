"""What is done again and again leaves nothing behind, and a model that nobody has any more is gone."""

import gc
import weakref

import numpy as np
import pytest
import torch

import torchkeras as keras
from compat_tests.speed.leaks import left_behind, left_behind_by
from torchkeras import layers

X, Y = np.ones((8, 4), "float32"), np.arange(8) % 3


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(5, "relu")
        self.rest = [layers.Dropout(0.1), layers.Dense(3, "softmax")]

    def call(self, x):
        x = self.hidden(x)
        for layer in self.rest:
            x = layer(x)
        return x


def functional():
    inputs = keras.Input((4,))
    x = layers.BatchNormalization()(layers.Dense(5, "relu", kernel_regularizer="l2")(inputs))
    return keras.Model(inputs, layers.Dense(3, "softmax")(layers.Dropout(0.1)(x)))


def sequential():
    return keras.Sequential([keras.Input((4,)), layers.Dense(5, "relu"), layers.Dense(3, "softmax")])


MODELS = {"functional": functional, "sequential": sequential, "subclassed": Subclassed}


def compiled(kind):
    model = MODELS[kind]()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model, folder):
    model.fit(X, Y, verbose=0)


SIZES = iter(range(4, 10000))


def fit_other_sizes(model, folder):
    size = next(SIZES)
    model.fit(np.ones((size, 4)), np.zeros(size), batch_size=size, verbose=0)


def fit_with_callbacks(model, folder):
    callbacks = [
        keras.callbacks.EarlyStopping(restore_best_weights=True),
        keras.callbacks.ModelCheckpoint(folder / "best.weights.h5", save_weights_only=True, save_best_only=True),
        keras.callbacks.ReduceLROnPlateau(),
        keras.callbacks.CSVLogger(folder / "log.csv"),
    ]
    model.fit(X, Y, epochs=2, verbose=0, validation_data=(X, Y), callbacks=callbacks)


def failing_fit(model, folder):
    with pytest.raises(ValueError, match="shape|Shape"):
        model.fit(np.ones((8, 7)), Y, verbose=0)


def failing_call(model, folder):
    with pytest.raises(ValueError, match="incompatible"):
        model(torch.ones(2, 9))


WORK = {
    "fit": fit,
    "fit of other sizes": fit_other_sizes,
    "fit with callbacks": fit_with_callbacks,
    "evaluate": lambda model, folder: model.evaluate(X, Y, verbose=0),
    "predict": lambda model, folder: model.predict(X),
    "call": lambda model, folder: model(torch.ones(2, 4)),
    "train_on_batch": lambda model, folder: model.train_on_batch(X, Y),
    "summary": lambda model, folder: model.summary(print_fn=lambda line: None),
    "a fit that fails": failing_fit,
    "a call that fails": failing_call,
    "compile": lambda model, folder: model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"]),
    "weights": lambda model, folder: (
        model.save_weights(folder / "w.weights.h5"), model.load_weights(folder / "w.weights.h5")
    ),
    "checkpoint": lambda model, folder: (model.save_weights(str(folder / "c")), model.load_weights(str(folder / "c"))),
}  # fmt: skip
WHOLE = {
    "clone_model": lambda model, folder: keras.models.clone_model(model),
    ".keras": lambda model, folder: (model.save(folder / "m.keras"), keras.models.load_model(folder / "m.keras")),
    ".h5": lambda model, folder: (model.save(folder / "m.h5"), keras.models.load_model(folder / "m.h5")),
    "cut": lambda model, folder: keras.Model(model.input, model.layers[-1].output),
}


def on(model, folder, work):
    return {name: (lambda one=one: one(model, folder)) for name, one in work.items()}


@pytest.mark.parametrize("kind", MODELS)
def test_work_on_a_model_leaves_nothing_behind(kind, tmp_path):
    model = compiled(kind)
    model.fit(X, Y, verbose=0)
    assert left_behind_by(on(model, tmp_path, WORK)) == {}


@pytest.mark.parametrize("kind", ["functional", "sequential"])
def test_copies_leave_nothing_behind(kind, tmp_path):
    model = compiled(kind)
    model.fit(X, Y, verbose=0)
    assert left_behind_by(on(model, tmp_path, WHOLE)) == {}


@pytest.mark.parametrize("kind", MODELS)
def test_models_leave_nothing_behind(kind):
    def used():
        compiled(kind).fit(X, Y, verbose=0)

    assert left_behind_by({"used": used, "cleared": lambda: (used(), keras.backend.clear_session())}) == {}


def test_classes_that_are_made_anew_leave_nothing_behind():
    def notebook_cell():
        class Double(layers.Layer):
            def call(self, x):
                return x * 2

        class Cell(layers.Layer):
            state_size = 4

            def call(self, x, states):
                return x, states

        class Zero(keras.metrics.Metric):
            def update_state(self, y_true, y_pred, sample_weight=None):
                pass

            def result(self):
                return 0.0

        model = keras.models.clone_model(keras.Sequential([keras.Input((4,)), Double()]))
        model.compile(loss="mse", metrics=[Zero()])
        model.evaluate(X, X, verbose=0)
        layers.RNN(Cell())(torch.ones(1, 3, 4))

    assert left_behind(notebook_cell) == {}


def test_what_stays_is_found():
    kept = []
    found = left_behind_by({"keeps": lambda: kept.append(sequential()), "does not": sequential})
    assert list(found) == ["keeps"]
    assert found["keeps"]["<class 'torchkeras.models.sequential.Sequential'>"] == 3


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("use", ["call", "fit", "evaluate", "predict", "fit with callbacks", "a fit that fails"])
def test_a_model_that_nobody_has_is_gone(kind, use, tmp_path):
    model = compiled(kind)
    model(torch.ones(2, 4))
    WORK[use](model, tmp_path)
    watched = weakref.ref(model)
    del model
    gc.collect()
    assert watched() is None


def test_the_batches_of_a_fit_are_gone():
    x = np.ones((64, 4), "float32")
    model = compiled("functional")
    model.fit(x, np.zeros(64), verbose=0)
    watched = weakref.ref(x)
    del x
    gc.collect()
    assert watched() is None


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


@pytest.mark.long
@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("name", [*WORK, *WHOLE])
def test_two_hundred_times_take_no_more_memory(kind, name, tmp_path):
    if kind == "subclassed" and name in WHOLE:
        pytest.skip("a subclass says itself how it is made again")
    work, model = (WORK | WHOLE)[name], compiled(kind)
    model.fit(X, Y, verbose=0)
    assert left_behind(lambda: work(model, tmp_path), times=75, before=50) == {}
    before = resident()
    for _ in range(50):
        work(model, tmp_path)
    gc.collect()
    assert resident() - before < 8 << 20


@pytest.mark.long
@pytest.mark.parametrize("kind", MODELS)
def test_ten_thousand_steps_take_no_more_memory(kind):
    model = compiled(kind)
    x, y = np.ones((10_000 * 4, 4), "float32"), np.arange(10_000 * 4) % 3
    sizes, objects = [], []

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch % 2000 == 1999:
                gc.collect()
                sizes.append(resident())
                objects.append(len(gc.get_objects()))

    model.fit(x, y, batch_size=4, verbose=0, callbacks=[Watch()])
    assert len(sizes) == 5
    assert sizes[-1] - sizes[0] < 4 << 20
    assert objects[-1] - objects[0] < 50
