"""tf.distribute.coordinator: the coordinator of parameter servers is not here."""

from __future__ import annotations

from typing import Any


class ClusterCoordinator:
    """There are no parameter servers: making one raises an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(
            "tf.distribute.coordinator.ClusterCoordinator is not there: there are no parameter servers. Use "
            "tf.distribute.MultiWorkerMirroredStrategy, with one process for each device started by `torchrun`."
        )


__all__ = ["ClusterCoordinator"]
