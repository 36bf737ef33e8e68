"""What callbacks that watch a figure share."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from torchkeras.core.errors import did_you_mean
from torchkeras.utils.progbar import progress_look

Comparison = Callable[[Any, Any], Any]


def comparison(what: str, mode: str, more_is_better: bool) -> Comparison:
    """np.greater or np.less, whichever is an improvement.

    Args:
        what: is being set up, for the warning.
        mode: 'min', 'max' or 'auto'.
        more_is_better: what 'auto' is to mean for this figure.
    """
    if mode not in ("auto", "min", "max"):
        warnings.warn(f"{what} mode {mode} is unknown, fallback to auto mode.", stacklevel=3)
        mode = "auto"
    return np.greater if mode == "max" or (mode == "auto" and more_is_better) else np.less


def worst(compare: Comparison) -> float:
    """What everything is an improvement on."""
    return -np.inf if compare is np.greater else np.inf


def warn_missing(what: str, monitor: str, logs: Mapping[str, Any]) -> None:
    available = ",".join(logs)
    warnings.warn(
        f"{what} conditioned on metric `{monitor}` which is not available. Available metrics are: {available}",
        stacklevel=3,
    )


def warn_unknown(callback: Any, given: Mapping[str, Any], known: list[str]) -> None:
    """Keras ignores arguments it does not know here; so does this, but it says so."""
    for name in given:
        guess = did_you_mean(name, known)
        warnings.warn(f"{type(callback).__name__} ignores the unknown argument `{name}`.{guess}", stacklevel=3)


def epoch_label(epoch: int) -> str:
    """'Epoch 00001', as TensorFlow 2.2 to 2.6 writes it; 'Epoch 1' in the look of Keras 3."""
    return f"Epoch {epoch + 1}" if progress_look() == "keras3" else f"Epoch {epoch + 1:05d}"
