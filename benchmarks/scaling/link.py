"""What connects processes, and what a collective over it costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """The slowest connection on the way around.

    Args:
        latency: seconds until a message of no length has arrived and the next may go.
        bandwidth: bytes a second that a process can send, while it receives as many.
        by_processor: whether the bytes are moved by the cores that compute, as sockets have it, or by devices of
            their own.
    """

    latency: float
    bandwidth: float
    by_processor: bool = False

    @classmethod
    def fitted(
        cls, size: int, sizes: Sequence[int], seconds: Sequence[float], by_processor: bool = False, cores: float = 1.0
    ) -> Link:
        """The link by which all-reduces of so many bytes among `size` processes take so many seconds.

        A least relative error: a small message counts as much as a large one.

        Args:
            cores: that each process had for sending them: where it is less than one, the link by itself is faster.
        """
        rows = [(1.0 / time, number / time) for number, time in zip(sizes, seconds, strict=True)]
        aa, ab, bb = (sum(r[i] * r[j] for r in rows) for i, j in ((0, 0), (0, 1), (1, 1)))
        a, b = sum(r[0] for r in rows), sum(r[1] for r in rows)
        determinant = aa * bb - ab * ab
        start, per_byte = (a * bb - b * ab) / determinant, (b * aa - a * ab) / determinant
        if per_byte <= 0:
            raise ValueError(f"All-reduces of {list(sizes)} bytes took {list(seconds)} s: larger ones are not slower.")
        rate = min(1.0, cores) if by_processor else 1.0
        hops = 2 * (size - 1)
        return cls(max(0.0, start) / hops, hops / size / (per_byte * rate), by_processor)


@dataclass(frozen=True)
class Collective:
    """What a collective takes.

    Args:
        wait: seconds in which nobody has anything to do.
        send: seconds in which bytes move.
        sent: bytes that each process sends.
    """

    wait: float
    send: float
    sent: float

    @property
    def seconds(self) -> float:
        return self.wait + self.send


def all_reduce(number: float, size: int, link: Link, tree: bool = False) -> Collective:
    """Sums `number` bytes over `size` processes.

    In a ring each sends to the next, twice around (a share of the sums, then the sums); in a tree the way is shorter
    and each byte goes up and down whole. gloo takes the ring, NCCL the tree for what is small.
    """
    if size == 1:
        return Collective(0.0, 0.0, 0.0)
    hops, part = (2 * math.ceil(math.log2(size)), 2.0) if tree else (2 * (size - 1), 2.0 * (size - 1) / size)
    return Collective(hops * link.latency, part * number / link.bandwidth, part * number)


def half_reduce(number: float, size: int, link: Link) -> Collective:
    """Gathers shares of `number` bytes altogether, or sums them into shares: once around the ring."""
    whole = all_reduce(number, size, link)
    return Collective(whole.wait / 2, whole.send / 2, whole.sent / 2)
