"""Each process draws noise of its own for its samples, while all that they share is drawn alike."""

import numpy as np
import pytest

import torchkeras as keras
from compat_tests.distribute.crew import Crew
from torchkeras import layers
from torchkeras.distribute import joined

from .together import assert_same, scope, started


class Watched(layers.Layer):
    """Keeps what comes through it."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def call(self, inputs, training=None):
        if training:
            self.seen.append(np.asarray(inputs.detach()))
        return inputs


def drawn(seed, dropout_seed=None, fits=1):
    """Which samples came in which order, the masks, and the weights."""
    keras.utils.set_random_seed(seed)
    samples, noise = Watched(), Watched()
    with scope(True):
        model = keras.Sequential(
            [
                samples,
                layers.Lambda(lambda x: x * 0 + 1),
                layers.Dropout(0.5, seed=dropout_seed),
                noise,
                layers.Dense(1),
            ]
        )
        model.compile("sgd", "mse")
    x = np.arange(32.0, dtype="float32")[:, None].repeat(20, 1)
    for _ in range(fits):
        model.fit(x, x[:, :1] / 32, batch_size=8, epochs=2, verbose=0)
    steps = len(samples.seen)
    order = [one[:, 0] for one in samples.seen]
    return np.stack(order), np.stack(noise.seen), model.get_weights(), steps, np.random.rand()


def runs():
    started()
    found = [drawn(1), drawn(1), drawn(2), drawn(1, dropout_seed=5), drawn(1, fits=2)]
    return joined().rank, found


@pytest.fixture(scope="module")
def results(_crews):
    if 2 not in _crews or not _crews[2]._members or not _crews[2].works:
        _crews[2] = Crew(2)
    first, second = _crews[2].run(runs)
    return first[1], second[1]


def test_all_shuffle_alike_and_take_each_sample_once(results):
    for one, other in zip(*results, strict=True):
        both = np.concatenate([one[0], other[0]], 1)  # the parts of each batch
        for epoch in np.split(both, one[3] // 4):
            assert sorted(epoch.ravel()) == list(range(32))
        assert one[4] == other[4]  # NumPy goes on alike


def test_masks_differ_between_processes_and_steps(results):
    for one, other in zip(*results, strict=True):
        masks = [*one[1], *other[1]]
        assert all(set(np.unique(mask)) == {0.0, 2.0} for mask in masks)
        assert len({mask.tobytes() for mask in masks}) == len(masks)


def test_the_same_seed_repeats_a_run(results):
    for found in results:
        again, other = found[1], found[2]
        assert_same(found[0], again, 0, 0)
        assert not np.array_equal(found[0][1], other[1])
    assert_same(results[0][0][2], results[1][0][2], 0, 0)  # the weights of both
