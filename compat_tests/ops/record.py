"""Records the values of Keras 3 on TensorFlow: KERAS_BACKEND=tensorflow python -m compat_tests.ops.record"""

from __future__ import annotations

import inspect
import json
from typing import Any

import keras
import numpy as np

from compat_tests.ops.cases import cases, evaluate
from compat_tests.ops.goldens import PATH, PROMOTED

NAMESPACES = {
    "ops": keras.ops,
    "ops.image": keras.ops.image,
    "ops.linalg": keras.ops.linalg,
    "ops.nn": keras.ops.nn,
    "ops.numpy": keras.ops.numpy,
    "random": keras.random,
}


def _public(module: Any) -> dict[str, list[str]]:
    """The names of a namespace, and their arguments."""
    found = {name: value for name, value in vars(module).items() if callable(value) and not name.startswith("_")}
    return {name: list(inspect.signature(value).parameters) for name, value in found.items()}


def _promotions() -> dict[str, str]:
    kinds: dict[str, Any] = {name: name for name in PROMOTED} | {"int": int, "float": float}
    return {f"{a} {b}": keras.backend.result_type(kinds[a], kinds[b]) for a in kinds for b in kinds}


def main() -> None:
    arrays: dict[str, np.ndarray] = {}
    results: dict[str, list[str]] = {}
    for name, expression in cases().items():
        try:
            leaves = evaluate(expression, keras.ops)
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {str(error).splitlines()[0][:150]}")
            continue
        results[name] = []
        for leaf in leaves:
            if isinstance(leaf, (str, int, float)):
                results[name].append(repr(leaf))
                continue
            dtype = keras.backend.standardize_dtype(leaf.dtype)
            results[name].append(dtype)
            array = np.asarray(leaf)
            arrays[f"{name}|{len(results[name]) - 1}"] = array.astype("float32") if dtype == "bfloat16" else array
    names = {space: _public(module) for space, module in NAMESPACES.items()}
    facts = {"results": results, "names": names, "promotions": _promotions()}
    np.savez_compressed(PATH, __facts__=np.array(json.dumps(facts)), **arrays)
    print(f"{len(results)} cases, {PATH.stat().st_size} bytes")


if __name__ == "__main__":
    main()
