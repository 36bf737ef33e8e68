"""What torch sees: its own modules, the layout of weights, compiled graphs, hooks, loading."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from compat_tests.layers.recurrent.helpers import close, draw, each_kind, fill, make
from torchkeras import layers

X = torch.tensor(draw(3, 7, 4))
MODULES = {"LSTM": nn.LSTM, "GRU": nn.GRU, "SimpleRNN": nn.RNN}


@each_kind
def test_the_weights_live_in_torchs_module(kind):
    layer = make(kind, return_sequences=True)
    (module,) = [m for m in layer.modules() if isinstance(m, nn.RNNBase)]
    assert isinstance(module, MODULES[kind])
    torch.testing.assert_close(module(X)[0], layer(X))
    assert len(list(module.parameters())) == 3


def test_a_torch_lstm_with_the_same_weights_gives_the_same():
    layer = make("LSTM", return_sequences=True)
    kernel, recurrent, bias = (torch.tensor(w) for w in layer.get_weights())
    plain = nn.LSTM(4, 3, batch_first=True)
    zeros = torch.zeros(12)
    names = {"weight_ih_l0": kernel.T, "weight_hh_l0": recurrent.T, "bias_ih_l0": bias, "bias_hh_l0": zeros}
    plain.load_state_dict(names)
    torch.testing.assert_close(plain(X)[0], layer(X))


def test_a_torch_gru_with_the_gates_in_its_order_gives_the_same():
    layer = make("GRU", return_sequences=True)

    def ordered(w):  # Keras z, r, h; torch r, z, n
        z, r, h = np.split(w, 3, -1)
        return torch.tensor(np.concatenate([r, z, h], -1))

    kernel, recurrent, bias = (ordered(w) for w in layer.get_weights())
    plain = nn.GRU(4, 3, batch_first=True)
    plain.load_state_dict(
        {"weight_ih_l0": kernel.T, "weight_hh_l0": recurrent.T, "bias_ih_l0": bias[0], "bias_hh_l0": bias[1]}
    )
    torch.testing.assert_close(plain(X)[0], layer(X))


def test_assignment_goes_through_the_order_of_gates():
    layer = make("GRU")
    for weight in layer.weights:
        value = draw(*weight.shape)
        weight.assign(value)
        np.testing.assert_array_equal(weight.numpy(), value)
        weight.assign_add(value)
        np.testing.assert_allclose(weight.numpy(), 2 * value, rtol=1e-6)
        weight.assign_sub(value)
        np.testing.assert_allclose(weight.numpy(), value, rtol=1e-5, atol=1e-6)


@each_kind
def test_settings_without_a_kernel_keep_their_own_weights(kind):
    layer = make(kind, activation="elu")
    assert not [m for m in layer.modules() if isinstance(m, nn.RNNBase)]
    assert set(layer.state_dict()) == {"cell.kernel", "cell.recurrent_kernel", "cell.bias"}


@each_kind
def test_the_loop_gives_what_the_kernel_gives(kind):
    fused = make(kind, return_sequences=True)
    loop = make(kind, return_sequences=True, activation=lambda x: torch.tanh(x))
    assert not [m for m in loop.modules() if isinstance(m, nn.RNNBase)]
    torch.testing.assert_close(loop(X), fused(X))


@each_kind
def test_a_hook_on_torchs_module_sees_the_call(kind):
    layer = make(kind)
    expected, calls = layer(X), []
    (module,) = [m for m in layer.modules() if isinstance(m, nn.RNNBase)]
    module.register_forward_hook(lambda *_: calls.append(1))
    torch.testing.assert_close(layer(X), expected)
    assert calls == [1]


@each_kind
def test_an_unbuilt_layer_loads_a_state_dict(kind):
    for settings in ({}, {"activation": "elu"}):
        layer = make(kind, **settings)
        fresh = getattr(layers, kind)(3, **settings)
        fresh.load_state_dict(layer.state_dict())
        torch.testing.assert_close(fresh(X), layer(X))


@each_kind
def test_replaced_parameters_are_the_ones_that_run(kind):
    layer, other = make(kind), fill(make(kind), seed=5)
    layer.load_state_dict(other.state_dict(), assign=True)
    torch.testing.assert_close(layer(X), other(X))
    layer.double()
    close([layer(X.double())], [other(X).detach().numpy()])


@each_kind
@pytest.mark.parametrize("masked", [False, True])
def test_a_compiled_layer_trains_as_the_plain_one(kind, masked):
    layer = make(kind, return_state=True)
    compiled_layer = copy.deepcopy(layer)
    mask = {"mask": torch.arange(7) < torch.tensor([[2], [7], [4]])} if masked else {}
    torch.compiler.reset()
    compiled = torch.compile(compiled_layer, fullgraph=True, backend="aot_eager")
    for call in (layer, compiled):
        sum(y.square().sum() for y in call(X, **mask)).backward()
    for a, b in zip(layer.parameters(), compiled_layer.parameters(), strict=True):
        torch.testing.assert_close(a.grad, b.grad)


def test_gradients_in_inference():
    """A saliency map: the gradient of the inputs, outside training."""
    x = X.clone().requires_grad_()
    make("LSTM")(x, training=False).sum().backward()
    assert (x.grad != 0).any()


@each_kind
def test_a_gradient_of_a_gradient(kind):
    """What a gradient penalty needs: against differences of the first gradient, in float64."""

    def penalty(layer):
        x = X.to(layer.cell.kernel.dtype, copy=True).requires_grad_()
        (gradient,) = torch.autograd.grad(layer(x).square().sum(), x, create_graph=True)
        return gradient.square().sum()

    single, double = make(kind), make(kind, dtype="float64")
    double.set_weights(single.get_weights())
    found = torch.autograd.grad(penalty(single), [v.parameter for v in single.weights])
    for variable, gradient in zip(double.weights, found, strict=True):
        with torch.no_grad():
            direction, start = torch.sign(gradient).double(), variable.parameter.clone()
        penalties = []
        for step in (1e-5, -1e-5):
            with torch.no_grad():
                variable.parameter.copy_(start + step * direction)
            penalties.append(penalty(double))
        with torch.no_grad():
            variable.parameter.copy_(start)
        torch.testing.assert_close(
            (penalties[0] - penalties[1]) / 2e-5, gradient.abs().sum().double(), rtol=1e-4, atol=1e-4
        )
