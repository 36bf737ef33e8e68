"""keras.preprocessing: images, sequences and texts made ready for a model."""

from typing import Any

from torchkeras import utils
from torchkeras.preprocessing import image, sequence, text


def __getattr__(name: str) -> Any:
    if name in utils.OF_DATA:  # their older place
        return getattr(utils, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["image", "sequence", "text"]
