"""Dot: a drawn model, with the methods of pydot's class of that name that tutorials use."""

from __future__ import annotations

import os
from typing import Any

from torchkeras.utils.plotting.diagram import Box, Diagram
from torchkeras.utils.plotting.layout import lay_out
from torchkeras.utils.plotting.render import to_bytes

_DIRECTIONS = ("TB", "LR")
_TEXTS = ("dot", "gv", "raw")


class Dot:
    """The graph of a model: `to_string()` is graphviz's language, `create` and `write` draw it themselves.

    Args:
        diagram: what it shows.
        rankdir: "TB" from top to bottom, "LR" from left to right.
        dpi: pixels to the inch.
    """

    def __init__(self, diagram: Diagram, rankdir: str = "TB", dpi: float = 96) -> None:
        if rankdir not in _DIRECTIONS:
            raise ValueError(f"Expected `rankdir` to be one of {_DIRECTIONS}. Received: rankdir={rankdir!r}")
        self.diagram, self.rankdir, self.dpi = diagram, rankdir, dpi

    def create(self, prog: Any = None, format: str = "png") -> bytes:
        """The picture as the content of a file of this kind; `prog` is not needed."""
        if format in _TEXTS:
            return self.to_string().encode()
        return to_bytes(lay_out(self.diagram, self.rankdir == "LR"), format, self.dpi)

    def write(self, path: str | os.PathLike[str], prog: Any = None, format: str = "raw") -> bool:
        """Writes the picture, or with the format "raw" the text, into a file."""
        content = self.create(prog, format)
        with open(path, "wb") as file:
            file.write(content)
        return True

    def create_svg(self, prog: Any = None) -> bytes:
        return self.create(prog, "svg")

    def create_png(self, prog: Any = None) -> bytes:
        return self.create(prog, "png")

    def write_svg(self, path: str | os.PathLike[str], prog: Any = None) -> bool:
        return self.write(path, prog, "svg")

    def write_png(self, path: str | os.PathLike[str], prog: Any = None) -> bool:
        return self.write(path, prog, "png")

    def to_string(self) -> str:
        """The graph in graphviz's language."""
        lines = ["digraph G {", f"rankdir={self.rankdir};", "concentrate=true;", f"dpi={self.dpi:g};"]
        lines += ["node [shape=record];", *_statements(self.diagram), "}", ""]
        return "\n".join(lines)

    def _repr_svg_(self) -> str:
        """How a notebook shows it."""
        return self.create_svg().decode()


def _statements(diagram: Diagram) -> list[str]:
    lines = []
    for box in diagram.boxes:
        if box.inner is None:
            lines.append(f'{box.key} [label="{_label(box.fields)}"];')
        else:
            lines += [f"subgraph cluster_{box.key} {{", "style=dashed;", f'label="{_quoted(box.inner.name)}";']
            lines += ["labeljust=l;", *_statements(box.inner), "}"]
    for source, target in diagram.edges:
        lines.append(f"{_end(diagram.boxes[source], -1)} -> {_end(diagram.boxes[target], 0)};")
    return lines


def _end(box: Box, which: int) -> str:
    """The key of a box, or of the first or last box inside a nested model."""
    return box.key if box.inner is None else _end(box.inner.boxes[which], which)


def _label(fields: Any) -> str:
    if isinstance(fields, str):
        return _quoted(fields)
    return "|".join(_label(part) if isinstance(part, str) else "{" + _label(part) + "}" for part in fields)


def _quoted(text: str) -> str:
    return "".join("\\" + c if c in '\\"{}|<>' else c for c in text)
