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
    if spec is None or spec.loader is None:
        raise FileNotFoundError(area)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def record(area: str) -> list[str]:
    """Writes the files of an area, if all its cases do under TensorFlow what they should; else says which do not."""
    table = load(area)
    arrays: list[np.ndarray] = []
    results: dict[str, Any] = {}
    errors: dict[str, str] = {}
    wrong: list[str] = []
    for name, function in table.CASES.items():
        try:
            results[name] = store.described(function(tf, np), arrays)
        except Exception as error:
            wrong.append(f"{area}: the case {name!r} failed: {type(error).__name__}: {str(error)[:300]}")
    for name, function in getattr(table, "ERRORS", {}).items():
        try:
            given = function(tf, np)
        except Exception as error:
            errors[name] = type(error).__name__
        else:
            wrong.append(f"{area}: the wrong use {name!r} raised nothing and gave {given}")
    if not wrong:
        store.write(area, results, errors, arrays)
        print(f"{area}: {len(results)} results, {len(errors)} errors, {sum(a.nbytes for a in arrays)} bytes")
    return wrong


if __name__ == "__main__":
    known = sorted(path.stem.removeprefix("cases_") for path in HERE.glob("cases_*.py"))
    if failures := [line for wanted in sys.argv[1:] or known for line in record(wanted)]:
        sys.exit("\n".join(failures))
