"""What becomes of variables and optimizers when a function that uses them is sent to another process.

A variable goes as its number: the worker has a tensor of its own for it, whose values it asks the servers for. An
optimizer arrives at a worker as one that sends its gradients away.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from torchkeras.core.variable import Variable
from torchkeras.distribute.parameter_server.shipping import CannotShip, ship
from torchkeras.distribute.parameter_server.slots import SHARED_SLOTS, slot_lists
from torchkeras.distribute.parameter_server.variables import Directory
from torchkeras.metrics.count import Count
from torchkeras.optimizers import LossScaleOptimizer, Optimizer
from torchkeras.training.torch_optimizer import TorchOptimizer


class PerWorker:
    """Something that each worker makes for itself, such as a data set; here, its number.

    Args:
        number: of it.
    """

    def __init__(self, number: int) -> None:
        self.number = number


class Packing:
    """How a value goes to the workers, and what it turned out to use.

    Args:
        directory: all variables, to which those found are added.
        number_of: gives an optimizer its number.
    """

    def __init__(self, directory: Directory, number_of: Callable[[Any], int]) -> None:
        self._directory, self._number_of = directory, number_of
        self.keys: set[int] = set()
        self.needs: set[int] = set()
        self.optimizers: set[int] = set()

    def ship(self, value: Any) -> bytes:
        return ship(value, self.special)

    def special(self, obj: Any) -> Any:
        """How to rebuild it elsewhere, or NotImplemented for all that has no state in the cluster."""
        if isinstance(obj, PerWorker):
            self.needs.add(obj.number)
            return _resource_here, (obj.number,)
        if isinstance(obj, Tensor):
            return self._tensor(obj)
        if isinstance(obj, Variable):
            return self._variable(obj)
        if isinstance(obj, TorchOptimizer):
            raise CannotShip(
                "Parameter servers update variables with Keras optimizers, and this model was compiled with a torch "
                "optimizer: use the one of the same name in tf.keras.optimizers."
            )
        if isinstance(obj, Optimizer) and not isinstance(obj, LossScaleOptimizer):
            return self._optimizer(obj)
        if isinstance(obj, nn.Module):
            own = getattr(obj, "_own_variables", None)
            for variable in own() if callable(own) else ():
                self.keys.add(self._directory.add(variable.parameter, variable))
            for buffer in obj._buffers.values():
                if buffer is not None:
                    self.keys.add(self._directory.add(buffer))
        return NotImplemented

    def _tensor(self, tensor: Tensor) -> Any:
        key = self._directory.key_of(tensor)
        if key is None:
            if not isinstance(tensor, nn.Parameter):
                return NotImplemented
            key = self._directory.add(tensor)
        self.keys.add(key)
        return _tensor_here, (key,)

    def _variable(self, variable: Variable) -> Any:
        self.keys.add(self._directory.add(variable.parameter, variable))
        return _bare_variable, (type(variable),), dict(variable.__dict__), None, None, _fill_variable

    def _optimizer(self, optimizer: Any) -> Any:
        number = self._number_of(optimizer)
        self.optimizers.add(number)
        state = without_slots(optimizer)
        return _sending, (type(optimizer), number), state, None, None, _fill


def shared_variables(optimizer: Any) -> list[Variable]:
    """Those of an optimizer's own variables that each server needs: the counter and the rate."""
    own = [optimizer.__dict__.get(name) for name in ("_iterations", "_learning_rate", "_current_learning_rate")]
    return [one for one in own if isinstance(one, Variable)]


def without_slots(optimizer: Any) -> dict[str, Any]:
    """An optimizer's state but for what it keeps for each variable."""
    state: dict[str, Any] = optimizer.__getstate__()
    empty: dict[str, Any] = {name: [] for name in (*slot_lists(optimizer), *SHARED_SLOTS) if name in state}
    return state | empty | {"_slots": {}, "_variables": [optimizer._iterations]}


def ship_optimizer(optimizer: Any, directory: Directory) -> bytes:
    """An optimizer for a server, which gives it the variables it has there."""

    def special(obj: Any) -> Any:
        if obj is optimizer:
            state = without_slots(optimizer) | {
                "_trainable_variables": [], "_stepped": [], "_excluded": (), "_built": False, "built": False,
                # The worker has done these, of all variables together.
                "clipnorm": None, "clipvalue": None, "global_clipnorm": None, "gradient_transformers": [],
                "loss_scale_factor": None,
            }  # fmt: skip
            return _bare, (type(optimizer),), state, None, None, _fill
        if isinstance(obj, Variable):
            return _bare_variable, (type(obj),), dict(obj.__dict__), None, None, _fill_variable
        if isinstance(obj, Tensor) and (key := directory.key_of(obj)) is not None:
            return _tensor_here, (key,)
        return NotImplemented

    return ship(optimizer, special)


class SendsGradients(Protocol):
    def push(self, optimizer: Any, work: Any) -> None: ...


class Sending:
    """Goes before an optimizer's class at a worker: a step sends the gradients to where the variables are."""

    _number: int
    _to: SendsGradients

    def build(self, var_list: Any) -> None:
        self.__dict__["_built"] = False
        Optimizer.build(self, var_list)  # type: ignore[arg-type]

    def _create_slots(self, var_list: Any) -> None:
        """They are on the servers."""

    def _slots_named(self, name: str) -> list[Any]:
        return []

    def _apply(self, work: Any) -> None:
        own: Any = self
        with torch.no_grad():
            if own.loss_scale_factor:
                work = [(group, list(torch._foreach_div(grads, own.loss_scale_factor))) for group, grads in work]
            if own.clipnorm or own.global_clipnorm or own.clipvalue:
                work = own._clipped(work)
            notify = type(own).before_update
            if notify is not None:
                notify([parameter for group, _ in work for parameter in group.parameters])
            self._to.push(self, work)

    def __reduce__(self) -> Any:
        raise CannotShip("An optimizer stays on its worker: return the figures of a step, not what makes them.")


_sending_classes: dict[type, type] = {}


def _sending(kind: type, number: int) -> Any:
    made = _sending_classes.get(kind)
    if made is None:
        made = _sending_classes[kind] = type(kind.__name__, (Sending, kind), {"__module__": kind.__module__})
    optimizer = _bare(made)
    optimizer.__dict__.update(_number=number, _to=_here.optimizer)
    return optimizer


def _bare(kind: Any) -> Any:
    return kind.__new__(kind)


def _fill(obj: Any, state: dict[str, Any]) -> None:
    obj.__setstate__(state)


def _bare_variable(kind: type[Variable]) -> Variable:
    return kind.__new__(kind)


def _fill_variable(variable: Variable, state: dict[str, Any]) -> None:
    variable.__dict__.update(state)
    if isinstance(variable, Count):
        variable._tensor_used = True
    if _here.variables is not None:
        _here.variables.append(variable)


# --- what it becomes where it arrives ---


class _Here(threading.local):
    tensor: Callable[[int], Tensor] | None = None
    resource: Callable[[int], Any] | None = None
    optimizer: Any = None
    variables: list[Variable] | None = None


_here = _Here()


@contextlib.contextmanager
def loading(
    tensor: Callable[[int], Tensor],
    resource: Callable[[int], Any] | None = None,
    optimizer: SendsGradients | None = None,
    variables: list[Variable] | None = None,
) -> Iterator[None]:
    """Around `unship`.

    Args:
        tensor: from a variable's number to its tensor here.
        resource: from the number of something of each worker's own to it.
        optimizer: where optimizers send gradients.
        variables: takes the Variables that arrive.
    """
    before = dict(_here.__dict__)
    _here.__dict__.update(tensor=tensor, resource=resource, optimizer=optimizer, variables=variables)
    try:
        yield
    finally:
        _here.__dict__.clear()
        _here.__dict__.update(before)


def _tensor_here(key: int) -> Tensor:
    assert _here.tensor is not None
    return _here.tensor(key)


def _resource_here(number: int) -> Any:
    assert _here.resource is not None
    return _here.resource(number)


__all__ = ["Packing", "PerWorker", "Sending", "loading", "shared_variables", "ship_optimizer", "without_slots"]
