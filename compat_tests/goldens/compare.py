"""Compare results with records, and say in words what differs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .cases.functions import TRUNCATED_STDDEV
from .cases.schema import InitializerCase
from .store import Arrays, Meta

# Errors are relative to the largest value of the array, or to 1 where all are smaller: float32 sums of a
# few hundred products agree to about 1e-6 whatever the order; what is wrong is wrong by far more than 1e-5.
LAYER_TOLERANCE = 1e-5
MODEL_TOLERANCE = 2e-5
# Functions of one number have no sums to excuse them: each value by itself.
FUNCTION_TOLERANCE = 1e-5

# Given to the runner, hence not compared.
_GIVEN = ("input", "weight", "mask", "cotangent", "x", "kinks")


def compare_arrays(expected: Arrays, result: Arrays, tolerance: float) -> list[str]:
    """Return one line for each array that differs."""
    wanted = {key: value for key, value in expected.items() if key.rstrip("0123456789") not in _GIVEN}
    found = dict(result)
    # after3 is there only where weight 3 changed, and rounding may decide whether it did.
    for key in set(wanted) ^ set(found):
        if key.startswith("after"):
            given = expected[key.replace("after", "weight")]
            wanted.setdefault(key, given)
            found.setdefault(key, given)
    lines = [f"{key}: not in the record" for key in sorted(set(found) - set(wanted))]
    for key, value in wanted.items():
        if key not in found:
            lines.append(f"{key}: missing")
        else:
            lines += _compare_one(key, value, found[key], tolerance)
    return lines


def _compare_one(key: str, wanted: np.ndarray, found: np.ndarray, tolerance: float) -> list[str]:
    wanted, found = np.asarray(wanted), np.asarray(found)
    if wanted.shape != found.shape:
        return [f"{key}: shape {found.shape}, recorded {wanted.shape}"]
    if wanted.dtype != found.dtype:
        return [f"{key}: dtype {found.dtype}, recorded {wanted.dtype}"]
    if wanted.dtype.kind != "f":
        return [] if np.array_equal(wanted, found) else [f"{key}: {found.tolist()}, recorded {wanted.tolist()}"]
    if wanted.size == 0:
        return []
    error = float(np.max(np.abs(wanted - found)))
    allowed = tolerance * max(1.0, float(np.max(np.abs(wanted))))
    if error <= allowed:
        return []
    worst = np.unravel_index(np.argmax(np.abs(wanted - found)), wanted.shape)
    place = [int(index) for index in worst]
    return [f"{key}: off by {error:.3g} (allowed {allowed:.3g}) at {place}: {found[worst]}, recorded {wanted[worst]}"]


def compare_elementwise(key: str, wanted: np.ndarray, found: np.ndarray) -> list[str]:
    """Compare each value by itself; infinities and NaNs must be in the same places."""
    # Slopes hold products such as x * (1 + tanh(x)), which next to tanh(x) = -1 round to some 1e-6 anywhere.
    smallest = FUNCTION_TOLERANCE / 2 if key == "grad" else FUNCTION_TOLERANCE / 10
    if wanted.shape != found.shape:
        return [f"{key}: shape {found.shape}, recorded {wanted.shape}"]
    good = np.isclose(found, wanted, rtol=FUNCTION_TOLERANCE, atol=smallest, equal_nan=True)
    if good.all():
        return []
    pairs = [f"{f!r} for {w!r}" for f, w in list(zip(found[~good].tolist(), wanted[~good].tolist()))[:5]]
    return [f"{key}: {(~good).sum()} of {good.size} differ: {', '.join(pairs)}"]


def compare_config(wanted: Any, found: Any) -> list[str]:
    """Compare two configs that went through JSON."""
    wanted, found = comparable_config(wanted), comparable_config(found)
    if not (isinstance(wanted, dict) and isinstance(found, dict)):
        return [] if wanted == found else [f"config: {found!r}, recorded {wanted!r}"]
    lines = [f"config[{key!r}]: missing" for key in sorted(wanted.keys() - found.keys())]
    lines += [f"config[{key!r}]: not in the record" for key in sorted(found.keys() - wanted.keys())]
    for key in sorted(wanted.keys() & found.keys()):
        if wanted[key] != found[key]:
            lines.append(f"config[{key!r}]: {found[key]!r}, recorded {wanted[key]!r}")
    return lines


def comparable_config(value: Any) -> Any:
    """Round floats to float32, the one difference allowed: tf_keras gives LeakyReLU's 0.3 back as 0.30000001192."""
    if isinstance(value, dict):
        return {key: comparable_config(item) for key, item in value.items()}
    if isinstance(value, list):
        return [comparable_config(item) for item in value]
    return float(np.float32(value)) if isinstance(value, float) else value


def compare_meta(wanted: Meta, found: Meta) -> list[str]:
    """Compare shapes, names and counts; the config has a comparison of its own."""
    keys = sorted((wanted.keys() | found.keys()) - {"config"})
    return [
        f"{key}: {found.get(key)!r}, recorded {wanted.get(key)!r}" for key in keys if found.get(key) != wanted.get(key)
    ]


def compare_initializer(case: InitializerCase, record: Arrays, sample: np.ndarray) -> list[str]:
    """Compare a sample with the recorded values where these are determined, else with the case's law."""
    if case.law == "exact":
        return _compare_one("value", record["value"], sample, 0.0)
    if case.law == "orthogonal":
        return compare_orthogonal(case, sample)
    return compare_with_law(case, statistics_of(sample))


def statistics_of(sample: np.ndarray) -> np.ndarray:
    wide = sample.astype(np.float64)
    return np.asarray([wide.min(), wide.max(), wide.mean(), wide.std()])


def compare_with_law(case: InitializerCase, statistics: np.ndarray) -> list[str]:
    """Hold a sample's (least, largest, mean, standard deviation) to the case's distribution."""
    least, largest, mean, stddev = statistics
    expected, bound = {
        "uniform": (case.parameter / math.sqrt(3), case.parameter),
        "truncated": (case.parameter * TRUNCATED_STDDEV, 2 * case.parameter),
        "normal": (case.parameter, math.inf),
    }[case.law]
    count = math.prod(case.shape)
    lines = []
    # Six standard errors: once in a thousand million samples by chance.
    if abs(stddev - expected) > 6 * expected / math.sqrt(2 * count):
        lines.append(f"standard deviation {stddev:.6g}, expected {expected:.6g}")
    if abs(mean - case.mean) > 6 * expected / math.sqrt(count):
        lines.append(f"mean {mean:.6g}, expected {case.mean:.6g}")
    reach = max(largest - case.mean, case.mean - least)
    if reach > bound * (1 + 1e-6) + 1e-6 * abs(case.mean):
        lines.append(f"reaches {reach:.6g} from the mean, bound {bound:.6g}")
    if reach < min(0.97 * bound, 3 * expected):
        lines.append(f"reaches only {reach:.6g} from the mean, expected nearly {min(bound, 3 * expected):.6g}")
    return lines


def compare_orthogonal(case: InitializerCase, sample: np.ndarray) -> list[str]:
    """The product with itself is gain squared times the identity, over the shorter side of the flattened matrix."""
    matrix = sample.reshape(-1, sample.shape[-1]).astype(np.float64)
    product = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
    error = np.max(np.abs(product - case.parameter**2 * np.eye(len(product))))
    return [f"product with itself off by {error:.3g}"] if error > 1e-5 else []
