"""Layers of several inputs."""

# ruff: noqa: C408

from .schema import Input, case, table

_PAIR = [(3, 4), (3, 4)]
_TRIPLE = [(2, 3, 4), (2, 3, 4), (2, 3, 4)]
_TIED = [Input((4, 5), "ties", high=3), Input((4, 5), "ties", high=3)]
_PADDED = [(2, 4, 3), (2, 4, 3)]
_MASKS = (Input((2, 4), "prefix_mask"), Input((2, 4), "prefix_mask"))

_ELEMENTWISE = [
    one
    for layer in ("Add", "Multiply", "Average", "Maximum", "Minimum")
    for one in (
        case(layer, "pair", _PAIR),
        case(layer, "triple", _TRIPLE),
        case(layer, "broadcast_axis", [(2, 3, 4), (2, 1, 4)]),
        case(layer, "broadcast_rank", [(3, 4), (3, 2, 4)]),
    )
]
_DOTS = [
    case("Dot", "vectors", _PAIR, dict(axes=1)),
    case("Dot", "vectors_cosine", _PAIR, dict(axes=1, normalize=True)),
    case("Dot", "last_axes", [(2, 3, 4), (2, 5, 4)], dict(axes=2)),
    case("Dot", "minus_one", [(2, 3, 4), (2, 5, 4)], dict(axes=-1)),
    case("Dot", "minus_one_cosine", [(2, 3, 4), (2, 5, 4)], dict(axes=-1, normalize=True)),
    case("Dot", "axis_pair", [(2, 3, 4), (2, 4, 5)], dict(axes=(2, 1))),
    case("Dot", "axis_pair_cosine", [(2, 3, 4), (2, 5, 3)], dict(axes=[1, 2], normalize=True)),
    case("Dot", "first_axes", [(2, 4, 3), (2, 4, 5)], dict(axes=1)),
    case("Dot", "matrix_vector", [(2, 3, 4), (2, 4)], dict(axes=(2, 1))),
    case("Dot", "vector_matrix", [(2, 4), (2, 3, 4)], dict(axes=(1, 2))),
]

CASES = [
    *_ELEMENTWISE,
    case("Subtract", "pair", _PAIR),
    case("Subtract", "broadcast_axis", [(2, 3, 4), (2, 3, 1)]),
    case("Subtract", "broadcast_rank", [(2, 3, 4), (2, 4)]),
    # On equal values the gradient goes to one side in some libraries and is shared in others.
    case("Maximum", "ties", _TIED),
    case("Minimum", "ties", _TIED),
    case("Maximum", "rectified", [Input((4, 5), "rectified"), Input((4, 5), "rectified")]),
    case("Add", "one_mask", _PADDED, masks=(_MASKS[0], None)),
    case("Add", "both_masks", _PADDED, masks=_MASKS),
    case("Average", "both_masks", _PADDED, masks=_MASKS),
    case("Multiply", "activity_l2", _PAIR, dict(activity_regularizer="l2")),
    *table("Concatenate", [(2, 3, 4), (2, 3, 4)], {"last": {}, "axis_1": dict(axis=1), "axis_2": dict(axis=2)}),
    case("Concatenate", "sizes_differ", [(2, 3), (2, 1), (2, 5)]),
    case("Concatenate", "minus_2", [(2, 3, 4), (2, 1, 4)], dict(axis=-2)),
    case("Concatenate", "images", [(2, 3, 4, 2), (2, 3, 4, 1)], dict(axis=3)),
    case("Concatenate", "channels_first", [(2, 2, 3, 3), (2, 1, 3, 3)], dict(axis=1)),
    case("Concatenate", "batch", [(2, 3), (1, 3)], dict(axis=0)),
    case("Concatenate", "masks_on_features", _PADDED, masks=_MASKS),
    case("Concatenate", "masks_on_time", _PADDED, dict(axis=1), masks=_MASKS),
    *_DOTS,
]
