"""keras.optimizers.legacy: the optimizers as they were before Keras 2.11.

They compute what the present ones do; only checkpoints have them in the form of those days.
"""

from torchkeras.optimizers import adadelta, adagrad, adam, adamax, ftrl, nadam, rmsprop, sgd
from torchkeras.optimizers.optimizer import Optimizer


class Adadelta(adadelta.Adadelta):
    older_generation = True


class Adagrad(adagrad.Adagrad):
    older_generation = True


class Adam(adam.Adam):
    older_generation = True


class Adamax(adamax.Adamax):
    older_generation = True


class Ftrl(ftrl.Ftrl):
    older_generation = True


class Nadam(nadam.Nadam):
    older_generation = True


class RMSprop(rmsprop.RMSprop):
    older_generation = True


class SGD(sgd.SGD):
    older_generation = True


__all__ = ["Adadelta", "Adagrad", "Adam", "Adamax", "Ftrl", "Nadam", "Optimizer", "RMSprop", "SGD"]
