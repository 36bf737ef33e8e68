"""Several processes with a batch shared among them end where one with all of it does."""

import contextlib

import numpy as np
import pytest

import torchkeras as keras
from torchkeras.core import replicas as scopes
from torchkeras.distribute import joined


def trained(together, samples):
    """The figures and the weights after three epochs."""
    keras.utils.set_random_seed(3)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(samples, 8)).astype("float32"), rng.integers(0, 3, samples)
    with scopes.within(joined()) if together else contextlib.nullcontext():
        model = keras.Sequential(
            [
                keras.layers.Dense(16, activation="relu", kernel_regularizer="l2"),
                keras.layers.Dense(3, activation="softmax"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, batch_size=16, epochs=3, validation_data=(x[:20], y[:20]), verbose=0).history
    return history, model.evaluate(x, y, batch_size=16, verbose=0), model.get_weights()


@pytest.mark.parametrize("size", [2, 4])
@pytest.mark.parametrize("samples", [64, 70, 65])
def test_same_weights_and_figures(crew, size, samples):
    """Of 70 samples the last batch has 6, of 65 one: less than there are processes."""
    alone = trained(False, samples)
    for history, figures, weights in crew(size).run(trained, True, samples):
        assert history.keys() == alone[0].keys()
        for name, values in alone[0].items():
            np.testing.assert_allclose(history[name], values, rtol=1e-5, err_msg=name)
        np.testing.assert_allclose(figures, alone[1], rtol=1e-5)
        for own, other in zip(weights, alone[2], strict=True):
            np.testing.assert_allclose(own, other, atol=1e-5)
