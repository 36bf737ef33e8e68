"""The forms of the made pictures, drawn finely in the unit square: digits, clothes, coloured figures."""

from __future__ import annotations

import itertools
import math

import numpy as np

Points = list[tuple[float, float]]

_FINE = 112


def _arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float, pieces: int = 12) -> Points:
    """A piece of an ellipse, in degrees from the right over the bottom (y points down)."""
    angles = [math.radians(start + (end - start) * i / pieces) for i in range(pieces + 1)]
    return [(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles]


def _grid() -> tuple[np.ndarray, np.ndarray]:
    centres = ((np.arange(_FINE) + 0.5) / _FINE).astype(np.float32)
    y, x = np.meshgrid(centres, centres, indexing="ij")
    return x, y


# --- digits: strokes ----------------------------------------------------------------------------------------

_DIGITS: list[list[Points]] = [
    [_arc(0.5, 0.5, 0.25, 0.38, 0, 360)],
    [[(0.36, 0.27), (0.54, 0.12), (0.54, 0.88)]],
    [[*_arc(0.5, 0.34, 0.24, 0.22, 190, 400), (0.25, 0.87), (0.77, 0.87)]],
    [_arc(0.47, 0.31, 0.23, 0.19, 200, 450), _arc(0.47, 0.69, 0.27, 0.19, 270, 520)],
    [[(0.62, 0.88), (0.62, 0.12), (0.22, 0.62), (0.8, 0.62)]],
    [[(0.74, 0.12), (0.32, 0.12), (0.29, 0.48)], _arc(0.48, 0.65, 0.26, 0.23, 225, 500)],
    [[(0.66, 0.1), (0.38, 0.42), (0.27, 0.67)], _arc(0.5, 0.67, 0.23, 0.21, 0, 360)],
    [[(0.22, 0.13), (0.77, 0.13), (0.42, 0.88)]],
    [_arc(0.5, 0.3, 0.2, 0.18, 0, 360), _arc(0.5, 0.68, 0.25, 0.2, 0, 360)],
    [_arc(0.5, 0.33, 0.23, 0.21, 0, 360), [(0.73, 0.35), (0.69, 0.6), (0.58, 0.9)]],
]


def digit_distances() -> np.ndarray:
    """How far each point is from the nearest stroke of each digit, (10, fine, fine)."""
    x, y = _grid()
    return np.stack([_distance(x, y, strokes) for strokes in _DIGITS])


def _distance(x: np.ndarray, y: np.ndarray, strokes: list[Points]) -> np.ndarray:
    nearest = np.full(x.shape, np.inf, np.float32)
    for stroke in strokes:
        for (x0, y0), (x1, y1) in itertools.pairwise(stroke):
            dx, dy = x1 - x0, y1 - y0
            along = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0, 1)
            np.minimum(nearest, np.hypot(x - x0 - along * dx, y - y0 - along * dy), out=nearest)
    return nearest


# --- clothes: filled outlines -------------------------------------------------------------------------------

_T_SHIRT: Points = [
    (0.35, 0.12), (0.65, 0.12), (0.95, 0.28), (0.87, 0.46), (0.72, 0.38), (0.72, 0.9), (0.28, 0.9), (0.28, 0.38),
    (0.13, 0.46), (0.05, 0.28),
]  # fmt: skip
_LONG_SLEEVES: Points = [
    (0.36, 0.1), (0.64, 0.1), (0.84, 0.22), (0.97, 0.8), (0.83, 0.84), (0.71, 0.42), (0.71, 0.9), (0.29, 0.9),
    (0.29, 0.42), (0.17, 0.84), (0.03, 0.8), (0.16, 0.22),
]  # fmt: skip
_COAT: Points = [
    (0.38, 0.04), (0.62, 0.04), (0.84, 0.14), (0.93, 0.72), (0.82, 0.75), (0.74, 0.4), (0.8, 0.97), (0.2, 0.97),
    (0.26, 0.4), (0.18, 0.75), (0.07, 0.72), (0.16, 0.14),
]  # fmt: skip
_TROUSER: Points = [
    (0.33, 0.04), (0.67, 0.04), (0.72, 0.96), (0.56, 0.96), (0.5, 0.35), (0.44, 0.96), (0.28, 0.96),
]  # fmt: skip
_DRESS: Points = [
    (0.4, 0.04), (0.6, 0.04), (0.64, 0.4), (0.8, 0.96), (0.2, 0.96), (0.36, 0.4),
]  # fmt: skip
_SANDAL: list[Points] = [
    [(0.04, 0.72), (0.96, 0.6), (0.96, 0.7), (0.04, 0.82)],
    [(0.1, 0.7), (0.36, 0.44), (0.44, 0.48), (0.24, 0.72)],
    [(0.5, 0.66), (0.72, 0.36), (0.8, 0.4), (0.62, 0.66)],
]
_SNEAKER: Points = [
    (0.03, 0.62), (0.2, 0.56), (0.5, 0.36), (0.62, 0.42), (0.94, 0.36), (0.97, 0.74), (0.03, 0.74),
]  # fmt: skip
_BAG: Points = [(0.08, 0.4), (0.92, 0.4), (0.96, 0.9), (0.04, 0.9)]
_BOOT: Points = [
    (0.52, 0.08), (0.88, 0.08), (0.9, 0.9), (0.06, 0.9), (0.1, 0.68), (0.48, 0.56),
]  # fmt: skip


def silhouettes() -> np.ndarray:
    """Brightness of ten kinds of clothes, (10, fine, fine), in the order of Fashion-MNIST's labels."""
    x, y = _grid()
    t_shirt, pullover, coat = (_filled(x, y, outline) for outline in (_T_SHIRT, _LONG_SLEEVES, _COAT))
    knit = 0.75 + 0.25 * np.sin(y * 70)
    opening = np.abs(x - 0.5) > 0.025
    buttons = ~((np.abs(x - 0.5) < 0.03) & (np.sin(y * 45) > 0.3))
    check = 0.55 + 0.45 * ((np.sin(x * 50) > 0) ^ (np.sin(y * 50) > 0))
    sandal = np.maximum.reduce([_filled(x, y, part) for part in _SANDAL])
    sole = np.where(y > 0.66, 1.0, 0.6)
    handle = np.abs(np.hypot((x - 0.5) / 0.9, y - 0.4) - 0.26) < 0.03
    drawn = [
        t_shirt, _filled(x, y, _TROUSER), pullover * knit, _filled(x, y, _DRESS), coat * opening, sandal,
        pullover * check * buttons, _filled(x, y, _SNEAKER) * sole,
        np.maximum(_filled(x, y, _BAG), handle & (y < 0.4)), _filled(x, y, _BOOT) * (0.7 + 0.3 * (y > 0.8)),
    ]  # fmt: skip
    return np.stack(drawn).astype(np.float32)


def _filled(x: np.ndarray, y: np.ndarray, outline: Points) -> np.ndarray:
    """Whether a point is inside: an odd number of edges to its right."""
    inside = np.zeros(x.shape, bool)
    for (x0, y0), (x1, y1) in zip(outline, [*outline[1:], outline[0]], strict=True):
        if y0 != y1:
            crossed = (y0 > y) != (y1 > y)
            inside ^= crossed & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return inside.astype(np.float32)


# --- coloured figures ---------------------------------------------------------------------------------------


def coloured_forms(classes: int) -> np.ndarray:
    """A figure of one colour before a ground of two others for each class, (classes, fine, fine, 3)."""
    hues = math.ceil(math.sqrt(classes))
    return np.stack([_figure(number % hues, number // hues, hues) for number in range(classes)])


def _figure(first: int, second: int, count: int) -> np.ndarray:
    x, y = _grid()
    angle, radius = np.arctan2(y - 0.5, x - 0.5), np.hypot(x - 0.5, y - 0.5)
    lobes = 2 + second % 4
    inside = radius < 0.28 + 0.09 * np.cos(lobes * angle + first)
    stripes = 0.85 + 0.15 * np.sin((x * math.cos(second) + y * math.sin(second)) * 40)
    figure = _colour(first / count, 0.95)
    left, right = _colour((second + 0.5) / count, 0.6), _colour((first + 0.5) / count, 0.6)
    ground = np.where(x[..., None] < 0.5, left, right) * (0.7 + 0.3 * y[..., None])
    return np.where(inside[..., None], figure * stripes[..., None], ground).astype(np.float32)


def _colour(hue: float, value: float) -> np.ndarray:
    """Red, green and blue of a hue from 0 to 1, in the colours a screen can show."""
    wheel = np.abs((hue * 6 + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1
    return np.asarray(value * (0.15 + 0.85 * np.clip(wheel, 0, 1)))
