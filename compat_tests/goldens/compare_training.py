"""Compare a training with its record."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from .store import Arrays, Meta

# Sixty steps, each on the results of the last: relative to each value.
TOLERANCE = 1e-4
# Below this a value is as good as none.
SMALLEST = 1e-6


def compare(wanted: tuple[Arrays, Meta], found: tuple[Arrays, Meta], share: float = 1.0) -> list[str]:
    """Return one line for each difference larger than this share of the tolerance."""
    tolerance = TOLERANCE * share
    lines = _compare_arrays(wanted[0], found[0], tolerance)
    for key in sorted(wanted[1].keys() | found[1].keys()):
        lines += _compare_plain(key, wanted[1].get(key), found[1].get(key), tolerance)
    return lines


def compare_misuse(pattern: str, recorded: Meta, found: Meta) -> list[str]:
    """Return what differs between two errors: the type must be Keras's, the words must say what is wrong."""
    error, wanted = found["error"], recorded["error"]
    lines = [] if wanted["type"] in error["bases"] else [f"error: {error['type']}, recorded {wanted['type']}"]
    if not re.search(pattern, error["message"], re.DOTALL):
        lines.append(f"error.message: {error['message']!r} has no {pattern!r}")
    return lines


def _compare_arrays(wanted: Arrays, found: Arrays, tolerance: float) -> list[str]:
    lines = [f"{key}: in one of both only" for key in sorted((wanted.keys() ^ found.keys()) - {"start"})]
    for key in sorted((wanted.keys() & found.keys()) - {"start"}):
        one, other = np.asarray(wanted[key]), np.asarray(found[key])
        if one.shape != other.shape or one.dtype != other.dtype:
            lines.append(f"{key}: {other.dtype}{other.shape}, recorded {one.dtype}{one.shape}")
        elif key == "weights":
            lines += _compare_weights(one, other, found.get("start"), tolerance)
        elif one.size:
            # Of its own size for losses, of the largest for outputs: a probability of 0.001 is a difference of sums.
            scale = np.abs(one) if key in {"losses", "moved"} else np.abs(one).max()
            error = np.abs(other.astype(np.float64) - one) / (scale + SMALLEST / TOLERANCE)
            if not error.max() <= tolerance:
                place = tuple(int(index) for index in np.unravel_index(error.argmax(), error.shape))
                first = int(np.argmax(error.reshape(len(one), -1).max(axis=1) > tolerance)) if one.ndim else 0
                lines.append(
                    f"{key}: off by {error.max():.3g} at {list(place)} (first off at {first}): "
                    f"{other[place]}, recorded {one[place]}"
                )
    return lines


def _compare_weights(one: np.ndarray, other: np.ndarray, start: np.ndarray | None, tolerance: float) -> list[str]:
    """Compare as a whole, and against the way the weights went: a wrong step hides in large weights."""
    if not one.size:
        return []
    gap = float(np.linalg.norm(one.astype(np.float64) - other))
    way = float(np.linalg.norm(one.astype(np.float64) - start)) if start is not None else math.inf
    size = float(np.linalg.norm(one.astype(np.float64)))
    lines = []
    if not gap <= tolerance * size:
        lines.append(f"weights: off by {gap / size:.3g} of their size")
    if not gap <= 10 * tolerance * way:
        lines.append(f"weights: off by {gap / way:.3g} of the way they went")
    return lines


def _compare_plain(key: str, wanted: Any, found: Any, tolerance: float) -> list[str]:
    if type(wanted) is not type(found):
        return [f"{key}: {found!r}, recorded {wanted!r}"]
    if isinstance(wanted, dict):
        lines = [f"{key}.{name}: in one of both only" for name in sorted(wanted.keys() ^ found.keys())]
        names = sorted(wanted.keys() & found.keys())
        return lines + [line for n in names for line in _compare_plain(f"{key}.{n}", wanted[n], found[n], tolerance)]
    if isinstance(wanted, list):
        if len(wanted) != len(found):
            return [f"{key}: {found!r}, recorded {wanted!r}"]
        # Of a pair the name says more than the number.
        labels = [pair[0] if _is_pair(pair) else index for index, pair in enumerate(wanted)]
        pairs = zip(labels, wanted, found)
        return [line for label, a, b in pairs for line in _compare_plain(f"{key}.{label}", a, b, tolerance)]
    if isinstance(wanted, float):
        good = math.isclose(wanted, found, rel_tol=tolerance, abs_tol=SMALLEST * tolerance / TOLERANCE)
        return [] if good else [f"{key}: {found!r}, recorded {wanted!r}"]
    return [] if wanted == found else [f"{key}: {found!r}, recorded {wanted!r}"]


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)
