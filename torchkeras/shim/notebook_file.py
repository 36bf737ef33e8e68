"""Writing the executed copy of a notebook."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any


def with_outputs(
    notebook: dict[str, Any], results: dict[int, tuple[int | None, list[dict[str, Any]]]]
) -> dict[str, Any]:
    """The notebook with the given cells' (execution count, outputs), and no outputs elsewhere."""
    cells = []
    for place, cell in enumerate(notebook["cells"]):
        if cell.get("cell_type") == "code":
            count, outputs = results.get(place, (None, []))
            cell = cell | {"execution_count": count, "outputs": [_lines(output) for output in outputs]}
        cells.append(cell)
    # Older files lack what readers ask for.
    return {"metadata": {}, "nbformat": 4, "nbformat_minor": 5} | notebook | {"cells": cells}


def _lines(output: dict[str, Any]) -> dict[str, Any]:
    # Jupyter writes long texts as lists of lines, which keeps differences readable.
    if isinstance(output.get("text"), str):
        return output | {"text": output["text"].splitlines(keepends=True)}
    return output


def write_notebook(notebook: dict[str, Any], path: Path) -> None:
    """Writes it as Jupyter does; what stood there stays until all is written."""
    text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
