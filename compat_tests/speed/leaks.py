"""What is left behind: objects by type, before and after the same work done again and again."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable
from typing import Any


def objects() -> Counter[str]:
    """All that the garbage collector knows of and cannot take, by type."""
    gc.collect()
    return Counter(str(type(one)) for one in gc.get_objects())


def left_behind(work: Callable[[], Any], times: int = 3, before: int = 2) -> dict[str, int]:
    """The types of which one object or more stays each time that `work` is done.

    Two rounds have to agree: what is made once and kept, such as Python's own notes of what is a subclass of what, is
    no leak.

    Args:
        times: how often it is done in each round.
        before: how often it is done before them.
    """
    for _ in range(before):
        work()
    gc.collect()
    gc.freeze()  # what is there now is not gone through again and again
    try:
        counts = [objects()]
        for _ in range(2):
            for _ in range(times):
                work()
            counts.append(objects())
    finally:
        gc.unfreeze()
    first, second = counts[1] - counts[0], counts[2] - counts[1]
    return {name: count for name, count in second.items() if min(count, first[name]) >= times}


def left_behind_by(work: dict[str, Callable[[], Any]]) -> dict[str, dict[str, int]]:
    """The same for several pieces of work, by name; first all together, which is all where nothing stays."""
    if not left_behind(lambda: [one() for one in work.values()]):
        return {}
    return {name: found for name, one in work.items() if (found := left_behind(one))}
