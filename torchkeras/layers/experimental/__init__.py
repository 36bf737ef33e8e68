"""keras.layers.experimental: older names of layers that have moved since."""

from torchkeras.layers.experimental import preprocessing

__all__ = ["preprocessing"]
