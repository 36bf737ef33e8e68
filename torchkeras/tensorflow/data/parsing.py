"""Serialized Examples in data sets: parse_example_dataset, make_batched_features_dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torchkeras.tensorflow.data import methods
from torchkeras.tensorflow.data.base import AUTOTUNE, Dataset
from torchkeras.tensorflow.data.files import TFRecordDataset, list_files
from torchkeras.tensorflow.io.examples import parse_example


def parse_example_dataset(
    features: Mapping[str, Any], num_parallel_calls: Any = 1, deterministic: Any = None
) -> Callable[[Dataset], Dataset]:
    """For `Dataset.apply`: batches of serialized Examples as dicts of their features.

    Args:
        features: for each name a FixedLenFeature, VarLenFeature, ...
        num_parallel_calls: how many batches at a time, if that takes long.
        deterministic: accepted; batches always come in order.
    """
    if features is None:
        raise ValueError("Argument `features` is required, but not specified.")

    return lambda dataset: methods.map_(dataset, lambda batch: parse_example(batch, features), num_parallel_calls)


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
        prefetch_buffer_size: how many batches are made ahead.
        reader_num_threads: how many files are read in turns.
        parser_num_threads: how many batches are parsed at a time, if that takes long.
        sloppy_ordering: accepted; Examples always come in order.
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


__all__ = ["make_batched_features_dataset", "parse_example_dataset"]
