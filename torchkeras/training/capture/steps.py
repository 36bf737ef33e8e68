"""How the steps of an epoch are taken: one after the other as they are, or by replaying captured ones."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

from torchkeras.core.capturing import CannotCapture, capturing
from torchkeras.data import Batch
from torchkeras.data.arrays import ArrayEpoch
from torchkeras.optimizers.captured import Updates
from torchkeras.training.capture.batches import FixedBatch, GatheredBatches, Signature, signature_of
from torchkeras.training.capture.graphs import CAPTURERS
from torchkeras.training.capture.host_watch import HostWatch

#: Steps that are taken as they are before one like them is captured: libraries choose their kernels meanwhile.
WARM_UPS = 3
#: Steps of one replay, where nothing needs to look in between.
TOGETHER = 16
#: Shapes of batches that are captured; data in more shapes is no data of fixed shapes.
MOST_SHAPES = 8


class Steps(Protocol):
    """A way to take steps."""

    #: How many it may take at a time where nobody looks in between.
    together: int

    def begin(self, anew: bool, watched: bool) -> None:
        """Before an epoch.

        Args:
            anew: whether what Python did in earlier steps may have another outcome now.
            watched: whether others than torchkeras are told of each step, and may do anything then.
        """

    def run(self, batches: Iterator[Batch], most: int) -> tuple[int, Any]:
        """Takes up to so many steps; gives how many, and what the last gave."""


class EagerSteps:
    """Steps as they are.

    Args:
        step: takes the next of the batches.
    """

    together = 1

    def __init__(self, step: Callable[[Iterator[Batch]], Any]) -> None:
        self._step = step

    def begin(self, anew: bool, watched: bool) -> None:
        """Nothing is kept from earlier steps."""

    def run(self, batches: Iterator[Batch], most: int) -> tuple[int, Any]:
        ran, result = 0, None
        try:
            while ran < most:
                result = self._step(batches)
                ran += 1
        except StopIteration:
            pass
        return ran, result


class Surroundings(NamedTuple):
    """What captured steps depend on beside their data.

    Args:
        tensors: all that they work on: captured work goes on in the same memory.
        generators: those they draw from, beside the device's own.
        host: what the host changes from step to step, and they must not read.
        settle: brings to the device, before a capture, what the host has kept for itself.
        forget: undoes what a capture that was broken off left on the host.
    """

    tensors: Callable[[], list[Tensor]]
    generators: Callable[[], list[torch.Generator]] = list
    host: Callable[[], list[Tensor]] = list
    settle: Callable[[], None] = lambda: None
    forget: Callable[[], None] = lambda: None


class _Program(NamedTuple):
    """Some steps, captured."""

    replay: Callable[[], None]
    updates: Updates
    source: Any
    result: Any

    def run(self) -> Any:
        self.updates.prepare()
        self.replay()
        self.updates.finish()
        return self.result


class CapturedSteps:
    """Steps that are captured once for each shape of batch, and replayed.

    Where that cannot be, they are taken as they are; a warning says why, in one line.

    Args:
        name: what the steps are, for that line.
        step: takes a batch.
        device: where the work is done.
        surroundings: what else the steps depend on.
        several: whether one replay may be of several steps: where only their sum is looked at.
    """

    def __init__(
        self, name: str, step: Callable[[Batch], Any], device: torch.device, surroundings: Surroundings, several: bool
    ) -> None:
        self.together = TOGETHER if several else 1
        self._name, self._step, self._device, self._surroundings = name, step, device, surroundings
        self._programs: dict[Any, _Program] = {}
        self._seen: Counter[Signature] = Counter()
        self._gathered: GatheredBatches | None = None
        self._capturer = CAPTURERS[device.type](device)
        self._places: list[int] = []
        self._watched = False
        #: Why nothing is captured; None while it may be.
        self.reason: str | None = None

    def begin(self, anew: bool, watched: bool) -> None:
        self._watched = watched
        if anew:
            self._programs.clear()
        self._check_places()

    def run(self, batches: Iterator[Batch], most: int) -> tuple[int, Any]:
        if self.reason is None and self._watched:
            self._check_places()
        if isinstance(batches, ArrayEpoch) and batches.whole_batches and GatheredBatches.can_be(batches.feed):
            return self._run_gathered(batches, min(most, batches.whole_batches))
        batch = next(batches, None)
        return (0, None) if batch is None else (1, self._run_one(batch))

    # --- one batch that somebody else made ---

    def _run_one(self, batch: Batch) -> Any:
        if self.reason is not None:
            return self._step(batch)
        program = self._program_for(batch)
        if program is None:
            return self._capturer.warm_up(lambda: self._step(batch))
        program.source.fill(batch)
        return program.run()

    def _program_for(self, batch: Batch) -> _Program | None:
        """What was captured for such batches, once enough of them were seen."""
        try:
            signature = signature_of(batch)
        except CannotCapture as error:
            self._give_up(error)
            return None
        found = self._programs.get(signature)
        if found is None and self._is_warm(signature):
            if len(self._programs) == MOST_SHAPES:
                self._give_up(CannotCapture(f"its data comes in more than {MOST_SHAPES} shapes"))
                return None
            fixed = FixedBatch(batch)
            fixed.fill(batch)
            found = self._capture(signature, fixed, lambda: fixed.batch, 1)
        return found

    # --- batches of arrays on the device ---

    def _run_gathered(self, epoch: ArrayEpoch, most: int) -> tuple[int, Any]:
        steps = self.together if self.together <= most else 1
        if self.reason is not None:
            return 1, self._step(next(epoch))
        program = self._program_gathering(epoch, steps)
        if program is None:
            return 1, self._capturer.warm_up(lambda: self._step(next(epoch)))
        program.source.go_to(epoch)
        result = program.run()
        program.source.passed(steps)
        return steps, result

    def _program_gathering(self, epoch: ArrayEpoch, steps: int) -> _Program | None:
        gathered = self._gathered
        if gathered is None or not gathered.goes_on_with(epoch.feed):
            gathered = self._gathered = GatheredBatches(epoch.feed)
            for key in (1, self.together):
                self._programs.pop(("gathered", key), None)
        found = self._programs.get(("gathered", steps))
        if found is None and self._is_warm(gathered.signature):
            gathered.go_to(epoch)
            found = self._capture(("gathered", steps), gathered, gathered.take, steps)
        return found

    # --- capturing ---

    def _is_warm(self, signature: Signature) -> bool:
        self._seen[signature] += 1
        return self._seen[signature] > WARM_UPS

    def _capture(self, key: Any, source: Any, take: Callable[[], Batch], steps: int) -> _Program | None:
        around, updates = self._surroundings, Updates(self._device)
        results: list[Any] = []
        around.settle()

        def work() -> None:
            with HostWatch(self._device, around.host()):
                for _ in range(steps):
                    results[:] = [self._step(take())]

        try:
            with capturing(updates):
                replay = self._capturer.capture(work, around.generators())
            if steps > 1 and not updates.may_follow:
                self.together = 1
                return None
        except CannotCapture as error:
            around.forget()
            self._give_up(error)
            return None
        self._places = self._present_places()
        program = self._programs[key] = _Program(replay, updates, source, results[0])
        return program

    def _check_places(self) -> None:
        if self._programs and self._present_places() != self._places:
            self._programs.clear()

    def _present_places(self) -> list[int]:
        return [tensor.data_ptr() for tensor in self._surroundings.tensors()]

    def _give_up(self, error: CannotCapture) -> None:
        self.reason = str(error)
        self._programs.clear()
        warnings.warn(
            f"The {self._name} is not captured, and runs as it is: {self.reason}. `compile(..., runner='eager')` says "
            f"so beforehand.",
            stacklevel=2,
        )
