"""timeseries_dataset_from_array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow.data import methods
from torchkeras.tensorflow.data.base import AUTOTUNE, Dataset
from torchkeras.tensorflow.data.sources import on_cpu
from torchkeras.tensorflow.dtypes import of_torch
from torchkeras.tensorflow.type_specs import TensorSpec


class _Sequences(Dataset):
    """Rows of columns in an order of their own."""

    _shown = "ZipDataset"

    def __init__(self, columns: Any, order: Any, spec: Any) -> None:
        self._kept, self._order, self._spec = columns, order, spec

    def _columns(self) -> Any:
        return self._kept

    def _chunks(self) -> Iterator[Any]:
        return iter((self._order,))

    def _size(self) -> int:
        return len(self._order)


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
) -> Dataset:
    """Batches of sequences cut out of rows that follow one another in time.

    Args:
        data: the rows.
        targets: for each row on which a sequence may begin its target; None for no targets.
        sequence_length: rows a sequence.
        sequence_stride: how many rows after one sequence the next begins.
        sampling_rate: how many rows apart the rows of a sequence are.
        batch_size: sequences a batch; None for single ones.
        shuffle, seed: whether and how to shuffle.
        start_index, end_index: the rows to use.
    """
    count = len(data)
    _check(count, start_index, end_index, sampling_rate, sequence_stride)
    first, last = start_index or 0, count if end_index is None else end_index
    many = last - first - (sequence_length - 1) * sampling_rate
    if targets is not None:
        many = min(many, len(targets))
    rows = on_cpu(data).as_subclass(torch.Tensor)[first:last]
    span = (sequence_length - 1) * sampling_rate + 1
    if many > 0:
        # A view: each row with the rows that follow it.
        whole = rows.unfold(0, span, 1).movedim(-1, 1)[:, ::sampling_rate]
        columns: Any = whole[0:many:sequence_stride]
    else:
        columns = rows.new_zeros((0, sequence_length, *rows.shape[1:]))
    spec: Any = TensorSpec((None, *rows.shape[1:]), of_torch(rows.dtype))
    if targets is not None:
        wanted = on_cpu(targets).as_subclass(torch.Tensor)[first:last][0 : max(many, 0) : sequence_stride]
        columns, spec = (columns, wanted), (spec, TensorSpec(tuple(wanted.shape[1:]), of_torch(wanted.dtype)))
    number = len(range(0, max(many, 0), sequence_stride))
    order: Any = range(number)
    if shuffle:
        seed = int(np.random.randint(10**6)) if seed is None else int(seed)
        positions = np.arange(number)
        np.random.RandomState(seed).shuffle(positions)
        order = torch.from_numpy(positions)
    found = methods.prefetch(_Sequences(columns, order, spec), AUTOTUNE)
    if shuffle:
        found = methods.shuffle(found, 1024 if batch_size is None else batch_size * 8, seed)
    return found if batch_size is None else methods.batch(found, batch_size)


def _check(count: int, start: Any, end: Any, rate: int, stride: int) -> None:
    if start and start < 0:
        raise ValueError(f"`start_index` must be 0 or greater. Received: start_index={start}")
    if start and start >= count:
        raise ValueError(
            f"`start_index` must be lower than the length of the data. Received: start_index={start}, for data of "
            f"length {count}"
        )
    if end and start and end <= start:
        raise ValueError(
            f"`end_index` must be higher than `start_index`. Received: start_index={start}, and end_index={end} "
        )
    if end and end >= count:
        raise ValueError(
            f"`end_index` must be lower than the length of the data. Received: end_index={end}, for data of "
            f"length {count}"
        )
    if end and end <= 0:
        raise ValueError(f"`end_index` must be higher than 0. Received: end_index={end}")
    for name, value in (("sampling_rate", rate), ("sequence_stride", stride)):
        if value <= 0:
            raise ValueError(f"`{name}` must be higher than 0. Received: {name}={value}")
        if value >= count:
            raise ValueError(
                f"`{name}` must be lower than the length of the data. Received: {name}={value}, for data "
                f"of length {count}"
            )


__all__ = ["timeseries_dataset_from_array"]
