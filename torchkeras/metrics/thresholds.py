"""The thresholds above which a prediction counts as positive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras.core import config

#: Below any prediction: what top_k sorts out, and the threshold that lets all others pass.
NEVER = -1e10


def parse_thresholds(thresholds: Any, default: float = 0.5) -> list[float]:
    """The thresholds as a list; ValueError unless each is in [0, 1]."""
    if thresholds is None:
        return [default]
    found = list(thresholds) if isinstance(thresholds, (list, tuple, np.ndarray)) else [thresholds]
    wrong = [value for value in found if value is None or not 0 <= value <= 1]
    if wrong:
        raise ValueError(f"Threshold values must be in [0, 1]. Received: {wrong}")
    return found


def even_thresholds(number: int) -> list[float]:
    """`number` thresholds from 0 to 1."""
    return [step / (number - 1) for step in range(number)]


def are_even(thresholds: Sequence[float]) -> bool:
    """Whether the thresholds go from 0 to 1 in equal steps: then counting needs one pass over the predictions."""
    if len(thresholds) < 3:
        return False
    wanted = np.arange(len(thresholds), dtype=np.float32) / (len(thresholds) - 1)
    return bool(np.allclose(thresholds, wanted, atol=config.epsilon()))
