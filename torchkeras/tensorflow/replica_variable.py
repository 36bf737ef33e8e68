"""Variables of which each replica has a copy that goes its own way for a while, as tf.Variable is told."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.replicas import Replicas, apart, in_step, may_ask, present
from torchkeras.core.variable import Reading, Variable, _as_tensor
from torchkeras.tensorflow.aggregation import VariableAggregation, VariableSynchronization

_SUM, _MEAN = VariableAggregation.SUM, VariableAggregation.MEAN
_FIRST, _NONE = VariableAggregation.ONLY_FIRST_REPLICA, VariableAggregation.NONE


class ReplicaVariable(Variable):
    """A variable made in the scope of several processes with an `aggregation`, or to be synchronized when it is read.

    What replicas assign makes one value for all of them; or each keeps what it assigned, and who reads the variable
    outside of `strategy.run` gets the one value.
    """

    _replicas: Replicas

    def _on_read(self) -> bool:
        return self.synchronization is VariableSynchronization.ON_READ

    def _read(self) -> torch.Tensor:
        value = super()._read()
        return self._merged(value.detach()) if self._on_read() and not apart() else value

    @property
    def value(self) -> Reading:
        reading = super().value
        reading.__class__ = _ReplicaReading
        return reading

    def numpy(self) -> Any:
        if self._on_read() and not apart():
            return self._merged(super()._read().detach()).cpu().numpy()[()]
        return super().numpy()

    def _merged(self, value: torch.Tensor) -> torch.Tensor:
        """One value of those that the replicas have."""
        if self.aggregation is _NONE or self.aggregation is None:
            raise ValueError(
                f"The variable {self.name!r} has another value in each replica, and `aggregation` NONE does not say "
                f"how they make one: give tf.Variable `aggregation=tf.VariableAggregation.SUM`, MEAN or "
                f"ONLY_FIRST_REPLICA, or read it in the function that `strategy.run` is given."
            )
        found = value.clone()
        if self.aggregation is _FIRST:
            self._replicas.spread([found])
            return found
        self._replicas.add_up([found])
        if self.aggregation is _MEAN:
            found = (found / self._replicas.size).to(found.dtype)
        return found

    # --- assignment ---

    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Variable:
        if self._on_read() and not apart() and self.aggregation is _SUM:
            value = _as_tensor(value, self.parameter.dtype) / self._replicas.size  # so that the sum is this
        return super().assign(self._agreed(value), use_locking, name, read_value)

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Variable:
        self._check_sum("assign_add")
        return super().assign_add(self._agreed(delta), use_locking, name, read_value)

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Variable:
        self._check_sum("assign_sub")
        return super().assign_sub(self._agreed(delta), use_locking, name, read_value)

    def _check_sum(self, method: str) -> None:
        if self._on_read() and not apart() and self.aggregation is _SUM:
            raise ValueError(
                f"`{method}` of {self.name!r} is called outside of `strategy.run`, where its value is the sum of the "
                f"replicas' values: assign the whole value by `assign`, or change it in the function that "
                f"`strategy.run` is given."
            )

    def _agreed(self, value: Any) -> Any:
        """What all replicas assign, of what each of them would."""
        if self._on_read() or self.aggregation in (None, _NONE) or in_step() is None:
            return value
        return self._merged(_as_tensor(value, self.parameter.dtype).detach())


class _ReplicaReading(ReplicaVariable, Reading):
    """What `variable.value` is."""


def shared(variable: Variable) -> None:
    """Told of a new variable: in the scope of several processes it begins alike, and keeps to what it was told."""
    replicas = present()
    if replicas is None or replicas.size == 1 or variable.synchronization == "on_read":  # a metric's own
        return
    if may_ask():
        replicas.spread([variable.parameter.detach()])
    told = variable.aggregation not in (None, _NONE) or variable.synchronization is VariableSynchronization.ON_READ
    if variable.aggregation is _MEAN and not variable.parameter.is_floating_point():
        raise ValueError(
            f"The variable {variable.name!r} is of {variable.parameter.dtype}, and `aggregation` MEAN would lose a "
            f"part of it: make it of a floating type, or choose another aggregation."
        )
    if told and type(variable) is Variable:
        variable.__class__ = ReplicaVariable
        variable._replicas = replicas  # type: ignore[attr-defined]


__all__ = ["ReplicaVariable", "shared"]
