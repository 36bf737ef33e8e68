"""Values and slopes, at ordinary places, at 0 and at other kinks."""

import numpy as np
import pytest
import torch

from torchkeras import activations

from .reference import TABLE, X


@pytest.mark.parametrize(
    ("name", "arguments", "values", "slopes"), TABLE, ids=lambda v: v if isinstance(v, str) else ""
)
def test_values_and_slopes_are_keras(name, arguments, values, slopes):
    x = torch.tensor(X, dtype=torch.float32, requires_grad=True)
    y = activations.get(name)(x, **arguments)
    (slope,) = torch.autograd.grad(y.sum(), x)
    # Keras computes gelu with erfc, torch's kernel with 1 + erf, which rounds more at the negative end.
    np.testing.assert_allclose(y.detach(), values, rtol=2e-6, atol=1e-6 if name == "gelu" else 2e-7)
    np.testing.assert_allclose(slope, slopes, rtol=2e-6, atol=2e-7)


def test_slopes_at_the_ends_of_hard_sigmoid_lie_outside():
    x = torch.tensor([-2.6, -2.4, 2.4, 2.6], requires_grad=True)
    y = activations.hard_sigmoid(x)
    np.testing.assert_allclose(y.detach(), [0.0, 0.02, 0.98, 1.0], atol=1e-7)
    np.testing.assert_allclose(torch.autograd.grad(y.sum(), x)[0], [0.0, 0.2, 0.2, 0.0])


def test_softplus_keeps_the_precision_of_float64():
    x = torch.tensor([-700.0, 20.5, 30.0, 800.0], dtype=torch.float64)
    np.testing.assert_allclose(activations.softplus(x), np.logaddexp(0, x.numpy()), rtol=1e-15)


def test_exponential():
    np.testing.assert_allclose(activations.exponential(torch.tensor([-1.0, 0.0, 2.0])), np.exp([-1.0, 0, 2]), rtol=1e-6)


def test_celu_is_elu_where_alpha_is_one():
    x = torch.linspace(-3, 3, 13)
    torch.testing.assert_close(activations.celu(x), activations.elu(x))
    np.testing.assert_allclose(activations.celu(torch.tensor([-1.0]), alpha=0.5), 0.5 * np.expm1([-2.0]), rtol=1e-6)


def test_threshold_takes_the_default_up_to_and_at_the_threshold():
    assert activations.threshold(torch.tensor([0.4, 0.5, 0.6]), 0.5, -7.0).tolist() == pytest.approx([-7, -7, 0.6])


def test_slope_of_relu_has_both_names():
    x = torch.tensor([-2.0, 3.0])
    assert activations.relu(x, negative_slope=0.5).tolist() == [-1.0, 3.0]
    assert activations.leaky_relu(x, negative_slope=0.5).tolist() == [-1.0, 3.0]
    assert activations.leaky_relu(x, 0.5).tolist() == [-1.0, 3.0]


ROWS = [[1.0, 2.0, 3.0], [0.0, -1.0, 1000.0]]


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        (-1, [[0.09003057, 0.24472848, 0.6652409], [0, 0, 1]]),
        (0, [[0.73105854, 0.95257413, 0], [0.26894143, 0.04742587, 1]]),
        ((0, 1), [[0, 0, 0], [0, 0, 1]]),
    ],
)
def test_softmax_along_axes(axis, expected):
    np.testing.assert_allclose(activations.softmax(torch.tensor(ROWS), axis), expected, rtol=1e-6)


def test_log_softmax_of_wide_logits():
    expected = [[-2.4076059, -1.4076059, -0.40760595], [-1000, -1001, 0]]
    np.testing.assert_allclose(activations.log_softmax(torch.tensor(ROWS)), expected, rtol=1e-6)


def test_softmax_of_one_axis_is_an_error():
    with pytest.raises(ValueError, match="Cannot apply softmax to a tensor that is 1D"):
        activations.softmax(torch.ones(3))


def test_glu():
    x = torch.tensor([[1.0, 2.0, 0.0, -100.0]])
    np.testing.assert_allclose(activations.glu(x), [[0.5, 0.0]], atol=1e-7)
    np.testing.assert_allclose(activations.glu(x.T, axis=0), [[0.5], [0.0]], atol=1e-7)
    with pytest.raises(ValueError, match="divisible by 2"):
        activations.glu(torch.ones(2, 3))


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([0.0, 0.5, 1.0], [0, 0.25, 0.75]),
        ([0.1, 0.2, 0.3, 0.4, 0.5], [0, 0.1, 0.2, 0.3, 0.4]),
        ([5.0, 5.0, -1.0], [0.5, 0.5, 0]),
        ([-1.0, 0.0, 1.0], [0, 0, 1]),
    ],
)
def test_sparsemax(x, expected):
    np.testing.assert_allclose(activations.sparsemax(torch.tensor([x])), [expected], atol=1e-6)
    np.testing.assert_allclose(activations.sparsemax(torch.tensor([x]).T, axis=0)[:, 0], expected, atol=1e-6)


def test_sparsemax_is_the_nearest_distribution():
    torch.manual_seed(0)
    x = torch.randn(50, 7, dtype=torch.float64)
    y = activations.sparsemax(x)
    np.testing.assert_allclose(y.sum(-1), np.ones(50))
    # Moving x by any constant changes nothing, and all that is kept is x moved by one constant per row.
    torch.testing.assert_close(activations.sparsemax(x + 3), y)
    moved = torch.where(y > 0, x - y, torch.nan)
    np.testing.assert_allclose(np.nanmax(moved, -1), np.nanmin(moved, -1))
