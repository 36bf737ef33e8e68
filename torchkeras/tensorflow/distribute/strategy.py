"""Strategy: one replica, whose methods are those of many."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from torchkeras.core.variable import Variable
from torchkeras.tensorflow import nest
from torchkeras.tensorflow.convert import any_tensor, made, tensor
from torchkeras.tensorflow.devices import device
from torchkeras.tensorflow.distribute.datasets import DistributedDataset, InputContext
from torchkeras.tensorflow.distribute.operations import ReduceOp


class _Present(threading.local):
    def __init__(self) -> None:
        self.strategies: list[Strategy] = []
        self.replica = False


_present = _Present()


class DistributedValues:
    """The values of all replicas: one."""

    def __init__(self, values: Any) -> None:
        self.values = tuple(values)


class ReplicaContext:
    """What code within `strategy.run` is told."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy

    replica_id_in_sync_group = 0
    num_replicas_in_sync = 1

    @property
    def devices(self) -> tuple[str, ...]:
        return (self.strategy._device_name,)

    def all_reduce(self, reduce_op: Any, value: Any, options: Any = None) -> Any:
        """The sum or mean over the replicas: the value."""
        ReduceOp.of(reduce_op)
        return nest.map_structure(any_tensor, value)

    def all_gather(self, value: Any, axis: int, options: Any = None) -> Any:
        """The values of the replicas, one after the other: the value."""
        return nest.map_structure(any_tensor, value)

    def merge_call(self, merge_fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """Calls a function once for all replicas."""
        before, _present.replica = _present.replica, False
        try:
            return merge_fn(self.strategy, *args, **(kwargs or {}))
        finally:
            _present.replica = before

    def __enter__(self) -> ReplicaContext:
        _present.replica = True
        return self

    def __exit__(self, *raised: Any) -> None:
        _present.replica = False


class StrategyExtended:
    """Further methods of a strategy."""

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy

    @property
    def worker_devices(self) -> tuple[str, ...]:
        return (self._strategy._device_name,)

    parameter_devices = worker_devices
    experimental_require_static_shapes = False

    def reduce_to(self, reduce_op: Any, value: Any, destinations: Any, options: Any = None) -> Any:
        return self._strategy.reduce(reduce_op, value, None)

    def update(
        self, var: Variable, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, group: bool = True
    ) -> Any:
        """Calls `fn` with the variable."""
        return fn(var, *args, **(kwargs or {}))

    def colocate_vars_with(self, colocate_with_variable: Any) -> Any:
        return device(None)

    def variable_created_in_scope(self, v: Any) -> bool:
        return True


class Strategy:
    """One device, on which `run` calls a function and `reduce` gives its result.

    Args:
        extended: accepted.
        place: the name of the device; where new tensors are made anyway unless given.
    """

    def __init__(self, extended: Any = None, place: str | None = None) -> None:
        self._place = place
        self.extended = StrategyExtended(self)

    # --- facts ---

    @property
    def num_replicas_in_sync(self) -> int:
        return 1

    @property
    def cluster_resolver(self) -> Any:
        return None

    @property
    def _device_name(self) -> str:
        kind = "GPU" if torch.cuda.is_available() else "CPU"
        return self._place or f"/job:localhost/replica:0/task:0/device:{kind}:0"

    # --- running ---

    @contextmanager
    def scope(self) -> Iterator[Strategy]:
        """Within, this strategy is in force, and new variables are made on its device."""
        with device(self._place):
            _present.strategies.append(self)
            try:
                yield self
            finally:
                _present.strategies.pop()

    def run(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, options: Any = None) -> Any:
        """Calls `fn`, once for each replica."""
        if not isinstance(args, (list, tuple)):
            raise ValueError(f"positional args must be a list or tuple, got {type(args)}")
        _present.strategies.append(self)
        before, _present.replica = _present.replica, True
        try:
            with device(self._place):
                return fn(*args, **(kwargs or {}))
        finally:
            _present.replica = before
            _present.strategies.pop()

    def reduce(self, reduce_op: Any, value: Any, axis: int | None = None) -> Any:
        """The sum or mean over the replicas, and over an axis where one is given.

        Args:
            reduce_op: 'SUM', 'MEAN' or a tf.distribute.ReduceOp.
            value: what `run` gave.
            axis: the axis to reduce as well.
        """
        mean = ReduceOp.of(reduce_op) is ReduceOp.MEAN

        def one(leaf: Any) -> Any:
            found = any_tensor(leaf)
            if axis is None:
                return found
            plain = tensor(found)
            if not mean:
                return made(plain.sum(axis, dtype=plain.dtype))
            if plain.is_floating_point():
                return made(plain.mean(axis))
            return made((plain.sum(axis) // plain.shape[axis]).to(plain.dtype))

        return nest.map_structure(one, value)

    def gather(self, value: Any, axis: int) -> Any:
        """The values of the replicas, one after the other: the value."""
        return nest.map_structure(any_tensor, value)

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        """The values of the replicas of this process."""
        return value.values if isinstance(value, DistributedValues) else (value,)

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> DistributedDataset:
        """The data set, each batch whole."""
        return DistributedDataset(dataset)

    def distribute_datasets_from_function(
        self, dataset_fn: Callable[..., Any], options: Any = None
    ) -> DistributedDataset:
        """The data set that a function makes of an InputContext."""
        return DistributedDataset(dataset_fn(InputContext()))

    experimental_distribute_datasets_from_function = distribute_datasets_from_function

    def experimental_distribute_values_from_function(self, value_fn: Callable[..., Any]) -> Any:
        """What a function gives for the replica."""
        return value_fn(_ValueContext())

    def __repr__(self) -> str:
        return f"<tf.distribute.{type(self).__name__} on {self._device_name}>"

    def __deepcopy__(self, memo: Any) -> Strategy:
        return self


class _ValueContext:
    replica_id_in_sync_group = 0
    num_replicas_in_sync = 1


_default = Strategy()


def get_strategy() -> Strategy:
    """The strategy in force; one of a single replica where there is none."""
    return _present.strategies[-1] if _present.strategies else _default


def has_strategy() -> bool:
    """Whether code runs within the scope of a strategy."""
    return bool(_present.strategies) and _present.strategies[-1] is not _default


def get_replica_context() -> ReplicaContext | None:
    """The context of the replica; None within `strategy.scope()`, outside of `run`."""
    if in_cross_replica_context():
        return None
    return ReplicaContext(get_strategy())


def in_cross_replica_context() -> bool:
    """Whether code runs within `strategy.scope()`, outside of `run`."""
    return has_strategy() and not _present.replica


def experimental_set_strategy(strategy: Strategy | None) -> None:
    """Puts a strategy in force until another one is."""
    _present.strategies.clear()
    if strategy is not None:
        _present.strategies.append(strategy)


__all__ = [
    "DistributedValues", "ReplicaContext", "Strategy", "StrategyExtended", "experimental_set_strategy",
    "get_replica_context", "get_strategy", "has_strategy", "in_cross_replica_context",
]  # fmt: skip
