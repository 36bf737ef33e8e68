"""The flat program of a functional model: one loop over steps, no recursion, no look-up by name of tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras.core.machinery import hooked
from torchkeras.core.nest import flatten, map_structure
from torchkeras.graph.keras_tensor import KerasTensor, symbolic_leaves
from torchkeras.graph.operation import Node, Operation
from torchkeras.graph.order import GraphOrder


class Step:
    """One node: which operation, where its arguments lie, where its results go, what is not needed afterwards."""

    __slots__ = (
        "args",
        "dead",
        "key",
        "kwargs",
        "node",
        "operation",
        "pooled",
        "single",
        "source",
        "sources",
        "takes_training",
        "targets",
    )

    def __init__(self, node: Node, slots: dict[int, int]) -> None:
        self.node = node
        self.operation: Any = node.operation
        self.key = ""  # set by the model: where it has the operation among its children
        self.targets = [slots[id(t)] for t in symbolic_leaves(node.outputs)]
        self.args = map_structure(lambda v: _Slot(slots[id(v)]) if isinstance(v, KerasTensor) else v, node.args)
        self.kwargs = map_structure(lambda v: _Slot(slots[id(v)]) if isinstance(v, KerasTensor) else v, node.kwargs)
        one = len(node.args) == 1 and isinstance(node.args[0], KerasTensor) and not node.kwargs
        self.source = slots[id(node.args[0])] if one else -1
        #: Where the tensors of one list lie, for a layer that merges them.
        self.sources = _list_of_slots(self.args) if not node.kwargs else None
        #: One tensor in and one out, in the type the layer computes in: such a step may take the lean path.
        self.single = one and isinstance(node.outputs, KerasTensor) and _typed(self.operation, node.args[0])
        info = getattr(self.operation, "_call_info", None)
        self.takes_training = info is not None and info.training
        self.dead: list[int] = []
        #: The step after it, where that takes the largest of its results and may be computed together with it.
        self.pooled: Step | None = None


class _Slot(int):
    """A place in the list of values, among constant arguments."""


def _list_of_slots(args: tuple[Any, ...]) -> list[int] | None:
    if len(args) == 1 and isinstance(args[0], list) and all(type(place) is _Slot for place in args[0]):
        return [int(place) for place in args[0]]
    return None


def _typed(operation: Any, tensor: KerasTensor) -> bool:
    policy = getattr(operation, "_dtype_policy", None)
    return policy is not None and (tensor.torch_dtype is policy.compute or not tensor.torch_dtype.is_floating_point)


class Program:
    """Computes a functional model's outputs from its inputs.

    Children are looked up in the model's `_modules` at each run, so that a replaced child (LoRA, pruning, quantization)
    is the one that runs.
    """

    def __init__(self, inputs: list[KerasTensor], outputs: Any) -> None:
        order = GraphOrder(inputs, symbolic_leaves(outputs))
        self.inputs, self.outputs = inputs, outputs
        self.nodes, self.operations = order.nodes, order.operations
        slots: dict[int, int] = {id(tensor): i for i, tensor in enumerate(inputs)}
        computed = [node for node in self.nodes if not _given(node, slots)]
        for node in computed:
            for tensor in symbolic_leaves(node.outputs):
                slots.setdefault(id(tensor), len(slots))
        self.size = len(slots)
        self.steps = [Step(node, slots) for node in computed]
        self.results = map_structure(lambda t: slots[id(t)], outputs)
        self.one_result = self.results if isinstance(self.results, int) else -1
        self.masked = any(t._keras_mask is not None for node in self.nodes for t in symbolic_leaves(node.outputs))
        self.chain = self._is_chain()
        self.casts = self._has_casts()
        self._mark_dead()
        self._lean_steps = self._paired()

    def _is_chain(self) -> bool:
        """Whether the model is a plain line of single-tensor steps, as a Sequential is."""
        place = 0
        for step in self.steps:
            if step.source != place or len(step.targets) != 1 or not isinstance(step.node.outputs, KerasTensor):
                return False
            place = step.targets[0]
        return len(self.inputs) == 1 and place == self.one_result

    def _has_casts(self) -> bool:
        """Whether layers compute in other types than those before them, so that each is to be called as a layer."""
        policies = [step.operation.__dict__.get("_dtype_policy") for step in self.steps]
        types = {policy.compute for policy in policies if policy is not None and policy.compute.is_floating_point}
        return len(types) > 1 or any(policy is not None and policy.is_mixed for policy in policies)

    def _mark_dead(self) -> None:
        """Values no later step needs are let go of, so that inference keeps no more than it must."""
        kept = set(flatten(self.results))
        for step in reversed(self.steps):
            used = {slot for slot in flatten((step.args, step.kwargs)) if isinstance(slot, _Slot)}
            step.dead = [int(slot) for slot in used if slot not in kept]
            kept |= used

    def _paired(self) -> list[Step]:
        """The steps as `run` takes them: a max pooling together with what alone feeds it, if that can go around it."""
        readers: dict[int, list[Step]] = {}
        for step in self.steps:
            for slot in {place for place in flatten((step.args, step.kwargs)) if isinstance(place, _Slot)}:
                readers.setdefault(int(slot), []).append(step)
        results, taken = set(flatten(self.results)), set()
        for step in self.steps:
            if not step.single or not hasattr(step.operation, "call_around") or step.targets[0] in results:
                continue
            after = readers.get(step.targets[0], [])
            if len(after) == 1 and after[0].single and getattr(after[0].operation, "_takes_largest", False):
                step.pooled = after[0]
                taken.add(id(after[0]))
        return [step for step in self.steps if id(step) not in taken]

    # --- running ---

    def run(self, modules: dict[str, Any], values: list[Any], training: bool | None) -> Any:
        """The outputs for these input tensors. `modules` are the model's children.

        Steps of built-in layers that nothing watches compute directly; all others are called as layers.
        """
        if self.casts:
            return self.run_fully(modules, values)
        if self.chain:
            return self._run_chain(modules, values[0], training)
        slots = values + [None] * (self.size - len(values))
        for step in self._lean_steps:
            layer = modules[step.key]
            if step.pooled is not None:
                slots[step.pooled.targets[0]] = self._run_pair(step, step.pooled, modules, slots[step.source])
            elif step.single and layer is step.operation and layer._lean_path and not hooked(layer):
                x = slots[step.source]
                if step.takes_training:
                    slots[step.targets[0]] = layer.call(x, training=layer.training if training is None else training)
                else:
                    slots[step.targets[0]] = layer.call(x)
            else:
                self._call(step, layer, slots)
            for slot in step.dead:
                slots[slot] = None
        return slots[self.one_result] if self.one_result >= 0 else map_structure(slots.__getitem__, self.results)

    def _run_chain(self, modules: dict[str, Any], x: Any, training: bool | None) -> Any:
        for step in self._lean_steps:
            layer = modules[step.key]
            if step.pooled is not None:
                x = self._run_pair(step, step.pooled, modules, x)
            elif step.single and layer is step.operation and layer._lean_path and not hooked(layer):
                if step.takes_training:
                    x = layer.call(x, training=layer.training if training is None else training)
                else:
                    x = layer.call(x)
            elif step.kwargs:
                x = layer(x, **step.kwargs)
            else:
                x = layer(x)
        return x

    @staticmethod
    def _run_pair(step: Step, pooled: Step, modules: dict[str, Any], x: Any) -> Any:
        """Two steps as one, unless something watches what is between them."""
        layer, pooling = modules[step.key], modules[pooled.key]
        for one, its in ((layer, step), (pooling, pooled)):
            if one is not its.operation or not one._lean_path or hooked(one):
                return pooling(layer(x))
        return layer.call_around(x, pooling.call)

    def run_fully(self, modules: dict[str, Any], values: list[Any]) -> Any:
        """The same with every step called as a layer: for masks, hooks on everything, tracing and export."""
        slots = values + [None] * (self.size - len(values))
        for step in self.steps:
            self._call(step, modules[step.key], slots)
            for slot in step.dead:
                slots[slot] = None
        return map_structure(slots.__getitem__, self.results)

    def _call(self, step: Step, layer: Any, slots: list[Any]) -> None:
        if step.source >= 0:
            outputs = layer(slots[step.source])
        elif step.sources is not None:
            outputs = layer([slots[place] for place in step.sources])
        else:

            def value(part: Any) -> Any:
                return slots[part] if type(part) is _Slot else part

            outputs = layer(*map_structure(value, step.args), **map_structure(value, step.kwargs))
        if len(step.targets) == 1 and isinstance(step.node.outputs, KerasTensor):
            slots[step.targets[0]] = outputs
            return
        for target, output in zip(step.targets, flatten(outputs), strict=True):
            slots[target] = output

    def trace(
        self, inputs: list[KerasTensor], call: Callable[[Operation, tuple[Any, ...], dict[str, Any]], Any]
    ) -> Any:
        """The outputs on other symbolic inputs; `call` says what to do with each operation (infer it, or clone it)."""
        slots: list[Any] = [*inputs, *[None] * (self.size - len(inputs))]

        def value(part: Any) -> Any:
            return slots[part] if type(part) is _Slot else part

        for step in self.steps:
            outputs = call(step.operation, map_structure(value, step.args), map_structure(value, step.kwargs))
            for target, output in zip(step.targets, symbolic_leaves(outputs), strict=True):
                slots[target] = output
        return map_structure(slots.__getitem__, self.results)


def _given(node: Node, slots: dict[int, int]) -> bool:
    return all(id(tensor) in slots for tensor in symbolic_leaves(node.outputs))
