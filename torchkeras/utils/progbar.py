"""Progbar: a line that shows how far something is, how long it takes and what its figures are.

In a terminal and in a notebook the line is rewritten in place. Where stdout is neither (a file, a pipe, a captured
stream) only the last state of the line is written, without control characters. The environment variable
TORCHKERAS_PROGRESS overrules this: words separated by commas, 'live' or 'final' for the rewriting, 'keras2' (the
default) or 'keras3' for the look.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from torchkeras.utils.messages import is_interactive_logging_enabled, print_msg

ENVIRONMENT = "TORCHKERAS_PROGRESS"
_HEAVY_LINE = "━"


class Progbar:
    """Shows progress towards `target`.

        bar = Progbar(target=200)
        for step in range(200):
            ...
            bar.update(step + 1, [("loss", loss)])

    Args:
        target: the number of steps, None if unknown.
        width: of the bar, in characters; by default 30, and 20 in the look of Keras 3.
        verbose: 0 is silent, 1 a bar, 2 one line at the end.
        interval: the least time between two drawings, in seconds.
        stateful_metrics: names of figures shown as they come. Others are averaged over the steps.
        unit_name: what is counted.
        stateless_metrics: names of figures that are averaged, when all others are shown as they come.
        clock: tells the time in seconds.
    """

    def __init__(
        self,
        target: int | None,
        width: int | None = None,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
        *,
        stateless_metrics: Iterable[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError("Progbar takes `stateful_metrics` or `stateless_metrics`, not both.")
        self._keras3 = progress_look() == "keras3"
        self.target = target
        self.width = width or (20 if self._keras3 else 30)
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self.stateful_metrics = set(stateful_metrics or ())
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self._live = _rewrites(sys.stdout)
        self._clock = clock
        self._sums: dict[str, tuple[Any, int]] = {}  # the sum of a figure, and of its weights
        self._order: tuple[str, ...] = ()
        self._seen_so_far = 0
        self._start = clock()
        self._last_update = -math.inf
        self._after_first_step: float | None = None
        self._shown_width = 0

    def averages(self, name: str) -> bool:
        """Whether this figure is averaged over the steps."""
        if self.stateless_metrics is not None:
            return name in self.stateless_metrics
        return name not in self.stateful_metrics

    def due(self, now: float | None = None) -> bool:
        """Whether an update that is not the last would draw; if not, its figures need not be known."""
        if self.verbose != 1 or not self._live:
            return False
        return (self._clock() if now is None else now) - self._last_update >= self.interval

    def update(
        self, current: int, values: Iterable[tuple[str, Any]] | None = None, finalize: bool | None = None
    ) -> None:
        """Takes the figures of a step, and draws when the last drawing is long enough ago.

        Args:
            current: how many steps are done.
            values: pairs of a name and its figure; a tensor is read when it is drawn.
            finalize: whether this is the last update; None means when `current` has reached the target.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        weight = max(current - self._seen_so_far, 1)
        for name, value in values or ():
            value = value.detach() if hasattr(value, "detach") else value
            if not self.averages(name):
                self._sums[name] = (value, 1)
            elif name in self._sums:
                total, count = self._sums[name]
                self._sums[name] = (total + value * weight, count + weight)
            else:
                self._sums[name] = (value * weight, weight)
        self._seen_so_far = current
        now = self._clock()
        if self._after_first_step is None and current == 1:
            self._after_first_step = now
        if self.verbose == 1 and (finalize or self.due(now)):
            self._draw(current, now, finalize)
            self._last_update = now
        elif self.verbose == 2 and finalize:
            print_msg(self._summary(current, now) + "\n", line_break=False)

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Moves on by `n` steps."""
        self.update(self._seen_so_far + n, values)

    def arrange(self, names: Iterable[str]) -> None:
        """Shows these figures first and in this order, those of them that there are; else they come as they came."""
        self._order = tuple(names)

    # --- drawing ---

    def _draw(self, current: int, now: float, finalize: bool) -> None:
        line, hidden = (self._keras3_line if self._keras3 else self._keras2_line)(current, now, finalize)
        width = len(line) - hidden
        message = line
        if self._live:
            # What is left of a longer line is painted over.
            message = "\r" + line + " " * (self._shown_width - width)
        self._shown_width = 0 if finalize else width
        print_msg(message + "\n" if finalize else message, line_break=False)

    def _keras2_line(self, current: int, now: float, finalize: bool) -> tuple[str, int]:
        per_step = self._time_per_step(current, now)
        if self.target:
            filled = min(int(self.width * current / self.target), self.width)
            head = ">" if current < self.target else "="
            bar = ("=" * (filled - 1) + head if filled else "").ljust(self.width, ".")
            count = f"{self._count(current)} [{bar}]"
        else:
            count = f"{current:7d}/Unknown"
        if self.target and not finalize:
            duration = f" - ETA: {format_eta(per_step * (self.target - current))}"
        else:
            duration = f" - {now - self._start:.0f}s {format_duration(per_step)}/{self.unit_name}"
        return count + duration + self._figures(), 0

    def _keras3_line(self, current: int, now: float, finalize: bool) -> tuple[str, int]:
        per_step = self._time_per_step(current, now)
        bold, green, white, plain = ("\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m") if self._live else ("",) * 4
        duration = f"{now - self._start:.0f}s"
        if self.target:
            filled = min(int(self.width * current / self.target), self.width)
            piece = _HEAVY_LINE if _can_write(_HEAVY_LINE) else "-"
            rest = piece if self._live else " "  # told apart by colour, where there are colours
            count = f"{bold}{self._count(current)}{plain} {green}{piece * filled}{plain}"
            count += f"{white}{rest * (self.width - filled)}{plain}"
            if not finalize:
                duration = format_eta(per_step * (self.target - current))
        else:
            count = f"{current:7d}/Unknown"
        line = f"{count} {bold}{duration}{plain} {format_duration(per_step)}/{self.unit_name}{self._figures()}"
        hidden = sum(len(code) * line.count(code) for code in {bold, green, white, plain} if code)
        return line, hidden

    def _summary(self, current: int, now: float) -> str:
        """The line of verbose=2."""
        line = f"{self._count(current) if self.target else current} - {now - self._start:.0f}s"
        if self._keras3:
            line += f" - {format_duration(self._time_per_step(current, now))}/{self.unit_name}"
        # Keras compares without abs() here, so a negative figure of verbose=2 is in scientific notation.
        return line + self._figures(by_size=float)

    def _count(self, current: int) -> str:
        return f"{current:{len(str(self.target))}d}/{self.target}"

    def _figures(self, by_size: Callable[[float], float] = abs) -> str:
        names = [name for name in dict.fromkeys([*self._order, *self._sums]) if name in self._sums]
        if self._keras3:
            names.sort(key=lambda name: (name.startswith("val_"), name))
        text = ""
        for name in names:
            total, count = self._sums[name]
            value = _number(total) / max(1, count)
            text += f" - {name}: " + (f"{value:.4f}" if by_size(value) > 1e-3 else f"{value:.4e}")
        return text

    def _time_per_step(self, current: int, now: float) -> float:
        """The first step is left out where there are others: it sets things up."""
        if not current:
            return 0.0
        if self._after_first_step is not None and current > 1:
            return (now - self._after_first_step) / (current - 1)
        return (now - self._start) / current


def format_eta(seconds: float) -> str:
    """'12s', '3:05' or '1:02:03'."""
    whole = int(seconds)
    if seconds > 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    if seconds > 60:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole}s"


def format_duration(seconds: float) -> str:
    """'2s', '35ms' or '120us'; nothing at all is '0s'."""
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s"
    if seconds >= 1e-3:
        return f"{seconds * 1e3:.0f}ms"
    return f"{seconds * 1e6:.0f}us"


def progress_look() -> str:
    """'keras2' or 'keras3': how progress and messages are to look."""
    return "keras3" if "keras3" in _words() else "keras2"


def _words() -> list[str]:
    return os.environ.get(ENVIRONMENT, "").lower().replace(",", " ").split()


def _rewrites(stream: Any) -> bool:
    """Whether a line written to this stream can be written over."""
    words = _words()
    if "live" in words or "final" in words:
        return "live" in words
    if stream is None or not is_interactive_logging_enabled():
        return False
    if any(base.__module__.startswith("ipykernel") for base in type(stream).__mro__) or "PYCHARM_HOSTED" in os.environ:
        return True
    return bool(hasattr(stream, "isatty") and stream.isatty())


def _can_write(text: str) -> bool:
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _number(value: Any) -> float:
    if isinstance(value, (float, int)):
        return float(value)
    return float(value.double().mean()) if hasattr(value, "double") else float(np.mean(value))
