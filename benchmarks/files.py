"""`python -m benchmarks.files`: saving and loading a large model, next to writing and reading its arrays with h5py.

Others are measured in the same way, by the Python that a variable names (`benchmarks/peers/process.py`).

Each action runs in a process of its own, some times, in turn with the same done to the raw arrays, without checksums
and with them (h5py's fletcher32), whose times each is compared with. The first time of all does not count: a virtual
machine has given its free memory back to its host, and to get it anew takes longer than all that is measured here. All
write a new file through to the disk (fsync), which then takes the place of the one before. Memory is the kernel's
VmHWM from the moment that the work begins, less what the libraries take. Files that are mapped into memory count in it;
"own" is without them: the system takes their pages back as it needs memory.
"""

from __future__ import annotations

import argparse
import functools
import gc
import importlib
import itertools
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from benchmarks.peers.process import BACKENDS, OURS, environment, python_of

#: Kind of layer -> the shape of its kernel, as Keras has it.
KERNELS = {"dense": (8192, 8192), "convolutions": (3, 3, 1024, 1024)}
#: Format -> the file of a whole model, and that of weights alone; None where it has none.
FORMATS: dict[str, tuple[str | None, str | None]] = {
    "h5": ("model.h5", "saved.h5"),
    "keras": ("model.keras", "model.weights.h5"),
    "torch": ("model.pt", "saved.pt"),
    "safetensors": (None, "saved.safetensors"),
    "checkpoint": (None, "ckpt"),
    "saved_model": ("folder", None),
}
#: What others have of them.
OTHERS: dict[str, dict[str, tuple[str | None, str | None]]] = {
    "keras-torch": {"h5": ("model.h5", None), "keras": FORMATS["keras"]},
    "tf-keras": {"h5": FORMATS["h5"], "keras": FORMATS["keras"]},
}
#: What takes a checksum of all values, and so is held to h5py with checksums.
WITH_CHECKSUMS = {
    "keras": ("save", "load"),
    "torch": ("save", "save_weights"),
    "checkpoint": ("save_weights", "load_weights"),
    "saved_model": ("save", "load"),
}
#: The most that saving and loading may take next to h5py with the raw arrays, and of own memory next to the model.
TIME, MEMORY = 1.3, 1.2
ACTIONS = ("save", "load", "save_weights", "load_weights")
RAW = ("raw_write", "raw_read")
#: What h5py's file is: as it is by default, and with checksums, as a zip archive and a tensor bundle have them.
PLAIN, CHECKED = "h5py, raw arrays", "h5py, fletcher32"
#: Bytes of a chunk of such a file, which h5py sums up at once.
_CHUNK = 1 << 23
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


def plain(action: str) -> str:
    """What an action is compared with."""
    return "raw_write" if action.startswith("save") else "raw_read"


class Model(NamedTuple):
    """A stack of layers of one kind, without biases."""

    kind: str
    number: int

    @property
    def nbytes(self) -> int:
        return self.number * math.prod(KERNELS[self.kind]) * 4

    def made(self, keras: Any) -> Any:
        *sizes, before, width = KERNELS[self.kind]
        settings = {"use_bias": False, "kernel_initializer": "ones"}
        make = functools.partial(keras.layers.Conv2D, kernel_size=sizes) if sizes else keras.layers.Dense
        layers = [make(width, **settings) for _ in range(self.number)]
        return keras.Sequential([keras.Input((*(sizes and (None, None)), before)), *layers])


def raw(action: str, folder: Path, model: Model) -> list[Callable[[], Any]]:
    """What is done with the arrays alone, by h5py: without checksums and with them."""
    import h5py

    paths, shape = [folder / "raw.h5", folder / "checked.h5"], KERNELS[model.kind]

    def read(path: Path) -> Any:
        with h5py.File(path) as file:
            return [file[str(i)][()] for i in range(model.number)]

    if action == "raw_read":
        return [functools.partial(read, path) for path in paths]
    arrays = [np.full(shape, i, "float32") for i in range(model.number)]
    rows = min(shape[0], max(1, _CHUNK * shape[0] // arrays[0].nbytes))
    checked = {"chunks": (rows, *shape[1:]), "fletcher32": True}

    def write(path: Path, settings: dict[str, Any]) -> None:
        unfinished = path.with_suffix(".unfinished")
        with h5py.File(unfinished, "w") as file:
            for i, array in enumerate(arrays):
                file.create_dataset(str(i), data=array, **settings)
        descriptor = os.open(unfinished, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        os.replace(unfinished, path)

    return [functools.partial(write, *each) for each in zip(paths, ({}, checked))]


def library(peer: str) -> Any:
    if peer in BACKENDS:
        os.environ["KERAS_BACKEND"] = BACKENDS[peer]
    warnings.simplefilter("ignore")
    return importlib.import_module({OURS: OURS, "tf-keras": "tf_keras"}.get(peer, "keras"))


def with_model(peer: str, action: str, path: Path, model: Model) -> Callable[[], Any]:
    """What is done with a model."""
    keras = library(peer)
    if path.suffix == ".safetensors":
        import safetensors.torch  # noqa: F401  what it takes is not the model's
    if action == "load":
        return functools.partial(keras.models.load_model, str(path))
    act = functools.partial(getattr(model.made(keras), action), str(path))
    if peer == OURS or action == "load_weights":
        return act

    def save() -> None:
        act()
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)

    return save


def watched(act: Callable[[], Any], held: int) -> dict[str, float]:
    """The figures of one time.

    Args:
        held: the bytes of the weights that are there before it begins; they count.
    """
    gc.collect()
    now = memory()
    watch = Watch(Memory(now.all - held, now.own - held))
    kept = act()
    figures = watch.figures()
    del kept
    return figures


#: Figures of the arrays alone, of these with checksums, and of a model.
Figures = tuple[dict[str, float], dict[str, float], dict[str, float]]


def in_turn(peer: str, action: str, path: Path, model: Model, times: int) -> list[Figures]:
    """The figures of the arrays alone and of a model, in turn; those of a first time, which makes ready, are not."""
    acts = [*raw(plain(action), path.parent, model), with_model(peer, action, path, model)]
    kept = model.nbytes if action.startswith("save") else 0
    held = kept, kept, 0 if action == "load" else model.nbytes
    return [
        tuple(watched(act, size) for act, size in zip(acts, held))  # type: ignore[misc]
        for _ in range(times + 1)
    ][1:]


def measure(peer: str, action: str, path: Path, model: Model, times: int) -> list[Figures]:
    """One action, some times, in a process of its own."""
    asked = [peer, action, str(path), model.kind, str(model.number), str(times)]
    command = [python_of(peer), "-m", "benchmarks.files", "--measure", *asked]
    done = subprocess.run(command, capture_output=True, text=True, env=environment("cpu", os.cpu_count() or 1))
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    found: list[Figures] = [tuple(each) for each in json.loads(done.stdout.splitlines()[-1])]  # type: ignore[misc]
    return found


class Row(NamedTuple):
    """What one format took for one action, over some rounds.

    Args:
        seconds: the median.
        ratio, to_checked: the medians of the ratios to the raw arrays, without checksums and with them, which are
            measured right before.
        peak, own: the most memory, with and without files that are mapped, as parts of the model's.
    """

    name: str
    action: str
    seconds: float
    ratio: float
    to_checked: float
    peak: float
    own: float

    @property
    def beyond(self) -> bool:
        ratio = self.to_checked if self.action in WITH_CHECKSUMS.get(self.name, ()) else self.ratio
        return self.action not in RAW and (ratio > TIME or self.own > MEMORY)


def rows_of(peers: list[str], formats: list[str], model: Model, times: int, folder: Path) -> list[Row]:
    """Measures the formats one after another."""
    size = model.nbytes
    for write in raw("raw_write", folder, model):
        write()
    #: Figures, and the seconds of the arrays in the same round.
    found: dict[tuple[str, str], list[tuple[dict[str, float], float, float]]] = {}
    for name, peer in itertools.product(formats, peers):
        whole, weights = FORMATS[name] if peer == OURS else OTHERS[peer].get(name, (None, None))
        for action, file in zip(ACTIONS, (whole, whole, weights, weights)):
            if file is None:
                continue
            label = name if peer == OURS else f"{name}, {peer}"
            for figures in measure(peer, action, folder / file, model, times):
                seconds = figures[0]["seconds"], figures[1]["seconds"]
                actions = plain(action), plain(action), action
                for key, own in zip(zip((PLAIN, CHECKED, label), actions), figures):
                    found.setdefault(key, []).append((own, *seconds))
    return [
        Row(
            *key,
            median(own["seconds"] for own, _, _ in every),
            median(own["seconds"] / alone for own, alone, _ in every),
            median(own["seconds"] / checked for own, _, checked in every),
            max(own["peak"] for own, _, _ in every) / size,
            max(own["own"] for own, _, _ in every) / size,
        )
        for key, every in found.items()
    ]


def table(rows: list[Row], markdown: bool) -> str:
    """The figures as text."""
    titles = ("", "", "seconds", "of h5py", "with checksums", "peak / model", "own / model", "")
    form = "{:<20}{:<14}{:>9}{:>9}{:>16}{:>14}{:>13}  {}".format
    lines = [form(*titles)]
    if markdown:
        form = ("|" + " {} |" * len(titles)).format
        lines = [form(*titles), "| --- | --- |" + " ---: |" * 5 + " --- |"]
    for row in rows:
        met = "" if row.action in RAW else "missed" if row.beyond else "met"
        figures = (f"{figure:.2f}" for figure in (row.seconds, row.ratio, row.to_checked, row.peak, row.own))
        lines.append(form(row.name, row.action, *figures, met))
    return "\n".join(line.rstrip() for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.files", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", action="append", choices=list(FORMATS), metavar="FORMAT", help=f"of {', '.join(FORMATS)}"
    )
    parser.add_argument(
        "--peer", action="append", choices=list(OTHERS), default=[], help="whose files are timed as well as ours"
    )
    parser.add_argument("--kind", choices=list(KERNELS), default="dense", help="of layers (default: dense)")
    parser.add_argument("--size", type=int, default=1024, metavar="MIB", help="of the model (default: 1024)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds, whose medians count (default: 5)")
    parser.add_argument("--markdown", action="store_true", help="print a table for docs/benchmarks.md")
    parser.add_argument("--folder", type=Path, help="where the files are written; default: a temporary one")
    parser.add_argument("--measure", nargs=6, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        peer, action, path, kind, number, times = options.measure
        print(json.dumps(in_turn(peer, action, Path(path), Model(kind, int(number)), int(times))))
        return 0
    number = max(1, options.size * (1 << 20) // Model(options.kind, 1).nbytes)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        peers, model = [OURS, *options.peer], Model(options.kind, number)
        rows = rows_of(peers, options.only or list(FORMATS), model, options.rounds, Path(folder))
    rows.sort(key=lambda row: (row.action not in RAW, row.name, row.action))
    print(table(rows, options.markdown))
    return 1 if any(row.beyond for row in rows if row.name in FORMATS) else 0


if __name__ == "__main__":
    sys.exit(main())
