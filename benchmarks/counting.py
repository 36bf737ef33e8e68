"""Counts what runs: torch operators, and calls of Python functions. A clock is noisy, a count is not."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

import torchkeras

_PACKAGE = f"{Path(torchkeras.__file__).parent}/"
#: Python 3.12 runs comprehensions within the function around them; before, each is a call.
_INLINED = ("<listcomp>", "<dictcomp>", "<setcomp>")


@dataclass
class Counts:
    """What a step takes.

    Args:
        operators: calls of torch operators by name, forward and backward.
        python: calls of functions of torchkeras by file.
        others: calls of Python functions of other packages, most of them torch's.
    """

    operators: dict[str, float]
    python: dict[str, float]
    others: float
    functions: dict[str, float] = field(default_factory=dict)  # by file and name; not kept in the budget

    @property
    def operators_total(self) -> float:
        return sum(self.operators.values())

    @property
    def python_total(self) -> float:
        return sum(self.python.values())


class _Operators(TorchDispatchMode):
    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.found[str(func).removeprefix("aten.").removesuffix(".default")] += 1
        return func(*args, **(kwargs or {}))


def operators_of(work: Callable[[], Any]) -> Counter[str]:
    """The torch operators that `work` calls."""
    with _Operators() as mode:
        work()
    return mode.found


def calls_of(work: Callable[[], Any]) -> tuple[Counter[tuple[str, str]], int]:
    """The calls of torchkeras's functions by file and name, and how many there were of others' Python functions."""
    codes: Counter[Any] = Counter()

    def note(frame: Any, event: str, argument: Any) -> None:
        if event == "call":
            codes[frame.f_code] += 1

    # What others have left behind is not to be finalised, and counted, in the middle.
    collects, before = gc.isenabled(), sys.getprofile()
    gc.disable()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
        if collects:
            gc.enable()
    ours: Counter[tuple[str, str]] = Counter()
    others = 0
    for code, count in codes.items():
        if code.co_name in _INLINED or code is work.__code__ or code.co_filename == __file__:
            continue
        if code.co_filename.startswith(_PACKAGE):
            ours[code.co_filename.removeprefix(_PACKAGE), code.co_name] += count
        else:
            others += count
    return ours, others


def python_calls(work: Callable[[], Any]) -> int:
    """All calls of Python functions, whoever's: what a clock would show without its noise."""
    ours, others = calls_of(work)
    return sum(ours.values()) + others


def count_steps(run: Callable[[int], Any], few: int = 3, many: int = 7) -> Counts:
    """What one more step takes: the difference between runs of more and of fewer steps, which are warm already.

    Args:
        run: runs so many steps, with what is done once before and after.
    """
    run(few)
    run(many)
    steps = many - few
    operators = operators_of(lambda: run(many))
    operators.subtract(operators_of(lambda: run(few)))
    functions, others = calls_of(lambda: run(many))
    fewer, other_fewer = calls_of(lambda: run(few))
    functions.subtract(fewer)
    files: Counter[str] = Counter()
    for (file, _), count in functions.items():
        files[file] += count
    return Counts(
        _each(operators, steps),
        _each(files, steps),
        _number((others - other_fewer) / steps),
        _each(Counter({f"{file}:{name}": count for (file, name), count in functions.items()}), steps),
    )


def _each(counts: Counter[str], steps: int) -> dict[str, float]:
    return {name: _number(count / steps) for name, count in sorted(counts.items()) if count}


def _number(value: float) -> float:
    return int(value) if value == int(value) else round(value, 2)


def torch_version() -> str:
    """As far as it decides which operators run: 2.13 of 2.13.0+cpu."""
    return ".".join(torch.__version__.split(".")[:2])
