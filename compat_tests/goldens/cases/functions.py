"""Activations, regularizers, constraints and initializers."""

from __future__ import annotations

import math

from .schema import ActivationCase, InitializerCase, Input, WeightFunctionCase, obj


def _activation(function, label="", kinks=(), source="tf_keras", rows=False, **kwargs):
    name = f"{function}-{label}" if label else function
    return ActivationCase(name, function, kwargs, source, kinks, rows)


def _keras3(function, label="", kinks=(), rows=False, **kwargs):
    return _activation(function, label, kinks, "keras3", rows, **kwargs)


ACTIVATIONS = [
    _activation("elu"),
    _activation("elu", "alpha", alpha=0.3),
    _activation("exponential"),
    _activation("gelu"),
    _activation("gelu", "approximate", approximate=True),
    _activation("hard_sigmoid", kinks=(-2.5, 2.5)),
    _activation("linear"),
    _activation("mish"),
    _activation("relu"),
    _activation("relu", "alpha", alpha=0.2),
    _activation("relu", "max_value", kinks=(2.0,), max_value=2.0),
    _activation("relu", "threshold", kinks=(1.0,), threshold=1.0),
    _activation("relu", "all", kinks=(0.5, 3.0), alpha=0.1, max_value=3.0, threshold=0.5),
    _activation("selu"),
    _activation("sigmoid"),
    _activation("softmax", rows=True),
    _activation("softmax", "axis_0", rows=True, axis=0),
    _activation("softplus"),
    _activation("softsign"),
    _activation("swish"),
    _activation("tanh"),
    # These tf_keras knows by name only: they have no entry in its namespace.
    _activation("silu"),
    _activation("leaky_relu"),
    _activation("log_softmax", rows=True),
    _activation("relu6", kinks=(6.0,)),
    # Keras 3 on TensorFlow gives celu a slope of 2 at 0, where both of its branches pass their gradient on.
    _keras3("celu", kinks=(0.0,)),
    _keras3("celu", "alpha", kinks=(0.0,), alpha=0.5),
    _keras3("glu", rows=True),
    _keras3("glu", "axis_0", rows=True, axis=0),
    _keras3("hard_shrink", kinks=(-0.5, 0.5)),
    _keras3("hard_shrink", "threshold", kinks=(-1.5, 1.5), threshold=1.5),
    _keras3("hard_silu", kinks=(-3.0, 3.0)),
    _keras3("hard_swish", kinks=(-3.0, 3.0)),
    _keras3("hard_tanh", kinks=(-1.0, 1.0)),
    _keras3("leaky_relu", "negative_slope", negative_slope=0.05),
    _keras3("log_sigmoid"),
    _keras3("soft_shrink", kinks=(-0.5, 0.5)),
    _keras3("soft_shrink", "threshold", kinks=(-1.5, 1.5), threshold=1.5),
    _keras3("sparse_plus", kinks=(-1.0, 1.0)),
    _keras3("sparse_sigmoid", kinks=(-1.0, 1.0)),
    # Keras 3.15's own does not sum to 1 where more than one value is left.
    _activation("sparsemax", source="definition", rows=True),
    _keras3("squareplus"),
    _keras3("squareplus", "b", b=1.0),
    _keras3("tanh_shrink"),
    _keras3("threshold", kinks=(0.5,), threshold=0.5, default_value=-1.0),
]

_WEIGHTS = {"vector": (5,), "dense": (4, 6), "conv1d": (3, 2, 4), "conv2d": (3, 3, 2, 4), "conv3d": (2, 2, 2, 2, 3)}


def _over_weights(label, identifier, shapes):
    return [WeightFunctionCase(f"{label}-{shape}", identifier, Input(_WEIGHTS[shape])) for shape in shapes]


REGULARIZERS = [
    case
    for label, identifier, shapes in (
        ("l1_string", "l1", ("dense", "conv2d")),
        ("l2_string", "l2", ("vector", "dense")),
        ("l1_l2_string", "l1_l2", ("dense", "conv3d")),
        ("L1", obj("L1", l1=0.03), ("vector", "dense", "conv2d")),
        ("L2", obj("L2", l2=0.2), ("vector", "dense", "conv1d", "conv2d")),
        ("L1L2", obj("L1L2", l1=0.1, l2=0.02), ("dense", "conv2d")),
        ("L1L2_defaults", obj("L1L2"), ("dense",)),
        ("L1L2_only_l2", obj("L1L2", l1=0.0, l2=0.5), ("dense",)),
        ("Orthogonal_rows", obj("OrthogonalRegularizer", factor=0.1, mode="rows"), ("dense",)),
        ("Orthogonal_columns", obj("OrthogonalRegularizer", factor=0.02, mode="columns"), ("dense",)),
        ("Orthogonal_default", obj("OrthogonalRegularizer"), ("dense",)),
    )
    for case in _over_weights(label, identifier, shapes)
]

CONSTRAINTS = [
    case
    for label, identifier, shapes in (
        ("max_norm_string", "max_norm", ("dense",)),
        ("MaxNorm", obj("MaxNorm", max_value=1.2, axis=0), ("vector", "dense", "conv2d")),
        ("MaxNorm_axis_1", obj("MaxNorm", max_value=1.2, axis=1), ("dense",)),
        ("MaxNorm_filters", obj("MaxNorm", max_value=1.5, axis=[0, 1, 2]), ("conv2d",)),
        ("MaxNorm_conv3d", obj("MaxNorm", max_value=2.0, axis=[0, 1, 2, 3]), ("conv3d",)),
        ("non_neg_string", "non_neg", ("vector", "dense", "conv2d")),
        ("NonNeg", obj("NonNeg"), ("dense",)),
        ("unit_norm_string", "unit_norm", ("dense",)),
        ("UnitNorm_last", obj("UnitNorm", axis=-1), ("dense", "conv1d")),
        ("UnitNorm_filters", obj("UnitNorm", axis=[0, 1, 2]), ("conv2d",)),
        ("min_max_norm_string", "min_max_norm", ("dense",)),
        ("MinMaxNorm", obj("MinMaxNorm", min_value=1.8, max_value=2.2, rate=1.0, axis=0), ("dense",)),
        ("MinMaxNorm_rate", obj("MinMaxNorm", min_value=1.8, max_value=2.2, rate=0.3, axis=1), ("dense",)),
        ("MinMaxNorm_filters", obj("MinMaxNorm", min_value=3.9, max_value=4.1, rate=0.5, axis=[0, 1, 2]), ("conv2d",)),
        ("RadialConstraint", obj("RadialConstraint"), ("conv2d",)),
        ("radial_constraint_string", "radial_constraint", ("conv2d",)),
    )
    for case in _over_weights(label, identifier, shapes)
] + [
    WeightFunctionCase("RadialConstraint-even", obj("RadialConstraint"), Input((4, 4, 2, 2))),
    WeightFunctionCase("RadialConstraint-5x5", obj("RadialConstraint"), Input((5, 5, 1, 2))),
    WeightFunctionCase("UnitNorm-zeros", obj("UnitNorm"), Input((3, 2), "zeros")),
    WeightFunctionCase("MaxNorm-zeros", obj("MaxNorm", max_value=1.0), Input((3, 2), "zeros")),
]

# Large enough that a statistic of the sample is within a few percent of the law's.
_SHAPES = {
    "vector": (20000,),
    "dense": (150, 200),
    "conv1d": (5, 50, 80),
    "conv2d": (3, 3, 40, 60),
    "conv3d": (2, 3, 2, 40, 50),
}
# The standard deviation of a unit normal cut at two of its standard deviations.
TRUNCATED_STDDEV = 0.87962566103423978


def fans(shape: tuple[int, ...]) -> tuple[float, float]:
    """Return (fan_in, fan_out) of a weight in Keras's layout."""
    if len(shape) == 1:
        return shape[0], shape[0]
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def _scaled(identifier, shape, scale, mode, law):
    fan_in, fan_out = fans(_SHAPES[shape])
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    stddev = math.sqrt(scale / fan)
    parameter = {"uniform": math.sqrt(3) * stddev, "truncated": stddev / TRUNCATED_STDDEV, "normal": stddev}[law]
    label = identifier if isinstance(identifier, str) else f"VarianceScaling_{mode}_{law}_{scale:g}"
    return InitializerCase(f"{label}-{shape}", identifier, _SHAPES[shape], law, parameter)


_SCALED = [
    _scaled(f"{name}_{ending}", shape, scale, mode, law)
    for name, scale, mode in (("glorot", 1.0, "fan_avg"), ("he", 2.0, "fan_in"), ("lecun", 1.0, "fan_in"))
    for ending, law in (("uniform", "uniform"), ("normal", "truncated"))
    for shape in _SHAPES
] + [
    _scaled(
        obj("VarianceScaling", scale=scale, mode=mode, distribution=distribution),
        "conv2d",
        scale,
        mode,
        law,
    )
    for mode in ("fan_in", "fan_out", "fan_avg")
    for distribution, law in (
        ("uniform", "uniform"),
        ("truncated_normal", "truncated"),
        ("untruncated_normal", "normal"),
    )
    for scale in (1.0, 3.0)
]
_EXACT = [
    InitializerCase(f"{label}-{'x'.join(map(str, shape))}", identifier, shape, "exact")
    for label, identifier, shapes in (
        ("zeros", "zeros", [(3,), (2, 3)]),
        ("ones", "ones", [(3,), (2, 3)]),
        ("constant", "constant", [(2, 2)]),
        ("Constant", obj("Constant", value=-1.5), [(4,), (2, 2, 2)]),
        ("identity", "identity", [(3, 3), (2, 4), (4, 2)]),
        ("Identity_gain", obj("Identity", gain=0.5), [(3, 3)]),
    )
    for shape in shapes
]
_PLAIN = [
    InitializerCase("uniform-dense", "uniform", (150, 200), "uniform", 0.05),
    InitializerCase("normal-dense", "normal", (150, 200), "normal", 0.05),
    InitializerCase("random_uniform-dense", "random_uniform", (150, 200), "uniform", 0.05),
    InitializerCase("random_normal-dense", "random_normal", (150, 200), "normal", 0.05),
    InitializerCase("truncated_normal-dense", "truncated_normal", (150, 200), "truncated", 0.05),
    InitializerCase(
        "RandomUniform-range", obj("RandomUniform", minval=1.0, maxval=3.0), (150, 200), "uniform", 1.0, 2.0
    ),
    InitializerCase("RandomNormal-mean", obj("RandomNormal", mean=-2.0, stddev=0.3), (150, 200), "normal", 0.3, -2.0),
    InitializerCase(
        "TruncatedNormal-mean", obj("TruncatedNormal", mean=1.0, stddev=0.5), (150, 200), "truncated", 0.5, 1.0
    ),
    *[
        InitializerCase(f"orthogonal-{'x'.join(map(str, shape))}", "orthogonal", shape, "orthogonal", 1.0)
        for shape in ((8, 8), (12, 5), (5, 12), (3, 3, 4, 8))
    ],
    InitializerCase("Orthogonal-gain", obj("Orthogonal", gain=1.7), (10, 6), "orthogonal", 1.7),
]
INITIALIZERS = [*_EXACT, *_PLAIN, *_SCALED]
