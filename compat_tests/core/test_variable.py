"""Variable: two live views of one parameter."""

import copy
import pickle

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

import torchkeras as keras
from torchkeras import layers
from torchkeras.core.layout import LINEAR, Depthwise, convolution, keras_shape
from torchkeras.core.variable import Variable


@pytest.fixture
def dense():
    layer = layers.Dense(3)
    layer.build((None, 4))
    return layer


def test_both_views_show_the_same_memory(dense):
    assert dense.kernel.shape == (4, 3)
    assert dense.linear.weight.shape == (3, 4)
    value = np.arange(12, dtype="float32").reshape(4, 3)
    dense.kernel.assign(value)
    np.testing.assert_array_equal(dense.linear.weight.detach().numpy(), value.T)
    with torch.no_grad():
        dense.linear.weight.zero_()
    assert not dense.kernel.numpy().any()


def test_usable_as_a_tensor(dense):
    x = torch.randn(2, 4)
    reference = dense.linear.weight.T
    for result in (x @ dense.kernel, torch.matmul(x, dense.kernel), torch.einsum("ij,jk->ik", x, dense.kernel)):
        torch.testing.assert_close(result, x @ reference)
    torch.testing.assert_close(F.linear(x, dense.kernel.T), x @ reference)
    torch.testing.assert_close(torch.stack([dense.kernel, dense.kernel])[1], reference)
    torch.testing.assert_close(torch.cat([dense.kernel, dense.kernel]), torch.cat([reference, reference]))
    torch.testing.assert_close(2 - dense.kernel * dense.kernel / 2 + 1, 3 - reference * reference / 2)
    torch.testing.assert_close(-dense.kernel, -reference)
    assert (dense.kernel == dense.kernel).all()
    assert np.asarray(dense.kernel).shape == (4, 3)
    assert float(keras.Variable(2.5)) == 2.5
    torch.testing.assert_close(torch.vmap(lambda row: row @ dense.kernel)(x), x @ reference)


def test_indexing_a_tensor_with_a_variable():
    index = keras.Variable(np.array([2, 0]), trainable=False)
    torch.testing.assert_close(torch.arange(5)[index], torch.tensor([2, 0]))
    assert [int(i) for i in index] == [2, 0]


def test_gradients_reach_the_parameter_in_both_layouts(dense):
    x = torch.randn(2, 4)
    (x @ dense.kernel).sum().backward()
    assert dense.linear.weight.grad.shape == (3, 4)
    torch.testing.assert_close(dense.kernel.grad, dense.linear.weight.grad.T)
    (direct,) = torch.autograd.grad((x @ dense.kernel).square().sum(), [dense.kernel])
    (inner,) = torch.autograd.grad((x @ dense.kernel).square().sum(), [dense.linear.weight])
    torch.testing.assert_close(direct, inner.T)


def test_clipping_the_gradients_of_variables(dense):
    (torch.ones(2, 4) @ dense.kernel).sum().backward()
    nn.utils.clip_grad_norm_([dense.kernel], 1e-3)
    torch.testing.assert_close(dense.linear.weight.grad.norm(), torch.tensor(1e-3), rtol=1e-3, atol=0)


def test_numpy_and_value_are_copies(dense):
    array, value = dense.kernel.numpy(), dense.kernel.value()
    before = array.copy()
    dense.kernel.assign_add(torch.ones(4, 3))
    np.testing.assert_array_equal(array, before)
    np.testing.assert_array_equal(value.detach().numpy(), before)
    np.testing.assert_allclose(dense.kernel.numpy(), before + 1)
    dense.kernel.assign_sub(np.ones((4, 3)))
    np.testing.assert_allclose(dense.kernel.numpy(), before, atol=1e-6)
    weights = dense.get_weights()
    weights[0][:] = 7
    assert dense.kernel.numpy().max() < 7


def test_assign_checks_the_shape(dense):
    with pytest.raises(ValueError, match=r"Shape mismatch.*\(4, 3\).*\(3, 4\)"):
        dense.kernel.assign(np.zeros((3, 4)))


def test_stays_in_step_when_the_parameter_is_replaced(dense):
    state = {key: torch.full_like(value, 2.0) for key, value in dense.state_dict().items()}
    dense.load_state_dict(state, assign=True)
    assert (dense.kernel.numpy() == 2).all()
    dense.linear.weight = nn.Parameter(torch.full((3, 4), 3.0))
    assert (dense.kernel.numpy() == 3).all()
    dense.to(torch.float64)
    assert dense.kernel.dtype is torch.float64
    for twin in (copy.deepcopy(dense), pickle.loads(pickle.dumps(dense))):
        twin.kernel.assign(np.zeros((4, 3)))
        assert dense.kernel.numpy().all()
        assert not twin.linear.weight.any()


def test_functional_call_is_seen(dense):
    class Scale(layers.Layer):
        def build(self, shape):
            self.factor = self.add_weight(shape=(), initializer="ones")

        def call(self, x):
            return x * self.factor

    layer = Scale()
    layer(torch.ones(1))
    out = torch.func.functional_call(layer, {"factor": torch.tensor(5.0)}, (torch.ones(2),))
    torch.testing.assert_close(out, torch.full((2,), 5.0))


def test_free_standing():
    v = keras.Variable(np.ones((2, 1), "float32"), name="v")
    assert v.trainable
    assert v.name == "v:0"
    assert isinstance(v.parameter, nn.Parameter)
    assert repr(v) == (
        "<tf.Variable 'v:0' shape=(2, 1) dtype=float32, numpy=\narray([[1.],\n       [1.]], dtype=float32)>"
    )
    assert keras.Variable(1).dtype is torch.int32
    assert keras.Variable(1.0).dtype is torch.float32
    assert not keras.Variable(1).trainable
    made = keras.Variable(keras.initializers.Ones(), (3, 2))
    assert made.numpy().tolist() == [[1, 1]] * 3
    with pytest.raises(ValueError, match="initial_value"):
        keras.Variable()


def test_trainable_flag_is_requires_grad():
    layer = layers.Dense(2)
    layer.build((None, 3))
    layer.linear.weight.requires_grad_(False)
    assert [w.name for w in layer.trainable_weights] == ["bias:0"]
    layer.kernel.trainable = True
    assert layer.linear.weight.requires_grad


def test_buffer_becomes_a_parameter_when_made_trainable():
    class Holder(layers.Layer):
        def build(self, shape):
            self.w = self.add_weight(shape=(2,), initializer="ones", trainable=False)

        def call(self, x):
            return x + self.w

    layer = Holder()
    layer(torch.zeros(2))
    assert list(dict(layer.named_buffers())) == ["w"]
    layer.w.trainable = True
    assert list(dict(layer.named_parameters())) == ["w"]
    assert not dict(layer.named_buffers())


@pytest.mark.parametrize(
    ("layout", "torch_shape", "shape"),
    [
        (LINEAR, (3, 4), (4, 3)),
        (convolution(1), (8, 4, 3), (3, 4, 8)),
        (convolution(2), (8, 4, 3, 5), (3, 5, 4, 8)),
        (convolution(3), (8, 4, 3, 5, 7), (3, 5, 7, 4, 8)),
        (Depthwise(4), (12, 1, 3, 5), (3, 5, 4, 3)),
    ],
)
def test_layouts_are_views_and_inverse(layout, torch_shape, shape):
    tensor = torch.randn(torch_shape)
    seen = layout.to_keras(tensor)
    assert seen.shape == shape == keras_shape(layout, torch_shape)
    assert seen.data_ptr() == tensor.data_ptr()
    torch.testing.assert_close(layout.to_torch(seen), tensor)


def test_torch_optimizers_say_that_they_want_tensors(dense):
    with pytest.raises(TypeError, match="Variable"):
        torch.optim.SGD([dense.kernel], lr=0.1)
    optimizer = torch.optim.SGD([v.parameter for v in dense.weights], lr=1.0)
    (torch.ones(1, 4) @ dense.kernel).sum().backward()
    before = dense.kernel.numpy()
    optimizer.step()
    np.testing.assert_allclose(dense.kernel.numpy(), before - 1, rtol=1e-6)


def test_bound_variable_is_no_tensor():
    assert not isinstance(Variable(1.0), torch.Tensor)


# --- value: a method in Keras 2, a property in Keras 3 ---


def test_value_called_is_a_copy():
    variable = Variable([1.0, 2.0])
    copied = variable.value()
    variable.assign([3.0, 4.0])
    assert copied.tolist() == [1.0, 2.0]
    assert variable.read_value().tolist() == [3.0, 4.0]


def test_value_uncalled_is_the_value():
    variable = Variable([1.0, 2.0])
    value = variable.value
    assert (value * 2).tolist() == [2.0, 4.0]
    assert torch.sum(value).item() == 3.0
    assert value.numpy().tolist() == [1.0, 2.0]
    torch.sum(variable * variable).backward()
    assert value.grad.tolist() == [2.0, 4.0]
    assert isinstance(value, Variable)
    assert not callable(variable)


def test_an_initializer_by_name():
    assert Variable(initializer="ones", shape=(2, 3)).numpy().tolist() == [[1.0] * 3] * 2
    assert tuple(keras.Variable("uniform", shape=(4,), name="u").shape) == (4,)
    with pytest.raises(ValueError, match="uniformly"):
        Variable(initializer="uniformly", shape=(2,))
