"""Weights of CuDNNLSTM and CuDNNGRU for LSTM and GRU, and the other way round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from torchkeras.saving.keras2.saved import Saved, array

_GATES = {"LSTM": 4, "CuDNNLSTM": 4, "GRU": 3, "CuDNNGRU": 3}


def converted(layer: Any, kind: str, saved: list[Saved]) -> list[Saved]:
    """The values as this layer has them: the shape of the bias says which kind of layer they were saved from."""
    if kind not in _GATES or len(saved) != 3 or len(saved[1].shape) != 2:
        return saved
    source = _source(kind, saved)
    target = kind if kind != "GRU" else _gru(bool(getattr(layer, "reset_after", False)))
    if source == target:
        return saved
    if "GRU(reset_after=False)" in (source, target):
        raise ValueError(
            f"{source} is not compatible with {target}: the layer {layer.name!r} cannot take the saved weights. "
            f"Make it with `reset_after={target == 'GRU(reset_after=False)'}`."
        )
    kernel, recurrent, bias = map(array, saved)
    from_cudnn = source.startswith("CuDNN")
    gates = _GATES[kind]
    order: Literal["F", "C"] = "F" if from_cudnn else "C"
    kernel = _each_gate(kernel, gates, lambda one: np.reshape(one.T, one.shape, order=order))
    recurrent = _each_gate(recurrent, gates, lambda one: one.T)
    if gates == 4:  # cuDNN adds two biases, of which the sum matters
        bias = np.add(*np.split(bias, 2)) if from_cudnn else np.tile(0.5 * bias, 2)
    else:
        bias = bias.reshape((2, -1) if from_cudnn else -1)
    return [kernel, recurrent, bias]


def _source(kind: str, saved: list[Saved]) -> str:
    shape, size = tuple(saved[2].shape), _GATES[kind] * saved[1].shape[0]
    if shape == (2 * size,):
        return "CuDNNLSTM" if _GATES[kind] == 4 else "CuDNNGRU"
    if _GATES[kind] == 4 and shape == (size,):
        return "LSTM"
    if _GATES[kind] == 3 and shape in ((2, size), (size,)):
        return _gru(len(shape) == 2)
    raise ValueError(f"Invalid bias shape: {shape}. A {kind} of {saved[1].shape[0]} units has {size} values in a bias.")


def _gru(reset_after: bool) -> str:
    return f"GRU(reset_after={reset_after})"


def _each_gate(kernels: np.ndarray, gates: int, change: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    return np.hstack([change(one) for one in np.hsplit(kernels, gates)])
