"""Serialized Examples in data sets: parse_example_dataset, make_batched_features_dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from torchkeras.records import RaggedValues, SparseValues, parse_example
from torchkeras.tensorflow.data import methods
from torchkeras.tensorflow.data.base import AUTOTUNE, Dataset
from torchkeras.tensorflow.data.files import TFRecordDataset, list_files
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras.tensorflow.string_tensor import StringTensor, to_bytes_array
from torchkeras.tensorflow.tensor import as_tf


def as_value(found: Any) -> Any:
    """What the parser gave as a tensor, a SparseTensor or a RaggedTensor."""
    if isinstance(found, SparseValues):
        return SparseTensor(found.indices, as_value(found.values), found.dense_shape)
    if isinstance(found, RaggedValues):
        return RaggedTensor.from_nested_row_lengths(as_value(found.values), list(found.row_lengths))
    array = np.asarray(found)
    return StringTensor(array) if array.dtype.kind == "O" else as_tf(torch.tensor(array))


def parse_example_dataset(
    features: Mapping[str, Any], num_parallel_calls: Any = 1, deterministic: Any = None
) -> Callable[[Dataset], Dataset]:
    """For `Dataset.apply`: batches of serialized Examples as dicts of their features.

    Args:
        features: for each name a FixedLenFeature, VarLenFeature, ...
        num_parallel_calls, deterministic: as for `map`.
    """
    if features is None:
        raise ValueError("Argument `features` is required, but not specified.")

    def parsed(serialized: Any) -> Any:
        return {name: as_value(found) for name, found in parse_example(to_bytes_array(serialized), features).items()}

    return lambda dataset: methods.map_(dataset, parsed, num_parallel_calls)


def make_batched_features_dataset(
    file_pattern: Any,
    batch_size: int,
    features: Mapping[str, Any],
    reader: Any = None,
    label_key: str | None = None,
    reader_args: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    shuffle_buffer_size: int = 10000,
    shuffle_seed: int | None = None,
    prefetch_buffer_size: int | None = None,
    reader_num_threads: int | None = None,
    parser_num_threads: int | None = None,
    sloppy_ordering: bool = False,
    drop_final_batch: bool = False,
) -> Dataset:
    """Batches of the Examples in record files, as dicts of their features.

    Args:
        file_pattern: of the files' names.
        batch_size: Examples a batch.
        features: for each name a FixedLenFeature, VarLenFeature, ...
        reader: from a file's name to a data set of serialized Examples; TFRecordDataset unless given.
        label_key: the feature that is the label: batches are then pairs.
        reader_args: further arguments of the reader.
        num_epochs: how many times over; without end unless given.
        shuffle, shuffle_buffer_size, shuffle_seed: whether and how Examples are shuffled.
        prefetch_buffer_size, reader_num_threads, parser_num_threads, sloppy_ordering: about reading.
        drop_final_batch: whether a last, smaller batch is left out.
    """
    read = TFRecordDataset if reader is None else reader
    args = list(reader_args or ())
    files = list_files(file_pattern, shuffle, shuffle_seed)
    found = methods.interleave(files, lambda name: read(name, *args), reader_num_threads or 1)
    if shuffle:
        found = methods.shuffle(found, shuffle_buffer_size, shuffle_seed)
    if num_epochs != 1:
        found = methods.repeat(found, num_epochs)
    found = methods.batch(found, batch_size, drop_final_batch or num_epochs is None)
    found = parse_example_dataset(features, parser_num_threads or 2)(found)
    if label_key is not None:
        if label_key not in features:
            raise ValueError(
                f"The `label_key` provided ({label_key}) must be one of the features keys: {features.keys()}."
            )
        found = methods.map_(found, lambda x: ({k: v for k, v in x.items() if k != label_key}, x[label_key]))
    return methods.prefetch(found, AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)


__all__ = ["as_value", "make_batched_features_dataset", "parse_example_dataset"]
