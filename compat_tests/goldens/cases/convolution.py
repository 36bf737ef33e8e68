"""Convolutions, plain, depthwise and separable."""

# ruff: noqa: C408

from .schema import case, obj, table

_FIRST = dict(data_format="channels_first")

_ONE = [
    *table(
        "Conv1D",
        (2, 7, 3),
        {
            "valid": dict(filters=4, kernel_size=3),
            "even_kernel": dict(filters=4, kernel_size=2, activation="relu"),
            "same": dict(filters=4, kernel_size=3, padding="same"),
            "same_even": dict(filters=4, kernel_size=4, padding="same"),
            "strides": dict(filters=4, kernel_size=3, strides=2),
            "same_strides": dict(filters=4, kernel_size=3, strides=2, padding="same"),
            "same_even_strides": dict(filters=4, kernel_size=2, strides=3, padding="same"),
            "strides_beyond_kernel": dict(filters=4, kernel_size=1, strides=3),
            "dilated": dict(filters=4, kernel_size=3, dilation_rate=2),
            "same_dilated": dict(filters=4, kernel_size=2, dilation_rate=3, padding="same"),
            "causal": dict(filters=4, kernel_size=3, padding="causal"),
            "causal_dilated": dict(filters=4, kernel_size=2, dilation_rate=3, padding="causal"),
            "causal_strides": dict(filters=4, kernel_size=3, strides=2, padding="causal"),
            "no_bias": dict(filters=2, kernel_size=3, use_bias=False),
            "softmax": dict(filters=5, kernel_size=1, activation="softmax"),
        },
        free_axes=(1,),
    ),
    case("Conv1D", "groups", (2, 6, 4), dict(filters=6, kernel_size=3, groups=2)),
    case("Conv1D", "same_even_length", (2, 8, 2), dict(filters=3, kernel_size=3, strides=2, padding="same")),
    case("Conv1D", "4d_input", (2, 2, 6, 3), dict(filters=2, kernel_size=3)),
    *table(
        "Conv1D",
        (2, 3, 7),
        {
            "channels_first": dict(filters=4, kernel_size=3, strides=2, padding="same", **_FIRST),
            "channels_first_causal": dict(filters=4, kernel_size=3, padding="causal", dilation_rate=2, **_FIRST),
        },
        reference="channels_last",
    ),
]
_TWO = [
    *table(
        "Conv2D",
        (2, 6, 7, 3),
        {
            "valid": dict(filters=4, kernel_size=3),
            "uneven_kernel": dict(filters=4, kernel_size=(2, 3), activation="relu"),
            "one_by_one": dict(filters=5, kernel_size=1),
            "same": dict(filters=4, kernel_size=3, padding="same"),
            "same_even": dict(filters=4, kernel_size=2, padding="same"),
            "same_mixed": dict(filters=4, kernel_size=(4, 3), padding="same"),
            "same_large": dict(filters=2, kernel_size=5, padding="same"),
            "strides": dict(filters=4, kernel_size=3, strides=2),
            "uneven_strides": dict(filters=4, kernel_size=3, strides=(1, 3)),
            "same_strides": dict(filters=4, kernel_size=3, strides=2, padding="same"),
            "same_even_strides": dict(filters=4, kernel_size=2, strides=2, padding="same"),
            "same_uneven_strides": dict(filters=4, kernel_size=(3, 4), strides=(2, 3), padding="same"),
            "one_by_one_strides": dict(filters=4, kernel_size=1, strides=2, padding="same"),
            "dilated": dict(filters=3, kernel_size=3, dilation_rate=2),
            "uneven_dilation": dict(filters=3, kernel_size=2, dilation_rate=(2, 3)),
            "same_dilated": dict(filters=3, kernel_size=3, dilation_rate=(2, 1), padding="same"),
            "no_bias": dict(filters=4, kernel_size=3, use_bias=False, kernel_initializer="he_uniform"),
            "elu": dict(filters=4, kernel_size=3, activation="elu"),
            "regularized": dict(
                filters=3,
                kernel_size=3,
                kernel_regularizer=obj("L2", l2=0.01),
                bias_regularizer="l1",
                activity_regularizer=obj("L1", l1=0.001),
            ),
            "constraints": dict(
                filters=3, kernel_size=3, kernel_constraint=obj("MaxNorm", max_value=1.0, axis=[0, 1, 2])
            ),
            "frozen": dict(filters=2, kernel_size=3, trainable=False),
        },
        free_axes=(1, 2),
    ),
    case("Conv2D", "same_strides_even_size", (1, 8, 8, 2), dict(filters=3, kernel_size=3, strides=2, padding="same")),
    case("Conv2D", "same_strides_7x7", (1, 10, 9, 2), dict(filters=2, kernel_size=7, strides=2, padding="same")),
    case("Conv2D", "kernel_of_image_size", (2, 4, 3, 2), dict(filters=3, kernel_size=(4, 3))),
    case("Conv2D", "5d_input", (2, 2, 5, 4, 2), dict(filters=2, kernel_size=3)),
    case("Conv2D", "batch_of_1", (1, 5, 5, 1), dict(filters=2, kernel_size=3)),
    *table(
        "Conv2D",
        (2, 5, 6, 4),
        {
            "groups": dict(filters=6, kernel_size=3, groups=2),
            "groups_same_strides": dict(filters=4, kernel_size=3, strides=2, groups=2, padding="same"),
            "depthwise_by_groups": dict(filters=8, kernel_size=2, groups=4, padding="same", use_bias=False),
        },
    ),
    *table(
        "Conv2D",
        (2, 3, 5, 6),
        {
            "channels_first": dict(filters=4, kernel_size=3, **_FIRST),
            "channels_first_same": dict(filters=4, kernel_size=(2, 3), strides=2, padding="same", **_FIRST),
        },
        free_axes=(2, 3),
        reference="channels_last",
    ),
]
_THREE = [
    *table(
        "Conv3D",
        (1, 4, 5, 4, 2),
        {
            "valid": dict(filters=3, kernel_size=2),
            "uneven": dict(filters=3, kernel_size=(1, 2, 3), activation="relu"),
            "same": dict(filters=3, kernel_size=3, padding="same"),
            "same_even": dict(filters=2, kernel_size=2, padding="same"),
            "strides": dict(filters=3, kernel_size=2, strides=2, use_bias=False),
            "same_strides": dict(filters=3, kernel_size=3, strides=(2, 1, 2), padding="same"),
            "dilated": dict(filters=2, kernel_size=2, dilation_rate=(2, 3, 1)),
            "same_dilated": dict(filters=2, kernel_size=2, dilation_rate=2, padding="same"),
            "groups": dict(filters=4, kernel_size=2, groups=2),
        },
    ),
    case(
        "Conv3D",
        "channels_first",
        (1, 2, 4, 5, 4),
        dict(filters=3, kernel_size=2, strides=2, padding="same", **_FIRST),
        reference="channels_last",
    ),
]
_DEPTHWISE = [
    *table(
        "DepthwiseConv1D",
        (2, 7, 3),
        {
            "valid": dict(kernel_size=3),
            "multiplier": dict(kernel_size=2, depth_multiplier=2, activation="relu"),
            "same_strides": dict(kernel_size=3, strides=2, padding="same"),
            "same_even": dict(kernel_size=4, padding="same", use_bias=False),
            "dilated": dict(kernel_size=3, dilation_rate=2),
        },
        free_axes=(1,),
    ),
    *table(
        "DepthwiseConv2D",
        (2, 6, 5, 3),
        {
            "valid": dict(kernel_size=3),
            "uneven_kernel": dict(kernel_size=(2, 3)),
            "multiplier": dict(kernel_size=3, depth_multiplier=2, activation="relu"),
            "same": dict(kernel_size=3, padding="same"),
            "same_even": dict(kernel_size=2, padding="same"),
            "strides": dict(kernel_size=3, strides=2),
            "same_strides": dict(kernel_size=3, strides=2, padding="same", depth_multiplier=3),
            "dilated": dict(kernel_size=2, dilation_rate=2),
            "same_dilated": dict(kernel_size=3, dilation_rate=(2, 1), padding="same"),
            "no_bias": dict(kernel_size=3, use_bias=False),
            "regularized": dict(
                kernel_size=3, depthwise_regularizer="l2", bias_regularizer="l1", depthwise_initializer="he_normal"
            ),
        },
        free_axes=(1, 2),
    ),
    case("DepthwiseConv2D", "channels_first", (2, 3, 6, 5), dict(kernel_size=3, depth_multiplier=2, **_FIRST)),
    case(
        "DepthwiseConv2D", "channels_first_same", (2, 3, 6, 5), dict(kernel_size=2, strides=2, padding="same", **_FIRST)
    ),
]
_SEPARABLE = [
    *table(
        "SeparableConv1D",
        (2, 8, 3),
        {
            "valid": dict(filters=4, kernel_size=3),
            "multiplier": dict(filters=4, kernel_size=2, depth_multiplier=2, activation="tanh"),
            "same_strides": dict(filters=4, kernel_size=3, strides=2, padding="same"),
            "causal": dict(filters=2, kernel_size=3, padding="causal"),
            "causal_dilated": dict(filters=2, kernel_size=2, padding="causal", dilation_rate=3),
            "no_bias": dict(filters=2, kernel_size=4, padding="same", use_bias=False),
        },
        free_axes=(1,),
    ),
    *table(
        "SeparableConv2D",
        (2, 6, 5, 3),
        {
            "valid": dict(filters=4, kernel_size=3),
            "multiplier": dict(filters=4, kernel_size=(3, 2), depth_multiplier=2, activation="relu"),
            "same": dict(filters=4, kernel_size=3, padding="same"),
            "same_even": dict(filters=4, kernel_size=2, padding="same"),
            "same_strides": dict(filters=4, kernel_size=3, strides=2, padding="same"),
            "dilated": dict(filters=2, kernel_size=2, dilation_rate=2),
            "no_bias": dict(filters=2, kernel_size=3, use_bias=False),
            "regularized": dict(
                filters=2,
                kernel_size=3,
                depthwise_regularizer="l2",
                pointwise_regularizer=obj("L1", l1=0.02),
                activity_regularizer="l2",
            ),
        },
        free_axes=(1, 2),
    ),
    case(
        "SeparableConv2D",
        "channels_first",
        (2, 3, 6, 5),
        dict(filters=4, kernel_size=3, strides=2, padding="same", **_FIRST),
        reference="channels_last",
    ),
]
CASES = [*_ONE, *_TWO, *_THREE, *_DEPTHWISE, *_SEPARABLE]
