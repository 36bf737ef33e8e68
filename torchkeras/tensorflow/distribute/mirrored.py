"""The strategies by name."""

from __future__ import annotations

from typing import Any, NoReturn

from torchkeras.tensorflow.compat.v1 import logging
from torchkeras.tensorflow.devices import torch_device
from torchkeras.tensorflow.distribute.strategy import Strategy


def _whole(name: str) -> str:
    """A device's full name."""
    found = torch_device(name)
    kind = "GPU" if found is not None and found.type == "cuda" else "CPU"
    return f"/job:localhost/replica:0/task:0/device:{kind}:{(found.index if found is not None else 0) or 0}"


class MirroredStrategy(Strategy):
    """The GPUs of a machine. One process uses one of them; more are used by starting `torchrun --nproc-per-node=N`.

    Args:
        devices: names; the first one is used.
        cross_device_ops: accepted.
    """

    def __init__(self, devices: Any = None, cross_device_ops: Any = None) -> None:
        names = [getattr(one, "name", one) for one in devices or ()]
        super().__init__(place=names[0] if names else None)
        used = tuple(dict.fromkeys(_whole(name) for name in names)) or (self._device_name,)
        shown = used[:1]
        logging.get_logger().info("Using MirroredStrategy with devices %s", shown)
        if shown[0].rpartition(":")[0].endswith("CPU"):
            logging.warning("There are non-GPU devices in `tf.distribute.Strategy`, not using nccl allreduce.")
        if len(used) > 1:
            logging.warning("This process uses one device, %s; start several with `torchrun` to use more.", shown[0])


class MultiWorkerMirroredStrategy(Strategy):
    """The GPUs of several machines. One process uses one of them; more are used by starting `torchrun`.

    Args:
        cluster_resolver, communication_options: accepted.
        communication: the old name of `communication_options`.
    """

    def __init__(
        self, cluster_resolver: Any = None, communication_options: Any = None, communication: Any = None
    ) -> None:
        super().__init__()
        self._resolver = cluster_resolver
        logging.get_logger().info(
            "Single-worker MultiWorkerMirroredStrategy with local_devices = (%r,)", self._device_name
        )

    @property
    def cluster_resolver(self) -> Any:
        return self._resolver


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
    """There are no TPUs: making one raises an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _absent(
            "TPUStrategy", "there are no TPUs here. Use tf.distribute.MirroredStrategy or tf.distribute.get_strategy()."
        )


class ParameterServerStrategy(Strategy):
    """There are no parameter servers: making one raises an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _absent(
            "ParameterServerStrategy",
            "there are no parameter servers here. Use tf.distribute.MultiWorkerMirroredStrategy, with one process for "
            "each device started by `torchrun`.",
        )


class Server:
    """There are no TensorFlow servers: making one raises an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _absent("Server", "there are no TensorFlow servers. Start one process for each device with `torchrun`.")


__all__ = [
    "CentralStorageStrategy", "MirroredStrategy", "MultiWorkerMirroredStrategy", "OneDeviceStrategy",
    "ParameterServerStrategy", "Server", "TPUStrategy",
]  # fmt: skip
