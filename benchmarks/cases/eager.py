"""The tf namespace step by step: a linear classifier trained with GradientTape, next to the same code in torch."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
import torch

from benchmarks.harness import ROOT, Comparison, Field, Peer, Settings, in_process, require_equal

RATE = 0.1


def points() -> tuple[np.ndarray, np.ndarray]:
    """Two clouds of a thousand points, and which is which."""
    random = np.random.default_rng(0)
    cov = [[1, 0.5], [0.5, 1]]
    clouds = [random.multivariate_normal(mean, cov, 1000) for mean in ([0, 3], [3, 0])]
    return np.vstack(clouds).astype("float32"), np.repeat([[0.0], [1.0]], 1000, axis=0).astype("float32")


def tf_step(tf: Any) -> Callable[[], Any]:
    """A step written for TensorFlow."""
    inputs, targets = (tf.constant(array) for array in points())
    w, b = tf.Variable(tf.constant([[0.5], [0.25]])), tf.Variable(tf.zeros((1,)))

    def step() -> Any:
        with tf.GradientTape() as tape:
            predictions = tf.matmul(inputs, w) + b
            loss = tf.reduce_mean(tf.square(targets - predictions))
        for_w, for_b = tape.gradient(loss, [w, b])
        w.assign_sub(for_w * RATE)
        b.assign_sub(for_b * RATE)
        return loss

    return step


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
    command = [python, "-m", "benchmarks.cases.eager", str(settings.threads)]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **quiet}, text=True, bufsize=1,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def sample() -> float:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write("\n")
        return float(process.stdout.readline())

    sample()
    return Peer(name, sample, lambda: "in a process of its own")


def serve(threads: int) -> None:
    """What the other process does."""
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    step = tf_step(tensorflow)
    for _ in range(20):
        step()
    for _ in sys.stdin:
        start = perf_counter()
        for _ in range(20):
            step()
        print((perf_counter() - start) / 20, flush=True)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
