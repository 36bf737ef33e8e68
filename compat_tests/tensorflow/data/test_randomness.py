"""Random numbers in pipelines: the same ones whichever thread is quicker, and torch's own generator left alone."""

import threading
import time

import numpy as np
import pytest
import torch

from torchkeras import tensorflow as tf
from torchkeras.tensorflow.data import parallel


@pytest.fixture(autouse=True)
def two_processors(monkeypatch):
    monkeypatch.setattr(parallel, "processors", lambda: 2)


def numbers(dataset):
    return [np.asarray(element).tolist() for element in dataset]


def noise(n):
    return tf.random.uniform([])


def seeded_noise(n):
    return tf.random.uniform([], seed=5)


NOISE = tf.keras.layers.GaussianNoise(1.0)

DRAWING = {
    "tf.random": noise,
    "with a seed": seeded_noise,
    "tf.image": lambda n: tf.image.random_brightness(tf.zeros((2, 2, 3)), 1.0),
    "keras.random": lambda n: tf.constant(tf.keras.random.normal((2,))),
    "a layer": lambda n: NOISE(tf.zeros((3,)), training=True),
    "NumPy's names": lambda n: tf.experimental.numpy.random.randn(2),
}


class Steered:
    """A function whose calls from the ninth on wait for a sign, and which says when it has made some of them."""

    def __init__(self, function):
        self.function, self.open, self.ahead = function, threading.Event(), threading.Event()

    def __call__(self, n):
        time.sleep(0.002)  # slow enough to be worth a thread
        if int(n) > 8:
            assert self.open.wait(10)
        made = self.function(n)
        if int(n) == 11:
            self.ahead.set()
        return made


def steered(function, worker_first):
    """What a pipeline gives and what its consumer draws, with one of the two threads held until the other is done."""
    tf.random.set_seed(3)
    call = Steered(function)
    iterator = iter(tf.data.Dataset.range(20).map(call).prefetch(4))
    found = [next(iterator) for _ in range(8)]
    if worker_first:
        call.open.set()
        found.append(next(iterator))
        assert call.ahead.wait(10)
    drawn = torch.rand(4).tolist()
    call.open.set()
    return numbers([*found, *iterator]), drawn


@pytest.mark.parametrize("function", DRAWING)
def test_neither_thread_changes_the_numbers_of_the_other(function):
    first, second = (steered(DRAWING[function], worker_first) for worker_first in (False, True))
    assert first == second
    assert len({repr(one) for one in first[0]}) == 20


@pytest.mark.parametrize("function", DRAWING)
def test_calls_in_threads_give_what_calls_in_turn_give(function):
    def made(calls):
        tf.random.set_seed(1)
        both = threading.Barrier(2)

        def call(n):
            time.sleep(0.002)
            if calls and int(n) > 7:  # of two calls at once, the one that began later draws first
                both.wait(10)
                time.sleep(0.004 * (1 - int(n) % 2))
            return DRAWING[function](n)

        return numbers(tf.data.Dataset.range(20).map(call, num_parallel_calls=calls))

    assert made(None) == made(2)


def test_a_layer_with_a_seed_repeats_and_goes_on_with_each_iteration():
    def made():
        layer = tf.keras.layers.Dropout(0.5, seed=3)
        dataset = tf.data.Dataset.range(20).map(lambda n: layer(tf.ones((9,)), training=True), num_parallel_calls=2)
        return numbers(dataset), numbers(dataset)

    first, second = made()
    torch.rand(1)
    assert (first, second) == made()
    assert first != second
    assert len({repr(row) for row in first}) > 15


def test_an_iteration_without_seeds_differs_from_the_last_and_repeats_under_the_global_seed():
    def twice():
        tf.random.set_seed(7)
        dataset = tf.data.Dataset.range(5).map(noise)
        return numbers(dataset), numbers(dataset)

    first, second = twice()
    assert first != second
    assert (first, second) == twice()


def test_an_operation_with_a_seed_begins_anew_in_each_iteration_and_goes_on_over_repetitions():
    # As TensorFlow: [a, b, c, d, e] each time, and with repeat(2) five others after them.
    dataset = tf.data.Dataset.range(5).map(seeded_noise)
    once = numbers(dataset)
    assert once == numbers(dataset) == numbers(tf.data.Dataset.range(5).map(seeded_noise))
    both = numbers(dataset.repeat(2))
    assert both[:5] == once
    assert len(set(both)) == 10


def test_images_and_masks_are_changed_alike_by_one_seed():
    pixels = np.random.default_rng(0).random((12, 8, 8, 1)).astype("float32")

    def cut(image):
        return tf.image.random_crop(image, (3, 3, 1), seed=4)

    images = tf.data.Dataset.from_tensor_slices(pixels)
    apart = tf.data.Dataset.zip((images.map(cut), images.map(cut)))
    within = images.map(lambda image: (cut(image), cut(image)))
    for pairs in (apart, within):
        for image, mask in pairs:
            np.testing.assert_array_equal(image, mask)
    assert len({image.numpy().tobytes() for image, _ in apart}) == 12


def test_two_functions_without_seeds_draw_other_numbers():
    dataset = tf.data.Dataset.range(4)
    for a, b in tf.data.Dataset.zip((dataset.map(noise), dataset.map(noise))):
        assert float(a) != float(b)


def test_data_sets_within_a_function_differ_by_element_and_repeat():
    def inner(n):
        return tf.data.Dataset.range(4).shuffle(4).map(lambda m: (m, noise(m), seeded_noise(m)))

    def made():
        tf.random.set_seed(2)
        return [[float(leaf) for leaf in row] for row in tf.data.Dataset.range(6).flat_map(inner)]

    found = made()
    assert found == made()
    assert len({row[1] for row in found}) == len({row[2] for row in found}) == 24
    assert len({tuple(row[0] for row in found[i : i + 4]) for i in range(0, 24, 4)}) > 1


def test_an_abandoned_iteration_leaves_the_order_of_the_next_alone():
    def second_order(ahead):
        dataset = tf.data.Dataset.range(6).shuffle(6, seed=1).repeat()
        if not ahead:
            next(iter(dataset))
        else:  # as a thread does that works ahead into the third repetition
            numbers(dataset.take(15))
        return numbers(dataset.take(6))

    assert second_order(False) == second_order(True)


def test_a_look_at_a_spec_draws_nothing():
    layer = tf.keras.layers.Dropout(0.5, seed=1)

    def drawn(looks):
        tf.random.set_seed(1)
        layer.set_generator_states({})
        dataset = tf.data.Dataset.range(3).map(lambda n: (noise(n), layer(tf.ones((20,)), training=True)))
        assert not looks or dataset.element_spec[1].shape == (20,)
        return [(float(a), b.numpy().tolist()) for a, b in dataset]

    assert drawn(True) == drawn(False)


def test_a_pipeline_without_functions_takes_no_random_numbers():
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    assert numbers(tf.data.Dataset.range(4).batch(2).prefetch(1)) == [[0, 1], [2, 3]]
    assert torch.equal(torch.rand(3), expected)


def test_training_with_dropout_repeats_whichever_thread_is_quicker():
    x = np.random.default_rng(0).random((24, 4)).astype("float32")

    def trained(wait_in_pipeline):
        tf.keras.utils.set_random_seed(0)
        model = tf.keras.Sequential([tf.keras.layers.Dropout(0.5), tf.keras.layers.Dense(1)])
        model.compile("sgd", "mse")

        def noisy(row):
            time.sleep(0.002 if wait_in_pipeline else 0.0)
            return row + tf.random.normal((4,)), row[:1]

        dataset = tf.data.Dataset.from_tensor_slices(x).map(noisy).batch(2).prefetch(2)
        model.fit(dataset, epochs=2, verbose=0)
        return [weight.tolist() for weight in model.get_weights()]

    assert trained(True) == trained(False)
