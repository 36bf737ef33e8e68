"""TimeDistributed over layers with and without state."""

# ruff: noqa: C408

from .schema import Input, case, obj

_STEPS = (2, 3, 4)
_CLIPS = (2, 3, 5, 5, 2)


def _named(class_name, **config):
    """Write the inner layer with a fixed name: a numbered one would depend on what ran before."""
    return obj(class_name, name="inner", **config)


CASES = [
    case("TimeDistributed", "dense", _STEPS, dict(layer=_named("Dense", units=5, activation="relu"))),
    case("TimeDistributed", "dense_regularized", _STEPS, dict(layer=_named("Dense", units=2, kernel_regularizer="l2"))),
    case("TimeDistributed", "conv", _CLIPS, dict(layer=_named("Conv2D", filters=3, kernel_size=3, padding="same"))),
    case("TimeDistributed", "strided_conv", _CLIPS, dict(layer=_named("Conv2D", filters=2, kernel_size=2, strides=2))),
    case("TimeDistributed", "pool", _CLIPS, dict(layer=_named("MaxPooling2D", pool_size=2))),
    case("TimeDistributed", "flatten", _CLIPS, dict(layer=_named("Flatten"))),
    case("TimeDistributed", "global_pool", _CLIPS, dict(layer=_named("GlobalAveragePooling2D"))),
    case("TimeDistributed", "activation", _STEPS, dict(layer=_named("Activation", activation="softmax"))),
    case("TimeDistributed", "dropout", _STEPS, dict(layer=_named("Dropout", rate=0.5)), training=False),
    case("TimeDistributed", "batch_norm", _STEPS, dict(layer=_named("BatchNormalization")), training=False),
    case(
        "TimeDistributed",
        "batch_norm_training",
        _STEPS,
        dict(layer=_named("BatchNormalization", momentum=0.8)),
        training=True,
        calls=3,
    ),
    case(
        "TimeDistributed",
        "nested",
        (2, 2, 3, 4),
        dict(layer=obj("TimeDistributed", name="middle", layer=_named("Dense", units=2))),
    ),
    case(
        "TimeDistributed",
        "mask_passes",
        _STEPS,
        dict(layer=_named("Dense", units=2)),
        masks=(Input((2, 3), "prefix_mask"),),
    ),
]
