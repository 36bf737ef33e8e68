"""The time of a training step that several processes share, from what its parts take.

As DistributedDataParallel does it: gradients are collected in buckets in the order in which they become ready, a full
bucket is summed over all processes while the backward pass goes on, one after the other, and the update waits for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.scaling.link import Collective, Link, all_reduce

#: torch's: a small first bucket, so that sending begins early.
FIRST_BUCKET, BUCKET = 1 << 20, 25 << 20


@dataclass(frozen=True)
class Gradient:
    """Of one weight: its bytes, and how many seconds into the backward pass it is there."""

    number: int
    ready: float


@dataclass(frozen=True)
class Work:
    """What one process computes in a step on its part of the batch, with a core of its own.

    Args:
        forward: seconds until the loss is there, with what else is done between two steps.
        backward: seconds of the backward pass.
        gradients: in the order in which they become ready.
        update: seconds of the optimizer.
        overhead: seconds that a shared step takes beyond these, whatever is sent.
    """

    forward: float
    backward: float
    gradients: Sequence[Gradient]
    update: float = 0.0
    overhead: float = 0.0

    @classmethod
    def even(
        cls, number: int, layers: int, forward: float, backward: float, update: float = 0.0, overhead: float = 0.0
    ) -> Work:
        """Of a model whose layers are alike, with gradients of `number` bytes altogether."""
        gradients = [Gradient(number // layers, backward * (i + 1) / layers) for i in range(layers)]
        return cls(forward, backward, gradients, update, overhead)

    @property
    def number(self) -> int:
        """Bytes of all gradients."""
        return sum(gradient.number for gradient in self.gradients)

    @property
    def seconds(self) -> float:
        return self.forward + self.backward + self.update


@dataclass(frozen=True)
class Step:
    """A predicted step.

    Args:
        seconds: from one update to the next.
        computing: of these, what a process alone would take for its part, with its share of the cores.
        sending: what all collectives take one after the other, with nothing else to do.
        sent: bytes that each process sends.
        buckets: how many collectives there are.
    """

    seconds: float
    computing: float
    sending: float
    sent: float
    buckets: int

    @property
    def exposed(self) -> float:
        """Seconds that working together costs: what computing does not hide."""
        return self.seconds - self.computing


def buckets_of(gradients: Sequence[Gradient], first: int = FIRST_BUCKET, others: int = BUCKET) -> list[Gradient]:
    """Each bucket is there with the last of its gradients; it is closed once it has reached its size."""
    found, number, limit = [], 0, first
    for i, gradient in enumerate(gradients):
        number += gradient.number
        if number >= limit or i == len(gradients) - 1:
            found.append(Gradient(number, gradient.ready))
            number, limit = 0, others
    return found


def step(
    work: Work,
    size: int,
    link: Link,
    cores: float | None = None,
    first: int = FIRST_BUCKET,
    others: int = BUCKET,
    tree: bool = False,
    accumulated: int = 1,
) -> Step:
    """A step of `size` processes.

    Args:
        work: of each.
        cores: of the machine, where all run on one; each process computes with one at most. None where each has its
            own device.
        first, others: the bytes of buckets.
        accumulated: how many parts of a batch a process computes, one after the other, before gradients are summed.
    """
    own = 1.0 if cores is None else cores / size
    rate = min(1.0, own)
    buckets = buckets_of(work.gradients, first, others)
    collectives = [all_reduce(bucket.number, size, link, tree) for bucket in buckets]
    before = (work.forward + work.backward) * (accumulated - 1) + work.forward + (work.overhead if size > 1 else 0.0)
    backward = _overlapped(work.backward, [b.ready for b in buckets], collectives, own, link.by_processor)
    sending = sum(c.wait + c.send / (rate if link.by_processor else 1.0) for c in collectives)
    return Step(
        before / rate + backward + work.update / rate,
        (work.seconds + (work.forward + work.backward) * (accumulated - 1)) / rate,
        sending,
        sum(c.sent for c in collectives),
        len(buckets) if size > 1 else 0,
    )


def _overlapped(
    backward: float, ready: Sequence[float], collectives: Sequence[Collective], own: float, by_processor: bool
) -> float:
    """Seconds of a backward pass and of the collectives that begin in it.

    Two things go on at a time, the pass and a collective. Where the same cores do both, of which a process has `own`,
    they are slower together.
    """
    now = done = 0.0
    under_way = 0
    wait, send = (collectives[0].wait, collectives[0].send) if collectives else (0.0, 0.0)
    while done < backward or under_way < len(collectives):
        computes = done < backward
        sends = under_way < len(collectives) and done >= min(ready[under_way], backward)
        busy = computes + (sends and wait <= 0.0 and by_processor)
        rate = min(1.0, own / busy) if busy else 1.0
        speed = rate if by_processor else 1.0
        times = []
        if computes:
            next_ready = min((r for r in ready[under_way:] if r > done), default=backward)
            times.append((min(next_ready, backward) - done) / rate)
        if sends:
            times.append(wait if wait > 0.0 else send / speed)
        passed = min(times)
        now += passed
        if computes:
            done = min(next_ready, backward) if passed == times[0] else done + passed * rate
        if sends:
            if wait > 0.0:
                wait = 0.0 if passed == times[-1] else wait - passed
            else:
                send = 0.0 if passed == times[-1] else send - passed * speed
            if wait <= 0.0 and send <= 0.0:
                under_way += 1
                if under_way < len(collectives):
                    wait, send = collectives[under_way].wait, collectives[under_way].send
    return now


def efficiency(work: Work, size: int, link: Link, **settings: object) -> float:
    """The share of its time in which a process does what it would do alone."""
    found = step(work, size, link, **settings)  # type: ignore[arg-type]
    return found.computing / found.seconds


def with_part(work: Work, share: float) -> Work:
    """The work where a process has another part of the batch: what depends on it is forward and backward."""
    return replace(
        work,
        forward=work.forward * share,
        backward=work.backward * share,
        gradients=[Gradient(g.number, g.ready * share) for g in work.gradients],
    )
