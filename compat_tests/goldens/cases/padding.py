"""Zero padding, cropping, upsampling."""

# ruff: noqa: C408

from .schema import case, table

_SIGNAL = (2, 5, 3)
_IMAGE = (2, 5, 6, 2)
_VOLUME = (1, 4, 5, 3, 2)
_FIRST = dict(data_format="channels_first")

_PADDING = [
    *table(
        "ZeroPadding1D",
        _SIGNAL,
        {"default": {}, "two": dict(padding=2), "uneven": dict(padding=(0, 3)), "none": dict(padding=0)},
        free_axes=(1,),
    ),
    *table(
        "ZeroPadding2D",
        _IMAGE,
        {
            "default": {},
            "two": dict(padding=2),
            "pair": dict(padding=(0, 2)),
            "four": dict(padding=((1, 0), (2, 3))),
            "channels_first": dict(padding=((1, 2), (0, 3)), **_FIRST),
        },
        free_axes=(1, 2),
    ),
    *table(
        "ZeroPadding3D",
        _VOLUME,
        {
            "default": {},
            "triple": dict(padding=(0, 1, 2)),
            "six": dict(padding=((1, 0), (0, 2), (2, 1))),
            "channels_first": dict(padding=((1, 0), (0, 2), (2, 1)), **_FIRST),
        },
    ),
]
_CROPPING = [
    *table(
        "Cropping1D",
        _SIGNAL,
        {"default": {}, "one": dict(cropping=1), "left": dict(cropping=(2, 0)), "right": dict(cropping=(0, 2))},
        free_axes=(1,),
    ),
    *table(
        "Cropping2D",
        _IMAGE,
        {
            "default": {},
            "one": dict(cropping=1),
            "pair": dict(cropping=(0, 2)),
            "four": dict(cropping=((1, 0), (2, 1))),
            "left_only": dict(cropping=((2, 0), (3, 0))),
            "channels_first": dict(cropping=((1, 0), (0, 1)), **_FIRST),
        },
        free_axes=(1, 2),
    ),
    *table(
        "Cropping3D",
        _VOLUME,
        {
            "default": {},
            "int": dict(cropping=1),
            "six": dict(cropping=((1, 0), (0, 2), (1, 1))),
            "channels_first": dict(cropping=((0, 1), (1, 1), (0, 0)), **_FIRST),
        },
    ),
]
_UPSAMPLING = [
    *table("UpSampling1D", _SIGNAL, {"default": {}, "three": dict(size=3)}, free_axes=(1,)),
    *table(
        "UpSampling2D",
        (2, 4, 3, 2),
        {
            "default": {},
            "uneven": dict(size=(2, 3)),
            "int": dict(size=3),
            "channels_first": dict(size=(3, 2), **_FIRST),
            "bilinear": dict(interpolation="bilinear"),
            "bilinear_uneven": dict(size=(3, 2), interpolation="bilinear"),
            "bilinear_channels_first": dict(size=2, interpolation="bilinear", **_FIRST),
            "bicubic": dict(interpolation="bicubic"),
            "bicubic_uneven": dict(size=(2, 3), interpolation="bicubic"),
            "lanczos3": dict(interpolation="lanczos3"),
            "lanczos5": dict(size=(3, 2), interpolation="lanczos5"),
            "gaussian": dict(interpolation="gaussian"),
            "mitchellcubic": dict(size=(2, 3), interpolation="mitchellcubic"),
        },
        free_axes=(1, 2),
    ),
    # TensorFlow has no gradient for area resizing.
    case("UpSampling2D", "area", (2, 4, 3, 2), dict(size=(2, 3), interpolation="area"), differentiable=False),
    case("UpSampling2D", "one_pixel", (2, 1, 1, 3), dict(size=4, interpolation="bilinear")),
    *table(
        "UpSampling3D",
        (1, 2, 3, 2, 2),
        {"default": {}, "uneven": dict(size=(1, 2, 3)), "channels_first": dict(size=(2, 1, 2), **_FIRST)},
    ),
]
CASES = [*_PADDING, *_CROPPING, *_UPSAMPLING]
