"""Shell commands of notebooks: which ones are left out, and which ones need the hook."""

from __future__ import annotations

import re
import shlex
import sys

_INSTALLS = re.compile(
    r"""(?:^|[;&|(`\n])\s*                      # at the start of a command of the line
    (?:(?:sudo|yes|time|exec)\s+)*(?:\w+=\S*\s+)*
    (?:\S*python[\d.]*\s+(?:-\S+\s+)*?-m\s+pip|\{sys\.executable\}\s+-m\s+pip
       |\S*?pip[\d.]*|conda|mamba|micromamba|apt|apt-get|uv\s+pip|uv|poetry|brew|npm)
    (?:\s+-\S+)*\s+
    (?:install|uninstall|update|upgrade|add|remove)\b""",
    re.VERBOSE,
)
_SCRIPT = re.compile(r"^(python[\d.]*|\{sys\.executable\})\s+(?=[^-\s]+\.py\b)")


def installs(command: str) -> bool:
    """Whether a command installs packages: tutorials install TensorFlow, which would replace what is run here."""
    return _INSTALLS.search(command) is not None


def with_hook(command: str) -> str:
    """The command, its Python script started with the hook on: it is written for TensorFlow as the notebook is."""
    return _SCRIPT.sub(lambda _: f"{shlex.quote(sys.executable)} -m torchkeras run ", command)


def say(text: str) -> None:
    """A word to the user, past what the notebook prints."""
    print(f"[torchkeras] {text}", file=sys.stderr)


def say_skipped(command: str) -> None:
    say(f"skipped: {command.strip().splitlines()[0]}")
