"""tf.train.ClusterSpec: the addresses of a cluster's tasks."""

from __future__ import annotations

from typing import Any


class ClusterSpec:
    """The tasks of each job of a cluster.

    Args:
        cluster: for each job a list of addresses, or a dict of them by number; or another ClusterSpec.
    """

    def __init__(self, cluster: Any) -> None:
        self._tasks: dict[str, dict[int, Any]]
        if isinstance(cluster, ClusterSpec):
            cluster = cluster._tasks
        if not isinstance(cluster, dict):
            raise TypeError("`cluster` must be a dictionary mapping one or more job names to lists of addresses.")
        self._tasks = {
            job: dict(tasks) if isinstance(tasks, dict) else dict(enumerate(tasks)) for job, tasks in cluster.items()
        }

    @property
    def jobs(self) -> list[str]:
        return list(self._tasks)

    def as_dict(self) -> dict[str, Any]:
        """The addresses by job."""
        return {job: list(tasks.values()) for job, tasks in sorted(self._tasks.items())}

    def num_tasks(self, job_name: str) -> int:
        return len(self._of(job_name))

    def task_indices(self, job_name: str) -> list[int]:
        return sorted(self._of(job_name))

    def task_address(self, job_name: str, task_index: int) -> str:
        try:
            return self._of(job_name)[task_index]
        except KeyError as error:
            raise ValueError(f"No task with index {task_index!r} in job {job_name!r}") from error

    def job_tasks(self, job_name: str) -> list[str]:
        return list(self._of(job_name).values())

    def _of(self, job: str) -> dict[int, Any]:
        if job not in self._tasks:
            raise ValueError(f"No such job in cluster: {job!r}")
        return self._tasks[job]

    def __bool__(self) -> bool:
        return bool(self._tasks)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClusterSpec) and self._tasks == other._tasks

    def __hash__(self) -> int:
        return hash(str(self))

    def __repr__(self) -> str:
        return f"ClusterSpec({self.as_dict()!r})"


__all__ = ["ClusterSpec"]
