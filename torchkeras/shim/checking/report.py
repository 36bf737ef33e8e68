"""Checks files and prints what they use that is not supported."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

from torchkeras.core.errors import nearest
from torchkeras.shim.advice import BLOCKED, OPTIONAL
from torchkeras.shim.checking.arguments import unknown_keywords
from torchkeras.shim.checking.uses import Use, Uses
from torchkeras.shim.magics import python_of
from torchkeras.shim.names import public_name
from torchkeras.shim.sources import Block, SourceError, blocks_of
from torchkeras.shim.support import corpus_files, resolve


@dataclass(frozen=True)
class Finding:
    """Something a file uses that is not there.

    Attributes:
        place: 'file:line'.
        text: what is missing, how often tutorials use it, what to use instead.
    """

    place: str
    text: str


def check(paths: list[Path]) -> int:
    """Prints the findings of these files; 1 where there are any, 2 where a file cannot be read."""
    status = 0
    for path in paths:
        try:
            findings, count = findings_of(path)
        except (SourceError, OSError, SyntaxError, UnicodeDecodeError) as error:
            print(f"{path}: cannot be checked: {error}", file=sys.stderr)
            status = 2
            continue
        for finding in findings:
            print(f"{finding.place}: {finding.text}")
        print(f"{path}: {count} names of TensorFlow and Keras used, {len(findings) or 'no'} places to change")
        if findings and status == 0:
            status = 1
    return status


def findings_of(path: Path) -> tuple[list[Finding], int]:
    """What a file uses that is not supported, and how many names of TensorFlow and Keras it uses in all."""
    blocks = blocks_of(path)
    findings: list[Finding] = []
    names: set[str] = set()
    # Documents often leave the imports to the reader.
    uses = Uses({} if path.suffix == ".py" else {"tf": "tensorflow", "keras": "keras"})
    for block in blocks:
        try:
            tree = ast.parse(python_of(block.source))
        except SyntaxError as error:
            if path.suffix == ".py":
                raise
            line = _line(block, error.lineno or 1)
            findings.append(
                Finding(line, f"block {block.number} is not Python ({error.msg}); run leaves it out with --skip")
            )
            continue
        uses.found.clear()
        uses.visit(tree)
        for use in dict.fromkeys(uses.found):
            text = _fault(use)
            if not use.of_instance:
                names.add(public_name(use.name))
            if text and Finding(_line(block, use.line), text) not in findings:
                findings.append(Finding(_line(block, use.line), text))
    return findings, len(names)


def _line(block: Block, line: int) -> str:
    return f"{block.filename}:{block.first_line + line - 1}"


def _fault(use: Use) -> str:
    """What is wrong with a use, or nothing."""
    root = use.name.partition(".")[0]
    if root in BLOCKED or root in OPTIONAL:
        # The import says it once; what is used of it later adds nothing.
        advice = BLOCKED.get(root) or OPTIONAL[root]
        return "" if "." in use.name else f"{root} needs TensorFlow; {advice}"
    found = resolve(use.name)
    name = public_name(use.name)
    if use.of_instance:
        if not found.found or not found.complete:
            return ""  # an attribute that an instance has for itself
    elif not found.found:
        return f"{name} is not supported{_frequency(name)}" + (f"; {found.hint}" if found.hint else "")
    if not use.called or not found.complete:
        return ""
    wrong = unknown_keywords(found.value, use.keywords)
    if not wrong:
        return ""
    parts = []
    for word, known in wrong.items():
        guess = nearest(word, known)
        parts.append(f"{word!r}" + (f" (nearest: {guess!r})" if guess else ""))
    return f"{name} does not take {', '.join(parts)}"


def _frequency(name: str) -> str:
    count = corpus_files().get(name, 0)
    return f" (used by {count} of the tutorials counted)" if count else ""
