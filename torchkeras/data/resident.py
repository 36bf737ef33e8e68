"""Data sets that are on the accelerator whole: which fit, and the memory that they leave to the next."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

#: A set is moved whole when it takes up to this share of the device's free memory.
SHARE = 0.25
#: The same for devices that do not tell how much is free.
RESIDENT_BYTES = 1 << 30
#: Up to this size nobody asks how much is free.
SMALL = 1 << 24


def free_memory(device: torch.device) -> int | None:
    """The bytes that new tensors can take on a device; None where it does not tell."""
    count = _FREE.get(device.type)
    return None if count is None else count(device)


def _free_on_cuda(device: torch.device) -> int:
    # What torch keeps for new tensors is not free for others, but is for them.
    kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return int(torch.cuda.mem_get_info(device)[0]) + kept


_FREE: dict[str, Callable[[torch.device], int]] = {"cuda": _free_on_cuda}


def room(device: torch.device) -> int:
    """The bytes that a data set, or the results of a prediction, may take on a device as a whole."""
    free = free_memory(device)
    return RESIDENT_BYTES if free is None else int(free * SHARE)


def fits(size: int, device: torch.device) -> bool:
    """Whether a data set of so many bytes may be on a device as a whole."""
    return size <= SMALL or size <= room(device)


def size_of(tensors: Iterable[Tensor]) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


class Residents:
    """Memory of data sets that were moved whole. A fit that is over leaves its memory to the next that has tensors of
    the same shapes: captured steps, which go on in the same memory, keep it alive, and there is never a second copy.
    """

    def __init__(self) -> None:
        self._left: list[weakref.ref[Tensor]] = []

    def move(self, tensors: list[Tensor], device: torch.device) -> list[Tensor] | None:
        """Copies of tensors on a device, each in its own dtype; None where they would take too much of it."""
        if device.type == "cpu":
            return [tensor.to(device) for tensor in tensors]
        found = [self._take_left(tensor, device) for tensor in tensors]
        new = [tensor for tensor, own in zip(tensors, found, strict=True) if own is None]
        if new and not fits(size_of(new), device):
            self.leave(own for own in found if own is not None)
            return None
        return [
            tensor.to(device) if own is None else own.copy_(tensor)
            for tensor, own in zip(tensors, found, strict=True)
        ]  # fmt: skip

    def leave(self, tensors: Iterable[Tensor]) -> None:
        """Nobody reads these any more; the next set may be written to them."""
        self._left = [known for known in self._left if known() is not None] + [weakref.ref(t) for t in tensors]

    def _take_left(self, tensor: Tensor, device: torch.device) -> Tensor | None:
        self._left = [known for known in self._left if known() is not None]
        for place, known in enumerate(self._left):
            found = known()
            if found is not None and (found.device, found.shape, found.dtype) == (device, tensor.shape, tensor.dtype):
                del self._left[place]
                return found
        return None


#: Those of this process.
residents = Residents()
