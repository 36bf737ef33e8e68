"""Keep files of an old Keras as goldens: run with the Python that has it.

python -m compat_tests.saving.parity.keep keras|tf_keras|FOLDER|2.6 OUT.zip MODEL:FORMAT [MODEL:FORMAT...]

FOLDER holds the package of a Keras 2.0 to 2.3, 2.6 is the tf.keras in TensorFlow 2.12: see early.py. The archive holds
for each model and format the files, and `expected.npz`: inputs, targets, what the model predicts before and after two
further steps, with their losses.
"""

from __future__ import annotations

import argparse
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from compat_tests.saving.zoo import MODELS, ZooModel

from .early import keras_from_source, keras_of_tensorflow_2_6
from .early_models import EARLY
from .formats import EXCHANGES
from .side import going_on, load, namespace, train


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("keras")
    parser.add_argument("out", type=Path)
    parser.add_argument("wanted", nargs="+", metavar="MODEL:FORMAT")
    options = parser.parse_args()
    models = MODELS
    if options.keras in EXCHANGES:
        keras = namespace(options.keras)
    else:
        keras = keras_of_tensorflow_2_6() if options.keras == "2.6" else keras_from_source(options.keras)
        models = EARLY
    exchanges = [*EXCHANGES["tf_keras"], *EXCHANGES["keras"]]
    with zipfile.ZipFile(options.out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for wanted in options.wanted:
            name, _, kind = wanted.partition(":")
            try:
                keep(keras, models[name], next(e for e in exchanges if e.name == kind), archive)
            except Exception as problem:  # some of it does not exist there
                print(f"not kept: {wanted}: {type(problem).__name__}: {problem}")
    print(options.out, options.out.stat().st_size)


def keep(keras: Any, model: ZooModel, exchange: Any, archive: zipfile.ZipFile) -> None:
    made = model.compiled(keras)
    inputs, targets = model.data()
    train(made, inputs, targets)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (made.save if exchange.whole else made.save_weights)(str(folder / exchange.file))
        if not exchange.whole or not exchange.compiled:  # which may hold no state of the optimizer
            made = load(keras, model, exchange, folder)
        data = named("inputs", inputs) | named("targets", targets)
        np.savez(folder / "expected.npz", **data, **going_on(made, inputs, targets))
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, f"{model.name}/{exchange.name}/{file.relative_to(folder)}")
    print("kept", model.name, exchange.name, flush=True)


def named(name: str, value: Any) -> dict[str, np.ndarray]:
    """Arrays of a structure by their paths in it; strings in a form that needs no pickle."""
    if isinstance(value, dict):
        return {key: leaf for part, one in value.items() for key, leaf in named(f"{name}/{part}", one).items()}
    if isinstance(value, (list, tuple)):
        return {key: leaf for part, one in enumerate(value) for key, leaf in named(f"{name}/{part}", one).items()}
    return {name: value.astype(str) if value.dtype == object else value}


if __name__ == "__main__":
    main()
