"""Flatten, Reshape, Permute, RepeatVector."""

# ruff: noqa: C408

from .schema import Input, case, table

_IMAGE = (2, 3, 4, 2)

CASES = [
    *table("Flatten", _IMAGE, {"images": {}, "channels_first": dict(data_format="channels_first")}, free_axes=(1,)),
    case("Flatten", "1d", (4,)),
    case("Flatten", "2d", (3, 4)),
    case("Flatten", "3d_channels_first", (2, 3, 4), dict(data_format="channels_first")),
    case("Flatten", "5d", (2, 2, 3, 2, 2)),
    case("Flatten", "5d_channels_first", (2, 2, 3, 2, 2), dict(data_format="channels_first")),
    case("Flatten", "ints", Input((2, 3, 2), "ints")),
    case("Flatten", "batch_of_1", (1, 3, 3, 1)),
    *table(
        "Reshape",
        (2, 3, 4),
        {
            "flat": dict(target_shape=(12,)),
            "matrix": dict(target_shape=(4, 3)),
            "minus_one": dict(target_shape=(-1,)),
            "minus_one_first": dict(target_shape=(-1, 6)),
            "minus_one_last": dict(target_shape=(2, -1)),
            "minus_one_middle": dict(target_shape=(2, -1, 3)),
            "more_axes": dict(target_shape=(3, 2, 2, 1)),
            "list": dict(target_shape=[6, 2]),
        },
    ),
    case("Reshape", "free_axis", (2, 3, 4), dict(target_shape=(-1, 2)), free_axes=(1,)),
    case("Reshape", "to_image", (2, 18), dict(target_shape=(3, 3, 2))),
    case("Reshape", "scalars", (5, 1), dict(target_shape=())),
    case("Permute", "matrix", (2, 3, 4), dict(dims=(2, 1)), free_axes=(1,)),
    case("Permute", "identity", (2, 3, 4), dict(dims=(1, 2))),
    case("Permute", "to_channels_first", _IMAGE, dict(dims=(3, 1, 2)), free_axes=(1, 2)),
    case("Permute", "rotate", _IMAGE, dict(dims=(2, 3, 1))),
    case("Permute", "5d", (2, 1, 2, 3, 4), dict(dims=(4, 2, 3, 1))),
    *table("RepeatVector", (3, 4), {"once": dict(n=1), "thrice": dict(n=3)}),
]
