"""Objects into a checkpoint: the graph of them, and the values under the names of the ways to them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from torchkeras.core.shards import whole
from torchkeras.core.variable import Variable
from torchkeras.optimizers import Optimizer
from torchkeras.saving.checkpoint import optimizers
from torchkeras.saving.checkpoint.lookups import State, Table
from torchkeras.saving.checkpoint.messages import SlotVariableReference, TrackableObjectGraph
from torchkeras.saving.checkpoint.objects import children, identity
from torchkeras.saving.containers.bundle_writer import write_bundle

GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
_ATTRIBUTES, _SLOT = ".ATTRIBUTES", ".OPTIMIZER_SLOT"
VALUE, TABLE = "VARIABLE_VALUE", "table"


def write_checkpoint(prefix: str, root: Any) -> None:
    """Writes the state of an object, and of all within it, to PREFIX.index and PREFIX.data-00000-of-00001."""
    folder = os.path.dirname(prefix)
    if folder:
        os.makedirs(folder, exist_ok=True)
    collected = Collected(root)
    write_bundle(prefix, collected.values())


class Collected:
    """The graph of the objects below a root. One of several names is known by the shortest, of those by the first.

    Args:
        root: the object.
        more: gives further parts of an object, by name.
    """

    def __init__(self, root: Any, more: Callable[[Any], dict[str, Any]] = lambda one: {}) -> None:
        self.objects: list[Any] = [root]  # by number; held, so that no id comes twice
        self.paths: list[str] = [""]
        self.edges: list[dict[str, int]] = [{}]
        self._numbers = {identity(root): 0}
        waiting = deque([0])
        while waiting:
            number = waiting.popleft()
            one = self.objects[number]
            for name, part in (children(one, written=True) | more(one)).items():
                known = self._numbers.get(identity(part))
                if known is None:
                    known = self._numbers[identity(part)] = len(self.objects)
                    path = self.paths[number]
                    self.objects.append(part)
                    self.paths.append(f"{path}/{_escaped(name)}" if path else _escaped(name))
                    self.edges.append({})
                    waiting.append(known)
                self.edges[number][name] = known
        self._slots = {number: self._slots_of(number, one) for number, one in enumerate(list(self.objects))}

    def _slots_of(self, number: int, optimizer: Any) -> list[SlotVariableReference]:
        """What an older optimizer keeps: by the way to the variable that it is for."""
        if not isinstance(optimizer, Optimizer) or not optimizers.is_older(optimizer):
            return []
        found = []
        for variable, name, slot in optimizers.older_slots(optimizer):
            original = self._numbers.get(identity(variable))
            if original is None:
                continue
            kept = self._numbers[identity(slot)] = len(self.objects)
            self.objects.append(slot)
            self.edges.append({})
            self.paths.append(f"{self.paths[original]}/{_SLOT}/{self.paths[number]}/{_escaped(name)}")
            found.append(
                SlotVariableReference(original_variable_node_id=original, slot_name=name, slot_variable_node_id=kept)
            )
        return found

    def values(self) -> Iterator[tuple[str, Any]]:
        """Keys and values in the order of the keys, the graph among them."""
        found: dict[str, Any] = {GRAPH_KEY: self.graph().SerializeToString()}
        for number, one in enumerate(self.objects):
            found |= {self._key(number, name): value for name, value in _values(one).items()}
            if isinstance(one, Table):
                found |= {self._key(number, f"{TABLE}{ending}"): value for ending, value in one.values().items()}
        for key in sorted(found):
            value = found[key]
            if isinstance(value, Variable):
                value = value.layout.to_keras(whole(value.parameter).detach())
            yield key, value

    def _key(self, number: int, name: str) -> str:
        return "/".join(filter(None, (self.paths[number], _ATTRIBUTES, name)))

    def graph(self) -> TrackableObjectGraph:
        """The message. A node says whether a value is in it or anywhere below."""
        graph = TrackableObjectGraph()
        with_values = []
        for number, one in enumerate(self.objects):
            node = graph.nodes.add()
            for name, child in self.edges[number].items():
                node.children.add(node_id=child, local_name=name)
            for name in (TABLE,) if isinstance(one, Table) else _values(one):
                full = one.path if isinstance(one, Variable) else ""
                node.attributes.add(name=name, full_name=full, checkpoint_key=self._key(number, name))
            node.slot_variables.extend(self._slots.get(number, ()))
            if node.attributes or node.slot_variables:
                with_values.append(number)
        parents: dict[int, list[int]] = {}
        for number, edges in enumerate(self.edges):
            for child in edges.values():
                parents.setdefault(child, []).append(number)
        above = set(with_values)
        for number in with_values:  # grows while it is gone through
            new = [parent for parent in parents.get(number, ()) if parent not in above]
            above.update(new)
            with_values.extend(new)
        for number, node in enumerate(graph.nodes):
            node.has_checkpoint_values.SetInParent()
            node.has_checkpoint_values.value = number in above
        return graph


def _values(one: Any) -> dict[str, Any]:
    """What is kept of an object itself, by name."""
    if isinstance(one, Variable):
        return {VALUE: one}
    if isinstance(one, State):
        return {VALUE: one.value}
    texts = getattr(one, "_checkpoint_texts", None)
    return dict(texts()) if texts is not None else {}


def _escaped(name: str) -> str:
    return name.replace(".", "..").replace("/", ".S")


__all__ = ["GRAPH_KEY", "VALUE", "Collected", "write_checkpoint"]
