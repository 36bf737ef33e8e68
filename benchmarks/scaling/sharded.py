"""The time of a step where each process keeps a share of the weights, as fully sharded training does it.

The weights of a layer are gathered before it computes, forwards and once more backwards, and its gradients are summed
into shares: one and a half times the bytes of replicas, for a memory that is divided by the number of processes.
"""

from __future__ import annotations

from itertools import pairwise

from benchmarks.scaling.link import Link, half_reduce
from benchmarks.scaling.simulator import Step, Work

#: Bytes for each weight: itself, its gradient and two averages, in float32 whatever the layers compute in.
ADAM = 16


def memory(weights: float, size: int, sharded: bool) -> float:
    """Bytes of weights, gradients and the optimizer on each device; what a batch takes comes on top."""
    return weights * ADAM / (size if sharded else 1)


def sharded_step(work: Work, size: int, link: Link) -> Step:
    """A step whose layers are gathered one ahead of what is computed.

    Args:
        work: of each process; its gradients are those of the layers, alike in bytes to the weights that are sent.
    """
    layers = [gradient.number for gradient in work.gradients][::-1]  # forwards
    parts = [half_reduce(number, size, link) for number in layers]
    starts = [0.0, *(g.ready for g in work.gradients)]
    backward = [b - a for a, b in pairwise(starts)][::-1]
    forward = [work.forward * seconds / work.backward for seconds in backward]
    line = clock = begun = 0.0  # when the line and the processor are free, and when the last layer began
    for part, seconds in zip(parts, forward, strict=True):
        line = max(line, begun) + part.seconds
        begun = max(clock, line)
        clock = begun + seconds
    summing = 0.0
    for part, seconds in zip(parts[::-1], backward[::-1], strict=True):
        line = max(line, begun) + part.seconds
        begun = max(clock, line)
        if summing:  # the gradients of the layer before, which is done; the gathering has come first
            line = max(line, clock) + summing
        clock, summing = begun + seconds, part.seconds
    return Step(
        max(clock, line) + summing + work.update / size + (work.overhead if size > 1 else 0.0),
        work.forward + work.backward + work.update / size,
        3 * sum(part.seconds for part in parts),
        3 * sum(part.sent for part in parts),
        3 * len(parts) if size > 1 else 0,
    )
