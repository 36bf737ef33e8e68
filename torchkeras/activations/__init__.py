"""Activations: functions applied to a layer's result, value by value or along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras.activations.exponential_units import celu, elu, exponential, selu
from torchkeras.activations.normalized import glu, log_softmax, softmax, sparsemax
from torchkeras.activations.piecewise import (
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_tanh,
    linear,
    soft_shrink,
    sparse_plus,
    sparse_sigmoid,
)
from torchkeras.activations.rectifiers import leaky_relu, relu, relu6, threshold
from torchkeras.activations.smooth import (
    gelu,
    log_sigmoid,
    mish,
    sigmoid,
    softplus,
    softsign,
    squareplus,
    swish,
    tanh,
    tanh_shrink,
)
from torchkeras.core.registry import Family

# Keras 2 writes 'swish' into configs for both names, Keras 3 'hard_silu'.
silu = swish
hard_swish = hard_silu

_FUNCTIONS: tuple[Callable[..., Any], ...] = (
    linear, relu, relu6, leaky_relu, elu, selu, celu, gelu, softmax, log_softmax, softplus, softsign, swish,
    hard_silu, hard_sigmoid, sigmoid, tanh, hard_tanh, exponential, mish, glu, sparsemax, sparse_plus,
    sparse_sigmoid, squareplus, soft_shrink, hard_shrink, tanh_shrink, threshold, log_sigmoid,
)  # fmt: skip

FAMILY = Family(
    "activation function",
    "keras.activations",
    {function.__name__: function for function in _FUNCTIONS}
    | {"silu": swish, "hard_swish": hard_silu, "softmax_v2": softmax},  # the last in files of TensorFlow 2.0
)
serialize = FAMILY.serialize
deserialize = FAMILY.deserialize


def get(identifier: Any) -> Any:
    """The activation meant by a name, a config, a function or a layer; None is `linear`."""
    if identifier is None:
        return linear
    if not isinstance(identifier, (str, dict)) and not callable(identifier):
        raise TypeError(
            f"Could not interpret activation function identifier: {identifier!r} of type {type(identifier).__name__}. "
            f"Expected a name, a config, a function or a layer."
        )
    return FAMILY.get(identifier)


__all__ = [
    "FAMILY",
    "linear", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "softmax", "log_softmax", "softplus",
    "softsign", "swish", "silu", "hard_silu", "hard_swish", "hard_sigmoid", "sigmoid", "tanh", "hard_tanh",
    "exponential", "mish", "glu", "sparsemax", "sparse_plus", "sparse_sigmoid", "squareplus", "soft_shrink",
    "hard_shrink", "tanh_shrink", "threshold", "log_sigmoid",
    "get", "serialize", "deserialize",
]  # fmt: skip
