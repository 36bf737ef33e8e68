"""Record the goldens with tf_keras: python -m compat_tests.preprocessing.record (needs scipy, pillow and pandas)."""

from __future__ import annotations

import os

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")

import json
import pathlib
import tempfile
import warnings

import numpy as np
import tf_keras

from . import cases

HERE = pathlib.Path(__file__).parent


def main() -> None:
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    arrays, values = {}, {}
    for name in cases.CASES:
        with tempfile.TemporaryDirectory() as folder:
            found, values[name] = cases.run(name, tf_keras, pathlib.Path(folder))
        arrays |= {f"{name}/{key}": value for key, value in found.items()}
    np.savez_compressed(HERE / "goldens.npz", **arrays)
    (HERE / "goldens.json").write_text(json.dumps(values, indent=0, sort_keys=True) + "\n")
    print(f"{len(arrays)} arrays, {sum(map(len, values.values()))} values")


if __name__ == "__main__":
    main()
