"""tf.config.experimental: memory, determinism, precision, and older names."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.config.devices import (
    LogicalDeviceConfiguration as VirtualDeviceConfiguration,
)
from torchkeras.tensorflow.config.devices import (
    PhysicalDevice,
    get_visible_devices,
    list_logical_devices,
    list_physical_devices,
    set_visible_devices,
)
from torchkeras.tensorflow.config.devices import (
    get_logical_device_configuration as get_virtual_device_configuration,
)
from torchkeras.tensorflow.config.devices import (
    set_logical_device_configuration as set_virtual_device_configuration,
)
from torchkeras.tensorflow.devices import torch_device

_growth: dict[Any, bool] = {}


def set_memory_growth(device: Any, enable: bool) -> None:
    """Accepted: PyTorch takes a GPU's memory as it needs it, always."""
    if device not in list_physical_devices():
        raise ValueError(f"Unrecognized device: {device!r}")
    if device.device_type != "GPU":
        raise ValueError("Cannot set memory growth on non-GPU and non-Pluggable devices")
    _growth[device] = bool(enable)


def get_memory_growth(device: Any) -> bool | None:
    """What `set_memory_growth` was last told."""
    if not isinstance(device, PhysicalDevice) or device.device_type != "GPU":
        raise KeyError(device)
    return _growth.get(device)


def get_device_details(device: Any) -> dict[str, Any]:
    """What is known of a device: of a GPU its name and compute capability."""
    if not isinstance(device, PhysicalDevice):
        raise ValueError(f"device must be a tf.config.PhysicalDevice, but got: {device!r}")
    if device.device_type != "GPU":
        return {}
    properties = torch.cuda.get_device_properties(int(device.name.rpartition(":")[2]))
    return {"compute_capability": (properties.major, properties.minor), "device_name": properties.name}


def get_memory_info(device: str) -> dict[str, int]:
    """The bytes that tensors take on a device: 'current' and 'peak'; 0 for the CPU, where nobody counts."""
    place = torch_device(device)
    if place is None or place.type != "cuda":
        return {"current": 0, "peak": 0}
    return {"current": torch.cuda.memory_allocated(place), "peak": torch.cuda.max_memory_allocated(place)}


def get_memory_usage(device: str) -> int:
    """The bytes that tensors take on a device."""
    return get_memory_info(device)["current"]


def reset_memory_stats(device: str) -> None:
    """Starts counting the peak of memory anew."""
    place = torch_device(device)
    if place is not None and place.type == "cuda":
        torch.cuda.reset_peak_memory_stats(place)


def enable_op_determinism() -> None:
    """The same numbers from the same seeds: torch's deterministic algorithms."""
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False


def enable_tensor_float_32_execution(enabled: bool) -> None:
    """Whether float32 products may use TensorFloat-32 on GPUs that have it."""
    torch.backends.cuda.matmul.allow_tf32 = bool(enabled)
    torch.backends.cudnn.allow_tf32 = bool(enabled)


def tensor_float_32_execution_enabled() -> bool:
    """Whether float32 products may use TensorFloat-32."""
    return bool(torch.backends.cuda.matmul.allow_tf32)


def get_synchronous_execution() -> bool:
    """True: operations on the CPU are done when they return."""
    return True


def set_synchronous_execution(enable: bool) -> None:
    """Accepted."""


def get_device_policy() -> str:
    """How tensors of other devices are met: with an error, as torch does."""
    return "explicit"


def set_device_policy(device_policy: str | None) -> None:
    """Accepted."""


def enable_mlir_bridge() -> None:
    """Accepted: there is no compiler of TensorFlow's."""


def disable_mlir_bridge() -> None:
    """Accepted: there is no compiler of TensorFlow's."""


__all__ = [
    "VirtualDeviceConfiguration", "disable_mlir_bridge", "enable_mlir_bridge", "enable_op_determinism",
    "enable_tensor_float_32_execution", "get_device_details", "get_device_policy", "get_memory_growth",
    "get_memory_info", "get_memory_usage", "get_synchronous_execution", "get_virtual_device_configuration",
    "get_visible_devices", "list_logical_devices", "list_physical_devices", "reset_memory_stats", "set_device_policy",
    "set_memory_growth", "set_synchronous_execution", "set_virtual_device_configuration", "set_visible_devices",
    "tensor_float_32_execution_enabled",
]  # fmt: skip
