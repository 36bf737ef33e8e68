"""What `get_ipython()` gives in a cell or document that runs without IPython: magics, commands."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from torchkeras.core.errors import did_you_mean
from torchkeras.shim.commands import installs, say, say_skipped, with_hook
from torchkeras.shim.magic_functions import CELL, LINE, UNEXPANDED


class UsageError(Exception):
    """A magic that is not known here."""


class Shell:
    """The part of IPython's shell that notebooks use.

    Args:
        namespace: the variables of the running notebook or document.
        run: runs a piece of source in that namespace and returns the last expression's value.
    """

    def __init__(self, namespace: dict[str, Any], run: Callable[[str], Any]) -> None:
        self.user_ns = namespace
        self.run = run

    def run_line_magic(self, name: str, line: str = "", _stack_depth: int = 1) -> Any:
        """`%name line`."""
        return _known(name, LINE, "%")(self, line if name in UNEXPANDED else self.expanded(line))

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        """`%%name line`, with the rest of the cell."""
        return _known(name, CELL, "%%")(self, line, cell)

    def magic(self, text: str) -> Any:
        """The old form of `run_line_magic`."""
        name, _, line = text.lstrip("%").partition(" ")
        return self.run_line_magic(name, line)

    def system(self, command: str) -> None:
        """`!command`: its output goes where print's goes; installing packages is left out."""
        command = self.expanded(command)
        if installs(command):
            say_skipped(command)
            return
        if command == "cd" or (command.startswith("cd ") and not re.search(r"[;&|]", command)):
            say("`!cd` changes nothing after its own line; use `%cd`")
        process = subprocess.Popen(
            with_hook(command),
            shell=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        with process:
            assert process.stdout is not None
            for line in process.stdout:
                print(line, end="", flush=True)
        self.user_ns["_exit_code"] = process.returncode
        if process.returncode:
            say(f"exit status {process.returncode}: {command.splitlines()[0]}")

    def getoutput(self, command: str) -> list[str]:
        """`lines = !command`."""
        command = self.expanded(command)
        if installs(command):
            say_skipped(command)
            return []
        done = subprocess.run(with_hook(command), shell=True, capture_output=True, text=True, errors="replace")
        sys.stderr.write(done.stderr)
        return done.stdout.splitlines()

    def expanded(self, text: str) -> str:
        """IPython's `{expression}` and `$name`; what is not known is left for the shell."""

        def value(match: re.Match[str]) -> str:
            try:
                return str(eval(match[1] or match[2], self.user_ns))
            except Exception:  # anything a user's expression may raise
                return match[0]

        return re.sub(r"(?<!\$)\{([^{}]+)\}|(?<![\\$])\$([A-Za-z_]\w*)", value, text)


def _known(name: str, table: dict[str, Callable[..., Any]], mark: str) -> Callable[..., Any]:
    if name not in table:
        raise UsageError(
            f"{mark}{name} is not known to `python -m torchkeras run`.{did_you_mean(name, table)} "
            f"Leave the cell out with --skip, or run the notebook in Jupyter after `%load_ext torchkeras`."
        )
    return table[name]
