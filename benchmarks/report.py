"""What was measured, as text, Markdown or JSON, with where and when."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from benchmarks.harness import ROOT, Result, Row, Settings, Spread


def conditions(settings: Settings) -> dict[str, Any]:
    """The machine, the day and the versions: what a figure means nothing without."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "threads": settings.threads,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": importlib.metadata.version("numpy"),
        "torchkeras": _revision(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or "unknown processor"


def _revision() -> str:
    """The commit, with a + where files differ from it."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty=+"], cwd=ROOT, check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown revision"
    return found.stdout.strip()


# --- forms --------------------------------------------------------------------------------------------------

_HEADER = ("", "median", "quartiles", "ratio", "quartiles", "target")


def as_text(result: Result) -> str:
    table = [_HEADER, *(_cells(row, first=i == 0) for i, row in enumerate(result.rows))]
    widths = [max(len(line[column]) for line in table) for column in range(len(_HEADER))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]
    parts = [f"{result.comparison} ({_manner(result)})", *lines, *(f"  {note}" for note in result.notes)]
    for peer, profile in result.profiles.items():
        parts += ["", f"profile of {peer}:", profile.rstrip()]
    return "\n".join(parts)


def as_markdown(results: list[Result], where: dict[str, Any]) -> str:
    parts = [conditions_line(where), ""]
    for result in results:
        parts += [f"**{result.comparison}** ({_manner(result)})", ""]
        parts += [_markdown_line(_HEADER), "| --- | ---: | ---: | ---: | ---: | --- |"]
        parts += [_markdown_line(_cells(row, first=i == 0)) for i, row in enumerate(result.rows)]
        parts += ["", *(f"- {note}" for note in result.notes), *([""] if result.notes else [])]
    return "\n".join(parts).rstrip()


def as_json(results: list[Result], where: dict[str, Any]) -> dict[str, Any]:
    return {"conditions": where, "results": [asdict(result) for result in results]}


def conditions_line(where: dict[str, Any]) -> str:
    threads = f"{where['threads']} thread{'s' if where['threads'] != 1 else ''}"
    versions = ", ".join(f"{name} {where[name]}" for name in ("python", "torch", "numpy", "torchkeras"))
    return f"{where['date']}; {where['machine']}; {threads}; {versions}"


def _markdown_line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _manner(result: Result) -> str:
    rounds = f"{result.rounds} round{'s' if result.rounds != 1 else ''}"
    if result.difference is None:
        return rounds
    return f"{rounds}; results {f'equal to {result.difference:.0e}' if result.difference else 'equal bit by bit'}"


def _cells(row: Row, first: bool) -> tuple[str, ...]:
    return (
        row.peer,
        _time(row.seconds.median),
        _range(row.seconds, _time),
        "1" if first else _ratio(row.ratio.median),
        "" if first else _range(row.ratio, _ratio),
        _target(row),
    )


def _range(spread: Spread, form: Any) -> str:
    return f"{form(spread.low)} to {form(spread.high)}"


def _target(row: Row) -> str:
    if row.met is None:
        return ""
    wanted = _ratio(row.ratio_target) if row.ratio_target is not None else _time(row.seconds_target or 0.0)
    return f"<= {wanted}: {'met' if row.met else 'missed'}"


def _ratio(value: float) -> str:
    return f"{value:.3f}"


def _time(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("us", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
