"""Writes what TensorFlow gives with two replicas: `python compat_tests/distribute/facade/record.py`.

Run with a Python that has TensorFlow and tf_keras, from the repository's root.
"""

# ruff: noqa: E402
from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.update(TF_USE_LEGACY_KERAS="1", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # not as a package: the packages around it import torchkeras

import facts
import numpy as np
import programs
import tensorflow as tf


def plain(value):
    if isinstance(value, facts.Each):
        return {"each": [plain(one) for one in strategy.experimental_local_results(value.value)]}
    if hasattr(value, "numpy"):
        value = value.numpy()
    if isinstance(value, bytes):
        return value.decode()
    return np.asarray(value).tolist() if not isinstance(value, (bool, str, list)) else value


def outcome(case):
    try:
        return plain(case(tf, strategy))
    except (ValueError, RuntimeError, TypeError) as error:
        return {"error": type(error).__name__}


cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
found = {"facts": {name: outcome(case) for name, case in facts.CASES.items()}}
with tempfile.TemporaryDirectory() as folder:
    found["with_keras"] = programs.with_keras(tf, strategy, folder)
found["with_loop"] = programs.with_loop(tf, strategy)
found["by_iterator"] = programs.by_iterator(tf, strategy)
(HERE / "recorded.json").write_text(json.dumps(found, indent=1) + "\n")
print({name: value for name, value in found["facts"].items() if isinstance(value, dict)})
