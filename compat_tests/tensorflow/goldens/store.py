"""Results of either library as plain values, and files of them: structure in JSON, arrays in an npz beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parent / "data"


def described(value: Any, arrays: list[np.ndarray]) -> Any:
    """A result as something JSON can hold; arrays of numbers go into `arrays`, and their place in it stands instead."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return {"is": "python", "value": value}
    if isinstance(value, bytes):
        return {"is": "bytes", "value": value.decode("latin-1")}
    kind = type(value).__name__
    if kind == "DType":
        return {"is": "dtype", "value": value.name}
    if kind == "TensorShape":
        return {"is": "shape", "value": None if value.rank is None else value.as_list()}
    if isinstance(value, dict):
        return {"is": "dict", "value": {str(k): described(v, arrays) for k, v in value.items()}}
    if kind.startswith("RaggedTensor") and hasattr(value, "to_list"):
        return {"is": "ragged", "dtype": value.dtype.name, "value": _plain(value.to_list())}
    if kind in ("SparseTensor", "SparseTensorValue"):
        parts = (value.indices, value.values, value.dense_shape)
        return {"is": "sparse", "value": [described(part, arrays) for part in parts]}
    if kind == "IndexedSlices":  # gradients of gathers, which are dense elsewhere
        dense = np.zeros([int(n) for n in value.dense_shape], value.values.dtype.as_numpy_dtype)
        np.add.at(dense, value.indices.numpy(), value.values.numpy())
        return _array("tensor", value.values.dtype.name, dense, arrays)
    if hasattr(value, "numpy") and hasattr(value, "dtype"):
        return _array("tensor", value.dtype.name, np.asarray(value.numpy()), arrays)
    if isinstance(value, (np.ndarray, np.generic)):
        return _array("array", value.dtype.name, np.asarray(value), arrays)
    if isinstance(value, (list, tuple)):
        return {"is": "list", "value": [described(item, arrays) for item in value]}
    raise TypeError(f"A case gave a {type(value)}, which cannot be recorded: make it tensors, arrays or numbers.")


def _array(what: str, dtype: str, array: np.ndarray, arrays: list[np.ndarray]) -> dict[str, Any]:
    entry: dict[str, Any] = {"is": what, "dtype": dtype, "shape": list(array.shape)}
    if array.dtype.kind in "OSU":
        return entry | {"text": _plain(array.tolist())}
    if array.dtype.kind not in "fiubc":  # bfloat16
        array = array.astype(np.float32)
    arrays.append(array)
    return entry | {"array": len(arrays) - 1}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.decode("latin-1") if isinstance(value, bytes) else value


def write(area: str, results: dict[str, Any], errors: dict[str, str], arrays: list[np.ndarray]) -> None:
    DATA.mkdir(exist_ok=True)
    lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in results.items()]
    wrong = [f"{json.dumps(name)}: {json.dumps(kind)}" for name, kind in errors.items()]
    text = '{"results": {\n' + ",\n".join(lines) + '\n}, "errors": {\n' + ",\n".join(wrong) + "\n}}\n"
    (DATA / f"{area}.json").write_text(text)
    np.savez_compressed(DATA / f"{area}.npz", **{str(i): array for i, array in enumerate(arrays)})


def read(area: str) -> tuple[dict[str, Any], dict[str, str], list[np.ndarray]]:
    """The results, the exceptions' types and the arrays that were recorded."""
    held = json.loads((DATA / f"{area}.json").read_text())
    with np.load(DATA / f"{area}.npz") as archive:
        arrays = [archive[str(i)] for i in range(len(archive.files))]
    return held["results"], held["errors"], arrays
