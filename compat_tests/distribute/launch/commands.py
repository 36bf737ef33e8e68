"""Commands that start processes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from compat_tests.shim.processes import environment

_OF_RANKS = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "TF_CONFIG")


def surroundings(**more: str) -> dict[str, str]:
    """The environment of a launcher."""
    return {name: value for name, value in environment(**more).items() if name not in _OF_RANKS}


def finished(command: list[str], folder: str | os.PathLike[str] | None = None, **more: str) -> Any:
    """A command, run to its end."""
    return subprocess.run(
        command, capture_output=True, text=True, cwd=folder or Path.cwd(), env=surroundings(**more), timeout=120
    )
