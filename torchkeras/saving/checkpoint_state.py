"""The file `checkpoint` of a folder, which says which checkpoints there are and which is the latest."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from torchkeras.core.files import written_whole
from torchkeras.saving.errors import UnreadableFile

NAME = "checkpoint"
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
#: The paths of some ten thousand checkpoints.
_MOST = 1 << 22


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
    found = _fields(path)
    if "model_checkpoint_path" not in found:
        return None
    try:
        stamps = (
            [float(stamp) for stamp in found.get("all_model_checkpoint_timestamps", [])],
            float(found.get("last_preserved_timestamp", ["0"])[0]),
        )
    except ValueError:
        return None  # not TensorFlow's form: it passes over such a file, too
    whole = [p if os.path.isabs(p) else os.path.join(folder, p) for p in found.get("all_model_checkpoint_paths", [])]
    latest = found["model_checkpoint_path"][0]
    return CheckpointState(
        latest if os.path.isabs(latest) else os.path.join(folder, latest),
        whole,
        *stamps,
    )


def _fields(path: str) -> dict[str, list[str]]:
    """The values by name, of which a line has one each: `name: value` or `name: "text"`."""
    with open(path, "rb") as file:
        content = file.read(_MOST + 1)
    if len(content) > _MOST:
        raise UnreadableFile(f"Cannot read {path!r}: it has more than {_MOST} bytes, and should name checkpoints.")
    found: dict[str, list[str]] = {}
    for line in content.splitlines():
        name, _, value = (part.strip() for part in line.partition(b":"))
        if len(value) > 1 and value.startswith(b'"') and value.endswith(b'"'):
            value = _ESCAPE.sub(_escaped, value[1:-1])
        try:
            found.setdefault(name.decode(), []).append(value.decode())
        except UnicodeDecodeError:
            raise UnreadableFile(
                f"Cannot read {path!r}: it holds {line[:60]!r}, and should name checkpoints in text. Remove it, or "
                f"pass the path of the checkpoint itself."
            ) from None
    return found


def _escaped(match: re.Match[bytes]) -> bytes:
    """What an escape stands for: a byte in octal digits, as older TensorFlow writes letters, or the sign itself."""
    return bytes([int(match[1], 8) & 0xFF]) if match[1].isdigit() else match[1]


__all__ = ["CheckpointState", "read", "update"]
