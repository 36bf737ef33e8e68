"""Rescaling, Resizing, CenterCrop, Normalization, the encodings and lookups, and random layers outside training."""

# ruff: noqa: C408

from .schema import Input, case, table

IMAGES = Input((2, 11, 9, 3), "uniform")
NUMBERS = Input((4, 3), "ints", high=6)
COLUMN = Input((5, 1), "ints", high=6)

CASES = [
    *table(
        "Rescaling",
        (3, 4, 4, 3),
        {
            "scale": dict(scale=1.0 / 255),
            "offset": dict(scale=1.0 / 127.5, offset=-1),
            "channels": dict(scale=[0.5, 2.0, 1.0], offset=[0.0, 1.0, -1.0]),
        },
    ),
    case("Rescaling", "bytes", Input((2, 5, 5, 3), "bytes"), dict(scale=1.0 / 255)),
    *table(
        "Resizing",
        IMAGES,
        {
            method: dict(height=7, width=13, interpolation=method)
            for method in ("bilinear", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")
        },
        free_axes=(1, 2),
        differentiable=False,
    ),
    *table(
        "Resizing",
        IMAGES,
        {
            "larger": dict(height=22, width=30),
            "smaller": dict(height=4, width=3),
            "nearest": dict(height=5, width=14, interpolation="nearest"),
            "crop": dict(height=8, width=20, crop_to_aspect_ratio=True),
            "crop_tall": dict(height=20, width=4, crop_to_aspect_ratio=True, interpolation="nearest"),
        },
    ),
    case("Resizing", "same_size_gaussian", IMAGES, dict(height=11, width=9, interpolation="gaussian")),
    case("Resizing", "bytes", Input((2, 11, 9, 3), "bytes"), dict(height=6, width=6)),
    *table(
        "CenterCrop",
        IMAGES,
        {
            "odd": dict(height=6, width=4),
            "even": dict(height=5, width=9),
            "too_small": dict(height=16, width=8),
            "too_small_both": dict(height=20, width=31),
        },
        free_axes=(1, 2),
    ),
    *table(
        "Normalization",
        (4, 5, 3),
        {
            "numbers": dict(axis=None, mean=0.5, variance=2.0),
            "channels": dict(mean=[0.1, -1.0, 2.0], variance=[1.0, 0.25, 4.0]),
            "inverted": dict(mean=[0.1, -1.0, 2.0], variance=[1.0, 0.25, 0.0], invert=True),
            "two_axes": dict(axis=(1, 2), mean=0.25, variance=0.5),
            "no_variance": dict(mean=0.0, variance=0.0),
        },
    ),
    *table(
        "Discretization",
        (4, 3),
        {
            "int": dict(bin_boundaries=[-1.0, 0.0, 0.5]),
        },
        differentiable=False,
    ),
    case(
        "Discretization",
        "ties",
        Input((4, 1), "ties", high=4),
        dict(bin_boundaries=[-1.0, -0.5, 0.0]),
        differentiable=False,
    ),
    case("Discretization", "ints", NUMBERS, dict(bin_boundaries=[1.0, 2.5, 3.0])),
    *table(
        "CategoryEncoding",
        NUMBERS,
        {
            "multi_hot": dict(num_tokens=6, output_mode="multi_hot"),
            "count": dict(num_tokens=7, output_mode="count"),
        },
    ),
    case("CategoryEncoding", "one_hot_column", COLUMN, dict(num_tokens=6, output_mode="one_hot")),
    case("CategoryEncoding", "float64", COLUMN, dict(num_tokens=6, dtype="float64")),
    *table(
        "Hashing",
        Input((6, 2), "ints", high=1000),
        {
            "int": dict(num_bins=50),
            "mask": dict(num_bins=4, mask_value=3),
            "salt": dict(num_bins=50, salt=133),
            "two_salts": dict(num_bins=50, salt=[133, 137]),
            "one_bin": dict(num_bins=1),
        },
    ),
    *table(
        "IntegerLookup",
        NUMBERS,
        {
            "int": dict(vocabulary=[5, 1, 3]),
            "mask": dict(vocabulary=[5, 1, 3], mask_token=0),
            "several_oov": dict(vocabulary=[5, 1], num_oov_indices=2, mask_token=0),
            "no_oov": dict(vocabulary=[5, 1, 0, 2, 3, 4], num_oov_indices=0),
            "special_given": dict(vocabulary=[0, -1, 5, 1], mask_token=0),
            "multi_hot": dict(vocabulary=[5, 1, 3], output_mode="multi_hot"),
            "count_padded": dict(vocabulary=[5, 1, 3], output_mode="count", max_tokens=7, pad_to_max_tokens=True),
            "masked_counts": dict(vocabulary=[5, 3, 2], output_mode="count", mask_token=1),
            "inverted": dict(vocabulary=[15, 11, 13], invert=True),
            "inverted_mask": dict(vocabulary=[15, 11, 13], invert=True, mask_token=7, oov_token=-9),
        },
    ),
    *(
        case(layer, f"inference_{i}", IMAGES, config, training=False)
        for i, (layer, config) in enumerate(
            [
                ("RandomFlip", dict()),
                ("RandomFlip", dict(mode="horizontal", seed=3)),
                ("RandomRotation", dict(factor=0.2)),
                ("RandomRotation", dict(factor=(-0.2, 0.3), fill_mode="constant", fill_value=0.5, seed=1)),
                ("RandomZoom", dict(height_factor=0.2)),
                ("RandomZoom", dict(height_factor=(-0.3, -0.2), width_factor=0.1, interpolation="nearest")),
                ("RandomTranslation", dict(height_factor=0.1, width_factor=(-0.2, 0.3), fill_mode="wrap")),
                ("RandomContrast", dict(factor=0.3)),
                ("RandomContrast", dict(factor=(0.1, 0.4), seed=5)),
                ("RandomBrightness", dict(factor=0.2)),
                ("RandomBrightness", dict(factor=(-0.1, 0.4), value_range=(0.0, 1.0), seed=2)),
                ("RandomCrop", dict(height=6, width=5)),
                ("RandomHeight", dict(factor=0.3)),
                ("RandomWidth", dict(factor=(-0.2, 0.3), interpolation="nearest")),
            ]
        )
    ),
]
