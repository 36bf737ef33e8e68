"""IPython's magics as far as tutorials use them: functions of the shell and what follows the magic's name."""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import re
import shlex
import sys
import time
import timeit
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from torchkeras.shim.commands import installs, say, say_skipped


class ShellLike(Protocol):
    """What a magic needs of the shell."""

    user_ns: dict[str, Any]
    run: Callable[[str], Any]

    def system(self, command: str) -> None: ...

    def getoutput(self, command: str) -> list[str]: ...

    def expanded(self, text: str) -> str: ...


# --- timing ---------------------------------------------------------------------------------------------------


def time_line(shell: ShellLike, line: str) -> Any:
    cpu, wall = time.process_time(), time.perf_counter()
    result = shell.run(line)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"CPU times: total: {_seconds(cpu)}\nWall time: {_seconds(wall)}")
    return result


def time_cell(shell: ShellLike, line: str, cell: str) -> Any:
    return time_line(shell, f"{line}\n{cell}" if line else cell)


def timeit_cell(shell: ShellLike, line: str, cell: str) -> None:
    options = dict(re.findall(r"-([nr])\s*(\d+)", line))
    statement = re.sub(r"-[nr]\s*\d+|-[qotpc]\b", "", line).strip()
    source, setup = (cell, statement or "pass") if cell else (statement, "pass")
    timer = timeit.Timer(source, setup, globals=shell.user_ns)
    number = int(options.get("n") or 0) or timer.autorange()[0]
    times = [total / number for total in timer.repeat(int(options.get("r") or 7), number)]
    mean = sum(times) / len(times)
    spread = (sum((t - mean) ** 2 for t in times) / len(times)) ** 0.5
    runs = f"{len(times)} runs, {number:,} loops each"
    print(f"{_seconds(mean)} ± {_seconds(spread)} per loop (mean ± std. dev. of {runs})")


def timeit_line(shell: ShellLike, line: str) -> None:
    timeit_cell(shell, line, "")


def _seconds(value: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"


# --- files and commands ---------------------------------------------------------------------------------------


def change_folder(shell: ShellLike, line: str) -> None:
    os.chdir(Path(line.strip().strip("'\"") or "~").expanduser())
    print(os.getcwd())


def folder(shell: ShellLike, line: str) -> str:
    return os.getcwd()


def environment(shell: ShellLike, line: str) -> Any:
    if not line:
        return dict(os.environ)
    name, mark, value = line.partition("=" if "=" in line else " ")
    if not mark:
        return os.environ[name]
    os.environ[name.strip()] = value.strip()
    print(f"env: {name.strip()}={value.strip()}")
    return None


def run_file(shell: ShellLike, line: str) -> None:
    words = [word for word in shlex.split(line) if word not in ("-i", "-t", "-p", "-d")]
    path = Path(words[0])
    before, sys.argv = sys.argv, words
    try:
        scope = shell.user_ns | {"__file__": str(path)}
        exec(compile(path.read_bytes(), str(path), "exec"), scope)
    finally:
        sys.argv = before
    shell.user_ns.update({key: value for key, value in scope.items() if not key.startswith("__")})


def write_file(shell: ShellLike, line: str, cell: str) -> None:
    words = line.split()
    append = "-a" in words or "--append" in words
    path = Path(shell.expanded(" ".join(word for word in words if word not in ("-a", "--append"))).strip("'\""))
    print(f"{'Appending to' if append else 'Overwriting' if path.exists() else 'Writing'} {path}")
    with path.open("a" if append else "w", encoding="utf-8") as file:
        file.write(cell if cell.endswith("\n") else cell + "\n")


def run_script(shell: ShellLike, line: str, cell: str) -> None:
    if installs(cell):
        say_skipped("a script that installs packages")
    else:
        shell.system(cell)


def _command(name: str) -> Callable[[ShellLike, str], None]:
    return lambda shell, line: shell.system(f"{name} {line}")


def _output(shell: ShellLike, line: str) -> list[str]:
    return shell.getoutput(line)


def _not_installed(name: str) -> Callable[[ShellLike, str], None]:
    return lambda shell, line: say_skipped(f"%{name} {line}")


# --- looking --------------------------------------------------------------------------------------------------


def help_on(shell: ShellLike, line: str) -> None:
    try:
        target = eval(line.strip("%"), shell.user_ns)
    except Exception:  # anything a user's expression may raise
        print(f"Object `{line}` not found.")
        return
    try:
        signature = f"{line}{inspect.signature(target)}"
    except (TypeError, ValueError):
        signature = repr(target)
    print(f"Signature: {signature}\nDocstring: {inspect.getdoc(target) or '<no docstring>'}")


def load_extension(shell: ShellLike, line: str) -> None:
    if line.strip() not in ("tensorboard", "torchkeras", "autoreload", "tensorboard.notebook", "dotenv"):
        say_skipped(f"%load_ext {line}")


def tensorboard(shell: ShellLike, line: str) -> None:
    say(f"to see it: tensorboard {line}")


def reset(shell: ShellLike, line: str) -> None:
    for name in [key for key in shell.user_ns if not key.startswith("_") and key not in _OF_THE_RUN]:
        del shell.user_ns[name]


def who(shell: ShellLike, line: str) -> None:
    print("\t".join(key for key in shell.user_ns if not key.startswith("_") and key not in _OF_THE_RUN))


_OF_THE_RUN = ("get_ipython", "display", "In", "Out")


class Captured:
    """What `%%capture name` keeps."""

    def __init__(self, stdout: str, stderr: str) -> None:
        self.stdout, self.stderr = stdout, stderr

    def __str__(self) -> str:
        return self.stdout

    def show(self) -> None:
        sys.stdout.write(self.stdout)
        sys.stderr.write(self.stderr)

    __call__ = show


def capture(shell: ShellLike, line: str, cell: str) -> None:
    words = [word for word in line.split() if not word.startswith("-")]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        shell.run(cell)
    if words:
        shell.user_ns[words[0]] = Captured(out.getvalue(), err.getvalue())


def nothing(shell: ShellLike, *_: str) -> None:
    """What only concerns IPython, Colab or a browser's page."""


# --- by name --------------------------------------------------------------------------------------------------

LINE: dict[str, Callable[..., Any]] = {
    "time": time_line,
    "timeit": timeit_line,
    "cd": change_folder,
    "pwd": folder,
    "env": environment,
    "set_env": environment,
    "run": run_file,
    "sx": _output,
    "pinfo": help_on,
    "pinfo2": help_on,
    "load_ext": load_extension,
    "reload_ext": load_extension,
    "tensorboard": tensorboard,
    "reset": reset,
    "who": who,
    "whos": who,
    **{name: _command(name) for name in ("ls", "cat", "mkdir", "rm", "rmdir", "cp", "mv", "head", "tail", "less")},
    **{name: _not_installed(name) for name in ("pip", "conda", "mamba", "micromamba", "uv")},
    **dict.fromkeys(
        "matplotlib config autoreload aimport tensorflow_version colors precision automagic xmode pylab gui "
        "reset_selective unload_ext".split(),
        nothing,
    ),
}

CELL: dict[str, Callable[..., Any]] = {
    "time": time_cell,
    "timeit": timeit_cell,
    "capture": capture,
    "writefile": write_file,
    "file": write_file,
    **dict.fromkeys(("bash", "sh", "script"), run_script),
    **dict.fromkeys(("html", "HTML", "javascript", "js", "svg", "markdown", "latex"), nothing),
}

# Magics whose line is Python, in which braces mean something else.
UNEXPANDED = frozenset({"time", "timeit", "pinfo", "pinfo2"})
