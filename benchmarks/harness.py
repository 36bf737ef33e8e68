"""Times peers against one another in turns, in many short rounds: what else the machine does then meets all alike."""

from __future__ import annotations

import cProfile
import gc
import io
import os
import pstats
import random
import statistics
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from torch import Tensor

ROOT = Path(__file__).resolve().parents[1]
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Settings:
    """What the command line asks of every case."""

    rounds: int | None = None  # in place of each comparison's own
    threads: int = 1  # of torch, in this process and in those it starts
    profile: bool = False
    peers: tuple[str, ...] = ()  # of the training cases; all that are installed unless named


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
class Field:
    """Peers ready to be timed; the first is what the others are measured by.

    `difference` is how far apart their results are, None where there is nothing to compare.
    """

    peers: list[Peer]
    difference: float | None = None


@dataclass(frozen=True)
class Comparison:
    """What to time: `field` makes the peers, so many times anew (`copies`), for so many rounds altogether.

    Copies are for peers that hold tensors: one and the same model is up to some 5 % faster or slower with where its
    weights happen to lie in memory.
    """

    name: str
    field: Callable[[], Field]
    rounds: int
    copies: int = 1
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
    # An installed package has its bytecode ready; here the round that is thrown away writes it.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(
        [sys.executable, *options, "-c", program],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip


# --- measuring ----------------------------------------------------------------------------------------------


class DifferentResults(Exception):
    """The peers do not compute the same, so their times say nothing."""


def require_equal(reference: Tensor, *others: Tensor) -> float:
    """The largest difference from the reference, as a part of the reference's largest value.

    Beyond TOLERANCE it raises, and so it does where the reference is all zeros, which would prove nothing.
    """
    shapes = {tuple(result.shape) for result in (reference, *others)}
    if len(shapes) > 1:
        raise DifferentResults(f"results of different shapes: {sorted(shapes)}")
    scale = reference.abs().max()
    difference = max(float((other - reference).abs().max() / scale) for other in others)
    if not difference <= TOLERANCE:
        raise DifferentResults(f"results differ by {difference:.2g} of the largest value, more than {TOLERANCE:.0e}")
    return difference


def measure(comparison: Comparison, settings: Settings) -> Result:
    """Times the peers of a comparison in turns."""
    rounds = settings.rounds or comparison.rounds
    copies = min(comparison.copies, rounds)
    fields: list[Field] = []  # all kept to the end: the next copy shall lie elsewhere
    times: dict[str, list[float]] = {}
    for copy in range(copies):
        try:
            fields.append(comparison.field())
        except DifferentResults as error:
            raise DifferentResults(f"{comparison.name}: {error}") from None
        share = rounds // copies + (copy < rounds % copies)
        for name, seconds in interleave(fields[-1].peers, share).items():
            times.setdefault(name, []).extend(seconds)
    peers, differences = fields[-1].peers, [f.difference for f in fields if f.difference is not None]
    reference = times[peers[0].name]
    return Result(
        comparison=comparison.name,
        rounds=rounds,
        difference=max(differences, default=None),
        rows=[_row(peer, times[peer.name], reference) for peer in peers],
        notes=comparison.notes(),
        profiles={peer.name: peer.profile() for peer in peers} if settings.profile else {},
    )


def interleave(peers: list[Peer], rounds: int) -> dict[str, list[float]]:
    """The seconds of each peer in each round, each round in another order. A first round is thrown away.

    In a fixed order a peer would always find the caches as the same neighbour leaves them.
    """
    times: dict[str, list[float]] = {peer.name: [] for peer in peers}
    order = random.Random(0)
    for peer in peers:
        peer.sample()
    gc.collect()
    for _ in range(rounds):
        for peer in order.sample(peers, len(peers)):
            times[peer.name].append(peer.sample())
    return times


def _row(peer: Peer, seconds: list[float], reference: list[float]) -> Row:
    spread = Spread.of(seconds)
    ratio = Spread.of([mine / its for mine, its in zip(seconds, reference, strict=True)])
    wanted = [(peer.ratio_target, ratio.median), (peer.seconds_target, spread.median)]
    kept = [median <= target for target, median in wanted if target is not None]
    return Row(peer.name, spread, ratio, peer.ratio_target, peer.seconds_target, all(kept) if kept else None)
