"""Functions of keras.backend called on symbolic tensors: which layers they put into a model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

LABELS = Path(__file__).with_name("labels.json")

_UNARY = ("abs argmax argmin batch_flatten cos cumprod cumsum elu exp expand_dims flatten l2_normalize log max mean "
          "min ones_like prod relu round sigmoid sign sin softmax softplus softsign sqrt square std stop_gradient "
          "sum tanh transpose var zeros_like any all identity logsumexp shape")  # fmt: skip
_BINARY = ("equal greater greater_equal less less_equal maximum minimum not_equal binary_crossentropy "
           "categorical_crossentropy")  # fmt: skip

SYMBOLIC: dict[str, Any] = {
    **{name: lambda keras, K, n=name: getattr(K, n)(keras.Input((4,))) for name in _UNARY.split()},
    **{name: lambda keras, K, n=name: getattr(K, n)(keras.Input((4,)), keras.Input((4,))) for name in _BINARY.split()},
    "cast": lambda keras, K: K.cast(keras.Input((4,)), "int32"),
    "cast_to_floatx": lambda keras, K: K.cast_to_floatx(keras.Input((4,), dtype="int32")),
    "clip": lambda keras, K: K.clip(keras.Input((4,)), 0, 1),
    "concatenate": lambda keras, K: K.concatenate([keras.Input((4,)), keras.Input((2,))]),
    "dot": lambda keras, K: K.dot(keras.Input((4,)), K.constant([[1.0], [2.0], [3.0], [4.0]])),
    "batch_dot": lambda keras, K: K.batch_dot(keras.Input((3, 4)), keras.Input((4, 5))),
    "bias_add": lambda keras, K: K.bias_add(keras.Input((4,)), K.constant([1.0, 2.0, 3.0, 4.0])),
    "dropout": lambda keras, K: K.dropout(keras.Input((4,)), 0.5),
    "gather": lambda keras, K: K.gather(keras.Input((4,)), K.constant([0, 1], dtype="int32")),
    "one_hot": lambda keras, K: K.one_hot(keras.Input((4,), dtype="int32"), 3),
    "permute_dimensions": lambda keras, K: K.permute_dimensions(keras.Input((3, 4)), (0, 2, 1)),
    "pow": lambda keras, K: K.pow(keras.Input((4,)), 2),
    "reshape": lambda keras, K: K.reshape(keras.Input((4,)), (-1, 2)),
    "resize_images": lambda keras, K: K.resize_images(keras.Input((4, 4, 1)), 2, 2, "channels_last"),
    "reverse": lambda keras, K: K.reverse(keras.Input((4,)), 1),
    "sparse_categorical_crossentropy": lambda keras, K: K.sparse_categorical_crossentropy(
        keras.Input((1,)), keras.Input((4,))
    ),
    "spatial_2d_padding": lambda keras, K: K.spatial_2d_padding(keras.Input((4, 4, 1))),
    "squeeze": lambda keras, K: K.squeeze(keras.Input((1,)), 1),
    "stack": lambda keras, K: K.stack([keras.Input((4,)), keras.Input((4,))]),
    "temporal_padding": lambda keras, K: K.temporal_padding(keras.Input((3, 4))),
    "tile": lambda keras, K: K.tile(keras.Input((4,)), (1, 2)),
    "conv1d": lambda keras, K: K.conv1d(keras.Input((5, 1)), K.constant([[[1.0]]])),
    "conv2d": lambda keras, K: K.conv2d(keras.Input((5, 5, 1)), K.constant([[[[1.0]]]])),
}


def labels_of(tensor: Any) -> list[str]:
    """The layers that a symbolic tensor came through, in order, less their numbers and the inputs."""
    found: list[str] = []

    def walk(one: Any) -> None:
        history = one._keras_history
        layer = history.layer if hasattr(history, "layer") else history[0]
        if type(layer).__name__ == "InputLayer":
            return
        for node in layer._inbound_nodes:
            for source in node.keras_inputs if hasattr(node, "keras_inputs") else node.inputs:
                walk(source)
        found.append(re.sub(r"_\d+$", "", layer.name))

    walk(tensor)
    return found
