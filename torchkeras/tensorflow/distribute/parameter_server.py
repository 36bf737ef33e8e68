"""Parameter servers: the strategy of the chief, and the server that workers and parameter servers run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras.distribute.parameter_server import Cluster, TaskServer
from torchkeras.distribute.parameter_server.fitting import Elsewhere
from torchkeras.tensorflow.distribute.cluster_resolver import TFConfigClusterResolver
from torchkeras.tensorflow.distribute.strategy import Strategy
from torchkeras.tensorflow.train.cluster import ClusterSpec


class ParameterServerStrategy(Strategy):
    """Workers take steps each for itself, on variables that parameter servers keep. The chief makes it.

    Args:
        cluster_resolver: says which tasks there are; what TF_CONFIG says unless given.
        variable_partitioner: from `shape` and `dtype` of a variable to how many parts each axis is cut into.

    Example:
        resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
        if resolver.task_type in ("worker", "ps"):
            tf.distribute.Server(resolver.cluster_spec(), resolver.task_type, resolver.task_id).join()
        strategy = tf.distribute.ParameterServerStrategy(resolver)
        coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)
    """

    def __init__(
        self, cluster_resolver: Any = None, variable_partitioner: Callable[..., list[int]] | None = None
    ) -> None:
        resolver = TFConfigClusterResolver() if cluster_resolver is None else cluster_resolver
        if variable_partitioner is not None and not callable(variable_partitioner):
            raise ValueError(f"`variable_partitioner` must be a function. Received: {variable_partitioner!r}")
        elsewhere = Elsewhere(Cluster(_tasks_of(resolver), variable_partitioner))
        super().__init__(replicas=elsewhere)
        self._resolver = resolver

    @property
    def cluster_resolver(self) -> Any:
        return self._resolver

    def __reduce__(self) -> Any:
        return _at_a_worker, ()


class _AtAWorker(ParameterServerStrategy):
    """The strategy, in a function that a worker runs."""

    def __init__(self) -> None:
        Strategy.__init__(self)
        self._resolver = None


_made: list[_AtAWorker] = []


def _at_a_worker() -> _AtAWorker:
    if not _made:
        _made.append(_AtAWorker())
    return _made[0]


def _tasks_of(resolver: Any) -> dict[str, list[str]]:
    """The tasks of a cluster that the chief can work with."""
    spec = ClusterSpec(resolver.cluster_spec())
    tasks: dict[str, list[str]] = spec.as_dict()
    if not tasks:
        raise ValueError(
            "ParameterServerStrategy needs the description of a cluster, and has none: set TF_CONFIG to JSON such as "
            '{"cluster": {"chief": ["host:port"], "worker": [...], "ps": [...]}, '
            '"task": {"type": "chief", "index": 0}}, or give a `cluster_resolver`.'
        )
    for job, what in (("ps", "parameter server"), ("worker", "worker")):
        if not tasks.get(job):
            raise ValueError(
                f"ParameterServerStrategy needs at least one {what}, and the cluster has no job {job!r}. "
                f"Received: {spec.as_dict()}"
            )
    if resolver.task_type in ("worker", "ps"):
        raise ValueError(
            f"ParameterServerStrategy is made by the chief, and this process is {resolver.task_type} "
            f"{resolver.task_id}: start `tf.distribute.Server(cluster_spec, {resolver.task_type!r}, "
            f"{resolver.task_id}).join()` here instead."
        )
    return tasks


class Server:
    """What a worker or a parameter server runs: it does what the chief says.

    Args:
        server_or_cluster_def: the tasks of the cluster: a tf.train.ClusterSpec or a dict.
        job_name: 'worker' or 'ps'.
        task_index: which of these this process is.
        protocol: accepted; there is one.
        config: accepted.
        start: whether to begin at once.
    """

    def __init__(
        self,
        server_or_cluster_def: Any,
        job_name: str | None = None,
        task_index: int | None = None,
        protocol: str | None = None,
        config: Any = None,
        start: bool = True,
    ) -> None:
        spec = ClusterSpec(server_or_cluster_def)
        if job_name not in ("worker", "ps"):
            raise ValueError(f"`job_name` must be 'worker' or 'ps'. Received: job_name={job_name!r}")
        index = 0 if task_index is None else int(task_index)
        tasks = spec.as_dict()
        if job_name not in tasks or not 0 <= index < len(tasks[job_name]):
            raise ValueError(f"The cluster has no task {index} of job {job_name!r}. Received: {tasks}")
        if not tasks.get("ps"):
            raise ValueError(f"The cluster needs at least one parameter server, job 'ps'. Received: {tasks}")
        self._server = TaskServer(tasks, job_name, index)
        if start:
            self.start()

    @property
    def target(self) -> str:
        """Where it is reached."""
        return f"grpc://{self._server.address}"

    def start(self) -> None:
        """Begins to listen, at the task's address only."""
        self._server.start()

    def join(self) -> None:
        """Serves the chief; when that has finished, the process ends. An error if none comes in time."""
        self._server.join()


__all__ = ["ParameterServerStrategy", "Server"]
