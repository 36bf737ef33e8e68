"""Numbers that show which input meets which part of the kernel; recorded from tf_keras 2.21."""

import numpy as np
import pytest
import torch

from torchkeras import layers


def digits(layer, size, kernel_shape):
    """Run on 1, 2, 3, ... with the kernel 1, 10, 100, ...: each output digit names the input it came from."""
    inputs = torch.arange(1.0, size + 1).reshape((1, size, *[1] * layer.rank))
    layer(inputs)
    layer.set_weights([10.0 ** np.arange(kernel_shape[0]).reshape(kernel_shape)])
    return layer(inputs).flatten().tolist()


@pytest.mark.parametrize(
    ("size", "kernel_size", "settings", "expected"),
    [
        (5, 3, {"strides": 2, "padding": "same"}, [210, 432, 54]),
        (6, 3, {"strides": 2, "padding": "same"}, [321, 543, 65]),
        (5, 4, {"strides": 3, "padding": "same"}, [3210, 543]),
        (6, 2, {"padding": "same"}, [21, 32, 43, 54, 65, 6]),
        (7, 2, {"strides": 4, "padding": "same"}, [21, 65]),
        (3, 5, {"strides": 2, "padding": "same"}, [32100, 321]),
        (5, 2, {"dilation_rate": 3, "padding": "same"}, [30, 41, 52, 3, 4]),
        (4, 3, {"padding": "causal"}, [100, 210, 321, 432]),
        (5, 2, {"dilation_rate": 2, "padding": "causal"}, [10, 20, 31, 42, 53]),
        (6, 3, {"strides": 2, "padding": "causal"}, [100, 321, 543]),
    ],
)
def test_padding(size, kernel_size, settings, expected):
    layer = layers.Conv1D(1, kernel_size, use_bias=False, **settings)
    assert digits(layer, size, (kernel_size, 1, 1)) == expected
    separable = layers.SeparableConv1D(1, kernel_size, use_bias=False, **settings)
    inputs = torch.arange(1.0, size + 1).reshape(1, size, 1)
    separable(inputs)
    separable.set_weights([layer.get_weights()[0], np.ones((1, 1, 1))])
    assert separable(inputs).flatten().tolist() == expected


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize(
    ("size", "kernel_size", "stride", "padding", "added", "expected"),
    [
        (3, 3, 2, "same", None, [1, 10, 102, 20, 203, 30]),
        (3, 4, 2, "same", None, [10, 102, 1020, 203, 2030, 300]),
        (2, 2, 3, "same", None, [1, 10, 0, 2, 20, 0]),
        (3, 4, 1, "same", None, [12, 123, 1230]),
        (2, 2, 3, "valid", None, [1, 10, 0, 2, 20, 0]),
        (3, 3, 2, "valid", None, [1, 10, 102, 20, 203, 30, 300]),
        (3, 3, 2, "same", 0, [10, 102, 20, 203, 30]),
        (3, 3, 2, "same", 1, [1, 10, 102, 20, 203, 30]),
        (3, 3, 2, "valid", 1, [1, 10, 102, 20, 203, 30, 300, 0]),
    ],
)
def test_transposed_padding(rank, size, kernel_size, stride, padding, added, expected):
    ones = (1,) * (rank - 1)
    layer = getattr(layers, f"Conv{rank}DTranspose")(
        1,
        (kernel_size, *ones),
        strides=(stride, *ones),
        padding=padding,
        output_padding=None if added is None else (added, *[0 for _ in ones]),
        use_bias=False,
    )
    assert digits(layer, size, (kernel_size, *ones, 1, 1)) == expected
    assert layer.compute_output_shape((None, size, *ones, 1)) == (None, len(expected), *ones, 1)


def test_depthwise_channels_keep_together():
    layer = layers.DepthwiseConv2D(1, depth_multiplier=2, use_bias=False)
    inputs = torch.tensor([1.0, 2.0, 3.0]).reshape(1, 1, 1, 3)
    layer(inputs)
    layer.set_weights([np.arange(1.0, 7.0).reshape(1, 1, 3, 2)])
    assert layer(inputs).flatten().tolist() == [1, 2, 6, 8, 15, 18]


@pytest.mark.parametrize(
    ("name", "shape", "settings"),
    [
        ("Conv1D", (2, 6, 4), {"filters": 6, "groups": 2, "padding": "causal", "dilation_rate": 2}),
        ("Conv2D", (2, 6, 5, 4), {"filters": 6, "groups": 2, "strides": 2, "padding": "same"}),
        ("Conv2DTranspose", (2, 4, 3, 4), {"filters": 3, "strides": 2, "padding": "same"}),
        ("DepthwiseConv2D", (2, 6, 5, 4), {"depth_multiplier": 2, "strides": 2, "padding": "same"}),
        ("SeparableConv1D", (2, 6, 4), {"filters": 3, "padding": "same"}),
    ],
)
def test_channels_first_is_the_same_turned_round(name, shape, settings):
    last = getattr(layers, name)(kernel_size=3, activation="relu", **settings)
    first = getattr(layers, name)(kernel_size=3, activation="relu", data_format="channels_first", **settings)
    inputs = torch.randn(shape)
    expected = last(inputs)
    first(inputs.movedim(-1, 1))
    first.set_weights(last.get_weights())
    torch.testing.assert_close(first(inputs.movedim(-1, 1)).movedim(1, -1), expected)


def test_further_batch_axes():
    layer = layers.Conv2D(3, 2, activation="softmax")
    inputs = torch.randn(2, 3, 5, 4, 2)
    outputs = layer(inputs)
    assert outputs.shape == (2, 3, 4, 3, 3) == layer.compute_output_shape(inputs.shape)
    torch.testing.assert_close(outputs[1], layer(inputs[1]))
    first = layers.Conv1D(3, 2, data_format="channels_first")
    assert first(torch.randn(2, 3, 4, 6)).shape == (2, 3, 3, 5) == first.compute_output_shape((2, 3, 4, 6))


def test_integers_become_the_layers_dtype():
    layer = layers.Conv2D(2, 3)
    images = torch.randint(0, 255, (2, 5, 5, 3), dtype=torch.uint8)
    torch.testing.assert_close(layer(images), layer(images.float()))


@pytest.mark.parametrize("size", [0, 1])
@pytest.mark.parametrize("name", ["Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose"])
def test_small_batches(name, size):
    layer = getattr(layers, name)(2, 3, strides=2, padding="same")
    shape = (*[6] * layer.rank, 3)
    whole = torch.randn(2, *shape)
    torch.testing.assert_close(layer(whole)[:size], layer(whole[:size]))


@pytest.mark.parametrize("channels", [2, 3, 8, 12])
@pytest.mark.parametrize("strides", [2, (1, 2)])
def test_windows_of_one_pixel_far_apart(channels, strides):
    """torch 2.13 writes beyond its memory in the gradient of such a kernel, on processors with AVX-512."""
    layer = layers.Conv2D(10, 1, strides=strides)
    twin = layers.Conv2D(10, 1, strides=strides, data_format="channels_first", dtype="float64")
    x = torch.rand(4, 64, 64, channels)
    (layer(x) ** 2).sum().backward()
    other = x.double().permute(0, 3, 1, 2)
    twin(other)
    twin.set_weights(layer.get_weights())
    (twin(other) ** 2).sum().backward()
    np.testing.assert_allclose(layer.kernel.grad, twin.kernel.grad, rtol=1e-3)
