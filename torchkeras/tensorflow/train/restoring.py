"""Giving objects the values of a checkpoint: at once, and to what is not there yet as soon as it comes."""

from __future__ import annotations

import types
from typing import Any

import torch

from torchkeras.core.variable import Variable
from torchkeras.layers import Layer
from torchkeras.optimizers import Optimizer
from torchkeras.tensorflow.module import Module
from torchkeras.tensorflow.train.containers import DictWrapper, ListWrapper
from torchkeras.tensorflow.train.objects import children


class Restoration:
    """One checkpoint on its way into objects.

    Args:
        nodes: the object graph of the checkpoint.
        values: its tensors by key.
        states: its other entries by key.
    """

    def __init__(self, nodes: list[dict[str, Any]], values: dict[str, torch.Tensor], states: dict[str, Any]) -> None:
        self.nodes, self.values, self.states = nodes, values, states
        self.used: set[int] = set()  # nodes that some object took
        self.unmatched: list[Any] = []  # variables for which the checkpoint has nothing
        self._objects: dict[tuple[int, int], Any] = {}  # pairs that were looked at; held, so that no id comes twice

    def match(self, target: Any, node: int) -> None:
        """Gives an object, and what is within it, the values of a node."""
        if (id(target), node) in self._objects:
            return
        self._objects[id(target), node] = target
        self.used.add(node)
        entry = self.nodes[node]
        if isinstance(target, Variable):
            self._assign(target, entry)
            return
        if "state" in entry and hasattr(target, "_restore_state"):
            target._restore_state(self.states[entry["state"]])
        if isinstance(target, Optimizer):
            self._restore_optimizer(target, node)
            return
        known = children(target)
        for name in sorted(known, key=lambda n: n.startswith("layer_with_weights-")):
            inner = entry["children"].get(name)
            if inner is not None:
                self.match(known[name], inner)
            elif not name.startswith("layer"):
                self.unmatched += [v for v in _variables(known[name]) if not self._seen(v)]
        self._wait(target, node)

    def _seen(self, variable: Any) -> bool:
        return any(one is variable for one in self._objects.values())

    def _assign(self, variable: Variable, entry: dict[str, Any]) -> None:
        key = entry.get("value")
        if key is None:
            return
        value = self.values[key]
        if tuple(value.shape) != tuple(variable.shape):
            raise ValueError(
                f"Received incompatible tensor with shape {tuple(value.shape)} when attempting to restore variable "
                f"with shape {tuple(variable.shape)} and name {variable.name}."
            )
        variable.assign(value.to(variable.parameter.device))

    # --- what is not there yet ---

    def _wait(self, target: Any, node: int) -> None:
        """Has the object ask again when something is put into it, or when it is built."""
        if isinstance(target, (ListWrapper, DictWrapper)):
            target._told = lambda holder, name, value: self.came(node, name, value)
        elif type.__instancecheck__(Module, target) or hasattr(target, "_checkpoint_children"):
            target.__dict__["_pending_restore"] = lambda name, value: self.came(node, name, value)
        elif isinstance(target, Layer) and not target.built:
            self._when_built(target, node)

    def came(self, node: int, name: str, value: Any) -> None:
        """Something was set in an object that this checkpoint is in."""
        inner = self.nodes[node]["children"].get(name)
        if inner is not None:
            self.match(value, inner)

    def _when_built(self, layer: Layer, node: int) -> None:
        finish = type(layer)._finish_build

        def finished(this: Any) -> None:
            this.__dict__.pop("_finish_build", None)
            finish(this)
            self._objects.pop((id(this), node), None)
            self.match(this, node)

        layer.__dict__["_finish_build"] = types.MethodType(finished, layer)

    # --- optimizers ---

    def _restore_optimizer(self, optimizer: Optimizer, node: int) -> None:
        """Its variables by their order; those that its first step will make, when it makes them."""
        entry = self.nodes[node]
        listed = entry["children"].get("_variables")
        if listed is None:
            return
        self.used.add(listed)
        saved = self.nodes[listed]["children"]
        own = list(optimizer.variables)
        for place, variable in enumerate(own):
            inner = saved.get(str(place))
            if inner is not None:
                self.match(variable, inner)
        if len(own) < len(saved) and "build" not in optimizer.__dict__:
            build = optimizer.build

            def built(var_list: Any) -> None:
                optimizer.__dict__.pop("build", None)
                build(var_list)
                self._restore_optimizer(optimizer, node)

            optimizer.__dict__["build"] = built


def _variables(part: Any) -> list[Variable]:
    if isinstance(part, Variable):
        return [part]
    return [v for inner in children(part).values() for v in _variables(inner)]


class Status:
    """How far a checkpoint found its way into objects."""

    def __init__(self, restoration: Restoration | None, prefix: str | None) -> None:
        self._restoration, self._prefix = restoration, prefix

    def assert_consumed(self) -> Status:
        """All that is in the checkpoint was taken, and every variable has its value from it."""
        self.assert_existing_objects_matched()
        found = self._restoration
        if found is not None:
            left = [
                i for i, node in enumerate(found.nodes) if i not in found.used and ("value" in node or "state" in node)
            ]
            if left:
                raise AssertionError(
                    f"Unresolved object in checkpoint {self._prefix}: "
                    f"{[found.nodes[i].get('value') or found.nodes[i].get('state') for i in left]}"
                )
        return self

    def assert_existing_objects_matched(self) -> Status:
        """Every variable that is there has its value from the checkpoint."""
        found = self._restoration
        if found is not None and found.unmatched:
            raise AssertionError(
                f"Found {len(found.unmatched)} Python objects that were not bound to checkpointed values, likely due "
                f"to changes in the Python program. Showing up to 10: {found.unmatched[:10]}"
            )
        return self

    def assert_nontrivial_match(self) -> Status:
        """Something was taken."""
        found = self._restoration
        if found is not None and len(found.used) < 2:
            raise AssertionError(f"Nothing in the checkpoint {self._prefix} was matched to a Python object.")
        return self

    def expect_partial(self) -> Status:
        """Accepted: there are no warnings about what was not taken."""
        return self

    def initialize_or_restore(self, session: Any = None) -> None:
        """Nothing: values were given at once."""

    def run_restore_ops(self, session: Any = None) -> None:
        """Nothing: values were given at once."""


__all__ = ["Restoration", "Status"]
