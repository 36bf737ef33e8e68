"""Training peers: each in a process of its own, with the Python that has its packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

WORKER = Path(__file__).with_name("training_worker.py")
#: Where to find the Python of a peer whose packages this one lacks.
PYTHONS = {"keras-torch": "BENCH_KERAS_TORCH_PYTHON", "keras-tf": "BENCH_TF_PYTHON", "tf-keras": "BENCH_TF_PYTHON"}
ALL = ("raw", "torchkeras", "loader", "keras-torch", "keras-tf", "tf-keras")
SHAPES = {"mlp": (784,), "lenet": (28, 28, 1), "cnn": (32, 32, 3)}
_WEIGHTS = {
    "mlp": [(784, 300), (300,), (300, 100), (100,), (100, 10), (10,)],
    "lenet": [(5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,), (400, 120), (120,), (120, 84), (84,), (84, 10), (10,)],
    "cnn": [(3, 3, 3, 16), (16,), (3, 3, 16, 32), (32,), (1152, 256), (256,), (256, 100), (100,)],
}


def data_file(case: str, samples: int) -> str:
    """Random data and initial weights for every peer of a case.

    Labels are random too: on data that is soon learnt the gradients shrink to denormal numbers, which take longer.
    """
    random = np.random.default_rng(0)
    x = random.random((samples, *SHAPES[case])).astype("float32")
    labels = random.integers(0, 100 if case == "cnn" else 10, samples)
    weights = {}
    for i, shape in enumerate(_WEIGHTS[case]):
        fan = np.prod(shape[:-1]) + np.prod(shape[:-2]) * shape[-1] if len(shape) > 1 else 1
        limit = np.sqrt(6 / fan) if len(shape) > 1 else 0.0
        weights[f"w{i}"] = random.uniform(-limit, limit, shape).astype("float32")
    path = Path(tempfile.mkdtemp()) / f"{case}.npz"
    np.savez(path, x=x, y=labels, **weights)
    return str(path)


class Process:
    """A worker that can be asked for epochs and predictions; `None` from `start` where the peer is not installed."""

    def __init__(self, peer: str, case: str, path: str, threads: int) -> None:
        python = os.environ.get(PYTHONS.get(peer, ""), sys.executable)
        environment = os.environ | {
            "OMP_NUM_THREADS": str(threads), "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1",
            "PYTHONPATH": str(WORKER.parents[1]),
        }  # fmt: skip
        self.peer = peer
        self.process = subprocess.Popen(
            [python, str(WORKER), peer, case, path, str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
        )  # fmt: skip

    @classmethod
    def start(cls, peer: str, case: str, path: str, threads: int) -> Process | None:
        made = cls(peer, case, path, threads)
        return made if made._answer() is not None else None

    def _answer(self) -> dict[str, Any] | None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                found: dict[str, Any] = json.loads(line)
                return found
        return None

    def ask(self, **command: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        answer = self._answer()
        if answer is None:
            raise RuntimeError(f"The benchmark process of {self.peer} has ended.")
        return answer

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
