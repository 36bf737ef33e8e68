"""`python -m benchmarks.files`: saving and loading a large model, next to writing and reading its arrays with h5py.

Each measurement runs in a process of its own, in turn with the others, and counts by its best round: what disturbs a
machine only ever adds. Both sides write a new file through to the disk (fsync), which then takes the place of the one
before. Memory is the kernel's VmHWM from the moment that the work begins, less what the libraries take. Files that are
mapped into memory count in it; "own" is without them: the system takes their pages back as it needs memory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

WIDTH = 8192
#: Format -> the file of a whole model, and that of weights alone; None where it has none.
FORMATS: dict[str, tuple[str | None, str | None]] = {
    "h5": ("model.h5", "saved.h5"),
    "keras": ("model.keras", "model.weights.h5"),
    "torch": ("model.pt", "saved.pt"),
    "safetensors": (None, "saved.safetensors"),
    "checkpoint": (None, "ckpt"),
    "saved_model": ("folder", None),
}
#: The most that saving and loading may take next to h5py with the raw arrays, and of own memory next to the model.
TIME, MEMORY = 1.3, 1.2
ACTIONS = ("save", "load", "save_weights", "load_weights")
RAW = ("raw_write", "raw_read")
_PAGE = os.sysconf("SC_PAGE_SIZE")
#: Seconds between two looks at a process's memory.
_INTERVAL = 0.01


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {field}; this benchmark needs Linux.")


class Memory(NamedTuple):
    """What a process takes now: all, and without files that are mapped."""

    all: int
    own: int


def memory() -> Memory:
    _, resident, shared, *_ = (int(field) * _PAGE for field in Path("/proc/self/statm").read_text().split())
    return Memory(resident, resident - shared)


class Watch:
    """Seconds and bytes from the moment that it is made.

    Args:
        base: what the process took before there was a model.
    """

    def __init__(self, base: Memory) -> None:
        Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
        self.base, self.own, self._ended = base, 0, threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()
        self.began = time.perf_counter()

    def _sample(self) -> None:
        # The kernel keeps no high-water mark of a process's own memory.
        ended = False
        while not ended:
            ended = self._ended.wait(_INTERVAL)
            self.own = max(self.own, memory().own)

    def figures(self) -> dict[str, float]:
        seconds = time.perf_counter() - self.began
        self._ended.set()
        self._sampler.join()
        return {"seconds": seconds, "peak": _status("VmHWM") - self.base.all, "own": self.own - self.base.own}


def raw(action: str, folder: Path, number: int) -> dict[str, float]:
    """The arrays alone, by h5py."""
    import h5py
    import numpy as np

    base, path = memory(), folder / "raw.h5"
    if action == "raw_write":
        arrays = [np.full((WIDTH, WIDTH), i, "float32") for i in range(number)]
        watch = Watch(base)
        unfinished = path.with_suffix(".unfinished")
        with h5py.File(unfinished, "w") as file:
            for i, array in enumerate(arrays):
                file[str(i)] = array
        descriptor = os.open(unfinished, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        os.replace(unfinished, path)
        return watch.figures()
    watch = Watch(base)
    with h5py.File(path) as file:
        arrays = [file[str(i)][()] for i in range(number)]
    return watch.figures()


def ours(action: str, path: Path, number: int) -> dict[str, float]:
    """A stack of layers of WIDTH x WIDTH weights."""
    import warnings

    import torch

    import torchkeras as keras

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    if path.suffix == ".safetensors":
        import safetensors.torch  # noqa: F401  what it takes is not the model's
    base = memory()
    if action == "load":
        watch = Watch(base)
        keras.models.load_model(path)
        return watch.figures()
    layers = [keras.layers.Dense(WIDTH, use_bias=False, kernel_initializer="ones") for _ in range(number)]
    model = keras.Sequential([keras.Input((WIDTH,)), *layers])
    watch = Watch(base)
    getattr(model, action)(path)
    return watch.figures()


def measure(action: str, path: Path, number: int) -> dict[str, float]:
    """One action in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.files", "--measure", action, str(path), str(number)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def rounds(formats: list[str], number: int, times: int, folder: Path) -> dict[tuple[str, str], dict[str, float]]:
    """The best of some rounds, by format and action; the raw arrays are measured in every round too."""
    best: dict[tuple[str, str], dict[str, float]] = {}

    def note(name: str, action: str, path: Path) -> None:
        found = measure(action, path, number)
        known = best.setdefault((name, action), found)
        best[name, action] = {key: min(known[key], found[key]) for key in found}

    for _ in range(times):
        for name in formats:
            whole, weights = FORMATS[name]
            files = dict(zip(ACTIONS, (whole, whole, weights, weights)))
            for action in ACTIONS:
                file = files[action]
                if file is not None:
                    note("h5py, raw arrays", "raw_write" if action.startswith("save") else "raw_read", folder)
                    note(name, action, folder / file)
    return best


def table(best: dict[tuple[str, str], dict[str, float]], number: int) -> tuple[str, bool]:
    """The figures as text, and whether all are within their bounds."""
    size = number * WIDTH * WIDTH * 4
    lines = [f"{'':<18}{'':<14}{'seconds':>9}{'of h5py':>9}{'peak / model':>14}{'own / model':>13}"]
    good = True
    for (name, action), found in sorted(best.items(), key=lambda one: (one[0][0] != "h5py, raw arrays", one[0])):
        against = best["h5py, raw arrays", "raw_write" if "save" in action or "write" in action else "raw_read"]
        ratio, peak, own = found["seconds"] / against["seconds"], found["peak"] / size, found["own"] / size
        beyond = action not in RAW and (ratio > TIME or own > MEMORY)
        good = good and not beyond
        lines.append(
            f"{name:<18}{action:<14}{found['seconds']:>9.2f}{ratio:>9.2f}{peak:>14.2f}{own:>13.2f}"
            f"{' !' if beyond else ''}"
        )
    return "\n".join(lines), good


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.files", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", action="append", choices=list(FORMATS), metavar="FORMAT", help=f"of {', '.join(FORMATS)}"
    )
    parser.add_argument("--size", type=int, default=1024, metavar="MIB", help="of the model (default: 1024)")
    parser.add_argument(
        "--rounds", type=int, default=3, metavar="N", help="rounds, of which the best counts (default: 3)"
    )
    parser.add_argument("--folder", type=Path, help="where the files are written; default: a temporary one")
    parser.add_argument("--measure", nargs=3, metavar=("ACTION", "PATH", "NUMBER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        action, path, number = options.measure
        found: dict[str, Any] = (raw if action in RAW else ours)(action, Path(path), int(number))
        print(json.dumps(found))
        return 0
    number = max(1, options.size * (1 << 20) // (WIDTH * WIDTH * 4))
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        text, good = table(rounds(options.only or list(FORMATS), number, options.rounds, Path(folder)), number)
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
