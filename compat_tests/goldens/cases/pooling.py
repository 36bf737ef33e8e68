"""Pooling windows and global pooling."""

# ruff: noqa: C408

from .schema import Input, case, table

_SIGNAL = (2, 7, 2)
_IMAGE = (2, 5, 6, 2)
_VOLUME = (1, 4, 5, 4, 2)
_FIRST = dict(data_format="channels_first")

_WINDOWS = []
for _kind in ("MaxPooling", "AveragePooling"):
    _WINDOWS += [
        *table(
            f"{_kind}1D",
            _SIGNAL,
            {
                "default": {},
                "three": dict(pool_size=3),
                "overlapping": dict(pool_size=3, strides=1),
                "gaps": dict(pool_size=2, strides=3),
                "same": dict(padding="same"),
                "same_three": dict(pool_size=3, strides=2, padding="same"),
                "same_even_overlapping": dict(pool_size=4, strides=1, padding="same"),
                "channels_first": dict(pool_size=2, **_FIRST),
            },
            free_axes=(1,),
        ),
        *table(
            f"{_kind}2D",
            _IMAGE,
            {
                "default": {},
                "int": dict(pool_size=3),
                "uneven": dict(pool_size=(2, 3)),
                "overlapping": dict(pool_size=3, strides=1),
                "uneven_strides": dict(pool_size=2, strides=(1, 2)),
                "gaps": dict(pool_size=1, strides=2),
                "same": dict(padding="same"),
                "same_three": dict(pool_size=3, strides=2, padding="same"),
                "same_uneven": dict(pool_size=(2, 3), strides=(2, 1), padding="same"),
                "same_even_overlapping": dict(pool_size=2, strides=1, padding="same"),
                "same_large": dict(pool_size=4, strides=3, padding="same"),
            },
            free_axes=(1, 2),
        ),
        *table(
            f"{_kind}2D",
            (2, 2, 5, 6),
            {
                "channels_first": _FIRST,
                "channels_first_same": dict(pool_size=3, strides=2, padding="same", **_FIRST),
            },
            free_axes=(2, 3),
            reference="channels_last",
        ),
        *table(
            f"{_kind}3D",
            _VOLUME,
            {
                "default": {},
                "uneven": dict(pool_size=(1, 2, 3)),
                "overlapping": dict(pool_size=2, strides=1),
                "same": dict(pool_size=2, padding="same"),
                "same_three": dict(pool_size=3, strides=2, padding="same"),
                "same_uneven": dict(pool_size=(2, 3, 2), strides=(1, 2, 3), padding="same"),
            },
        ),
        case(f"{_kind}3D", "channels_first", (1, 2, 4, 5, 4), dict(pool_size=2, **_FIRST)),
        case(f"{_kind}2D", "whole_image", (2, 3, 3, 2), dict(pool_size=3)),
        case(f"{_kind}2D", "all_negative_same", Input((1, 3, 3, 2), "negative"), dict(pool_size=2, padding="same")),
    ]
# On equal values it matters which element a window's gradient goes to.
_TIES = [
    case("MaxPooling1D", "ties", Input((2, 8, 2), "ties", high=3), dict(pool_size=3, strides=2, padding="same")),
    case("MaxPooling2D", "ties", Input((2, 6, 6, 2), "ties", high=3), dict(pool_size=3, strides=2)),
    case("MaxPooling2D", "rectified", Input((2, 6, 6, 2), "rectified")),
    # TensorFlow's 3D kernel for CPUs gives the whole gradient to each of several equal largest; no record of that.
    case("MaxPooling3D", "ties", Input((1, 4, 4, 4, 2), "ties", high=3), dict(pool_size=2), differentiable=False),
]
_GLOBAL = []
for _kind in ("GlobalMaxPooling", "GlobalAveragePooling"):
    for _rank, _shape in ((1, _SIGNAL), (2, _IMAGE), (3, _VOLUME)):
        _GLOBAL += table(
            f"{_kind}{_rank}D",
            _shape,
            {
                "default": {},
                "keepdims": dict(keepdims=True),
                "channels_first": _FIRST,
                "channels_first_keepdims": dict(keepdims=True, **_FIRST),
            },
            free_axes=tuple(range(1, _rank + 1)),
        )
_GLOBAL += [
    case("GlobalMaxPooling1D", "ties", Input((2, 6, 3), "ties", high=3)),
    case("GlobalMaxPooling2D", "ties", Input((2, 4, 4, 2), "ties", high=4)),
    case("GlobalMaxPooling2D", "rectified", Input((2, 4, 4, 2), "rectified")),
    *table(
        "GlobalAveragePooling1D",
        (3, 5, 2),
        {"mask": {}, "mask_keepdims": dict(keepdims=True)},
        masks=(Input((3, 5), "prefix_mask"),),
    ),
    case(
        "GlobalAveragePooling1D",
        "mask_channels_first",
        (3, 2, 5),
        _FIRST,
        masks=(Input((3, 5), "random_mask"),),
        mask_as="argument",
    ),
]
CASES = [*_WINDOWS, *_TIES, *_GLOBAL]
