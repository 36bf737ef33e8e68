"""Weights of older Keras, and of its layers for NVIDIA's cuDNN, in the form that layers have them now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras.saving.keras2 import recurrent, weights
from torchkeras.saving.keras2.saved import Saved, array

_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2D")


def converted(layer: Any, saved: list[Saved], version: str, backend: str | None) -> list[Saved]:
    """A layer's saved values as the layer has them now; what needs no change is not read.

    Args:
        layer: what they are for.
        saved: the values in the order of the file.
        version: of the Keras that wrote it; '1' for all of Keras 1.
        backend: the one it was written with. Theano's convolutions turned their kernels round.
    """
    saved = list(saved)
    kind = type(layer).__name__
    inner: Callable[[Any, list[Saved]], list[Saved]] = lambda one, part: converted(one, part, version, backend)  # noqa: E731
    if kind == "Bidirectional":
        half = len(saved) // 2
        return inner(layer.forward_layer, saved[:half]) + inner(layer.backward_layer, saved[half:])
    if kind == "TimeDistributed":
        return inner(layer.layer, saved)
    if kind in ("Model", "Sequential", "Functional"):
        return _of_model(layer, saved, inner)
    if not saved:
        return saved
    if version == "1":
        saved = _from_first_keras(layer, kind, saved)
    if kind in _CONVOLUTIONS:
        saved = _convolution(layer, kind, saved, backend)
    return recurrent.converted(layer, kind, saved)


def _of_model(model: Any, saved: list[Saved], inner: Callable[[Any, list[Saved]], list[Saved]]) -> list[Saved]:
    """An inner model keeps the trained weights of all its layers before the others."""
    number = len(model.trainable_weights)
    trained, fixed = saved[:number], saved[number:]
    new_trained: list[Saved] = []
    new_fixed: list[Saved] = []
    for layer in model.layers:
        own = len(getattr(layer, "trainable_weights", ()))
        other = len(weights.of_layer(layer)) - own
        if own + other:
            found = inner(layer, trained[:own] + fixed[:other])
            new_trained += found[:own]
            new_fixed += found[own:]
            trained, fixed = trained[own:], fixed[other:]
    return [*new_trained, *trained, *new_fixed, *fixed]


def _convolution(layer: Any, kind: str, saved: list[Saved], backend: str | None) -> list[Saved]:
    kernels = (0, 1) if kind == "ConvLSTM2D" else (0,)
    own = weights.of_layer(layer)
    for place in kernels[: len(saved)]:
        if backend == "theano":
            kernel = array(saved[place])
            saved[place] = np.ascontiguousarray(np.flip(kernel, tuple(range(kernel.ndim - 2))))
        if len(saved[0].shape) == 4 and own and tuple(own[0].shape) != tuple(saved[0].shape):
            turned = np.transpose(array(saved[place]), (3, 2, 0, 1))
            if place or tuple(own[0].shape) == turned.shape:
                saved[place] = turned
    return saved


# --- Keras 1 ------------------------------------------------------------------------------------------------


def _from_first_keras(layer: Any, kind: str, saved: list[Saved]) -> list[Saved]:
    first = getattr(layer, "data_format", "channels_last") == "channels_first"
    if kind == "Conv1D" and len(saved[0].shape) == 4:
        kernel = array(saved[0])
        size = layer.kernel_size[0]
        if kernel.shape[:2] != (size, 1) or kernel.shape[3] != layer.filters:  # Keras 1.1: (filters, in, size, 1)
            kernel = np.transpose(kernel, (2, 3, 1, 0))
        return [kernel[:, 0, :, :], *saved[1:]]
    axes = {
        ("Conv2D", True): (2, 3, 1, 0),
        ("Conv2DTranspose", False): (0, 1, 3, 2),
        ("Conv2DTranspose", True): (2, 3, 0, 1),
        ("Conv3D", True): (2, 3, 4, 1, 0),
    }.get((kind, first))
    if axes is not None and len(saved[0].shape) == len(axes):
        return [np.transpose(array(saved[0]), axes), *saved[1:]]
    # Kernel, recurrent kernel and bias of each gate in turn.
    if kind == "GRU" and len(saved) == 9:
        return _joined(saved, (0, 3, 6))
    if kind in ("LSTM", "ConvLSTM2D") and len(saved) == 12:
        joined = _joined(saved, (0, 6, 3, 9))  # i, c, f, o became i, f, c, o
        if kind == "ConvLSTM2D" and first:
            return [*(np.transpose(array(kernel), (2, 3, 1, 0)) for kernel in joined[:2]), joined[2]]
        return joined
    return saved


def _joined(saved: list[Saved], places: tuple[int, ...]) -> list[Saved]:
    return [np.concatenate([array(saved[place + part]) for place in places], axis=-1) for part in range(3)]
