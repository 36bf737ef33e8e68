"""A second fit of the same arrays goes on with what the first one captured."""

import numpy as np

import torchkeras as keras
from compat_tests.training.capture.test_same_as_eager import check, network
from torchkeras.data import ArrayFeed
from torchkeras.training.capture.batches import GatheredBatches


def fits(runner, between=lambda x: None):
    keras.utils.set_random_seed(0)
    model = network()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], runner=runner)
    x = np.random.default_rng(0).normal(size=(64, 8, 8, 3)).astype("float32")
    y = (x.mean((1, 2, 3)) > 0).astype("int64")
    model.fit(x, y, batch_size=8, epochs=2, verbose=0)
    between(x)
    return model, model.fit(x, y, batch_size=8, epochs=2, verbose=0).history


def test_nothing_is_captured_anew_and_new_values_are_seen(captures):
    counts = []

    def change(x):
        counts.append(captures.captures)
        x *= 2.0

    captured = fits("captured", change)
    assert captures.captures == counts[0] > 0
    check(captured, fits("eager", lambda x: x.__imul__(2.0)))


def test_only_the_same_memory_and_cut_will_do():
    x, y = np.zeros((20, 3)), np.zeros(20)
    gathered = GatheredBatches(ArrayFeed(x, y, batch_size=4))
    assert gathered.goes_on_with(ArrayFeed(x, y, batch_size=4, shuffle=True))
    assert not gathered.goes_on_with(ArrayFeed(x, y, batch_size=5))
    assert not gathered.goes_on_with(ArrayFeed(x, y.copy(), batch_size=4))
    assert not gathered.goes_on_with(ArrayFeed(x[:16], y[:16], batch_size=4))
    assert not gathered.goes_on_with(ArrayFeed([x], y, batch_size=4))
    assert not gathered.goes_on_with(ArrayFeed(x, y, y, batch_size=4))
    assert not gathered.goes_on_with(ArrayFeed(x.view("int64"), y, batch_size=4))
