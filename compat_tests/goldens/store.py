"""Read and write the records: per family one .npz of `case/key` arrays and one .json of the rest."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).with_name("data")

Arrays = dict[str, np.ndarray]
Meta = dict[str, Any]


def families() -> list[str]:
    """Return the families on disk."""
    return sorted(path.stem for path in DATA.glob("*.npz"))


def load_family(family: str) -> dict[str, tuple[Arrays, Meta]]:
    """Read all records of a family, by case name."""
    metas = json.loads((DATA / f"{family}.json").read_text())
    records: dict[str, tuple[Arrays, Meta]] = {name: ({}, meta) for name, meta in metas.items()}
    with np.load(DATA / f"{family}.npz", allow_pickle=False) as archive:
        for key in archive.files:
            name, field = key.rsplit("/", 1)
            records[name][0][field] = archive[key]
    return records


_cached_family = functools.lru_cache(maxsize=None)(load_family)


def load(family: str, name: str) -> tuple[Arrays, Meta]:
    """Return one case's (arrays, meta). Treat both as read-only."""
    try:
        return _cached_family(family)[name]
    except (FileNotFoundError, KeyError):
        raise LookupError(
            f"No record of {name!r} in family {family!r}. Record it with "
            f"`python -m compat_tests.goldens.record --only {name}` where tf_keras is installed."
        ) from None


def save_family(family: str, records: dict[str, tuple[Arrays, Meta]]) -> None:
    """Write a family. The same records give the same bytes."""
    DATA.mkdir(exist_ok=True)
    ordered = dict(sorted(records.items()))
    flat = {
        f"{name}/{field}": value for name, (arrays, _) in ordered.items() for field, value in sorted(arrays.items())
    }
    np.savez_compressed(DATA / f"{family}.npz", **flat)
    metas = {name: meta for name, (_, meta) in ordered.items()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(meta, sort_keys=True)}" for name, meta in metas.items())
    (DATA / f"{family}.json").write_text("{\n" + lines + "\n}\n")


def save_versions(versions: dict[str, str]) -> None:
    (DATA / "VERSIONS.json").write_text(json.dumps(versions, indent=2, sort_keys=True) + "\n")
