"""One peer in a process of its own: answers commands on standard input with lines of JSON.

Run as `python -m benchmarks.peers.worker TASK` by whatever Python has the peer's packages.
"""

from __future__ import annotations

import json
import os
import sys
from time import perf_counter
from typing import Any, Protocol

import numpy as np

from benchmarks.networks import NETWORKS
from benchmarks.networks.network import Network
from benchmarks.peers.process import BACKENDS
from benchmarks.peers.task import Data, Task, read_data

#: Loss and accuracy.
Figures = tuple[float, float]


class Unavailable(Exception):
    """This peer cannot take part; the message says why."""


class Runner(Protocol):
    """What each peer can do. A model is there from the start, with the initial weights, and not compiled."""

    def compile(self) -> None: ...

    def reset(self) -> None:
        """Puts the initial weights back."""

    def fit(self, samples: int, shuffle: bool) -> Figures:
        """One epoch over the first samples."""

    def evaluate(self, samples: int) -> Figures: ...

    def predict(self, samples: int) -> np.ndarray: ...

    def build(self) -> None:
        """Makes a model as the one that is there."""

    def synchronize(self) -> None:
        """Waits until the device has done all it was asked for."""

    def busy(self, samples: int) -> float | None:
        """The part of an epoch in which the device works; None where that cannot be said."""

    def versions(self) -> dict[str, str]: ...


def make(task: Task, network: Network, data: Data) -> Runner:
    if task.peer in ("raw", "loader"):
        from benchmarks.peers.torch_peer import LoaderPeer, TorchPeer

        return (TorchPeer if task.peer == "raw" else LoaderPeer)(task, network, data)
    if task.peer == "graph":
        from benchmarks.peers.graph_peer import GraphPeer

        if task.device != "cuda":
            raise Unavailable("needs cuda")
        return GraphPeer(task, network, data)
    if task.peer == "lightning":
        from benchmarks.peers.lightning_peer import LightningPeer

        return LightningPeer(task, network, data)
    from benchmarks.peers.keras_peer import KerasPeer

    if task.peer == "torchkeras":
        import torchkeras as keras
    elif task.peer == "tf-keras":
        import tf_keras as keras
    else:
        os.environ["KERAS_BACKEND"] = BACKENDS[task.peer]
        import keras
    return KerasPeer(keras, task, network, data)


def answer(runner: Runner, command: dict[str, Any]) -> dict[str, Any]:
    """Does what the command says, so many times, and says how long one took and what came out."""
    do, samples, times = command["do"], command.get("samples", 0), command.get("times", 1)
    if do == "busy":
        return {"result": runner.busy(samples)}
    if do in ("compile", "reset"):
        getattr(runner, do)()
        return {"result": None}
    works = {
        "fit": lambda: runner.fit(samples, command.get("shuffle", True)),
        "evaluate": lambda: runner.evaluate(samples),
        "predict": lambda: runner.predict(samples),
        "build": runner.build,
        "first-step": lambda: _first_step(runner, samples),
    }
    runner.synchronize()
    start = perf_counter()
    for _ in range(times):
        result = works[do]()
    runner.synchronize()
    seconds = (perf_counter() - start) / times
    if do == "predict":
        result = np.asarray(result, dtype="float64").reshape(samples, -1)[:64].tolist()
    return {"seconds": seconds, "result": result}


def _first_step(runner: Runner, samples: int) -> Figures:
    runner.compile()
    return runner.fit(samples, shuffle=False)


def main() -> None:
    task = Task.loads(sys.argv[1])
    if task.peer == "keras-jax" and task.device == "cpu" and hasattr(os, "sched_setaffinity"):
        # JAX takes as many threads as there are cores, and no variable says otherwise.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: task.threads])
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a library prints is no answer
    try:
        runner = make(task, NETWORKS[task.network], read_data(task.data))
        print(json.dumps({"versions": runner.versions()}), file=answers)
        for line in sys.stdin:
            print(json.dumps(answer(runner, json.loads(line))), file=answers)
    except ModuleNotFoundError as error:
        print(json.dumps({"error": f"not installed in {sys.executable}: {error}"}), file=answers)
    except Unavailable as error:
        print(json.dumps({"error": str(error)}), file=answers)
    except Exception as error:  # a peer may fail in any way; the others go on
        line = " ".join(str(error).split())
        print(json.dumps({"error": f"{type(error).__name__}: {line[:300]}"}), file=answers)
        raise


if __name__ == "__main__":
    main()
