"""Models of every kind, made by functions of a Keras namespace: the same code for tf_keras, Keras 3 and torchkeras."""

from . import graphs, images, own, plain, preprocessing, sequences, training  # they fill the table
from .model import MODELS, ZooModel

__all__ = ["MODELS", "ZooModel", "graphs", "images", "own", "plain", "preprocessing", "sequences", "training"]
