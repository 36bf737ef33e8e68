"""The pieces of Python in a script, a notebook or a Markdown document, with the lines they stand on."""

from __future__ import annotations

import json
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOTEBOOKS = (".ipynb",)
DOCUMENTS = (".md", ".markdown", ".txt", ".rst", ".qmd", ".Rmd")
_PYTHON = ("python", "python3", "py", "ipython", "ipython3", "pycon", "tensorflow")


@dataclass(frozen=True)
class Block:
    """One piece of Python.

    Attributes:
        number: which of the file's pieces it is, from 1: what `--skip` takes.
        source: the code.
        filename: what tracebacks name: the file, or the notebook's cell.
        first_line: the line of that file on which the code begins.
        cell: the place of a notebook's cell among all its cells.
    """

    number: int
    source: str
    filename: str
    first_line: int = 1
    cell: int = 0


class SourceError(ValueError):
    """A file that cannot be read as what its ending says."""


def blocks_of(path: Path) -> list[Block]:
    """The pieces of Python in a file, in order; a script is one piece."""
    ending = path.suffix
    if ending in NOTEBOOKS:
        return notebook_blocks(read_notebook(path), str(path))
    if ending in DOCUMENTS:
        return document_blocks(_text(path), str(path))
    return [Block(1, _text(path), str(path))]


def _text(path: Path) -> str:
    if path.suffix in (".py", ".pyw"):
        with tokenize.open(path) as file:  # heeds a coding line
            return file.read()
    return path.read_text(encoding="utf-8-sig")


# --- notebooks ------------------------------------------------------------------------------------------------


def read_notebook(path: Path) -> dict[str, Any]:
    """A notebook's JSON; SourceError for what is none, or one of before 2014."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8-sig"))
        cells = notebook.get("cells")
    except (ValueError, AttributeError) as error:
        raise SourceError(f"{path} is not a notebook: expected JSON of Jupyter's format 4 ({error})") from error
    if not isinstance(cells, list):
        raise SourceError(
            f"{path} has notebook format {notebook.get('nbformat')}; expected 4. Convert it with "
            f"`jupyter nbconvert --to notebook --nbformat 4 {path.name}`."
        )
    return dict(notebook)


def notebook_blocks(notebook: dict[str, Any], name: str) -> list[Block]:
    """The code cells of a notebook; tracebacks name the cell, as `file.ipynb[3]`."""
    found: list[Block] = []
    for place, cell in enumerate(notebook["cells"]):
        if cell.get("cell_type") == "code":
            number = len(found) + 1
            source = cell.get("source", "")
            text = source if isinstance(source, str) else "".join(source)
            found.append(Block(number, _unindented(text), f"{name}[{number}]", cell=place))
    return found


# --- documents ------------------------------------------------------------------------------------------------

_FENCE = re.compile(r"^(?P<indent>[ \t>]*)(?P<fence>`{3,}|~{3,})(?P<info>.*)$")


def document_blocks(text: str, name: str) -> list[Block]:
    """The Python blocks of a Markdown document: fenced ones marked as Python.

    Where no fenced block of the document is marked as Python, the ones without any mark are taken.
    """
    marked: list[tuple[str, int]] = []
    plain: list[tuple[str, int]] = []
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        opening = _FENCE.match(lines[at])
        at += 1
        if opening is None or ("`" in opening["info"] and opening["fence"][0] == "`"):  # ```in a line```
            continue
        first = at
        while at < len(lines) and not _closes(lines[at], opening["fence"]):
            at += 1
        body = "\n".join(_dedented(line, opening["indent"]) for line in lines[first:at])
        at += 1
        language = _language(opening["info"])
        if language in _PYTHON:
            marked.append((body, first + 1))
        elif not language:
            plain.append((body, first + 1))
    return [
        Block(number, _unindented(_without_prompts(body)), name, line)
        for number, (body, line) in enumerate(marked or plain, start=1)
    ]


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip(" \t>")
    return len(stripped) >= len(fence) and set(stripped) == {fence[0]}


def _language(info: str) -> str:
    # ```python, ``` py title="x", ```{python}, ```{.python .numberLines}, ```python{2,3}
    words = re.findall(r"[A-Za-z0-9_+#-]+", info)
    return words[0].lower() if words else ""


def _dedented(line: str, indent: str) -> str:
    if line.startswith(indent):
        return line[len(indent) :]
    return line.lstrip(" \t") if not line[: len(indent)].strip() else line


def _without_prompts(body: str) -> str:
    """Code as it was typed at Python's prompt, without the prompts and what was answered, on the same lines."""
    lines = body.splitlines()
    begun = next((line for line in lines if line.strip()), "")
    if not begun.startswith(">>>"):
        return body
    return "\n".join(line[4:] if line.startswith((">>>", "...")) else "" for line in lines)


def _unindented(body: str) -> str:
    """The code moved left by its first line's indentation, as IPython does; comments do not count as first."""
    lines = body.split("\n")
    code = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    width = len(code) - len(code.lstrip(" "))
    if not width:
        return body
    return "\n".join(line[min(width, len(line) - len(line.lstrip(" "))) :] for line in lines)
