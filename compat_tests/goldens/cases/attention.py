"""Attention with and without heads, and EinsumDense."""

# ruff: noqa: C408

from .schema import Input, case, obj, table

_SELF = [(2, 5, 6), (2, 5, 6)]
_CROSS = [(2, 4, 6), (2, 5, 6)]
_KEYED = [(2, 4, 6), (2, 5, 6), (2, 5, 6)]
_GIVEN_MASK = [*_KEYED, Input((2, 4, 5), "random_mask")]
_PREFIX = (Input((2, 4), "prefix_mask"), Input((2, 5), "prefix_mask"))
_SCORES = dict(return_attention_scores=True)
_CAUSAL = dict(use_causal_mask=True)
_HEADS = dict(num_heads=2, key_dim=3)
_GRID = [(2, 3, 4, 5, 6), (2, 3, 4, 5, 6)]


def _heads(label, inputs, config=None, **options):
    return case("MultiHeadAttention", label, inputs, {**_HEADS, **(config or {})}, spread=True, **options)


_MULTI_HEAD = [
    _heads("self", _SELF),
    _heads("cross", _CROSS),
    _heads("keyed", _KEYED),
    _heads("scores", _CROSS, options=_SCORES),
    _heads("value_dim", _CROSS, dict(value_dim=4)),
    _heads("no_bias", _CROSS, dict(use_bias=False)),
    _heads("causal", _SELF, options=_CAUSAL),
    _heads("causal_cross", _CROSS, options=_CAUSAL),
    _heads("causal_scores", _SELF, options={**_CAUSAL, **_SCORES}),
    _heads("given_mask", _GIVEN_MASK),
    _heads("given_mask_of_batch", [*_KEYED, Input((2, 1, 5), "random_mask")]),
    _heads("given_mask_of_heads", [*_KEYED, Input((2, 2, 4, 5), "random_mask")], options=_SCORES),
    _heads("given_mask_without_batch", [*_KEYED, Input((4, 5), "random_mask")]),
    _heads("given_mask_of_numbers", [*_KEYED, Input((2, 4, 5), "ints", high=2)]),
    _heads("masks_of_both", _CROSS, masks=_PREFIX),
    _heads("masks_of_both_scores", _CROSS, masks=_PREFIX, options=_SCORES),
    _heads("mask_of_value", _CROSS, masks=(None, _PREFIX[1])),
    _heads("mask_of_key", _KEYED, masks=(None, None, _PREFIX[1])),
    _heads("masks_and_causal", _CROSS, masks=_PREFIX, options=_CAUSAL),
    _heads("masks_and_given", _GIVEN_MASK, masks=(*_PREFIX, None, None)),
    _heads("robust_masks", _CROSS, dict(softmax_robust_masking=True), masks=_PREFIX),
    _heads("output_shape", _CROSS, dict(output_shape=7)),
    _heads("grid", _GRID),
    _heads("grid_scores", _GRID, options=_SCORES),
    _heads("two_axes", _GRID, dict(attention_axes=(2, 3))),
    _heads("one_axis", _GRID, dict(attention_axes=2, value_dim=4), options=_SCORES),
    _heads("first_axis", _GRID, dict(attention_axes=(1,))),
    _heads("grid_mask", [(2, 3, 4, 6), (2, 3, 4, 6), (2, 3, 4, 6), Input((2, 3, 4, 3, 4), "random_mask")]),
    _heads("two_axes_mask", [*_GRID, _GRID[0], Input((4, 5, 4, 5), "random_mask")], dict(attention_axes=(2, 3))),
    _heads("dropout_off", _CROSS, dict(dropout=0.5), training=False),
    _heads("regularized", _CROSS, dict(kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2")),
    _heads(
        "settings",
        _CROSS,
        dict(kernel_initializer=obj("HeNormal", seed=3), bias_initializer="ones", kernel_constraint="max_norm"),
    ),
]
_DENSE = [
    one
    for layer in ("Attention", "AdditiveAttention")
    for one in (
        case(layer, "pair", _CROSS),
        case(layer, "keyed", _KEYED),
        case(layer, "scores", _CROSS, options=_SCORES),
        case(layer, "scaled", _CROSS, dict(use_scale=True)),
        case(layer, "plain", _CROSS, dict(use_scale=False)),
        case(layer, "causal", _CROSS, options=_CAUSAL),
        case(layer, "masks", _CROSS, masks=_PREFIX),
        case(layer, "mask_of_value", _CROSS, masks=(None, _PREFIX[1])),
        case(layer, "mask_of_query", _CROSS, masks=(_PREFIX[0], None)),
        case(layer, "masks_as_argument", _CROSS, masks=_PREFIX, mask_as="argument"),
        case(layer, "masks_causal_scores", _CROSS, masks=_PREFIX, options={**_CAUSAL, **_SCORES}),
        case(layer, "dropout_off", _CROSS, dict(dropout=0.5), training=False),
    )
]
_EINSUM = [
    case("EinsumDense", "dense", (3, 4), dict(equation="ab,bc->ac", output_shape=5, bias_axes="c")),
    case("EinsumDense", "no_bias", (3, 4), dict(equation="ab,bc->ac", output_shape=5, activation="relu")),
    case("EinsumDense", "steps", (2, 3, 4), dict(equation="abc,cd->abd", output_shape=(None, 5), bias_axes="d")),
    case("EinsumDense", "dots", (2, 3, 3, 4), dict(equation="...x,xy->...y", output_shape=5, bias_axes="y")),
    case("EinsumDense", "heads", (2, 3, 4), dict(equation="abc,cde->abde", output_shape=(None, 2, 5), bias_axes="de")),
    case("EinsumDense", "joined", (2, 3, 2, 4), dict(equation="abcd,cde->abe", output_shape=(None, 5), bias_axes="e")),
    case("EinsumDense", "two_and_two", (2, 3, 4), dict(equation="abc,bcde->ade", output_shape=(2, 5), bias_axes="de")),
    *table(
        "EinsumDense",
        (2, 3, 4),
        {
            "last_bias": dict(equation="abc,cde->abde", output_shape=(None, 2, 5), bias_axes="e"),
            "first_bias": dict(equation="abc,cde->abde", output_shape=(None, 2, 5), bias_axes="d"),
            "bias_of_steps": dict(equation="abc,cd->abd", output_shape=(3, 5), bias_axes="bd"),
            "over_steps": dict(equation="abc,bd->adc", output_shape=(5, 4), bias_axes="d"),
            "dots_right": dict(equation="ab...,bc->ac...", output_shape=5, bias_axes="c"),
            "each_step": dict(equation="abc,bcd->abd", output_shape=(3, 5), bias_axes="d"),
            "elementwise": dict(equation="abc,c->abc", output_shape=(None, 4)),
            "turned": dict(equation="abc,dc->abd", output_shape=(None, 5)),
        },
    ),
    case(
        "EinsumDense",
        "regularized",
        (2, 3, 4),
        dict(
            equation="abc,cde->abde",
            output_shape=(None, 2, 5),
            bias_axes="de",
            kernel_regularizer="l2",
            bias_regularizer="l1",
            bias_constraint="non_neg",
        ),
    ),
]

CASES = [
    *_MULTI_HEAD,
    *_DENSE,
    case("Attention", "concat", _CROSS, dict(score_mode="concat")),
    case("Attention", "concat_scaled", _KEYED, dict(score_mode="concat", use_scale=True)),
    case("Attention", "concat_masks", _CROSS, dict(score_mode="concat"), masks=_PREFIX),
    *_EINSUM,
]
