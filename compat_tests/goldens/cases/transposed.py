"""Transposed convolutions."""

# ruff: noqa: C408

from .schema import case, table

_FIRST = dict(data_format="channels_first")

CASES = [
    *table(
        "Conv1DTranspose",
        (2, 5, 3),
        {
            "valid": dict(filters=4, kernel_size=3),
            "strides": dict(filters=4, kernel_size=3, strides=2, activation="relu"),
            "strides_beyond_kernel": dict(filters=2, kernel_size=2, strides=3),
            "same": dict(filters=4, kernel_size=3, padding="same"),
            "same_strides": dict(filters=4, kernel_size=3, strides=2, padding="same"),
            "same_even_strides": dict(filters=4, kernel_size=4, strides=2, padding="same", use_bias=False),
            "same_strides_beyond_kernel": dict(filters=2, kernel_size=2, strides=3, padding="same"),
            "output_padding": dict(filters=2, kernel_size=3, strides=2, output_padding=1),
            "same_output_padding": dict(filters=2, kernel_size=3, strides=3, output_padding=0, padding="same"),
        },
        free_axes=(1,),
    ),
    *table(
        "Conv1DTranspose",
        (2, 5, 3),
        {
            "dilated": dict(filters=2, kernel_size=3, dilation_rate=2),
            "same_dilated": dict(filters=2, kernel_size=2, dilation_rate=3, padding="same"),
        },
        reference="dilated_kernel",
    ),
    case(
        "Conv1DTranspose",
        "channels_first",
        (2, 3, 5),
        dict(filters=2, kernel_size=3, strides=2, padding="same", **_FIRST),
        reference="channels_last",
    ),
    *table(
        "Conv2DTranspose",
        (2, 3, 4, 3),
        {
            "valid": dict(filters=4, kernel_size=3),
            "even_kernel": dict(filters=4, kernel_size=2),
            "strides": dict(filters=4, kernel_size=3, strides=2),
            "strides_beyond_kernel": dict(filters=2, kernel_size=2, strides=(3, 4)),
            "same": dict(filters=4, kernel_size=3, padding="same"),
            "same_strides": dict(filters=4, kernel_size=3, strides=2, padding="same", activation="relu"),
            "same_even_kernel": dict(filters=4, kernel_size=2, padding="same"),
            "same_even_strides": dict(filters=4, kernel_size=4, strides=2, padding="same"),
            "same_large_kernel": dict(filters=2, kernel_size=5, strides=2, padding="same", use_bias=False),
            "same_kernel_is_stride": dict(filters=2, kernel_size=2, strides=2, padding="same"),
            "same_strides_beyond_kernel": dict(filters=2, kernel_size=2, strides=3, padding="same"),
            "same_uneven": dict(filters=2, kernel_size=(3, 4), strides=(1, 2), padding="same"),
            "output_padding_0": dict(filters=2, kernel_size=3, strides=2, padding="same", output_padding=0),
            "output_padding_1": dict(filters=2, kernel_size=3, strides=2, padding="same", output_padding=1),
            "valid_output_padding": dict(filters=2, kernel_size=3, strides=2, output_padding=1),
            "uneven_output_padding": dict(filters=2, kernel_size=3, strides=(2, 3), output_padding=(1, 2)),
            "dilated": dict(filters=2, kernel_size=2, dilation_rate=2),
            "same_dilated": dict(filters=2, kernel_size=3, dilation_rate=2, padding="same"),
            "regularized": dict(filters=2, kernel_size=3, kernel_regularizer="l2", activity_regularizer="l1"),
        },
        free_axes=(1, 2),
    ),
    *table(
        "Conv2DTranspose",
        (2, 3, 4, 5),
        {
            "channels_first": dict(filters=2, kernel_size=3, strides=2, **_FIRST),
            "channels_first_same": dict(filters=2, kernel_size=4, strides=2, padding="same", **_FIRST),
        },
        reference="channels_last",
    ),
    *table(
        "Conv3DTranspose",
        (1, 2, 3, 2, 2),
        {
            "valid": dict(filters=3, kernel_size=2),
            "strides": dict(filters=2, kernel_size=3, strides=2),
            "same": dict(filters=2, kernel_size=3, padding="same", activation="relu"),
            "same_strides": dict(filters=2, kernel_size=3, strides=(1, 2, 2), padding="same"),
            "same_even_strides": dict(filters=2, kernel_size=2, strides=2, padding="same", use_bias=False),
            "output_padding": dict(filters=2, kernel_size=3, strides=2, output_padding=1),
        },
    ),
    case(
        "Conv3DTranspose",
        "channels_first",
        (1, 2, 2, 3, 2),
        dict(filters=2, kernel_size=2, strides=2, padding="same", **_FIRST),
        reference="channels_last",
    ),
]
