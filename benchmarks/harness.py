"""Times peers against one another: in turns, in many short rounds, so that what else the machine does meets all."""

from __future__ import annotations

import cProfile
import gc
import io
import pstats
import statistics
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Settings:
    """What the command line asks of every case."""

    rounds: int | None = None  # in place of each comparison's own
    threads: int = 1  # of torch, in this process and in those it starts
    profile: bool = False


@dataclass(frozen=True)
class Peer:
    """One of the things compared. `sample` does its work once and gives the seconds that took.

    The targets are what we hold ourselves to: a ratio to the comparison's first peer, or seconds.
    """

    name: str
    sample: Callable[[], float]
    profile: Callable[[], str]
    ratio_target: float | None = None
    seconds_target: float | None = None


@dataclass(frozen=True)
class Comparison:
    """Peers that do the same; the first is what the others are measured by.

    `difference` computes how far apart the peers' results are; beyond TOLERANCE nothing is timed. Where there is no
    result to compare it is None.
    """

    name: str
    peers: list[Peer]
    rounds: int
    difference: Callable[[], float] | None = None
    notes: Callable[[], list[str]] = list


@dataclass(frozen=True)
class Spread:
    """A median between its quartiles."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        return cls(*statistics.quantiles(values, n=4, method="inclusive"))


@dataclass(frozen=True)
class Row:
    """What was measured of one peer. `ratio` compares each of its rounds with the first peer's of the same round."""

    peer: str
    seconds: Spread
    ratio: Spread
    ratio_target: float | None
    seconds_target: float | None
    met: bool | None


@dataclass(frozen=True)
class Result:
    comparison: str
    rounds: int
    difference: float | None
    rows: list[Row]
    notes: list[str] = field(default_factory=list)
    profiles: dict[str, str] = field(default_factory=dict)


# --- peers --------------------------------------------------------------------------------------------------


def in_process(
    name: str,
    work: Callable[[], Any],
    *,
    within: Callable[[], AbstractContextManager[Any]] = nullcontext,
    once: bool = False,
    before: Callable[[], Any] | None = None,
    **targets: float | None,
) -> Peer:
    """A peer that is called in this process: as often a round as fits into some milliseconds, or `once`.

    `before` is called ahead of each round and not timed.
    """
    calls = 1 if once else 0

    def sample() -> float:
        nonlocal calls
        if before is not None:
            before()
        with within():
            if not calls:
                calls = _calls_for(work, seconds=0.004)
            start = perf_counter()
            for _ in range(calls):
                work()
            return (perf_counter() - start) / calls

    def profile() -> str:
        sample()  # with everything warm
        profiler = cProfile.Profile()
        if before is not None:
            before()
        with within(), profiler:
            for _ in range(calls):
                work()
        text = io.StringIO()
        pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(25)
        return text.getvalue()

    return Peer(name, sample, profile, **targets)


def _calls_for(work: Callable[[], Any], seconds: float) -> int:
    work()
    fastest = min(_timed(work) for _ in range(5))
    return max(1, round(seconds / fastest))


def _timed(work: Callable[[], Any]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def fresh_process(name: str, statement: str, **targets: float | None) -> Peer:
    """A peer that is one statement in a new interpreter; starting the interpreter itself is not counted."""
    program = f"import time\nstart = time.perf_counter()\n{statement}\nprint(time.perf_counter() - start)"

    def sample() -> float:
        return float(run_python(program).stdout)

    def profile() -> str:
        lines = run_python(statement, "-X", "importtime").stderr.splitlines()
        timed = [line for line in lines if line.startswith("import time:")]
        by_own_time = sorted(timed[1:], key=lambda line: -int(line.split("|")[0].split(":")[1]))
        return "\n".join([timed[0], *by_own_time[:40]])

    return Peer(name, sample, profile, **targets)


def run_python(program: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )


# --- measuring ----------------------------------------------------------------------------------------------


class DifferentResults(Exception):
    """The peers do not compute the same, so their times say nothing."""


def measure(comparison: Comparison, settings: Settings) -> Result:
    """Checks that the peers agree, then times them in turns."""
    difference = comparison.difference() if comparison.difference is not None else None
    if difference is not None and not difference <= TOLERANCE:  # NaN is no agreement either
        raise DifferentResults(f"{comparison.name}: results differ by {difference:.2g}, more than {TOLERANCE:.0e}")
    rounds = settings.rounds or comparison.rounds
    times = interleave(comparison.peers, rounds)
    reference = times[0]
    rows = []
    for peer, seconds in zip(comparison.peers, times, strict=True):
        row = Row(
            peer=peer.name,
            seconds=Spread.of(seconds),
            ratio=Spread.of([mine / its for mine, its in zip(seconds, reference, strict=True)]),
            ratio_target=peer.ratio_target,
            seconds_target=peer.seconds_target,
            met=None,
        )
        rows.append(_judged(row))
    profiles = {peer.name: peer.profile() for peer in comparison.peers} if settings.profile else {}
    return Result(comparison.name, rounds, difference, rows, comparison.notes(), profiles)


def interleave(peers: list[Peer], rounds: int) -> list[list[float]]:
    """The seconds of each peer in each round. Every round begins with another peer; a first round is thrown away."""
    times: list[list[float]] = [[] for _ in peers]
    for peer in peers:
        peer.sample()
    gc.collect()
    for turn in range(rounds):
        for i in range(len(peers)):
            at = (turn + i) % len(peers)
            times[at].append(peers[at].sample())
    return times


def _judged(row: Row) -> Row:
    """The row with `met` filled in, where the peer has a target."""
    kept = []
    if row.ratio_target is not None:
        kept.append(row.ratio.median <= row.ratio_target)
    if row.seconds_target is not None:
        kept.append(row.seconds.median <= row.seconds_target)
    return Row(row.peer, row.seconds, row.ratio, row.ratio_target, row.seconds_target, all(kept) if kept else None)
