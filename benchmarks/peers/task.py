"""What a worker is told when it starts, and the data it finds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.networks.network import Network, Size


@dataclass(frozen=True)
class Task:
    """Which peer trains which network, and how.

    Args:
        precision: "float32", "tf32" (float32 whose products a GPU may round) or "mixed" (bfloat16).
        data: the file that `write_data` wrote.
    """

    peer: str
    network: str
    device: str
    precision: str
    threads: int
    batch: int
    steps: int
    data: str

    def dumps(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def loads(cls, text: str) -> Task:
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Data:
    """Samples, labels, and the initial weights of each layer that has some."""

    x: np.ndarray
    y: np.ndarray
    weights: list[list[np.ndarray]]


def write_data(network: Network, size: Size, weights: list[list[np.ndarray]], folder: Path) -> Path:
    """Random data and these weights, for every peer.

    Labels are random too: on data that is soon learnt the gradients shrink to denormal numbers, which take longer.
    """
    random = np.random.default_rng(0)
    samples = max(size.batch * size.steps, network.predictions)
    x = network.inputs(random, samples)
    y = random.integers(0, max(network.classes, 2), samples)
    named = {f"w{i}_{j}": w for i, layer in enumerate(weights) for j, w in enumerate(layer)}
    path = folder / f"{network.name}.npz"
    np.savez(path, x=x, y=y, **named)
    return path


def read_data(path: str) -> Data:
    with np.load(path) as stored:
        arrays: dict[str, Any] = dict(stored)
    x, y = arrays.pop("x"), arrays.pop("y")
    layers: dict[int, list[np.ndarray]] = {}
    for name, value in arrays.items():  # in the order in which they were written
        layers.setdefault(int(name[1:].split("_")[0]), []).append(value)
    return Data(x, y, list(layers.values()))
