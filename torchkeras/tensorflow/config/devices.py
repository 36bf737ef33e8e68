"""The devices of this machine, as TensorFlow names them."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from torchkeras.core.device import _Choice


class PhysicalDevice(NamedTuple):
    """A device of the machine."""

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A device that tensors can be put on."""

    name: str
    device_type: str


class LogicalDeviceConfiguration:
    """How a part of a device is set up.

    Args:
        memory_limit: in MB.
        experimental_priority, experimental_device_ordinal: accepted.
    """

    def __init__(
        self,
        memory_limit: int | None = None,
        experimental_priority: int | None = None,
        experimental_device_ordinal: int | None = None,
    ) -> None:
        self.memory_limit = memory_limit
        self.experimental_priority, self.experimental_device_ordinal = (
            experimental_priority,
            experimental_device_ordinal,
        )

    def __repr__(self) -> str:
        return (
            f"LogicalDeviceConfiguration(memory_limit={self.memory_limit}, "
            f"experimental_priority={self.experimental_priority}, "
            f"experimental_device_ordinal={self.experimental_device_ordinal})"
        )


class _State:
    visible: dict[str, list[PhysicalDevice]] = {}
    soft = True
    configurations: dict[PhysicalDevice, list[LogicalDeviceConfiguration]] = {}


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The devices of the machine: its CPU, and its GPUs.

    Args:
        device_type: 'CPU' or 'GPU', for those of a kind.
    """
    found = [PhysicalDevice("/physical_device:CPU:0", "CPU")]
    count = torch.cuda.device_count()
    found += [PhysicalDevice(f"/physical_device:GPU:{i}", "GPU") for i in range(count)]
    return [one for one in found if device_type in (None, one.device_type)]


def get_visible_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The devices that are to be used."""
    return [one for one in list_physical_devices(device_type) if one in _State.visible.get(one.device_type, [one])]


def set_visible_devices(devices: Any, device_type: str | None = None) -> None:
    """Says which devices are to be used; without a GPU among them, new tensors are made on the CPU.

    Args:
        devices: one of `list_physical_devices()`, or a list of them.
        device_type: 'CPU' or 'GPU', for those of a kind; all unless given.
    """
    given = list(devices) if isinstance(devices, list) else [devices] if devices else []
    known = list_physical_devices()
    for one in given:
        if one not in known:
            raise ValueError(f"Unrecognized device: {one!r}")
        if device_type not in (None, one.device_type):
            raise ValueError(f"Unrecognized device: {one!r} is no {device_type}")
    for kind in ("CPU", "GPU") if device_type is None else (device_type,):
        _State.visible[kind] = [one for one in given if one.device_type == kind]
    _use_visible()


def _use_visible() -> None:
    gpus = get_visible_devices("GPU")
    if not gpus:
        _Choice.device = torch.device("cpu") if list_physical_devices("GPU") else _Choice.device
    elif len(gpus) < torch.cuda.device_count():
        _Choice.device = torch.device("cuda", int(gpus[0].name.rpartition(":")[2]))


def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """The devices that tensors can be put on."""
    return [
        LogicalDevice(f"/device:{one.device_type}:{one.name.rpartition(':')[2]}", one.device_type)
        for one in get_visible_devices(device_type)
    ]


def get_logical_device_configuration(device: Any) -> list[LogicalDeviceConfiguration] | None:
    """What `set_logical_device_configuration` set."""
    return _State.configurations.get(device)


def set_logical_device_configuration(device: Any, logical_devices: Any) -> None:
    """Limits the memory of a GPU; it cannot be divided into several devices.

    Args:
        device: one of `list_physical_devices()`.
        logical_devices: a list of one LogicalDeviceConfiguration.
    """
    if device not in list_physical_devices():
        raise ValueError(f"Unrecognized device: {device!r}")
    given = list(logical_devices or ())
    if len(given) > 1:
        raise RuntimeError(
            f"A device cannot be divided into {len(given)} virtual ones here: PyTorch has one device for each GPU."
        )
    if given and device.device_type == "GPU" and given[0].memory_limit is not None:
        index = int(device.name.rpartition(":")[2])
        total = torch.cuda.get_device_properties(index).total_memory
        torch.cuda.set_per_process_memory_fraction(min(1.0, given[0].memory_limit * 2**20 / total), index)
    _State.configurations[device] = given


def get_soft_device_placement() -> bool:
    """What `set_soft_device_placement` was last told."""
    return _State.soft


def set_soft_device_placement(enabled: bool) -> None:
    """Accepted: a device that is not there always gives way to the CPU in `tf.device`."""
    _State.soft = bool(enabled)


__all__ = [
    "LogicalDevice", "LogicalDeviceConfiguration", "PhysicalDevice", "get_logical_device_configuration",
    "get_soft_device_placement", "get_visible_devices", "list_logical_devices", "list_physical_devices",
    "set_logical_device_configuration", "set_soft_device_placement", "set_visible_devices",
]  # fmt: skip
