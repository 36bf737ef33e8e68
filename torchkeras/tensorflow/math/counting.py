"""Counts: of values, of pairs of labels and predictions; and points spread evenly."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.arguments import INTEGERS, invalid, of_dtypes, size
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.dtypes import torch_of
from torchkeras.tensorflow.operation import operation


@operation("math.bincount", "Bincount")
def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = torch.int32,
    name: str | None = None,
    axis: int | None = None,
    binary_output: bool = False,
) -> Any:
    """How often each of the numbers 0, 1, 2, ... occurs.

    Args:
        arr: integers.
        weights: what each occurrence counts, instead of 1.
        minlength, maxlength: the least and the most counts to give.
        dtype: of the counts; that of the weights where there are some.
        axis: None or 0 counts all together, -1 each row by itself.
        binary_output: gives 1 for what occurs at all.
    """
    values = tensor(of_dtypes(arr, INTEGERS, "Bincount")).long()
    if axis not in (None, 0, -1):
        raise ValueError(f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported.")
    if binary_output and weights is not None:
        raise ValueError("Arguments `binary_output` and `weights` are mutually exclusive. Please specify only one.")
    if values.numel() and int(values.min()) < 0:
        invalid("Input arr must be non-negative!", "Bincount")
    held = None if weights is None else tensor(weights)
    if held is not None and held.shape != values.shape:
        invalid(f"weights of shape {tuple(held.shape)} must have the shape of arr, {tuple(values.shape)}", "Bincount")
    count = int(values.max()) + 1 if values.numel() else 0
    count = max(count, 0 if minlength is None else size(minlength))
    if maxlength is not None:
        count = min(count, size(maxlength))
    by_row = axis == -1 and values.dim() == 2
    rows = values if by_row else values.reshape(1, -1)
    result_dtype = torch_of(dtype) if held is None else held.dtype
    ones = torch.ones_like(rows, dtype=result_dtype) if held is None else held.reshape(rows.shape)
    kept = rows < count
    found = torch.zeros((len(rows), count + 1), dtype=result_dtype, device=rows.device)
    found = found.scatter_add(1, torch.where(kept, rows, count), ones)[:, :count]
    if binary_output:
        found = (found > 0).to(result_dtype)
    return made((found if by_row else found[0]).clone())


@operation("math.confusion_matrix", "ConfusionMatrix")
def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    weights: Any = None,
    dtype: Any = torch.int32,
    name: str | None = None,
) -> Any:
    """How often each label (row) was given each prediction (column).

    Args:
        labels, predictions: class numbers, one for each sample.
        num_classes: how many classes; what the largest number asks for unless given.
        weights: what each sample counts.
        dtype: of the counts.
    """
    rows, columns = _class_numbers(labels), _class_numbers(predictions)
    if rows.dim() == columns.dim() + 1 and rows.shape[-1] == 1:
        rows = rows.squeeze(-1)
    if columns.dim() == rows.dim() + 1 and columns.shape[-1] == 1:
        columns = columns.squeeze(-1)
    if rows.shape != columns.shape:
        invalid(f"Shapes {tuple(columns.shape)} and {tuple(rows.shape)} are incompatible", "ConfusionMatrix")
    for what, values in (("labels", rows), ("predictions", columns)):
        if values.numel() and int(values.min()) < 0:
            invalid(f"`{what}` contains negative values", "assert_non_negative")
    if num_classes is None:
        classes = int(torch.maximum(rows.max(), columns.max())) + 1
    else:
        classes = size(num_classes)
        for what, values in (("labels", rows), ("predictions", columns)):
            if values.numel() and int(values.max()) >= classes:
                invalid(f"`{what}` out of bound: {int(values.max())} of {classes} classes", "assert_less")
    wanted = torch_of(dtype)
    counted = torch.ones(rows.numel(), dtype=wanted) if weights is None else tensor(weights).to(wanted).reshape(-1)
    if counted.numel() != rows.numel():
        raise ValueError(f"Shapes {tuple(columns.shape)} and {tuple(tensor(weights).shape)} are incompatible")
    cells = rows.reshape(-1) * classes + columns.reshape(-1)
    found = torch.zeros(classes * classes, dtype=wanted, device=cells.device)
    return made(found.scatter_add(0, cells, counted.to(cells.device)).reshape(classes, classes))


def _class_numbers(value: Any) -> torch.Tensor:
    return tensor(value).long()


@operation("math.sobol_sample", "SobolSample")
def sobol_sample(dim: Any, num_results: Any, skip: Any = 0, dtype: Any = torch.float32, name: str | None = None) -> Any:
    """Points of the Sobol sequence in the unit cube, which fill it evenly."""
    engine = torch.quasirandom.SobolEngine(size(dim))
    engine.fast_forward(size(skip) + 1)  # TensorFlow's sequence starts after the point 0
    return made(engine.draw(size(num_results), dtype=torch_of(dtype)))


__all__ = ["bincount", "confusion_matrix", "sobol_sample"]
