"""`import torchkeras` against `import torch` and other Kerases, each in a fresh process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from benchmarks.harness import Comparison, Field, Settings
from benchmarks.peers.process import BACKENDS, OURS, environment, python_of
from benchmarks.timing import fresh_process, run_python

KERASES = {"keras-torch": "keras", "keras-tf": "keras", "keras-jax": "keras", "tf-keras": "tf_keras"}
_LOADED = "import json, sys; {}; before = set(sys.modules); {}; print(json.dumps(sorted(set(sys.modules) - before)))"


def comparisons(settings: Settings) -> Iterator[Comparison]:
    yield Comparison("import", "import, fresh processes", partial(_field, settings), rounds=15)


def _field(settings: Settings) -> Field:
    """torch and ours, and other Kerases, each in the Python that has it; those that are not installed are named."""
    quiet = environment(settings.device, settings.threads)
    peers = [
        fresh_process("torch", "import torch", **quiet),
        fresh_process(OURS, "import torchkeras", **quiet),
    ]
    for peer, package in KERASES.items():
        if not settings.peers or peer in settings.peers:
            own = quiet | ({"KERAS_BACKEND": BACKENDS[peer]} if peer in BACKENDS else {})
            peers.append(fresh_process(peer, f"import {package}", python_of(peer), **own))
    return Field(peers, notes=_loaded_beyond_torch)


def _loaded_beyond_torch() -> list[str]:
    """What else `import torchkeras` brings in, besides itself and what torch and numpy load anyway."""
    added: list[str] = json.loads(run_python(_LOADED.format("import numpy, torch", "import torchkeras")).stdout)
    others = [name for name in added if name.split(".")[0] != "torchkeras"]
    own = len(added) - len(others)
    return [f"loads {own} modules of its own and beyond torch's and numpy's: {', '.join(others) or 'none'}"]
