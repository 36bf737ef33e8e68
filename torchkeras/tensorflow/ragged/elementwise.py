"""Functions that work element by element, on ragged tensors: on their flat values, brought to one structure."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras.core.nest import flatten, map_structure
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.convert import tensor
from torchkeras.tensorflow.dispatch import bound, handles
from torchkeras.tensorflow.elementwise import BINARY, UNARY
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.ragged.broadcasting import aligned, as_operand, broadcast_to
from torchkeras.tensorflow.ragged.conversions import coordinates
from torchkeras.tensorflow.ragged.dynamic_shape import DynamicRaggedShape
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.rows import as_parts, must_agree, shown

#: Element by element for TensorFlow, but not on flat values: of three tensors, of two, along rows.
_NOT_UNARY = {"clip_by_value", "math.nextafter", "nn.log_softmax"}


@handles("ragged", *(UNARY - _NOT_UNARY), "bitcast", "identity", "stop_gradient")
def unary(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    name, first = next(iter(given.items()))
    if not isinstance(first, RaggedTensor):
        raise first_ragged(given)._refused(function.__name__)
    flat = function(**given | {name: first.flat_values})
    return first.with_flat_values(flat)


def first_ragged(*structures: Any) -> RaggedTensor:
    found: RaggedTensor = next(leaf for leaf in flatten(structures) if isinstance(leaf, RaggedTensor))
    return found


@handles("ragged", *BINARY, "math.nextafter")
def binary(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return _together(function, bound(function, args, kwargs), 2)


@handles("ragged", "clip_by_value")
def clipped(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return _together(function, bound(function, args, kwargs), 3)


def _together(function: Callable[..., Any], given: dict[str, Any], many: int) -> Any:
    names = list(given)[:many]
    kind = first_ragged([given[name] for name in names]).dtype
    operands, wrap = aligned([as_operand(given[name], kind) for name in names])
    return wrap(function(**given | dict(zip(names, operands, strict=True))))


@handles("ragged", "where")
def where(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    condition, x, y = given["condition"], given.get("x"), given.get("y")
    if x is None and y is None:
        where = coordinates(condition._partitions)
        flags = tensor(condition.flat_values).cpu().numpy()
        inner = np.argwhere(flags)
        return shown(np.concatenate([where[inner[:, 0]], inner[:, 1:]], axis=1))
    if x is None or y is None:
        raise ValueError("`x` and `y` must both be None or both be non-None.")
    kind = next((one.dtype for one in (x, y) if hasattr(one, "dtype")), None)
    operands, wrap = aligned([as_operand(condition, dtypes.bool_), as_operand(x, kind), as_operand(y, kind)])
    # A condition of rows decides over whole rows.
    return wrap(function(*operands))


@handles("ragged", "math.add_n")
def add_n(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    inputs = given["inputs"]
    if isinstance(inputs, RaggedTensor):
        return inputs
    operands, wrap = aligned([as_operand(one) for one in inputs])
    return wrap(function(operands))


@handles("ragged", "strings.join")
def join(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    operands, wrap = aligned([as_operand(one) for one in given["inputs"]])
    return wrap(function(**given | {"inputs": operands}))


@handles("ragged_shape", "broadcast_to")
@handles("ragged", "broadcast_to")
def broadcast(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    value, shape = as_parts(given["input"]), given["shape"]
    if not isinstance(shape, DynamicRaggedShape):
        raise ValueError("A ragged tensor is broadcast to a ragged shape, as `tf.shape` of one gives it.")
    if not shape.row_partitions:
        return function(value, shape._inner)
    return broadcast_to(value, shape.row_partitions, shape._inner[1:])


def map_flat_values(op: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """A function applied to the values of ragged tensors that have the same rows, without their structure.

    Args:
        op: gives a tensor of as many rows as it got.
        args, kwargs: its arguments, ragged tensors anywhere in them.
    """
    ragged = [leaf for leaf in flatten((args, kwargs)) if isinstance(leaf, RaggedTensor)]
    if not ragged:
        return op(*args, **kwargs)
    first = ragged[0]
    for other in ragged[1:]:
        if len(other._partitions) != len(first._partitions):
            raise ValueError(
                f"tf.ragged.map_flat_values requires ragged tensors of the same number of ragged dimensions, got "
                f"{first.ragged_rank} and {other.ragged_rank}."
            )
        for mine, its in zip(first._partitions, other._partitions, strict=True):
            must_agree(mine._splits, its._splits, "partitions have incompatible row_splits")
    args, kwargs = map_structure(lambda v: v.flat_values if isinstance(v, RaggedTensor) else v, (args, kwargs))
    result = as_parts(op(*args, **kwargs))
    wanted = first._partitions[-1].static_nvals
    if not result.shape.rank or result.shape[0] != wanted:
        raise ValueError(
            f"tf.ragged.map_flat_values requires that the output of `op` have the same outer-dimension size as "
            f"flat_values of any ragged inputs. (output shape: {result.shape}; expected outer dimension size: {wanted})"
        )
    return first.with_flat_values(result)


# --- operators ---


def _operator(function: Callable[[Any, Any], Any], reflected: bool = False) -> Callable[[RaggedTensor, Any], Any]:
    def apply(self: RaggedTensor, other: Any) -> Any:
        operands = [self, as_operand(other, self.dtype)]
        (x, y), wrap = aligned(operands[::-1] if reflected else operands)
        return wrap(function(x, y))

    return apply


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor"):
    _function = getattr(operator, f"__{_name}__")
    setattr(RaggedTensor, f"__{_name}__", _operator(_function))
    setattr(RaggedTensor, f"__r{_name}__", _operator(_function, reflected=True))
for _name in ("lt", "le", "gt", "ge"):
    setattr(RaggedTensor, f"__{_name}__", _operator(getattr(operator, _name)))


def _equality(function: Callable[[Any, Any], Any], otherwise: bool) -> Callable[[RaggedTensor, Any], Any]:
    apply = _operator(function)

    def compared(self: RaggedTensor, other: Any) -> Any:
        if other is None:
            return otherwise
        try:
            return apply(self, other)
        except (InvalidArgumentError, ValueError, TypeError):
            return otherwise

    return compared


def _of_values(function: Callable[[Any], Any]) -> Callable[[RaggedTensor], RaggedTensor]:
    return lambda self: self.with_flat_values(function(self.flat_values))


for _name in ("neg", "abs", "invert"):
    setattr(RaggedTensor, f"__{_name}__", _of_values(getattr(operator, f"__{_name}__")))
for _name, _otherwise in (("eq", False), ("ne", True)):
    setattr(RaggedTensor, f"__{_name}__", _equality(getattr(operator, _name), _otherwise))

__all__ = ["aligned", "first_ragged", "map_flat_values"]
