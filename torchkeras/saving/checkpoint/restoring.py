"""Giving objects the values of a checkpoint: at once, and to what is not there yet as soon as it comes."""

from __future__ import annotations

import types
import warnings
from collections import deque
from typing import Any, NamedTuple

from torchkeras.core.dtypes import dtype_name
from torchkeras.core.variable import Variable
from torchkeras.layers import Layer
from torchkeras.metrics import Metric
from torchkeras.optimizers import Optimizer
from torchkeras.saving.checkpoint.lookups import State
from torchkeras.saving.checkpoint.objects import children, identity
from torchkeras.saving.checkpoint.optimizer_restoring import OptimizerRestoration
from torchkeras.saving.checkpoint.reading import OpenCheckpoint
from torchkeras.saving.checkpoint.writing import VALUE


class _Planned(NamedTuple):
    """A value on its way: where from, where to, and the object that the variable belongs to, for messages."""

    key: str
    variable: Variable
    owner: Any


class Restoration:
    """One checkpoint on its way into objects.

    Nothing is assigned before all that is there was found to fit.

    Args:
        source: the checkpoint.
        skip_mismatch: whether values that do not fit are passed over, with a warning.
    """

    def __init__(self, source: OpenCheckpoint, skip_mismatch: bool = False) -> None:
        self.source, self.nodes, self.skip_mismatch = source, source.nodes, skip_mismatch
        self.objects: dict[int, Any] = {}  # what took each node; the first one stays
        self.assigned: dict[int, Variable] = {}  # by identity
        self._seen: dict[tuple[int, int], Any] = {}  # pairs that were looked at; held, so that no id comes twice
        self._planned: list[_Planned] = []

    def restore(self, target: Any, node: int = 0) -> None:
        """Gives an object, and what is within it, the values of a node."""
        waiting: deque[tuple[Any, int, Any]] = deque()
        if self.bind(target, node):
            waiting.append((target, node, None))
        while waiting:
            one, number, owner = waiting.popleft()
            for _, part, inner in self._visit(one, number, owner):
                if self.bind(part, inner):
                    waiting.append((part, inner, one if isinstance(part, Variable) else None))
        self.commit()

    def bind(self, target: Any, node: int) -> bool:
        """Notes that a node is this object's; False where that is known, or it is another's already."""
        taken = self.objects.setdefault(node, target)
        if taken is not target and identity(taken) != identity(target):
            if isinstance(taken, Variable) and isinstance(target, Variable):
                warnings.warn(
                    f"Inconsistent references in the checkpoint {self.source.prefix!r}: it has one variable where the "
                    f"program has two, {taken.name!r} and {target.name!r}. Only the first was restored.",
                    stacklevel=5,
                )
            return False
        known = (identity(target), node)
        if known in self._seen:
            return False
        self._seen[known] = target
        return True

    def _visit(self, target: Any, number: int, owner: Any) -> list[tuple[str, Any, int]]:
        """Takes up an object's own values, and gives the parts of it that the checkpoint has too."""
        node = self.nodes[number]
        if isinstance(target, Variable):
            if VALUE in node.keys:
                self.plan(node.keys[VALUE], target, owner)
            return []
        if isinstance(target, State):
            if VALUE in node.keys:
                target.restore(self.source.array(node.keys[VALUE]))
            return []
        if hasattr(target, "_restore_texts"):
            target._restore_texts({name: self.source.text(key) for name, key in node.keys.items()})
        if isinstance(target, Optimizer):
            OptimizerRestoration(self, target, number).start()
            return []
        known = children(target)
        self._wait(target, number)
        return [(name, known[name], inner) for name, inner in _named(node.children, known) if name in known]

    # --- values ---

    def plan(self, key: str, variable: Variable, owner: Any) -> None:
        self._planned.append(_Planned(key, variable, owner))

    def commit(self) -> None:
        """Reads what was planned, once all of it is known to fit."""
        planned, self._planned = self._planned, []
        fitting, problems = [], []
        for one in planned:
            problem = self.source.problem(one.key, one.variable)
            if problem is None:
                fitting.append(one)
            else:
                problems.append(f"{_shown(one)}: {problem}")
        if problems and not self.skip_mismatch:
            first = next(one for one in planned if self.source.problem(one.key, one.variable))
            raise ValueError(_incompatible(self.source, first, problems))
        if problems:
            warnings.warn(f"Skipping what does not fit in {self.source.prefix!r}: {_listed(problems)}.", stacklevel=6)
        for one in fitting:
            self.source.assign(one.key, one.variable)
            self.assigned[identity(one.variable)] = one.variable

    # --- what is not there yet ---

    def _wait(self, target: Any, node: int) -> None:
        """Has the object ask again when something is put into it, or when it is built."""
        if isinstance(target, Layer):
            if not target.built:
                self._when_built(target, node)
        elif not isinstance(target, Metric) and hasattr(target, "_checkpoint_waits"):
            target._checkpoint_waits(lambda name, value: self.came(node, name, value))

    def came(self, node: int, name: str, value: Any) -> None:
        """Something was set in an object that this checkpoint is in."""
        inner = self.nodes[node].children.get(name)
        if inner is not None:
            self.restore(value, inner)

    def _when_built(self, layer: Layer, node: int) -> None:
        finish = type(layer)._finish_build

        def finished(this: Any) -> None:
            this.__dict__.pop("_finish_build", None)
            finish(this)
            self._seen.pop((identity(this), node), None)
            self.restore(this, node)

        layer.__dict__["_finish_build"] = types.MethodType(finished, layer)


def _named(parts: dict[str, int], known: dict[str, Any]) -> list[tuple[str, int]]:
    """The parts of a node; where the places of all layers agree, without those among the layers that have weights.

    Which layers have some may differ: TensorFlow counts the tables of lookup layers.
    """
    places = {name for name in parts if name.startswith("layer-")}
    if places and places == {name for name in known if name.startswith("layer-")}:
        return [(name, number) for name, number in parts.items() if not name.startswith("layer_with_weights-")]
    return list(parts.items())


def _shown(one: _Planned) -> str:
    kind = type(one.owner).__name__
    if isinstance(one.owner, Layer):
        return f"{one.variable.path.rpartition('/')[2]!r} of the layer {one.owner.name!r} ({kind})"
    return f"{one.variable.name!r}" + (f" of a {kind}" if one.owner is not None else "")


def _incompatible(source: OpenCheckpoint, first: _Planned, problems: list[str]) -> str:
    saved, variable = source.bundle.entry(first.key), first.variable
    if saved.shape == tuple(variable.shape):
        what, wanted = f"dtype {saved.dtype}", f"dtype {dtype_name(variable.parameter.dtype)}"
    else:
        what, wanted = f"shape {saved.shape}", f"shape {tuple(variable.shape)}"
    return (
        f"Received incompatible tensor with {what} when attempting to restore variable with {wanted} and name "
        f"{variable.name}. The checkpoint {source.prefix!r} does not fit: "
        f"{_listed(problems)}. Nothing was restored."
    )


def _listed(problems: list[str]) -> str:
    return "; ".join(problems[:10]) + (f"; and {len(problems) - 10} more" if len(problems) > 10 else "")


__all__ = ["Restoration"]
