"""Recurrent layers and their cells."""

from torchkeras.layers.recurrent.abstract_cell import AbstractRNNCell
from torchkeras.layers.recurrent.bidirectional import Bidirectional
from torchkeras.layers.recurrent.conv_lstm import ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
from torchkeras.layers.recurrent.gru import GRU
from torchkeras.layers.recurrent.gru_cell import GRUCell
from torchkeras.layers.recurrent.lstm import LSTM
from torchkeras.layers.recurrent.lstm_cell import LSTMCell
from torchkeras.layers.recurrent.rnn import RNN
from torchkeras.layers.recurrent.simple_rnn import SimpleRNN
from torchkeras.layers.recurrent.simple_rnn_cell import SimpleRNNCell
from torchkeras.layers.recurrent.stacked_cells import StackedRNNCells

# Old names of the layers on cuDNN, which these use wherever they can.
CuDNNGRU = GRU
CuDNNLSTM = LSTM

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "AbstractRNNCell",
    "Bidirectional",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "CuDNNGRU",
    "CuDNNLSTM",
    "GRUCell",
    "LSTMCell",
    "SimpleRNN",
    "SimpleRNNCell",
    "StackedRNNCells",
]
