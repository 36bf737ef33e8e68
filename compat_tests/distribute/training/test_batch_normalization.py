"""BatchNormalization sees its process's part of a batch; its moving averages are averaged when an epoch ends."""

import numpy as np
import torch

import torchkeras as keras
from torchkeras import layers

from .together import assert_same, numbers, scope, started

RATE, BATCH, EPOCHS = 0.1, 12, 2


def made():
    return keras.Sequential([layers.Dense(4), layers.BatchNormalization(momentum=0.7), layers.Dense(1)])


def train(together):
    started()
    x, _ = numbers(24)
    with scope(together):
        model = made()
        model.compile(keras.optimizers.SGD(RATE), "mse")
    model.build((None, 8))
    start = model.get_weights()
    model.fit(x, x[:, :1], batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)
    figure = model.evaluate(x, x[:, :1], verbose=0)
    after = model.get_weights()
    model.train_on_batch(x[:6], x[:6, :1])
    return start, after, figure, model.get_weights()[4:6]


def by_hand(start, size, x, y):
    """As many models as there are processes, whose gradients are put together here."""
    models = [made() for _ in range(size)]
    for model in models:
        model.build((None, 8))
        model.set_weights(start)
    for _ in range(EPOCHS):
        for at in range(0, len(x), BATCH):
            for rows, model in zip(np.array_split(np.arange(at, at + BATCH), size), models, strict=True):
                loss = ((model(torch.from_numpy(x[rows]), training=True) - torch.from_numpy(y[rows])) ** 2).mean()
                (loss * len(rows) / BATCH).backward()
            for same in zip(*(model.parameters() for model in models), strict=True):
                step = RATE * sum(parameter.grad for parameter in same)
                for parameter in same:
                    parameter.data -= step
                    parameter.grad = None
        for same in zip(*(model.buffers() for model in models), strict=True):
            mean = sum(buffer.double() for buffer in same) / size
            for buffer in same:
                buffer.copy_(mean)
    return models[0].get_weights()


def test_as_by_hand(crew):
    x, _ = numbers(24)
    for size in (2, 4):
        first, *others = crew(size).run(train, True)
        wanted = by_hand(first[0], size, x, x[:, :1])
        assert_same(first[1], wanted)
        assert np.abs(wanted[4] - first[0][4]).max() > 0.1  # the averages have moved
        for other in others:
            assert_same(other, first, 1e-6, 1e-6)
