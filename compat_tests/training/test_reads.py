"""Reads of values: fit, evaluate and predict read at the end of an epoch, and no more for more batches."""

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import torchkeras as keras
from torchkeras import layers

aten = torch.ops.aten
READS = {aten._local_scalar_dense.default, aten.equal.default, aten.is_nonzero.default, aten.nonzero.default}


class Reads(TorchDispatchMode):
    """Counts what a device would have to be waited for."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.count += function in READS
        return function(*args, **(kwargs or {}))


@pytest.fixture
def model():
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, kernel_regularizer="l2"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        "adam", "sparse_categorical_crossentropy", metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2)]
    )
    return model


def reads(run, samples):
    x = torch.rand(samples, 8, 8, 3)  # a tensor: to look into an array is to look into the host's memory
    y = torch.randint(0, 3, (samples,))
    counter = Reads()
    with counter:
        run(x, y)
    return counter.count


class Ignores(keras.callbacks.Callback):
    """Is told of everything and looks at nothing."""


RUNS = {
    "fit": lambda m: lambda x, y: m.fit(x, y, batch_size=8, verbose=0, sample_weight=torch.ones(len(x))),
    "validated fit": lambda m: lambda x, y: m.fit(x, y, batch_size=8, verbose=0, validation_data=(x, y)),
    "evaluate": lambda m: lambda x, y: m.evaluate(x, y, batch_size=8, verbose=0),
    "predict": lambda m: lambda x, y: m.predict(x, batch_size=8),
    "predict of a stream": lambda m: lambda x, y: m.predict(iter(x.split(8))),
    "predict with a callback": lambda m: lambda x, y: m.predict(x, batch_size=8, callbacks=[Ignores()]),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
def test_more_batches_need_no_more_reads(model, name):
    run = RUNS[name](model)
    reads(run, 20)  # builds what the first batch builds
    few, many = reads(run, 20), reads(run, 180)
    assert few == many


def test_the_count_counts(model):
    class Reader(keras.callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            self.seen = logs["loss"]

    def run(x, y):
        model.evaluate(x, y, batch_size=8, verbose=0, callbacks=[Reader()])

    assert reads(run, 180) > reads(run, 20)
    assert np.isfinite(model.evaluate(np.zeros((2, 8, 8, 3)), np.zeros(2), verbose=0)).all()
