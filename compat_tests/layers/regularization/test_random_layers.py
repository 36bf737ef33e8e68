"""Dropout and noise in training: their statistics, seeds, shared axes, errors."""

import copy
import pickle

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras.layers import (
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)

ONES = torch.ones(400, 250)
#: Six standard errors of the mean of as many values with standard deviation 1.
SIX = 6 / ONES.numel() ** 0.5

EACH = {
    "dropout": lambda **settings: Dropout(0.4, **settings),
    "alpha": lambda **settings: AlphaDropout(0.4, **settings),
    "gaussian_dropout": lambda **settings: GaussianDropout(0.4, **settings),
    "noise": lambda **settings: GaussianNoise(0.4, **settings),
}
each = pytest.mark.parametrize("make", EACH.values(), ids=EACH)
seeds = pytest.mark.parametrize("seed", [None, 7])


@seeds
@pytest.mark.parametrize("rate", [0.2, 0.5, 0.9])
def test_dropout_zeroes_a_share_and_scales_the_rest(rate, seed):
    y = Dropout(rate, seed=seed)(ONES, training=True)
    assert abs((y == 0).float().mean().item() - rate) < SIX
    torch.testing.assert_close(y[y != 0], torch.full_like(y[y != 0], 1 / (1 - rate)))


@seeds
def test_dropping_everything(seed):
    assert not Dropout(1.0, seed=seed)(ONES, training=True).any()


def test_plain_dropout_is_torchs_own():
    torch.manual_seed(3)
    ours = Dropout(0.3)(ONES, training=True)
    torch.manual_seed(3)
    assert torch.equal(ours, torch.nn.functional.dropout(ONES, 0.3))
    torch.manual_seed(3)
    ours = AlphaDropout(0.3)(ONES, training=True)
    torch.manual_seed(3)
    assert torch.equal(ours, torch.nn.functional.alpha_dropout(ONES, 0.3, training=True))


@seeds
def test_alpha_dropout_keeps_mean_and_variance(seed):
    x = torch.randn(400, 250)
    y = AlphaDropout(0.3, seed=seed)(x, training=True)
    assert abs(y.mean().item()) < 2 * SIX
    assert abs(y.var().item() - 1) < 4 * SIX
    # Dropped values are one constant: a * (-1.758) + b of the paper.
    a = (0.7 * (1 + 0.3 * 1.7580993408473766**2)) ** -0.5
    values, counts = y.flatten().unique(return_counts=True)
    assert values[counts.argmax()].item() == pytest.approx(-a * 1.7580993408473766 * 0.7, rel=1e-5)
    assert abs(counts.max().item() / y.numel() - 0.3) < SIX


@seeds
def test_gaussian_noise_and_dropout(seed):
    noise = GaussianNoise(0.5, seed=seed)(2 * ONES, training=True) - 2
    assert abs(noise.mean().item()) < 0.5 * SIX
    assert abs(noise.std().item() - 0.5) < 0.5 * SIX
    factor = GaussianDropout(0.2, seed=seed)(2 * ONES, training=True) / 2
    assert abs(factor.mean().item() - 1) < 0.5 * SIX
    assert abs(factor.std().item() - 0.5) < 0.5 * SIX  # sqrt(0.2 / 0.8)


def test_noise_shape_shares_the_mask():
    x = torch.ones(5, 40, 30)
    y = Dropout(0.5, noise_shape=(None, 1, 30))(x, training=True)
    assert torch.equal(y, y[:, :1].expand_as(y))
    assert not torch.equal(y[0], y[1])
    y = AlphaDropout(0.5, noise_shape=(None, 1, None))(x, training=True)
    assert torch.equal(y, y[:, :1].expand_as(y))
    assert Dropout(0.5, noise_shape=(None, 1, 30)).get_config()["noise_shape"] == (None, 1, 30)


def test_subclass_may_choose_the_noise_shape():
    class PerSample(Dropout):
        def _get_noise_shape(self, inputs):
            return (inputs.shape[0], 1)

    y = PerSample(0.5)(torch.ones(20, 9), training=True)
    assert torch.equal(y, y[:, :1].expand_as(y))


@seeds
@pytest.mark.parametrize(
    ("layer", "shape"),
    [(SpatialDropout1D, (20, 6, 30)), (SpatialDropout2D, (20, 3, 4, 30)), (SpatialDropout3D, (20, 2, 3, 2, 30))],
)
def test_spatial_dropout_drops_whole_maps(layer, shape, seed):
    y = layer(0.5, seed=seed)(torch.ones(shape), training=True)
    maps = y.flatten(1, -2)
    assert torch.equal(maps, maps[:, :1].expand_as(maps))
    assert set(maps.unique().tolist()) == {0.0, 2.0}
    with pytest.raises(ValueError, match=f"expected ndim={len(shape)}"):
        layer(0.5)(torch.ones(2, 3))


@pytest.mark.parametrize(
    ("layer", "shape"), [(SpatialDropout2D, (20, 30, 3, 4)), (SpatialDropout3D, (20, 30, 2, 3, 2))]
)
def test_spatial_dropout_channels_first(layer, shape):
    maps = layer(0.5, data_format="channels_first")(torch.ones(shape), training=True).flatten(2)
    assert torch.equal(maps, maps[..., :1].expand_as(maps))
    assert set(maps.unique().tolist()) == {0.0, 2.0}
    with pytest.raises(ValueError, match="data_format"):
        layer(0.5, data_format="channels")


@each
def test_same_seed_same_sequence(make):
    one, two, other = make(seed=5), make(seed=5), make(seed=6)
    first, second = one(ONES, training=True), one(ONES, training=True)
    assert not torch.equal(first, second)
    torch.manual_seed(99)  # a seeded layer has numbers of its own
    assert torch.equal(two(ONES, training=True), first)
    assert torch.equal(two(ONES, training=True), second)
    assert not torch.equal(other(ONES, training=True), first)
    assert torch.equal(make(seed=one.get_config()["seed"])(ONES, training=True), first)


@each
def test_without_a_seed_torchs_seed_decides(make):
    layer = make()
    torch.manual_seed(1)
    first = layer(ONES, training=True)
    torch.manual_seed(1)
    assert torch.equal(layer(ONES, training=True), first)
    assert not torch.equal(layer(ONES, training=True), first)


@each
def test_copies_go_on_where_the_original_is(make):
    layer = make(seed=5)
    for _ in range(2):
        layer(ONES, training=True)
        twins = [copy.deepcopy(layer), pickle.loads(pickle.dumps(layer)), copy.deepcopy(copy.deepcopy(layer))]
        expected = layer(ONES, training=True)
        for twin in twins:
            assert torch.equal(twin(ONES, training=True), expected)


@each
def test_out_of_training_the_input_itself_comes_back(make):
    layer = make(seed=5)
    x = torch.ones(2, 3)
    layer(x)
    assert layer(x) is x
    assert layer(x, training=False) is x
    integers = torch.arange(3)
    assert layer(integers) is integers
    layer.train()
    assert not torch.equal(layer(x), x)
    assert torch.equal(layer(x, training=False), x)


@each
def test_symbolic_calls_and_masks(make):
    layer = make()
    out = layer(keras.Input((None, 4)))
    assert out.shape == (None, None, 4)
    model = keras.Sequential([keras.layers.Masking(), layer])
    x = torch.ones(2, 3, 4)
    x[:, 2] = 0
    assert model(x, training=True)._keras_mask.tolist() == [[True, True, False]] * 2
    assert model(x)._keras_mask.tolist() == [[True, True, False]] * 2


@each
@seeds
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_dtypes_and_gradients(make, seed, dtype):
    layer = make(seed=seed, dtype=dtype)
    x = torch.ones(30, 30, requires_grad=True)
    y = layer(x, training=True)
    assert y.dtype is layer.dtype_policy.compute
    y.float().sum().backward()
    assert torch.isfinite(x.grad).all()
    assert layer(x[:0], training=True).shape == (0, 30)


@each
@seeds
def test_compiles_whole(make, seed):
    layer = make(seed=seed)
    layer(ONES)
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    assert not torch.equal(compiled(ONES, training=True), ONES)
    assert torch.equal(compiled(ONES, training=False), ONES)
    torch.compiler.reset()


@each
def test_vmap_draws_for_each(make):
    layer = make()
    layer(ONES)
    y = torch.vmap(lambda x: layer(x, training=True), randomness="different")(torch.ones(2, 50))
    assert not torch.equal(y[0], y[1])


@pytest.mark.parametrize("layer", [Dropout, AlphaDropout, GaussianDropout, SpatialDropout1D])
@pytest.mark.parametrize("rate", [-0.1, 1.5, "half", None, float("nan")])
def test_wrong_rates(layer, rate):
    with pytest.raises(ValueError, match="received for `rate` of layer 'drop', expected a value between 0 and 1"):
        layer(rate, name="drop")


def test_other_wrong_settings():
    with pytest.raises(ValueError, match="`stddev` of layer 'noise'.*-1"):
        GaussianNoise(-1.0, name="noise")
    with pytest.raises(ValueError, match="Expected `seed`.*to be an integer"):
        Dropout(0.5, seed="x")
    with pytest.raises(TypeError, match="Did you mean 'seed'"):
        Dropout(0.5, sed=1)
    assert Dropout(np.float32(0.5)).get_config()["rate"] == 0.5


@pytest.mark.parametrize("layer", [AlphaDropout(1.0), GaussianDropout(1.0), GaussianDropout(0), GaussianNoise(0)])
def test_degenerate_settings_pass_the_input(layer):
    assert torch.equal(layer(ONES, training=True), ONES)
