"""Batch, layer, group and unit normalization."""

# ruff: noqa: C408

from .schema import Input, case, obj, table

_TRAIN = dict(training=True, calls=3)
_MATRIX = (6, 4)
_SIGNAL = (3, 5, 4)
_IMAGE = (2, 3, 4, 3)
_VOLUME = (2, 2, 3, 2, 3)
_PLAIN = dict(scale=False, center=False)
_MASK = (Input((3, 5), "prefix_mask"),)


def _batch(label, shape, config=None, **options):
    return case("BatchNormalization", label, shape, config, **options)


_SHAPES = {"2d": _MATRIX, "3d": _SIGNAL, "4d": _IMAGE, "5d": _VOLUME}
_BATCH = [
    *[_batch(f"{rank}_inference", shape) for rank, shape in _SHAPES.items()],
    *[_batch(f"{rank}_training", shape, **_TRAIN) for rank, shape in _SHAPES.items()],
    *[_batch(f"{rank}_plain_training", shape, _PLAIN, **_TRAIN) for rank, shape in _SHAPES.items()],
    *[_batch(f"{rank}_frozen_training", shape, dict(trainable=False), **_TRAIN) for rank, shape in _SHAPES.items()],
    _batch("one_step", _IMAGE, dict(momentum=0.9), training=True),
    _batch("no_scale", _IMAGE, dict(scale=False), **_TRAIN),
    _batch("no_center", _IMAGE, dict(center=False), **_TRAIN),
    _batch("no_scale_inference", _IMAGE, dict(scale=False)),
    _batch("no_center_2d", _MATRIX, dict(center=False), **_TRAIN),
    _batch("momentum_0", _IMAGE, dict(momentum=0.0), **_TRAIN),
    _batch("momentum_half", _MATRIX, dict(momentum=0.5), **_TRAIN),
    _batch("momentum_1", _IMAGE, dict(momentum=1.0), **_TRAIN),
    _batch("large_epsilon", _IMAGE, dict(epsilon=0.5), **_TRAIN),
    _batch("large_epsilon_2d", _MATRIX, dict(epsilon=0.5), **_TRAIN),
    # cuDNN wants an epsilon of at least 1e-5; only small variances show whether a smaller one is kept.
    _batch("tiny_epsilon", Input(_IMAGE, "tiny"), dict(epsilon=1e-6), **_TRAIN),
    _batch("tiny_epsilon_2d", Input(_MATRIX, "tiny"), dict(epsilon=1e-6), **_TRAIN),
    _batch("tiny_epsilon_inference", Input(_IMAGE, "tiny"), dict(epsilon=1e-6)),
    _batch("shifted", Input(_IMAGE, "shifted"), **_TRAIN),
    _batch("shifted_2d", Input(_MATRIX, "shifted"), **_TRAIN),
    _batch("batch_of_1_2d", (1, 4), **_TRAIN),
    _batch("batch_of_1_4d", (1, 3, 3, 2), **_TRAIN),
    _batch("one_value_4d", (1, 1, 1, 3), **_TRAIN),
    _batch("axis_1_2d", _MATRIX, dict(axis=1), **_TRAIN),
    _batch("axis_1_3d", _SIGNAL, dict(axis=1), **_TRAIN),
    _batch("axis_1_4d", _IMAGE, dict(axis=1), **_TRAIN),
    _batch("axis_1_4d_inference", _IMAGE, dict(axis=1)),
    _batch("axis_1_5d", _VOLUME, dict(axis=1), **_TRAIN),
    _batch("axis_2_4d", _IMAGE, dict(axis=2), **_TRAIN),
    _batch("axis_3_4d", _IMAGE, dict(axis=3), **_TRAIN),
    _batch("axis_minus_2_3d", _SIGNAL, dict(axis=-2), **_TRAIN),
    _batch("two_axes", _SIGNAL, dict(axis=[1, 2]), **_TRAIN),
    _batch("two_axes_4d", _IMAGE, dict(axis=[1, 3]), **_TRAIN),
    _batch("two_axes_inference", _IMAGE, dict(axis=[1, 3])),
    _batch("mask", _SIGNAL, masks=_MASK, **_TRAIN),
    _batch("mask_inference", _SIGNAL, masks=_MASK),
    _batch(
        "regularized",
        _MATRIX,
        dict(beta_regularizer="l1", gamma_regularizer=obj("L2", l2=0.1), activity_regularizer="l2"),
        training=True,
    ),
    _batch(
        "initializers",
        _MATRIX,
        dict(
            beta_initializer="ones",
            gamma_initializer=obj("Constant", value=0.5),
            moving_mean_initializer=obj("RandomNormal", stddev=0.1),
            moving_variance_initializer=obj("Constant", value=2.0),
            gamma_constraint="non_neg",
        ),
    ),
]
_LAYER = [
    *[case("LayerNormalization", rank, shape) for rank, shape in _SHAPES.items()],
    case("LayerNormalization", "no_scale", _SIGNAL, dict(scale=False)),
    case("LayerNormalization", "no_center", _SIGNAL, dict(center=False)),
    case("LayerNormalization", "plain", _SIGNAL, _PLAIN),
    case("LayerNormalization", "axis_1", _SIGNAL, dict(axis=1)),
    case("LayerNormalization", "axis_1_4d", _IMAGE, dict(axis=1)),
    case("LayerNormalization", "axes", _IMAGE, dict(axis=[1, 2, 3])),
    case("LayerNormalization", "first_and_last", _IMAGE, dict(axis=[1, 3])),
    case("LayerNormalization", "negative_axes", _IMAGE, dict(axis=[-2, -1])),
    case("LayerNormalization", "large_epsilon", _SIGNAL, dict(epsilon=0.3)),
    case("LayerNormalization", "tiny_epsilon", Input(_SIGNAL, "tiny"), dict(epsilon=1e-6)),
    case("LayerNormalization", "shifted", Input(_SIGNAL, "shifted")),
    case("LayerNormalization", "one_feature", (3, 1), dict(epsilon=0.1)),
    case("LayerNormalization", "regularized", _MATRIX, dict(gamma_regularizer="l1", beta_regularizer="l2")),
    case("LayerNormalization", "mask_passes", _SIGNAL, masks=_MASK),
]
_WIDE_IMAGE = (2, 3, 2, 6)
_GROUP = [
    *table(
        "GroupNormalization",
        _WIDE_IMAGE,
        {
            "instance": dict(groups=-1),
            "one_group": dict(groups=1),
            "two": dict(groups=2),
            "three": dict(groups=3),
            "as_many_as_channels": dict(groups=6),
            "plain": dict(groups=2, **_PLAIN),
            "no_scale": dict(groups=3, scale=False),
            "no_center": dict(groups=3, center=False),
            "large_epsilon": dict(groups=2, epsilon=0.2),
        },
    ),
    case("GroupNormalization", "2d", (4, 6), dict(groups=3)),
    case("GroupNormalization", "3d", (2, 5, 4), dict(groups=2)),
    case("GroupNormalization", "5d", (2, 2, 2, 3, 4), dict(groups=2)),
    case("GroupNormalization", "axis_1", (2, 6, 3, 2), dict(groups=3, axis=1)),
    case("GroupNormalization", "axis_1_3d", (2, 4, 5), dict(groups=2, axis=1)),
    case("GroupNormalization", "axis_2", (2, 3, 4, 2), dict(groups=2, axis=2)),
    case("GroupNormalization", "default_groups", (2, 2, 2, 32), {}),
    case("GroupNormalization", "regularized", (4, 6), dict(groups=2, gamma_regularizer="l2", beta_regularizer="l1")),
]
_UNIT = [
    case("UnitNormalization", "2d", _MATRIX),
    case("UnitNormalization", "3d", _SIGNAL),
    case("UnitNormalization", "axis_1", _SIGNAL, dict(axis=1)),
    case("UnitNormalization", "axes", _IMAGE, dict(axis=[1, 2])),
    case("UnitNormalization", "negative_axes", _IMAGE, dict(axis=[-1, -2])),
    case("UnitNormalization", "zeros", Input(_MATRIX, "zeros")),
    case("UnitNormalization", "tiny", Input(_MATRIX, "tiny")),
]
_INNER_DENSE = obj("Dense", name="inner", units=5, activation="tanh")
_INNER_CONV = obj("Conv2D", name="inner", filters=3, kernel_size=2)
_INNER_TABLE = obj("Embedding", name="inner", input_dim=7, output_dim=3)
_SPECTRAL = [
    case("SpectralNormalization", "inference", _MATRIX, dict(layer=_INNER_DENSE)),
    case("SpectralNormalization", "dense", _MATRIX, dict(layer=_INNER_DENSE), **_TRAIN),
    case("SpectralNormalization", "iterations", _MATRIX, dict(layer=_INNER_DENSE, power_iterations=3), **_TRAIN),
    case("SpectralNormalization", "conv", (2, 5, 4, 2), dict(layer=_INNER_CONV), **_TRAIN),
    case("SpectralNormalization", "embedding", Input((3, 4), "ints", high=7), dict(layer=_INNER_TABLE), **_TRAIN),
]
CASES = [*_BATCH, *_LAYER, *_GROUP, *_UNIT, *_SPECTRAL]
