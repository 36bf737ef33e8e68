"""Elements put together into batches, and batches taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from torchkeras.core.string_array import text_scalar
from torchkeras.tensorflow.data import composites
from torchkeras.tensorflow.data.structure import flatten, is_nested, leaves_of, pack_as
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor, retag

#: As many rows are taken at once from a column, when single elements are asked for, up to so many bytes.
_ROWS, _BYTES = 256, 1 << 21


def batch_of(elements: Sequence[Any]) -> Any:
    """One element whose leaves have the elements' leaves stacked."""
    first = elements[0]
    if type(first) is Tensor or not is_nested(first):
        return stacked(elements)
    if type(first) is tuple and not any(is_nested(leaf) for leaf in first):
        return tuple([stacked(column, i) for i, column in enumerate(zip(*elements))])
    columns = zip(*(leaves_of(element) for element in elements))
    return pack_as(first, [stacked(column, i) for i, column in enumerate(columns)])


def stacked(values: Sequence[Any], component: int = 0) -> Any:
    """Leaves of one kind as one with a further axis in front."""
    first = values[0]
    if type(first) is Tensor:
        try:
            return retag(torch.stack(values))  # type: ignore[arg-type]
        except (RuntimeError, TypeError):
            raise _unequal(values, component) from None
    if type(first) is StringTensor:
        try:
            return StringTensor(np.stack([value._array for value in values]))
        except ValueError:
            raise _unequal(values, component) from None
    if first is None:
        return None
    if isinstance(first, CompositeTensor):
        return composites.stacked(values)
    raise TypeError(f"Elements of {type(first).__name__} cannot be batched.")


def _unequal(values: Sequence[Any], component: int) -> Exception:
    shape = list(values[0].shape)
    for i, value in enumerate(values):
        if value.dtype != values[0].dtype:
            return InvalidArgumentError(
                None,
                None,
                f"Cannot batch tensors of {values[0].dtype.name} and {value.dtype.name} [Op:IteratorGetNext]",
            )
        if list(value.shape) != shape:
            return InvalidArgumentError(
                None,
                None,
                f"Cannot batch tensors with different shapes in component {component}. First element had shape "
                f"{shape} and element {i} had shape {list(value.shape)}. [Op:IteratorGetNext]",
            )
    return InvalidArgumentError(None, None, "Cannot batch these tensors. [Op:IteratorGetNext]")


# --- taking apart ---


def count_of(element: Any) -> int:
    """How many rows the leaves of an element have in common; ValueErrors where they have not."""
    sizes = []
    for leaf in flatten(element):
        if leaf is None:
            continue
        if not len(leaf.shape):
            raise ValueError("Unbatching a tensor is only supported for rank >= 1")
        sizes.append(int(leaf.shape[0] if leaf.shape[0] is not None else leaf.nrows()))
    if not sizes:
        raise ValueError("Expected tensors to take slices of, got nothing.")
    for size in sizes:
        if size != sizes[0]:
            raise ValueError(f"Dimensions {sizes[0]} and {size} are not compatible")
    return sizes[0]


def taken(column: Any, items: Any) -> Any:
    """Rows of a column by their numbers: a range, a tensor or a list. A plain range is a view."""
    if type(items) is range and items.step == 1:
        return column[items.start : items.stop]
    if isinstance(column, torch.Tensor):
        return column.index_select(0, as_index(items).to(column.device))
    return column[as_index(items).numpy()]


def as_index(items: Any) -> torch.Tensor:
    if isinstance(items, torch.Tensor):
        return items
    if isinstance(items, range):
        return torch.arange(items.start, items.stop, items.step)
    return torch.tensor(items, dtype=torch.int64)


def gathered(columns: Any, items: Any) -> Any:
    """A batch: these rows of each column. Columns are plain tensors and arrays of texts."""
    if isinstance(columns, torch.Tensor):
        return retag(taken(columns, items))
    if type(columns) is tuple and all(isinstance(column, torch.Tensor) for column in columns):
        if type(items) is not range:
            items = as_index(items)
        return tuple([retag(taken(column, items)) for column in columns])
    return pack_as(columns, [_shown(taken(column, items)) for column in flatten(columns)])


def _shown(picked: Any) -> Any:
    return StringTensor(picked) if isinstance(picked, np.ndarray) else retag(picked)


def columns_of(element: Any) -> Any:
    """The leaves of an element as columns of rows, or None where one is of a kind that has none."""
    columns: list[Any] = []
    for leaf in flatten(element):
        if type(leaf) is Tensor:
            columns.append(leaf.as_subclass(torch.Tensor))
        elif type(leaf) is StringTensor:
            columns.append(leaf._array)
        else:
            return None
    return pack_as(element, columns)


def rows(columns: Any, chunks: Iterator[Any]) -> Iterator[Any]:
    """Single elements of columns, in the order of the chunks of their numbers."""
    flat = flatten(columns)
    widest = sum(_row_bytes(column) for column in flat)
    many = max(1, min(_ROWS, _BYTES // max(widest, 1)))
    single = not is_nested(columns)
    plain_tuple = type(columns) is tuple and not any(is_nested(column) for column in columns)
    for chunk in chunks:
        for at in range(0, len(chunk), many):
            piece = chunk[at : at + many] if len(chunk) > many else chunk
            parts = [_split(column, piece) for column in flat]
            if single:
                yield from parts[0]
            elif plain_tuple:
                yield from zip(*parts)
            else:
                for leaves in zip(*parts):
                    yield pack_as(columns, leaves)


def _row_bytes(column: Any) -> int:
    if isinstance(column, torch.Tensor):
        return column.element_size() * (column[:1].numel())
    return 64 * int(np.prod(column.shape[1:]))


def _split(column: Any, items: Any) -> Any:
    picked = taken(column, items)
    if isinstance(picked, torch.Tensor):
        found = picked.unbind(0)
        for row in found:
            row.__class__ = Tensor
        return found
    return [text_of(picked[i]) for i in range(len(picked))]


def text_of(value: Any) -> StringTensor:
    """An array of texts, or one of its values, as a StringTensor."""
    return StringTensor(value if isinstance(value, np.ndarray) else text_scalar(value))


def split_rows(element: Any) -> Iterator[Any]:
    """The rows of a batch, as elements."""
    columns = columns_of(element)
    count = count_of(element)
    if columns is not None:
        return rows(columns, iter([range(count)]))
    leaves = [composites.rows_of(leaf, count) for leaf in flatten(element)]
    return (pack_as(element, row) for row in zip(*leaves))
