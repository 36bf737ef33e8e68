"""keras.optimizers.legacy: the optimizers as they were before Keras 2.11.

They compute what the present ones do; only checkpoints have them in the form of those days.
"""

from torchkeras.optimizers import adadelta, adagrad, adam, adamax, ftrl, nadam, rmsprop, sgd
from torchkeras.optimizers.optimizer import Optimizer


class Adadelta(adadelta.Adadelta):
    _older_generation = True


class Adagrad(adagrad.Adagrad):
    _older_generation = True


class Adam(adam.Adam):
    _older_generation = True


class Adamax(adamax.Adamax):
    _older_generation = True


class Ftrl(ftrl.Ftrl):
    _older_generation = True


class Nadam(nadam.Nadam):
    _older_generation = True


class RMSprop(rmsprop.RMSprop):
    _older_generation = True


class SGD(sgd.SGD):
    _older_generation = True


__all__ = ["Adadelta", "Adagrad", "Adam", "Adamax", "Ftrl", "Nadam", "Optimizer", "RMSprop", "SGD"]
