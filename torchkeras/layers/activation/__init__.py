"""Activations that are layers: those with settings or weights of their own, and Softmax with its mask."""

from torchkeras.layers.activation.elu import ELU
from torchkeras.layers.activation.leaky_relu import LeakyReLU
from torchkeras.layers.activation.prelu import PReLU
from torchkeras.layers.activation.relu import ReLU
from torchkeras.layers.activation.softmax import Softmax
from torchkeras.layers.activation.thresholded_relu import ThresholdedReLU

__all__ = ["ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax", "ThresholdedReLU"]
