"""`python -m benchmarks.growth`: cost against size, as tables in markdown.

Step time against batch, depth and width, beside the same step by hand; fit of a memory map of up to ten times the
memory that the process may have; what is done to a model against its number of layers; memory over many steps and fits.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

ROUNDS = 7
LAYERS = (250, 500, 1000)
ROW = 1024  # of float32: 4 KiB a sample


def status(field: str) -> int:
    """Bytes that the kernel says this process has: VmRSS, RssAnon, VmData."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {field}; this benchmark needs Linux.")


def table(title: str, header: list[str], rows: list[list[str]]) -> None:
    print(f"\n**{title}**\n")
    print(f"| {' | '.join(header)} |")
    print(f"| {' | '.join(['---'] + ['---:'] * (len(header) - 1))} |")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def _time(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e3)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e6:.3g} us"


# --- a step against batch, depth and width ------------------------------------------------------------------


def step_seconds(depth: int, width: int, batch: int) -> tuple[float, float]:
    """A training step of `fit` and of a loop by hand, of an epoch of steps each, in turn; the least of some rounds."""
    import torch

    import torchkeras as keras
    from torchkeras import layers

    steps = max(4, min(100, 20_000_000 // (depth * width * width * max(batch, 16))))
    x, y = torch.randn(steps * batch, width), torch.randn(steps * batch, width)
    stack = [layers.Dense(width, activation="relu") for _ in range(depth)]
    model = keras.Sequential([keras.Input((width,)), *stack])
    model.compile(keras.optimizers.Adam(), "mse")
    modules = [part for _ in range(depth) for part in (torch.nn.Linear(width, width), torch.nn.ReLU())]
    by_hand = torch.nn.Sequential(*modules)
    optimizer = torch.optim.Adam(by_hand.parameters(), eps=1e-7, fused=True)
    total = torch.zeros(())

    def epoch() -> None:
        order = torch.randperm(len(x))
        for start in range(0, len(x), batch):
            index = order[start : start + batch]
            loss = torch.nn.functional.mse_loss(by_hand(x[index]), y[index])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                total.add_(loss.detach(), alpha=batch)

    works: list[Callable[[], Any]] = [lambda: model.fit(x, y, batch_size=batch, verbose=0), epoch]
    least = [float("inf"), float("inf")]
    for turn in range(ROUNDS + 1):
        for i in (0, 1) if turn % 2 else (1, 0):
            start = perf_counter()
            works[i]()
            if turn:  # the first warms up
                least[i] = min(least[i], (perf_counter() - start) / steps)
    return least[0], least[1]


def steps() -> None:
    sizes = {
        "batch": [(3, 128, batch) for batch in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)],
        "layers": [(depth, 64, 32) for depth in (2, 5, 10, 20, 50, 100, 200)],
        "width": [(3, width, 32) for width in (16, 32, 64, 128, 256, 512, 1024, 2048)],
    }
    fixed = {
        "batch": "3 layers of 128",
        "layers": "layers of 64, batches of 32",
        "width": "3 layers, batches of 32",
    }
    for what, cases in sizes.items():
        rows = []
        for depth, width, batch in cases:
            ours, theirs = step_seconds(depth, width, batch)
            size = {"batch": batch, "layers": depth, "width": width}[what]
            rows.append([f"{size:,}", _time(ours), _time(theirs), f"{ours / theirs:.2f}", _time(ours / size)])
        table(
            f"A step of fit against {what} ({fixed[what]}; Adam, mean squared error)",
            [what, "fit", "by hand", "ratio", f"fit, per {what.removesuffix('s')}"],
            rows,
        )


# --- a data set larger than memory --------------------------------------------------------------------------


def fit_map(path: str, samples: int, allowed: int) -> dict[str, Any]:
    """fit, in this process, which may take `allowed` bytes beyond what it has; what it took."""
    import numpy as np

    import torchkeras as keras
    from torchkeras import layers

    model = keras.Sequential([keras.Input((ROW,)), layers.Dense(32, "relu"), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.zeros((1024, ROW), "float32"), np.zeros(1024), batch_size=512, verbose=0)
    most = 0

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            nonlocal most
            if batch % 16 == 0:
                most = max(most, status("RssAnon"))

    before = status("RssAnon")
    limit = status("VmData") + allowed
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    x = np.memmap(path, "float32", "r", shape=(samples, ROW))
    start = perf_counter()
    model.fit(x, np.zeros(samples, "float32"), batch_size=512, verbose=0, callbacks=[Watch()])
    return {"seconds": perf_counter() - start, "own": most - before, "resident": status("VmHWM")}


def maps(memory: float) -> None:
    """Memory maps of a part and of several times of the memory that the process may take."""
    allowed = int(memory * 2**30)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/x.bin"
        for times in (0.5, 1, 2, 5, 10):
            samples = int(times * allowed) // (4 * ROW)
            with open(path, "wb") as file:
                file.truncate(samples * 4 * ROW)  # a hole: zeros that take no room on the disk, and pages as others do
            found = _in_a_process("--map", path, str(samples), str(allowed))
            rows.append([
                f"{times:g} x", f"{samples * 4 * ROW / 2**20:,.0f} MiB", f"{found['own'] / 2**20:,.1f} MiB",
                _time(found["seconds"]), f"{found['seconds'] / samples * 1e6:.2f} us",
            ])  # fmt: skip
    table(
        f"fit of a shuffled memory map, in a process that may take {allowed / 2**20:,.0f} MiB more than before it",
        ["data, of that", "data", "taken", "an epoch", "per sample"],
        rows,
    )


def _in_a_process(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.growth", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


# --- what is done to a model, against its layers ------------------------------------------------------------


def whole_models(stacks: list[str]) -> None:
    import torchkeras as keras
    from benchmarks.counting import python_calls
    from benchmarks.deep_models import STACKS, work_of

    for stack in stacks:
        counts: dict[str, list[int]] = {}
        seconds: dict[str, list[float]] = {}
        for size in (5, *LAYERS):  # the first warms up
            keras.backend.clear_session()
            made: list[Any] = []
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                works: dict[str, Callable[[], Any]] = {
                    "build": lambda made=made, stack=stack, size=size: made.append(STACKS[stack](size))
                }
                for what, work in work_of(stack).items():
                    works[what] = lambda work=work, made=made, folder=folder: work(made[-1], folder)
                for what, one in works.items():
                    counts.setdefault(what, []).append(python_calls(one))
                    start = perf_counter()
                    one()
                    seconds.setdefault(what, []).append(perf_counter() - start)
        rows = []
        for what, found in counts.items():
            _, few, more, most = found
            growth = (most - more) / max(more - few, 1) / ((LAYERS[2] - LAYERS[1]) / (LAYERS[1] - LAYERS[0]))
            times = [_time(value) for value in seconds[what][1:]]
            per_layer = f"{(most - few) / (LAYERS[2] - LAYERS[0]):.1f}"
            rows.append([what, *times, per_layer, "none" if most == few else f"{growth:.2f}"])
        table(
            f"{stack}: what is done to a whole model",
            ["", *(f"{size:,} layers" for size in LAYERS), "Python calls a layer", "growth (linear: 1)"],
            rows,
        )


# --- memory over time ---------------------------------------------------------------------------------------


def memory_over_time() -> None:
    import numpy as np

    import torchkeras as keras
    from torchkeras import layers

    def model() -> Any:
        inputs = keras.Input((16,))
        x = layers.BatchNormalization()(layers.Dense(16, "relu")(inputs))
        made = keras.Model(inputs, layers.Dense(3, "softmax")(layers.Dropout(0.1)(x)))
        made.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return made

    def now() -> tuple[int, int]:
        gc.collect()
        return status("VmRSS"), len(gc.get_objects())

    seen: list[tuple[int, int]] = []

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch in (99, 999, 4999, 9999):
                seen.append(now())

    x, y = np.random.rand(80_000, 16).astype("float32"), np.random.randint(0, 3, 80_000)
    model().fit(x, y, batch_size=8, verbose=0, callbacks=[Watch()])
    header = ["", *(f"after {count:,}" for count in (100, 1_000, 5_000, 10_000))]
    rows = [
        ["resident", *(f"{size / 2**20:,.1f} MiB" for size, _ in seen)],
        ["objects", *(f"{count:,}" for _, count in seen)],
    ]
    table("Memory over 10,000 steps of one fit", header, rows)

    small, labels, rows = x[:64], y[:64], []
    trained = model()
    trained.fit(small, labels, verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/m.keras"
        works: dict[str, Callable[[], Any]] = {
            "fit": lambda: trained.fit(small, labels, verbose=0),
            "evaluate": lambda: trained.evaluate(small, labels, verbose=0),
            "predict": lambda: trained.predict(small, verbose=0),
            "clone_model": lambda: keras.models.clone_model(trained),
            "save and load": lambda: (trained.save(file), keras.models.load_model(file)),
            "a new model, fitted": lambda: model().fit(small, labels, verbose=0),
        }
        for what, work in works.items():
            found = []
            for done in range(201):
                work()
                if done in (20, 100, 200):
                    found.append(now())
            sizes = [f"{size / 2**20:,.1f} MiB" for size, _ in found]
            rows.append([what, *sizes, f"{found[-1][1] - found[0][1]:+,}"])
    table("Memory over 200 times", ["", "after 20", "after 100", "after 200", "objects since the 20th"], rows)


def main() -> None:
    parts = ("steps", "maps", "models", "memory")
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", choices=parts, help="this part alone; may be given again")
    parser.add_argument("--memory", type=float, default=0.5, metavar="GIB", help="for the memory maps (default: 0.5)")
    parser.add_argument("--stack", action="append", help="the model for the layers; may be given again (default: all)")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="threads torch may use (default: 1)")
    parser.add_argument("--map", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(arguments.threads)  # before torch is loaded
    if arguments.map:
        path, samples, allowed = arguments.map
        print(json.dumps(fit_map(path, int(samples), int(allowed))))
        return
    for part in arguments.only or parts:
        if part == "steps":
            steps()
        elif part == "maps":
            maps(arguments.memory)
        elif part == "models":
            from benchmarks.deep_models import STACKS

            whole_models(arguments.stack or list(STACKS))
        else:
            memory_over_time()


if __name__ == "__main__":
    main()
