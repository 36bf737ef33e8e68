"""Layers around a layer."""

from torchkeras.layers.wrappers.time_distributed import TimeDistributed
from torchkeras.layers.wrappers.wrapper import Wrapper

__all__ = ["TimeDistributed", "Wrapper"]
