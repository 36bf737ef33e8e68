"""The cases: each a file with a `comparisons` function that yields what to time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.cases import build, data, eager, importing, single_call, training
from benchmarks.harness import Comparison, Settings

CASES: dict[str, Callable[[Settings], Iterator[Comparison]]] = {
    "single_call": single_call.comparisons,
    "eager": eager.comparisons,
    "data": data.comparisons,
    "import": importing.comparisons,
    "build": build.comparisons,
    "training": training.comparisons,
}


def comparisons(settings: Settings) -> Iterator[Comparison]:
    """What was asked for."""
    for case, made in CASES.items():
        for comparison in made(settings):
            if case in settings.only or comparison.asked_for(settings.only):
                yield comparison


def words(settings: Settings) -> list[str]:
    """What `--only` may name."""
    found = dict.fromkeys(CASES)
    for made in CASES.values():
        for comparison in made(settings):
            found |= dict.fromkeys((comparison.name, *comparison.words))
    return list(found)
