"""The configs that real ones of Keras wrote, from `data/`."""

from __future__ import annotations

import functools
import gzip
import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
VERSIONS = sorted(path.name.removesuffix(".json.gz") for path in DATA.glob("*.json.gz"))


@functools.cache
def _text(version: str) -> str:
    with gzip.open(DATA / f"{version}.json.gz", "rt", encoding="utf-8") as file:
        return file.read()


def items(version: str) -> dict[str, Any]:
    """By name: the forms of a model's config, its weights' shapes, its outputs' shapes."""
    found: dict[str, Any] = json.loads(_text(version))["items"]
    return found


def form(version: str, name: str, kind: str = "json") -> Any:
    """One config: as `to_json`, a `.keras` archive or an `.h5` file has it."""
    return items(version)[name]["forms"][kind]
