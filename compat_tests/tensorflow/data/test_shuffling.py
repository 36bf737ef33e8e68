"""shuffle: all elements once, within the buffer's reach, in orders that can be had again."""

import numpy as np
import pytest
import torch

from torchkeras import tensorflow as tf


def order(dataset):
    return [int(n) for n in dataset]


SOURCES = {
    "row numbers": lambda: tf.data.Dataset.range(300),
    "elements": lambda: tf.data.Dataset.range(300).map(lambda n: n),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("size", [2, 40, 300, 1000])
def test_each_element_comes_once_and_not_before_its_time(source, size):
    found = order(SOURCES[source]().shuffle(size))
    assert sorted(found) == list(range(300))
    assert found != list(range(300))
    # The element given at place i was drawn from the first i + size of the input.
    assert all(number < place + size for place, number in enumerate(found))


@pytest.mark.parametrize("source", SOURCES)
def test_a_seed_gives_the_same_orders_again_and_another_each_iteration(source):
    first, second = (SOURCES[source]().shuffle(50, seed=3) for _ in range(2))
    orders = [order(first), order(first)]
    assert orders == [order(second), order(second)]
    assert orders[0] != orders[1]


def test_the_global_seed_makes_orders_reproducible():
    def made():
        torch.manual_seed(5)
        return order(tf.data.Dataset.range(50).shuffle(50))

    assert made() == made()


def test_without_reshuffling_each_iteration_has_the_same_order():
    dataset = tf.data.Dataset.range(50).shuffle(50, reshuffle_each_iteration=False)
    assert order(dataset) == order(dataset) != list(range(50))


def test_repetitions_are_shuffled_anew():
    found = order(tf.data.Dataset.range(50).shuffle(50, seed=1).repeat(2))
    assert sorted(found[:50]) == sorted(found[50:]) == list(range(50))
    assert found[:50] != found[50:]


def test_a_cache_after_a_shuffle_keeps_its_order():
    dataset = tf.data.Dataset.range(50).shuffle(50).cache()
    assert order(dataset) == order(dataset)


def test_pairs_stay_together():
    x = np.arange(200)
    for a, b in tf.data.Dataset.from_tensor_slices((x, x * 10)).shuffle(64).batch(7):
        np.testing.assert_array_equal(a.numpy() * 10, b.numpy())


def test_every_order_of_a_full_buffer_is_as_likely():
    dataset = tf.data.Dataset.range(3).shuffle(3, seed=0)
    counts: dict = {}
    for _ in range(1200):
        found = tuple(order(dataset))
        counts[found] = counts.get(found, 0) + 1
    assert len(counts) == 6
    assert all(140 < count < 260 for count in counts.values())  # 200 each; a deviation of 60 is beyond 4 sigma


def test_sampling_follows_the_weights():
    sets = [tf.data.Dataset.from_tensors(n).repeat() for n in range(3)]
    found = order(tf.data.Dataset.sample_from_datasets(sets, [0.5, 0.3, 0.2], seed=2).take(2000))
    np.testing.assert_allclose(np.bincount(found) / 2000, [0.5, 0.3, 0.2], atol=0.05)


def test_rejection_resampling_reaches_the_wanted_proportions():
    labels = tf.data.Dataset.from_tensor_slices(np.array([0] * 95 + [1] * 5, "int32")).shuffle(100, seed=1).repeat()
    dataset = labels.rejection_resample(lambda y: y, target_dist=[0.5, 0.5], initial_dist=[0.95, 0.05], seed=1)
    found = [int(kind) for kind, _ in dataset.take(600)]
    assert 0.42 < np.mean(found) < 0.58
