"""tf.nn.experimental."""

from torchkeras.tensorflow.nn.dropout import general_dropout, stateless_dropout

__all__ = ["general_dropout", "stateless_dropout"]
