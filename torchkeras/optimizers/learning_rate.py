"""The learning rate of an optimizer: a Variable, a schedule, or a function without arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.config import floatx
from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.variable import Variable
from torchkeras.optimizers.schedules import serialize
from torchkeras.optimizers.schedules.schedule import FormulaSchedule, LearningRateSchedule


def host_variable(value: float, name: str, dtype: torch.dtype) -> Variable:
    """A Variable that stays on the CPU, whatever the default device: reading it never waits for a device."""
    return Variable(torch.tensor(value, dtype=dtype, device="cpu"), trainable=False, name=name)


def host_view(variable: Variable) -> np.ndarray:
    """The memory of such a Variable as an array: read and written in a tenth of a microsecond."""
    array: np.ndarray = variable.parameter.detach().numpy()
    return array


def number(value: Any) -> float:
    """A tensor, Variable, array or number of one value as a float."""
    return float(value.detach() if isinstance(value, (Tensor, Variable)) else value)


class LearningRate:
    """The part of an optimizer that knows its rate."""

    _learning_rate: Any = None
    _iterations: Variable
    _initial_decay: float = 0.0
    # The Variable whose memory `_rate_view` shows.
    _rate_source: Any = ()
    _rate_view: np.ndarray

    def _build_learning_rate(self, learning_rate: Any) -> Any:
        if isinstance(learning_rate, LearningRateSchedule):
            first = number(learning_rate(self._iterations))
            self._current_learning_rate = host_variable(first, "current_learning_rate", _rate_dtype())
            return learning_rate
        if isinstance(learning_rate, str):
            return learning_rate  # Keras's constructors take any text; the first use refuses it
        if callable(learning_rate) and not isinstance(learning_rate, (Tensor, Variable)):
            return learning_rate
        try:
            return host_variable(number(learning_rate), "learning_rate", _rate_dtype())
        except (TypeError, ValueError):
            return learning_rate

    @property
    def learning_rate(self) -> Any:
        """The rate as a Variable that can be read and assigned; with a schedule, the rate of the latest step."""
        rate = getattr(self, "_learning_rate", None)
        if rate is None:
            raise ValueError("Missing learning rate, please set self.learning_rate at optimizer creation time.")
        if isinstance(rate, LearningRateSchedule):
            return self._current_learning_rate
        return rate() if callable(rate) and not isinstance(rate, Variable) else rate

    @learning_rate.setter
    def learning_rate(self, learning_rate: Any) -> None:
        present = getattr(self, "_learning_rate", None)
        new = callable(learning_rate) and not isinstance(learning_rate, (Tensor, Variable))  # a schedule or a function
        if isinstance(present, LearningRateSchedule) and not new:
            raise TypeError(
                "This optimizer was created with a `LearningRateSchedule` object as its `learning_rate` constructor "
                "argument, hence its learning rate is not settable. If you need the learning rate to be settable, you "
                "should instantiate the optimizer with a float `learning_rate` argument."
            )
        if isinstance(present, Variable) and not new:
            present.assign(_usable(learning_rate, self))
        else:
            self._learning_rate = self._build_learning_rate(learning_rate)

    lr = learning_rate

    def _rate_at(self, step: int) -> float:
        """The rate of a step that is about to be taken."""
        source = self._learning_rate
        rate = float(self._rate_view) if source is self._rate_source else self._rate_of(source, step)
        return rate / (1.0 + self._initial_decay * step) if self._initial_decay else rate

    def _rate_of(self, source: Any, step: int) -> float:
        if isinstance(source, LearningRateSchedule):
            if isinstance(source, FormulaSchedule) and type(source).__call__ is FormulaSchedule.__call__:
                rate = source.at(step)
            else:
                rate = number(source(self._iterations))
            host_view(self._current_learning_rate)[()] = rate
            return rate
        if isinstance(source, Variable):
            if source.parameter.device.type == "cpu" and source.parameter.dtype in (torch.float32, torch.float64):
                self._rate_view, self._rate_source = host_view(source), source
            return number(source)
        if source is None:  # a subclass that does without
            return 0.0
        return _usable(source() if callable(source) else source, self)

    def _decayed_lr(self, var_dtype: Any) -> Tensor:
        """The rate of the next step as a tensor: what tutorials of 2020 show as a metric."""
        rate = self._rate_at(int(self._iterations))
        return torch.tensor(rate, dtype=torch_dtype(var_dtype))

    def _serialize_hyperparameter(self, hyperparameter: Any) -> Any:
        """A setting as a config holds it. Older optimizers give the setting's name."""
        if isinstance(hyperparameter, str) and hasattr(self, hyperparameter):
            own = hyperparameter == "learning_rate"
            hyperparameter = self._learning_rate if own else getattr(self, hyperparameter)
        if isinstance(hyperparameter, LearningRateSchedule):
            return serialize(hyperparameter)
        if isinstance(hyperparameter, Variable):
            return _short(hyperparameter.numpy())
        return hyperparameter() if callable(hyperparameter) else hyperparameter


def _rate_dtype() -> torch.dtype:
    return torch.float64 if floatx() == "float64" else torch.float32


def _usable(rate: Any, optimizer: Any) -> float:
    try:
        return number(rate if not isinstance(rate, str) else None)
    except (TypeError, ValueError):
        raise ValueError(
            f"The `learning_rate` of {type(optimizer).__name__} must be a number, a LearningRateSchedule or a function "
            f"that returns a number. Received: learning_rate={rate!r}"
        ) from None


def _short(value: Any) -> Any:
    """A float32 as the shortest float that means it: 0.001, not 0.0010000000474974513."""
    array = np.asarray(value)
    if array.ndim:
        return array.tolist()
    return float(str(np.float32(array))) if array.dtype == np.float32 else array.item()
