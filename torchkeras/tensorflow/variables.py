"""What TensorFlow's variables do beyond Keras's: how they read, what `assign` gives, updates of parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchkeras.core.variable import Variable
from torchkeras.tensorflow.convert import read, tensor, viewed
from torchkeras.tensorflow.indexing import as_index, as_mask
from torchkeras.tensorflow.state import state
from torchkeras.tensorflow.tensor import Tensor, as_tf


class UnreadVariable(Variable):
    """What `assign` gives: the variable once more, under the name TensorFlow prints for it."""

    @property
    def name(self) -> str:
        return "UnreadVariable"


def _noted(value: torch.Tensor) -> Any:
    shown = as_tf(value)
    if shown.requires_grad and state.session:
        shown._session = state.session
    return shown


def read_for_operator(variable: Variable) -> Any:
    """The value an operator computes with; not a copy, so for results that are new."""
    return _noted(read(variable))


def value(variable: Variable) -> Any:
    """A copy of the value."""
    return _noted(read(variable).clone())


def item(variable: Variable, index: Any) -> Any:
    """`variable[index]`: a copy, which can be assigned to as a part of the variable."""
    found = read_for_operator(variable)[index]
    shown = viewed(found.clone())
    shown._part_of = (variable, index)
    return shown


def assigned(variable: Variable) -> Variable:
    """What an assignment gives."""
    shown = UnreadVariable.__new__(UnreadVariable)
    shown.__dict__ = variable.__dict__
    return shown


def before_assign(variable: Variable) -> None:
    """While a tape may still need the present value, an assignment goes to new memory."""
    if state.live:
        save_for_tapes([variable.parameter])


def save_for_tapes(parameters: list[torch.Tensor]) -> None:
    """Called with parameters that are about to be written."""
    if state.live:
        for parameter in parameters:
            parameter.data = parameter.data.clone()


# --- assigning to parts ---


def _assign_part(part: Tensor, change: Callable[[torch.Tensor, Any, torch.Tensor], None], given: Any) -> Variable:
    variable, index = part._part_of  # type: ignore[attr-defined]
    before_assign(variable)
    with torch.no_grad():
        target = variable._read()
        mask = as_mask(index)
        change(target, as_index(index) if mask is None else mask, tensor(given, target.dtype).to(target.dtype))
        _put_back(variable, target)
    return assigned(variable)


def _put_back(variable: Variable, target: torch.Tensor) -> None:
    """Writes a changed value into the parameter, where the layout makes it a copy rather than a view."""
    parameter = variable.parameter
    if target.untyped_storage().data_ptr() != parameter.untyped_storage().data_ptr():
        parameter.copy_(variable.layout.to_torch(target))


def _set(target: torch.Tensor, index: Any, given: torch.Tensor) -> None:
    target[index] = given


PART_METHODS: dict[str, Any] = {"assign": _set}


#: What tensors have once NumPy's behaviour is switched on.
_NUMPY_NAMES = frozenset({"T", "astype", "clip", "data", "ravel", "reshape", "size", "tolist", "transpose"})


def missing_attribute(self: Tensor, name: str) -> Any:
    """Attributes that are not there: `assign` on a part of a variable, else TensorFlow's error."""
    if name in PART_METHODS and "_part_of" in self.__dict__:
        return lambda value, *args, **kwargs: _assign_part(self, PART_METHODS[name], value)
    if name in ("name", "op", "graph"):
        raise AttributeError(f"Tensor.{name} is undefined when eager execution is enabled.")
    if name in _NUMPY_NAMES:
        raise AttributeError(
            f"EagerTensor object has no attribute {name!r}. If you are looking for numpy-related methods, please run "
            f"the following: tf.experimental.numpy.experimental_enable_numpy_behavior()"
        )
    raise AttributeError(f"'tensorflow.python.framework.ops.EagerTensor' object has no attribute {name!r}")


Tensor.__getattr__ = missing_attribute  # type: ignore[attr-defined]


# --- further methods ---


def _updates(reduce: str | None) -> Callable[..., Variable]:
    def scatter(variable: Variable, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Variable:
        """Changes rows: `sparse_delta` is a tf.IndexedSlices of values and row numbers."""
        before_assign(variable)
        with torch.no_grad():
            target = variable._read()
            indices = tensor(sparse_delta.indices).long().reshape(-1)
            values = tensor(sparse_delta.values, target.dtype).reshape(len(indices), *target.shape[1:])
            _scatter_rows(target, indices, values, reduce)
            _put_back(variable, target)
        return assigned(variable)

    return scatter


def _scatter_rows(target: torch.Tensor, indices: torch.Tensor, values: torch.Tensor, reduce: str | None) -> None:
    if reduce is None:
        target[indices] = values
    elif reduce in ("add", "sub"):
        target.index_add_(0, indices, values, alpha=1 if reduce == "add" else -1)
    elif reduce == "div":
        target.index_copy_(0, indices, target[indices] / values)
    else:
        target.index_reduce_(0, indices, values, {"mul": "prod", "max": "amax", "min": "amin"}[reduce])


def _updates_nd(reduce: str | None) -> Callable[..., Variable]:
    def scatter_nd(variable: Variable, indices: Any, updates: Any, name: str | None = None) -> Variable:
        """Changes the elements or slices that the rows of `indices` name."""
        before_assign(variable)
        with torch.no_grad():
            target = variable._read()
            places = tuple(tensor(indices).long().unbind(-1))
            values = tensor(updates, target.dtype).to(target.dtype)
            if reduce in ("max", "min"):
                held = target[places]
                target[places] = torch.maximum(held, values) if reduce == "max" else torch.minimum(held, values)
            else:
                target.index_put_(places, -values if reduce == "sub" else values, accumulate=reduce is not None)
            _put_back(variable, target)
        return assigned(variable)

    return scatter_nd


def _sparse_read(variable: Variable, indices: Any, name: str | None = None) -> Any:
    return viewed(read(variable)[tensor(indices).long()])


def _gather_nd(variable: Variable, indices: Any, name: str | None = None) -> Any:
    return viewed(read(variable)[tuple(tensor(indices).long().unbind(-1))])


METHODS: dict[str, Callable[..., Any]] = {
    "scatter_update": _updates(None),
    "scatter_add": _updates("add"),
    "scatter_sub": _updates("sub"),
    "scatter_mul": _updates("mul"),
    "scatter_div": _updates("div"),
    "scatter_max": _updates("max"),
    "scatter_min": _updates("min"),
    "scatter_nd_update": _updates_nd(None),
    "scatter_nd_add": _updates_nd("add"),
    "scatter_nd_sub": _updates_nd("sub"),
    "scatter_nd_max": _updates_nd("max"),
    "scatter_nd_min": _updates_nd("min"),
    "sparse_read": _sparse_read,
    "gather_nd": _gather_nd,
    "initialized_value": value,
    "is_initialized": lambda variable, name=None: viewed(torch.tensor(True)),
    "set_shape": lambda variable, shape: value(variable).set_shape(shape),
}
