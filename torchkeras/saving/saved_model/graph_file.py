"""`saved_model.pb`: of its megabytes only the objects, and of its graph only constants that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from torchkeras.records import wire
from torchkeras.records.graph_def import NodeDef
from torchkeras.records.tensor_proto import array_of
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.saved_model.messages import AssetFileDef, SavedConcreteFunction, SavedObject

_SCHEMA = 1
_META_GRAPHS, _GRAPH, _ASSETS, _OBJECTS = 2, 2, 6, 7


class GraphFile:
    """One open file. What is in it is decoded when it is asked for.

    Args:
        content: the file.
        path: its folder, for messages.
    """

    def __init__(self, content: memoryview, path: str) -> None:
        self._path = path
        schema, graphs = 0, []
        for number, kind, value in self._fields(content):
            if number == 1 and kind == wire.VARINT:
                schema = value
            elif number == _META_GRAPHS and kind == wire.BYTES:
                graphs.append(value)
        if schema != _SCHEMA or not graphs:
            raise self._unreadable(f"its saved_model.pb is of version {schema}, with {len(graphs)} graphs")
        parts: dict[int, list[memoryview]] = {}
        for number, kind, value in self._fields(graphs[0]):
            if kind == wire.BYTES:
                parts.setdefault(number, []).append(value)
        self._graph, self._assets = parts.get(_GRAPH, []), parts.get(_ASSETS, [])
        self._nodes: list[memoryview] = []
        self._functions: list[memoryview] = []
        for objects in parts.get(_OBJECTS, []):
            for number, kind, value in self._fields(objects):
                if kind == wire.BYTES and number in (1, 2):
                    (self._nodes if number == 1 else self._functions).append(value)

    def __len__(self) -> int:
        return len(self._nodes)

    def node(self, number: int) -> SavedObject:
        """A node of the graph of objects."""
        if not 0 <= number < len(self._nodes):
            raise self._unreadable(f"its saved_model.pb names the object {number}, of {len(self._nodes)}")
        return self._decoded(SavedObject.FromString, self._nodes[number])

    def child(self, number: int, *names: str) -> int | None:
        """The number of what is reached from a node by these names; None where nothing is."""
        for name in names:
            found = [one.node_id for one in self.node(number).children if one.local_name == name]
            if not found:
                return None
            number = found[0]
        return number

    def bound(self, function: str) -> list[int]:
        """What a trace takes from outside of it."""
        for pair in self._functions:
            fields = {number: value for number, kind, value in self._fields(pair) if kind == wire.BYTES}
            if bytes(fields.get(1, b"")) == function.encode() and 2 in fields:
                return list(self._decoded(SavedConcreteFunction.FromString, fields[2]).bound_inputs)
        return []

    def constants(self, names: list[str]) -> dict[str, np.ndarray]:
        """The values of constants of the graph, by name."""
        wanted, found = {name.encode(): name for name in names}, {}
        for graph in self._graph:
            for number, kind, value in self._fields(graph):
                if number == 1 and kind == wire.BYTES:
                    name = self._name(value)
                    if name in wanted:
                        found[wanted[name]] = self._constant(value)
        return found

    def asset(self, index: int) -> str:
        """The name of a file in the folder `assets`."""
        if not 0 <= index < len(self._assets):
            raise self._unreadable(f"its saved_model.pb names the asset {index}, of {len(self._assets)}")
        return str(self._decoded(AssetFileDef.FromString, self._assets[index]).filename)

    def _name(self, node: memoryview) -> bytes:
        for number, kind, value in self._fields(node):
            if number == 1 and kind == wire.BYTES:
                return bytes(value)
        return b""

    def _constant(self, serialized: memoryview) -> np.ndarray:
        node = self._decoded(NodeDef.FromString, serialized)
        proto = node.attr["value"].tensor
        count = 1
        for dim in proto.tensor_shape.dim:
            count *= dim.size
        if node.op != "Const" or not 0 <= count <= len(serialized):
            raise self._unreadable(
                f"{node.name!r} in its graph is said to hold {count} values in {len(serialized)} bytes"
            )
        return self._decoded(array_of, proto)

    def _decoded(self, function: Callable[[Any], Any], value: object) -> Any:
        try:
            return function(value)
        except (ValueError, TypeError) as error:
            raise self._unreadable(f"its saved_model.pb is damaged ({error})") from None

    def _fields(self, message: memoryview) -> Iterator[tuple[int, int, Any]]:
        try:
            for number, kind, value, _, _ in wire.fields(message):
                yield number, kind, value
        except wire.DecodeError as error:
            raise self._unreadable(f"its saved_model.pb is damaged ({error})") from None

    def _unreadable(self, problem: str) -> UnreadableFile:
        return UnreadableFile(f"Cannot read {self._path!r}: {problem}.")


__all__ = ["GraphFile"]
