"""`python -m benchmarks.memory`: the peak memory of fit and predict on large arrays, each in a process of its own.

Peaks are the kernel's: VmHWM, the most that was ever resident. A memory map counts there as far as it has been read,
since its pages stay until others want the room; what the process itself holds is RssAnon, looked at after every batch.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

WIDTH = 1024
#: The most that fit may take, next to the array and the model.
TARGET = 1.1
CASES = (
    "float64 array",
    "float64 memory map",
    "uint8 array",
    "float64 array, validation_split",
    "predict, float64 array",
)


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {field}; this benchmark needs Linux.")


def measure(case: str, size: float, folder: str) -> dict[str, Any]:
    """One case, in this process: bytes of the array, of the model with its optimizer, and what fit took."""
    import numpy as np

    import torchkeras as keras
    from torchkeras import layers

    model = keras.Sequential(
        [layers.Dense(300, "relu", input_shape=(WIDTH,)), layers.Dense(100, "relu"), layers.Dense(10, "softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    small = np.zeros((64, WIDTH))
    model.fit(small, np.zeros(64, "int64"), batch_size=512, verbose=0)
    model.predict(small)
    dtype = np.dtype("uint8" if "uint8" in case else "float64")
    samples = int(size * 2**30) // (WIDTH * dtype.itemsize)
    before, before_anonymous = _status("VmRSS"), _status("RssAnon")
    if "map" in case:
        x: Any = np.lib.format.open_memmap(f"{folder}/x.npy", "r", dtype=dtype, shape=(samples, WIDTH))
    else:
        x = np.empty((samples, WIDTH), dtype)
        x[:] = np.arange(WIDTH) % 7
    y = np.arange(samples) % 10
    highest = 0

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            nonlocal highest
            highest = max(highest, _status("RssAnon"))

    if "predict" in case:
        model.predict(x, batch_size=512)
    else:
        split = 0.1 if "split" in case else 0.0
        model.fit(x, y, batch_size=512, epochs=2, validation_split=split, verbose=0, callbacks=[Watch()])
    weights = sum(w.nbytes for w in (*model.get_weights(), *model.optimizer.get_weights()))
    return {
        "array": x.nbytes + y.nbytes,
        "model": weights,
        "taken": _status("VmHWM") - before,
        "anonymous": highest - before_anonymous if highest else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=float, default=1.0, metavar="GIB", help="of the array (default: 1)")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.case is not None:
        print(json.dumps(measure(arguments.case, arguments.size, arguments.folder)))
        return
    print("| | data | most resident | next to data and model | of the process's own | target |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            if "map" in case:
                _write_map(f"{folder}/x.npy", arguments.size)
            found = _in_a_process(case, arguments.size, folder)
            ratio = found["taken"] / (found["array"] + found["model"])
            own = "" if found["anonymous"] is None else f"{found['anonymous'] / 2**20:,.0f} MiB"
            verdict = f"<= {TARGET}: {'met' if ratio <= TARGET else 'not met'}"
            data, taken = (f"{found[name] / 2**20:,.0f} MiB" for name in ("array", "taken"))
            print(f"| {case} | {data} | {taken} | {ratio:.3f} | {own} | {verdict} |", flush=True)


def _in_a_process(case: str, size: float, folder: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.memory", "--case", case, "--size", str(size), "--folder", folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _write_map(path: str, size: float) -> None:
    import numpy as np

    samples = int(size * 2**30) // (WIDTH * 8)
    array = np.lib.format.open_memmap(path, "w+", dtype="float64", shape=(samples, WIDTH))
    for start in range(0, samples, 4096):
        array[start : start + 4096] = np.arange(WIDTH) % 7
    array.flush()


if __name__ == "__main__":
    main()
