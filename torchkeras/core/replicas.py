"""Replicas: the processes that train one model together, each on its part of every batch.

A strategy makes them (torchkeras.distribute); a model that was made in its scope is trained by all. Every process runs
the same program, so that whatever talks to the others is done by all, in the same order.
"""

from __future__ import annotations

import contextlib
import functools
import random
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor
from torch._utils import _flatten_dense_tensors, _unflatten_dense_tensors

F = TypeVar("F", bound=Callable[..., Any])

#: Bytes of tensors that are sent at once.
BUCKET = 25 << 20


class LostReplica(RuntimeError):
    """Another process has ended, does not answer, or cannot be reached."""


def _told(function: F) -> F:
    """What torch says of a broken connection, in words that say what happened."""

    @functools.wraps(function)
    def told(self: Replicas, *args: Any, **kwargs: Any) -> Any:
        if self.size == 1:
            return function(self, *args, **kwargs)
        try:
            return function(self, *args, **kwargs)
        except LostReplica:
            raise
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise LostReplica(
                f"Process {self.rank} of {self.size} lost the others: one has ended, or does not answer. Look at what "
                f"the others say: the first error is the cause. ({reason})"
            ) from error

    return told  # type: ignore[return-value]


class Replicas:
    """The processes that train together, and which of them this is.

    Args:
        rank: the number of this one.
        size: how many there are.
        device: where this one computes.
        feeds: the group over which data is compared: by a thread of its own, which must not come in between.
    """

    def __init__(self, rank: int = 0, size: int = 1, device: torch.device | None = None, feeds: Any = None) -> None:
        self.rank, self.size, self.device = rank, size, device or torch.device("cpu")
        self.feeds = feeds
        self._own: dict[torch.device, Tensor] = {}
        self._seed: int | None = None

    @property
    def is_first(self) -> bool:
        """Whether this is the process that prints, writes and decides."""
        return self.rank == 0

    def part(self, size: int) -> slice:
        """The rows of a batch of so many that are this one's."""
        return slice(size * self.rank // self.size, size * (self.rank + 1) // self.size)

    # --- objects ---

    @_told
    def gather(self, value: Any, group: Any = None) -> list[Any]:
        """The values of all, by rank."""
        if self.size == 1:
            return [value]
        found: list[Any] = [None] * self.size
        dist.all_gather_object(found, value, group=group)
        return found

    @_told
    def from_first(self, value: Any) -> Any:
        """The value of the first."""
        if self.size == 1:
            return value
        found = [value]
        dist.broadcast_object_list(found, src=0, device=torch.device("cpu"))
        return found[0]

    def wait(self) -> None:
        """Until all are here."""
        self.gather(None)

    def check(self, problem: BaseException | str | None) -> None:
        """Raises in all, where there is a problem in any."""
        found = self.gather(None if problem is None else (type(problem).__name__, str(problem)))
        told = [f"process {rank}: {text[1]}" for rank, text in enumerate(found) if text is not None]
        if not told:
            return
        if isinstance(problem, BaseException):
            raise problem
        raise RuntimeError("; ".join(told))

    def check_same(self, what: str, value: Any, advice: str = "") -> None:
        """Raises a ValueError in all unless the value is the same everywhere."""
        found = self.gather(value)
        if any(one != found[0] for one in found):
            told = ", ".join(f"process {rank}: {one}" for rank, one in enumerate(found))
            raise ValueError(f"{what} differs between the processes ({told}). {advice}".rstrip())

    @_told
    def gather_numbers(self, numbers: Tensor) -> Tensor:
        """Whole numbers of all, along a new first axis: by the way that is free for a thread that reads data."""
        if self.size == 1:
            return numbers[None]
        found = [torch.empty_like(numbers) for _ in range(self.size)]
        dist.all_gather(found, numbers, group=self.feeds)
        return torch.stack(found)

    # --- tensors, in place ---

    @_told
    def add_up(self, tensors: Iterable[Tensor]) -> None:
        """Gives each tensor the sum over all."""
        self._in_buckets(tensors, lambda flat: dist.all_reduce(flat, async_op=True))

    def summed(self, gradients: Sequence[Tensor | None]) -> list[Tensor | None]:
        """New tensors: the sums over all. Those that are None are None in all."""
        found = [None if g is None else g.to_dense() if g.layout is not torch.strided else g.clone() for g in gradients]
        self.add_up([g for g in found if g is not None])
        return found

    @_told
    def take_largest(self, tensors: Iterable[Tensor]) -> None:
        """Gives each value the largest over all."""
        self._in_buckets(tensors, lambda flat: dist.all_reduce(flat, dist.ReduceOp.MAX, async_op=True))

    @_told
    def spread(self, tensors: Iterable[Tensor]) -> None:
        """Gives each tensor the values of the first."""
        self._in_buckets(tensors, lambda flat: dist.broadcast(flat, 0, async_op=True))

    def _in_buckets(self, tensors: Iterable[Tensor], send: Callable[[Tensor], Any]) -> None:
        if self.size == 1:
            return
        with torch.no_grad():
            under_way = []
            for bucket in _buckets(tensors):
                flat = _flatten_dense_tensors(bucket)
                under_way.append((bucket, flat, send(flat)))
            for bucket, flat, work in under_way:
                work.wait()
                for tensor, values in zip(bucket, _unflatten_dense_tensors(flat, bucket), strict=True):
                    tensor.copy_(values)

    @_told
    def stacked(self, tensor: Tensor) -> Tensor:
        """The tensors of all, of one shape, along a new first axis."""
        if self.size == 1:
            return tensor[None].clone()
        found = [torch.empty_like(tensor) for _ in range(self.size)]
        dist.all_gather(found, tensor.contiguous())
        return torch.stack(found)

    def __deepcopy__(self, memo: Any) -> Replicas:
        return self

    def __reduce__(self) -> Any:
        return _alone, ()

    # --- random numbers ---

    def share_random_numbers(self) -> None:
        """All draw the same numbers as the first from here on: of torch, NumPy and Python."""
        if self.size == 1:
            return
        mine = (torch.get_rng_state(), np.random.get_state(), random.getstate(), torch.initial_seed())
        state, numpy_state, python_state, seed = self.from_first(mine)
        if self.rank:
            torch.manual_seed(seed)
            torch.set_rng_state(state)
            np.random.set_state(numpy_state)
            random.setstate(python_state)

    @contextlib.contextmanager
    def own_random_numbers(self) -> Iterator[None]:
        """Within, torch draws numbers of this process's own, as dropout has to; outside, all draw the same."""
        if self.size == 1:
            yield
            return
        if self._seed != torch.initial_seed():  # the user has set it
            self._seed = torch.initial_seed()
            self._own.clear()
        devices = [torch.device("cpu")] + ([self.device] if self.device.type == "cuda" else [])
        shared = [_random_state(device) for device in devices]
        for device in devices:
            if device not in self._own:
                seed = (self._seed + 0x9E3779B97F4A7C15 * (self.rank + 1)) % (1 << 63)
                self._own[device] = torch.Generator(device).manual_seed(seed).get_state()
            _set_random_state(device, self._own[device])
        try:
            yield
        finally:
            for device, state in zip(devices, shared, strict=True):
                self._own[device] = _random_state(device)
                _set_random_state(device, state)


def _random_state(device: torch.device) -> Tensor:
    return torch.get_rng_state() if device.type == "cpu" else torch.cuda.get_rng_state(device)


def _set_random_state(device: torch.device, state: Tensor) -> None:
    if device.type == "cpu":
        torch.set_rng_state(state)
    else:
        torch.cuda.set_rng_state(state, device)


def _buckets(tensors: Iterable[Tensor]) -> Iterator[Sequence[Tensor]]:
    """Tensors of one dtype and device, up to some bytes together."""
    open_: dict[tuple[torch.dtype, torch.device], list[Tensor]] = {}
    for tensor in tensors:
        key = tensor.dtype, tensor.device
        bucket = open_.setdefault(key, [])
        bucket.append(tensor)
        if sum(t.nbytes for t in bucket) >= BUCKET:
            yield open_.pop(key)
    yield from open_.values()


#: A process that trains for itself.
ALONE = Replicas()


def _alone() -> Replicas:
    """What is left of them in a file."""
    return ALONE


# --- which are in force ---


class _Present(threading.local):
    def __init__(self) -> None:
        self.scopes: list[Replicas] = []
        self.steps: list[Replicas] = []


_present = _Present()


@contextlib.contextmanager
def within(replicas: Replicas) -> Iterator[Replicas]:
    """The scope of a strategy: models made here are trained by all."""
    _present.scopes.append(replicas)
    try:
        yield replicas
    finally:
        _present.scopes.pop()


@contextlib.contextmanager
def stepping(replicas: Replicas | None) -> Iterator[None]:
    """A step that each process computes on its part: gradients that are applied here are summed over all.

    With None, a step within it for which that has been done.
    """
    _present.steps.append(replicas)  # type: ignore[arg-type]
    try:
        yield
    finally:
        _present.steps.pop()


def present() -> Replicas | None:
    """Those in whose scope this code runs."""
    return _present.scopes[-1] if _present.scopes else None


def in_step() -> Replicas | None:
    """Those whose step this code is part of, where there are several."""
    found = _present.steps[-1] if _present.steps else None
    return found if found is not None and found.size > 1 else None


def is_first() -> bool:
    """Whether this process is the one that prints and writes."""
    found = present()
    return found is None or found.is_first


def started_alike(value: Tensor) -> Tensor:
    """A value that a weight begins with, the same in all processes."""
    replicas = present()
    if replicas is not None and replicas.size > 1 and value.device.type != "meta":
        replicas.spread([value])
    return value


__all__ = ["ALONE", "LostReplica", "Replicas", "in_step", "is_first", "present", "started_alike", "stepping", "within"]
