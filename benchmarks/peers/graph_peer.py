"""The loop by hand around a CUDA graph: forward, loss, backward, update and figures captured once and replayed."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks.peers.torch_peer import TorchPeer

WARM_UP = 3


class GraphPeer(TorchPeer):
    """Batches are gathered into buffers that stay where they are; a replay is a whole step."""

    capturable = True

    def compile(self) -> None:
        super().compile()
        self._replay: Callable[[], object] | None = None

    def fit(self, samples: int, shuffle: bool) -> tuple[float, float]:
        if samples % self.task.batch:
            raise ValueError(f"A graph takes whole batches: expected a multiple of {self.task.batch}, not {samples}.")
        self.net.train()
        if self._replay is None:
            self._capture()
        assert self._replay is not None
        self.total.zero_()
        self.right_answers.zero_()
        for index in self._indices(samples, shuffle):
            torch.index_select(self.rows, 0, index, out=self.row_buffer)
            torch.index_select(self.y, 0, index, out=self.label_buffer)
            self._replay()
        return float(self.total) * self.task.batch / samples, float(self.right_answers) / samples

    def _indices(self, samples: int, shuffle: bool) -> tuple[Tensor, ...]:
        make = torch.randperm if shuffle else torch.arange
        return make(samples, device=self.device).split(self.task.batch)

    def _capture(self) -> None:
        images = self.x.dim() == 4
        self.rows = self.x.permute(0, 2, 3, 1) if images else self.x  # as they lie in memory
        self.row_buffer = self.rows[: self.task.batch].clone()
        self.label_buffer = self.y[: self.task.batch].clone()
        self._inputs = self.row_buffer.permute(0, 3, 1, 2) if images else self.row_buffer
        self.total = torch.zeros((), device=self.device)
        self.right_answers = torch.zeros((), dtype=torch.int64, device=self.device)
        before = [value.clone() for value in self.net.state_dict().values()]
        self.warm_up()
        self.optimizer.zero_grad(set_to_none=True)  # the graph's own memory takes the gradients
        self._replay = self.capture()
        # The steps that warmed up shall not have happened: back to the weights, and to an optimizer that has seen none.
        with torch.no_grad():
            for place, value in zip(self.net.state_dict().values(), before, strict=True):
                place.copy_(value)
            for state in self.optimizer.state.values():
                for value in state.values():
                    if isinstance(value, Tensor):
                        value.zero_()

    def warm_up(self) -> None:
        """Some steps on a stream of their own, as torch's notes on CUDA graphs ask for."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            self.warm_up_steps()
        torch.cuda.current_stream().wait_stream(stream)

    def warm_up_steps(self) -> None:
        for _ in range(WARM_UP):
            self.optimizer.zero_grad(set_to_none=True)
            self.step()

    def capture(self) -> Callable[[], object]:
        """What repeats the step."""
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.step()
        return graph.replay

    def step(self) -> None:
        """On the buffers. Gradients are written anew by each replay, so nothing sets them to zero."""
        loss, out = self.loss(self._inputs, self.label_buffer)
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            self.total += loss.detach()
            self.right_answers += self.right(out, self.label_buffer)
