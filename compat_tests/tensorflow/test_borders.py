"""The borders between Keras's side and code that sees tf.Tensors: kinds, copies, masks, what torch people rely on."""

import copy
import pickle

import numpy as np
import pytest
import torch

import torchkeras as keras
import torchkeras.tensorflow as tf


def is_tf(value):
    return type(value) is tf.Tensor


def is_plain(value):
    return type(value) is torch.Tensor


X = np.ones((2, 3), "float32")


def test_a_layer_gives_the_kind_it_was_given():
    layer = keras.layers.Dense(2)
    assert is_tf(layer(X))
    assert is_tf(layer(tf.constant(X)))
    assert is_plain(layer(torch.from_numpy(X)))
    model = keras.Sequential([layer, keras.layers.Dense(1)])
    assert is_tf(model(X))
    assert is_tf(model(tf.constant(X)))
    assert is_plain(model(torch.from_numpy(X)))
    inputs = keras.Input((3,))
    two = keras.Model(inputs, {"a": layer(inputs), "b": [inputs]})
    found = two(tf.constant(X))
    assert is_tf(found["a"])
    assert is_tf(found["b"][0])
    assert isinstance(model.predict(tf.constant(X)), np.ndarray)


def test_a_users_call_sees_tf_tensors_and_build_a_tensor_shape():
    seen = {}

    class Own(keras.layers.Layer):
        def build(self, input_shape):
            seen["shape"] = input_shape
            self.w = self.add_weight(shape=(input_shape[-1], 2))

        def call(self, inputs):
            seen["kind"] = type(inputs)
            return inputs @ self.w

    layer = Own()
    assert is_plain(layer(torch.from_numpy(X)))
    assert isinstance(seen["shape"], tf.TensorShape)
    assert seen["shape"].as_list() == [2, 3]
    assert seen["kind"] is tf.Tensor
    model = keras.Sequential([keras.Input((3,)), Own(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, np.ones((2, 1)), verbose=0)
    assert seen["kind"] is tf.Tensor


def test_torch_loops_through_users_layers_have_gradients():
    class Own(keras.layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight(shape=(3, 2), initializer="ones")

        def call(self, inputs):
            return inputs @ self.w * 2.0

    layer = Own()
    layer(torch.from_numpy(X)).sum().backward()
    np.testing.assert_allclose(layer.w.parameter.grad, np.full((3, 2), 4.0))


def test_losses_and_metrics_of_either_kind():
    y = tf.constant([[1.0], [0.0]])
    p = tf.constant([[0.5], [0.5]])
    assert is_tf(keras.losses.MeanSquaredError()(y, p))
    assert is_tf(keras.losses.mean_squared_error(y, p))
    assert is_tf(keras.losses.mean_squared_error([[1.0]], [[0.5]]))
    assert is_plain(keras.losses.mean_squared_error(torch.ones(1, 1), torch.ones(1, 1)))
    metric = keras.metrics.MeanSquaredError()
    metric.update_state(y, p)
    assert float(metric.result()) == 0.25
    assert metric.result().numpy() == 0.25
    assert is_tf(metric.result())


def test_users_losses_and_metrics_see_tf_tensors():
    kinds = []

    def loss(y_true, y_pred):
        kinds.append((type(y_true), type(y_pred)))
        return (y_true - y_pred) ** 2

    class Own(keras.metrics.Metric):
        def __init__(self, name="own"):
            super().__init__(name=name)
            self.total = self.add_weight(name="total", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            kinds.append((type(y_true), type(y_pred)))
            self.total.assign_add(y_pred[0, 0] * 0.0 + 1.0)

        def result(self):
            return self.total

    model = keras.Sequential([keras.layers.Dense(1, input_shape=(3,))])
    model.compile("sgd", loss, metrics=[Own(), loss])
    history = model.fit(X, np.ones((2, 1)), verbose=0).history
    assert set(kinds) == {(tf.Tensor, tf.Tensor)}
    assert history["own"] == [1.0]


def test_values_kept_by_call_reach_the_loss_with_their_gradients():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1, kernel_initializer="ones", use_bias=False)

        def call(self, x):
            self.kept = self.dense(x)
            return self.kept * 0.0

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
            return self.kept[0, 0] ** 2 + y_pred[0, 0]

    model = Net()
    model.compile(keras.optimizers.SGD(0.5))
    model.fit(X[:1], np.ones((1, 1)), verbose=0)
    np.testing.assert_allclose(model.dense.kernel, [[-2.0]] * 3)  # 1 - 0.5 * 2 * 3


def test_copies_are_copies():
    array = np.ones(3, "float32")
    constant = tf.constant(array)
    array[0] = 5
    assert constant.numpy()[0] == 1
    constant.numpy()[0] = 7
    np.asarray(constant)[0] = 7
    assert constant.numpy()[0] == 1
    v = tf.Variable(array)
    shown = [v.numpy(), v.value(), v.read_value(), v[:], tf.convert_to_tensor(v), tf.constant(v)]
    v.assign([0.0, 0.0, 0.0])
    assert all(np.asarray(one)[0] == 5 for one in shown)
    other = tf.Variable(v)
    v.assign([1.0, 1.0, 1.0])
    assert other.numpy()[0] == 0
    layer = keras.layers.Dense(1, kernel_initializer="ones")
    layer(X)
    weights = layer.get_weights()
    layer.kernel.assign(layer.kernel * 3)
    weights[0][:] = 9
    assert weights[0][0, 0] == 9
    assert layer.get_weights()[0][0, 0] == 3


def test_masks_pass_the_border():
    got = {}

    class Own(keras.layers.Layer):
        def call(self, inputs, mask=None):
            got["mask"] = mask
            return inputs

    model = keras.Sequential([keras.layers.Embedding(4, 2, mask_zero=True), Own()])
    model(np.array([[1, 0]]))
    assert is_tf(got["mask"])
    assert got["mask"].numpy().tolist() == [[True, False]]


def test_a_tensor_is_copied_and_pickled():
    x = tf.constant([[1.0, 2.0]])
    for other in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert is_tf(other)
        assert other is not x
        np.testing.assert_array_equal(other, x)
    text = tf.constant(["a"])
    assert pickle.loads(pickle.dumps(text)).numpy().tolist() == [b"a"]


def test_tensors_cannot_be_changed():
    x = tf.constant([1.0])
    with pytest.raises(TypeError, match="does not support item assignment"):
        x[0] = 2.0
    y = x
    y += 1.0
    assert x.numpy()[0] == 1.0
    assert y.numpy()[0] == 2.0


def test_torch_takes_tf_tensors():
    x = tf.constant([[1.0, -2.0]])
    assert is_plain(torch.relu(x))
    assert torch.relu(x).tolist() == [[1.0, 0.0]]
    assert torch.nn.functional.linear(x, torch.ones(1, 2)).tolist() == [[-1.0]]
    assert torch.stack([x, x]).shape == (2, 1, 2)
    assert is_tf(torch.ones(1, 2) + x)
    assert is_tf(x + torch.ones(1, 2))


def test_functional_models_use_operators_and_torch_functions():
    inputs = keras.Input((3,))
    model = keras.Model(inputs, torch.relu(inputs * 2.0 - 3.0)[:, :1])
    found = model(tf.constant(X))
    assert is_tf(found)
    assert found.numpy().tolist() == [[0.0], [0.0]]


def test_fit_in_one_compiled_graph():
    class Own(keras.layers.Layer):
        def call(self, inputs):
            return inputs * 2.0

    model = keras.Sequential([keras.Input((3,)), Own(), keras.layers.Dense(1, kernel_initializer="ones")])
    torch._dynamo.reset()
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    np.testing.assert_allclose(compiled(torch.from_numpy(X)).detach(), [[6.0], [6.0]])


def test_the_optimizer_of_ones_own_sees_tf_tensors():
    kinds = []

    class Own(keras.optimizers.Optimizer):
        def __init__(self):
            super().__init__(name="own", learning_rate=0.5)

        def update_step(self, gradient, variable, learning_rate):
            kinds.append(type(gradient))
            variable.assign_sub(gradient * 0.5)

    v = tf.Variable([1.0, 2.0])
    Own().apply_gradients([(tf.constant([2.0, 2.0]), v)])
    assert v.numpy().tolist() == [0.0, 1.0]
    assert kinds == [tf.Tensor]


def test_minimize_a_function_of_variables():
    v = tf.Variable(3.0)
    optimizer = keras.optimizers.SGD(0.5)
    optimizer.minimize(lambda: v * v, [v])
    assert float(v) == 0.0


def test_parts_of_variables_in_any_layout_are_assigned():
    gru = keras.layers.GRU(2)
    gru(np.ones((1, 2, 3), "float32"))
    kernel = gru.cell.kernel
    kernel[0, 1].assign(7.0)
    assert kernel.numpy()[0, 1] == 7.0
    dense = keras.layers.Dense(2)
    dense(X)
    dense.kernel[2].assign([5.0, 6.0])
    assert dense.kernel.numpy()[2].tolist() == [5.0, 6.0]
    dense.kernel.scatter_nd_update([[0, 1]], [9.0])
    assert dense.kernel.numpy()[0, 1] == 9.0
