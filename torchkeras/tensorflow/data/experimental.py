"""tf.data.experimental: older and rarer names, most of them functions for `Dataset.apply`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from torchkeras.records import TFRecordWriter as _RecordWriter
from torchkeras.tensorflow.data import grouping, methods, sources
from torchkeras.tensorflow.data.base import AUTOTUNE, INFINITE, UNKNOWN, Dataset, Passing
from torchkeras.tensorflow.data.combining import choose_from_datasets as _choose
from torchkeras.tensorflow.data.combining import sample_from_datasets
from torchkeras.tensorflow.data.csv_files import CsvDataset, make_csv_dataset
from torchkeras.tensorflow.data.grouping import GroupByReducerDataset, Reducer
from torchkeras.tensorflow.data.ignoring import AssertCardinalityDataset
from torchkeras.tensorflow.data.iterators import Optional, run
from torchkeras.tensorflow.data.options import (
    AutoShardPolicy,
    AutotuneAlgorithm,
    AutotuneOptions,
    DistributeOptions,
    ExternalStatePolicy,
    OptimizationOptions,
    ThreadingOptions,
)
from torchkeras.tensorflow.data.parsing import make_batched_features_dataset, parse_example_dataset
from torchkeras.tensorflow.data.sources import RandomDataset, from_list
from torchkeras.tensorflow.data.storage import LoadDataset, save
from torchkeras.tensorflow.errors import OutOfRangeError
from torchkeras.tensorflow.missing_names import refuse
from torchkeras.tensorflow.string_tensor import StringTensor

INFINITE_CARDINALITY, UNKNOWN_CARDINALITY = INFINITE, UNKNOWN
SHARD_HINT = -1

Step = Callable[[Dataset], Dataset]


def _step(method: Callable[..., Dataset], *args: Any, **kwargs: Any) -> Step:
    return lambda dataset: method(dataset, *args, **kwargs)


def cardinality(dataset: Dataset) -> Any:
    """How many elements there are; -1 where they never end, -2 where it is not known."""
    return dataset.cardinality()


def assert_cardinality(expected_cardinality: Any) -> Step:
    """Says how many elements there are; an error where that is not so."""
    return lambda dataset: AssertCardinalityDataset(dataset, expected_cardinality)


def Counter(start: Any = 0, step: Any = 1, dtype: Any = "int64") -> Dataset:
    """Numbers without end."""
    return sources.CounterDataset(start, step, dtype)


def bucket_by_sequence_length(
    element_length_func: Callable[..., Any],
    bucket_boundaries: Any,
    bucket_batch_sizes: Any,
    padded_shapes: Any = None,
    padding_values: Any = None,
    pad_to_bucket_boundary: bool = False,
    no_padding: bool = False,
    drop_remainder: bool = False,
) -> Step:
    """`Dataset.bucket_by_sequence_length` for `apply`."""
    return _step(
        grouping.bucket_by_sequence_length,
        element_length_func,
        bucket_boundaries,
        bucket_batch_sizes,
        padded_shapes,
        padding_values,
        pad_to_bucket_boundary,
        no_padding,
        drop_remainder,
    )


def group_by_window(
    key_func: Callable[..., Any], reduce_func: Callable[..., Any], window_size: Any = None, window_size_func: Any = None
) -> Step:
    """`Dataset.group_by_window` for `apply`."""
    return _step(methods.group_by_window, key_func, reduce_func, window_size, window_size_func)


def group_by_reducer(key_func: Callable[..., Any], reducer: Reducer) -> Step:
    """One element for each key: what the Reducer makes of the elements with that key."""
    return lambda dataset: GroupByReducerDataset(dataset, key_func, reducer)


def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: Any = None) -> Step:
    """`shuffle`, then `repeat`."""
    return lambda dataset: methods.repeat(methods.shuffle(dataset, buffer_size, seed), count)


def map_and_batch(
    map_func: Callable[..., Any],
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Step:
    """`map`, then `batch`.

    Args:
        map_func, num_parallel_calls: as for `map`.
        batch_size, drop_remainder: as for `batch`.
        num_parallel_batches: accepted, and without effect here.
    """
    return lambda dataset: methods.batch(
        methods.map_(dataset, map_func, num_parallel_calls), batch_size, drop_remainder
    )


def parallel_interleave(
    map_func: Callable[..., Any],
    cycle_length: Any,
    block_length: Any = 1,
    sloppy: bool = False,
    buffer_output_elements: Any = None,
    prefetch_input_elements: Any = None,
) -> Step:
    """`Dataset.interleave` for `apply`.

    Args:
        map_func, cycle_length, block_length: as for `interleave`.
        sloppy, buffer_output_elements, prefetch_input_elements: accepted; elements always come in order.
    """
    return _step(methods.interleave, map_func, cycle_length, block_length, AUTOTUNE)


def dense_to_ragged_batch(batch_size: Any, drop_remainder: Any = False, row_splits_dtype: Any = "int64") -> Step:
    """`Dataset.ragged_batch` for `apply`."""
    return _step(methods.ragged_batch, batch_size, drop_remainder, row_splits_dtype)


def dense_to_sparse_batch(batch_size: Any, row_shape: Any) -> Step:
    """`Dataset.sparse_batch` for `apply`."""
    return _step(methods.sparse_batch, batch_size, row_shape)


def ignore_errors(log_warning: bool = False) -> Step:
    """`Dataset.ignore_errors` for `apply`."""
    return _step(methods.ignore_errors, log_warning)


def enumerate_dataset(start: Any = 0) -> Step:
    """`Dataset.enumerate` for `apply`."""
    return _step(methods.enumerate_, start)


def rejection_resample(
    class_func: Callable[..., Any], target_dist: Any, initial_dist: Any = None, seed: Any = None
) -> Step:
    """`Dataset.rejection_resample` for `apply`."""
    return _step(grouping.rejection_resample, class_func, target_dist, initial_dist, seed)


def scan(initial_state: Any, scan_func: Callable[..., Any]) -> Step:
    """`Dataset.scan` for `apply`."""
    return _step(methods.scan, initial_state, scan_func)


def take_while(predicate: Callable[..., Any]) -> Step:
    """`Dataset.take_while` for `apply`."""
    return _step(methods.take_while, predicate)


def unbatch() -> Step:
    """`Dataset.unbatch` for `apply`."""
    return methods.unbatch


def unique() -> Step:
    """`Dataset.unique` for `apply`."""
    return methods.unique


def snapshot(path: str, compression: str | None = "AUTO", reader_func: Any = None, shard_func: Any = None) -> Step:
    """`Dataset.snapshot` for `apply`."""
    return _step(methods.snapshot, path, compression, reader_func, shard_func)


class _OnDevice(Passing):
    _shown = "PrefetchDataset"


def prefetch_to_device(device: str, buffer_size: Any = None) -> Step:
    """Accepted: elements go to the device the model is on when they are asked for."""
    return _OnDevice


def copy_to_device(target_device: str, source_device: str = "/cpu:0") -> Step:
    """Accepted: elements go to the device the model is on when they are asked for."""
    return _OnDevice


def choose_from_datasets(datasets: Any, choice_dataset: Dataset, stop_on_empty_dataset: bool = False) -> Dataset:
    """`Dataset.choose_from_datasets`."""
    return _choose(datasets, choice_dataset, stop_on_empty_dataset)


def load(path: str, element_spec: Any = None, compression: str | None = None, reader_func: Any = None) -> Dataset:
    """What `save` wrote."""
    return LoadDataset(path, element_spec, compression, reader_func)


def get_single_element(dataset: Dataset) -> Any:
    """The only element."""
    return methods.get_single_element(dataset)


def get_structure(dataset_or_iterator: Any) -> Any:
    """The specs of an element."""
    try:
        return dataset_or_iterator.element_spec
    except AttributeError as error:
        raise TypeError(
            f"Invalid `dataset_or_iterator`. `dataset_or_iterator` must be a `tf.data.Dataset` or tf.data.Iterator "
            f"object, but got {type(dataset_or_iterator)}."
        ) from error


def get_next_as_optional(iterator: Any) -> Optional:
    """The iterator's next element, or an Optional without value at the end."""
    return iterator.get_next_as_optional()


def at(dataset: Dataset, index: Any) -> Any:
    """The element at an index."""
    number = int(index)
    size = dataset._size()
    if number < 0 or 0 <= size <= number:
        raise OutOfRangeError(None, None, f"Index out of range [0, {size}): {number} [Op:GetElementAtIndex]")
    return next(iter(methods.skip(dataset, number)))


def enable_debug_mode() -> None:
    """Accepted: functions are always called as Python."""


_INSTEAD = {
    "DatasetInitializer": "Use tf.lookup.KeyValueTensorInitializer, with the keys and values as lists.",
    "SqlDataset": "Use tf.data.Dataset.from_generator over a cursor of Python's sqlite3.",
    "distributed_save": "Use Dataset.save.",
    "from_variant": "Use the data set itself.",
    "get_model_proto": "There is no model of the pipeline.",
    "index_table_from_dataset": "Use tf.keras.layers.StringLookup and its `adapt`.",
    "make_saveable_from_iterator": "Use tf.train.Checkpoint(iterator=iterator).",
    "pad_to_cardinality": "Use Dataset.concatenate with the filling elements.",
    "service": "Use tf.data in the process that trains.",
    "table_from_dataset": "Use tf.lookup.StaticHashTable.",
    "to_variant": "Use the data set itself.",
}


def __getattr__(name: str) -> NoReturn:
    refuse("data.experimental", name, _INSTEAD, __all__)


class TFRecordWriter:
    """Writes the texts of a data set as records.

    Args:
        filename: the file.
        compression_type: 'GZIP', 'ZLIB' or '' for none.
    """

    def __init__(self, filename: str, compression_type: str | None = None) -> None:
        self._filename, self._compression = filename, compression_type

    def write(self, dataset: Dataset) -> None:
        """Writes the elements, which must be texts such as serialized Examples."""
        if not isinstance(dataset, Dataset):
            raise TypeError(f"Invalid `dataset.` Expected a `tf.data.Dataset` object but got {type(dataset)}.")
        spec = dataset.element_spec
        if getattr(spec, "dtype", None) != "string" or spec.shape.rank != 0:
            raise TypeError(f"Invalid `dataset`. Expected `tf.string` scalars but got {spec}.")
        with _RecordWriter(self._filename, self._compression) as writer:
            for element in run(dataset):
                assert isinstance(element, StringTensor)
                writer.write(element.numpy())


__all__ = [
    "AUTOTUNE", "INFINITE_CARDINALITY", "UNKNOWN_CARDINALITY", "SHARD_HINT",
    "AutoShardPolicy", "AutotuneAlgorithm", "AutotuneOptions", "DistributeOptions", "ExternalStatePolicy",
    "OptimizationOptions", "ThreadingOptions",
    "Counter", "CsvDataset", "Optional", "RandomDataset", "Reducer", "TFRecordWriter",
    "assert_cardinality", "at", "bucket_by_sequence_length", "cardinality", "choose_from_datasets",
    "copy_to_device", "dense_to_ragged_batch", "dense_to_sparse_batch", "enable_debug_mode", "enumerate_dataset",
    "from_list", "get_next_as_optional", "get_single_element", "get_structure", "group_by_reducer",
    "group_by_window", "ignore_errors", "load", "make_batched_features_dataset", "make_csv_dataset",
    "map_and_batch", "parallel_interleave", "parse_example_dataset", "prefetch_to_device", "rejection_resample",
    "sample_from_datasets", "save", "scan", "shuffle_and_repeat", "snapshot", "take_while", "unbatch", "unique",
]  # fmt: skip
