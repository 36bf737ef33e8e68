"""Names, defaults, and what is refused."""

import pytest
import torch

import torchkeras as keras
from torchkeras import backend, layers


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("Convolution1D", "Conv1D"),
        ("Convolution2D", "Conv2D"),
        ("Convolution3D", "Conv3D"),
        ("Convolution1DTranspose", "Conv1DTranspose"),
        ("Convolution2DTranspose", "Conv2DTranspose"),
        ("Convolution3DTranspose", "Conv3DTranspose"),
        ("SeparableConvolution1D", "SeparableConv1D"),
        ("SeparableConvolution2D", "SeparableConv2D"),
    ],
)
def test_aliases(alias, name):
    assert getattr(layers, alias) is getattr(layers, name)


def test_arguments_by_position():
    conv = layers.Conv2D(4, 3, 1, "same", "channels_first", 2, 2, "relu", False)
    assert (conv.data_format, conv.dilation_rate, conv.groups, conv.use_bias) == ("channels_first", (2, 2), 2, False)
    transposed = layers.Conv2DTranspose(4, 3, 2, "same", 1, "channels_first")
    assert (transposed.output_padding, transposed.data_format) == ((1, 1), "channels_first")
    depthwise = layers.DepthwiseConv2D(3, 2, "same", 4)
    assert (depthwise.strides, depthwise.depth_multiplier) == ((2, 2), 4)
    separable = layers.SeparableConv1D(4, 3, 1, "causal", None, 2, 3)
    assert (separable.dilation_rate, separable.depth_multiplier) == ((2,), 3)


def test_sizes_of_other_kinds():
    layer = layers.Conv2D(filters=4.0, kernel_size=[2, 3], strides=torch.tensor([1, 2]), padding="SAME")
    assert (layer.filters, layer.kernel_size, layer.strides, layer.padding) == (4, (2, 3), (1, 2), "same")


def test_default_data_format(monkeypatch):
    monkeypatch.setattr("torchkeras.core.config.settings.image_data_format", "channels_first")
    assert backend.image_data_format() == "channels_first"
    assert layers.Conv2D(1, 1).data_format == "channels_first"
    assert layers.Conv1D(1, 1).data_format == "channels_last"
    assert layers.Conv1DTranspose(1, 1).data_format == "channels_first"


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("Conv2D", {"filters": -1, "kernel_size": 3}, "`filters` of layer 'c' to be a positive integer.*filters=-1"),
        ("Conv2D", {"filters": 3, "kernel_size": 3, "groups": 2}, "evenly divisible.*groups=2, filters=3"),
        ("Conv2D", {"filters": 4, "kernel_size": 0}, "`kernel_size` argument.*0 including {0}.*`> 0`"),
        (
            "Conv2D",
            {"filters": 4, "kernel_size": None},
            "`kernel_size` argument of layer 'c' must be an integer or a tuple of 2",
        ),
        ("Conv2D", {"filters": 4, "kernel_size": (3, 3, 3)}, r"tuple of 2 integers. Received: kernel_size=\(3, 3, 3\)"),
        ("Conv2D", {"filters": 4, "kernel_size": 2.5}, "tuple of 2 integers. Received: kernel_size=2.5"),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "strides": 0}, "`strides` argument"),
        ("Conv1D", {"filters": 4, "kernel_size": 3, "strides": 2, "dilation_rate": 2}, "`strides > 1` not supported"),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "padding": "causal"}, "only supported for `Conv1D`"),
        ("Conv1DTranspose", {"filters": 4, "kernel_size": 3, "padding": "causal"}, "only supported for `Conv1D`"),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "padding": "full"}, "Received: padding='full'"),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "padding": 1}, "Received: padding=1"),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "data_format": "nhwc"}, "`data_format` must be one of"),
        ("Conv2DTranspose", {"filters": 4, "kernel_size": 3, "output_padding": 1}, "greater than output padding"),
        ("Conv2DTranspose", {"filters": 4, "kernel_size": 3, "groups": 2}, "no groups"),
        ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 0}, "`depth_multiplier` of layer 'c'"),
    ],
)
def test_wrong_arguments(name, settings, message):
    with pytest.raises(ValueError, match=message):
        getattr(layers, name)(name="c", **settings)


def test_misspelled_argument():
    with pytest.raises(TypeError, match="Did you mean 'kernel_initializer'"):
        layers.Conv1D(4, 3, kernal_initializer="zeros")


@pytest.mark.parametrize(
    ("name", "settings", "shape", "message"),
    [
        ("Conv2D", {"filters": 4, "groups": 2}, (9, 9, 3), "evenly divisible.*has 3 channels"),
        ("Conv2D", {"filters": 4}, (9, 9, None), "channel dimension .* should be defined"),
        ("Conv2D", {"filters": 4}, (9, 3), "expected min_ndim=4, found ndim=3"),
        ("DepthwiseConv2D", {}, (9, 3), "expected ndim=4, found ndim=3"),
        ("Conv2DTranspose", {"filters": 4}, (2, 9, 9, 3), "expected ndim=4, found ndim=5"),
        ("Conv2D", {"filters": 4}, (2, 5, 3), "One of the dimensions in the output is <= 0.*in layer"),
        ("SeparableConv1D", {"filters": 4, "dilation_rate": 3}, (6, 3), "One of the dimensions in the output is <= 0"),
    ],
)
def test_inputs_that_do_not_fit(name, settings, shape, message):
    layer = getattr(layers, name)(kernel_size=3, name="layer", **settings)
    with pytest.raises(ValueError, match=message):
        layer(keras.Input(shape))
    if None not in shape:
        with pytest.raises(ValueError, match=message):
            layer(torch.zeros(1, *shape))
    assert not layer.built
    assert not layer.weights


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("name", ["Conv2D", "Conv2DTranspose", "SeparableConv2D"])
def test_built_layers_name_themselves_too(name, data_format):
    layer = getattr(layers, name)(4, 3, name="named", data_format=data_format)
    layer(torch.zeros(1, 5, 5, 5))
    with pytest.raises(ValueError, match=r'layer "named" is incompatible.*expected axis -[13] of input shape'):
        layer(torch.zeros(1, 6, 6, 6))
    with pytest.raises(ValueError, match='layer "named" is incompatible'):
        layer(torch.zeros(5, 5, 5))


def test_3d_transposed_ignores_dilation_as_keras_does():
    with pytest.warns(UserWarning, match="ignores dilation_rate"):
        layer = layers.Conv3DTranspose(1, 2, dilation_rate=2)
    assert layer(torch.zeros(1, 2, 2, 2, 1)).shape == (1, 3, 3, 3, 1)
