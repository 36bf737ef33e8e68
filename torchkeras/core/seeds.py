"""Random numbers: torch's own generator by default, a generator per object where a seed is given."""

from __future__ import annotations

import random
import zlib
from typing import Any

import numpy as np
import torch

from torchkeras.core import draws
from torchkeras.core.mixing import mixed


def generator(seed: int | None) -> torch.Generator | None:
    """A CPU generator that starts at `seed`; None (torch's global generator) without one."""
    if seed is None:
        return None
    made = torch.Generator()
    made.manual_seed(int(seed))
    return made


def set_random_seed(seed: int) -> None:
    """Seeds Python's, NumPy's and torch's random numbers at once."""
    if not isinstance(seed, (int, np.integer)):
        raise ValueError(f"Expected `seed` to be an integer. Received: seed={seed!r} of type {type(seed).__name__}")
    random.seed(int(seed))
    np.random.seed(int(seed) % 2**32)
    restart(seed)


# --- the state of all of them ---


def random_state() -> dict[str, Any]:
    """Where the random numbers of the process are, as plain data and tensors."""
    kind, key, *rest = np.random.get_state(legacy=True)
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else [],
        "python": random.getstate(),
        "numpy": (kind, torch.from_numpy(np.asarray(key).astype(np.int64)), *rest),
        "seed": streams.seed,
        "streams": {key: generator.get_state() for key, generator in streams.open.items()},
    }


def set_random_state(state: dict[str, Any]) -> None:
    """Puts the random numbers where they were."""
    torch.set_rng_state(state["torch"])
    if state["cuda"]:
        torch.cuda.set_rng_state_all(state["cuda"])
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    kind, key, *rest = state["numpy"]
    np.random.set_state((kind, key.numpy().astype(np.uint32), *rest))
    streams.seed = state["seed"]
    streams.open.clear()
    for (operation, seed, device), saved in state["streams"].items():
        generator = streams.open[operation, seed, device] = torch.Generator(device)
        generator.set_state(saved)


# --- seeds of single operations ---


class Streams:
    """The random numbers of operations that were given a seed of their own: each seed is one stream per operation."""

    def __init__(self) -> None:
        self.seed: int | None = None  # the global one, once it was set
        self.restarts = 0  # how often it was
        self.open: dict[tuple[str, int, str], torch.Generator] = {}


streams = Streams()


def restart(seed: int) -> None:
    """Sets the global seed: torch's generator and all streams begin anew."""
    streams.seed = int(seed)
    streams.restarts += 1
    streams.open.clear()
    torch.manual_seed(int(seed))


def op_generator(operation: str, seed: int | None, device: torch.device) -> torch.Generator | None:
    """What an operation draws from: each call goes on where the last one with this seed ended.

    Without a seed that is None, torch's own generator, which the global seed starts as well. In a function of a
    pipeline it is one that begins at the element.
    """
    if seed is None:
        return unseeded(device)
    start = mixed(mixed(streams.seed or 0, int(seed)), zlib.crc32(operation.encode()))
    if draws.thread.place is not None:
        return draws.thread.place.seeded(start, device)
    key = (operation, int(seed), str(device))
    found = streams.open.get(key)
    if found is None:
        found = streams.open[key] = torch.Generator(device)
        found.manual_seed(start)
    return found


def unseeded(device: torch.device) -> torch.Generator | None:
    """What is drawn from without a seed: None is torch's own generator; functions of a pipeline have another."""
    if torch.compiler.is_compiling() or draws.thread.place is None:
        return None
    return draws.thread.place.generator(device)
