"""keras.random: moments of the distributions, what seeds promise, shapes and dtypes."""

import pickle

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import random

N = 40_000
#: (draw, mean, variance): figures of the distributions' formulas.
DRAWS = {
    "normal": (lambda s: random.normal((N,), 2.0, 3.0, seed=s), 2.0, 9.0),
    "truncated_normal": (lambda s: random.truncated_normal((N,), 1.0, 2.0, seed=s), 1.0, 4 * 0.7737),
    "uniform": (lambda s: random.uniform((N,), -1.0, 3.0, seed=s), 1.0, 16 / 12),
    "randint": (lambda s: random.randint((N,), -2, 4, seed=s).float(), 0.5, 35 / 12),
    "gamma": (lambda s: random.gamma((N,), 2.5, seed=s), 2.5, 2.5),
    "beta": (lambda s: random.beta((N,), 2.0, 3.0, seed=s), 0.4, 0.04),
    "binomial": (lambda s: random.binomial((N,), 10.0, 0.3, seed=s), 3.0, 2.1),
    "dropout": (lambda s: random.dropout(np.ones(N, "float32"), 0.25, seed=s), 1.0, 1 / 3),
    "categorical": (lambda s: random.categorical(np.log([[0.5, 0.25, 0.25]]), N, seed=s)[0].float(), 0.75, 0.6875),
}


@pytest.mark.parametrize("name", DRAWS)
def test_mean_and_variance(name):
    draw, mean, variance = DRAWS[name]
    values = draw(11)
    assert float(values.mean()) == pytest.approx(mean, abs=5 * (variance / N) ** 0.5)
    assert float(values.var()) == pytest.approx(variance, rel=0.06)


@pytest.mark.parametrize("name", DRAWS)
def test_a_number_repeats_and_a_generator_goes_on(name):
    draw = DRAWS[name][0]
    assert torch.equal(draw(3), draw(3))
    assert not torch.equal(draw(3), draw(4))
    first, second = random.SeedGenerator(5), random.SeedGenerator(5)
    a, b = draw(first), draw(first)
    assert not torch.equal(a, b)
    assert torch.equal(a, draw(second))
    assert torch.equal(b, draw(second))


@pytest.mark.parametrize("name", DRAWS)
def test_without_a_seed_set_random_seed_repeats(name):
    draw = DRAWS[name][0]
    keras.utils.set_random_seed(7)
    first = draw(None)
    assert not torch.equal(first, draw(None))
    keras.utils.set_random_seed(7)
    assert torch.equal(first, draw(None))


def test_a_generator_without_a_seed_follows_set_random_seed():
    keras.utils.set_random_seed(7)
    first = random.normal((3,), seed=random.SeedGenerator())
    keras.utils.set_random_seed(7)
    assert torch.equal(first, random.normal((3,), seed=random.SeedGenerator()))


def test_the_state_counts_and_can_be_put_back():
    generator = random.SeedGenerator(42)
    assert generator.next().tolist() == [42, 0]
    assert generator.state.numpy().tolist() == [42, 1]
    first = random.uniform((3,), seed=generator)
    generator.state.assign([42, 1])
    assert torch.equal(first, random.uniform((3,), seed=generator))
    again = pickle.loads(pickle.dumps(generator))
    assert torch.equal(random.uniform((3,), seed=again), random.uniform((3,), seed=generator))
    assert random.SeedGenerator.from_config(generator.get_config()).next().tolist() == [42, 0]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("function", [random.normal, random.uniform, random.truncated_normal])
def test_dtypes(function, dtype):
    made = function((2, 3), dtype=dtype, seed=1)
    assert made.dtype is getattr(torch, dtype)
    assert made.shape == (2, 3)


def test_limits():
    assert float(random.truncated_normal((N,), seed=1).abs().max()) <= 2
    integers = random.randint((N,), 3, 6, seed=1)
    assert integers.dtype is torch.int32
    assert integers.unique().tolist() == [3, 4, 5]
    values = random.uniform((N,), 2.0, 3.0, seed=1)
    assert float(values.min()) >= 2
    assert float(values.max()) <= 3


def test_parameters_broadcast():
    made = random.normal((N, 2), mean=np.array([0.0, 10.0], "float32"), stddev=[1.0, 0.5], seed=2)
    np.testing.assert_allclose(made.mean(0), [0, 10], atol=0.03)
    np.testing.assert_allclose(made.std(0), [1, 0.5], rtol=0.02)


def test_shuffle_is_a_permutation():
    x = np.arange(20).reshape(10, 2)
    rows = random.shuffle(x, seed=1)
    assert not np.array_equal(rows, x)
    assert sorted(rows.tolist()) == x.tolist()
    columns = random.shuffle(x.T, axis=1, seed=1)
    np.testing.assert_array_equal(columns.T, rows)


def test_dropout():
    x = torch.ones(1000)
    assert set(random.dropout(x, 0.5, seed=1).tolist()) == {0.0, 2.0}
    assert torch.equal(random.dropout(x, 0.0), x)
    assert not random.dropout(x, 1.0, seed=1).any()
    rows = random.dropout(torch.ones(50, 8), 0.5, noise_shape=(None, 1), seed=1)
    assert all(len(set(row.tolist())) == 1 for row in rows)


def test_layers_may_hold_a_generator():
    class Noise(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.seed_generator = random.SeedGenerator(1)

        def call(self, x):
            return x + random.normal(keras.ops.shape(x), seed=self.seed_generator)

    inputs = keras.Input((3,))
    model = keras.Model(inputs, Noise()(inputs))
    x = torch.zeros(2, 3)
    assert not torch.equal(model(x), model(x))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: random.normal((2,), seed="a"), "must be either an integer or an instance of `SeedGenerator`"),
        (lambda: random.SeedGenerator("a"), "must be an integer"),
        (lambda: random.randint((2,), 0, 5, dtype="float32"), "requires an integer `dtype`"),
        (lambda: random.randint((2,), 5, 5), "Need minval < maxval"),
        (lambda: random.uniform((2,), dtype="int32"), "For integers use `randint`"),
        (lambda: random.categorical([0.1, 0.9], 2), "2-D tensor"),
        (lambda: random.dropout([1.0], 1.5), "between 0 and 1"),
        (lambda: random.normal((None, 2)), "known sizes"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
