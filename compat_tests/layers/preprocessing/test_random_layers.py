"""How the changes of random image layers are distributed, and what each does exactly."""

import math

import numpy as np
import pytest
import torch

from torchkeras import layers

COUNT = 4000


def test_flips_are_independent_halves():
    x = torch.arange(4.0).reshape(1, 2, 2, 1).expand(COUNT, 2, 2, 1)
    first = layers.RandomFlip(seed=1)(x)[:, 0, 0, 0]
    shares = [float((first == value).float().mean()) for value in range(4)]
    np.testing.assert_allclose(shares, 0.25, atol=0.03)
    sides = layers.RandomFlip("horizontal", seed=1)(x)[:, 0, 0, 0]
    assert set(sides.tolist()) == {0.0, 1.0}
    assert set(layers.RandomFlip("vertical", seed=1)(x)[:, 0, 0, 0].tolist()) == {0.0, 2.0}


def test_brightness_is_uniform_per_image():
    x = torch.full((COUNT, 1, 1, 1), 100.0)
    changes = (layers.RandomBrightness((-0.2, 0.1), seed=2)(x).flatten() - 100) / 255
    assert -0.2 <= float(changes.min()) < -0.19
    assert 0.09 < float(changes.max()) <= 0.1
    assert float(changes.mean()) == pytest.approx(-0.05, abs=0.005)
    assert float(changes.std()) == pytest.approx(0.3 / math.sqrt(12), abs=0.005)
    assert float(layers.RandomBrightness((0.9, 0.9))(x).max()) == 255


def test_contrast_stretches_about_the_channel_mean():
    x = torch.rand(5, 6, 7, 3) * 100 + 50
    means = x.mean((1, 2), keepdim=True)
    factors = []
    for _ in range(200):
        changed = layers.RandomContrast(0.4)(x)
        factor = ((changed - means) / (x - means)).flatten()
        torch.testing.assert_close(factor, factor[:1].expand_as(factor), rtol=1e-2, atol=1e-2)
        factors.append(float(factor.median()))
    assert 0.6 <= min(factors) < 0.65
    assert 1.35 < max(factors) <= 1.4
    assert float(layers.RandomContrast((0.0, 0.9))(x * 2).max()) <= 255


def test_crop_takes_every_place_equally_often():
    x = torch.arange(20.0).reshape(1, 4, 5, 1)
    layer = layers.RandomCrop(3, 3, seed=3)
    corners = [int(layer(x)[0, 0, 0, 0]) for _ in range(1200)]
    places, counts = np.unique(corners, return_counts=True)
    assert places.tolist() == [0, 1, 2, 5, 6, 7]
    assert counts.min() > 140
    cut = layer(x)[0, :, :, 0]
    torch.testing.assert_close(cut - cut[0, 0], torch.tensor([[0.0, 1, 2], [5, 6, 7], [10, 11, 12]]))


@pytest.mark.parametrize(("axis", "name"), [(1, "RandomHeight"), (2, "RandomWidth")])
def test_sizes_are_uniform(axis, name):
    layer = getattr(layers, name)((-0.5, 0.25), seed=1)
    sizes = [layer(torch.rand(1, 40, 40, 1)).shape[axis] for _ in range(400)]
    assert 20 <= min(sizes) <= 21
    assert 48 <= max(sizes) <= 50
    assert np.mean(sizes) == pytest.approx(34.5, abs=1.2)


def test_a_fixed_rotation_is_counter_clockwise():
    x = torch.arange(9.0).reshape(1, 3, 3, 1)
    quarter = layers.RandomRotation((0.25, 0.25))(x)
    torch.testing.assert_close(quarter[0, :, :, 0], torch.rot90(x[0, :, :, 0]), atol=1e-4, rtol=0)


def test_a_fixed_translation_moves_down_and_right():
    x = torch.arange(16.0).reshape(1, 4, 4, 1)
    moved = layers.RandomTranslation((0.25, 0.25), (0.5, 0.5), fill_mode="constant", fill_value=-1.0)(x)
    expected = torch.full((4, 4), -1.0)
    expected[1:, 2:] = x[0, :3, :2, 0]
    torch.testing.assert_close(moved[0, :, :, 0], expected, atol=1e-5, rtol=0)


def test_a_fixed_zoom_out_leaves_a_border():
    x = torch.ones(1, 8, 8, 1)
    smaller = layers.RandomZoom((1.0, 1.0), fill_mode="constant")(x)[0, :, :, 0]
    assert float(smaller.sum()) == pytest.approx(16, abs=1e-3)
    assert float(smaller[3:5, 3:5].min()) == pytest.approx(1.0)
    narrow = layers.RandomZoom((0.0, 0.0), (1.0, 1.0), fill_mode="constant")(x)[0, :, :, 0]
    assert float(narrow.sum()) == pytest.approx(32, abs=1e-3)


def test_a_fixed_shear_moves_rows_by_their_number():
    x = torch.rand(64, 5, 9, 1)
    sheared = layers.RandomShear(x_factor=(1.0, 1.0), fill_mode="constant", seed=1)(x)
    for old, new in zip(x, sheared, strict=True):
        right, left = torch.zeros(5, 9), torch.zeros(5, 9)
        for row in range(5):
            right[row, row:] = old[row, : 9 - row, 0]
            left[row, : 9 - row] = old[row, row:, 0]
        assert any(torch.allclose(new[:, :, 0], wanted, atol=1e-4) for wanted in (left, right))


def test_rotation_angles_differ_by_image():
    x = torch.zeros(COUNT, 33, 33, 1)
    x[:, 16, 30] = 1.0
    turned = layers.RandomRotation(0.125, fill_mode="constant", seed=6)(x).reshape(COUNT, -1)
    places = turned.argmax(1)
    angles = torch.atan2(16.0 - places // 33, places % 33 - 16.0)
    assert float(angles.abs().max()) == pytest.approx(math.pi / 4, abs=0.06)
    assert float(angles.std()) == pytest.approx(math.pi / 2 / math.sqrt(12), abs=0.03)
