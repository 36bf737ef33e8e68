"""Several steps at a time, against recorded runs of tf_keras."""

import json
from pathlib import Path

import numpy as np
import pytest

import torchkeras as keras

from . import grouped

RECORDED = json.loads((Path(__file__).parent / "data" / "grouped.json").read_text())


@pytest.mark.parametrize("case", grouped.CASES)
def test_hooks_logs_and_numbers(case):
    found, recorded = grouped.run(keras, *grouped.CASES[case]), RECORDED[case]
    assert [event[:-1] for event in found["events"]] == [event[:-1] for event in recorded["events"]]
    for ours, theirs in zip(found["events"], recorded["events"], strict=True):
        assert ours[-1] == pytest.approx(theirs[-1], rel=1e-5, abs=1e-6), ours
    for name, values in recorded["history"].items():
        np.testing.assert_allclose(found["history"][name], values, rtol=1e-5)
    for name in ("evaluated", "predicted"):
        np.testing.assert_allclose(found[name], recorded[name], rtol=1e-5, atol=1e-6)
    for ours, theirs in zip(found["weights"], recorded["weights"], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_the_size_of_a_group_changes_no_number():
    x = np.random.default_rng(0).normal(size=(33, 4)).astype("float32")
    histories = []
    for group in (1, 2, 5, 100):
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [keras.layers.Dense(8, "relu", input_shape=(4,)), keras.layers.Dropout(0.3), keras.layers.Dense(1)]
        )
        model.compile("adam", "mse", steps_per_execution=group)
        histories.append(model.fit(x, x.sum(1), batch_size=4, epochs=3, verbose=0).history)
    assert histories[1:] == histories[:1] * 3


def test_generators_of_unknown_length():
    ends = []

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            ends.append(batch)

    def batches():
        for _ in range(5):
            yield np.ones((2, 3), "float32"), np.ones((2, 1), "float32")

    model = keras.Sequential([keras.layers.Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse", steps_per_execution=2)
    model.fit(batches(), epochs=1, verbose=0, callbacks=[Watch()])
    assert ends == [1, 3, 4]
    assert int(model.optimizer.iterations) == 5


def test_predictions_of_several_outputs_are_joined():
    seen = []

    class Watch(keras.callbacks.Callback):
        def on_predict_batch_end(self, batch, logs=None):
            seen.append({name: tuple(value.shape) for name, value in logs["outputs"].items()})

    x = keras.Input((3,))
    model = keras.Model(x, {"a": keras.layers.Dense(2)(x), "b": keras.layers.Dense(1)(x)})
    model.compile("sgd", "mse", steps_per_execution=2)
    model.predict(np.ones((5, 3)), batch_size=2, callbacks=[Watch()])
    assert seen == [{"a": (4, 2), "b": (4, 1)}, {"a": (1, 2), "b": (1, 1)}]
