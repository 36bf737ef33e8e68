"""The lists that a step works on: parameters in torch's layout and their states, gathered once and watched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from torchkeras.core.shards import from_rows, is_sharded, rows, rows_of, whole
from torchkeras.core.variable import Variable


class Group:
    """Variables of one device and dtype: their parameters, and what an optimizer keeps for each, as parallel lists.

    The fused kernels walk plain memory, so that a gradient has to lie in memory as its parameter does. Of parameters
    in parts (core/shards.py) the lists hold the rows of this process: an update that goes value by value needs no more.
    """

    def __init__(self, variables: list[Variable], parameters: list[Tensor], decays: list[bool]) -> None:
        #: The parameters themselves, which have the gradients; what is updated are `parameters`.
        self.holders = parameters
        #: Whether they lie in parts: all of them do, or none.
        self.in_parts = is_sharded(parameters[0])
        if self.in_parts:
            parameters = [rows(parameter) for parameter in parameters]
        self.variables, self.parameters, self.decays = variables, parameters, decays
        first = parameters[0]
        self.device, self.dtype = first.device, first.dtype
        self._number = float if first.dtype is torch.float64 else np.float32
        #: Whether all are ordinary tensors, not sharded ones, without gaps in memory.
        self.plain = all(map(_plain, parameters))
        self.decayed = [p for p, decays in zip(parameters, decays, strict=True) if decays]
        self.constrained = [v for v in variables if v.constraint is not None]
        #: Whether the fused kernels can take it; None until asked.
        self.fused: bool | None = None
        #: Lists of tensors by name, filled by the optimizer when it first needs them.
        self.states: dict[str, list[Any]] = {}
        self._strides = [p.stride() for p in parameters]
        self._parts: dict[tuple[int, ...], Group] = {}

    def left(self, beta: float, step: int) -> Any:
        """`1 - beta ** step`, rounded as Keras rounds it: beta to single precision, the rest in the variables' type.

        Few digits are left at the first steps: 1 - 0.999 is off by 1.3e-5 of itself.
        """
        number = self._number
        return number(1) - number(np.float32(beta)) ** number(step)

    def pending(self) -> tuple[Group, list[Tensor]] | None:
        """The gradients that backward left on the parameters, and the group of those that have one."""
        gradients = [p.grad if p.requires_grad else None for p in self.holders]
        if self.in_parts:
            return self.fitted(gradients)
        try:
            for gradient, strides in zip(gradients, self._strides, strict=True):
                if gradient is None or gradient.stride() != strides:
                    break
            else:
                return self, gradients  # type: ignore[return-value]
        except RuntimeError:  # a sparse gradient has no strides
            pass
        return self.fitted(gradients)

    def fitted(self, gradients: Sequence[Tensor | None]) -> tuple[Group, list[Tensor]] | None:
        """The gradients that are there, each laid out like its parameter, and the group of those; None for none."""
        kept = tuple(index for index, gradient in enumerate(gradients) if gradient is not None)
        if not kept:
            return None
        group = self if len(kept) == len(gradients) else self._part(kept)
        return group, [group._fit(place, gradients[index]) for place, index in enumerate(kept)]

    def _fit(self, place: int, gradient: Any) -> Tensor:
        parameter, strides = self.parameters[place], self._strides[place]
        if self.in_parts:
            gradient = rows(gradient) if is_sharded(gradient) else rows_of(gradient, self.holders[place])
        if gradient.layout is not torch.strided:
            gradient = gradient.to_dense()
        if gradient.dtype is not parameter.dtype:
            gradient = gradient.to(parameter.dtype)
        found = gradient.stride()
        if found == strides:
            return gradient
        if all(a == b or n < 2 for a, b, n in zip(found, strides, parameter.shape, strict=True)):
            self._strides[place] = found  # as good: they differ where there is one value only
            return gradient
        return torch.empty_like(parameter).copy_(gradient)

    def _part(self, kept: tuple[int, ...]) -> Group:
        part = self._parts.get(kept)
        if part is None:
            part = self._parts[kept] = Group(
                [self.variables[i] for i in kept], [self.holders[i] for i in kept], [self.decays[i] for i in kept]
            )
        return part

    def taken(self, state: Any) -> Tensor:
        """Of what is kept for a parameter: what an update of this group works on."""
        found: Tensor = rows(state) if is_sharded(state) else state
        return found

    @property
    def like(self) -> Tensor | None:
        """One of the parameters, where they lie in parts: it knows the processes that have the others."""
        return self.holders[0] if self.in_parts else None

    def is_unmoved(self) -> bool:
        """Whether the rows lie where they did."""
        return not self.in_parts or all(
            rows(holder).data_ptr() == own.data_ptr() for holder, own in zip(self.holders, self.parameters, strict=True)
        )


class Gathered(Group):
    """One variable in parts as a whole, for an update that needs all of its values: each process makes all of it.

    Args:
        group: where it is from.
        place: which of the group's it is.
        gradient: the rows of its gradient that this process has.
    """

    def __init__(self, group: Group, place: int, gradient: Tensor) -> None:
        holder = group.holders[place]
        self._copies: list[tuple[Tensor, Tensor]] = []
        super().__init__([group.variables[place]], [self.taken(holder)], [group.decays[place]])
        self.holders = [holder]
        self.gradient = whole(from_rows(gradient, holder))

    def taken(self, state: Any) -> Tensor:
        if not is_sharded(state):
            return super().taken(state)
        found = whole(state)
        self._copies.append((state, found))
        return found

    def give_back(self) -> None:
        """Keeps the rows of this process of all that has been updated."""
        for own, value in self._copies:
            rows(own).copy_(rows_of(value, own))


#: Groups with the gradients for a step.
Work = list[tuple[Group, list[Tensor]]]


#: From so many values on torch gives work to several threads.
_SHARED = 1 << 15


class Plan:
    """The groups of a list of variables, valid as long as these keep their parameters."""

    given: list[Any]

    def __init__(self, variables: list[Variable], decays: list[bool]) -> None:
        self.variables = variables
        parameters: list[Tensor] = [v.parameter for v in variables]
        places: dict[tuple[torch.device, torch.dtype, bool], list[int]] = {}
        for index, (variable, parameter) in enumerate(zip(variables, parameters, strict=True)):
            if not parameter.is_leaf:
                raise ValueError(
                    f"Variable {variable.name!r} is computed, by a parametrization for one, and cannot be trained "
                    f"itself: give the optimizer the parameters it is computed from."
                )
            places.setdefault((parameter.device, parameter.dtype, is_sharded(parameter)), []).append(index)
        self._places = list(places.values())
        self.groups = [
            Group([variables[i] for i in place], [parameters[i] for i in place], [decays[i] for i in place])
            for place in self._places
        ]
        self.parameters = parameters
        #: Whether kernels share the work among threads.
        self.is_large = sum(parameter.numel() for parameter in parameters) >= _SHARED
        # A sharded parameter has no memory of its own to look at.
        self._placed = [p for p in parameters if type(p) in _ORDINARY]
        self._pointers = [p.data_ptr() for p in self._placed]
        self._kinds = _kinds(parameters)
        self._lookups = list(
            {(id(table), key): (table, key, found) for table, key, found in _lookups(variables)}.values()
        )

    def is_current(self) -> bool:
        """Whether the variables still have the parameters gathered here, where and how they were."""
        for table, key, found in self._lookups:
            if table.get(key) is not found:
                return False
        pointers = [p.data_ptr() for p in self._placed]
        if pointers != self._pointers:
            # `.to()` keeps the Parameter and gives it other memory, and so do others with no effect on the lists.
            if _kinds(self.parameters) != self._kinds:
                return False
            self._pointers = pointers
        return all(group.is_unmoved() for group in self.groups)

    def is_unmoved(self) -> bool:
        """Whether they have them in the same memory too."""
        return self._pointers == [p.data_ptr() for p in self._placed] and self.is_current()

    def split(self, values: Sequence[Any]) -> list[list[Any]]:
        """Values in the order of the variables as one list for each group."""
        if len(self._places) == 1:
            return [list(values)]
        return [[values[i] for i in place] for place in self._places]


_ORDINARY = (nn.Parameter, Tensor)


def _plain(parameter: Tensor) -> bool:
    if type(parameter) not in _ORDINARY:
        return False
    return parameter.is_contiguous() or torch.empty_like(parameter).stride() == parameter.stride()


def _kinds(parameters: list[Tensor]) -> list[Any]:
    return [(p.device, p.dtype, p.stride()) for p in parameters]


def _lookups(variables: list[Variable]) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """The entries of modules' tables by which the Variables find their parameters."""
    for variable in variables:
        home: Any = variable._owner
        if home is None:
            yield variable.__dict__, "_tensor", variable._tensor
            continue
        *modules, attribute = variable._path
        for name in modules:
            yield home._modules, name, home._modules[name]
            home = home._modules[name]
        yield home._parameters, attribute, home._parameters.get(attribute)
