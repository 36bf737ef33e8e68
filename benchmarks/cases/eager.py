"""The tf namespace step by step: a linear classifier trained with GradientTape, next to the same code in torch."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch

from benchmarks.eager_worker import RATE, points, tf_step
from benchmarks.harness import ROOT, Comparison, Field, Peer, Settings, in_process, require_equal


def torch_step() -> Callable[[], Any]:
    """The same in torch."""
    inputs, targets = map(torch.from_numpy, points())
    w, b = torch.tensor([[0.5], [0.25]], requires_grad=True), torch.zeros(1, requires_grad=True)

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
    yield Comparison("linear classifier, a step with GradientTape", partial(_field, settings), rounds=60, copies=3)


def _field(settings: Settings) -> Field:
    import torchkeras.tensorflow as tf

    difference = require_equal(_trained(torch_step()), _trained(tf_step(tf)))
    peers = [in_process("torch", torch_step()), in_process("torchkeras.tensorflow", tf_step(tf), ratio_target=1.5)]
    if python := os.environ.get("BENCH_TF_PYTHON"):
        peers.append(_other("TensorFlow", python, settings))
    return Field(peers, difference)


def _trained(step: Callable[[], Any]) -> torch.Tensor:
    return torch.tensor([float(step()) for _ in range(40)])


def _other(name: str, python: str, settings: Settings) -> Peer:
    """TensorFlow in a process of its own, which does a round whenever a line comes in."""
    command = [python, str(ROOT / "benchmarks" / "eager_worker.py"), str(settings.threads)]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **quiet}, text=True, bufsize=1,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def sample() -> float:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        return float(process.stdout.readline())

    sample()
    return Peer(name, sample, lambda: "in a process of its own")
