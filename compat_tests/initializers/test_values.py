"""What initializers make."""

import math

import numpy as np
import pytest
import torch

from torchkeras import initializers
from torchkeras.core import config
from torchkeras.initializers.variance_scaling import compute_fans

DRAWING = {
    "random_normal": initializers.RandomNormal,
    "random_uniform": initializers.RandomUniform,
    "truncated_normal": initializers.TruncatedNormal,
    "orthogonal": initializers.Orthogonal,
    "glorot_uniform": initializers.GlorotUniform,
    "he_normal": initializers.HeNormal,
    "untruncated": lambda seed=None: initializers.VarianceScaling(distribution="untruncated_normal", seed=seed),
}


def test_zeros_ones_and_constants():
    assert initializers.Zeros()((2, 3)).tolist() == [[0.0] * 3] * 2
    assert initializers.Ones()((2,), "int32").tolist() == [1, 1]
    assert initializers.Ones()((2,), "bool").tolist() == [True, True]
    assert initializers.Constant(2.5)((2,)).tolist() == [2.5, 2.5]
    assert initializers.Constant(3)((), "int64").item() == 3


def test_constants_of_arrays():
    assert initializers.Constant([1, 2, 3, 4])((2, 2)).tolist() == [[1, 2], [3, 4]]
    assert initializers.Constant([5.0])((2, 2)).tolist() == [[5, 5], [5, 5]]
    assert initializers.Constant(np.array([1, 2]))((2, 2)).tolist() == [[1, 2], [1, 2]]  # as Keras 3
    with pytest.raises(TypeError, match=r"shape \(3,\), which does not fill the shape \(2, 2\)"):
        initializers.Constant([1, 2, 3])((2, 2))


def test_constant_does_not_hand_out_its_array():
    value = torch.zeros(2)
    initializers.Constant(value)((2,)).add_(1)
    assert value.tolist() == [0, 0]


def test_identity():
    assert initializers.Identity(2)((2, 3)).tolist() == [[2, 0, 0], [0, 2, 0]]
    with pytest.raises(ValueError, match="can only be used for 2D"):
        initializers.Identity()((2, 2, 2))


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (2, 3, 4), (4, 4)])
def test_orthogonal(shape):
    made = initializers.Orthogonal(gain=3.0, seed=1)(shape, "float64")
    matrix = made.reshape(-1, shape[-1]) / 3
    product = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
    np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-12)
    with pytest.raises(ValueError, match="at least two-dimensional"):
        initializers.Orthogonal()((3,))


def test_orthogonal_takes_every_sign():
    corners = [initializers.Orthogonal(seed=seed)((3, 3))[0, 0].item() for seed in range(40)]
    assert 10 < sum(corner > 0 for corner in corners) < 30


@pytest.mark.parametrize(
    ("made", "mean", "stddev", "low", "high"),
    [
        (initializers.RandomNormal(1.0, 0.2, seed=0), 1.0, 0.2, -math.inf, math.inf),
        (initializers.TruncatedNormal(1.0, 0.2, seed=0), 1.0, 0.2 * 0.8796, 0.6, 1.4),
        (initializers.RandomUniform(-1.0, 2.0, seed=0), 0.5, 3 / math.sqrt(12), -1.0, 2.0),
    ],
)
def test_moments_and_bounds(made, mean, stddev, low, high):
    values = made((200, 300))
    assert values.mean().item() == pytest.approx(mean, abs=0.02 * stddev)
    assert values.std().item() == pytest.approx(stddev, rel=0.01)
    assert values.min() >= low
    assert values.max() <= high


def test_truncated_normal_has_the_right_shape():
    values = initializers.TruncatedNormal(0.0, 1.0, seed=3)((200_000,), "float64").numpy()
    inside = math.erf(math.sqrt(2))
    for point in (0.25, 0.5, 1.0, 1.5, 1.9):
        assert np.mean(np.abs(values) < point) == pytest.approx(math.erf(point / math.sqrt(2)) / inside, abs=4e-3)
    assert np.abs(values).max() > 1.999
    assert np.mean(values) == pytest.approx(0, abs=6e-3)


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("glorot_uniform", 2 / (18 + 45)),
        ("glorot_normal", 2 / (18 + 45)),
        ("he_uniform", 2 / 18),
        ("he_normal", 2 / 18),
        ("lecun_uniform", 1 / 18),
        ("lecun_normal", 1 / 18),
    ],
)
def test_variance_of_a_convolution_kernel(name, variance):
    torch.manual_seed(0)
    drawn = torch.stack([initializers.get(name)((3, 3, 2, 5)) for _ in range(600)])
    assert drawn.var().item() == pytest.approx(variance, rel=0.02)
    bound = math.sqrt(3 * variance) if name.endswith("uniform") else 2 * math.sqrt(variance) / 0.87962566103423978
    assert bound * 0.99 < drawn.abs().max() <= bound


@pytest.mark.parametrize(
    ("shape", "fans"),
    [((), (1, 1)), ((7,), (7, 7)), ((4, 6), (4, 6)), ((3, 3, 2, 5), (18, 45)), ((2, 3, 4), (6, 8))],
)
def test_fans(shape, fans):
    assert compute_fans(shape) == fans


def test_fans_of_named_axes():
    assert compute_fans((2, 3, 5, 7), (0, 1), (3,)) == (6, 7)
    made = initializers.VarianceScaling(mode="fan_out", distribution="uniform", input_axes=[0], output_axes=[1, 2])
    assert made((2, 100, 30)).abs().max() == pytest.approx(math.sqrt(3 / 3000), rel=0.02)


@pytest.mark.parametrize("made", DRAWING.values(), ids=DRAWING)
def test_seeded_ones_repeat(made):
    seeded = made(seed=7)
    first = seeded((4, 5))
    assert torch.equal(first, seeded((4, 5)))
    assert torch.equal(first, made(seed=7)((4, 5)))
    assert not torch.equal(first, made(seed=8)((4, 5)))


@pytest.mark.parametrize("made", DRAWING.values(), ids=DRAWING)
def test_unseeded_ones_follow_the_global_seed(made):
    unseeded = made()
    torch.manual_seed(5)
    first, second = unseeded((4, 5)), unseeded((4, 5))
    assert not torch.equal(first, second)
    torch.manual_seed(5)
    assert torch.equal(first, made()((4, 5)))


def test_seeded_ones_leave_the_global_generator_alone():
    before = torch.get_rng_state()
    initializers.HeNormal(seed=1)((3, 3))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("made", DRAWING.values(), ids=DRAWING)
def test_dtypes(made, dtype):
    values = made(seed=2)((20, 30), dtype)
    assert values.dtype is getattr(torch, dtype)
    assert values.isfinite().all()
    if dtype.endswith("16"):
        assert torch.equal(values, made(seed=2)((20, 30), "float32").to(values.dtype))


def test_floatx_is_the_default_dtype():
    config.set_floatx("float64")
    try:
        assert initializers.GlorotUniform()((2, 2)).dtype is torch.float64
    finally:
        config.set_floatx("float32")


def test_values_are_on_the_cpu_whatever_the_default_device():
    with torch.device("meta"):
        for name in ("zeros", "ones", "identity", "he_normal", "orthogonal", "random_uniform"):
            assert initializers.get(name)((2, 2)).device.type == "cpu"
        assert initializers.Constant(np.ones(2))((2,)).device.type == "cpu"


def test_whole_numbers():
    drawn = initializers.RandomUniform(0, 5, seed=1)((1000,), "int32")
    assert drawn.dtype is torch.int32
    assert sorted(set(drawn.tolist())) == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="whole numbers minval < maxval"):
        initializers.RandomUniform()((3,), "int32")


def test_shapes_of_any_spelling():
    for shape in ([2, 3], torch.Size([2, 3]), np.array([2, 3]), (np.int64(2), 3)):
        assert initializers.HeNormal()(shape).shape == (2, 3)
    assert initializers.Zeros()(3).shape == initializers.Zeros()(np.int64(3)).shape == (3,)
    assert initializers.RandomNormal()(()).shape == ()
    assert initializers.GlorotUniform()((0, 4)).shape == (0, 4)


@pytest.mark.parametrize("name", ["random_normal", "truncated_normal", "he_normal", "orthogonal", "identity"])
def test_integer_dtypes_are_an_error(name):
    with pytest.raises(ValueError, match="Expected floating point type, got int32"):
        initializers.get(name)((2, 2), "int32")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"scale": -1}, "`scale` must be positive"),
        ({"mode": "fan"}, "`mode`"),
        ({"distribution": "x"}, "`distribution`"),
    ],
)
def test_wrong_settings(wrong, message):
    with pytest.raises(ValueError, match=message):
        initializers.VarianceScaling(**wrong)


def test_other_errors():
    with pytest.raises(TypeError, match=r"Unknown keyword arguments: \['foo'\]"):
        initializers.Zeros()((3,), foo=1)
    with pytest.raises(ValueError, match="Expected float or integer dtype, got bool"):
        initializers.RandomUniform()((3,), "bool")
    with pytest.raises(NotImplementedError, match="must implement the `__call__"):
        initializers.Initializer()((3,))
