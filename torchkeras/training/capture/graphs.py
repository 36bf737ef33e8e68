"""Work whose kernels are written down once and then replayed: CUDA graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import torch

from torchkeras.core.capturing import CannotCapture


class Capturer(Protocol):
    """Captures work on a device; the tests have one for the CPU."""

    def warm_up(self, work: Callable[[], Any]) -> Any:
        """Does work as it is, where it will be captured: what it allocates and looks up but once is there then."""

    def capture(self, work: Callable[[], None], generators: list[torch.Generator]) -> Callable[[], None]:
        """Writes work down without doing it; gives what does it, on the same memory. CannotCapture where it cannot."""


class CudaCapturer:
    """CUDA graphs. Those of one capturer share the memory between their kernels, so they take turns.

    Args:
        device: where the work is done.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device)  # CUDA captures on no default stream
        self._pool: Any = torch.cuda.graph_pool_handle()

    @contextmanager
    def _aside(self) -> Iterator[None]:
        with torch.cuda.device(self._device):
            present = torch.cuda.current_stream()
            self._stream.wait_stream(present)
            with torch.cuda.stream(self._stream):
                yield
            present.wait_stream(self._stream)

    def warm_up(self, work: Callable[[], Any]) -> Any:
        with self._aside():
            return work()

    def capture(self, work: Callable[[], None], generators: list[torch.Generator]) -> Callable[[], None]:
        graph: Any = torch.cuda.CUDAGraph()
        for generator in generators:
            graph.register_generator_state(generator)
        failed: list[BaseException] = []
        # Other threads, which feed data, may do what they want meanwhile.
        capture = torch.cuda.graph(graph, pool=self._pool, stream=self._stream, capture_error_mode="thread_local")
        try:
            with torch.cuda.device(self._device), capture:
                try:
                    work()
                except BaseException as error:
                    failed.append(error)
        except RuntimeError as error:  # the end of a capture that was broken off fails too
            failed.append(error)
        if failed:
            raise_as_cannot(failed[0])
        replay: Callable[[], None] = graph.replay
        return replay


def raise_as_cannot(error: BaseException) -> None:
    """What torch or CUDA refuse while work is captured is CannotCapture; an error of other kinds stays itself."""
    if isinstance(error, CannotCapture):
        raise error
    if isinstance(error, (RuntimeError, NotImplementedError)):
        text = " ".join(str(error).split()) or type(error).__name__
        raise CannotCapture(text if len(text) <= 200 else text[:197] + "...") from error
    raise error


#: By the type of device, what captures there.
CAPTURERS: dict[str, Callable[[torch.device], Capturer]] = {"cuda": CudaCapturer}
