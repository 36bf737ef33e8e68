"""Records what tf_keras computes under policies: TF_PYTHON -m compat_tests.mixed_precision.record."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent


def _load(name: str) -> Any:
    # The package of tests imports torch, which the environment of tf_keras lacks.
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module


def record_layers(tf: Any, keras: Any, specimens: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Types of outputs and weights by policy, and outputs under mixed_bfloat16."""
    table: dict[str, Any] = {}
    arrays: dict[str, np.ndarray] = {}
    for policy in specimens.POLICIES:
        keras.mixed_precision.set_global_policy(policy)
        for name, (_, _, form) in specimens.LAYERS.items():
            keras.backend.clear_session()
            entry = table.setdefault(name, {}).setdefault(policy, {})
            layer = specimens.make(keras.layers, name)
            inputs = tf.nest.map_structure(tf.constant, specimens.inputs_of(form))
            try:
                outputs = specimens.call(layer, name, inputs)
                entry["outputs"] = [tensor.dtype.name for tensor in tf.nest.flatten(outputs)]
                entry["training"] = (
                    [
                        tensor.dtype.name
                        for tensor in tf.nest.flatten(specimens.call(layer, name, inputs, training=True))
                    ]
                    if layer._call_spec.expects_training_arg
                    else entry["outputs"]
                )
                entry["weights"] = [weight.dtype.name for weight in layer.weights]
                entry["layer"] = [layer.dtype, layer.compute_dtype, layer.variable_dtype]
            except Exception as error:
                entry.clear()
                entry["error"] = f"{type(error).__name__}: {str(error)[:160]}"
                continue
            if policy == "mixed_bfloat16" and not name.startswith(specimens.DRAWS):
                layer = specimens.make(keras.layers, name)
                specimens.call(layer, name, inputs)
                specimens.set_weights(layer)
                for i, tensor in enumerate(tf.nest.flatten(specimens.call(layer, name, inputs))):
                    arrays[f"{name}/{i}"] = tf.cast(tensor, "float32").numpy()
    keras.mixed_precision.set_global_policy("float32")
    return table, arrays


def main() -> None:
    os.environ.update(TF_USE_LEGACY_KERAS="1", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
    import tensorflow as tf
    import tf_keras as keras

    specimens, training = _load("specimens"), _load("training")
    table, arrays = record_layers(tf, keras, specimens)
    curves = training.curves(tf, keras)
    found = {"layers": table, "training": curves, "custom_loop": training.custom_loop(tf, keras)}
    (HERE / "recorded.json").write_text(json.dumps(found, indent=1) + "\n")
    np.savez_compressed(HERE / "recorded.npz", **arrays)


if __name__ == "__main__":
    main()
