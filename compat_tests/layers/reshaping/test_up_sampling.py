"""Up-sampling and the resizing it shares: exactness, types, torch's transformations, errors."""

import numpy as np
import pytest
import torch

from torchkeras import Model, layers
from torchkeras.ops.image_resize import METHODS, resize


@pytest.mark.parametrize("dtype", [torch.float32, torch.int32, torch.uint8])
@pytest.mark.parametrize("factor", [1, 3, 41])  # 41 * float32(1 / 41) is less than 1
def test_nearest_repeats_exactly(factor, dtype):
    x = torch.arange(2 * 3 * 2).reshape(1, 2, 3, 2).to(dtype)
    wanted = x.numpy().repeat(factor, 1).repeat(factor, 2)
    found = layers.UpSampling2D(factor)(x)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, wanted)
    np.testing.assert_array_equal(layers.UpSampling1D(factor)(x[:, 0]), x[:, 0].numpy().repeat(factor, 1))
    volume = layers.UpSampling3D((1, factor, 1))(x[..., None])
    np.testing.assert_array_equal(volume, x[..., None].numpy().repeat(factor, 2))


def test_data_formats_agree():
    x = torch.randn(2, 3, 4, 5)
    for method in METHODS:
        last = layers.UpSampling2D((2, 3), interpolation=method)(x)
        first = layers.UpSampling2D((2, 3), "channels_first", interpolation=method)(x.permute(0, 3, 1, 2))
        np.testing.assert_allclose(first.permute(0, 2, 3, 1), last, atol=1e-5)


def test_nearest_leaves_channels_last_memory_for_a_convolution_behind():
    assert layers.UpSampling2D()(torch.randn(2, 3, 4, 5)).is_contiguous()
    assert layers.UpSampling3D()(torch.randn(2, 3, 4, 2, 5)).is_contiguous()


# tf.image.resize of [[1, 2, 4, 8, 16]] (one row) to these widths.
RESIZED = {
    ("bilinear", 3): [1.3333333, 4.0, 13.333332],
    ("bilinear", 3, "antialias"): [1.4285715, 4.4444447, 12.571427],
    ("bicubic", 3): [1.206644, 4.0, 13.9336605],
    ("bicubic", 3, "antialias"): [1.2307688, 4.1581388, 12.861539],
    ("bicubic", 7): [0.9418392, 1.426442, 2.4409122, 4.0, 6.505393, 11.790827, 16.46529],
    ("lanczos3", 7): [0.9701354, 1.4236097, 2.4494135, 4.0, 5.9469423, 12.109785, 16.541134],
    ("lanczos5", 3, "antialias"): [1.3429468, 3.8304367, 13.048912],
    ("gaussian", 7): [1.0710001, 1.6042843, 2.5489397, 4.2130136, 7.078578, 11.3304205, 15.431999],
    ("mitchellcubic", 4): [1.1265402, 2.6620026, 6.306207, 14.934004],
    ("area", 3): [1.4, 4.4, 12.800001],
    ("area", 7): [1.0, 1.6, 2.3999994, 4.0, 7.2000017, 11.199994, 16.000002],
    ("nearest", 3): [1.0, 4.0, 16.0],
    ("nearest", 7): [1.0, 2.0, 2.0, 4.0, 8.0, 8.0, 16.0],
}


@pytest.mark.parametrize("case", RESIZED, ids=str)
def test_values_of_tf_image_resize(case):
    method, width, *antialias = case
    row = torch.tensor([1.0, 2, 4, 8, 16]).reshape(1, 1, 5, 1)
    found = resize(row, (1, width), method, antialias=bool(antialias))
    np.testing.assert_allclose(found.flatten(), RESIZED[case], rtol=2e-6)
    column = resize(row.transpose(1, 2), (width, 1), method, antialias=bool(antialias))
    np.testing.assert_allclose(column.flatten(), RESIZED[case], rtol=2e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_plain_image_stays_plain(method):
    x = torch.full((1, 7, 5, 1), 3.0)
    for size in ((3, 9), (20, 2), (7, 5)):
        for antialias in (False, True):
            np.testing.assert_allclose(resize(x, size, method, antialias), np.full((1, *size, 1), 3.0), rtol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_types(method):
    x = torch.randint(0, 255, (1, 3, 4, 2), dtype=torch.uint8)
    found = resize(x, (6, 8), method)
    assert found.dtype == (torch.uint8 if method == "nearest" else torch.float32)
    np.testing.assert_allclose(found.double(), resize(x.double(), (6, 8), method), atol=1e-3)
    assert resize(x.half(), (6, 8), method).dtype == torch.float16
    inputs = layers.Input((3, 4, 2), dtype="uint8")
    layer = layers.UpSampling2D(interpolation=method)
    outputs = layer(inputs)
    assert outputs.dtype == layer(x).dtype == Model(inputs, outputs)(x).dtype == found.dtype


def test_weights_made_within_a_transformation_serve_everywhere():
    layer = layers.UpSampling2D((5, 7), interpolation="lanczos3")
    x = torch.randn(1, 3, 3, 1)
    inside = torch.func.grad(lambda x: layer(x).square().sum())(x)
    with torch.inference_mode():
        layer(x)
    given = x.clone().requires_grad_()
    layer(given).square().sum().backward()
    np.testing.assert_allclose(given.grad, inside, rtol=1e-5)
    many = torch.vmap(layer)(torch.stack([x, 2 * x]))
    np.testing.assert_allclose(many[1], 2 * layer(x), rtol=1e-5, atol=1e-6)


def test_compiles_whole():
    layer = layers.UpSampling2D(2, interpolation="bicubic")
    x = torch.randn(2, 3, 4, 2)
    wanted = layer(x)
    torch._dynamo.reset()
    np.testing.assert_allclose(torch.compile(layer, fullgraph=True, backend="eager")(x), wanted, atol=1e-6)


def test_shapes_with_unknown_axes():
    assert layers.UpSampling1D(3).compute_output_shape((None, None, 2)) == (None, None, 2)
    assert layers.UpSampling2D((2, 3)).compute_output_shape((None, 4, None, 2)) == (None, 8, None, 2)
    first = layers.UpSampling3D((1, 2, 3), data_format="channels_first")
    assert first.compute_output_shape((None, 2, 4, 4, 4)) == (None, 2, 4, 8, 12)


def test_errors():
    with pytest.raises(NotImplementedError, match="`interpolation` of layer 'up': 'cubic'.*bicubic"):
        layers.UpSampling2D(interpolation="cubic", name="up")
    with pytest.raises(ValueError, match="Unknown resize method 'cubic'.*bicubic"):
        resize(torch.ones(1, 2, 2, 1), (4, 4), "cubic")
    with pytest.raises(ValueError, match=r"`size` argument of layer 'up'.*size=\(2, 0\)"):
        layers.UpSampling2D((2, 0), name="up")
    with pytest.raises(ValueError, match="expected ndim=4, found ndim=3"):
        layers.UpSampling2D()(torch.ones(1, 2, 3))


def test_config_of_interpolation_is_lower_case():
    assert layers.UpSampling2D(interpolation="Bilinear").get_config()["interpolation"] == "bilinear"
    assert layers.UpSampling1D(3).get_config()["size"] == 3
