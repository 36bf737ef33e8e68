"""Arithmetic of sparse tensors, with each other and with dense ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.variable import Variable
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.arguments import axes_of, invalid
from torchkeras.tensorflow.convert import made, operand_like, tensor
from torchkeras.tensorflow.dispatch import CompositeTensor, bound, handles
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.operators import true_divide
from torchkeras.tensorflow.rows import shown
from torchkeras.tensorflow.sparse.parts import as_sparse, index_on, of_host
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor


def same_dtype(a: torch.Tensor, b: torch.Tensor, kernel: str) -> None:
    if a.dtype is not b.dtype:
        invalid(
            f"cannot compute {kernel} of a {dtypes.of_torch(a.dtype).name} and a {dtypes.of_torch(b.dtype).name} "
            f"tensor",
            kernel,
        )


def _united(a: SparseTensor, b: SparseTensor, kernel: str) -> tuple[np.ndarray, torch.Tensor, torch.Tensor]:
    """All places of either tensor in order, and the values of both there, zero where one has none."""
    if a._sizes != b._sizes:
        wrong = [i for i, (m, n) in enumerate(zip(a._sizes, b._sizes)) if m != n]
        text = f"got {a._sizes[wrong[0]]} and {b._sizes[wrong[0]]} for dimension {wrong[0]}" if wrong else (
            f"got {a._sizes} and {b._sizes}"
        )  # fmt: skip
        invalid(f"Operands' shapes do not match: {text}", kernel)
    x, y = tensor(a.values), tensor(b.values)
    same_dtype(x, y, kernel)
    sizes = a._sizes
    places = [np.ravel_multi_index(tuple(one._where.T), sizes) for one in (a, b)]
    union, back = np.unique(np.concatenate(places), return_inverse=True)
    back = back.reshape(-1)
    first, second = back[: len(places[0])], back[len(places[0]) :]
    spread = [
        values.new_zeros(len(union)).index_add(0, index_on(at, values), values)
        for values, at in ((x, first), (y, second))
    ]
    where = np.array(np.unravel_index(union, sizes)).T.reshape(len(union), len(sizes))
    return where, spread[0], spread[1]


@operation("sparse.add", "SparseAdd")
def add(a: Any, b: Any, threshold: Any = 0) -> Any:
    """The sum: sparse of two sparse tensors, dense where one is dense.

    Args:
        threshold: sums below it are left out of a sparse result.
    """
    if not isinstance(a, SparseTensor) and not isinstance(b, SparseTensor):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if isinstance(a, SparseTensor) and isinstance(b, SparseTensor):
        where, x, y = _united(a, b, "SparseAdd")
        total = x + y
        limit = float(threshold)
        if limit > 0:
            kept = (total.detach().abs() >= limit).nonzero().reshape(-1)
            return of_host(where[kept.cpu().numpy()], made(total[kept]), a._sizes)
        return of_host(where, made(total), a._sizes)
    sparse, dense = (a, b) if isinstance(a, SparseTensor) else (b, a)
    values = tensor(sparse.values)
    whole = operand_like(dense, values, "SparseTensorDenseAdd").as_subclass(torch.Tensor)
    same_dtype(values, whole, "SparseTensorDenseAdd")
    if list(whole.shape) != sparse._sizes:
        invalid(f"Shapes do not match: {sparse._sizes} and {list(whole.shape)}", "SparseTensorDenseAdd")
    at = tuple(index_on(column, whole) for column in sparse._where.T)
    return made(whole.index_put(at, values, accumulate=True))


def _chosen(kernel: str, function: Callable[[Any, Any], torch.Tensor], a: Any, b: Any) -> SparseTensor:
    first, second = as_sparse(a), as_sparse(b)
    where, x, y = _united(first, second, kernel)
    return of_host(where, made(function(x, y)), first._sizes)


@operation("sparse.maximum", "SparseSparseMaximum")
def maximum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """The greater value at each place of either."""
    return _chosen("SparseSparseMaximum", torch.maximum, sp_a, sp_b)


@operation("sparse.minimum", "SparseSparseMinimum")
def minimum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """The smaller value at each place of either."""
    return _chosen("SparseSparseMinimum", torch.minimum, sp_a, sp_b)


def map_values(op: Callable[..., Any], *args: Any, **kwargs: Any) -> SparseTensor:
    """A function applied to the values of sparse tensors that have the same places.

    Args:
        op: gives as many values as it got.
        args, kwargs: its arguments.
    """
    found = [leaf for leaf in flatten((args, kwargs)) if isinstance(leaf, SparseTensor)]
    if not found:
        raise ValueError("No SparseTensor in argument list of map_values")
    for other in found[1:]:
        if not np.array_equal(other._where, found[0]._where) or other._sizes != found[0]._sizes:
            invalid("The sparse tensors of map_values must have the same indices and shape", "Equal")
    args, kwargs = map_structure(lambda v: v.values if isinstance(v, SparseTensor) else v, (args, kwargs))
    return found[0].with_values(op(*args, **kwargs))


@operation("sparse.sparse_dense_matmul", "SparseTensorDenseMatMul")
def sparse_dense_matmul(
    sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False, name: str | None = None
) -> Any:
    """The product of a sparse and a dense matrix, in either order."""
    if isinstance(b, SparseTensor) and not isinstance(sp_a, SparseTensor):
        # A B = (B^H A^H)^H
        product = _product(b, sp_a, not adjoint_b, not adjoint_a)
        return made(product.mH.contiguous() if product.is_complex() else product.T.contiguous())
    return made(_product(as_sparse(sp_a), b, adjoint_a, adjoint_b))


def _product(sparse: SparseTensor, dense: Any, adjoint_a: bool, adjoint_b: bool) -> torch.Tensor:
    values = tensor(sparse.values)
    other = tensor(dense)
    kernel = "SparseTensorDenseMatMul"
    if len(sparse._sizes) != 2:
        invalid("Tensor 'a_shape' must have 2 elements", kernel)
    if other.dim() != 2:
        invalid("Tensor 'b' is not a matrix", kernel)
    same_dtype(values, other, kernel)
    rows, columns = sparse._where.T
    shape = list(sparse._sizes)
    if adjoint_a:
        rows, columns, shape = columns, rows, shape[::-1]
        values = values.conj() if values.is_complex() else values
    if adjoint_b:
        other = other.mH if other.is_complex() else other.T
    if shape[1] != other.shape[0]:
        invalid(
            f"Cannot multiply A and B because inner dimension does not match: {shape[1]} vs. {other.shape[0]}. Did "
            f"you forget a transpose? Dimensions of A: {shape}. Dimensions of B: {list(other.shape)}",
            kernel,
        )
    places = np.stack([rows, columns])
    if values.dtype in (torch.float32, torch.float64):
        matrix = torch.sparse_coo_tensor(index_on(places, values), values, shape, check_invariants=False)
        found: torch.Tensor = torch.sparse.mm(matrix, other)
        return found
    products = values[:, None] * other[index_on(columns, other)]
    return other.new_zeros(shape[0], other.shape[1]).index_add(0, index_on(rows, other), products)


@operation("sparse.softmax", "SparseSoftmax")
def softmax(sp_input: Any, name: str | None = None) -> SparseTensor:
    """The softmax over the values that are there, along the last dimension."""
    sparse = as_sparse(sp_input)
    values = tensor(sparse.values)
    if not values.is_floating_point():
        invalid(f"softmax takes floating point values, got {sparse.dtype.name}", "SparseSoftmax")
    rows, many = _rows(sparse, [len(sparse._sizes) - 1])
    index = index_on(rows, values)
    greatest = values.detach().new_full((many,), -math.inf).scatter_reduce(0, index, values.detach(), "amax")
    powers = (values - greatest[index]).exp()
    total = powers.new_zeros(many).index_add(0, index, powers)
    return sparse.with_values(made(powers / total[index]))


def _rows(sparse: SparseTensor, axes: list[int]) -> tuple[np.ndarray, int]:
    """The number that each value has in the dimensions that are not reduced, and how many numbers there are."""
    kept = [i for i in range(len(sparse._sizes)) if i not in axes]
    shape = [sparse._sizes[i] for i in kept]
    if not kept:
        return np.zeros(len(sparse._where), dtype=np.int64), 1
    return np.ravel_multi_index(tuple(sparse._where[:, kept].T), shape), math.prod(shape)


def _reduced(sp_input: Any, axis: Any, keepdims: Any, output_is_sparse: bool, kernel: str) -> Any:
    sparse = as_sparse(sp_input)
    rank = len(sparse._sizes)
    if axis is not None and isinstance(axis, int) and not -rank <= axis < rank:
        invalid(f"Invalid reduction dimension {axis}, for input with {rank} dimensions.", kernel)
    axes = axes_of(axis, rank, kernel)
    rows, many = _rows(sparse, axes)
    values = tensor(sparse.values)
    index = index_on(rows, values)
    if kernel == "SparseReduceSum":
        whole = values.new_zeros(many).index_add(0, index, values)
    else:
        # A row without any value gives zero.
        whole = values.new_zeros(many).scatter_reduce(0, index, values, "amax", include_self=False)
    shape = [n for i, n in enumerate(sparse._sizes) if i not in axes]
    if keepdims:
        shape = [1 if i in axes else n for i, n in enumerate(sparse._sizes)]
    if not output_is_sparse:
        return made(whole.reshape(shape))
    present = np.unique(rows)
    where = np.array(np.unravel_index(present, shape)).T.reshape(len(present), len(shape))
    return of_host(where, made(whole[index_on(present, whole)]), shape)


@operation("sparse.reduce_sum", "SparseReduceSum")
def reduce_sum(
    sp_input: Any, axis: Any = None, keepdims: Any = None, output_is_sparse: bool = False, name: str | None = None
) -> Any:
    """The sum along some axes, or all."""
    return _reduced(sp_input, axis, keepdims, output_is_sparse, "SparseReduceSum")


@operation("sparse.reduce_max", "SparseReduceMax")
def reduce_max(
    sp_input: Any, axis: Any = None, keepdims: Any = None, output_is_sparse: bool = False, name: str | None = None
) -> Any:
    """The greatest of the values that are there, along some axes, or all."""
    return _reduced(sp_input, axis, keepdims, output_is_sparse, "SparseReduceMax")


# --- operators ---


def _beside(sparse: SparseTensor, dense: Any, kernel: str) -> tuple[torch.Tensor, torch.Tensor]:
    """The values, and those of a dense tensor at the same places; only the dense one is repeated to fit."""
    if isinstance(dense, CompositeTensor):
        raise dense._refused(f"tf.math.{kernel}")
    values = tensor(sparse.values)
    whole = operand_like(dense, values, kernel).as_subclass(torch.Tensor)
    same_dtype(values, whole, kernel)
    if not whole.dim():
        return values, whole
    try:
        whole = whole.expand(sparse._sizes)
    except RuntimeError:
        invalid(
            f"SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: "
            f"{sparse._sizes} vs. {list(whole.shape)}",
            kernel,
        )
    return values, whole[tuple(index_on(column, whole) for column in sparse._where.T)]


def multiplied(sparse: SparseTensor, dense: Any) -> SparseTensor:
    values, others = _beside(sparse, dense, "SparseDenseCwiseMul")
    return sparse.with_values(made(values * others))


def divided(sparse: SparseTensor, dense: Any) -> SparseTensor:
    values, others = _beside(sparse, dense, "SparseDenseCwiseDiv")
    return sparse.with_values(made(true_divide(values, others)))


def _reflected(self: SparseTensor, other: Any) -> Any:
    return multiplied(self, other) if isinstance(other, (torch.Tensor, Variable)) else NotImplemented


for _name, _operator in {"mul": multiplied, "rmul": _reflected, "truediv": divided}.items():
    setattr(SparseTensor, f"__{_name}__", _operator)

# --- functions of the rest of the namespace ---


@handles("sparse", "math.divide", "math.truediv")
def _divide(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x, y = list(bound(function, args, kwargs).values())[:2]
    if not isinstance(x, SparseTensor):
        raise y._refused("tf.math.divide")
    return divided(x, y)


@handles(
    "sparse", "cast", "dtypes.cast", "identity", "math.abs", "math.negative", "math.sign", "math.square", "math.sqrt",
    "math.erf", "math.tanh", "stop_gradient",
)  # fmt: skip
def _of_values(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    name, sparse = next(iter(given.items()))
    return sparse.with_values(function(**given | {name: sparse.values}))


@handles("sparse", "shape")
def _shape(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    return shown(given["input"]._sizes, given["out_type"] or dtypes.int32)


@handles("sparse", "size")
def _size(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    return shown(math.prod(given["input"]._sizes), given["out_type"] or dtypes.int32)


@handles("sparse", "rank")
def _rank(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return shown(len(bound(function, args, kwargs)["input"]._sizes), dtypes.int32)


@handles("sparse", "math.bincount")
def _bincount(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    if given["axis"] not in (None, 0):
        raise ValueError(
            f"tf.math.bincount of a sparse tensor goes over all its values, got axis={given['axis']}; "
            f"tf.sparse.bincount counts row by row."
        )
    values = {key: given[key].values for key in ("arr", "weights") if isinstance(given[key], SparseTensor)}
    return function(**given | values)


__all__ = [
    "add", "map_values", "maximum", "minimum", "reduce_max", "reduce_sum", "softmax", "sparse_dense_matmul",
]  # fmt: skip
