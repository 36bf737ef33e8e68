"""Names of devices, and tf.device."""

from __future__ import annotations

import re
from typing import Any

import torch

from torchkeras.core.device import _Choice, cuda_available

_PARTS = re.compile(r"^(job|replica|task|device|cpu|gpu|tpu):(.+)$", re.IGNORECASE)


def torch_device(name: Any) -> torch.device | None:
    """The torch device that a name of TensorFlow's means: '/GPU:0', 'cpu', '/job:localhost/.../device:CPU:0'; None
    where it names none.

    A GPU that is not there means the CPU, as in TensorFlow with soft placement.
    """
    if name is None or name == "":
        return None
    if isinstance(name, torch.device):
        return name
    text = getattr(name, "name", name)
    if not isinstance(text, str):
        raise ValueError(f"Expected the name of a device, such as '/GPU:0'. Received: {name!r}")
    kind, index = None, 0
    for part in text.strip("/").split("/"):
        if not part:
            continue
        match = _PARTS.match(part if ":" in part else f"{part}:0")
        if match is None:
            raise ValueError(f"Unknown attribute {part!r} is encountered while parsing the device spec: {text!r}.")
        word, rest = match[1].lower(), match[2]
        if word in ("job", "replica", "task"):
            continue
        if word == "device":
            word, _, rest = rest.partition(":")
            word = word.lower()
        kind, index = word, 0 if rest in ("*", "") else int(rest)
    if kind is None:
        return None
    if kind not in ("cpu", "gpu"):
        raise ValueError(f"There are no devices of the kind {kind.upper()!r} here; use '/GPU:0' or '/CPU:0'.")
    if kind == "gpu" and cuda_available() and index < torch.cuda.device_count():
        return torch.device("cuda", index)
    return torch.device("cpu")


class device:
    """Within it new tensors and variables are made on this device.

    Args:
        device_name: '/GPU:0', '/CPU:0' and the like, or a device of `tf.config.list_logical_devices()`.
    """

    def __init__(self, device_name: Any) -> None:
        if callable(device_name) and not hasattr(device_name, "name"):
            raise RuntimeError("tf.device does not support functions when eager execution is enabled.")
        self._device = torch_device(device_name)
        self._around: list[tuple[Any, Any]] = []

    def __enter__(self) -> None:
        context = None
        if self._device is not None:
            context = torch.device(self._device) if self._device.type != "cpu" or cuda_available() else None
        before = _Choice.device
        if self._device is not None:
            _Choice.device = self._device
        if context is not None:
            context.__enter__()
        self._around.append((before, context))

    def __exit__(self, *raised: Any) -> None:
        before, context = self._around.pop()
        if context is not None:
            context.__exit__(*raised)
        _Choice.device = before


class DeviceSpec:
    """The parts of a device's name.

    Args:
        job, replica, task: where the process runs.
        device_type: 'CPU' or 'GPU'.
        device_index: its number.
    """

    def __init__(
        self,
        job: str | None = None,
        replica: int | None = None,
        task: int | None = None,
        device_type: str | None = None,
        device_index: int | None = None,
    ) -> None:
        self.job, self.replica, self.task = job, replica, task
        self.device_type = None if device_type is None else device_type.upper()
        self.device_index = device_index

    @classmethod
    def from_string(cls, spec: str) -> DeviceSpec:
        """From a name."""
        found: dict[str, Any] = {}
        for part in spec.strip("/").split("/"):
            word, _, rest = part.partition(":")
            if word.lower() == "device":
                word, _, rest = rest.partition(":")
            if word.lower() == "job":
                found["job"] = rest
            elif word.lower() in ("replica", "task"):
                found[word.lower()] = int(rest)
            elif word:
                found["device_type"] = word
                found["device_index"] = None if rest in ("", "*") else int(rest)
        return cls(**found)

    def to_string(self) -> str:
        """As a name."""
        parts = [f"/{word}:{value}" for word, value in
                 (("job", self.job), ("replica", self.replica), ("task", self.task)) if value is not None]  # fmt: skip
        if self.device_type is not None:
            parts.append(f"/device:{self.device_type}:{'*' if self.device_index is None else self.device_index}")
        return "".join(parts)

    def replace(self, **changes: Any) -> DeviceSpec:
        """The same with other parts."""
        names = ("job", "replica", "task", "device_type", "device_index")
        return DeviceSpec(**({name: getattr(self, name) for name in names} | changes))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DeviceSpec) and self.to_string() == other.to_string()

    def __hash__(self) -> int:
        return hash(self.to_string())

    def __repr__(self) -> str:
        return f"<DeviceSpec {self.to_string()!r}>"


__all__ = ["DeviceSpec", "device", "torch_device"]
