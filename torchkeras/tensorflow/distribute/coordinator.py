"""tf.distribute.coordinator: functions that are scheduled on the workers of a ParameterServerStrategy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras.distribute.parameter_server import PerWorker, Remote, as_numbers
from torchkeras.tensorflow import nest
from torchkeras.tensorflow.distribute.parameter_server import ParameterServerStrategy


class RemoteValue:
    """The result of a scheduled function, which may not be there yet."""

    def __init__(self, coordinator: ClusterCoordinator, remote: Remote) -> None:
        self._coordinator, self._remote = coordinator, remote

    def fetch(self) -> Any:
        """Waits for the result, and gives it with arrays in place of tensors; raises what the function raised."""
        return as_numbers(self.get())

    def get(self) -> Any:
        """Waits for the result, and gives it with tensors."""
        return self._coordinator._engine.fetch(self._remote)

    def __reduce__(self) -> Any:
        raise ValueError("A RemoteValue cannot be given to a scheduled function: give it what `fetch()` returns.")


class PerWorkerValues(PerWorker):
    """Something that each worker has for itself: an iterator over its data set."""

    def __reduce__(self) -> Any:
        raise ValueError("Values of each worker can be used by scheduled functions only.")


class PerWorkerDataset(PerWorkerValues):
    """The data sets of the workers. `iter` gives iterators over them, for the arguments of a scheduled function."""

    def __init__(self, coordinator: ClusterCoordinator, number: int) -> None:
        super().__init__(number)
        self._coordinator = coordinator

    def __iter__(self) -> Any:
        return PerWorkerIterator(self._coordinator._engine.per_worker(PerWorker(self.number), "iterator").number)


class PerWorkerIterator(PerWorkerValues):
    """The iterators of the workers: `next` of one is for a scheduled function, which gets its worker's own."""

    def __iter__(self) -> PerWorkerIterator:
        return self

    def __next__(self) -> Any:
        raise NotImplementedError(
            "The iterator is each worker's own: give it to a scheduled function, and call `next` on it there."
        )


class ClusterCoordinator:
    """Has functions run by the workers of a cluster, each by whichever is free.

    Args:
        strategy: a ParameterServerStrategy. For one of these there is one coordinator.
    """

    strategy: ParameterServerStrategy
    _engine: Any

    def __new__(cls, strategy: Any) -> ClusterCoordinator:
        if not isinstance(strategy, ParameterServerStrategy):
            raise ValueError(
                f"ClusterCoordinator works with a tf.distribute.ParameterServerStrategy. Received: {strategy!r}"
            )
        made: ClusterCoordinator | None = strategy.__dict__.get("_coordinator")
        if made is None:
            made = super().__new__(cls)
            strategy.__dict__["_coordinator"] = made
            made.strategy, made._engine = strategy, strategy._replicas.elsewhere.coordinator
        return made

    def schedule(self, fn: Callable[..., Any], args: Any = None, kwargs: Any = None) -> RemoteValue:
        """Has a worker call a function, and returns at once. A worker that is lost leaves the call to another.

        Args:
            fn: it may use what the program has made in the strategy's scope. Python's own values, it sees as they are
                when it is first scheduled.
            args, kwargs: its arguments; of data sets of each worker, it gets the worker's own.
        """
        if not callable(fn):
            raise ValueError(f"`fn` must be a function. Received: {fn!r}")
        for leaf in nest.flatten([args, kwargs]):
            if isinstance(leaf, RemoteValue):
                raise ValueError(
                    "A RemoteValue cannot be given to a scheduled function: give it what `fetch()` returns."
                )
        return RemoteValue(self, self._engine.schedule(fn, args or (), kwargs))

    def join(self) -> None:
        """Waits until all that was scheduled is done; raises the first error of these."""
        self._engine.join()

    def done(self) -> bool:
        """Whether all that was scheduled is done."""
        return self._engine.done()

    def fetch(self, val: Any) -> Any:
        """The results of RemoteValues in a structure."""
        return nest.map_structure(lambda leaf: leaf.fetch() if isinstance(leaf, RemoteValue) else leaf, val)

    def create_per_worker_dataset(self, dataset_fn: Any) -> PerWorkerDataset:
        """A data set for each worker, which makes it when it first needs it.

        Args:
            dataset_fn: a function without arguments that gives a tf.data.Dataset; or the data set itself.
        """
        function = getattr(dataset_fn, "python_function", dataset_fn)
        made = self._engine.per_worker(function, "call" if callable(function) else "value")
        return PerWorkerDataset(self, made.number)

    def __reduce__(self) -> Any:
        raise ValueError("A scheduled function cannot use the ClusterCoordinator: only the chief's program does.")


__all__ = ["ClusterCoordinator", "PerWorkerValues", "RemoteValue"]
