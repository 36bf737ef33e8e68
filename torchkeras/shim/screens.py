"""The screen of the notebook or document that is running, if any."""

from __future__ import annotations

from torchkeras.shim.display import Screen

current: Screen | None = None
