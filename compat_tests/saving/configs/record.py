"""Records the configs that a real Keras writes into `data/`: run it with each Keras, by `--keras NAME`.

python -m compat_tests.saving.configs.record              # keras and tf_keras, as far as they are installed
python compat_tests/saving/configs/record.py --keras tensorflow.keras    # in an environment of an older one
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import os
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


def forms(model: Any, version: str) -> dict[str, Any]:
    """The model's config as `to_json`, a `.keras` archive and an `.h5` file have it."""
    import h5py

    found = {"json": json.loads(model.to_json())}
    with tempfile.TemporaryDirectory() as folder:
        archive, legacy = os.path.join(folder, "m.keras"), os.path.join(folder, "m.h5")
        if int(version.split(".")[0]) > 2 or int(version.split(".")[1]) > 12:
            model.save(archive)
            with zipfile.ZipFile(archive) as opened:
                found["keras"] = json.loads(opened.read("config.json"))
        try:
            model.save(legacy)
        except (NotImplementedError, TypeError, ValueError) as problem:
            print(f"      no .h5: {str(problem)[:100]}")
        else:
            with h5py.File(legacy) as opened:
                found["h5"] = json.loads(opened.attrs["model_config"])
                if "training_config" in opened.attrs:
                    found["training"] = json.loads(opened.attrs["training_config"])
    return found


def record(name: str) -> None:
    from compat_tests.saving.configs import specimens

    keras = importlib.import_module(name)
    version = getattr(keras, "__version__", None) or importlib.import_module("keras").__version__
    saved: dict[str, Any] = {"keras": version, "items": {}}
    builders: dict[str, Callable[[], Any]] = {
        **{f"layers/{key}": lambda s=s: specimens.build_layer(keras, s) for key, s in specimens.LAYERS.items()},
        **{f"models/{key}": lambda f=f: f(keras) for key, f in specimens.MODELS.items()},
    }
    for key, build in builders.items():
        keras.backend.clear_session()
        try:
            model = build()
            if key.startswith("models/") and model.built:
                model.compile("adam", "mse", metrics=["mae"])
            entry = {"forms": forms(model, version)}
        except Exception as problem:
            print(f"   {key}: not in {version}: {type(problem).__name__}: {str(problem)[:150]!r}")
            continue
        if model.built:
            entry["weights"] = [list(w.shape) for w in model.weights]
            entry["outputs"] = [list(t.shape) for t in model.outputs]
        saved["items"][key] = entry
    path = DATA / f"{name.split('.')[-1] if name != 'tensorflow.keras' else 'tf'}-{version}.json.gz"
    if name == "tensorflow.keras":
        path = DATA / f"keras-{version}.json.gz"
    with open(path, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as packed:
        packed.write(json.dumps(saved, separators=(",", ":"), sort_keys=False).encode())
    print(f"{name} {version}: {len(saved['items'])} of {len(builders)}, {path.stat().st_size // 1000} KB")


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_USE_LEGACY_KERAS": "1", "CUDA_VISIBLE_DEVICES": "-1"}
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("--keras", action="append")
    DATA.mkdir(exist_ok=True)
    for name in parser.parse_args().keras or ["keras", "tf_keras"]:
        record(name)


if __name__ == "__main__":
    main()
