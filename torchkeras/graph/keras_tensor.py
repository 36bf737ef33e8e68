"""KerasTensor: a placeholder with a shape, a dtype, and the node that made it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import numpy as np
import torch

from torchkeras.core.dtypes import any_dtype, dtype_name
from torchkeras.core.kinds import bridge
from torchkeras.core.naming import unique_name
from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.tensor_shape import TensorShape
from torchkeras.graph.operators import OPERATORS, getitem

Shape = tuple[int | None, ...]


def as_shape(shape: Any) -> Shape:
    """A shape of any spelling (list, torch.Size, TensorShape, an int, None entries) as a tuple."""
    if isinstance(shape, (int, np.integer)):
        return (int(shape),)
    if hasattr(shape, "as_list"):
        shape = shape.as_list()
    return tuple(None if axis is None or axis == -1 else int(axis) for axis in shape)


class KerasTensor:
    """A symbolic tensor. Calling a layer, an operator or a torch function on it records a node.

    Args:
        shape: with None for what is known only when the model runs.
        dtype: a dtype; floatx unless given.
        name: for error messages and saved files.
        mask: the symbolic mask that travels with it, or None.
    """

    __array_ufunc__ = None  # an ndarray on the left gives way to our reflected operators
    __array_priority__ = 300

    def __init__(
        self, shape: Iterable[int | None], dtype: Any = None, name: str | None = None, mask: Any = None
    ) -> None:
        self.shape = TensorShape(as_shape(shape))
        self.torch_dtype = any_dtype(dtype)
        self.name = name or unique_name("keras_tensor")
        self._keras_mask = mask
        self.node: Any = None  # the Node that made it
        self.node_index = 0  # which of its operation's calls that was
        self.index = 0  # which of that call's outputs it is

    # --- facts, as far as a tensor has them before there are values ---

    @property
    def dtype(self) -> Any:
        """The torch dtype; once the tf namespace is loaded, the tf.DType that equals it."""
        return bridge.dtype(self.torch_dtype) if bridge.active else self.torch_dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    rank = ndim

    @property
    def is_sparse(self) -> bool:
        return False

    @property
    def requires_grad(self) -> bool:
        return False

    @property
    def _keras_history(self) -> tuple[Any, int, int]:
        return (self.node.operation, self.node_index, self.index)

    def dim(self) -> int:
        return len(self.shape)

    def size(self, axis: int | None = None) -> Any:
        return self.shape if axis is None else self.shape[axis]

    def is_floating_point(self) -> bool:
        return bool(self.torch_dtype.is_floating_point)

    def get_shape(self) -> TensorShape:
        return self.shape

    def __repr__(self) -> str:
        made = f" ({self._description()})" if self.node else ""
        return f"<KerasTensor: shape={self.shape} dtype={dtype_name(self.torch_dtype)}{made}>"

    def __str__(self) -> str:
        given = self.name if self.node and not self.node.args else None
        spec = f"TensorSpec(shape={self.shape}, dtype=tf.{dtype_name(self.torch_dtype)}, name={given!r})"
        made = f', description="{self._description()}"' if self.node else ""
        return f"KerasTensor(type_spec={spec}, name={self.name!r}{made})"

    def _description(self) -> str:
        return f"created by layer '{self.node.operation.name}'"

    # --- what only values could answer ---

    def _no_value(self, what: str) -> NoReturn:
        raise TypeError(
            f"A symbolic KerasTensor has no values yet, so it cannot be {what}. It stands for what the model will get. "
            f"Put code that needs values into the `call` of a layer or a Lambda, or call the model on data first."
        )

    def __bool__(self) -> bool:
        self._no_value("used as a Python bool")

    def __iter__(self) -> Any:
        if not self.shape or self.shape[0] is None:
            self._no_value("iterated over")
        return (self[i] for i in range(self.shape[0]))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        self._no_value("converted to a NumPy array")

    def __float__(self) -> float:
        self._no_value("converted to a float")

    def __int__(self) -> int:
        self._no_value("converted to an int")

    def numpy(self) -> Any:
        self._no_value("converted to a NumPy array")

    __hash__ = object.__hash__

    # --- recording ---

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return record(function, args, kwargs or {})

    def __getitem__(self, index: Any) -> Any:
        return record(getitem, (self, map_structure(_constant, index)), {}, "tf.__operators__.getitem")

    def __getattr__(self, name: str) -> Any:
        method = None if name.startswith("_") else getattr(torch.Tensor, name, None)
        if method is None:
            raise AttributeError(f"'KerasTensor' object has no attribute {name!r}")
        if not callable(method):  # a property such as .T or .mT
            return record(_Property(name), (self,), {})
        return lambda *args, **kwargs: record(method, (self, *args), kwargs)


class _Property:
    """Reading a property of a tensor, as a function that can be recorded and pickled."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, tensor: Any) -> Any:
        return getattr(tensor, self.__name__)


#: Set by graph.operation: makes a node from a function called on symbolic tensors.
_recorder: Callable[..., Any]


def set_recorder(recorder: Callable[..., Any]) -> None:
    global _recorder
    _recorder = recorder


def record(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], label: str | None = None) -> Any:
    """The symbolic result of a function on KerasTensors; `label` names the operation, else the function does."""
    return _recorder(function, args, kwargs, label)


def torch_dtype_of(value: Any) -> Any:
    """The torch dtype of a tensor or a symbol; STRING for texts."""
    return value.torch_dtype if isinstance(value, KerasTensor) else value.dtype


def is_keras_tensor(value: Any) -> bool:
    return isinstance(value, KerasTensor)


def any_symbolic(*structures: Any) -> bool:
    """Whether a KerasTensor is anywhere among these arguments."""
    return any(isinstance(leaf, KerasTensor) for leaf in flatten(structures))


def symbolic_leaves(structure: Any) -> list[KerasTensor]:
    return [leaf for leaf in flatten(structure) if isinstance(leaf, KerasTensor)]


def shapes_of(structure: Any) -> Any:
    """The shapes of tensors, symbolic or real, in a structure of the same form."""
    return map_structure(lambda t: tuple(t.shape) if hasattr(t, "shape") else t, structure)


def _operator(label: str, function: Any, reflected: bool) -> Callable[..., Any]:
    def apply(self: KerasTensor, *others: Any) -> Any:
        others = tuple(map_structure(_constant, other) for other in others)
        return record(function, (*others, self) if reflected else (self, *others), {}, label)

    return apply


def _constant(value: Any) -> Any:
    # An array takes part as a tensor: torch's functions refuse it.
    return torch.as_tensor(value) if isinstance(value, (np.ndarray, np.generic)) else value


for _name, _entry in OPERATORS.items():
    setattr(KerasTensor, _name, _operator(*_entry))
