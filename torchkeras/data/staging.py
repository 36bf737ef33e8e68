"""The host memory that batches pass through on their way to a device: a few sets of buffers that take turns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.nest import map_structure
from torchkeras.core.rows import Rows
from torchkeras.data.feed import Batch
from torchkeras.data.transfers import Transfers

#: Batches that may be on their way, or on the device and not worked off yet.
AHEAD = 3


class Buffers:
    """Host memory for one batch, used again for a later one: as many buffers as that has tensors, as large as needed.

    Args:
        transfers: gives the memory.
    """

    def __init__(self, transfers: Transfers) -> None:
        self._transfers = transfers
        self._held: list[Tensor] = []
        self._used = 0
        self._left: Callable[[], None] | None = None

    def begin(self) -> None:
        """From the first buffer on, once what was sent from them has left."""
        if self._left is not None:
            self._left()
        self._left, self._used = None, 0

    def tensor(self, shape: Any, dtype: torch.dtype) -> Tensor:
        """A tensor in the next buffer, with whatever values that has."""
        count = 1
        for length in shape:
            count *= length
        size = count * dtype.itemsize
        if self._used == len(self._held):
            self._held.append(self._transfers.buffer(size))
        elif self._held[self._used].numel() < size:
            self._held[self._used] = self._transfers.buffer(size)
        self._used += 1
        return self._held[self._used - 1][:size].view(dtype).view(tuple(shape))

    def leaving(self, left: Callable[[], None]) -> None:
        """What waits until they may be written to again."""
        self._left = left


class Staging:
    """Sends batches from buffers that take turns, so that no batch allocates or pins memory of its own.

    Args:
        transfers: how to send.
        device: to where; tensors that are there already are left alone.
    """

    def __init__(self, transfers: Transfers, device: torch.device) -> None:
        self._transfers, self._device = transfers, device
        self._turns = deque(Buffers(transfers) for _ in range(AHEAD))

    def send(self, make: Callable[[Buffers], Batch]) -> tuple[Batch, Callable[[], None]]:
        """One batch; and what to call before the device is asked to work on it.

        Args:
            make: gives the batch, those tensors in the buffers that are to be sent.
        """
        buffers = self._turns[0]
        self._turns.rotate(-1)
        buffers.begin()
        batch = make(buffers)
        away: list[Tensor] = []

        def note(value: Any) -> Any:
            if isinstance(value, Tensor) and value.device.type == "cpu":
                away.append(value)
                mask = getattr(value, "_keras_mask", None)
                if mask is not None:
                    away.append(mask)
            return value

        for part in batch[:3]:
            map_structure(note, part)
        sent = self._transfers.send(away)
        buffers.leaving(sent.left)
        arriving = iter(sent.tensors)

        def arrived(value: Any) -> Any:
            if not (isinstance(value, Tensor) and value.device.type == "cpu"):
                return value
            found = next(arriving)
            if getattr(value, "_keras_mask", None) is not None:
                found._keras_mask = next(arriving)  # type: ignore[attr-defined]
            return found

        x, y, weight = (map_structure(arrived, part) for part in batch[:3])
        return Batch(x, y, weight, batch.size), sent.receive


def staged(nest: Any, buffers: Buffers) -> Any:
    """A nest with what is on the host copied into buffers; rows become dense."""

    def into(value: Any) -> Any:
        if isinstance(value, Rows):
            value = value.dense()
        if not isinstance(value, Tensor) or value.device.type != "cpu" or value.layout is not torch.strided:
            return value
        found = buffers.tensor(value.shape, value.dtype).copy_(value)
        mask = getattr(value, "_keras_mask", None)
        if mask is not None:
            found._keras_mask = buffers.tensor(mask.shape, mask.dtype).copy_(mask)  # type: ignore[attr-defined]
        return found

    return map_structure(into, nest)
