"""Times peers against one another in turns, in many short rounds: what else the machine does then meets all alike."""

from __future__ import annotations

import gc
import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.peers.process import PeerFailed
from benchmarks.same import DifferentResults
from benchmarks.targets import TARGETS, Target


@dataclass(frozen=True)
class Settings:
    """What the command line asks of every case."""

    rounds: int | None = None  # in place of each comparison's own
    threads: int = 1  # of torch, in this process and in those it starts
    profile: bool = False
    peers: tuple[str, ...] = ()  # of the training cases; all that are installed unless named
    device: str = "cpu"
    only: tuple[str, ...] = ()
    steps: int | None = None  # in an epoch, in place of each network's own


@dataclass(frozen=True)
class Peer:
    """One of the things compared. `sample` does its work once and gives the seconds that took."""

    name: str
    sample: Callable[[], float]
    profile: Callable[[], str]


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Field:
    """Peers ready to be timed; the first is what the others are measured by.

    Args:
        difference: how far apart their results are, None where there is nothing to compare.
        missing: who does not take part, and why.
        versions: of what the peers are made of, where that is not this process's.
        notes: what is to be said about this field; called once everything is timed.
        close: ends what the field has started.
    """

    peers: list[Peer]
    difference: float | None = None
    missing: dict[str, str] = field(default_factory=dict)
    versions: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: Callable[[], list[str]] = list
    close: Callable[[], None] = _nothing


@dataclass(frozen=True)
class Comparison:
    """What to time: `field` makes the peers, so many times anew (`copies`), for so many rounds altogether.

    Copies are for peers that hold tensors: one and the same model is up to some 5 % faster or slower with where its
    weights happen to lie in memory.

    Args:
        name: by which it is asked for, and its targets are found; also by any of `words`.
        explicit: it runs only if it is asked for.
    """

    name: str
    title: str
    field: Callable[[], Field]
    rounds: int
    copies: int = 1
    words: tuple[str, ...] = ()
    explicit: bool = False

    def asked_for(self, only: tuple[str, ...]) -> bool:
        """Whether it runs when only these are asked for; all are when none is named."""
        return not self.explicit if not only else bool({self.name, *self.words} & set(only))


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

    @classmethod
    def of_ratios(cls, values: list[float], others: list[float]) -> Spread:
        """Round by round, since what slows one round slows both."""
        return cls.of([mine / its for mine, its in zip(values, others, strict=True)])


@dataclass(frozen=True)
class Row:
    """What was measured of one peer. `ratio` compares each of its rounds with the first peer's of the same round."""

    peer: str
    seconds: Spread
    ratio: Spread
    times: list[float]


@dataclass(frozen=True)
class Verdict:
    """A target, and what came of it: a ratio, or seconds where the target names no other peer."""

    target: Target
    found: Spread
    met: bool


@dataclass(frozen=True)
class Result:
    name: str
    title: str
    rounds: int
    difference: float | None
    rows: list[Row]
    verdicts: list[Verdict] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    versions: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    profiles: dict[str, str] = field(default_factory=dict)


def measure(comparison: Comparison, settings: Settings) -> Result:
    """Times the peers of a comparison in turns."""
    rounds = settings.rounds or comparison.rounds
    copies = min(comparison.copies, rounds)
    fields: list[Field] = []  # all kept to the end: the next copy shall lie elsewhere
    times: dict[str, list[float]] = {}
    missing: dict[str, str] = {}
    try:
        for copy in range(copies):
            if fields:
                fields[-1].close()
            fields.append(comparison.field())
            missing |= fields[-1].missing
            peers = [peer for peer in fields[-1].peers if peer.name not in missing]
            share = rounds // copies + (copy < rounds % copies)
            found, failed = interleave(peers, share)
            missing |= failed
            for name, seconds in found.items():
                times.setdefault(name, []).extend(seconds)
        last = fields[-1]
        whole = {peer.name: times[peer.name] for peer in last.peers if peer.name not in missing}
        differences = [f.difference for f in fields if f.difference is not None]
        return Result(
            name=comparison.name,
            title=comparison.title,
            rounds=rounds,
            difference=max(differences, default=None),
            rows=rows(whole),
            verdicts=verdicts(TARGETS[settings.device].get(comparison.name, ()), whole),
            missing=missing,
            versions=last.versions,
            notes=last.notes(),
            profiles={p.name: p.profile() for p in last.peers if p.name in whole} if settings.profile else {},
        )
    except DifferentResults as error:
        raise DifferentResults(f"{comparison.title}: {error}") from None
    finally:
        for made in fields[-1:]:
            made.close()


def interleave(peers: list[Peer], rounds: int) -> tuple[dict[str, list[float]], dict[str, str]]:
    """The seconds of each peer in each round, each round in another order; and why peers failed that have none.

    In a fixed order a peer would always find the caches as the same neighbour leaves them. A first round is thrown
    away.
    """
    times: dict[str, list[float]] = {peer.name: [] for peer in peers}
    failed: dict[str, str] = {}
    order = random.Random(0)

    def take(peer: Peer, keep: bool) -> None:
        if peer.name in failed:
            return
        try:
            seconds = peer.sample()
        except PeerFailed as error:
            failed[peer.name] = str(error)
            del times[peer.name]
        else:
            times[peer.name] += [seconds] if keep else []

    for peer in peers:
        take(peer, keep=False)
    gc.collect()
    for _ in range(rounds):
        for peer in order.sample(peers, len(peers)):
            take(peer, keep=True)
    return times, failed


def rows(times: dict[str, list[float]]) -> list[Row]:
    """The first of the peers is what the others are measured by."""
    first = next(iter(times.values()), [])
    return [Row(peer, Spread.of(mine), Spread.of_ratios(mine, first), mine) for peer, mine in times.items()]


def verdicts(targets: tuple[Target, ...], times: dict[str, list[float]]) -> list[Verdict]:
    """Of those targets whose peers were measured."""
    found = []
    for target in targets:
        if target.ours not in times or (target.against is not None and target.against not in times):
            continue
        mine = times[target.ours]
        spread = Spread.of(mine) if target.against is None else Spread.of_ratios(mine, times[target.against])
        found.append(Verdict(target, spread, spread.median <= target.at_most))
    return found
