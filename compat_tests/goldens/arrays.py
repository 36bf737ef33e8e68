"""Seeded arrays for the cases: the same names give the same values on every machine."""

from __future__ import annotations

import zlib

import numpy as np

from .cases.schema import Input


def rng(*names: object) -> np.random.RandomState:
    """Return a generator seeded by names. RandomState's streams are frozen for good, default_rng's are not."""
    return np.random.RandomState(zlib.crc32("/".join(map(str, names)).encode()))


def _prefix_mask(random: np.random.RandomState, spec: Input) -> np.ndarray:
    lengths = random.randint(1, spec.shape[-1] + 1, size=(*spec.shape[:-1], 1))
    return np.arange(spec.shape[-1]) < lengths


def _random_mask(random: np.random.RandomState, spec: Input) -> np.ndarray:
    mask = random.uniform(size=spec.shape) < 0.6
    mask[..., 0] = True
    return mask


def _padded(random: np.random.RandomState, spec: Input) -> np.ndarray:
    """Draw (batch, time, features) whose last steps are zero, as Masking expects."""
    mask = _prefix_mask(random, Input(spec.shape[:-1]))
    return random.normal(size=spec.shape) * mask[..., None]


KINDS = {
    "normal": lambda random, spec: random.normal(size=spec.shape),
    "wide": lambda random, spec: 3.0 * random.normal(size=spec.shape),
    "shifted": lambda random, spec: 2.0 + 1.5 * random.normal(size=spec.shape),
    "tiny": lambda random, spec: 1e-3 * random.normal(size=spec.shape),
    "uniform": lambda random, spec: random.uniform(-1, 1, size=spec.shape),
    "positive": lambda random, spec: random.uniform(0.1, 2.0, size=spec.shape),
    "negative": lambda random, spec: random.uniform(-2.0, -0.1, size=spec.shape),
    "zeros": lambda random, spec: np.zeros(spec.shape),
    # Few distinct values: the largest of a window is rarely unique.
    "ties": lambda random, spec: random.randint(0, spec.high, size=spec.shape) / 2.0 - 1.0,
    # What follows a ReLU: many equal zeros.
    "rectified": lambda random, spec: np.maximum(random.normal(size=spec.shape), 0.0),
    "padded": _padded,
    "ints": lambda random, spec: random.randint(0, spec.high, size=spec.shape),
    "float_ints": lambda random, spec: random.randint(0, spec.high, size=spec.shape),
    "bytes": lambda random, spec: random.randint(0, 256, size=spec.shape),
    "prefix_mask": _prefix_mask,
    "random_mask": _random_mask,
}
_DTYPES = {"ints": np.int32, "bytes": np.uint8, "prefix_mask": np.bool_, "random_mask": np.bool_}


def make(spec: Input, *names: object) -> np.ndarray:
    """Draw the values an Input describes."""
    values = KINDS[spec.kind](rng(*names), spec)
    return np.asarray(values, dtype=_DTYPES.get(spec.kind, np.float32))


def make_calls(spec: Input, calls: int, *names: object) -> np.ndarray:
    """Draw one array per call, stacked along a new first axis."""
    return np.stack([make(spec, *names, call) for call in range(calls)])


def make_cotangent(shape: tuple[int, ...], *names: object) -> np.ndarray:
    return rng(*names).normal(size=shape).astype(np.float32)


def make_weight(leaf: str, shape: tuple[int, ...], *names: object) -> np.ndarray:
    """Draw a weight by its name, so that none is left at the zeros and ones it starts with."""
    random = rng(*names)
    if leaf in {"gamma", "moving_variance"}:
        values = random.uniform(0.4, 1.6, size=shape)
    elif leaf == "alpha":
        values = random.uniform(0.05, 0.6, size=shape)
    elif "kernel" in leaf:
        # Outputs of about unit size, so that one tolerance suits all layers.
        fan_in = max(1, int(np.prod(shape[:-1])))
        values = random.normal(size=shape) / np.sqrt(fan_in)
    else:
        values = 0.5 * random.normal(size=shape)
    return np.asarray(values, dtype=np.float32)


EXTREMES = (-1e4, -1e3, -100.0, -50.0, -20.0, -10.0, 10.0, 20.0, 50.0, 88.0, 100.0, 1e3, 1e4)


def activation_grid(kinks: tuple[float, ...]) -> np.ndarray:
    """Points of [-6, 6] with 0 among them, extremes, and none of the kinks."""
    grid = np.concatenate([np.linspace(-6, 6, 97), [-1e-3, 1e-3, -1e-6, 1e-6], EXTREMES])
    return grid[~np.isin(grid, kinks)].astype(np.float32)


def activation_rows(name: str) -> np.ndarray:
    """Rows of a matrix: ordinary, large, of equal values, with one that dominates, with ties."""
    random = rng(name, "rows")
    rows = random.normal(size=(6, 6))
    rows[1] *= 40.0
    rows[2] = 0.75
    rows[3, 2] = 1000.0
    rows[4] = 0.3 * np.round(2.0 * rows[4])
    return rows.astype(np.float32)
