"""Embedding: values, masks, and the gradient of repeated indices."""

# ruff: noqa: C408

from .schema import Input, case, obj

_TOKENS = Input((3, 5), "ints", high=7)

CASES = [
    case("Embedding", "default", _TOKENS, dict(input_dim=7, output_dim=3)),
    case("Embedding", "mask_zero", _TOKENS, dict(input_dim=7, output_dim=3, mask_zero=True)),
    case("Embedding", "input_length", _TOKENS, dict(input_dim=7, output_dim=3, input_length=5)),
    case(
        "Embedding",
        "initializer",
        _TOKENS,
        dict(input_dim=9, output_dim=2, embeddings_initializer=obj("RandomUniform", minval=-1.0, maxval=1.0)),
    ),
    case(
        "Embedding",
        "regularized",
        _TOKENS,
        dict(input_dim=7, output_dim=3, embeddings_regularizer=obj("L2", l2=0.02), activity_regularizer="l1"),
    ),
    case("Embedding", "constraint", _TOKENS, dict(input_dim=7, output_dim=3, embeddings_constraint="unit_norm")),
    case("Embedding", "one_axis", Input((6,), "ints", high=4), dict(input_dim=4, output_dim=3)),
    case(
        "Embedding",
        "three_axes",
        Input((2, 3, 4), "ints", high=5),
        dict(input_dim=5, output_dim=2, mask_zero=True),
    ),
    case("Embedding", "float_indices", Input((3, 4), "float_ints", high=5), dict(input_dim=5, output_dim=2)),
    case("Embedding", "one_row", Input((3, 4), "ints", high=1), dict(input_dim=1, output_dim=4)),
    case("Embedding", "frozen", _TOKENS, dict(input_dim=7, output_dim=3, trainable=False)),
]
