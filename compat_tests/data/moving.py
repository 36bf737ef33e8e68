"""A device that is none: copies to it and back are put off as long as they may be, and its work is counted."""

from __future__ import annotations

import threading

import torch

from torchkeras.data.transfers import Sent


class LateTransfers:
    """What CudaTransfers is, for tests: nothing is copied before somebody waits for it.

    So a tensor that is read too early has wrong values; a buffer that is written to before its values are known to have
    left is an error of the next sending.
    """

    made: list[LateTransfers] = []

    def __init__(self, device):
        self.buffers, self.sends, self.marks, self.waits, self.brought = 0, 0, 0, 0, 0
        self.threads, self.in_flight, self.most = set(), 0, 0
        self.unknown = {}
        LateTransfers.made.append(self)

    def buffer(self, size):
        self.buffers += 1
        return torch.full((size,), 77, dtype=torch.uint8)

    def _late(self, sources, targets):
        lock, todo = threading.Lock(), list(zip(sources, targets, strict=True))

        def copy():
            with lock:
                while todo:
                    source, target = todo.pop()
                    target.copy_(source)

        return copy

    def send(self, tensors):
        self.sends += 1
        self.threads.add(threading.current_thread().name)
        found = [torch.full_like(tensor, 1 if tensor.dtype is torch.bool else 99) for tensor in tensors]
        copy = self._late(tensors, found)
        for given, then in self.unknown.values():
            if not all(map(torch.equal, given, then)):
                raise RuntimeError("a buffer was written to before its values had left")
        number = self.sends
        self.unknown[number] = tensors, [tensor.clone() for tensor in tensors]
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)

        def receive():
            self.in_flight -= 1
            copy()

        def left():
            copy()
            self.unknown.pop(number, None)

        return Sent(found, receive, left)

    def mark(self):
        self.marks += 1

        def wait():
            self.waits += 1

        return wait

    def bring(self, tensors, buffers):
        self.brought += 1
        # The device has done what it was asked for before: what the tensors hold now is what is to come.
        copy = self._late([tensor.clone() for tensor in tensors], buffers)

        def wait():
            self.waits += 1
            copy()

        return wait
