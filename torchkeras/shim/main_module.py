"""The `__main__` of a run script, notebook or document."""

from __future__ import annotations

import builtins
import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from torchkeras.shim.hook import MAIN_VARIABLE, SPAWNED


def become_main(path: Path, arguments: list[str], script: bool) -> ModuleType:
    """Makes a new `__main__` for a file: its name, `sys.argv`, and the folder modules are imported from."""
    main = ModuleType("__main__")
    main.__dict__.update(__builtins__=builtins, __spec__=ModuleSpec(SPAWNED, None))
    if script:
        main.__file__ = str(path)
        os.environ[MAIN_VARIABLE] = str(path.resolve())
    else:
        os.environ.pop(MAIN_VARIABLE, None)  # children do not run a notebook anew
    sys.modules["__main__"] = main
    sys.argv = [str(path), *arguments]
    sys.path[0] = str(path.resolve().parent)
    return main
