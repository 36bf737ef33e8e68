"""tf.distribute.cluster_resolver: who is who in a cluster, from a description or from TF_CONFIG."""

from __future__ import annotations

import json
import os
from typing import Any

import torch

from torchkeras.tensorflow.distribute.tpu import xla_device
from torchkeras.tensorflow.train.cluster import ClusterSpec


class ClusterResolver:
    """Says which tasks there are and which this one is."""

    task_type: str | None = None
    task_id: int | None = None
    rpc_layer: str | None = None
    environment = ""

    def cluster_spec(self) -> ClusterSpec:
        """The tasks."""
        raise NotImplementedError

    def master(self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None) -> str:
        """The address of a task, '' where there are none."""
        kind, number = task_type or self.task_type, self.task_id if task_id is None else task_id
        if kind is None or number is None:
            return ""
        address = self.cluster_spec().task_address(kind, number)
        layer = rpc_layer or self.rpc_layer
        return f"{layer}://{address}" if layer else address

    def num_accelerators(self, *args: Any, **kwargs: Any) -> dict[str, int]:
        """How many GPUs this machine has."""
        return {"GPU": torch.cuda.device_count()}


class SimpleClusterResolver(ClusterResolver):
    """From a description.

    Args:
        cluster_spec: the tasks.
        task_type, task_id: which this one is.
        rpc_layer: what addresses begin with.
    """

    def __init__(
        self, cluster_spec: Any, master: str = "", task_type: str | None = None, task_id: int | None = None,
        environment: str = "", num_accelerators: Any = None, rpc_layer: str | None = None,
    ) -> None:  # fmt: skip
        if not isinstance(cluster_spec, ClusterSpec):
            raise TypeError("cluster_spec must be a `tf.train.ClusterSpec`.")
        self._spec, self._master = cluster_spec, master
        self.task_type, self.task_id, self.environment, self.rpc_layer = task_type, task_id, environment, rpc_layer

    def cluster_spec(self) -> ClusterSpec:
        return self._spec

    def master(self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None) -> str:
        return super().master(task_type, task_id, rpc_layer) if task_type is not None else self._master


class TFConfigClusterResolver(ClusterResolver):
    """From the environment variable TF_CONFIG.

    Args:
        task_type, task_id, rpc_layer: in place of what TF_CONFIG says.
    """

    def __init__(
        self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None,
        environment: str | None = None,
    ) -> None:  # fmt: skip
        task = self._config().get("task", {})
        self.task_type = task_type if task_type is not None else task.get("type")
        index = task_id if task_id is not None else task.get("index")
        self.task_id = None if index is None else int(index)
        self.rpc_layer = rpc_layer or self._config().get("rpc_layer")
        self.environment = environment or self._config().get("environment", "")

    @staticmethod
    def _config() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(os.environ.get("TF_CONFIG", "{}") or "{}")
        return found

    def cluster_spec(self) -> ClusterSpec:
        return ClusterSpec(self._config().get("cluster", {}))


class TPUClusterResolver(ClusterResolver):
    """The TPU of this machine, by way of torch_xla; without that an error, the one that code which looks for a TPU
    expects.

    Args:
        tpu: accepted.
    """

    task_type, task_id = "worker", 0

    def __init__(self, tpu: Any = None, *args: Any, **kwargs: Any) -> None:
        if xla_device() is None:
            raise ValueError(
                "There are no TPUs here, for torch_xla is not installed. Use tf.distribute.MirroredStrategy() for "
                "GPUs, or tf.distribute.get_strategy()."
            )
        self._tpu = tpu or "local"

    @staticmethod
    def connect(tpu: Any = None, *args: Any, **kwargs: Any) -> TPUClusterResolver:
        return TPUClusterResolver(tpu)

    def cluster_spec(self) -> ClusterSpec:
        return ClusterSpec({"worker": [str(self._tpu)]})

    def num_accelerators(self, *args: Any, **kwargs: Any) -> dict[str, int]:
        return {"TPU": 1}


__all__ = ["ClusterResolver", "SimpleClusterResolver", "TFConfigClusterResolver", "TPUClusterResolver"]
