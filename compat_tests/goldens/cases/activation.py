"""The activations that are layers. Their kinks stay untouched here: the function tables have them."""

# ruff: noqa: C408

from .schema import Input, case, obj, table

_WIDE = Input((4, 6), "wide")

CASES = [
    *table(
        "ReLU",
        _WIDE,
        {
            "default": {},
            "max_value": dict(max_value=2.0),
            "negative_slope": dict(negative_slope=0.25),
            "threshold": dict(threshold=1.0),
            "max_and_slope": dict(max_value=3.0, negative_slope=0.1),
            "max_and_threshold": dict(max_value=3.0, threshold=0.5),
            "slope_and_threshold": dict(negative_slope=0.2, threshold=1.5),
            "all_three": dict(max_value=2.5, negative_slope=0.3, threshold=0.75),
            "relu6": dict(max_value=6),
        },
    ),
    case("ReLU", "dead_inputs", Input((3, 4), "rectified")),
    case("ReLU", "negative_slope_dead_inputs", Input((3, 4), "rectified"), dict(negative_slope=0.5)),
    case("ReLU", "activity_l1", (3, 4), dict(activity_regularizer="l1")),
    *table("LeakyReLU", _WIDE, {"default": {}, "small": dict(alpha=0.01), "zero": dict(alpha=0.0)}),
    case("LeakyReLU", "4d", (2, 3, 3, 2), dict(alpha=0.2)),
    case("PReLU", "2d", _WIDE),
    case("PReLU", "3d_own_alphas", (2, 3, 4), dict(alpha_initializer=obj("Constant", value=0.25))),
    case("PReLU", "4d_own_alphas", (2, 3, 3, 2), dict(alpha_initializer="he_normal")),
    case("PReLU", "shared_space", (2, 3, 4, 2), dict(shared_axes=[1, 2])),
    case("PReLU", "shared_first", (2, 3, 4, 2), dict(shared_axes=[1])),
    case("PReLU", "shared_all", (2, 3, 4), dict(shared_axes=[1, 2])),
    case("PReLU", "channels_first_sharing", (2, 3, 4, 4), dict(shared_axes=[2, 3])),
    case("PReLU", "regularized", _WIDE, dict(alpha_regularizer=obj("L2", l2=0.1), alpha_constraint="non_neg")),
    *table("ELU", _WIDE, {"default": {}, "small": dict(alpha=0.3), "large": dict(alpha=2.0)}),
    *table(
        "ThresholdedReLU",
        _WIDE,
        {"default": {}, "low": dict(theta=0.2), "zero": dict(theta=0.0), "high": dict(theta=3.0)},
    ),
    case("Softmax", "2d", _WIDE),
    case("Softmax", "axis_1", (2, 4, 3), dict(axis=1)),
    case("Softmax", "axis_minus_2", (2, 3, 4, 2), dict(axis=-2)),
    case("Softmax", "two_axes", (2, 3, 4), dict(axis=[1, 2])),
    case("Softmax", "one_axis_list", (2, 3, 4), dict(axis=[1])),
    case("Softmax", "mask", (3, 5), masks=(Input((3, 5), "random_mask"),), mask_as="argument"),
    case(
        "Softmax",
        "mask_robust",
        (3, 5),
        dict(robust_masking=True),
        masks=(Input((3, 5), "random_mask"),),
        mask_as="argument",
    ),
    case(
        "Softmax",
        "mask_two_axes",
        (2, 3, 4),
        dict(axis=[1, 2]),
        masks=(Input((2, 3, 4), "random_mask"),),
        mask_as="argument",
    ),
]
