"""`import torchkeras` against `import torch`, each in a fresh process."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.harness import Comparison, Field, Settings, fresh_process, run_python

_LOADED = "import json, sys; {}; before = set(sys.modules); {}; print(json.dumps(sorted(set(sys.modules) - before)))"


def comparisons(settings: Settings) -> Iterator[Comparison]:
    yield Comparison("import", _field, rounds=15, notes=_loaded_beyond_torch)


def _field() -> Field:
    return Field(
        [
            fresh_process("import torch", "import torch"),
            fresh_process("import torchkeras", "import torchkeras", ratio_target=1.15),
        ]
    )


def _loaded_beyond_torch() -> list[str]:
    """What else `import torchkeras` brings in, besides itself and what torch and numpy load anyway."""
    added: list[str] = json.loads(run_python(_LOADED.format("import numpy, torch", "import torchkeras")).stdout)
    others = [name for name in added if name.split(".")[0] != "torchkeras"]
    own = len(added) - len(others)
    return [f"loads {own} modules of its own and beyond torch's and numpy's: {', '.join(others) or 'none'}"]
