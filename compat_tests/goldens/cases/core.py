"""Dense, Activation, Masking."""

# ruff: noqa: C408

from .schema import Input, case, obj, table

CASES = [
    *table(
        "Dense",
        (3, 5),
        {
            "linear": dict(units=4),
            "one_unit": dict(units=1, activation="sigmoid"),
            "relu": dict(units=6, activation="relu"),
            "softmax": dict(units=6, activation="softmax"),
            "swish_no_bias": dict(units=4, activation="swish", use_bias=False),
            "selu_lecun": dict(units=4, activation="selu", kernel_initializer="lecun_normal"),
            "initializer_objects": dict(
                units=4,
                kernel_initializer=obj("RandomNormal", mean=0.5, stddev=0.2, seed=3),
                bias_initializer=obj("Constant", value=0.25),
            ),
            "variance_scaling": dict(
                units=4,
                kernel_initializer=obj("VarianceScaling", scale=2.0, mode="fan_out", distribution="uniform"),
            ),
            "kernel_l2": dict(units=4, kernel_regularizer="l2"),
            "kernel_l1": dict(units=4, kernel_regularizer=obj("L1", l1=0.03)),
            "kernel_l1_l2_string": dict(units=4, kernel_regularizer="l1_l2"),
            "both_regularized": dict(
                units=4,
                kernel_regularizer=obj("L1L2", l1=0.02, l2=0.05),
                bias_regularizer=obj("L2", l2=0.1),
            ),
            "activity_l2": dict(units=4, activation="tanh", activity_regularizer=obj("L2", l2=0.1)),
            "activity_l1": dict(units=4, activity_regularizer="l1"),
            "all_regularized": dict(
                units=3,
                activation="relu",
                kernel_regularizer="l1",
                bias_regularizer="l2",
                activity_regularizer=obj("L1L2", l1=0.01, l2=0.02),
            ),
            "orthogonal_regularizer": dict(
                units=4, kernel_regularizer=obj("OrthogonalRegularizer", factor=0.05, mode="columns")
            ),
            "constraints": dict(
                units=4,
                kernel_constraint=obj("MaxNorm", max_value=1.5, axis=0),
                bias_constraint="non_neg",
            ),
            "frozen": dict(units=4, kernel_regularizer="l2", trainable=False),
        },
    ),
    case("Dense", "batch_of_1", (1, 7), dict(units=3)),
    case("Dense", "wide_input", (4, 200), dict(units=3)),
    case("Dense", "3d_input", (2, 3, 5), dict(units=4, activation="tanh")),
    case("Dense", "4d_input", (2, 3, 2, 5), dict(units=4, bias_regularizer="l1")),
    case("Dense", "3d_activity_l2", (2, 3, 5), dict(units=4, activity_regularizer="l2")),
    case("Dense", "3d_mask_passes", (2, 4, 5), dict(units=3), masks=(Input((2, 4), "prefix_mask"),)),
    case("Dense", "int_input", Input((3, 5), "ints"), dict(units=4)),
    case("Dense", "float64", (3, 5), dict(units=4, activation="gelu", dtype="float64")),
    *table(
        "Activation",
        Input((3, 6), "wide"),
        {
            name: dict(activation=name)
            for name in (
                "elu",
                "exponential",
                "gelu",
                "hard_sigmoid",
                "leaky_relu",
                "linear",
                "log_softmax",
                "mish",
                "relu",
                "relu6",
                "selu",
                "sigmoid",
                "silu",
                "softmax",
                "softplus",
                "softsign",
                "swish",
                "tanh",
            )
        },
    ),
    case("Activation", "softmax_4d", (2, 3, 2, 4), dict(activation="softmax")),
    case("Activation", "activity_l2", (3, 4), dict(activation="relu", activity_regularizer="l2")),
    case("Activation", "mask_passes", (2, 4, 3), dict(activation="tanh"), masks=(Input((2, 4), "prefix_mask"),)),
    case("Masking", "default", Input((4, 5, 3), "padded")),
    case("Masking", "some_features_zero", Input((3, 4, 2), "rectified")),
    case("Masking", "other_value", Input((3, 4, 2), "ties", high=3), dict(mask_value=-1.0)),
    case("Masking", "4d", Input((2, 3, 2, 2), "ties", high=2), dict(mask_value=-0.5)),
]
