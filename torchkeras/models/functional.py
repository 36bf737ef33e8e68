"""The graph of a functional model: its inputs and outputs, its program, and how data is brought into its form."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.core.dtypes import STRING
from torchkeras.core.naming import module_key
from torchkeras.core.nest import flatten, pack_as
from torchkeras.core.op_errors import UnimplementedError
from torchkeras.core.string_array import StringArray
from torchkeras.core.tensors import as_tensor
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.graph.operation import Operation
from torchkeras.graph.program import Program
from torchkeras.layers.input_layer import InputLayer
from torchkeras.layers.input_spec import InputSpec


class FunctionalGraph:
    """What `Model(inputs, outputs)` keeps of its arguments.

    `inputs` and `outputs` have the structure the user gave; `leaves` is the flat list of input tensors.
    """

    def __init__(self, inputs: Any, outputs: Any, keys: dict[int, str] | None = None) -> None:
        _check_symbolic(inputs, "inputs")
        _check_symbolic(outputs, "outputs")
        inputs, outputs = (n[0] if isinstance(n, list) and len(flatten(n)) == 1 else n for n in (inputs, outputs))
        inputs, outputs = _with_own_inputs(inputs, outputs)
        self.inputs, self.outputs = inputs, outputs
        self.leaves: list[KerasTensor] = flatten(inputs)
        _check_distinct(self.leaves)
        self.heads: list[KerasTensor] = []  # symbolic losses, computed along with the outputs
        self.program = Program(self.leaves, outputs)
        self.keys = keys or {}  # where each operation is among the model's children; its name may change later
        self._set_keys()
        self.input_names = [tensor.node.operation.name for tensor in self.leaves]
        self.output_names = _output_names(flatten(outputs))
        self.spec = [
            InputSpec(shape=t.shape, allow_last_axis_squeeze=True, name=n)
            for t, n in zip(self.leaves, self.input_names, strict=True)
        ]
        first = self.leaves[0].shape
        only_batch_open = bool(first) and first[0] is None and None not in first[1:]
        self.fixed_tail = tuple(first[1:]) if only_batch_open else None

    @property
    def operations(self) -> list[Operation]:
        return self.program.operations

    def _set_keys(self) -> None:
        names: dict[str, Operation] = {}
        for operation in self.operations:
            if names.setdefault(operation.name, operation) is not operation:
                uses = sum(1 for o in self.operations if o.name == operation.name)
                raise ValueError(
                    f'The name "{operation.name}" is used {uses} times in the model. All layer names should be unique.'
                )
            self.keys.setdefault(id(operation), module_key(operation.name))
        for step in self.program.steps:
            step.key = self.keys[id(step.operation)]
        #: The same keys in the order of the layers.
        self.child_keys = [self.keys[id(operation)] for operation in self.operations]

    def children(self) -> dict[str, Operation]:
        """The layers under the keys that state_dict shows."""
        return dict(zip(self.child_keys, self.operations, strict=True))

    def add_head(self, loss: KerasTensor) -> None:
        self.heads.append(loss)
        self.program = Program(self.leaves, [self.outputs, self.heads])
        self._set_keys()

    def __getstate__(self) -> dict[str, Any]:
        keys = [(operation, self.keys[id(operation)]) for operation in self.operations]
        # The nodes first, each after those that feed it: a copy would walk from an output down to the inputs else, one
        # level of recursion or more for each layer.
        return {"nodes": self.program.nodes, **self.__dict__, "keys": keys}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = {name: value for name, value in state.items() if name != "nodes"}
        self.__dict__.update(state, keys={id(operation): key for operation, key in state["keys"]})

    # --- data ---

    def fits(self, x: Tensor) -> bool:
        """Whether one tensor is exactly what the only input asks for, so that nothing has to be done to it."""
        reference = self.leaves[0]
        if len(self.leaves) > 1 or x.dtype is not reference.torch_dtype:
            return False
        shape = x.shape
        if self.fixed_tail is not None:
            return shape[1:] == self.fixed_tail
        return len(shape) == len(reference.shape) and all(
            want is None or want == have for want, have in zip(reference.shape, shape, strict=True)
        )

    def conform(self, inputs: Any) -> list[Any]:
        """The given inputs as a flat list in the graph's order, rank and dtype."""
        values = self.ordered(inputs)
        if len(values) != len(self.leaves):
            return values  # the input spec says what is wrong
        return [_conformed(value, reference) for value, reference in zip(values, self.leaves, strict=True)]

    def ordered(self, inputs: Any) -> list[Any]:
        """The given inputs as a flat list in the order of the graph's: a dict goes by names, a list by position."""
        if isinstance(inputs, dict):
            names = list(self.inputs) if isinstance(self.inputs, dict) else self.input_names
            missing = [name for name in names if name not in inputs]
            if missing:
                raise ValueError(
                    f"Missing data for the inputs {missing}. The model's inputs are {names}; received: {list(inputs)}."
                )
            chosen = {name: inputs[name] for name in names}
            return flatten(chosen) if isinstance(self.inputs, dict) else [chosen[name] for name in names]
        return flatten(inputs)


def _conformed(value: Any, reference: KerasTensor) -> Any:
    if isinstance(value, KerasTensor):
        return value
    tensor = as_tensor(value, None if reference.torch_dtype is STRING else reference.torch_dtype)
    if isinstance(tensor, StringArray) is not (reference.torch_dtype is STRING):
        kinds = ("texts", "numbers") if reference.torch_dtype is STRING else ("numbers", "texts")
        raise UnimplementedError(
            None,
            None,
            f"Cast {'string to float' if kinds[0] == 'numbers' else 'float to string'} is not supported: the input "
            f"{reference.name!r} takes {kinds[0]}, and was given {kinds[1]}: {str(value)[:80]}",
        )
    rank, wanted = tensor.dim(), len(reference.shape)
    if rank == wanted + 1 and tensor.shape[-1] == 1:
        tensor = tensor.squeeze(-1)
    elif rank == wanted - 1 and reference.shape[-1] == 1:
        tensor = tensor.unsqueeze(-1)
    if tensor.dtype is not reference.torch_dtype:
        mask = getattr(tensor, "_keras_mask", None)
        tensor = tensor.to(reference.torch_dtype)
        if mask is not None:
            tensor._keras_mask = mask
    return tensor


def _check_symbolic(structure: Any, what: str) -> None:
    for leaf in flatten(structure):
        if not isinstance(leaf, KerasTensor):
            raise ValueError(
                f"The {what} of a functional Model must be KerasTensors: made by `keras.Input` or by calling layers on "
                f"such. Received {type(leaf).__name__}: {str(leaf)[:100]}"
            )
    if not flatten(structure):
        raise ValueError(f"A functional Model needs {what}. Received: {structure!r}")


def _check_distinct(leaves: list[KerasTensor]) -> None:
    if len({id(tensor) for tensor in leaves}) < len(leaves):
        names = [tensor.node.operation.name for tensor in leaves]
        raise ValueError(f"The list of inputs passed to the model contains the same input multiple times: {names}")


def _with_own_inputs(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """Where a model is cut out of the middle of another, fresh Inputs and a copy of the graph after them."""
    leaves: list[KerasTensor] = flatten(inputs)
    if all(isinstance(t.node.operation, InputLayer) for t in leaves):
        return inputs, outputs
    _check_distinct(leaves)
    fresh = [
        t
        if isinstance(t.node.operation, InputLayer)
        else InputLayer(batch_input_shape=t.shape, dtype=t.torch_dtype).output
        for t in leaves
    ]
    program = Program(leaves, outputs)
    return pack_as(inputs, fresh), program.trace(fresh, lambda layer, args, kwargs: layer(*args, **kwargs))


def _output_names(outputs: list[KerasTensor]) -> list[str]:
    """Named after the layers; a layer with several outputs among them is numbered from its second on."""
    names: list[str] = []
    for tensor in outputs:
        base = tensor.node.operation.name
        count = sum(1 for n in names if n == base or n.startswith(f"{base}_"))
        names.append(f"{base}_{count}" if base in names else base)
    return names
