"""One side of the exchange, in the Python that has it: writes files, or reads those of the other and goes on training.

python -m compat_tests.saving.parity.side SIDE write FOLDER, or SIDE read FOLDER WRITER.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from compat_tests.saving.zoo import MODELS, ZooModel

from .formats import EXCHANGES, OURS, UNCOMPILED, Exchange, of_ours

STEPS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("side", choices=[*EXCHANGES, OURS])
    parser.add_argument("action", choices=["write", "read"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("writer", nargs="?", help="whose files are read")
    parser.add_argument("--only", default="", metavar="TEXT[,TEXT...]")
    parser.add_argument("--format", action="append")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    keras = namespace(options.side)
    for model in MODELS.values():
        if chosen(model, options.only):
            if options.action == "write":
                write(keras, options.side, model, options.folder, options.format)
            else:
                read(keras, options.side, options.writer, model, options.folder, options.format)


def namespace(side: str) -> Any:
    """The Keras of that name, set up so that its numbers do not depend on the machine's threads."""
    if side == OURS:
        import torchkeras
        import torchkeras.tensorflow  # which functions in the files of tf_keras belong to

        return torchkeras
    for name, value in {
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }.items():
        os.environ.setdefault(name, value)
    if side == "tf_keras":
        os.environ["TF_USE_LEGACY_KERAS"] = "1"
    backends = [one for one in ("tensorflow", "torch", "jax") if importlib.util.find_spec(one)]
    os.environ.setdefault("KERAS_BACKEND", backends[0])
    if backends[0] == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.config.run_functions_eagerly(True)  # two steps are not worth a graph
    if side == "tf_keras" and not importlib.util.find_spec(side):
        return tf.keras  # as it came with TensorFlow 2.15 and before
    return importlib.import_module(side)


def chosen(model: ZooModel, only: str) -> bool:
    """Whether a model's name contains one of some texts."""
    return any(text in model.name for text in only.split(","))


def exchanges(side: str, model: ZooModel, formats: list[str] | None) -> list[Exchange]:
    """What is written by a side, less what cannot be for a reason that the model gives."""
    every = of_ours() if side == OURS else EXCHANGES[side]
    return [e for e in every if (not formats or e.name in formats) and not reason(side, model, e.name)]


def reason(side: str, model: ZooModel, format: str) -> str:
    """Why a model cannot be written there, or in that format; empty where it can."""
    format = "h5" if format == UNCOMPILED else format
    return next((model.missing[key] for key in (side, format, f"{side}:{format}") if key in model.missing), "")


# --- writing ------------------------------------------------------------------------------------------------


def write(keras: Any, side: str, model: ZooModel, folder: Path, formats: list[str] | None) -> None:
    """A model after some training, in every format."""
    wanted = exchanges(side, model, formats)
    if not wanted:
        return
    try:
        made = model.compiled(keras)
        inputs, targets = data(keras, model)
        train(made, inputs, targets)
    except Exception as problem:
        for exchange in wanted:
            note(place(folder, side, model, exchange), "written", problem)
        return
    for exchange in wanted:
        at = place(folder, side, model, exchange)
        (at / "written.txt").unlink(missing_ok=True)
        try:
            with graphs(keras, exchange.name == "saved_model"):
                (made.save if exchange.whole else made.save_weights)(str(at / exchange.file))
        except Exception as problem:
            note(at, "written", problem)
    original = going_on(made, inputs, targets)
    for exchange in wanted:
        np.savez(place(folder, side, model, exchange) / "original.npz", **original)
    print(f"{side} wrote {model.name}", flush=True)


def place(folder: Path, writer: str, model: ZooModel, exchange: Exchange) -> Path:
    found = folder / writer / model.name / exchange.name
    found.mkdir(parents=True, exist_ok=True)
    return found


def note(at: Path, what: str, problem: Exception) -> None:
    """Keeps an error for the table."""
    lines = traceback.format_exc().splitlines()
    text = " ".join(f"{type(problem).__name__}: {problem}".split())
    (at / f"{what}.txt").write_text(text + "\n" + "\n".join(lines))


class graphs:
    """Within it TensorFlow traces graphs, which a SavedModel needs."""

    def __init__(self, keras: Any, on: bool) -> None:
        self.on = on and keras.__name__ != OURS

    def __enter__(self) -> None:
        self._eager(False)

    def __exit__(self, *problem: object) -> None:
        self._eager(True)

    def _eager(self, value: bool) -> None:
        if self.on:
            sys.modules["tensorflow"].config.run_functions_eagerly(value)


def data(keras: Any, model: ZooModel) -> tuple[Any, Any]:
    """Inputs and targets; texts as TensorFlow's tensors for Keras 3, which takes no array of them."""
    inputs, targets = model.data()
    if keras.__name__ == "keras" and isinstance(inputs, list) and "tensorflow" in sys.modules:
        constant = sys.modules["tensorflow"].constant
        inputs = [constant(one) if one.dtype == object else one for one in inputs]
    return inputs, targets


def train(model: Any, inputs: Any, targets: Any) -> dict[str, list[float]]:
    """Some steps on all samples; what was not compiled is left as it is."""
    if getattr(model, "optimizer", None) is None or getattr(model, "loss", None) is None:
        return {}
    history = model.fit(inputs, targets, batch_size=len(first_leaf(targets)), epochs=STEPS, shuffle=False, verbose=0)
    return {key: [float(np.asarray(v).reshape(-1)[0]) for v in values] for key, values in history.history.items()}


def first_leaf(value: Any) -> Any:
    while isinstance(value, (list, tuple, dict)):
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
    return value


# --- reading ------------------------------------------------------------------------------------------------


def read(keras: Any, side: str, writer: str, model: ZooModel, folder: Path, formats: list[str] | None) -> None:
    """Each file of a model: what it predicts, how its losses go on, what it predicts then."""
    if reason(side, model, "") or reason(writer, model, ""):
        return
    mine = {e.name for e in (EXCHANGES[side] if side != OURS else ()) if not (writer == OURS and e.not_ours)}
    for exchange in exchanges(writer, model, formats):
        if side != OURS and exchange.name not in mine:
            continue
        at = place(folder, writer, model, exchange)
        for old in at.glob(f"by_{side}.*"):
            old.unlink()
        if (at / "written.txt").exists():
            continue
        try:
            np.savez(at / f"by_{side}.npz", **results(keras, model, exchange, at))
        except Exception as problem:
            note(at, f"by_{side}", problem)
    print(f"{side} read {model.name} of {writer}", flush=True)


def results(keras: Any, model: ZooModel, exchange: Exchange, at: Path) -> dict[str, np.ndarray]:
    return going_on(load(keras, model, exchange, at), *data(keras, model))


def load(keras: Any, model: ZooModel, exchange: Exchange, at: Path) -> Any:
    """The model of a file; one made anew, which is given it, where the file holds weights alone."""
    path = str(at / exchange.file)
    if not exchange.whole:
        loaded = model.compiled(keras)
        loaded.load_weights(path)
        return loaded
    keras.backend.clear_session()
    options = {"safe_mode": False} if model.holds_code else {}
    options |= {} if exchange.compiled else {"compile": False}
    loaded = keras.models.load_model(path, custom_objects=model.custom_objects(keras), **options)
    return loaded if exchange.compiled else model.compile(keras, loaded)


def going_on(model: Any, inputs: Any, targets: Any) -> dict[str, np.ndarray]:
    """What a model predicts, the losses of further steps, and what it predicts then."""
    found = predicted("before", model, inputs)
    for key, values in train(model, inputs, targets).items():
        found[f"history/{key}"] = np.array(values)
    return found | predicted("after", model, inputs)


def predicted(when: str, model: Any, inputs: Any) -> dict[str, np.ndarray]:
    leaves = flat(model.predict(inputs, verbose=0))
    return {f"{when}/{number}": np.asarray(leaf).astype("float64") for number, leaf in enumerate(leaves)}


def flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in flat(value[key])]
    if isinstance(value, (list, tuple)):
        return [leaf for one in value for leaf in flat(one)]
    return [value]


if __name__ == "__main__":
    main()
