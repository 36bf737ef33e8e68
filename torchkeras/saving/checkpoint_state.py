"""The file `checkpoint` of a folder, which says which checkpoints there are and which is the latest."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from torchkeras.core.files import written_whole

NAME = "checkpoint"
_LINE = re.compile(r'^\s*(\w+):\s*"?((?:[^"\\]|\\.)*?)"?\s*$')


class CheckpointState(NamedTuple):
    """What the file says; paths are whole."""

    model_checkpoint_path: str
    all_model_checkpoint_paths: list[str]
    all_model_checkpoint_timestamps: list[float]
    last_preserved_timestamp: float


def update(
    folder: str, latest: str, all_paths: list[str], timestamps: list[float] | None = None, preserved: float = 0.0
) -> None:
    """Writes the file; paths within the folder are written without it."""
    lines = [f'model_checkpoint_path: "{_within(folder, latest)}"']
    lines += [f'all_model_checkpoint_paths: "{_within(folder, path)}"' for path in all_paths]
    lines += [f"all_model_checkpoint_timestamps: {stamp}" for stamp in timestamps or []]
    if timestamps:
        lines.append(f"last_preserved_timestamp: {preserved}")
    with written_whole(os.path.join(folder, NAME)) as file:
        file.write(("\n".join(lines) + "\n").encode())


def _within(folder: str, path: str) -> str:
    if os.path.abspath(os.path.dirname(path) or ".") == os.path.abspath(folder):
        path = os.path.basename(path)
    return path.replace("\\", "\\\\").replace('"', '\\"')


def read(folder: str, name: str | None = None) -> CheckpointState | None:
    """What the file of a folder says; None where there is none."""
    path = os.path.join(folder, name or NAME)
    if not os.path.isfile(path):
        return None
    found: dict[str, list[str]] = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if match := _LINE.match(line):
                text = match[2].replace('\\"', '"').replace("\\\\", "\\")
                found.setdefault(match[1], []).append(text)
    if "model_checkpoint_path" not in found:
        return None
    whole = [p if os.path.isabs(p) else os.path.join(folder, p) for p in found.get("all_model_checkpoint_paths", [])]
    latest = found["model_checkpoint_path"][0]
    return CheckpointState(
        latest if os.path.isabs(latest) else os.path.join(folder, latest),
        whole,
        [float(t) for t in found.get("all_model_checkpoint_timestamps", [])],
        float(found.get("last_preserved_timestamp", ["0"])[0]),
    )


__all__ = ["CheckpointState", "read", "update"]
