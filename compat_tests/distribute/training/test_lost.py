"""A process that ends in the middle of a step."""

import os

import torchkeras as keras
from compat_tests.distribute.crew import Crew
from torchkeras.distribute import joined

from .together import dense, numbers, scope, started


class Breaking(keras.layers.Layer):
    """Ends its process while the others sum up gradients."""

    calls = 0

    def call(self, inputs, training=None):
        self.calls += bool(training)
        if self.calls == 4 and joined().rank == 1:
            os._exit(3)
        return inputs


def train():
    started()
    x, y = numbers()
    with scope(True):
        model = dense(Breaking())
        model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=16, verbose=0)


def test_the_others_are_told_that_it_is_lost():
    crew = Crew(2)
    try:
        for _, pipe in crew._members:
            pipe.send((train, ()))
        first = crew._members[0][1]
        assert first.poll(120)
        told = first.recv().error
    finally:
        crew.end()
    assert told.startswith("LostReplica: Process 0 of 2 lost the others: one has ended"), told
