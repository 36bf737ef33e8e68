"""Runs Python with torchkeras in processes of their own: the import hook must not reach the test's process."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]


def environment(**more):
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("TORCHKERAS_")}
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return inherited | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"} | more


def python(code, folder=None, **more):
    """Runs code with the hook on; what it prints. An error of it fails the test with its traceback."""
    source = "import torchkeras\ntorchkeras.install()\n" + textwrap.dedent(code)
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, cwd=folder, env=environment(**more)
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def torchkeras(*arguments, folder, **more):
    """`python -m torchkeras ...` in a folder: the finished process."""
    return subprocess.run(
        [sys.executable, "-m", "torchkeras", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(**more),
        timeout=300,
    )
