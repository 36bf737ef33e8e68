"""Has the real Keras 3 and tf_keras load configs that we write, and compares weights and outputs with ours.

python -m compat_tests.saving.configs.live            # where one environment has all
python compat_tests/saving/configs/live.py write FILE && OTHER/python compat_tests/saving/configs/live.py read FILE
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

#: tf_keras has no such functions and no such layer, or does not find it in its own configs either; Keras 3 has another
#: function under the name of hard_sigmoid, so that ours is one of the user's there.
LEFT_OUT = {
    "keras2": ("layers/rms_normalization", "layers/spectral_normalization", "models/named_functions"),
    "keras3": ("layers/conv_lstm1d", "layers/conv_lstm2d"),
}
#: Keras's shape rule knows less.
NOT_SHAPES = ("layers/einsum_dense",)


def write(path: str) -> None:
    """All specimens in both forms."""
    import torchkeras as keras
    from compat_tests.saving.configs import specimens
    from torchkeras.core.registry import serialize
    from torchkeras.saving import configs

    found: dict[str, Any] = {}
    builders: dict[str, Any] = {
        **{f"layers/{key}": lambda s=s: specimens.build_layer(keras, s) for key, s in specimens.LAYERS.items()},
        **{f"models/{key}": lambda f=f: f(keras) for key, f in specimens.MODELS.items()},
    }
    for name, build in builders.items():
        keras.backend.clear_session()
        model = build()
        compiled = name.startswith("models/") and model.built
        if compiled:
            model.compile(keras.optimizers.Adam(0.01), ["mse"] * len(model.outputs))
        entry = found[name] = {}
        for form, writer, settings in (
            ("keras2", configs.to_keras2, configs.training_to_keras2),
            ("keras3", configs.to_keras3, configs.training_to_keras3),
        ):
            if name not in LEFT_OUT.get(form, ()):
                entry[form] = writer(serialize(model))
                entry[f"{form}_training"] = settings(serialize(model.get_compile_config())) if compiled else None
        if model.built:
            entry["weights"] = sorted(list(w.shape) for w in model.weights)
            entry["outputs"] = [list(t.shape) for t in model.outputs]
    Path(path).write_text(json.dumps(found))


def read(path: str) -> int:
    """How many of them the real ones do not take as they are meant."""
    wrong = 0
    for name, form in (("keras", "keras3"), ("tf_keras", "keras2")):
        keras = importlib.import_module(name)
        count = 0
        for key, entry in json.loads(Path(path).read_text()).items():
            if form in entry:
                keras.backend.clear_session()
                count += 1
                try:
                    _check(keras, form, key, entry)
                except Exception as problem:
                    wrong += 1
                    print(f"{name} {key}: {type(problem).__name__}: {str(problem)[:300]}")
        print(f"{name} {keras.__version__}: {count} configs")
    return wrong


def _check(keras: Any, form: str, key: str, entry: dict[str, Any]) -> None:
    settings = entry[f"{form}_training"]
    if form == "keras3":
        model = keras.saving.deserialize_keras_object(entry[form])
        if settings is not None:
            model.compile_from_config(settings)
    else:
        model = keras.models.model_from_json(json.dumps(entry[form]))
        if settings is not None:
            legacy = importlib.import_module("tf_keras.src.saving.legacy.saving_utils")
            model.compile(**legacy.compile_args_from_training_config(settings))
    if "weights" in entry:
        assert sorted(list(w.shape) for w in model.weights) == entry["weights"], "other weights"
        shapes = [list(t.shape) for t in model.outputs]
        assert key in NOT_SHAPES or shapes == entry["outputs"], f"outputs {shapes}, not {entry['outputs']}"


def main() -> None:
    os.environ |= {"TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    warnings.simplefilter("ignore")
    if sys.argv[1:2] == ["write"]:
        write(sys.argv[2])
    elif sys.argv[1:2] == ["read"]:
        sys.exit(read(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "configs.json")
            write(path)
            sys.exit(read(path))


if __name__ == "__main__":
    main()
