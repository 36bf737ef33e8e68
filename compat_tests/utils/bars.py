"""Progress bars to draw on either side: what is done at which second, by a clock that is set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Clock:
    """Stands in for the time module."""

    now = 1000.0

    def time(self) -> float:
        return self.now

    __call__ = time


@dataclass
class Bar:
    target: int | None
    updates: list[tuple[float, int, list[tuple[str, float]]]]  # second, step, figures
    settings: dict[str, Any] = field(default_factory=dict)
    last: tuple[float, int, list[tuple[str, float]]] | None = None  # with finalize=True
    target_at_last: int | None = None


def draw(bar: Bar, progbar: Any, clock: Clock) -> None:
    made = progbar(bar.target, **bar.settings)
    start = clock.now
    for second, step, figures in bar.updates:
        clock.now = start + second
        made.update(step, figures)
    if bar.last is not None:
        if bar.target_at_last:
            made.target = bar.target_at_last
        clock.now = start + bar.last[0]
        made.update(bar.last[1], bar.last[2], finalize=True)


def _steps(count: int, seconds: float, first: float = 0.0, **figures: float) -> list[Any]:
    values = list(figures.items())
    return [(first + seconds * step, step, values) for step in range(1, count + 1)]


_LOSS = {"loss": 0.1118, "accuracy": 0.9654}
_STATEFUL = {"stateful_metrics": ["loss", "accuracy"]}
_VALUES = [0.0, 1e-3, 0.00100001, 9.9999e-4, 1.2345e-4, -0.5, -1e-5, 12345.678, 1.0, float("nan"), float("inf"), 3]

BARS = {
    "plain": Bar(10, _steps(10, 1.0)),
    "figures": Bar(10, _steps(10, 0.5, **_LOSS), _STATEFUL),
    "throttled": Bar(100, _steps(100, 0.01, **_LOSS), _STATEFUL),
    "throttled_interval": Bar(50, _steps(50, 0.2, **_LOSS), _STATEFUL | {"interval": 1.0}),
    "first_step_slow": Bar(20, _steps(20, 0.1, first=25.0, **_LOSS), _STATEFUL),
    "mnist": Bar(1875, [(25.4, 1, [("loss", 2.3)]), (31.0, 1875, list(_LOSS.items()))], _STATEFUL),
    "one_step": Bar(1, [(0.822, 1, [])]),
    "one_step_twice": Bar(1, [(0.822, 1, [])], last=(0.9, 1, [("loss", 0.5)])),
    "microseconds": Bar(1000, [(0.1, 1, []), (0.15, 1000, [])]),
    "milliseconds": Bar(1000, [(0.1, 1, []), (3.1, 1000, [])]),
    "seconds": Bar(5, _steps(5, 1.4)),
    "nothing": Bar(10, [(0.0, 0, []), (0.2, 5, []), (0.4, 10, [])]),
    "no_time": Bar(4, [(0.0, 1, []), (0.0, 4, [])]),
    "eta_minutes": Bar(100, _steps(3, 2.0)),
    "eta_hours": Bar(10000, _steps(3, 3.0)),
    "eta_edge_60": Bar(61, _steps(2, 1.0)),
    "eta_edge_3600": Bar(3601, _steps(2, 1.0)),
    "long": Bar(3, _steps(3, 4000.0)),
    "unknown": Bar(None, _steps(12, 0.1, **_LOSS), _STATEFUL),
    "unknown_then_known": Bar(None, _steps(12, 0.1, loss=0.5), _STATEFUL, last=(1.5, 12, [("loss", 0.4)]),
                              target_at_last=12),
    "unknown_finalized": Bar(None, _steps(3, 0.1, loss=0.5), last=(1.5, 3, [])),
    "past_target": Bar(11490434, [(0.01, 8192, []), (0.4, 11493376, []), (0.41, 11501568, [])]),
    "width": Bar(7, _steps(7, 1.0), {"width": 10}),
    "unit": Bar(7, _steps(7, 1.0), {"unit_name": "sample"}),
    "numbers": Bar(5, _steps(5, 1.0, **{f"v{i}": value for i, value in enumerate(_VALUES)})),
    "numbers_stateful": Bar(2, _steps(2, 1.0, a=1e-3, b=2e-4), {"stateful_metrics": ["a", "b"]}),
    "averaged": Bar(4, [(step, step, [("loss", 1 / step), ("late", step) if step > 2 else ("loss2", step)])
                        for step in (1, 2, 3, 4)]),
    "averaged_in_leaps": Bar(30, [(1, 10, [("loss", 1.0)]), (2, 15, [("loss", 4.0)]), (3, 30, [("loss", 2.0)])]),
    "averaged_last_twice": Bar(3, _steps(3, 1.0, loss=3.0), last=(4.0, 3, [("loss", 1.0)])),
    "averaged_throttled": Bar(40, [(0.01 * s, s, [("loss", float(s))]) for s in range(1, 41)]),
    "shrinking": Bar(4, [(1, 1, [("loss", -12345.5)]), (2, 2, [("loss", 1.0)]), (300, 4, [])],
                     {"stateful_metrics": ["loss"]}),
    "validation": Bar(3, _steps(3, 1.0, **_LOSS), _STATEFUL, last=(9.0, 3, [*_LOSS.items(), ("val_loss", 0.2)])),
    "silent": Bar(3, _steps(3, 1.0), {"verbose": 0}),
    "line": Bar(313, [(0.3, 1, []), (1.2, 313, [("loss", 0.0516), ("accuracy", 0.9878)])], {"verbose": 2} | _STATEFUL),
    "line_numbers": Bar(3, _steps(3, 1.0, **{f"v{i}": value for i, value in enumerate(_VALUES)}), {"verbose": 2}),
    "line_averaged": Bar(3, [(s, s, [("loss", s * s)]) for s in (1, 2, 3)], {"verbose": 2}),
    "line_last": Bar(88, [], {"verbose": 2}, last=(0.6, 88, [("loss", 0.245), ("val_loss", 0.0913)])),
}  # fmt: skip
