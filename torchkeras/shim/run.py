"""`python -m torchkeras run`: a script, notebook or document written for TensorFlow, with the import hook on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torchkeras.shim import kernel, screens
from torchkeras.shim.cells import Cells
from torchkeras.shim.display import RecordingStream, Screen, provide_ipython
from torchkeras.shim.hook import install
from torchkeras.shim.main_module import become_main
from torchkeras.shim.notebook_file import with_outputs, write_notebook
from torchkeras.shim.sources import (
    DOCUMENTS,
    NOTEBOOKS,
    Block,
    SourceError,
    document_blocks,
    notebook_blocks,
    read_notebook,
)
from torchkeras.shim.tracebacks import report

# Named, not imported: it imports matplotlib, which loads it by this name.
FIGURES = "module://torchkeras.shim.figures"


@dataclass(frozen=True)
class Run:
    """What is to be run.

    Attributes:
        path: the script, notebook or document.
        arguments: its `sys.argv[1:]`.
        output: where the executed copy of a notebook goes.
        skip: numbers of the blocks, or of the notebook's code cells, that are left out.
    """

    path: Path
    arguments: tuple[str, ...] = ()
    output: Path | None = None
    skip: frozenset[int] = frozenset()


def run(task: Run) -> int:
    """Runs a file with the hook on; the exit status."""
    is_notebook = task.path.suffix in NOTEBOOKS
    if task.output is not None and not is_notebook:
        raise SourceError(f"--output keeps the executed copy of a notebook, and {task.path} is none.")
    if task.skip and not is_notebook and task.path.suffix not in DOCUMENTS:
        raise SourceError(
            f"--skip leaves out blocks of a document or cells of a notebook, and {task.path} is a script."
        )
    install()
    if is_notebook:
        return _run_notebook(task)
    if task.path.suffix in DOCUMENTS:
        return _run_document(task)
    return _run_script(task)


def _run_script(task: Run) -> int:
    source = task.path.read_bytes()
    main = become_main(task.path, list(task.arguments), script=True)
    filename = str(task.path)

    def steps() -> Iterator[str]:
        yield filename
        exec(compile(source, filename, "exec", dont_inherit=True), main.__dict__)

    return _guarded(steps())


def _run_document(task: Run) -> int:
    blocks = document_blocks(task.path.read_text(encoding="utf-8-sig"), str(task.path))
    if not blocks:
        raise SourceError(f"{task.path} has no fenced blocks of Python.")
    _check_skip(task.skip, len(blocks), "blocks of Python")
    main = become_main(task.path, list(task.arguments), script=False)
    main.__file__ = str(task.path)

    def steps(cells: Cells) -> Iterator[str]:
        for block in blocks:
            if block.number not in task.skip:
                yield block.filename
                _run_block(cells, block, f"block {block.number} of {task.path}, line {block.first_line}")

    with _screen(record=False) as screen:
        return _guarded(steps(Cells(main.__dict__, screen)))


def _run_notebook(task: Run) -> int:
    notebook = read_notebook(task.path)
    blocks = notebook_blocks(notebook, task.path.name)
    _check_skip(task.skip, len(blocks), "code cells")
    if task.output is not None and kernel.available():
        return kernel.run_in_kernel(notebook, task.path.resolve().parent, task.skip, task.output)
    results: dict[int, tuple[int | None, list[dict[str, Any]]]] = {}
    output = None if task.output is None else task.output.resolve()
    main = become_main(task.path, list(task.arguments), script=False)
    # Where Jupyter would run it.
    os.chdir(task.path.resolve().parent)

    def steps(cells: Cells) -> Iterator[str]:
        for block in blocks:
            tags = notebook["cells"][block.cell].get("metadata", {}).get("tags", [])
            if block.number in task.skip or "skip-execution" in tags:
                continue
            yield block.filename
            try:
                _run_block(cells, block, f"cell {block.number} of {task.path}")
            except BaseException as error:
                if "raises-exception" not in tags or not isinstance(error, Exception):
                    raise
                screen.error(error, report(error, block.filename))
            finally:
                results[block.cell] = (cells.count, screen.take())

    with _screen(record=output is not None) as screen:
        cells = Cells(main.__dict__, screen)
        status = _guarded(steps(cells), screen)
        failed = screen.take()
    if output is not None:
        if failed:
            place = max(results)
            results[place] = (results[place][0], results[place][1] + failed)
        write_notebook(with_outputs(notebook, results), output)
    return status


def _run_block(cells: Cells, block: Block, place: str) -> None:
    try:
        cells.run(block)
    except SyntaxError as error:
        if error.filename == block.filename:
            note = f"In {place}. If it is not code, leave it out with --skip {block.number}."
            if sys.version_info >= (3, 11):
                error.add_note(note)
            else:
                error.msg += f"\n{note}"
        raise


def _check_skip(skip: frozenset[int], count: int, what: str) -> None:
    wrong = sorted(number for number in skip if not 1 <= number <= count)
    if wrong:
        raise SourceError(f"--skip {wrong[0]}: there are {count} {what}, numbered from 1.")


def _guarded(steps: Iterator[str], screen: Screen | None = None) -> int:
    """Runs the steps, each of which first says the file it is in; the exit status, errors reported from there on."""
    filename = ""
    try:
        for step in steps:
            filename = step
    except SystemExit as ended:
        return _exit_status(ended.code)
    except KeyboardInterrupt as error:
        report(error, filename)
        return 130
    except BaseException as error:
        lines = report(error, filename)
        if screen is not None:
            screen.error(error, lines)
        return 1
    return 0


def _exit_status(code: Any) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    print(code, file=sys.stderr)
    return 1


@contextmanager
def _screen(record: bool) -> Iterator[Screen]:
    """The screen of a run; figures come to it unless the user has chosen another backend."""
    screen = Screen(record)
    os.environ.setdefault("MPLBACKEND", FIGURES)
    take_away = provide_ipython(screen)
    streams = sys.stdout, sys.stderr
    screens.current = screen
    if record:
        sys.stdout = RecordingStream(streams[0], "stdout", screen)
        sys.stderr = RecordingStream(streams[1], "stderr", screen)
    try:
        yield screen
    finally:
        sys.stdout, sys.stderr = streams
        screens.current = None
        take_away()
