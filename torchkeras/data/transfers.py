"""Moving tensors between the host and an accelerator while both go on with their work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor


class Sent(NamedTuple):
    """Tensors on their way to the device.

    Args:
        tensors: those on the device; to be used after `receive` alone.
        receive: makes what the device is asked for from now on wait until they are there; the host does not wait.
        left: waits, on the host, until the memory that they were sent from may be written to again.
    """

    tensors: list[Tensor]
    receive: Callable[[], None]
    left: Callable[[], None]


class Transfers(Protocol):
    """How tensors get to a device and back; the tests have one for the CPU."""

    def buffer(self, size: int) -> Tensor:
        """So many bytes on the host that can be sent from and brought back to."""

    def send(self, tensors: list[Tensor]) -> Sent:
        """Begins to copy tensors that lie in buffers to the device."""

    def mark(self) -> Callable[[], None]:
        """A place in the device's work: what has been asked for so far. Calling it waits until the device is there."""

    def bring(self, tensors: list[Tensor], buffers: list[Tensor]) -> Callable[[], None]:
        """Begins to copy tensors of the device into buffers; calling what it gives waits until they are there."""


class CudaTransfers:
    """Copies on a stream of their own in each direction, from and to pinned memory.

    Args:
        device: the GPU.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._there, self._back = torch.cuda.Stream(device), torch.cuda.Stream(device)

    def buffer(self, size: int) -> Tensor:
        return torch.empty(size, dtype=torch.uint8, pin_memory=True)

    def send(self, tensors: list[Tensor]) -> Sent:
        with torch.cuda.stream(self._there):
            found = [tensor.to(self._device, non_blocking=True) for tensor in tensors]
            event = self._event()
            event.record(self._there)

        def receive() -> None:
            present = torch.cuda.current_stream(self._device)
            present.wait_event(event)
            for tensor in found:
                # Its memory is the copying stream's, which must not have it again before this one is done with it.
                tensor.record_stream(present)

        return Sent(found, receive, event.synchronize)

    def mark(self) -> Callable[[], None]:
        event = self._event()
        event.record(torch.cuda.current_stream(self._device))
        wait: Callable[[], None] = event.synchronize
        return wait

    def bring(self, tensors: list[Tensor], buffers: list[Tensor]) -> Callable[[], None]:
        self._back.wait_stream(torch.cuda.current_stream(self._device))
        with torch.cuda.stream(self._back):
            for tensor, buffer in zip(tensors, buffers, strict=True):
                buffer.copy_(tensor, non_blocking=True)
                tensor.record_stream(self._back)
            event = self._event()
            event.record(self._back)
        wait: Callable[[], None] = event.synchronize
        return wait

    @staticmethod
    def _event() -> Any:
        return torch.cuda.Event(blocking=True)  # whoever waits for it sleeps, and leaves the processor to others


#: By the type of device, how tensors get there and back; other devices are copied to and from on the spot.
TRANSFERS: dict[str, Callable[[torch.device], Transfers]] = {"cuda": CudaTransfers}


def transfers_for(device: torch.device) -> Transfers | None:
    """How tensors get to this device while it works; None where they are copied on the spot."""
    make = TRANSFERS.get(device.type)
    return None if make is None else make(device)


def numbered(device: torch.device) -> torch.device:
    """A device as its tensors name it: 'cuda' is the present GPU."""
    if device.type == "cuda" and device.index is None:
        return torch.device("cuda", torch.cuda.current_device())
    return device


def copied_to(value: Any, device: torch.device) -> Any:
    """A tensor on a device, with its mask; all else as it is."""
    if not isinstance(value, Tensor) or value.device == device:
        return value
    found = value.to(device, non_blocking=True)
    mask = getattr(value, "_keras_mask", None)
    if mask is not None:
        found._keras_mask = mask.to(device, non_blocking=True)  # type: ignore[attr-defined]
    return found
