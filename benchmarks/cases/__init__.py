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
