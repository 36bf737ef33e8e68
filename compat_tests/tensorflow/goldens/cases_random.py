"""Cases of tf.random: shapes, dtypes, states, repetitions and means. The numbers themselves are not TensorFlow's."""

from __future__ import annotations

from typing import Any


def _form(tf: Any, x: Any) -> Any:
    return [x.shape, x.dtype]


def _same(tf: Any, a: Any, b: Any) -> Any:
    return bool(tf.reduce_all(a == b))


def _near(tf: Any, x: Any, mean: float, spread: float, within: float = 0.1) -> Any:
    """Whether the mean and the standard deviation are as expected."""
    x = tf.cast(x, tf.float64)
    found, width = float(tf.reduce_mean(x)), float(tf.math.reduce_std(x))
    return abs(found - mean) < within * (abs(mean) + spread) and abs(width - spread) < within * spread


def _repeats(tf: Any, draw: Any) -> Any:
    """[the second call gives other values, the seed gives the first again, and then the second]"""
    tf.random.set_seed(11)
    first, second = draw(), draw()
    tf.random.set_seed(11)
    return [_same(tf, first, second), _same(tf, first, draw()), _same(tf, second, draw())]


def _set_random_seed(tf: Any, np: Any) -> Any:
    found = []
    for _ in range(2):
        tf.keras.utils.set_random_seed(5)
        found.append(
            (tf.random.normal([5], seed=1).numpy().tolist(), tf.random.normal([2]).numpy().tolist(), np.random.rand())
        )
    return found[0] == found[1]


def _generator_moves(tf: Any, np: Any) -> Any:
    g = tf.random.Generator.from_seed(1)
    states = []
    for move in (
        lambda: g.normal([2, 3]), lambda: g.uniform([5]), lambda: g.truncated_normal([]), lambda: g.skip(10),
        lambda: g.make_seeds(3), lambda: g.split(2),
    ):  # fmt: skip
        move()
        states.append(g.state.numpy().tolist())
    return states


def _generator_forms(tf: Any, np: Any) -> Any:
    g = tf.random.Generator.from_seed(1)
    return [
        _form(tf, g.normal((2, 3), dtype=tf.float64)), _form(tf, g.uniform([2], 1, 5, tf.int64)),
        _form(tf, g.uniform_full_int([3], dtype=tf.int32)), _form(tf, g.binomial([4], 10.0, 0.5)),
        _form(tf, g.make_seeds(3)), _form(tf, g.split(2)[1].normal([2])), _form(tf, g.key),
    ]  # fmt: skip


def _generator_repeats(tf: Any, np: Any) -> Any:
    g, h = tf.random.Generator.from_seed(1), tf.random.Generator.from_seed(1)
    first = g.normal([4])
    found = [_same(tf, first, h.normal([4])), _same(tf, first, g.normal([4]))]
    g.reset_from_seed(1)
    found.append(_same(tf, first, g.normal([4])))
    copied = tf.random.Generator(copy_from=h)
    found.append(_same(tf, h.uniform([4]), copied.uniform([4])))
    one, two = g.split(2)
    found.append(_same(tf, one.normal([3]), two.normal([3])))
    g.reset([7, 8, 9])
    found.append(g.state.numpy().tolist())
    g.reset_from_key_counter(key=3, counter=[1, 2])
    return [*found, g.state.numpy().tolist()]


def _gradient_through_uniform(tf: Any, np: Any) -> Any:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(x * tf.random.uniform([3], 1.0, 1.0 + 1e-6))
    return abs(float(tape.gradient(y, x)) - 3) < 1e-4


CASES: dict[str, Any] = {
    "normal": lambda tf, np: [
        _form(tf, tf.random.normal([2, 3])),
        _form(tf, tf.random.normal(shape=(2,), mean=1.0, stddev=2.0, dtype=tf.float64)),
        _form(tf, tf.random.normal(tf.constant([2, 1]), dtype=tf.float16)),
        _form(tf, tf.random.normal([])),
        _form(tf, tf.random.normal([2, 3], mean=[1.0, 2.0, 3.0])),
        _near(tf, tf.random.normal([20000], 3.0, 2.0), 3.0, 2.0),
    ],
    "normal of tensors": lambda tf, np: _near(
        tf, tf.random.normal([20000, 2], tf.constant([1.0, 5.0]), tf.constant([2.0, 0.1]))[:, 1], 5.0, 0.1
    ),
    "truncated_normal": lambda tf, np: [
        _form(tf, tf.random.truncated_normal([4])),
        bool(tf.reduce_max(tf.abs(tf.random.truncated_normal([5000], stddev=0.5))) <= 1.0),
        _near(tf, tf.random.truncated_normal([20000], 1.0), 1.0, 0.88),
    ],
    "uniform": lambda tf, np: [
        _form(tf, tf.random.uniform([2, 3])),
        _form(tf, tf.random.uniform((2,), 5, 10, tf.int64)),
        _form(tf, tf.random.uniform([2], maxval=3, dtype=tf.int32)),
        _near(tf, tf.random.uniform([20000], -1, 3), 1.0, 4 / 12**0.5),
        sorted({int(n) for n in tf.random.uniform([500], 2, 5, dtype=tf.int32)}),
    ],
    "uniform of tensors": lambda tf, np: _near(
        tf, tf.random.uniform([20000, 2], tf.constant([0.0, 2.0]), tf.constant([1.0, 6.0]))[:, 1], 4.0, 4 / 12**0.5
    ),
    "gamma": lambda tf, np: [
        _form(tf, tf.random.gamma([3], tf.constant([1.0, 2.0]))),
        _form(tf, tf.random.gamma([3], tf.constant([1.0, 2.0]), beta=tf.constant([[3.0], [4.0]]))),
        _near(tf, tf.random.gamma([20000], 4.0, 2.0), 2.0, 1.0),
    ],
    "poisson": lambda tf, np: [
        _form(tf, tf.random.poisson([3], tf.constant([1.0, 2.0]))),
        _form(tf, tf.random.poisson([3], 2.0, dtype=tf.int32)),
        _near(tf, tf.random.poisson([20000], 4.0), 4.0, 2.0),
    ],
    "categorical": lambda tf, np: [
        _form(tf, tf.random.categorical([[1.0, 2.0], [0.0, 0.0]], 5)),
        _form(tf, tf.random.categorical([[1.0, 2.0]], num_samples=5, dtype=tf.int32)),
        _near(tf, tf.random.categorical(tf.math.log([[0.2, 0.8]]), 20000), 0.8, 0.4),
    ],
    "shuffle": lambda tf, np: [
        _form(tf, tf.random.shuffle([[1, 2], [3, 4], [5, 6]])),
        tf.sort(tf.random.shuffle(np.arange(20), seed=3)),
        sorted(tf.random.shuffle(["a", "b", "c"]).numpy().tolist()) == [b"a", b"b", b"c"],
    ],
    "global seed": lambda tf, np: [
        _repeats(tf, lambda: tf.random.normal([5])),
        _repeats(tf, lambda: tf.random.uniform([5], seed=2)),
        _repeats(tf, lambda: tf.random.shuffle(np.arange(50), seed=2)),
        _repeats(tf, lambda: tf.random.categorical([[0.0] * 50], 20, seed=4)),
        _repeats(tf, lambda: tf.random.gamma([5], 2.0, seed=4)),
        _repeats(tf, lambda: tf.nn.dropout(tf.ones([50]), 0.5, seed=4)),
    ],
    "two seeds": lambda tf, np: [
        tf.random.set_seed(1),
        _same(tf, tf.random.normal([5], seed=1), tf.random.normal([5], seed=2)),
    ],
    "keras.utils.set_random_seed": _set_random_seed,
    # stateless
    "stateless": lambda tf, np: [
        [_same(tf, draw([1, 2]), draw([1, 2])), _same(tf, draw([1, 2]), draw([2, 1])), *_form(tf, draw([3, 4]))]
        for draw in (
            lambda seed: tf.random.stateless_normal([4], seed),
            lambda seed: tf.random.stateless_normal(shape=[2, 3], seed=seed, mean=2.0, stddev=0.1, dtype=tf.float64),
            lambda seed: tf.random.stateless_truncated_normal([4], seed),
            lambda seed: tf.random.stateless_uniform([4], seed=tf.constant(seed)),
            lambda seed: tf.random.stateless_uniform([9], seed, minval=0, maxval=1000, dtype=tf.int32),
            lambda seed: tf.random.stateless_uniform([4], seed, None, None, tf.int64),
            lambda seed: tf.random.stateless_categorical([[0.0] * 99] * 2, 30, seed),
            lambda seed: tf.random.stateless_gamma([4, 2], seed, alpha=[1.0, 2.0]),
            lambda seed: tf.random.stateless_poisson([30, 2], seed, lam=[10.0, 20.0]),
            lambda seed: tf.random.stateless_binomial([30], seed, counts=100.0, probs=0.5),
            lambda seed: tf.random.stateless_parameterized_truncated_normal([4], seed),
            lambda seed: tf.random.experimental.stateless_shuffle(tf.range(50), seed),
        )
    ],
    "split": lambda tf, np: [
        _form(tf, tf.random.split([1, 2])),
        _form(tf, tf.random.split(tf.constant([1, 2], tf.int64), num=3)),
        _same(tf, tf.random.split([1, 2], 3), tf.random.experimental.stateless_split([1, 2], 3)),
    ],
    "fold_in": lambda tf, np: [
        _form(tf, tf.random.fold_in([1, 2], 3)),
        int(tf.random.fold_in([1, 2], 3)[1]),
        _same(tf, tf.random.fold_in([1, 2], 3), tf.random.experimental.stateless_fold_in([1, 2], 4)),
    ],
    "index_shuffle": lambda tf, np: sorted(int(tf.random.experimental.index_shuffle(i, [1, 2], 6)) for i in range(7)),
    # Generator
    "Generator states": lambda tf, np: [
        tf.random.Generator.from_seed(1234).state,
        tf.random.Generator.from_seed(1, alg="threefry").state,
        tf.random.Generator.from_seed([1, 2, 3, 4]).state,
        tf.random.Generator.from_state(tf.constant([1, 2, 3], tf.int64), alg="philox").state,
        tf.random.Generator.from_key_counter(key=5, counter=[7, 8], alg=1).state,
        tf.random.Generator.from_key_counter(key=5, counter=[7, 8], alg=1).key,
        tf.random.create_rng_state(3, "philox"),
        tf.random.Generator.from_seed(3).algorithm,
        _form(tf, tf.random.Generator.from_non_deterministic_state().state),
    ],
    "Generator moves on": _generator_moves,
    "Generator forms": _generator_forms,
    "Generator repeats": _generator_repeats,
    "global generator": lambda tf, np: [
        tf.random.set_global_generator(tf.random.Generator.from_seed(5)),
        tf.random.get_global_generator().state,
        tf.random.experimental.get_global_generator() is tf.random.get_global_generator(),
    ],
    "initializers": lambda tf, np: [
        tf.zeros_initializer()([2]),
        tf.ones_initializer()(shape=[2], dtype=tf.int32),
        tf.constant_initializer(3.0)([2]),
        _form(tf, tf.random_normal_initializer(stddev=0.1)((2, 3))),
        _form(tf, tf.random_uniform_initializer(-1.0, 1.0)([2])),
    ],
    "gradient through uniform": _gradient_through_uniform,
}

ERRORS: dict[str, Any] = {
    "normal of a number as shape": lambda tf, np: tf.random.normal(3),
    "normal of a negative shape": lambda tf, np: tf.random.normal([-1]),
    "normal of ints": lambda tf, np: tf.random.normal([2], dtype=tf.int32),
    "normal of a float shape": lambda tf, np: tf.random.normal([2.5]),
    "uniform ints without maxval": lambda tf, np: tf.random.uniform([2], dtype=tf.int32),
    "uniform ints the wrong way": lambda tf, np: tf.random.uniform([2], 6, 5, dtype=tf.int32),
    "uniform of uint8": lambda tf, np: tf.random.uniform([2], 0, 5, dtype=tf.uint8),
    "categorical of one row": lambda tf, np: tf.random.categorical([1.0, 2.0], 3),
    "stateless seed of three": lambda tf, np: tf.random.stateless_normal([2], [1, 2, 3]),
    "stateless seed of one": lambda tf, np: tf.random.stateless_normal([2], 5),
    "stateless ints of one bound": lambda tf, np: tf.random.stateless_uniform([2], [1, 2], dtype=tf.int32),
    "stateless gamma of another shape": lambda tf, np: tf.random.stateless_gamma([3], [1, 2], [1.0, 2.0]),
    "Generator of another algorithm": lambda tf, np: tf.random.Generator.from_seed(1, alg="mersenne"),
    "Generator of a short state": lambda tf, np: tf.random.Generator.from_state([1, 2], alg="philox"),
    "Generator of nothing": lambda tf, np: tf.random.Generator(),
    "Generator ints of one bound": lambda tf, np: tf.random.Generator.from_seed(1).uniform([2], dtype=tf.int32),
}
