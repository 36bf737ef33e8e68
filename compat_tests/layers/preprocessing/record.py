"""Record the goldens with tf_keras: python -m compat_tests.layers.preprocessing.record."""

from __future__ import annotations

import os

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")

import json
import pathlib

import numpy as np
import tensorflow as tf
import tf_keras

from compat_tests.goldens.build import plain_json

from .cases import CASES

HERE = pathlib.Path(__file__).parent


def transforms() -> dict[str, np.ndarray]:
    """Images read at transformed places; the matrices are kept beside the results."""
    random = np.random.RandomState(0)
    images = random.rand(3, 9, 13, 2).astype("float32")
    angle, scale = random.uniform(-3, 3, 3), random.uniform(0.4, 2, 3)
    rows = [np.cos(angle) * scale, -np.sin(angle), random.uniform(-6, 12, 3), np.sin(angle), np.cos(angle) * scale,
            random.uniform(-6, 12, 3), [0.0, 0.01, 0.0], [0.0, 0.0, 0.02]]  # fmt: skip
    matrices = np.stack(rows, axis=1).astype("float32")
    found = {"transforms/images": images, "transforms/matrices": matrices}
    for mode in ("constant", "nearest", "reflect", "wrap"):
        for method in ("bilinear", "nearest"):
            found[f"transforms/{mode}_{method}"] = tf.raw_ops.ImageProjectiveTransformV3(
                images=images, transforms=matrices, output_shape=images.shape[1:3], fill_value=0.3,
                fill_mode=mode.upper(), interpolation=method.upper(),
            ).numpy()  # fmt: skip
    return found


def main() -> None:
    arrays, values = transforms(), {}
    for name, function in CASES.items():
        found = function(tf_keras)
        arrays |= {f"{name}/{key}": value for key, value in found.items() if isinstance(value, np.ndarray)}
        values[name] = plain_json({k: v for k, v in found.items() if not isinstance(v, np.ndarray)})
    np.savez_compressed(HERE / "goldens.npz", **arrays)
    (HERE / "goldens.json").write_text(json.dumps(values, indent=0, sort_keys=True) + "\n")
    print(f"{len(arrays)} arrays, {sum(map(len, values.values()))} values")


if __name__ == "__main__":
    main()
