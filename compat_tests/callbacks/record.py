"""Record what tf_keras does: python -m compat_tests.callbacks.record."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pathlib
import tempfile
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras
from tf_keras.src import callbacks as source
from tf_keras.src.utils import generic_utils

from compat_tests.utils import bars

from . import hooks, progress, scripts

HERE = pathlib.Path(__file__).parent


class Optimizer:
    def __init__(self, rate: float) -> None:
        self.lr = self.learning_rate = tf.Variable(rate, dtype=tf.float32)


class Warnings:
    """Stands in for the logging module of tf_keras's callbacks."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def warning(self, text: str, *arguments: Any) -> None:
        self.seen.append(text % arguments if arguments else text)


def decisions() -> dict[str, Any]:
    found = {}
    kept = source.logging
    for name, script in scripts.SCRIPTS.items():
        source.logging = warned = Warnings()
        found[name] = scripts.play(
            script,
            lambda callback, settings: getattr(tf_keras.callbacks, callback)(**settings),
            Optimizer(script.rate),
            lambda optimizer: optimizer.lr.numpy(),
            warned.seen,
        )
    source.logging = kept
    return found


def run() -> dict[str, Any]:
    """A fit with validation, an evaluation and a prediction."""
    tf_keras.utils.set_random_seed(0)
    x = np.linspace(-1, 1, 20, dtype="float32").reshape(10, 2)
    y = 2 * x.sum(1, keepdims=True) + 1
    model = tf_keras.Sequential([tf_keras.layers.Dense(1, kernel_initializer="ones", input_shape=(2,))])
    model.compile("sgd", "mse", metrics=["mae"])
    events: list[list[Any]] = []
    csv_file = "log.csv"
    given = hooks.callbacks(tf_keras.callbacks, events, csv_file)
    validation = (x[:4] + 1, y[:4])
    history = model.fit(x, y, batch_size=4, epochs=2, validation_data=validation, callbacks=given, verbose=0)
    model.evaluate(x, y, batch_size=4, callbacks=given[0], verbose=0)
    model.predict(x, batch_size=4, callbacks=given[:1], verbose=0)
    return {
        "events": events,
        "history": {name: hooks.plain(dict(enumerate(values))) for name, values in history.history.items()},
        "epoch": history.epoch,
        "params": history.params,
        "csv": pathlib.Path(csv_file).read_bytes().decode(),
    }


def drawn(draw: Any) -> str:
    """What is printed meanwhile, by a clock that is set."""
    generic_utils.time = clock = bars.Clock()
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        draw(clock)
    return output.getvalue()


def drawings() -> dict[str, str]:
    return {
        name: drawn(lambda clock, bar=bar: bars.draw(bar, generic_utils.Progbar, clock))
        for name, bar in bars.BARS.items()
    }


def runs() -> dict[str, str]:
    return {
        name: drawn(lambda clock, run=run: progress.show(run, tf_keras.callbacks, clock, dict))
        for name, run in progress.RUNS.items()
    }


def write(path: pathlib.Path, value: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    lines = [f"{json.dumps(name)}: {json.dumps(record)}" for name, record in value.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{path.relative_to(HERE.parent)}: {len(value)} records, {path.stat().st_size} bytes")


def main() -> None:
    data, more = HERE / "data", HERE.parent / "utils" / "data"
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        values = decisions(), run(), runs(), drawings()
        os.chdir(HERE)
    write(data / "decisions.json", values[0])
    write(data / "run.json", values[1])
    write(data / "progress.json", values[2])
    write(more / "progress.json", values[3])


if __name__ == "__main__":
    main()
