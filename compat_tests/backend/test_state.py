"""Variables, random numbers, the learning phase, and what is not there."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import backend as K
from torchkeras import layers


def test_values_of_variables():
    x = K.variable([[1, 2]], name="x")
    assert (x.name, x.dtype, K.int_shape(x), K.ndim(x), K.dtype(x)) == ("x:0", torch.float32, (1, 2), 2, "float32")
    value = K.get_value(x)
    value[:] = 7
    assert K.eval(x).tolist() == [[1, 2]]  # a copy
    K.set_value(x, np.array([[3.0, 4.0]]))
    assert K.batch_get_value([x])[0].tolist() == [[3, 4]]
    K.batch_set_value([(x, [[5, 6]])])
    assert K.get_value(x).tolist() == [[5, 6]]
    assert K.get_value(3) == 3
    assert K.count_params(x) == 2
    constrained = K.variable([1.0, -1.0], constraint=lambda w: w * 0)
    assert constrained.constraint(constrained).tolist() == [0, 0]


def test_the_rate_of_an_optimizer():
    model = keras.Sequential([layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.25), "mse")
    assert float(K.get_value(model.optimizer.lr)) == 0.25
    K.set_value(model.optimizer.lr, 0.5)
    assert float(K.get_value(model.optimizer.learning_rate)) == 0.5


def test_random_values():
    values = K.random_normal((2000,), mean=3.0, stddev=0.5, seed=1)
    assert values.dtype is torch.float32
    assert abs(float(values.mean()) - 3) < 0.06
    assert abs(float(values.std()) - 0.5) < 0.04
    assert torch.equal(values, K.random_normal((2000,), mean=3.0, stddev=0.5, seed=1))
    assert not torch.equal(K.random_normal((9,)), K.random_normal((9,)))
    even = K.random_uniform((2000,), minval=-1, maxval=3, dtype="float64")
    assert even.dtype is torch.float64
    assert -1 <= float(even.min()) < -0.9
    assert 2.9 < float(even.max()) < 3
    whole = K.random_uniform((200,), 0, 3, dtype="int32")
    assert set(whole.tolist()) == {0, 1, 2}
    assert set(K.random_bernoulli((200,), p=0.3).tolist()) == {0.0, 1.0}
    assert float(K.random_binomial((4000,), p=0.3).mean()) == pytest.approx(0.3, abs=0.04)
    short = K.truncated_normal((3000,), mean=1.0, stddev=2.0)
    assert -3 <= float(short.min()) < -2.5
    assert 4.5 < float(short.max()) <= 5
    assert K.random_normal_variable((2, 3), 0, 1).shape == (2, 3)
    assert float(K.random_uniform_variable((99,), 5, 6).numpy().min()) >= 5


def test_dropout():
    x = torch.ones(2000)
    dropped = K.dropout(x, 0.25)
    assert dropped.unique().tolist() == pytest.approx([0.0, 1.0 / 0.75])
    assert float(dropped.mean()) == pytest.approx(1, abs=0.06)
    rows = K.dropout(torch.ones(50, 4), 0.5, noise_shape=(50, 1), seed=2)
    assert torch.equal(rows, rows[:, :1].expand(50, 4))
    assert torch.equal(rows, K.dropout(torch.ones(50, 4), 0.5, noise_shape=(50, 1), seed=2))


def test_the_learning_phase():
    layer = layers.Dropout(0.999)
    x = torch.ones(50)
    assert K.learning_phase() == 0
    assert torch.equal(layer(x), x)
    with pytest.warns(UserWarning, match="set_learning_phase` is deprecated"):
        K.set_learning_phase(1)
    assert K.learning_phase() == 1
    assert not torch.equal(layer(x), x)
    assert K.in_train_phase(1, 2) == 1
    K.clear_session()
    assert K.learning_phase() == 0
    with pytest.warns(UserWarning, match="learning_phase_scope` is deprecated"), K.learning_phase_scope(True):
        assert K.in_test_phase(1, 2) == 2
    assert K.in_train_phase(1, 2) == 2
    with pytest.raises(ValueError, match="Expected learning phase to be 0 or 1"), pytest.warns(match="is deprecated"):
        K.set_learning_phase(2)

    class Phase(layers.Layer):
        def call(self, inputs, training=None):
            return K.in_train_phase(inputs * 2, lambda: inputs, training=training)

    assert Phase()(torch.ones(1), training=True).tolist() == [2]
    assert Phase()(torch.ones(1)).tolist() == [1]


def test_facts():
    assert K.is_keras_tensor(keras.Input((2,)))
    assert not K.is_keras_tensor(torch.ones(2))
    assert not K.is_keras_tensor(K.variable(1.0))
    with pytest.raises(ValueError, match="Unexpectedly found an instance of type `<class 'numpy.ndarray'>`"):
        K.is_keras_tensor(np.ones(2))
    assert K.int_shape(keras.Input((2,))) == (None, 2)
    assert not K.is_sparse(torch.ones(2))
    assert K.to_dense(torch.eye(2).to_sparse()).tolist() == [[1, 0], [0, 1]]
    assert K.cast_to_floatx([1, 2]).dtype == np.float32
    assert (K.get_uid("thing"), K.get_uid("thing")) == (1, 2)


def test_printing(capsys):
    x = torch.arange(10.0)
    assert K.print_tensor(x, "values:") is x
    K.print_tensor(torch.tensor([[1.5, 2], [3, 4]]))
    assert capsys.readouterr().out == "values: [0 1 2 ... 7 8 9]\n [[1.5 2]\n [3 4]]\n"


def test_statistics_of_a_batch():
    x = torch.randn(5, 3, 2)
    normalized, mean, variance = K.normalize_batch_in_training(x, torch.full((2,), 2.0), torch.ones(2), [0, 1])
    torch.testing.assert_close(mean, x.mean((0, 1)))
    torch.testing.assert_close(variance, x.var((0, 1), correction=0))
    torch.testing.assert_close(normalized, (x - mean) / torch.sqrt(variance + 1e-3) * 2 + 1)


def test_what_is_not_there():
    with pytest.raises(RuntimeError, match="Use tf.GradientTape instead"):
        K.gradients(torch.ones(1), [K.variable(1.0)])
    with pytest.raises(AttributeError, match="no 'get_session': there are no sessions .* `tf.compat.v1.keras.backend`"):
        K.get_session()
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        K.nonsense  # noqa: B018


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: K.batch_dot(torch.ones(3), torch.ones(3, 2)), "inputs with rank < 2"),
        (lambda: K.batch_dot(torch.ones(3, 2), torch.ones(3, 2), axes=0), "Cannot perform batch_dot over axis 0"),
        (lambda: K.batch_dot(torch.ones(3, 2), torch.ones(3, 4)), "must be equal"),
        (lambda: K.batch_dot(torch.ones(3, 2), torch.ones(3, 2), axes=[(1,), (1,)]), "Multiple target dimensions"),
        (
            lambda: K.bias_add(torch.ones(2, 3, 4), torch.ones(1, 1, 4)),
            "Unexpected bias dimensions 3. Expected it to be",
        ),
        (lambda: K.pool2d(torch.ones(1, 2, 2, 1), (2, 2), pool_mode="min"), "Invalid pooling mode: min"),
        (lambda: K.squeeze(torch.ones(2, 3), 1), "expected a dimension of 1, got 3"),
        (lambda: K.tile(torch.ones(2, 3), 2), "a number for each of the 2 axes"),
        (lambda: K.repeat(torch.ones(2), 2), "takes a tensor of 2 axes"),
        (lambda: K.categorical_crossentropy(torch.ones(2, 3), torch.ones(2, 4)), "are incompatible"),
        (lambda: K.placeholder(), "needs a `shape`"),
        (lambda: K.switch(torch.ones(2, 3).bool(), torch.ones(2), torch.ones(2)), "Rank of `condition`"),
    ],
)
def test_wrong_uses(call, message):
    with pytest.raises(ValueError, match=message):
        call()
