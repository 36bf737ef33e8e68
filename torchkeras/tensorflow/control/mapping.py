"""tf.map_fn, tf.vectorized_map, tf.scan, tf.foldl and tf.foldr: functions along the first axis of tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow import dtypes, nest
from torchkeras.tensorflow.control.conditions import truth
from torchkeras.tensorflow.convert import any_tensor, made, tensor
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.ragged import stack as ragged_stack
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.spec import RaggedTensorSpec
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.type_specs import TensorSpec, TypeSpec


def _elements(elems: Any, name: str) -> tuple[list[Any], int]:
    """The leaves as tensors, and their number of rows."""
    leaves = []
    for leaf in nest.flatten(elems):
        if isinstance(leaf, KerasTensor):
            truth(leaf, name)
        leaves.append(leaf if hasattr(leaf, "_type_spec") else any_tensor(leaf))
    if not leaves:
        raise ValueError("elems must be a Tensor or (possibly nested) sequence of Tensors. Got an empty structure.")
    for leaf in leaves:
        if not hasattr(leaf, "nrows") and leaf.shape.rank == 0:
            raise ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars")
    rows = _rows(leaves[0])
    for leaf in leaves[1:]:
        if _rows(leaf) != rows:
            raise InvalidArgumentError(
                None, None, f"`elems` have {rows} and {_rows(leaf)} rows [Op:TensorListFromTensor]"
            )
    return leaves, rows


def _rows(leaf: Any) -> int:
    return int(leaf.nrows() if hasattr(leaf, "nrows") else leaf.shape[0])


def _at(leaf: Any, row: int) -> Any:
    return leaf._row(row) if hasattr(leaf, "_row") else leaf[row]


def _whole(elems: Any) -> bool:
    """Whether a list is one tensor to be, rather than a structure: a list of numbers."""
    return isinstance(elems, list) and not any(hasattr(leaf, "dtype") for leaf in nest.flatten(elems))


def stacked(values: list[Any], spec: Any = None) -> Any:
    """Results of one call after another as one tensor, or as what their kind is stacked to."""
    first: Any = values[0] if values else None
    if hasattr(first, "_stack_rows"):
        return first._stack_rows(values)
    if isinstance(first, RaggedTensor) or isinstance(spec, RaggedTensorSpec):
        return ragged_stack(values)
    if isinstance(first, StringTensor):
        return StringTensor(np.stack([value._array for value in values]))
    if hasattr(first, "_type_spec"):
        raise TypeError(
            f"Results of the type {type(first).__name__} cannot be stacked: give tensors or ragged tensors."
        )
    try:
        return made(torch.stack([tensor(value) for value in values]))
    except RuntimeError as error:
        shapes = [tuple(value.shape) for value in values]
        raise InvalidArgumentError(
            None, None, f"TensorArray has inconsistent shapes: {shapes} [Op:TensorListStack]"
        ) from error


def _empty(spec: Any) -> Any:
    """No results of this spec."""
    dtype = spec.dtype if isinstance(spec, TensorSpec) else dtypes.as_dtype(spec)
    sizes = [0, *(spec.shape if isinstance(spec, TensorSpec) and spec.shape.is_fully_defined() else ())]
    if dtype == dtypes.string:
        return StringTensor(np.empty(sizes, dtype=object))
    return made(torch.empty(sizes, dtype=dtype.torch))


def map_fn(
    fn: Callable[..., Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
    fn_output_signature: Any = None,
) -> Any:
    """`fn` of each row, the results stacked.

    Args:
        fn: takes a row, in the structure of `elems`.
        elems: a tensor, or a structure of tensors with the same number of rows.
        dtype, fn_output_signature: dtypes or specs of the results, in their structure; those of `elems` unless given.
        parallel_iterations, back_prop, swap_memory, infer_shape: accepted.
    """
    if not callable(fn):
        raise TypeError(f"The provided function {fn!r} is not callable. fn must be callable.")
    elems = any_tensor(elems) if _whole(elems) else elems
    leaves, rows = _elements(elems, "tf.map_fn")
    signature = dtype if fn_output_signature is None else fn_output_signature
    form = elems if signature is None else signature
    specs = (
        [getattr(v, "_type_spec", None) or v.dtype for v in leaves] if signature is None else nest.flatten(signature)
    )
    columns: list[list[Any]] = [[] for _ in specs]
    for row in range(rows):
        found = fn(nest.pack_sequence_as(elems, [_at(leaf, row) for leaf in leaves]))
        nest.assert_same_structure(form, found, check_types=False)
        for column, value, spec in zip(columns, nest.flatten(found), specs, strict=True):
            column.append(_of_spec(value, spec))
    results = [stacked(c, s) if c else _empty(s) for c, s in zip(columns, specs, strict=True)]
    return nest.pack_sequence_as(form, results)


def _of_spec(value: Any, spec: Any) -> Any:
    if isinstance(spec, TypeSpec) and not isinstance(spec, TensorSpec):
        return value
    if hasattr(value, "_type_spec"):
        return value
    wanted = spec.dtype if isinstance(spec, TensorSpec) else dtypes.as_dtype(spec)
    found = any_tensor(value, None if hasattr(value, "dtype") else wanted)
    if found.dtype != wanted:
        raise InvalidArgumentError(
            None, None, f"TensorArray dtype is {wanted.name} but Op is trying to write dtype {found.dtype.name}"
        )
    return found


def vectorized_map(fn: Callable[..., Any], elems: Any, fallback_to_while_loop: bool = True, warn: bool = True) -> Any:
    """`fn` of each row, the results stacked, in the structure that `fn` gives.

    Args:
        fn: takes a row, in the structure of `elems`.
        elems: a tensor, or a structure of tensors with the same number of rows; single rows are used for all.
        fallback_to_while_loop, warn: accepted; `torch.vmap` vectorizes functions of torch's.
    """
    elems = any_tensor(elems) if _whole(elems) else elems
    leaves = [leaf if hasattr(leaf, "_type_spec") else any_tensor(leaf) for leaf in nest.flatten(elems)]
    rows = max((_rows(leaf) for leaf in leaves), default=1)
    found = [
        fn(nest.pack_sequence_as(elems, [_at(leaf, row if _rows(leaf) > 1 else 0) for leaf in leaves]))
        for row in range(rows)
    ]
    columns = zip(*(nest.flatten(one) for one in found), strict=True)
    results = [stacked([v if hasattr(v, "_type_spec") else any_tensor(v) for v in column]) for column in columns]
    return nest.pack_sequence_as(found[0], results)


def scan(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """All intermediate results of `fn(result so far, row)`, stacked.

    Args:
        fn: takes the result so far and a row.
        elems: a tensor, or a structure of tensors with the same number of rows.
        initializer: where to start; the first row unless given.
        parallel_iterations, back_prop, swap_memory, infer_shape: accepted.
        reverse: whether to go from the last row to the first.
    """
    results = _accumulated(fn, elems, initializer, reverse, "tf.scan")
    if reverse:
        results.reverse()
    form = results[0]
    columns = zip(*(nest.flatten(one) for one in results), strict=True)
    return nest.pack_sequence_as(form, [stacked(list(column)) for column in columns])


def _accumulated(fn: Callable[..., Any], elems: Any, initializer: Any, reverse: bool, name: str) -> list[Any]:
    """The results after each row."""
    if not callable(fn):
        raise TypeError(f"{fn.__class__.__name__} is not callable. fn must be callable.")
    elems = any_tensor(elems) if _whole(elems) else elems
    if any(not hasattr(leaf, "nrows") and not len(leaf.shape) for leaf in map(any_tensor, nest.flatten(elems))):
        raise IndexError(f"{name}: `elems` must have at least one axis, to go along.")
    leaves, rows = _elements(elems, name)
    order = list(range(rows - 1, -1, -1) if reverse else range(rows))
    results = []
    if initializer is None:
        if not rows:
            raise InvalidArgumentError(None, None, f"{name} of no rows needs an `initializer`.")
        total = _row(elems, leaves, order.pop(0))
        results.append(total)
    else:
        total = nest.map_structure(any_tensor, initializer)
    for row in order:
        found = fn(total, _row(elems, leaves, row))
        nest.assert_same_structure(total, found, check_types=False)
        total = nest.pack_sequence_as(
            total, [_of_spec(v, t.dtype) for v, t in zip(nest.flatten(found), nest.flatten(total), strict=True)]
        )
        results.append(total)
    return results or [total]


def _row(elems: Any, leaves: list[Any], row: int) -> Any:
    return nest.pack_sequence_as(elems, [_at(leaf, row) for leaf in leaves])


def foldl(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """`fn(result so far, row)` from the first row to the last; the last result. Arguments as for `tf.scan`."""
    return _accumulated(fn, elems, initializer, False, "tf.foldl")[-1]


def foldr(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """`fn(result so far, row)` from the last row to the first; the last result. Arguments as for `tf.scan`."""
    return _accumulated(fn, elems, initializer, True, "tf.foldr")[-1]


__all__ = ["foldl", "foldr", "map_fn", "scan", "vectorized_map"]
