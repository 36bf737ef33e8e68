"""Dropout and noise where they are the identity, and activity penalties."""

# ruff: noqa: C408

from .schema import Input, case, table

_INPUTS = {
    "Dropout": (3, 4),
    "SpatialDropout1D": (2, 3, 4),
    "SpatialDropout2D": (2, 3, 2, 4),
    "SpatialDropout3D": (2, 2, 2, 2, 3),
    "AlphaDropout": (3, 4),
    "GaussianDropout": (3, 4),
}

CASES = [
    one
    for layer, shape in _INPUTS.items()
    for one in (
        case(layer, "inference", shape, dict(rate=0.4), training=False),
        case(layer, "by_default", shape, dict(rate=0.4)),
        case(layer, "rate_0_training", shape, dict(rate=0.0), training=True),
    )
] + [
    case("Dropout", "noise_shape", (2, 3, 4), dict(rate=0.5, noise_shape=(None, 1, 4), seed=7), training=False),
    case("Dropout", "mask_passes", (2, 3, 4), dict(rate=0.5), masks=(Input((2, 3), "prefix_mask"),)),
    case("SpatialDropout2D", "channels_first", (2, 3, 2, 4), dict(rate=0.5, data_format="channels_first")),
    case("SpatialDropout3D", "channels_first", (2, 3, 2, 2, 2), dict(rate=0.5, data_format="channels_first")),
    case("AlphaDropout", "noise_shape", (2, 3, 4), dict(rate=0.2, noise_shape=(2, 1, 4), seed=1), training=False),
    case("GaussianNoise", "inference", (3, 4), dict(stddev=0.5), training=False),
    case("GaussianNoise", "by_default", (3, 4), dict(stddev=0.5)),
    case("GaussianNoise", "stddev_0_training", (3, 4), dict(stddev=0.0), training=True),
    *table(
        "ActivityRegularization",
        (3, 4),
        {"none": {}, "l1": dict(l1=0.1), "l2": dict(l2=0.2), "both": dict(l1=0.05, l2=0.1)},
    ),
    case("ActivityRegularization", "images", (2, 3, 3, 2), dict(l1=0.01, l2=0.02), training=True),
    case("ActivityRegularization", "mask_passes", (2, 3, 4), dict(l2=0.1), masks=(Input((2, 3), "prefix_mask"),)),
]
