"""Values from outside Keras: where it is wrong or has none on TensorFlow, NumPy and the formulas count."""

import math

import numpy as np
import pytest
import torch

from torchkeras import activations, ops

RNG = np.random.default_rng(3)
F = RNG.normal(size=(3, 4)).astype("float32")
CUBE = RNG.normal(size=(2, 3, 4)).astype("float32")
Z = (RNG.normal(size=6) + 1j * RNG.normal(size=6)).astype("complex64")


@pytest.mark.parametrize("k", [0, 1, 2, 3, 5, -1])
def test_rot90(k):
    np.testing.assert_array_equal(ops.rot90(CUBE, k, (1, 2)), np.rot90(CUBE, k, (1, 2)))


def test_stacking_vectors():
    np.testing.assert_array_equal(ops.vstack([F[0], F[1]]), np.vstack([F[0], F[1]]))
    np.testing.assert_array_equal(ops.dstack([F[0], F[1]]), np.dstack([F[0], F[1]]))


def test_vdot_conjugates_its_first_argument():
    np.testing.assert_allclose(ops.vdot(Z, 2j * Z), np.vdot(Z, 2j * Z), rtol=1e-5)


def test_cross_of_two_dimensions():
    a, b = RNG.normal(size=(2, 5, 3)).astype("float32")
    expected = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    np.testing.assert_allclose(ops.cross(a[:, :2], b[:, :2]), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ops.cross(a, b), np.cross(a, b), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ops.cross(a.T, b.T, axis=0), np.cross(a.T, b.T, axis=0), rtol=1e-5, atol=1e-6)


def test_infinities_are_close_to_themselves():
    special = np.array([np.inf, -np.inf, np.nan, 1.0], "float32")
    np.testing.assert_array_equal(ops.isclose(special, special), np.isclose(special, special))
    np.testing.assert_array_equal(ops.isclose(special, special[::-1]), np.isclose(special, special[::-1]))


def test_sparsemax_sums_to_one_where_several_are_kept():
    found = ops.sparsemax(F * 2)
    np.testing.assert_allclose(found.sum(-1), 1.0, rtol=1e-5)
    np.testing.assert_allclose(found, activations.sparsemax(torch.from_numpy(F * 2)), rtol=1e-5)


def test_saturate_cast_reaches_the_ends_of_integers():
    x = np.array([1e12, -1e12, 3.7, np.nan], "float32")
    assert ops.saturate_cast(x, "int32").tolist() == [2**31 - 1, -(2**31), 3, 0]
    assert ops.saturate_cast(np.array([-5, 300, 7]), "uint8").tolist() == [0, 255, 7]


def test_products_and_sums_in_a_given_type():
    assert ops.prod(F, dtype="float64").dtype is torch.float64
    np.testing.assert_allclose(ops.prod(F, axis=0, dtype="float64"), np.prod(F.astype("float64"), 0), rtol=1e-6)


def test_unravel_index_of_a_table():
    places = np.array([[1, 5], [11, 7]])
    for found, expected in zip(ops.unravel_index(places, (3, 4)), np.unravel_index(places, (3, 4)), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("size", [3, 4])
@pytest.mark.parametrize(("mode", "numpy_mode"), [("mirror", "reflect"), ("reflect", "symmetric"), ("wrap", "wrap")])
def test_coordinates_outside(size, mode, numpy_mode):
    line = np.arange(1.0, size + 1, dtype="float32")
    places = np.arange(-2 * size, 3 * size, dtype="float32")[None]
    expected = np.pad(line, (2 * size, 2 * size), mode=numpy_mode)
    np.testing.assert_array_equal(ops.image.map_coordinates(line, places, 0, fill_mode=mode), expected)
    np.testing.assert_array_equal(ops.image.map_coordinates(line, places, 1, fill_mode=mode), expected)


def test_channels_first_is_channels_last_turned():
    image = RNG.uniform(size=(2, 6, 7, 3)).astype("float32")
    first = image.transpose(0, 3, 1, 2)
    kernel = RNG.normal(size=(3, 3, 3, 5)).astype("float32")
    for function in (
        lambda x, f: ops.conv(x, kernel, 2, "same", f),
        lambda x, f: ops.max_pool(x, 3, 2, "same", f),
        lambda x, f: ops.average_pool(x, 2, data_format=f),
        lambda x, f: ops.image.resize(x, (4, 5), data_format=f),
        lambda x, f: ops.image.rgb_to_hsv(x, data_format=f),
        lambda x, f: ops.image.pad_images(x, 1, 2, 3, 4, data_format=f),
        lambda x, f: ops.image.extract_patches(x, 2, data_format=f),
        lambda x, f: ops.image.gaussian_blur(x, data_format=f),
    ):
        last = function(image, "channels_last").movedim(-1, 1)
        np.testing.assert_allclose(function(first, "channels_first"), last, rtol=1e-5, atol=1e-6)


def test_single_images():
    image = RNG.uniform(size=(6, 7, 3)).astype("float32")
    turn = np.array([1, 0.1, 0, 0, 1, 0.5, 0, 0], "float32")
    for function in (
        lambda x: ops.image.resize(x, (4, 5)),
        lambda x: ops.image.affine_transform(x, turn),
        lambda x: ops.image.hsv_to_rgb(x),
        lambda x: ops.image.gaussian_blur(x),
    ):
        np.testing.assert_allclose(function(image), function(image[None])[0], rtol=1e-6)


def test_elastic_transform_with_nothing_to_move():
    image = RNG.uniform(size=(2, 6, 7, 3)).astype("float32")
    np.testing.assert_allclose(ops.image.elastic_transform(image, alpha=0.0, sigma=1.0, seed=1), image, rtol=1e-6)
    moved = ops.image.elastic_transform(image, alpha=3.0, sigma=1.0, seed=1)
    assert not torch.equal(moved, torch.from_numpy(image))
    assert torch.equal(moved, ops.image.elastic_transform(image, alpha=3.0, sigma=1.0, seed=1))
    assert image.min() <= moved.min()
    assert moved.max() <= image.max()


def test_attention_with_a_soft_cap():
    q = RNG.normal(size=(1, 3, 2, 4)).astype("float32")
    products = np.einsum("btnh,bsnh->bnts", q, q) * 0.5
    weights = np.exp(2 * np.tanh(products / 2))
    weights /= weights.sum(-1, keepdims=True)
    found = ops.dot_product_attention(q, q, q, attn_logits_soft_cap=2.0)
    np.testing.assert_allclose(found, np.einsum("bnts,bsnh->btnh", weights, q), rtol=1e-5, atol=1e-6)


def test_vectorize():
    power = ops.vectorize(lambda x, n: x**n if n == 2 else x, excluded={1})
    np.testing.assert_allclose(power(F, 2), F**2, rtol=1e-6)
    add = ops.vectorize(lambda x, y: x + 2 * y)
    np.testing.assert_allclose(add(F, F[0]), F + 2 * F[0], rtol=1e-6)
    dot = ops.vectorize(lambda x, y: ops.dot(x, y), signature="(n),(n)->()")
    np.testing.assert_allclose(dot(CUBE, F[0]), CUBE @ F[0], rtol=1e-4, atol=1e-6)


def test_loops_with_structures():
    state = ops.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, {"a": s["a"] + i}), (0, {"a": F}))
    np.testing.assert_allclose(state[1]["a"], F + 3, rtol=1e-6)
    carry, ys = ops.scan(lambda c, x: (c + x["v"], (c, x["v"])), np.float32(1.0), {"v": F[0]})
    np.testing.assert_allclose(carry, 1 + F[0].sum(), rtol=1e-5)
    np.testing.assert_allclose(ys[0], 1 + np.concatenate([[0], np.cumsum(F[0])[:-1]]), rtol=1e-5)
    assert ops.switch(9, [lambda: 1, lambda: 2]) == 2
    carry, nothing = ops.scan(lambda c, x: (c * 2, None), np.float32(1.0), length=5)
    assert float(carry) == 32
    assert nothing is None


# --- gradients ---


def gradient(function, x):
    x = torch.tensor(x, requires_grad=True)
    (found,) = torch.autograd.grad(function(x).sum(), x)
    return found


def test_no_nan_comes_back_from_a_division_by_zero():
    assert gradient(lambda x: ops.divide_no_nan(3.0, x), [0.0, 2.0]).tolist() == [0.0, -0.75]


def test_softmax_and_crossentropy_keep_gradients_alive():
    logits, target = np.array([[200.0, 0.0]], "float32"), np.array([[0.0, 1.0]], "float32")
    found = gradient(lambda x: ops.categorical_crossentropy(target, ops.softmax(x)), logits)
    np.testing.assert_allclose(found, [[1.0, -1.0]], atol=1e-6)


@pytest.mark.parametrize("signature", ["both", "one", "keyword"])
def test_custom_gradient(signature):
    @ops.custom_gradient
    def log1pexp(x):
        e = ops.exp(x)

        def both(*args, upstream=None):
            if upstream is None:
                (upstream,) = args
            return ops.multiply(upstream, 1.0 - 1.0 / ops.add(1, e))

        def one(upstream):
            return both(upstream)

        def keyword(*args, upstream):
            return both(upstream)

        return ops.log(1 + e), {"both": both, "one": one, "keyword": keyword}[signature]

    assert math.isclose(float(log1pexp(torch.tensor(1.0))), math.log1p(math.e), rel_tol=1e-6)
    assert gradient(log1pexp, [100.0]).tolist() == [1.0]


def test_stop_gradient():
    assert gradient(lambda x: x * ops.stop_gradient(x), [3.0]).tolist() == [3.0]


def test_copies_are_copies():
    x = torch.ones(2)
    array = ops.convert_to_numpy(x)
    array[0] = 5
    ops.copy(x)[1] = 7
    given = np.zeros(2, "float32")
    ops.convert_to_tensor(given)[0] = 3
    ops.slice_update(x, [0], [9.0])
    assert x.tolist() == [1, 1]
    assert given.tolist() == [0, 0]
