"""The IPython extension of a kernel that `python -m torchkeras run --output` starts: the hook, and no installing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras.shim.commands import installs, say_skipped, with_hook
from torchkeras.shim.hook import install


def load_ipython_extension(ipython: Any) -> None:
    """Called by IPython before the first cell."""
    install()
    ipython.system = _guarded(ipython.system, None)
    ipython.getoutput = _guarded(ipython.getoutput, [])
    for name in ("pip", "conda", "mamba", "micromamba", "uv"):
        ipython.register_magic_function(_skipped(name), "line", name)
    cell_magics = ipython.magics_manager.magics["cell"]
    for name in ("bash", "sh", "script", "!", "sx", "system"):
        if name in cell_magics:
            ipython.register_magic_function(_guarded_cell(cell_magics[name], name), "cell", name)


def _guarded(run: Callable[..., Any], nothing: Any) -> Callable[..., Any]:
    def guarded(command: str, *args: Any, **kwargs: Any) -> Any:
        if installs(command):
            say_skipped(command)
            return nothing
        return run(with_hook(command), *args, **kwargs)

    return guarded


def _skipped(name: str) -> Callable[[str], None]:
    def skipped(line: str) -> None:
        say_skipped(f"%{name} {line}")

    return skipped


def _guarded_cell(run: Callable[..., Any], name: str) -> Callable[..., Any]:
    def guarded(line: str, cell: str) -> Any:
        if installs(cell):
            say_skipped(f"%%{name} {line} with a line that installs packages")
            return None
        return run(line, cell)

    return guarded
