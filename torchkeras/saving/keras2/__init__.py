"""Keras 2's HDF5 files: whole models and weights."""

from torchkeras.saving.keras2.format import Keras2Format

__all__ = ["Keras2Format"]
