"""`python -m torchkeras check`: what a file uses that torchkeras does not have."""

from torchkeras.shim.checking.report import check

__all__ = ["check"]
