"""The networks that are trained, one to a file: each in Keras's words and in torch's, with its data.

Nothing here loads torch or a Keras before it is called: the Python of another Keras may lack either.
"""

from __future__ import annotations

from benchmarks.networks.cnn import CNN
from benchmarks.networks.lenet import LENET
from benchmarks.networks.lstm import LSTM
from benchmarks.networks.mlp import MLP
from benchmarks.networks.network import Network, Size
from benchmarks.networks.resnet import RESNET
from benchmarks.networks.resnet50 import RESNET50
from benchmarks.networks.transformer import TRANSFORMER

NETWORKS = {network.name: network for network in (MLP, LENET, CNN, RESNET, RESNET50, LSTM, TRANSFORMER)}

__all__ = ["NETWORKS", "Network", "Size"]
