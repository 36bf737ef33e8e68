"""Whether there is a tf namespace for a test: once some test has loaded it, it is there for the whole process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from torchkeras.core.kinds import bridge
from torchkeras.optimizers import Optimizer


@contextlib.contextmanager
def as_its_module_has_it(module: Any) -> Iterator[None]:
    """Within, there is one for a module that calls it `tf`, and none for others."""
    if not bridge.active or hasattr(module, "tf"):
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge, "active", False)
        patch.setattr(Optimizer, "make_tape", None)
        patch.setattr(Optimizer, "before_update", None)
        yield
