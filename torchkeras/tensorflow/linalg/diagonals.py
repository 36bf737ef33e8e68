"""Diagonals of matrices: taken, set, bands kept."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.tensorflow.arguments import invalid, size, sizes
from torchkeras.tensorflow.convert import made, operand_like, owned, tensor, viewed
from torchkeras.tensorflow.operation import operation

_ALIGNMENTS = ("RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT", "RIGHT_RIGHT")


def _range_of(k: Any, kernel: str) -> tuple[int, int]:
    """The lowest and the highest diagonal."""
    found = sizes(k)
    low, high = found[0], found[-1]
    if len(found) > 2 or low > high:
        invalid(f"diag_index must be one number or two, the lower first, got {found}", kernel)
    return low, high


def _offset(d: int, longest: int, length: int, align: str) -> int:
    """Where in its row of the packed form a diagonal begins."""
    upper, lower = align.split("_")
    side = upper if d >= 0 else lower
    return longest - length if side == "RIGHT" else 0


def _length(d: int, rows: int, columns: int) -> int:
    return min(rows + min(d, 0), columns - max(d, 0))


def _check_align(align: str, kernel: str) -> None:
    if align not in _ALIGNMENTS:
        invalid(f"align must be one of {', '.join(_ALIGNMENTS)}, got {align!r}", kernel)


@operation("linalg.diag", "MatrixDiagV3")
def diag(
    diagonal: Any,
    name: str = "diag",
    k: Any = 0,
    num_rows: Any = -1,
    num_cols: Any = -1,
    padding_value: Any = 0,
    align: str = "RIGHT_LEFT",
) -> Any:
    """Matrices with the given diagonals.

    Args:
        diagonal: the last axis is a diagonal; where `k` is two numbers, the last but one counts the diagonals.
        k: which diagonal, above (+) or below (-) the main one; or the lowest and the highest of several.
        num_rows, num_cols: of the matrices; as small as can be unless given.
        padding_value: everywhere else.
        align: how diagonals shorter than the longest stand in their rows, above and below the main one.
    """
    x = tensor(diagonal)
    low, high = _range_of(k, "MatrixDiagV3")
    _check_align(align, "MatrixDiagV3")
    if not x.dim() or (low != high and x.dim() < 2):
        invalid(
            f"diagonal must be at least {1 if low == high else 2}-dim, received shape {list(x.shape)}", "MatrixDiagV3"
        )
    rows, columns = _extent(x.shape[-1], low, high, size(num_rows), size(num_cols))
    packed = x if low != high else x.unsqueeze(-2)
    if packed.shape[-2] != high - low + 1:
        invalid(f"The number of rows of `diagonal` must be {high - low + 1}, got {packed.shape[-2]}", "MatrixDiagV3")
    fill = tensor(operand_like(padding_value, x, "MatrixDiagV3"))
    found = fill.expand(*packed.shape[:-2], rows, columns).clone()
    return made(_written(found, packed, low, high, align))


def _extent(longest: int, low: int, high: int, rows: int, columns: int) -> tuple[int, int]:
    least_rows, least_columns = longest - min(high, 0), longest + max(low, 0)
    if rows == -1 and columns == -1:
        n = max(least_rows, least_columns)
        return n, n
    rows = least_rows if rows == -1 else rows
    columns = least_columns if columns == -1 else columns
    if rows < least_rows or columns < least_columns:
        invalid(
            f"{rows} rows and {columns} columns are too few: {least_rows} and {least_columns} are needed",
            "MatrixDiagV3",
        )
    return rows, columns


def _written(matrix: torch.Tensor, packed: torch.Tensor, low: int, high: int, align: str) -> torch.Tensor:
    rows, columns = matrix.shape[-2:]
    longest = packed.shape[-1]
    for d in range(low, high + 1):
        length = _length(d, rows, columns)
        start = _offset(d, longest, length, align)
        row = packed[..., high - d, start : start + length]
        matrix = torch.diagonal_scatter(matrix, row, d, -2, -1)
    return matrix


@operation("linalg.diag_part", "MatrixDiagPartV3")
def diag_part(
    input: Any, name: str = "diag_part", k: Any = 0, padding_value: Any = 0, align: str = "RIGHT_LEFT"
) -> Any:
    """The diagonals of matrices; arguments as of `diag`."""
    x = tensor(input)
    low, high = _range_of(k, "MatrixDiagPartV3")
    _check_align(align, "MatrixDiagPartV3")
    if x.dim() < 2:
        invalid(f"input must be at least 2-dim, received shape: {list(x.shape)}", "MatrixDiagPartV3")
    rows, columns = x.shape[-2:]
    for d in (low, high):
        if not -rows < d < columns:
            invalid(f"diagonal {d} is not within a matrix of {rows} x {columns}", "MatrixDiagPartV3")
    if low == high:
        return made(x.diagonal(low, -2, -1).clone())
    longest = max(_length(d, rows, columns) for d in range(low, high + 1))
    fill = tensor(operand_like(padding_value, x, "MatrixDiagPartV3"))
    packed = []
    for d in range(high, low - 1, -1):
        row = x.diagonal(d, -2, -1)
        start = _offset(d, longest, row.shape[-1], align)
        parts = [start, row.shape[-1], longest - start - row.shape[-1]]
        ends = [fill.expand(*row.shape[:-1], n) for n in (parts[0], parts[2])]
        packed.append(torch.cat([ends[0], row, ends[1]], -1))
    return made(torch.stack(packed, -2))


@operation("linalg.set_diag", "MatrixSetDiagV3")
def set_diag(input: Any, diagonal: Any, name: str = "set_diag", k: Any = 0, align: str = "RIGHT_LEFT") -> Any:
    """Matrices with their diagonals replaced; arguments as of `diag`."""
    x = tensor(input)
    low, high = _range_of(k, "MatrixSetDiagV3")
    _check_align(align, "MatrixSetDiagV3")
    rows = tensor(operand_like(diagonal, x, "MatrixSetDiagV3"))
    packed = rows if low != high else rows.unsqueeze(-2)
    if x.dim() < 2 or packed.shape[:-2] != x.shape[:-2]:
        invalid(
            f"diagonal of shape {list(rows.shape)} does not fit matrices of shape {list(x.shape)}", "MatrixSetDiagV3"
        )
    longest = max(_length(d, *x.shape[-2:]) for d in range(low, high + 1))
    if packed.shape[-1] != longest:
        invalid(f"diagonals must be of length {longest}, got {packed.shape[-1]}", "MatrixSetDiagV3")
    return made(_written(x, packed, low, high, align))


@operation("linalg.band_part", "MatrixBandPart")
def band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Any:
    """Matrices with zeros outside so many diagonals below and above the main one; -1 keeps all of a side."""
    x = owned(input)
    if x.dim() < 2:
        invalid(f"input must be at least 2-dim, received shape: {list(x.shape)}", "MatrixBandPart")
    lower, upper = size(num_lower), size(num_upper)
    rows, columns = x.shape[-2:]
    if lower > rows or upper > columns:
        invalid(
            f"num_lower and num_upper must be at most {rows} and {columns}, got {lower} and {upper}", "MatrixBandPart"
        )
    if lower >= 0:
        x = torch.triu(x, -lower)
    if upper >= 0:
        x = torch.tril(x, upper)
    return viewed(x)


@operation("linalg.trace", "Sum")
def trace(x: Any, name: str | None = None) -> Any:
    """The sum of the main diagonal."""
    t = tensor(x)
    if t.dim() < 2:
        invalid(f"input must be at least 2-dim, received shape: {list(t.shape)}", "MatrixDiagPartV3")
    return made(t.diagonal(0, -2, -1).sum(-1, dtype=t.dtype))


@operation("linalg.tensor_diag", "Diag")
def tensor_diag(diagonal: Any, name: str | None = None) -> Any:
    """A tensor of twice the axes with the given one along its diagonal."""
    x = tensor(diagonal)
    if not x.dim():
        invalid("Input must be at least rank 1, got 0", "Diag")
    return made(torch.diag(x.reshape(-1)).reshape(*x.shape, *x.shape))


@operation("linalg.tensor_diag_part", "DiagPart")
def tensor_diag_part(input: Any, name: str | None = None) -> Any:
    """The diagonal of a tensor whose axes are the same twice."""
    x = tensor(input)
    half = x.dim() // 2
    if not x.dim() or x.dim() % 2 or x.shape[:half] != x.shape[half:]:
        invalid(f"The axes of the tensor must be the same twice, got {list(x.shape)}", "DiagPart")
    count = x[(slice(None),) * half + (0,) * half].numel()
    return made(x.reshape(count, count).diagonal().reshape(x.shape[:half]).clone())


__all__ = ["band_part", "diag", "diag_part", "set_diag", "tensor_diag", "tensor_diag_part", "trace"]
