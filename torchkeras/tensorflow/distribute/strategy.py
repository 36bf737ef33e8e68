"""Strategy: the replicas of a training, each a process of its own, and what they do together."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch

from torchkeras.core import replicas as scopes
from torchkeras.core.replicas import ALONE, Replicas
from torchkeras.core.variable import Variable
from torchkeras.tensorflow import nest
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.data.base import Dataset
from torchkeras.tensorflow.devices import device
from torchkeras.tensorflow.distribute.collectives import joined, summed
from torchkeras.tensorflow.distribute.datasets import DealtDataset, DistributedDataset, InputContext
from torchkeras.tensorflow.distribute.operations import ReduceOp


class DistributedValues:
    """The values of the replicas of this process: one."""

    def __init__(self, values: Any) -> None:
        self.values = tuple(values)


class ReplicaContext:
    """What code within `strategy.run` is told."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy

    @property
    def replica_id_in_sync_group(self) -> int:
        """The number of this replica."""
        return self.strategy._replicas.rank

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas there are."""
        return self.strategy._replicas.size

    @property
    def devices(self) -> tuple[str, ...]:
        return (self.strategy._device_name,)

    def all_reduce(self, reduce_op: Any, value: Any, options: Any = None) -> Any:
        """The sum or mean over the replicas, in each of them. Gradients run through it.

        Args:
            reduce_op: 'SUM', 'MEAN' or a tf.distribute.ReduceOp.
            value: a tensor or a structure of such, of the same shapes in all.
            options: accepted.
        """
        mean = ReduceOp.of(reduce_op) is ReduceOp.MEAN
        return nest.map_structure(lambda leaf: summed(self.strategy._replicas, leaf, mean), value)

    def all_gather(self, value: Any, axis: int, options: Any = None) -> Any:
        """The values of the replicas one after the other along an axis, in each of them. Gradients run through it."""
        return nest.map_structure(lambda leaf: joined(self.strategy._replicas, leaf, axis), value)

    def merge_call(self, merge_fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """Calls a function for all replicas together, as code outside of `run` is.

        Args:
            merge_fn: takes the strategy, and then the arguments, of which each process sees its own.
            args, kwargs: these.
        """
        with scopes.for_all():
            return merge_fn(self.strategy, *args, **(kwargs or {}))

    def __enter__(self) -> ReplicaContext:
        self._around = contextlib.ExitStack()
        if self.strategy is not _default:
            self._around.enter_context(scopes.within(self.strategy._replicas))
        self._around.enter_context(scopes.stepping(self.strategy._replicas))
        return self

    def __exit__(self, *raised: Any) -> None:
        self._around.close()


class StrategyExtended:
    """Further methods of a strategy."""

    experimental_require_static_shapes = False

    def __init__(self, strategy: Strategy) -> None:
        self._strategy = strategy

    @property
    def worker_devices(self) -> tuple[str, ...]:
        """The devices of all replicas of this machine."""
        return self._strategy._device_names

    @property
    def parameter_devices(self) -> tuple[str, ...]:
        """Where variables are."""
        return self._strategy._device_names

    def call_for_each_replica(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        return self._strategy.run(fn, args, kwargs)

    def reduce_to(self, reduce_op: Any, value: Any, destinations: Any, options: Any = None) -> Any:
        return self._strategy.reduce(reduce_op, value, None)

    def batch_reduce_to(self, reduce_op: Any, value_destination_pairs: Any, options: Any = None) -> list[Any]:
        """The sums or means of several values."""
        return [self._strategy.reduce(reduce_op, value, None) for value, _ in value_destination_pairs]

    def update(
        self, var: Variable, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, group: bool = True
    ) -> Any:
        """Calls `fn` with the variable."""
        return fn(var, *args, **(kwargs or {}))

    def colocate_vars_with(self, colocate_with_variable: Any) -> Any:
        return device(None)

    def variable_created_in_scope(self, v: Any) -> bool:
        return True

    def _in_multi_worker_mode(self) -> bool:
        return False


class Strategy:
    """The replicas that train together. Each is a process, which runs the whole program: this one is one of them.

    Args:
        extended: accepted.
        place: the name of the device of this one; where new tensors are made anyway unless given.
        replicas: the processes; this one alone unless given.
    """

    def __init__(
        self, extended: Any = None, place: str | torch.device | None = None, replicas: Replicas | None = None
    ) -> None:
        self._place = place
        self.extended = StrategyExtended(self)
        # Models are told by it which strategy they belong to, so that each strategy has one of its own.
        self._replicas = replicas or Replicas()
        self._replicas.strategy = self

    # --- facts ---

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas there are."""
        return self._replicas.size

    @property
    def cluster_resolver(self) -> Any:
        """What says who is who, where there are several machines."""
        return None

    @property
    def _device_name(self) -> str:
        if isinstance(self._place, str):
            return self._place
        return full_name(self._place or torch.device("cuda" if torch.cuda.is_available() else "cpu"))

    @property
    def _device_names(self) -> tuple[str, ...]:
        return (self._device_name,)

    # --- running ---

    @contextlib.contextmanager
    def scope(self) -> Iterator[Strategy]:
        """Within, this strategy is in force: what is made here belongs to all replicas, on their devices."""
        with device(self._place), contextlib.nullcontext() if self is _default else scopes.within(self._replicas):
            yield self

    def run(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, options: Any = None) -> Any:
        """Calls `fn` once for each replica: in this process for the one that it is.

        Args:
            fn: what to call.
            args, kwargs: its arguments. Of a distributed data set's element each replica has its part.
            options: accepted.

        Returns:
            What `fn` gave for this replica: `reduce` and `gather` put it together with the others'.
        """
        if not isinstance(args, (list, tuple)):
            raise ValueError(f"positional args must be a list or tuple, got {type(args)}")
        args, kwargs = _own_values(tuple(args)), _own_values(dict(kwargs or {}))
        with self.scope(), scopes.stepping(self._replicas), self._replicas.own_random_numbers():
            return fn(*args, **kwargs)

    def reduce(self, reduce_op: Any, value: Any, axis: int | None = None) -> Any:
        """The sum or mean over the replicas, and over an axis where one is given.

        Args:
            reduce_op: 'SUM', 'MEAN' or a tf.distribute.ReduceOp.
            value: what `run` gave.
            axis: the axis to reduce as well; the replicas' values may differ in size there.
        """
        mean = ReduceOp.of(reduce_op) is ReduceOp.MEAN
        return nest.map_structure(lambda leaf: self._reduced(_own_value(leaf), mean, axis), value)

    def _reduced(self, value: Any, mean: bool, axis: int | None) -> Any:
        if axis is None:
            return summed(self._replicas, value, mean)
        plain = tensor(value)
        total = plain.sum(axis, dtype=plain.dtype)
        rows = torch.tensor(plain.shape[axis])
        if self._replicas.size > 1:
            total = tensor(summed(self._replicas, total))
            self._replicas.add_up([rows])
        if not mean:
            return made(total)
        exact = plain.is_floating_point() or plain.is_complex()
        return made((total if exact else total.double()) / int(rows))

    def gather(self, value: Any, axis: int) -> Any:
        """The values of the replicas one after the other along an axis, in which they may differ in size."""
        return nest.map_structure(lambda leaf: joined(self._replicas, _own_value(leaf), axis), value)

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        """The values of the replicas of this process: a tuple of one."""
        return value.values if isinstance(value, DistributedValues) else (value,)

    # --- data ---

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> DistributedDataset:
        """A data set of global batches, of each of which a replica gets its part."""
        if self._replicas.size > 1:
            _check_dataset(dataset)
        return DistributedDataset(dataset, self._replicas)

    def distribute_datasets_from_function(
        self, dataset_fn: Callable[..., Any], options: Any = None
    ) -> DistributedDataset:
        """The data set that a function makes of an InputContext: of batches for one replica each.

        The replicas of a machine take turns at its batches.
        """
        size = self._replicas.size
        dataset = dataset_fn(InputContext(num_replicas_in_sync=size))
        if size == 1:
            return DistributedDataset(dataset)
        return DistributedDataset(DealtDataset(_check_dataset(dataset), size), self._replicas)

    def experimental_distribute_datasets_from_function(
        self, dataset_fn: Callable[..., Any], options: Any = None
    ) -> DistributedDataset:
        """The older name of `distribute_datasets_from_function`."""
        return self.distribute_datasets_from_function(dataset_fn, options)

    def experimental_distribute_values_from_function(self, value_fn: Callable[..., Any]) -> Any:
        """What a function gives for the replica."""
        return value_fn(_ValueContext(self._replicas))

    def __repr__(self) -> str:
        return f"<tf.distribute.{type(self).__name__} on {self._device_name}>"

    def __deepcopy__(self, memo: Any) -> Strategy:
        return self


class _ValueContext:
    def __init__(self, replicas: Replicas) -> None:
        self.replica_id_in_sync_group, self.num_replicas_in_sync = replicas.rank, replicas.size


def full_name(place: torch.device) -> str:
    """TensorFlow's name of a device."""
    kind = "GPU" if place.type == "cuda" else place.type.upper()
    return f"/job:localhost/replica:0/task:0/device:{kind}:{place.index or 0}"


def _own_value(leaf: Any) -> Any:
    """The value of this process's replica."""
    return leaf.values[0] if isinstance(leaf, DistributedValues) else leaf


def _own_values(structure: Any) -> Any:
    """A structure as it is, unless it holds values of replicas."""
    held = any(isinstance(leaf, DistributedValues) for leaf in nest.flatten(structure))
    return nest.map_structure(_own_value, structure) if held else structure


def _check_dataset(dataset: Any) -> Any:
    if not isinstance(dataset, Dataset):
        raise TypeError(f"Expected a tf.data.Dataset, which several processes can share. Received: {dataset!r}")
    return dataset


_default = Strategy(replicas=ALONE)
_standing: list[contextlib.AbstractContextManager[Any]] = []


def get_strategy() -> Strategy:
    """The strategy in force; one of a single replica where there is none."""
    replicas = scopes.present()
    if replicas is None:
        return _default
    found: Strategy = replicas.strategy or Strategy(replicas=replicas)
    return found


def has_strategy() -> bool:
    """Whether code runs within the scope of a strategy."""
    return get_strategy() is not _default


def get_replica_context() -> ReplicaContext | None:
    """The context of the replica; None within `strategy.scope()`, outside of `run`."""
    if in_cross_replica_context():
        return None
    return ReplicaContext(get_strategy())


def in_cross_replica_context() -> bool:
    """Whether code runs within `strategy.scope()`, outside of `run`."""
    return has_strategy() and not scopes.apart()


def experimental_set_strategy(strategy: Strategy | None) -> None:
    """Puts a strategy in force until another one is."""
    while _standing:
        _standing.pop().__exit__(None, None, None)
    if strategy is not None:
        scope = strategy.scope()
        scope.__enter__()
        _standing.append(scope)


__all__ = [
    "DistributedValues", "ReplicaContext", "Strategy", "StrategyExtended", "experimental_set_strategy",
    "get_replica_context", "get_strategy", "has_strategy", "in_cross_replica_context",
]  # fmt: skip
