"""The outputs of predict, put together."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.nest import flatten, pack_as
from torchkeras.core.string_array import StringArray
from torchkeras.core.tensors import to_array
from torchkeras.data.resident import SMALL, room, size_of
from torchkeras.data.staging import AHEAD, Buffers
from torchkeras.data.transfers import Transfers, transfers_for


class Collecting(Protocol):
    """Takes the outputs of one batch after the other."""

    def add(self, outputs: Any) -> None:
        """Takes those of the next batch."""

    def arrays(self) -> Any:
        """All of them, in the form of one batch's."""


def collecting(device: torch.device, samples: int | None, reused: bool) -> Collecting:
    """What collects the outputs of a model on a device.

    Args:
        device: where they are.
        samples: their number, if it is known.
        reused: whether the next outputs come in the same memory.
    """
    transfers = transfers_for(device)
    if device.type == "cpu" and transfers is None:
        return Collected(samples, reused)
    return CollectedAfar(device, samples, reused, transfers)


class Collected:
    """Outputs on the host: written into one array per output as they come, where their number is known.

    Args:
        samples: their number, if it is known.
        reused: whether the next outputs come in the same memory.
    """

    def __init__(self, samples: int | None, reused: bool) -> None:
        self.samples, self.reused, self.place = samples, reused, 0
        self.structure: Any = None
        self.parts: list[list[Any]] = []
        self.whole: list[Tensor] = []

    def add(self, outputs: Any) -> None:
        leaves = [outputs] if isinstance(outputs, Tensor) else flatten(outputs)
        leaves = [leaf if isinstance(leaf, (Tensor, StringArray)) else torch.as_tensor(leaf) for leaf in leaves]
        if not self.parts:
            self.structure = outputs if not isinstance(outputs, Tensor) else None
            self.parts = [[] for _ in leaves]
        if self.samples is None or any(leaf.dim() == 0 or isinstance(leaf, StringArray) for leaf in leaves):
            for part, leaf in zip(self.parts, leaves, strict=True):
                numbers = not isinstance(leaf, StringArray)
                part.append(to_array(leaf.detach().to("cpu", copy=self.reused)) if numbers else leaf.numpy())
            return
        size = leaves[0].shape[0]
        if size == self.samples and not self.whole:
            self.whole = [leaf.detach().to("cpu", copy=self.reused) for leaf in leaves]
            return
        if not self.whole:
            self.whole = [leaf.new_empty((self.samples, *leaf.shape[1:]), device="cpu") for leaf in leaves]
        for whole, leaf in zip(self.whole, leaves, strict=True):
            whole[self.place : self.place + size].copy_(leaf.detach())
        self.place += size

    def arrays(self) -> Any:
        if self.whole:
            found = [t.numpy() if t.dtype is not torch.bfloat16 else to_array(t) for t in self.whole]
        elif not self.parts or not self.parts[0]:
            raise ValueError("Expected input data to be non-empty.")
        else:
            found = [np.concatenate(part) if part[0].ndim else np.stack(part) for part in self.parts]
        return found[0] if self.structure is None else pack_as(self.structure, found)


class CollectedAfar:
    """Outputs on an accelerator: kept there, and brought to the host at once at the end, while they take up to a
    quarter of its free memory; what is more comes batch by batch, while the device works on the next ones.

    Args:
        device: where they are.
        samples: their number, if it is known.
        reused: whether the next outputs come in the same memory.
        transfers: how they are brought; None where they are copied on the spot.
    """

    def __init__(self, device: torch.device, samples: int | None, reused: bool, transfers: Transfers | None) -> None:
        self._device, self._samples, self._reused, self._transfers = device, samples, reused, transfers
        self._host = Collected(samples, reused=True)
        self._room: int | None = None
        self._begun = self._full = False
        self._structure: Any = None
        #: Batches that are kept on the device, and their bytes; or all outputs there, written to this place.
        self._kept: list[list[Tensor]] = []
        self._bytes = 0
        self._whole: list[Tensor] = []
        self._place = 0
        self._arriving: deque[tuple[Any, list[Tensor], Callable[[], None]]] = deque()
        self._buffers: deque[Buffers] = deque()

    def add(self, outputs: Any) -> None:
        leaves = [outputs] if isinstance(outputs, Tensor) else flatten(outputs)
        if not all(isinstance(leaf, Tensor) and leaf.dim() and leaf.device == self._device for leaf in leaves):
            self._bring_kept()
            self._settle_arriving()
            self._host.add(outputs)
            return
        leaves = [leaf.detach() for leaf in leaves]
        if not self._begun:
            self._begun, self._structure = True, outputs
            self._make_whole(leaves)
        if self._whole:
            size = leaves[0].shape[0]
            for whole, leaf in zip(self._whole, leaves, strict=True):
                whole[self._place : self._place + size].copy_(leaf)
            self._place += size
        elif self._may_be_kept(leaves):
            self._kept.append([leaf.clone() if self._reused else leaf for leaf in leaves])
        else:
            self._bring_kept()
            self._bring(leaves)

    def arrays(self) -> Any:
        if self._whole:
            self._host.add(self._packed(self._whole))
        elif self._kept:
            self._host.samples = None
            self._host.add(self._packed([torch.cat(parts) for parts in zip(*self._kept, strict=True)]))
        self._settle_arriving()
        return self._host.arrays()

    def _make_whole(self, leaves: list[Tensor]) -> None:
        if self._samples is None or len({leaf.shape[0] for leaf in leaves}) != 1:
            return
        size = leaves[0].shape[0]
        if size and self._fits(size_of(leaves) * self._samples // size):
            self._whole = [leaf.new_empty((self._samples, *leaf.shape[1:])) for leaf in leaves]

    def _may_be_kept(self, leaves: list[Tensor]) -> bool:
        """Whether these may stay there too, where the number of samples is not known; where it is, not all may."""
        if self._samples is None and not self._full:
            self._bytes += size_of(leaves)
            self._full = not self._fits(2 * self._bytes)  # at the end they are put together, there
            return not self._full
        return False

    def _fits(self, size: int) -> bool:
        if size > SMALL and self._room is None:
            self._room = room(self._device)
        return size <= SMALL or size <= (self._room or 0)

    def _bring_kept(self) -> None:
        if self._whole:
            self._kept, self._whole = [[whole[: self._place] for whole in self._whole]] if self._place else [], []
        for leaves in self._kept:
            self._bring(leaves)
        self._kept = []

    def _bring(self, leaves: list[Tensor]) -> None:
        if self._transfers is None:
            self._host.add(self._packed(leaves))
            return
        if len(self._buffers) < AHEAD:
            self._buffers.append(Buffers(self._transfers))
        else:
            self._settle_one()
        buffers = self._buffers[0]
        self._buffers.rotate(-1)
        buffers.begin()
        targets = [buffers.tensor(leaf.shape, leaf.dtype) for leaf in leaves]
        sources = [leaf.clone() if self._reused else leaf for leaf in leaves]
        self._arriving.append((leaves, targets, self._transfers.bring(sources, targets)))

    def _settle_one(self) -> None:
        if self._arriving:
            _, targets, wait = self._arriving.popleft()
            wait()
            self._host.add(self._packed(targets))

    def _settle_arriving(self) -> None:
        while self._arriving:
            self._settle_one()

    def _packed(self, leaves: list[Tensor]) -> Any:
        return leaves[0] if isinstance(self._structure, Tensor) else pack_as(self._structure, leaves)
