"""Max and average pooling against windows cut out with NumPy, and their errors."""

import itertools

import numpy as np
import pytest
import torch

from torchkeras import Model, layers

RANKS = (1, 2, 3)


def kind(name, rank):
    return getattr(layers, f"{name}Pooling{rank}D")


def pooled(x, sizes, strides, same, reduce):
    """Windows over the middle axes of an array with the channels last; what lies outside is left out."""
    lengths = [-(-n // s) if same else (n - k) // s + 1 for n, k, s in zip(x.shape[1:-1], sizes, strides)]
    before = [
        max((length - 1) * s + k - n, 0) // 2 if same else 0
        for n, k, s, length in zip(x.shape[1:-1], sizes, strides, lengths)
    ]
    result = np.empty((x.shape[0], *lengths, x.shape[-1]))
    for place in itertools.product(*map(range, lengths)):
        starts = [i * s - b for i, s, b in zip(place, strides, before)]
        window = tuple(slice(max(start, 0), start + k) for start, k in zip(starts, sizes))
        result[(slice(None), *place)] = reduce(x[(slice(None), *window)], axis=tuple(range(1, x.ndim - 1)))
    return result


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("name", ["Max", "Average"])
@pytest.mark.parametrize("rank", RANKS)
def test_windows_of_all_sizes_and_strides(rank, name, padding, data_format):
    random = np.random.default_rng(rank)
    reduce = np.max if name == "Max" else np.mean
    for _ in range(12):
        sizes, strides = random.integers(1, 5, rank).tolist(), random.integers(1, 4, rank).tolist()
        lengths = (random.integers(1, 8, rank) if padding == "same" else random.integers(4, 8, rank)).tolist()
        x = random.standard_normal((2, *lengths, 3))
        layer = kind(name, rank)(sizes, strides, padding, data_format, dtype="float64")
        first = data_format == "channels_first"
        given = torch.tensor(np.moveaxis(x, -1, 1) if first else x)
        found = layer(given)
        assert layer.compute_output_shape(given.shape) == tuple(found.shape)
        found = found.movedim(1, -1) if first else found
        np.testing.assert_allclose(found, pooled(x, sizes, strides, padding == "same", reduce), rtol=1e-12)


def test_padding_is_not_the_largest_of_negative_values_and_does_not_count_in_a_mean():
    x = torch.full((1, 3, 3, 1), -5.0)
    for name in ("Max", "Average"):
        np.testing.assert_array_equal(kind(name, 2)(2, padding="same")(x), np.full((1, 2, 2, 1), -5.0))


def test_gradient_of_overlapping_windows_with_one_more_row_of_padding_behind():
    # The values of tf_keras: MaxPooling1D(3, 2, "same") gives the gradient to the first of equal values.
    x = torch.tensor([[[0.0], [1], [1], [1], [0], [1], [1]]], requires_grad=True)
    layers.MaxPooling1D(3, strides=2, padding="same")(x).sum().backward()
    assert x.grad.flatten().tolist() == [0, 2, 0, 1, 0, 1, 0]
    x = torch.arange(4.0).reshape(1, 4, 1).requires_grad_()
    layers.AveragePooling1D(2, strides=1, padding="same")(x).sum().backward()
    assert x.grad.flatten().tolist() == [0.5, 1, 1, 1.5]


@pytest.mark.parametrize("name", ["Max", "Average"])
@pytest.mark.parametrize("rank", RANKS)
def test_channels_last_stays_a_view_of_torchs_channels_last(rank, name):
    """What a convolution behind takes without a copy."""
    x = torch.randn(2, *[6] * rank, 5)
    assert kind(name, rank)(2)(x).is_contiguous()
    assert kind(name, rank)(3, 2, "same")(x).is_contiguous()


@pytest.mark.parametrize("rank", RANKS)
def test_max_pooling_keeps_integers_and_average_pooling_makes_floats(rank):
    x = torch.randint(-100, 100, (2, *[4] * rank, 3), dtype=torch.int32)
    largest = kind("Max", rank)()(x)
    assert largest.dtype == torch.int32
    np.testing.assert_array_equal(largest, kind("Max", rank)()(x.float()).int())
    assert kind("Average", rank)()(x).dtype == torch.float32
    symbolic = layers.Input(x.shape[1:], dtype="int32")
    assert Model(symbolic, kind("Max", rank)()(symbolic))(x).dtype == torch.int32
    assert kind("Average", rank)()(symbolic).dtype == torch.float32


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("rank", RANKS)
def test_other_float_types_forward_and_backward(rank, dtype, data_format):
    x = torch.randn(2, *[4] * rank, 4)
    for name in ("Max", "Average"):
        wanted = kind(name, rank)(3, 2, "same", data_format)(x)
        given = x.to(getattr(torch, dtype)).requires_grad_()
        found = kind(name, rank)(3, 2, "same", data_format, dtype=dtype)(given)
        found.sum().backward()
        assert found.dtype == given.grad.dtype == given.dtype
        np.testing.assert_allclose(found.detach().float(), wanted, atol=0.02)


def test_empty_batch():
    assert layers.MaxPooling2D()(torch.ones(0, 4, 4, 3)).shape == (0, 2, 2, 3)
    assert layers.AveragePooling3D()(torch.ones(0, 4, 4, 4, 3)).shape == (0, 2, 2, 2, 3)


def test_unknown_axes():
    assert layers.MaxPooling2D(2).compute_output_shape((None, None, 5, 3)) == (None, None, 2, 3)
    assert layers.AveragePooling1D(3, padding="same").compute_output_shape((None, 7, None)) == (None, 3, None)


def test_aliases():
    assert layers.MaxPool1D is layers.MaxPooling1D
    assert layers.AvgPool3D is layers.AveragePooling3D
    assert layers.GlobalMaxPool2D is layers.GlobalMaxPooling2D
    assert layers.GlobalAvgPool1D is layers.GlobalAveragePooling1D
    assert layers.MaxPool2D(name="pool").get_config()["name"] == "pool"
    assert layers.MaxPool2D().name == "max_pooling2d"


def test_window_larger_than_the_input():
    layer = layers.MaxPooling2D(5, name="pool")
    message = r"One of the dimensions in the output is <= 0 due to downsampling in pool.*\(1, 4, 9, 3\)"
    for _ in range(2):  # the second time without the checks of a first call
        with pytest.raises(ValueError, match=message):
            layer(torch.ones(1, 4, 9, 3))
        layer(torch.ones(1, 6, 6, 3))
    with pytest.raises(ValueError, match="One of the dimensions in the output is <= 0"):
        layer(layers.Input((4, 9, 3)))
    with pytest.raises(ValueError, match="One of the dimensions in the output is <= 0"):
        layers.AveragePooling3D(3)(torch.ones(1, 2, 4, 4, 3))


def test_wrong_arguments_name_argument_and_layer():
    with pytest.raises(ValueError, match=r"`pool_size` argument of layer 'pool'.*2 integers.*pool_size=\(1, 2, 3\)"):
        layers.MaxPooling2D((1, 2, 3), name="pool")
    with pytest.raises(ValueError, match="`strides` argument.*strides=0"):
        layers.MaxPooling2D(2, strides=0)
    with pytest.raises(ValueError, match="pool_size=None"):
        layers.AveragePooling1D(None)
    with pytest.raises(ValueError, match=r"`padding` argument of layer 'pool' must be 'valid' or 'same'.*'causal'"):
        layers.MaxPooling1D(2, padding="causal", name="pool")
    with pytest.raises(ValueError, match="data_format"):
        layers.MaxPooling1D(2, data_format="channels_middle")
    with pytest.raises(TypeError, match="not understood by MaxPooling2D: 'pool_sizes'. Did you mean 'pool_size'"):
        layers.MaxPooling2D(pool_sizes=2)


def test_wrong_rank_is_named_on_every_way_in():
    layer = layers.MaxPooling2D(name="pool")
    message = 'Input 0 of layer "pool" is incompatible with the layer: expected ndim=4, found ndim=3'
    for _ in range(2):
        with pytest.raises(ValueError, match=message):
            layer(torch.ones(1, 4, 3))
        layer(torch.ones(1, 4, 4, 3))
    with pytest.raises(ValueError, match=message):
        layer.compute_output_shape((None, 4, 3))


def test_padding_is_case_insensitive_and_strides_default_to_the_window():
    config = layers.MaxPooling2D((2, 3), padding="SAME").get_config()
    assert (config["padding"], config["strides"]) == ("same", (2, 3))


def test_compiles_whole_and_exports_for_any_batch():
    layer = layers.AveragePooling2D(2, strides=1, padding="same")
    x = torch.randn(3, 5, 6, 2)
    wanted = layer(x)
    torch._dynamo.reset()
    np.testing.assert_array_equal(torch.compile(layer, fullgraph=True, backend="eager")(x), wanted)
    dynamic = torch.export.export(layer, (x,), dynamic_shapes=[{0: torch.export.Dim("batch")}])
    np.testing.assert_array_equal(dynamic.module()(x[:2]), wanted[:2])
