"""SpectralNormalization beyond the records."""

import pytest
import torch

from torchkeras import layers
from torchkeras.layers import SpectralNormalization


def test_training_brings_the_largest_singular_value_to_one():
    layer = SpectralNormalization(layers.Dense(5), power_iterations=20)
    x = torch.randn(3, 4)
    layer(x)
    layer.layer.kernel.assign(torch.randn(4, 5) * 3)
    before = layer.layer.kernel.numpy()
    layer(x)
    assert (layer.layer.kernel.numpy() == before).all()  # nothing happens at inference
    layer(x, training=True)
    largest = torch.linalg.svdvals(torch.as_tensor(layer.layer.kernel.numpy()))[0]
    torch.testing.assert_close(largest, torch.tensor(1.0), rtol=1e-4, atol=1e-4)


def test_two_calls_within_a_step_keep_their_gradients():
    layer = SpectralNormalization(layers.Dense(1, use_bias=False))
    first, second = torch.tensor([[1.0, 2.0]], requires_grad=True), torch.tensor([[5.0, 7.0]], requires_grad=True)
    layer(first)
    layer.layer.kernel.assign(torch.tensor([[3.0], [4.0]]))
    (layer(first, training=True) + layer(second, training=True)).sum().backward()
    # A column divided by its length, and then by 1.
    torch.testing.assert_close(first.grad, torch.tensor([[0.6, 0.8]]))
    assert layer.layer.kernel.grad.tolist() == [[6.0], [9.0]]


def test_a_kernel_of_zeros_stays():
    layer = SpectralNormalization(layers.Dense(2, kernel_initializer="zeros"))
    layer(torch.ones(1, 3), training=True)
    assert not layer.layer.kernel.numpy().any()


def test_wrong_layers():
    with pytest.raises(ValueError, match="`power_iterations` of layer .* positive integer"):
        SpectralNormalization(layers.Dense(2), power_iterations=0)
    with pytest.raises(ValueError, match="Flatten object has no attribute 'kernel' nor 'embeddings'"):
        SpectralNormalization(layers.Flatten())(torch.ones(1, 3))
