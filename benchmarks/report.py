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

from benchmarks.harness import Result, Row, Settings, Spread, Verdict
from benchmarks.peers.process import ROOT


def conditions(settings: Settings) -> dict[str, Any]:
    """The machine, the day and the versions: what a figure means nothing without."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "device": settings.device,
        "threads": settings.threads,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": importlib.metadata.version("numpy"),
        "torchkeras": _revision(),
        **(_gpu() if settings.device == "cuda" else {}),
    }


def _gpu() -> dict[str, Any]:
    return {
        "gpu": torch.cuda.get_device_name(),
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
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

_HEADER = ("", "median", "quartiles", "ratio", "quartiles")


def as_text(result: Result) -> str:
    table = [_HEADER, *(_cells(row, first=i == 0) for i, row in enumerate(result.rows))]
    widths = [max(len(line[column]) for line in table) for column in range(len(_HEADER))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]
    parts = [f"{result.title} [{result.name}] ({_manner(result)})", *lines, *(f"  {line}" for line in _remarks(result))]
    for peer, profile in result.profiles.items():
        parts += ["", f"profile of {peer}:", profile.rstrip()]
    return "\n".join(parts)


def as_markdown(results: list[Result], where: dict[str, Any]) -> str:
    parts = [conditions_line(where, results), ""]
    for result in results:
        parts += [f"**{result.title}** ({_manner(result)})", ""]
        parts += [_markdown_line(_HEADER), "| --- | ---: | ---: | ---: | ---: |"]
        parts += [_markdown_line(_cells(row, first=i == 0)) for i, row in enumerate(result.rows)]
        remarks = _remarks(result)
        parts += ["", *(f"- {line}" for line in remarks), *([""] if remarks else [])]
    return "\n".join(parts).rstrip()


def as_json(results: list[Result], where: dict[str, Any]) -> dict[str, Any]:
    return {"conditions": where, "results": [asdict(result) for result in results]}


def conditions_line(where: dict[str, Any], results: list[Result] | None = None) -> str:
    """Where and when, with the versions of all peers that took part."""
    threads = f"{where['threads']} thread{'s' if where['threads'] != 1 else ''}"
    gpu = f"; {where['gpu']}, CUDA {where['cuda']}, cuDNN {where['cudnn']}" if "gpu" in where else ""
    versions = {name: where[name] for name in ("python", "torch", "numpy", "torchkeras")}
    for result in results or ():
        for packages in result.versions.values():
            versions = {**packages, **versions}
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"{where['date']}; {where['machine']}{gpu}; {threads}; {named}"


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
    )


def _remarks(result: Result) -> list[str]:
    missing = [f"{peer} did not take part: {reason}" for peer, reason in result.missing.items()]
    return [*(_verdict(verdict) for verdict in result.verdicts), *result.notes, *missing]


def _verdict(verdict: Verdict) -> str:
    target = verdict.target
    form = _time if target.against is None else _ratio
    wanted = _time(target.at_most) if target.against is None else f"{target.at_most:g} x {target.against}"
    found = f"{form(verdict.found.median)} ({_range(verdict.found, form)})"
    return f"{target.ours} at most {wanted}: {found}, {'met' if verdict.met else 'missed'}"


def _range(spread: Spread, form: Any) -> str:
    return f"{form(spread.low)} to {form(spread.high)}"


def _ratio(value: float) -> str:
    return f"{value:.3f}"


def _time(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("us", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
