"""`model.export`: the forward pass alone, in files that run without this library."""

from torchkeras.saving.export.exporting import export_model

__all__ = ["export_model"]
