"""keras.preprocessing: images, sequences and texts made ready for a model."""

from torchkeras.preprocessing import image, sequence, text

__all__ = ["image", "sequence", "text"]
