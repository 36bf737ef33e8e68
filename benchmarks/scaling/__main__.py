"""`python -m benchmarks.scaling`: measures what the simulator asks for, and sets its predictions beside measured steps.

python -m benchmarks.scaling [--rounds N] [--only MODEL] [--processes 2,4]
python -m benchmarks.scaling --paper     # the tables of docs/scaling.md, which nothing is measured for
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.scaling import paper


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__.splitlines()[0])
    parser.add_argument("--paper", action="store_true", help="only what needs no measurement")
    parser.add_argument("--rounds", type=int, default=7, help="(default: 7)")
    parser.add_argument("--only", action="append", help="a model by its name")
    parser.add_argument("--processes", default="2,4", help="how many, separated by commas (default: 2,4)")
    asked = parser.parse_args(arguments)
    if asked.paper:
        for title, header, rows in paper.tables():
            table(title, header, rows)
        return 0
    os.environ["OMP_NUM_THREADS"] = "1"
    from benchmarks.scaling import measuring

    names = asked.only or list(measuring.MODELS)
    if unknown := set(names) - set(measuring.MODELS):
        parser.error(f"--only: no model is named {', '.join(unknown)}; there are {', '.join(measuring.MODELS)}")
    sizes = [int(size) for size in asked.processes.split(",")]
    for name in names:
        batch = measuring.MODELS[name][2]
        if unfit := [size for size in sizes if size < 2 or batch % size]:
            parser.error(
                f"--processes: {unfit}: expected 2 or more, by which the batch of {name}, {batch}, can be divided"
            )
    compare(names, sizes, asked.rounds)
    return 0


def compare(names: Sequence[str], sizes: Sequence[int], rounds: int) -> None:
    from benchmarks.scaling import measuring
    from benchmarks.scaling.processes import run_together

    cores = os.cpu_count() or 1
    wrapper, predictions, links, traffic = [], [], {}, []
    for name in names:
        [price] = run_together(1, measuring.price_of_the_wrapper, name, rounds)
        overhead = max(0.0, _median(b - a for a, b in zip(price.without, price.wrapped, strict=True)))
        wrapper.append(wrapper_row(name, price))
        for size in sizes:
            by_rank = run_together(size, measuring.rounds_of, name, rounds)
            each = [
                predicted_and_measured([ranks[i] for ranks in by_rank], size, cores, overhead) for i in range(rounds)
            ]
            predictions.append(prediction_row(name, size, each))
            print(", ".join(predictions[-1]), file=sys.stderr, flush=True)  # a run that is cut short leaves what it has
            links.setdefault(size, []).extend(one["link"] for one in each)
            one = run_together(size, measuring.traffic, name)[0]
            traffic.append(traffic_row(name, size, one))
    table(
        "DistributedDataParallel in one process", ["", "without", "with", "ratio", "operators", "Python calls"], wrapper
    )
    table(
        f"The link, by all-reduces of {measuring.SIZES[0] >> 10} KiB to {measuring.SIZES[-1] >> 20} MiB",
        ["processes", "latency of a hop", "bandwidth"],
        [
            [str(size), us(_median(l.latency for l in found)), f"{_median(l.bandwidth for l in found) / 1e6:.0f} MB/s"]
            for size, found in links.items()
        ],
    )
    table("A step", ["", "processes", "computing", "all-reduces", "predicted", "measured", "ratio"], predictions)
    table("Bytes a step", ["", "processes", "weights", "given to all-reduces", "sent", "by the formula"], traffic)


def predicted_and_measured(ranks: Sequence[Any], size: int, cores: int, overhead: float) -> dict[str, Any]:
    """One round: the processes' medians, the link among them, and the step that follows from it."""
    from benchmarks.scaling.link import Link
    from benchmarks.scaling.measuring import SIZES
    from benchmarks.scaling.simulator import step

    slowest = max(ranks, key=lambda one: one.parts.seconds)
    # All wait for whoever is last, who is another one in each step.
    last = _median(max(times) for times in zip(*(one.parts.durations for one in ranks), strict=True))
    own = cores / size
    rate = min(1.0, own)
    link = Link.fitted(size, SIZES, ranks[0].all_reduces, by_processor=True, cores=own)
    work = slowest.parts.work(overhead + rate * max(0.0, last - slowest.parts.seconds), rate)
    return {"link": link, "step": step(work, size, link, cores), "measured": _median(one.seconds for one in ranks)}


def prediction_row(name: str, size: int, rounds: Sequence[dict[str, Any]]) -> list[str]:
    steps = [one["step"] for one in rounds]
    return [
        name, str(size), ms(_median(s.computing for s in steps)), ms(_median(s.sending for s in steps)),
        ms(_median(s.seconds for s in steps)), ms(_median(one["measured"] for one in rounds)),
        spread([one["step"].seconds / one["measured"] for one in rounds]),
    ]  # fmt: skip


def wrapper_row(name: str, price: Any) -> list[str]:
    ratios = [b / a for a, b in zip(price.without, price.wrapped, strict=True)]
    counts = [f"{before:g} and {after - before:g} more" for before, after in (price.operators, price.calls)]
    return [name, ms(_median(price.without)), ms(_median(price.wrapped)), spread(ratios), *counts]


def traffic_row(name: str, size: int, found: Any) -> list[str]:
    formula = 2 * (size - 1) / size * found.weights
    return [name, str(size), *(f"{number:,.0f}" for number in (found.weights, found.summed, found.sent, formula))]


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"\n**{title}**\n")
    print(f"| {' | '.join(header)} |")
    print(f"| {' | '.join(['---'] + ['---:'] * (len(header) - 1))} |")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def ms(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms"


def us(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} us"


def spread(values: Sequence[float]) -> str:
    """The median and the quartiles."""
    if len(values) < 2:
        return f"{values[0]:.2f}"
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def _median(values: Any) -> float:
    return statistics.median(values)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
