"""The tf namespace step by step: a linear classifier trained with GradientTape, next to the same code in torch."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch

from benchmarks.eager_worker import RATE, points, tf_step
from benchmarks.harness import Comparison, Field, Peer, Settings
from benchmarks.peers.process import OURS, ROOT, PeerFailed, environment, python_of
from benchmarks.same import require_equal
from benchmarks.timing import in_process


def torch_step(device: str) -> Callable[[], Any]:
    """The same in torch."""
    inputs, targets = (torch.from_numpy(array).to(device) for array in points())
    w, b = (
        torch.tensor([[0.5], [0.25]], requires_grad=True, device=device),
        torch.zeros(1, requires_grad=True, device=device),
    )

    def step() -> Any:
        predictions = torch.matmul(inputs, w) + b
        loss = torch.mean(torch.square(targets - predictions))
        for_w, for_b = torch.autograd.grad(loss, [w, b])
        with torch.no_grad():
            w.sub_(for_w * RATE)
            b.sub_(for_b * RATE)
        return loss

    return step


def comparisons(settings: Settings) -> Iterator[Comparison]:
    title = "linear classifier, a step with GradientTape"
    yield Comparison("tape", title, partial(_field, settings), rounds=60, copies=3)


def _field(settings: Settings) -> Field:
    import torchkeras.tensorflow as tf

    difference = require_equal(_trained(torch_step(settings.device)), _trained(tf_step(tf)))
    peers = [in_process("torch", torch_step(settings.device)), in_process(OURS, tf_step(tf))]
    other = _TensorFlow(settings)
    try:
        other.sample()
    except PeerFailed as error:
        return Field(peers, difference, missing={_TensorFlow.name: str(error)}, close=other.close)
    return Field([*peers, Peer(other.name, other.sample, lambda: "")], difference, close=other.close)


def _trained(step: Callable[[], Any]) -> torch.Tensor:
    return torch.tensor([float(step().detach()) for _ in range(40)])


class _TensorFlow:
    """TensorFlow in a process of its own, which does a round whenever a line comes in."""

    name = "TensorFlow"

    def __init__(self, settings: Settings) -> None:
        self.process = subprocess.Popen(
            [python_of("tf-keras"), "-m", "benchmarks.eager_worker", str(settings.threads)],
            cwd=ROOT, env=environment(settings.device, settings.threads), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def sample(self) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        if not line:
            raise PeerFailed(f"not installed in {python_of('tf-keras')}, or its process ended")
        return float(line)

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
