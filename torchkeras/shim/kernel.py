"""Runs a notebook in a Jupyter kernel, where nbclient and ipykernel are installed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from torchkeras.shim.notebook_file import with_outputs, write_notebook


def available() -> bool:
    """Whether a kernel can be started."""
    return all(importlib.util.find_spec(name) is not None for name in ("nbclient", "nbformat", "ipykernel"))


def run_in_kernel(notebook: dict[str, Any], folder: Path, skip: frozenset[int], output: Path) -> int:
    """Runs the cells in a kernel with the hook on, shows their outputs and writes the executed copy.

    Args:
        notebook: the notebook's JSON.
        folder: where the kernel works.
        skip: numbers of code cells that are left out.
        output: where the copy goes, also when a cell fails.

    Returns:
        The exit status: 1 where a cell failed.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    made = nbformat.from_dict({"metadata": {}, "nbformat_minor": 5, **notebook})
    number = 0
    for cell in made.cells:
        cell.source = "".join(cell.source)
        if cell.cell_type == "code":
            number += 1
            cell.outputs, cell.execution_count = [], None
            if number in skip:
                cell.metadata = nbformat.from_dict({"tags": ["skip-execution"]})
    client: Any = NotebookClient(
        made,
        kernel_name="python3",
        timeout=None,
        resources={"metadata": {"path": str(folder)}},
        skip_cells_with_tag="skip-execution",
        # Loaded before the first cell.
        extra_arguments=["--IPKernelApp.extensions=torchkeras.shim.kernel_extension", "--IPKernelApp.log_level=ERROR"],
        on_cell_executed=lambda cell, cell_index, execute_reply: _print(cell),
    )
    try:
        client.execute()
        status = 0
    except CellExecutionError as error:
        # The traceback stands among the cell's outputs, and has been printed.
        sys.stderr.write(f"{error.ename}: {error.evalue}\n")
        status = 1
    results = {
        place: (cell.execution_count, cell.outputs) for place, cell in enumerate(made.cells) if cell.cell_type == "code"
    }
    write_notebook(with_outputs(notebook, results), output)
    return status


def _print(cell: Any) -> None:
    for output in cell.outputs:
        if output.output_type == "stream":
            (sys.stderr if output.name == "stderr" else sys.stdout).write(output.text)
        elif output.output_type == "error":
            sys.stderr.write("\n".join(output.traceback) + "\n")
        else:
            print(output.data.get("text/plain", ""))
    sys.stdout.flush()
