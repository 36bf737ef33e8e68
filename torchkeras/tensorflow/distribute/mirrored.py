"""The strategies by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import torch

from torchkeras.core.replicas import Replicas
from torchkeras.distribute import Place, join, place_by_launcher, place_by_tf_config
from torchkeras.distribute.place import place_in_cluster
from torchkeras.tensorflow.compat.v1 import logging
from torchkeras.tensorflow.devices import torch_device
from torchkeras.tensorflow.distribute.cluster_resolver import (
    ClusterResolver,
    SimpleClusterResolver,
    TFConfigClusterResolver,
)
from torchkeras.tensorflow.distribute.datasets import DistributedDataset, InputContext, OwnDataset
from torchkeras.tensorflow.distribute.strategy import Strategy, StrategyExtended, full_name
from torchkeras.tensorflow.distribute.tpu import xla_device
from torchkeras.tensorflow.train.cluster import ClusterSpec

_HOW_TO_START = "start several with `python -m torchkeras run --nproc N FILE`, or with `torchrun`"


def _joined(place: Place | None, patience: float | None = None) -> Replicas:
    """The processes that have joined, as those of a strategy of their own."""
    found = join(place, patience)
    return Replicas(found.rank, found.size, found.device, found.feeds)


def _of_strategy(replicas: Replicas, names: list[str]) -> torch.device | None:
    """Where this replica is: the device that it was given, else the one that it joined with."""
    if names:
        return torch_device(names[replicas.rank])
    return replicas.device if replicas.device.type == "cuda" else None


class MirroredStrategy(Strategy):
    """The devices of a machine, each with a process and a copy of the model, which train on parts of each batch.

    The processes are started by `python -m torchkeras run --nproc N FILE` or `torchrun`; one by itself is one replica.

    Args:
        devices: names, one for each process; the GPU of its number, or the CPU, unless given.
        cross_device_ops: accepted.
    """

    def __init__(self, devices: Any = None, cross_device_ops: Any = None) -> None:
        names = [getattr(one, "name", one) for one in devices or ()]
        replicas = _joined(place_by_launcher())
        if names and len(names) < replicas.size:
            raise ValueError(
                f"`devices` names {len(names)}, {names}, and there are {replicas.size} processes: name one for each, "
                f"or leave `devices` out."
            )
        place = _of_strategy(replicas, names)
        if place is not None and replicas.size > 1:
            replicas.device = place
        alone = replicas.size == 1
        super().__init__(place=names[0] if alone and names else place, replicas=replicas)
        own = full_name(torch_device(self._device_name) or torch.device("cpu"))
        self._devices = (own,) if alone else tuple(replicas.gather(_numbered(own, replicas)))
        if not replicas.is_first:
            return
        logging.get_logger().info("Using MirroredStrategy with devices %s", self._devices)
        if any(name.rpartition(":")[0].endswith("CPU") for name in self._devices):
            logging.warning("There are non-GPU devices in `tf.distribute.Strategy`, not using nccl allreduce.")
        asked = len(dict.fromkeys(map(_whole, names))) if names else torch.cuda.device_count()
        if asked > replicas.size:
            logging.warning(
                "Of %d devices %d %s used, one for each process: %s.",
                asked, replicas.size, "is" if alone else "are", _HOW_TO_START,
            )  # fmt: skip

    @property
    def _device_names(self) -> tuple[str, ...]:
        return self._devices


def _whole(name: str) -> str:
    found = torch_device(name)
    return name if found is None or found.type == "cpu" else full_name(found)


def _numbered(name: str, replicas: Replicas) -> str:
    """Processes on one CPU have a number each."""
    kind, _, _ = name.rpartition(":")
    return f"{kind}:{replicas.rank}" if kind.endswith("CPU") else name


class _MultiWorkerExtended(StrategyExtended):
    def _in_multi_worker_mode(self) -> bool:
        return True


class MultiWorkerMirroredStrategy(Strategy):
    """Processes on one or several machines, each with a copy of the model, which train on parts of each batch.

    They find each other by the variables of `torchrun` or `python -m torchkeras run`, or by TF_CONFIG.

    Args:
        cluster_resolver: says who is who; TF_CONFIG does unless given.
        communication_options: its `timeout_seconds` are how long to wait for the others.
        communication: the old name of `communication_options`.
    """

    def __init__(
        self, cluster_resolver: Any = None, communication_options: Any = None, communication: Any = None
    ) -> None:
        options = communication_options if communication_options is not None else communication
        place = place_by_launcher() or (
            place_by_tf_config() if cluster_resolver is None else _place_by_resolver(cluster_resolver)
        )
        replicas = _joined(place, getattr(options, "timeout_seconds", None))
        super().__init__(place=_of_strategy(replicas, []), replicas=replicas)
        self.extended = _MultiWorkerExtended(self)
        self._resolver = cluster_resolver or _resolver_of(place, replicas)
        if replicas.size == 1:
            logging.get_logger().info(
                "Single-worker MultiWorkerMirroredStrategy with local_devices = (%r,)", self._device_name
            )
        else:
            logging.get_logger().info(
                "MultiWorkerMirroredStrategy: process %d of %d, named by %s, with local_devices = (%r,)",
                replicas.rank, replicas.size, place.named_by if place is not None else "torch", self._device_name,
            )  # fmt: skip

    @property
    def cluster_resolver(self) -> Any:
        """Who is who: `task_type`, `task_id` and `cluster_spec()`."""
        return self._resolver

    def distribute_datasets_from_function(self, dataset_fn: Callable[..., Any], options: Any = None) -> Any:
        """The data set that a function makes for this worker, told by an InputContext which one it is."""
        size, rank = self._replicas.size, self._replicas.rank
        dataset = dataset_fn(InputContext(size, rank, size))
        return DistributedDataset(dataset) if size == 1 else OwnDataset(dataset, self._replicas)


def _place_by_resolver(resolver: ClusterResolver) -> Place | None:
    """What a description of the cluster says; None where it names no cluster of several."""
    spec = resolver.cluster_spec()
    kinds = [kind for kind in ("chief", "worker") if kind in spec.jobs]
    members = [(kind, i, str(spec.task_address(kind, i))) for kind in kinds for i in spec.task_indices(kind)]
    return place_in_cluster(members, (resolver.task_type, resolver.task_id), "The cluster_resolver")


def _resolver_of(place: Place | None, replicas: Replicas) -> ClusterResolver:
    """TF_CONFIG's, where that names the processes; else one that calls each of them a worker."""
    if replicas.size == 1 or (place is not None and place.named_by == "TF_CONFIG"):
        return TFConfigClusterResolver()
    host = place.address.rpartition(":")[0] if place is not None else "localhost"
    # Only the first can be reached, and by torch alone: the addresses are names.
    spec = ClusterSpec({"worker": [f"{host}:{rank}" for rank in range(replicas.size)]})
    return SimpleClusterResolver(spec, task_type="worker", task_id=replicas.rank)


class OneDeviceStrategy(Strategy):
    """One device.

    Args:
        device: its name.
    """

    def __init__(self, device: str) -> None:
        torch_device(device)
        super().__init__(place=device)


class CentralStorageStrategy(Strategy):
    """Variables in one place, on one device.

    Args:
        compute_devices, parameter_device: accepted.
    """

    def __init__(self, compute_devices: Any = None, parameter_device: Any = None) -> None:
        super().__init__(place=(compute_devices or [None])[0])


def _absent(name: str, instead: str) -> NoReturn:
    raise NotImplementedError(f"tf.distribute.{name} is not there: {instead}")


class TPUStrategy(Strategy):
    """One core of a TPU, by way of torch_xla; without that, making one raises an error.

    Args:
        tpu_cluster_resolver: accepted.
        experimental_device_assignment: accepted.
        experimental_spmd_xla_partitioning: accepted.
    """

    def __init__(
        self,
        tpu_cluster_resolver: Any = None,
        experimental_device_assignment: Any = None,
        experimental_spmd_xla_partitioning: bool = False,
    ) -> None:
        place = xla_device()
        if place is None:
            _absent(
                "TPUStrategy",
                "there are no TPUs here, for torch_xla is not installed. Use tf.distribute.MirroredStrategy or "
                "tf.distribute.get_strategy().",
            )
        super().__init__(place=place)
        self._resolver = tpu_cluster_resolver

    @property
    def cluster_resolver(self) -> Any:
        return self._resolver


__all__ = [
    "CentralStorageStrategy", "MirroredStrategy", "MultiWorkerMirroredStrategy", "OneDeviceStrategy",
    "TPUStrategy",
]  # fmt: skip
