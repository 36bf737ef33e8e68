"""Which public names there are, which of them tutorials use, and what is to be used for those that are missing."""

from torchkeras.shim.support.corpus import corpus_files
from torchkeras.shim.support.resolving import Resolution, resolve

__all__ = ["Resolution", "corpus_files", "resolve"]
