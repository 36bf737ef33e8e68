"""OperationGraph: the torch operations that run while it watches, as a graph."""

from __future__ import annotations

from collections import Counter
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.weak import WeakTensorKeyDictionary

from torchkeras.core.dtypes import dtype_name
from torchkeras.records.graph_def import AttrValue, GraphDef, ListValue, NodeDef, VersionDef
from torchkeras.records.tensor_proto import DTYPE_NUMBERS, shape_proto

_PRODUCER = 22  # a version of graphs whose nodes may have any attributes


class OperationGraph(TorchDispatchMode):
    """Records each operation with what feeds it, until `most` are recorded.

    What comes from outside is a node 'input' with its shape.
    """

    def __init__(self, most: int = 20_000) -> None:
        super().__init__()
        self._most = most
        self._nodes: list[NodeDef] = []
        self._made: Any = WeakTensorKeyDictionary()  # the node that made each tensor still there
        self._names: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        if len(self._nodes) < self._most:
            sources = [self._source(leaf) for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
            results = [leaf for leaf in tree_leaves(result) if isinstance(leaf, torch.Tensor)]
            name = self._add(func.overloadpacket.__name__, sources, results)
            for tensor in results:
                self._made[tensor] = name
        return result

    def _source(self, tensor: torch.Tensor) -> str:
        found = self._made.get(tensor)
        if found is None:
            found = self._made[tensor] = self._add("input", [], [tensor])
        return str(found)

    def _add(self, operation: str, sources: list[str], results: list[torch.Tensor]) -> str:
        number = self._names[operation]
        self._names[operation] += 1
        name = f"{operation}_{number}" if number else operation
        self._nodes.append(node(name, operation, sources, [tuple(t.shape) for t in results], results[:1]))
        return name

    def graph(self) -> GraphDef:
        return graph_of(self._nodes)


def node(name: str, operation: str, sources: list[str], shapes: list[Any], like: list[Any] | None = None) -> NodeDef:
    """A node of a graph.

    Args:
        shapes: of its outputs, with None for sizes that are not known.
        like: a tensor of its outputs' dtype, in a list, if there is any.
    """
    made = NodeDef(name=name, op=operation, input=sources)
    listed = ListValue(shape=[shape_proto(shape) for shape in shapes])
    made.attr["_output_shapes"].CopyFrom(AttrValue(list=listed))
    for tensor in like or []:
        number = DTYPE_NUMBERS.get(dtype_name(tensor.dtype))
        if number is not None:
            made.attr["dtype"].type = number
    return made


def graph_of(nodes: list[NodeDef]) -> GraphDef:
    return GraphDef(node=nodes, versions=VersionDef(producer=_PRODUCER))
