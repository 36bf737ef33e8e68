"""Stand-ins for what callbacks meet: an optimizer, and logs that remember being looked into."""

from __future__ import annotations

import numpy as np


class Optimizer:
    """Keeps its rate in 32 bits, as optimizers do."""

    def __init__(self, rate: float) -> None:
        self.learning_rate = rate

    @property
    def learning_rate(self) -> float:
        return float(self._rate)

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        self._rate = np.float32(rate)

    lr = learning_rate


class Model:
    """A model with an optimizer of any kind."""

    stop_training = False

    def __init__(self, model, optimizer):
        self._model, self.optimizer = model, optimizer

    def __getattr__(self, name):
        return getattr(self._model, name)


class Logs(dict):
    """The logs of a batch: empty until they are looked into."""

    def __init__(self, figures, tensors=None):
        super().__init__()
        self.figures = figures
        self.looked = 0
        if tensors is not None:
            self.tensors = tensors

    def _look(self):
        self.looked += 1
        return self.figures

    def __getitem__(self, key):
        return self._look()[key]

    def __contains__(self, key):
        return key in self._look()

    def __iter__(self):
        return iter(self._look())

    def __len__(self):
        return len(self._look())

    def __repr__(self):
        return repr(self._look())

    def get(self, key, default=None):
        return self._look().get(key, default)

    def keys(self):
        return self._look().keys()

    def values(self):
        return self._look().values()

    def items(self):
        return self._look().items()
