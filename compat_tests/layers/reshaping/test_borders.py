"""Zero padding and cropping: forms of the argument, types, errors."""

import numpy as np
import pytest
import torch

from torchkeras import Model, layers

X = np.arange(2 * 4 * 5 * 3, dtype="float32").reshape(2, 4, 5, 3)


@pytest.mark.parametrize(
    ("padding", "pairs"),
    [
        (2, ((2, 2), (2, 2))),
        (np.int64(1), ((1, 1), (1, 1))),
        ((1, 0), ((1, 1), (0, 0))),
        ([[1, 2], [0, 3]], ((1, 2), (0, 3))),
        ((1, (0, 3)), ((1, 1), (0, 3))),
    ],
)
def test_forms_of_padding(padding, pairs):
    layer = layers.ZeroPadding2D(padding)
    np.testing.assert_array_equal(layer(X), np.pad(X, ((0, 0), *pairs, (0, 0))))
    assert layer.get_config()["padding"] == pairs
    first = layers.ZeroPadding2D(padding, data_format="channels_first")
    np.testing.assert_array_equal(first(X), np.pad(X, ((0, 0), (0, 0), *pairs)))


@pytest.mark.parametrize(
    ("cropping", "wanted"),
    [(1, X[:, 1:-1, 1:-1]), ((0, 2), X[:, :, 2:-2]), (((1, 0), (0, 4)), X[:, 1:, :-4]), (0, X)],
)
def test_forms_of_cropping(cropping, wanted):
    layer = layers.Cropping2D(cropping)
    np.testing.assert_array_equal(layer(X), wanted)
    assert layer.compute_output_shape(X.shape) == wanted.shape


def test_signals_and_volumes():
    signal = X[:, :, 0]
    np.testing.assert_array_equal(layers.ZeroPadding1D((0, 2))(signal), np.pad(signal, ((0, 0), (0, 2), (0, 0))))
    first = layers.ZeroPadding1D(1, data_format="channels_first")
    np.testing.assert_array_equal(first(signal), np.pad(signal, ((0, 0), (0, 0), (1, 1))))
    assert first.get_config()["data_format"] == "channels_first"
    assert "data_format" not in layers.ZeroPadding1D().get_config()
    np.testing.assert_array_equal(layers.Cropping1D((1, 0))(signal), signal[:, 1:])
    volume = X[..., None]
    np.testing.assert_array_equal(layers.Cropping3D(((0, 1), 1, (2, 0)))(volume), volume[:, :-1, 1:-1, 2:])
    assert layers.ZeroPadding3D((0, 1, 2)).compute_output_shape((None, 4, None, 3, 1)) == (None, 4, None, 7, 1)


def test_cropping_is_a_view():
    x = torch.randn(2, 4, 5, 3)
    assert layers.Cropping2D(1)(x)._base is x


@pytest.mark.parametrize("dtype", [torch.int32, torch.uint8, torch.bool])
def test_integers_stay_integers(dtype):
    x = torch.ones(1, 4, 4, 2, dtype=dtype)
    inputs = layers.Input((4, 4, 2), dtype=str(dtype).removeprefix("torch."))
    for layer in (layers.ZeroPadding2D(), layers.Cropping2D(1)):
        assert layer(x).dtype == dtype
        assert Model(inputs, layer(inputs))(x).dtype == dtype


def test_nothing_left_after_cropping():
    layer = layers.Cropping2D(((2, 2), (0, 0)), name="crop")
    message = r"'crop' crops away everything.*cropping=\(\(2, 2\), \(0, 0\)\) and input shape \(1, 4, 9, 3\)"
    for _ in range(2):
        with pytest.raises(ValueError, match=message):
            layer(torch.ones(1, 4, 9, 3))
        layer(torch.ones(1, 5, 9, 3))
    with pytest.raises(ValueError, match="crops away everything"):
        layer(layers.Input((4, 9, 3)))
    assert layer(torch.ones(0, 5, 9, 3)).shape == (0, 1, 9, 3)  # an empty batch is no error


def test_wrong_arguments_name_argument_and_layer():
    with pytest.raises(ValueError, match=r"`padding` of layer 'pad' should be.*2 pairs.*padding=\(1, 2, 3\)"):
        layers.ZeroPadding2D((1, 2, 3), name="pad")
    with pytest.raises(ValueError, match=r"`padding\[1\]` argument of layer 'pad'"):
        layers.ZeroPadding2D((1, (2, 3, 4)), name="pad")
    with pytest.raises(ValueError, match=r"`cropping` argument.*cropping=\(1, -1\)"):
        layers.Cropping1D((1, -1))
    with pytest.raises(ValueError, match="cropping=1.5"):
        layers.Cropping3D(1.5)
    with pytest.raises(ValueError, match="expected ndim=4, found ndim=3"):
        layers.ZeroPadding2D()(torch.ones(1, 2, 3))
