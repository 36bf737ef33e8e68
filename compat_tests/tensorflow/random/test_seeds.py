"""What the global seed begins anew, and what it lets be."""

import random

import numpy as np
import pytest
import torch

import torchkeras.tensorflow as tf


def test_set_seed_is_none_of_numpys_nor_pythons() -> None:
    np.random.seed(1)
    random.seed(1)
    wanted = np.random.rand(), random.random()
    np.random.seed(1)
    random.seed(1)
    tf.random.set_seed(5)
    assert (np.random.rand(), random.random()) == wanted


def test_set_seed_begins_torchs_numbers_and_unseeded_layers_anew() -> None:
    found = []
    for _ in range(2):
        tf.random.set_seed(5)
        kernel = tf.keras.layers.Dense(3)
        kernel.build((None, 2))
        found.append((torch.rand(2).tolist(), kernel.get_weights()[0].tolist(), tf.random.normal([2]).numpy().tolist()))
    assert found[0] == found[1]


def test_a_seed_is_one_stream_for_each_function() -> None:
    tf.random.set_seed(5)
    alone = [tf.random.normal([2], seed=1).numpy().tolist() for _ in range(2)]
    tf.random.set_seed(5)
    first = tf.random.normal([2], seed=1).numpy().tolist()
    tf.random.uniform([3], seed=1)
    tf.random.normal([3])
    tf.random.normal([3], seed=2)
    assert [first, tf.random.normal([2], seed=1).numpy().tolist()] == alone


@pytest.mark.parametrize("dtype", [tf.float16, tf.bfloat16])
def test_half_precision_stays_below_the_upper_bound(dtype: tf.DType) -> None:
    tf.random.set_seed(5)
    drawn = tf.random.uniform([200_000], dtype=dtype)
    assert float(tf.reduce_max(drawn)) < 1.0 <= float(tf.reduce_max(drawn)) * 1.01


def test_random_changes_of_images_do_not_move_other_streams() -> None:
    image = tf.ones([4, 4, 3])
    tf.random.set_seed(5)
    wanted = tf.random.normal([2], seed=1).numpy().tolist()
    tf.random.set_seed(5)
    tf.image.random_brightness(image, 0.2, seed=1)
    assert tf.random.normal([2], seed=1).numpy().tolist() == wanted


@pytest.mark.parametrize(
    ("part", "name", "said"),
    [("nn", "nce_loss", "all classes"), ("nn", "rellu", "'relu'"), ("random", "uniform_candidate_sampler", "tf.random"),
     ("image", "decode_webp", "PIL")],
)  # fmt: skip
def test_names_that_are_not_there_say_what_to_use(part: str, name: str, said: str) -> None:
    with pytest.raises(AttributeError, match=said) as caught:
        getattr(getattr(tf, part), name)
    assert name in str(caught.value)
