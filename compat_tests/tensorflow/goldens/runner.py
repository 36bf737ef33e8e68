"""Runs the cases of an area against torchkeras.tensorflow and compares with what TensorFlow gave.

A test file is `locals().update(checks_of("math"))` beside `from torchkeras import tensorflow as tf`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from compat_tests.tensorflow.goldens import store
from torchkeras import tensorflow as tf

#: Relative tolerance by dtype; integers, booleans and texts must be the same.
TOLERANCES = {
    "float16": 2e-3,
    "bfloat16": 2e-2,
    "float32": 2e-5,
    "complex64": 2e-5,
    "float64": 1e-9,
    "complex128": 1e-9,
}


def checks_of(area: str) -> dict[str, Callable[..., None]]:
    """The test functions of an area: one over its cases, one over its wrong uses."""
    table = importlib.import_module(f"compat_tests.tensorflow.goldens.cases_{area}")
    results, errors, arrays = store.read(area)
    tolerances = getattr(table, "TOLERANCE", {})
    wrong = getattr(table, "ERRORS", {})

    @pytest.mark.parametrize("name", list(table.CASES))
    def test_result(name: str) -> None:
        assert name in results, f"{name!r} is not recorded: run record.py {area}"
        found: list[np.ndarray] = []
        compare(
            store.described(table.CASES[name](tf, np), found), results[name], found, arrays, tolerances.get(name), name
        )

    @pytest.mark.parametrize("name", list(wrong))
    def test_error(name: str) -> None:
        assert name in errors, f"{name!r} is not recorded: run record.py {area}"
        with pytest.raises(Exception) as caught:  # noqa: PT011
            wrong[name](tf, np)
        assert type(caught.value).__name__ == errors[name], f"{name}: {caught.value!r}"

    def test_all_recorded() -> None:
        assert set(results) == set(table.CASES), f"run record.py {area} again"
        assert set(errors) == set(wrong), f"run record.py {area} again"

    return {"test_result": test_result, "test_error": test_error, "test_all_recorded": test_all_recorded}


def compare(
    found: Any, wanted: Any, ours: list[np.ndarray], theirs: list[np.ndarray], tolerance: float | None, where: str
) -> None:
    """Asserts that two described results are the same."""
    assert found["is"] == wanted["is"], f"{where}: {found} for {wanted}"
    if found["is"] in ("list", "sparse"):
        assert len(found["value"]) == len(wanted["value"]), where
        for i, (a, b) in enumerate(zip(found["value"], wanted["value"], strict=True)):
            compare(a, b, ours, theirs, tolerance, f"{where}[{i}]")
    elif found["is"] == "dict":
        assert found["value"].keys() == wanted["value"].keys(), where
        for key, value in found["value"].items():
            compare(value, wanted["value"][key], ours, theirs, tolerance, f"{where}[{key!r}]")
    elif "array" in wanted:
        assert (found["dtype"], found["shape"]) == (wanted["dtype"], wanted["shape"]), f"{where}: {found} for {wanted}"
        _compare_arrays(
            ours[found["array"]],
            theirs[wanted["array"]],
            TOLERANCES.get(found["dtype"], 0) if tolerance is None else tolerance,
            where,
        )
    elif found["is"] == "ragged":
        assert found["dtype"] == wanted["dtype"], where
        _compare_nested(found["value"], wanted["value"], tolerance, where)
    elif found["is"] == "python" and isinstance(found["value"], float):
        assert found["value"] == pytest.approx(wanted["value"], rel=tolerance or 2e-5, nan_ok=True), where
    else:
        assert found == wanted, where


def _compare_arrays(found: np.ndarray, wanted: np.ndarray, tolerance: float, where: str) -> None:
    if wanted.dtype.kind in "fc":
        np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance / 10, err_msg=where)
    else:
        np.testing.assert_array_equal(found, wanted, err_msg=where)


def _compare_nested(found: Any, wanted: Any, tolerance: float | None, where: str) -> None:
    if isinstance(wanted, list):
        assert len(found) == len(wanted), f"{where}: {found} for {wanted}"
        for a, b in zip(found, wanted, strict=True):
            _compare_nested(a, b, tolerance, where)
    elif isinstance(wanted, float):
        assert found == pytest.approx(wanted, rel=tolerance or 2e-5, nan_ok=True), where
    else:
        assert found == wanted, where
