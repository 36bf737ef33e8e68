"""The recorded values."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np

PATH = Path(__file__).with_name("keras_ops.npz")


#: The types whose promotions are recorded, pair by pair, beside Python's int and float.
PROMOTED = (
    "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128"
).split()


@functools.cache
def facts() -> dict[str, Any]:
    """What is recorded beside values: `names`, `promotions`, and the kinds of the `results`."""
    with np.load(PATH, allow_pickle=False) as archive:
        return json.loads(str(archive["__facts__"]))


@functools.cache
def load() -> dict[str, list[tuple[str, Any]]]:
    """For each case its results: a dtype and an array, or the repr of a Python value and None."""
    with np.load(PATH, allow_pickle=False) as archive:
        return {
            name: [(kind, archive.get(f"{name}|{i}")) for i, kind in enumerate(kinds)]
            for name, kinds in facts()["results"].items()
        }
