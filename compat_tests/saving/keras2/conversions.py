"""Layers with the shapes of weights that older Keras, or a layer for cuDNN, saved for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from compat_tests.saving.keras2.models import values


class Old(NamedTuple):
    """A layer, the shape of its input, the shapes of saved weights in order, the version of the Keras."""

    make: Callable[[Any], Any]
    input_shape: tuple[int, ...]
    saved: list[tuple[int, ...]]
    version: str = "2.2.4"

    def weights(self) -> list[np.ndarray]:
        return [values(*shape, phase=number) for number, shape in enumerate(self.saved)]


_CUDNN_LSTM = [(3, 8), (2, 8), (16,)]
_CUDNN_GRU = [(3, 6), (2, 6), (12,)]

CASES: dict[str, Old] = {
    "CuDNNLSTM to LSTM": Old(lambda l: l.LSTM(2), (4, 3), _CUDNN_LSTM),
    "CuDNNGRU to GRU": Old(lambda l: l.GRU(2, reset_after=True), (4, 3), _CUDNN_GRU),
    "LSTM": Old(lambda l: l.LSTM(2), (4, 3), [(3, 8), (2, 8), (8,)]),
    "Bidirectional CuDNNLSTM": Old(lambda l: l.Bidirectional(l.LSTM(2)), (4, 3), _CUDNN_LSTM * 2),
    "TimeDistributed CuDNNGRU": Old(lambda l: l.TimeDistributed(l.GRU(2, reset_after=True)), (5, 4, 3), _CUDNN_GRU),
    "LSTM of Keras 1": Old(lambda l: l.LSTM(2), (4, 3), [(3, 2), (2, 2), (2,)] * 4, "1"),
    "GRU of Keras 1": Old(lambda l: l.GRU(2, reset_after=False), (4, 3), [(3, 2), (2, 2), (2,)] * 3, "1"),
    "Conv1D of Keras 1": Old(lambda l: l.Conv1D(4, 3), (8, 2), [(3, 1, 2, 4), (4,)], "1"),
    "Conv1D of Keras 1.1": Old(lambda l: l.Conv1D(4, 3), (8, 2), [(4, 2, 3, 1), (4,)], "1"),
    "Conv2D of Keras 1": Old(lambda l: l.Conv2D(4, 3), (8, 8, 2), [(3, 3, 2, 4), (4,)], "1"),
    "Conv2D in another order": Old(lambda l: l.Conv2D(4, 3), (8, 8, 2), [(2, 4, 3, 3), (4,)], "2.0.0"),
    "Conv2DTranspose of Keras 1": Old(lambda l: l.Conv2DTranspose(4, 3), (8, 8, 2), [(3, 3, 2, 4), (4,)], "1"),
    "ConvLSTM2D of Keras 1": Old(
        lambda l: l.ConvLSTM2D(2, 3), (3, 8, 8, 1), [(3, 3, 1, 2), (3, 3, 2, 2), (2,)] * 4, "1"
    ),
}
