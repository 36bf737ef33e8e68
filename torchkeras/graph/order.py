"""The order of a functional model's nodes and layers, as Keras 2 finds it: summaries and saved files depend on it."""

from __future__ import annotations

from collections.abc import Iterable

from torchkeras.graph.keras_tensor import KerasTensor, symbolic_leaves
from torchkeras.graph.operation import Node, Operation


class GraphOrder:
    """The sub-graph between inputs and outputs.

    `nodes` are in an order in which each finds its inputs computed, `operations` in the order of `model.layers`.
    """

    def __init__(self, inputs: list[KerasTensor], outputs: list[KerasTensor]) -> None:
        self._given = {id(tensor) for tensor in inputs}
        self._first_seen: dict[int, int] = {}
        finished = self._visit(outputs)
        depths = self._depths(finished)
        self.nodes: list[Node] = sorted(finished, key=lambda node: -self._node_depth[id(node)])
        self.operations = self._ordered(depths, inputs)
        _check_reachable(inputs, self.nodes, self._given)

    def _visit(self, outputs: list[KerasTensor]) -> list[Node]:
        """Nodes in the order in which a depth-first walk from the outputs leaves them. A loop, so any depth goes."""
        finished: list[Node] = []
        done: set[int] = set()
        active: set[int] = set()
        for tensor in outputs:
            stack: list[tuple[Node, bool]] = [(tensor.node, False)]
            while stack:
                node, leaving = stack.pop()
                if leaving:
                    active.discard(id(node))
                    done.add(id(node))
                    finished.append(node)
                    continue
                if id(node) in done:
                    continue
                if id(node) in active:
                    raise ValueError(f"Tensor at layer {node.operation.name!r} is part of a cycle.")
                active.add(id(node))
                self._first_seen.setdefault(id(node.operation), len(self._first_seen))
                stack.append((node, True))
                if not self._is_input(node):
                    stack += [(parent, False) for parent in reversed(node.parents) if id(parent) not in done]
        return finished

    def _is_input(self, node: Node) -> bool:
        outputs = symbolic_leaves(node.outputs)
        return not node.inputs or (bool(outputs) and all(id(t) in self._given for t in outputs))

    def _depths(self, finished: list[Node]) -> dict[int, int]:
        """How far each operation is from the outputs, its farthest call counting."""
        self._node_depth: dict[int, int] = {}
        of_operation: dict[int, int] = {}
        for node in reversed(finished):
            depth = max(self._node_depth.get(id(node), 0), of_operation.get(id(node.operation), 0))
            of_operation[id(node.operation)] = depth
            self._node_depth[id(node)] = depth
            if not self._is_input(node):
                for parent in node.parents:
                    self._node_depth[id(parent)] = max(depth + 1, self._node_depth.get(id(parent), 0))
        return of_operation

    def _ordered(self, depths: dict[int, int], inputs: list[KerasTensor]) -> list[Operation]:
        operations = {id(node.operation): node.operation for node in self.nodes}
        for tensor in inputs:  # an input that no output needs is a layer of the model all the same
            operation = tensor.node.operation
            if id(operation) not in operations:
                operations[id(operation)] = operation
                depths[id(operation)] = 0
                self._first_seen[id(operation)] = -1
        return sorted(operations.values(), key=lambda o: (-depths[id(o)], self._first_seen[id(o)]))


def _check_reachable(inputs: list[KerasTensor], nodes: Iterable[Node], given: set[int]) -> None:
    for node in nodes:
        if not node.inputs and not all(id(t) in given for t in symbolic_leaves(node.outputs)):
            tensor = symbolic_leaves(node.outputs)[0]
            raise ValueError(
                f"Graph disconnected: cannot obtain value for tensor {tensor} at layer {node.operation.name!r}. "
                f"The model was given the inputs {[t.node.operation.name for t in inputs]}; either this tensor is "
                f"missing among them, or an output does not depend on them."
            )
