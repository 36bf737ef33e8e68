"""Random numbers of work that runs ahead or in several threads: they depend on what is done, not on when it is done.

A pipeline's functions run while a model trains in another thread. If both drew from torch's generator, which of them
got which numbers would be a matter of time. So each call of a function has a *place*, and draws from generators that
start at it: the iteration, the step of the pipeline, how often the step was begun in the iteration, the element.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from torchkeras.core.mixing import mixed


class Iteration:
    """One pass over a pipeline.

    Args:
        outer: the place of the call that makes the pass; None where no other pipeline's function does.
        trial: whether it is a look at what there is: then nothing that others draw from is touched.
    """

    def __init__(self, outer: Place | None = None, trial: bool = False) -> None:
        self.path = 0 if outer is None else outer.path()
        self._trial: bool = trial if outer is None else outer.begun.iteration._trial
        self._outer = outer
        self._drawn: dict[Hashable, list[Any]] = {}  # owner -> it (held, so that no id comes twice), number, uses
        self._steps: dict[int, tuple[Any, int]] = {}
        self._times: dict[int, int] = {}
        self._lock = threading.RLock()

    def number(self, owner: Any, draw: Callable[[], int]) -> int:
        """The number that an object draws when it is first used in this iteration."""
        if self._outer is not None:
            return self._outer.begun.iteration.number(owner, draw)
        with self._lock:
            found = self._drawn.get(id(owner))
            if found is None:
                found = self._drawn[id(owner)] = [owner, 0 if self._trial else draw(), 0]
            return int(found[1])

    def next_number(self, owner: Any, draw: Callable[[], int]) -> int:
        """As `number` at first; at each further use of the object in this iteration another."""
        if self._outer is not None:
            return self._outer.begun.iteration.next_number(owner, draw)
        with self._lock:
            first = self.number(owner, draw)
            found = self._drawn[id(owner)]
            found[2] += 1
            return first if found[2] == 1 else mixed(first, found[2])

    def origin(self) -> int:
        """Where numbers without a seed begin: where torch's own generator says."""
        if self._outer is not None:
            return mixed(self._outer.begun.iteration.origin(), self.path)
        return self.number(self, _from_torch)

    def know(self, step: Any) -> int:
        """The number of a step, by the order in which they are made known."""
        with self._lock:
            return self._steps.setdefault(id(step), (step, len(self._steps)))[1]

    def begin(self, step: Any) -> Begun:
        """Notes that a step begins, for the first time or again."""
        with self._lock:
            number = self.know(step)
            times = self._times[number] = self._times.get(number, -1) + 1
        return Begun(self, number, times)

    @contextmanager
    def current(self) -> Iterator[None]:
        """A block in which steps begin for this iteration."""
        before, thread.iteration = thread.iteration, self
        try:
            yield
        finally:
            thread.iteration = before


class Begun:
    """A step of a pipeline, begun.

    Args:
        iteration: in which.
        step: its number.
        times: how often it was begun before.
    """

    __slots__ = ("iteration", "step", "times")

    def __init__(self, iteration: Iteration, step: int, times: int) -> None:
        self.iteration, self.step, self.times = iteration, step, times

    def places(self) -> Iterator[Place]:
        """The places of its calls, without end."""
        return map(Place, itertools.repeat(self), itertools.count())


class Place:
    """The place of one call of a function.

    Args:
        begun: the step.
        call: the number of the call.
    """

    __slots__ = ("_made", "begun", "call")

    def __init__(self, begun: Begun, call: int) -> None:
        self.begun, self.call = begun, call
        self._made: dict[Hashable, torch.Generator] | None = None

    def path(self) -> int:
        """What tells the place from others of the same step."""
        return mixed(mixed(self.begun.iteration.path, self.begun.times), self.call)

    def generator(self, device: torch.device) -> torch.Generator:
        """What is drawn from without a seed. It goes on as long as the call lasts."""
        return self._kept((None, device), lambda: mixed(self.begun.iteration.origin(), self.begun.step), device)

    def generator_of(self, owner: Any, draw: Callable[[], int], device: torch.device) -> torch.Generator:
        """What an object with random numbers of its own draws from, which begin where it says."""
        return self._kept((id(owner), device), lambda: self.begun.iteration.number(owner, draw), device)

    def seeded(self, seed: int, device: torch.device) -> torch.Generator:
        """What an operation with a seed draws from.

        As in TensorFlow, each operation of a function begins anew by itself in each iteration. So an image and its
        mask are cut alike by two operations of one seed, be they in one function or in one each.
        """
        return torch.Generator(device).manual_seed(mixed(seed, self.path()))

    def _kept(self, key: Hashable, start: Callable[[], int], device: torch.device) -> torch.Generator:
        if self._made is None:
            self._made = {}
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = torch.Generator(device).manual_seed(mixed(start(), self.path()))
        return found

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Calls a function at this place."""
        before, thread.place = thread.place, self
        try:
            return function(*args)
        finally:
            thread.place = before


class _Thread(threading.local):
    """Which iteration a thread works on, and the call that it is in."""

    iteration: Iteration | None = None
    place: Place | None = None


thread = _Thread()


def _from_torch() -> int:
    return int(torch.randint(1 << 62, ()))


__all__ = ["Begun", "Iteration", "Place", "thread"]
