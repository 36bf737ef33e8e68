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
from typing import Any, NamedTuple, TypeVar
from weakref import WeakSet

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch._utils import _flatten_dense_tensors, _unflatten_dense_tensors

from torchkeras.core.seeds import streams

F = TypeVar("F", bound=Callable[..., Any])

#: Bytes of tensors that are sent at once.
BUCKET = 25 << 20


class ReplicaError(RuntimeError):
    """What several processes do together cannot be done, or not here."""


class LostReplica(ReplicaError):
    """Another process has ended, does not answer, or cannot be reached."""


class _Problem(NamedTuple):
    """An error of one process, as the others are told of it."""

    kind: str
    text: str


def _known(error: BaseException) -> BaseException:
    """An error that all processes raise now, so that nobody need be told of it."""
    error.__dict__["_known_to_all"] = True
    return error


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
            raise self.lost(error) from error

    return told  # type: ignore[return-value]


class Replicas:
    """The processes that train together, and which of them this is.

    Args:
        rank: the number of this one.
        size: how many there are.
        device: where this one computes.
        feeds: the group over which data is compared: by a thread of its own, which must not come in between.
    """

    #: Whether each has but a part of every weight.
    sharded = False
    #: Who takes the steps of `fit`, where not these processes do: the workers of a cluster with parameter servers.
    elsewhere: Any = None

    def __init__(self, rank: int = 0, size: int = 1, device: torch.device | None = None, feeds: Any = None) -> None:
        self.rank, self.size, self.device = rank, size, device or torch.device("cpu")
        self.feeds = feeds
        #: Whether this one has no sample of the present step's batch: it computes with one that does not count.
        self.idle = False
        #: The strategy of tf.distribute that these belong to, where one made them.
        self.strategy: Any = None
        #: Whether something may be under way that never ends: others have gone, or a step of this process failed.
        self.unsettled = False
        #: What holds connections, and lets go of them at the end.
        self.holders: WeakSet[Any] = WeakSet()
        self._own: dict[torch.device, Tensor] = {}
        self._seed: tuple[int, int] | None = None

    @property
    def is_first(self) -> bool:
        """Whether this is the process that prints, writes and decides."""
        return self.rank == 0

    def part(self, size: int) -> slice:
        """The rows of a batch of so many that are this one's; the first has a row of each."""
        return slice(-(-size * self.rank // self.size), -(-size * (self.rank + 1) // self.size))

    def lost(self, error: BaseException) -> LostReplica:
        """What to raise where torch says that a connection is broken."""
        self.unsettled = True
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return LostReplica(
            f"Process {self.rank} of {self.size} lost the others: one has ended, or does not answer. Look at what "
            f"the others say: the first error is the cause. ({reason})"
        )

    def let_go(self) -> None:
        """Nothing here holds the connections any more: they end, and their threads, when the group is destroyed."""
        self.feeds = None
        for holder in list(self.holders):
            holder.let_go()

    # --- objects ---

    def gather(self, value: Any) -> list[Any]:
        """The values of all, by rank; an error where one of them tells of a problem instead."""
        found = self._gathered(value)
        told = [f"process {rank}: {one.kind}: {one.text}" for rank, one in enumerate(found) if type(one) is _Problem]
        if told:
            raise _known(RuntimeError("; ".join(told)))
        return found

    @_told
    def _gathered(self, value: Any) -> list[Any]:
        if self.size == 1:
            return [value]
        found: list[Any] = [None] * self.size
        dist.all_gather_object(found, value)
        return found

    def from_first(self, value: Any) -> Any:
        """The value of the first."""
        return self.gather(value if self.is_first else None)[0]

    def wait(self) -> None:
        """Until all are here."""
        self.gather(None)

    def tell(self, problem: BaseException) -> None:
        """Before an error is raised: the others raise one as well, where they next hear from each other."""
        if self.size > 1 and not isinstance(problem, LostReplica) and not hasattr(problem, "_known_to_all"):
            with contextlib.suppress(LostReplica):
                self._gathered(_Problem(type(problem).__name__, str(problem)))
            _known(problem)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """What fails within in one process fails in all."""
        try:
            yield
        except Exception as error:
            self.tell(error)
            raise
        self.wait()

    def check(self, problem: BaseException | str | None) -> None:
        """Raises in all, where there is a problem in any."""
        with self.together():
            if problem is not None:
                raise problem if isinstance(problem, BaseException) else RuntimeError(problem)

    def check_same(self, what: str, value: Any, advice: str = "") -> None:
        """Raises a ValueError in all unless the value is the same everywhere."""
        found = self.gather(value)
        if any(one != found[0] for one in found):
            told = ", ".join(f"process {rank}: {one}" for rank, one in enumerate(found))
            raise _known(ValueError(f"{what} differs between the processes ({told}). {advice}".rstrip()))

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

    def reach(self, parameters: Sequence[nn.Parameter]) -> list[bool]:
        """Says which parameters a loss has reached, in any process; those have a gradient then, of zeros if need be."""
        reached = torch.tensor([p.grad is not None for p in parameters], dtype=torch.int32)
        self.take_largest([reached])
        found = [bool(one) for one in reached]
        for parameter, one in zip(parameters, found, strict=True):
            if one and parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        return found

    def sum_gradients(self, parameters: Sequence[nn.Parameter]) -> list[bool]:
        """Gives each parameter the sum of its gradients; says which ones a loss has reached, in any process."""
        found = self.reach(parameters)
        self.add_up([p.grad for p in parameters if p.grad is not None])
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
                    if values.data_ptr() != tensor.data_ptr():  # one by itself is sent from where it lies
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
        seed = torch.initial_seed(), streams.restarts
        if self._seed != seed:  # the user has set it
            self._seed = seed
            self._own.clear()
        devices = [torch.device("cpu")] + ([self.device] if self.device.type == "cuda" else [])
        shared = [_random_state(device) for device in devices]
        for device in devices:
            if device not in self._own:
                own = (seed[0] + 0x9E3779B97F4A7C15 * (self.rank + 1)) % (1 << 63)
                self._own[device] = torch.Generator(device).manual_seed(own).get_state()
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
    filling: dict[tuple[torch.dtype, torch.device], tuple[list[Tensor], int]] = {}
    for tensor in tensors:
        key = tensor.dtype, tensor.device
        bucket, size = filling.pop(key, ([], 0))
        bucket.append(tensor)
        if size + tensor.nbytes >= BUCKET:
            yield bucket
        else:
            filling[key] = bucket, size + tensor.nbytes
    for bucket, _ in filling.values():
        yield bucket


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


@contextlib.contextmanager
def fitting(replicas: Replicas) -> Iterator[None]:
    """Around fit, evaluate and predict: in the scope, where figures are put together when it is time for them."""
    with within(replicas), stepping(None if replicas.size > 1 else replicas):
        yield


@contextlib.contextmanager
def for_all() -> Iterator[None]:
    """Within, code of a step speaks for all once more, as outside of it."""
    before, _present.steps = _present.steps, []
    try:
        yield
    finally:
        _present.steps = before


def apart() -> bool:
    """Whether this code is part of a step, in which each process has values of its own."""
    return bool(_present.steps)


def may_ask() -> bool:
    """Whether all processes run this code, so that it may ask the others: not so what a callback of fit does."""
    return not _present.steps or _present.steps[-1] is not None


def is_put_together() -> bool:
    """Whether somebody around this code puts figures together, so that reading them must not."""
    return None in _present.steps


def present() -> Replicas | None:
    """Those in whose scope this code runs."""
    return _present.scopes[-1] if _present.scopes else None


def in_force() -> Replicas | None:
    """Those of the strategy that this code runs under; None where it runs under none."""
    found = present()
    return None if found is ALONE else found


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
        replicas.check_same("A weight", (tuple(value.shape), str(value.dtype)), "All must make the same model.")
        replicas.spread([value])
    return value


__all__ = [
    "ALONE", "LostReplica", "ReplicaError", "Replicas", "apart", "fitting", "for_all", "in_force", "in_step",
    "is_first", "is_put_together", "may_ask", "present", "started_alike", "stepping", "within",
]  # fmt: skip
