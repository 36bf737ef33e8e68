"""A worker's process, seen from the one that times it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.peers.task import Task

ROOT = Path(__file__).resolve().parents[2]
OURS = "torchkeras"
#: All others, in the order of the tables; the first is what ratios are to.
PEERS = ("raw", "loader", "graph", "keras-torch", "keras-tf", "keras-jax", "tf-keras", "lightning")
BACKENDS = {"keras-torch": "torch", "keras-tf": "tensorflow", "keras-jax": "jax"}
#: What names the Python of a peer; without it, this one.
PYTHONS = {
    "keras-torch": "BENCH_KERAS_TORCH_PYTHON",
    "keras-tf": "BENCH_TF_PYTHON",
    "keras-jax": "BENCH_KERAS_JAX_PYTHON",
    "tf-keras": "BENCH_TF_PYTHON",
    "lightning": "BENCH_LIGHTNING_PYTHON",
}


class PeerFailed(Exception):
    """A peer is not installed or has failed; the message says why."""


def python_of(peer: str) -> str:
    return os.environ.get(PYTHONS.get(peer, ""), sys.executable)


def environment(device: str, threads: int) -> dict[str, str]:
    """For a peer's process: its device, its threads, and quiet."""
    own = {
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": str(threads),
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TORCHKERAS_DEVICE": device,
        "JAX_PLATFORMS": device,
        # Several share a GPU here; none may take all of its memory beforehand.
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }
    if device == "cpu":
        own["CUDA_VISIBLE_DEVICES"] = "-1"
    return {**os.environ, **own}


class Process:
    """A worker that answers questions.

    Starting returns at once; `ready` waits until the model is there.
    """

    def __init__(self, task: Task) -> None:
        self.peer, self.task = task.peer, task
        self.versions: dict[str, str] = {}
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 closed with the process
        try:
            self._process = subprocess.Popen(
                [python_of(task.peer), "-m", "benchmarks.peers.worker", task.dumps()],
                cwd=ROOT, env=environment(task.device, task.threads), text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
            )  # fmt: skip
        except OSError as error:
            self._errors.close()
            raise PeerFailed(f"{python_of(task.peer)} does not run: {error}") from None

    def ready(self) -> Process:
        self.versions = self._answer()["versions"]
        return self

    def ask(self, do: str, **details: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **details}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended; what it said last tells why
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            self._errors.seek(0)
            said = [text.strip() for text in self._errors if text.strip()]
            raise PeerFailed(f"its process ended with code {code}{f': {said[-1][:300]}' if said else ''}")
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise PeerFailed(found["error"])
        return found

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass
