"""Writes what TensorFlow gives for the cases: `python compat_tests/tensorflow/goldens/record.py [AREA...]`.

Run with a Python that has TensorFlow and tf_keras, from the repository's root.
"""

# ruff: noqa: E402
from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

os.environ.update(TF_USE_LEGACY_KERAS="1", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # not as a package: the packages around it import torchkeras

import numpy as np
import store
import tensorflow as tf


def load(area: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"cases_{area}", HERE / f"cases_{area}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def record(area: str) -> None:
    table = load(area)
    arrays: list[np.ndarray] = []
    results: dict[str, Any] = {}
    for name, function in table.CASES.items():
        try:
            results[name] = store.described(function(tf, np), arrays)
        except Exception as error:
            raise RuntimeError(f"The case {name!r} of {area} failed under TensorFlow.") from error
    errors = {}
    for name, function in getattr(table, "ERRORS", {}).items():
        try:
            function(tf, np)
        except Exception as error:
            errors[name] = type(error).__name__
        else:
            raise RuntimeError(f"The wrong use {name!r} of {area} raised nothing under TensorFlow.")
    store.write(area, results, errors, arrays)
    print(f"{area}: {len(results)} results, {len(errors)} errors, {sum(a.nbytes for a in arrays)} bytes")


if __name__ == "__main__":
    known = sorted(path.stem.removeprefix("cases_") for path in HERE.glob("cases_*.py"))
    for wanted in sys.argv[1:] or known:
        record(wanted)
