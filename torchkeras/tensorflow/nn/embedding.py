"""tf.nn: rows of tables by number."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.variable import Variable
from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation


@operation("compat.v1.nn.embedding_lookup", "ResourceGather")
def embedding_lookup(params: Any, ids: Any, max_norm: float | None = None, name: str | None = None) -> Any:
    """The rows of a table with these numbers.

    Args:
        params: the table, or a list of tables that hold the rows one after the other.
        ids: integers of any shape.
        max_norm: rows whose norm is greater are scaled down to it.
    """
    numbers = tensor(ids)
    if numbers.dtype not in (torch.int32, torch.int64):
        invalid(f"Value for attr 'Tindices' of {numbers.dtype} is not int32 or int64", "ResourceGather")
    parts = list(params) if isinstance(params, (list, tuple)) else [params]
    if not parts:
        raise ValueError("Value for argument `params` must be provided and must not be empty. Received: params=[]")
    tables = [tensor(part) for part in parts] if isinstance(parts[0], (torch.Tensor, Variable)) else [tensor(params)]
    table = tables[0] if len(tables) == 1 else torch.cat(tables)
    if numbers.numel() and not numbers.is_cuda:
        low, high = (int(n) for n in torch.aminmax(numbers))
        if low < 0 or high >= table.shape[0]:
            wrong = low if low < 0 else high
            invalid(f"indices = {wrong} is not in [0, {table.shape[0]})", "ResourceGather")
    rows = table[numbers.long()]
    if max_norm is not None:
        norms = torch.linalg.vector_norm(rows, dim=tuple(range(numbers.dim(), rows.dim())), keepdim=True)
        rows = rows * (max_norm / torch.clamp(norms, min=max_norm))
    return made(rows)


__all__ = ["embedding_lookup"]
