"""What a running notebook or document shows: the last value of a cell, `display`, pictures, streams."""

from __future__ import annotations

import base64
import importlib.util
import io
import pprint
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

Bundle = dict[str, Any]

_RICH = {
    "_repr_html_": "text/html",
    "_repr_markdown_": "text/markdown",
    "_repr_latex_": "text/latex",
    "_repr_svg_": "image/svg+xml",
    "_repr_png_": "image/png",
    "_repr_jpeg_": "image/jpeg",
}


class Screen:
    """Shows values on the terminal, and keeps them for the saved copy where one is asked for.

    Args:
        record: whether outputs are kept, in the form in which a notebook's file has them.
    """

    def __init__(self, record: bool = False) -> None:
        self.record = record
        self.outputs: list[Bundle] = []
        self._clear_next = False

    def show(self, *values: Any, **_: Any) -> None:
        """IPython's `display`."""
        for value in values:
            self._show(value, "display_data")

    def result(self, value: Any, count: int) -> None:
        """The value of a cell's last expression."""
        if value is not None:
            self._show(value, "execute_result", execution_count=count)

    def clear(self, wait: bool = False) -> None:
        """IPython's `clear_output`: empties the saved cell; on the terminal what is written stays."""
        if wait:
            self._clear_next = True
        else:
            self.outputs.clear()

    def stream(self, name: str, text: str) -> None:
        if not text:
            return
        self._clear_if_due()
        if self.outputs and self.outputs[-1].get("name") == name:
            self.outputs[-1]["text"] += text
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": text})

    def error(self, error: BaseException, lines: list[str]) -> None:
        kind = {"output_type": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": lines}
        self.outputs.append(kind)

    def take(self) -> list[Bundle]:
        """The outputs since the last time."""
        taken, self.outputs, self._clear_next = self.outputs, [], False
        return taken

    def _show(self, value: Any, kind: str, **more: Any) -> None:
        data = bundle_of(value, rich=self.record)
        # Past the recording streams: shown on the terminal as text, kept in the file as data.
        stream = sys.stdout.terminal if isinstance(sys.stdout, RecordingStream) else sys.stdout
        print(data.get("text/plain", ""), file=stream, flush=True)
        if self.record:
            self._clear_if_due()
            self.outputs.append({"output_type": kind, "data": data, "metadata": {}, **more})

    def _clear_if_due(self) -> None:
        if self._clear_next:
            self.outputs.clear()
            self._clear_next = False


class RecordingStream(io.TextIOBase):
    """stdout or stderr of a recorded run: the terminal sees it and the saved copy keeps it."""

    def __init__(self, terminal: TextIO, name: str, screen: Screen) -> None:
        self.terminal, self._name, self._screen = terminal, name, screen

    def write(self, text: str) -> int:
        self.terminal.write(text)
        self._screen.stream(self._name, text)
        return len(text)

    def flush(self) -> None:
        self.terminal.flush()

    def fileno(self) -> int:
        return self.terminal.fileno()

    def isatty(self) -> bool:
        return False  # a progress bar that is redrawn would fill the saved copy

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.terminal.encoding

    def writable(self) -> bool:
        return True


def bundle_of(value: Any, rich: bool = True) -> Bundle:
    """A value as a notebook keeps it: text, and what else it can be shown as."""
    if type(value) in (list, dict, tuple, set):
        data: Bundle = {"text/plain": pprint.pformat(value, sort_dicts=False)}
    else:
        data = {"text/plain": repr(value)}
    if not rich or isinstance(value, type):
        return data
    for method, kind in _RICH.items():
        made = getattr(value, method, None)
        content = made() if callable(made) else None
        if content is not None:
            data[kind] = base64.b64encode(content).decode() if isinstance(content, bytes) else content
    if hasattr(value, "savefig") and "image/png" not in data:  # a matplotlib figure
        file = io.BytesIO()
        value.savefig(file, format="png", bbox_inches="tight")
        data["image/png"] = base64.b64encode(file.getvalue()).decode()
    return data


# --- IPython.display where there is no IPython ------------------------------------------------------------------


class _Content:
    """What `IPython.display.HTML` and its like keep."""

    _is_binary = False  # what it is of may be a file's name; its bytes are kept as they are

    def __init__(self, data: Any = None, url: str | None = None, filename: Any = None, **_: Any) -> None:
        named = data if filename is None and self._is_binary and self._is_file(data) else filename
        self.data = Path(named).read_bytes() if named is not None else data
        self.url = url
        if isinstance(self.data, bytes) and not self._is_binary:
            self.data = self.data.decode()

    @staticmethod
    def _is_file(data: Any) -> bool:
        return isinstance(data, (str, Path)) and "\n" not in str(data) and Path(data).is_file()

    def __repr__(self) -> str:
        return f"<IPython.core.display.{type(self).__name__} object>"


class HTML(_Content):
    def _repr_html_(self) -> Any:
        return self.data


class Markdown(_Content):
    def _repr_markdown_(self) -> Any:
        return self.data


class Latex(_Content):
    def _repr_latex_(self) -> Any:
        return self.data


class SVG(_Content):
    _is_binary = True

    def _repr_svg_(self) -> Any:
        return self.data.decode() if isinstance(self.data, bytes) else self.data


class Image(_Content):
    _is_binary = True

    def _repr_png_(self) -> Any:
        return self.data if isinstance(self.data, bytes) and self.data[:4] == b"\x89PNG" else None

    def _repr_jpeg_(self) -> Any:
        return self.data if isinstance(self.data, bytes) and self.data[:2] == b"\xff\xd8" else None


class Audio(_Content):
    _is_binary = True


class Video(_Content):
    _is_binary = True


class Javascript(_Content):
    pass


def provide_ipython(screen: Screen) -> Callable[[], None]:
    """`IPython.display` for a notebook where IPython is not installed; the result takes it away again."""
    if importlib.util.find_spec("IPython") is not None:
        return lambda: None
    package, module = ModuleType("IPython"), ModuleType("IPython.display")
    package.__path__ = []
    vars(package).update(display=module, get_ipython=lambda: None, version_info=(0, 0), __version__="0")
    contents = (HTML, Markdown, Latex, SVG, Image, Audio, Video, Javascript)
    vars(module).update({content.__name__: content for content in contents})
    vars(module).update(display=screen.show, clear_output=screen.clear, Math=Latex)
    sys.modules.update({"IPython": package, "IPython.display": module})

    def take_away() -> None:
        for name in ("IPython", "IPython.display"):
            sys.modules.pop(name, None)

    return take_away
