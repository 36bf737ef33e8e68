"""The methods of Dataset that add a step to a pipeline or run one. They stand here, above the steps."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from torchkeras.core.device import placed
from torchkeras.tensorflow.data import grouping, sources, storage
from torchkeras.tensorflow.data.base import Dataset, Passing
from torchkeras.tensorflow.data.batching import (
    BatchDataset,
    ParallelBatchDataset,
    RebatchDataset,
    UnbatchDataset,
)
from torchkeras.tensorflow.data.combining import ZipDataset
from torchkeras.tensorflow.data.grouping import GroupByWindowDataset, UniqueDataset
from torchkeras.tensorflow.data.ignoring import IgnoreErrorsDataset
from torchkeras.tensorflow.data.interleaving import InterleaveDataset, ParallelInterleaveDataset
from torchkeras.tensorflow.data.iterators import CPU, run
from torchkeras.tensorflow.data.mapping import (
    FilterDataset,
    FlatMapDataset,
    MapDataset,
    ParallelMapDataset,
    ScanDataset,
    TakeWhileDataset,
    same_kind,
)
from torchkeras.tensorflow.data.options import Options
from torchkeras.tensorflow.data.padding import PaddedBatchDataset
from torchkeras.tensorflow.data.parallel import PrefetchDataset
from torchkeras.tensorflow.data.ragged_batching import RaggedBatchDataset, SparseBatchDataset
from torchkeras.tensorflow.data.selecting import (
    CacheDataset,
    ConcatenateDataset,
    RepeatDataset,
    ShardDataset,
    SkipDataset,
    TakeDataset,
)
from torchkeras.tensorflow.data.shuffling import ShuffleDataset
from torchkeras.tensorflow.data.structure import element_of
from torchkeras.tensorflow.data.windows import WindowDataset
from torchkeras.tensorflow.errors import InvalidArgumentError

# --- one element to another ---


def map_(
    self: Dataset,
    map_func: Callable[..., Any],
    num_parallel_calls: Any = None,
    deterministic: Any = None,
    synchronous: Any = None,
    use_unbounded_threadpool: bool = False,
    name: str | None = None,
) -> Dataset:
    """The function's results on the elements. It is called for each element, not traced once as in TensorFlow.

    Args:
        map_func: of an element; a tuple is its arguments.
        num_parallel_calls: how many at a time, if it takes long.
        deterministic, synchronous, use_unbounded_threadpool: accepted; results always come in order.
    """
    if num_parallel_calls is None:
        return MapDataset(self, map_func)
    return ParallelMapDataset(self, map_func, num_parallel_calls)


def filter_(self: Dataset, predicate: Callable[..., Any], name: str | None = None) -> Dataset:
    """The elements for which the function gives true."""
    return FilterDataset(self, predicate)


def flat_map(self: Dataset, map_func: Callable[..., Any], name: str | None = None) -> Dataset:
    """The elements of the data sets that the function gives, one data set after another."""
    return FlatMapDataset(self, map_func)


def interleave(
    self: Dataset,
    map_func: Callable[..., Any],
    cycle_length: Any = None,
    block_length: Any = None,
    num_parallel_calls: Any = None,
    deterministic: Any = None,
    name: str | None = None,
) -> Dataset:
    """The elements of the data sets that the function gives, several of them in turns.

    Args:
        map_func: gives a data set.
        cycle_length: how many are taken of in turns; as many as there are processors unless given.
        block_length: how many elements in a row of each.
        num_parallel_calls, deterministic: accepted; elements always come in order.
    """
    if num_parallel_calls is None:
        return InterleaveDataset(self, map_func, cycle_length, block_length)
    return ParallelInterleaveDataset(self, map_func, cycle_length, block_length)


def scan(self: Dataset, initial_state: Any, scan_func: Callable[..., Any], name: str | None = None) -> Dataset:
    """The outputs of a function from (state, element) to (next state, output)."""
    return ScanDataset(self, initial_state, scan_func)


def take_while(self: Dataset, predicate: Callable[..., Any], name: str | None = None) -> Dataset:
    """The elements up to the first for which the function gives false."""
    return TakeWhileDataset(self, predicate)


def unique(self: Dataset, name: str | None = None) -> Dataset:
    """Each element the first time it comes."""
    return UniqueDataset(self)


def ignore_errors(self: Dataset, log_warning: bool = False, name: str | None = None) -> Dataset:
    """The elements that can be made; those that raise one of tf.errors are left out."""
    return IgnoreErrorsDataset(self, log_warning)


def enumerate_(self: Dataset, start: Any = 0, name: str | None = None) -> Dataset:
    """Pairs of a number and an element."""
    numbers = sources.RangeDataset(int(start), 1 << 62)
    size = self._size()
    if size >= 0:
        numbers = sources.RangeDataset(int(start), int(start) + size)
    return ZipDataset((numbers, self))


# --- which elements ---


def take(self: Dataset, count: Any, name: str | None = None) -> Dataset:
    """The first so many elements; all for -1."""
    return TakeDataset(self, count)


def skip(self: Dataset, count: Any, name: str | None = None) -> Dataset:
    """The elements after the first so many; none for -1."""
    return SkipDataset(self, count)


def shard(self: Dataset, num_shards: Any, index: Any, name: str | None = None) -> Dataset:
    """Each `num_shards`-th element, from `index` on."""
    return ShardDataset(self, num_shards, index)


def repeat(self: Dataset, count: Any = None, name: str | None = None) -> Dataset:
    """The elements so many times over; without end for None and -1."""
    return RepeatDataset(self, count)


def shuffle(
    self: Dataset,
    buffer_size: Any,
    seed: Any = None,
    reshuffle_each_iteration: bool | None = None,
    name: str | None = None,
) -> Dataset:
    """The elements in random order.

    Args:
        buffer_size: among how many each is drawn; from the data set's length on every order is as likely.
        seed: which orders. Orders are reproducible, and are not TensorFlow's.
        reshuffle_each_iteration: whether each iteration has an order of its own, which it has unless False.
    """
    return ShuffleDataset(self, buffer_size, seed, reshuffle_each_iteration)


def cache(self: Dataset, filename: Any = "", name: str | None = None) -> Dataset:
    """The elements kept from the first whole pass on, in memory or in a file."""
    filename = filename.numpy() if hasattr(filename, "numpy") else filename
    return storage.FileCacheDataset(self, filename) if filename else CacheDataset(self)


def prefetch(self: Dataset, buffer_size: Any, name: str | None = None) -> Dataset:
    """The same elements, made ahead in a thread where that is worth it."""
    return PrefetchDataset(self, buffer_size)


def concatenate(self: Dataset, dataset: Dataset, name: str | None = None) -> Dataset:
    """These elements, then those of another data set."""
    return ConcatenateDataset(self, dataset)


# --- several elements as one ---


def batch(
    self: Dataset,
    batch_size: Any,
    drop_remainder: Any = False,
    num_parallel_calls: Any = None,
    deterministic: Any = None,
    name: str | None = None,
) -> Dataset:
    """So many elements at a time, stacked.

    Args:
        batch_size: how many.
        drop_remainder: whether a last, smaller batch is left out.
        num_parallel_calls, deterministic: accepted, and without effect here.
    """
    if num_parallel_calls is None:
        return BatchDataset(self, batch_size, drop_remainder)
    return ParallelBatchDataset(self, batch_size, drop_remainder)


def padded_batch(
    self: Dataset,
    batch_size: Any,
    padded_shapes: Any = None,
    padding_values: Any = None,
    drop_remainder: Any = False,
    name: str | None = None,
) -> Dataset:
    """So many elements at a time, filled up to a common shape and stacked.

    Args:
        batch_size: how many.
        padded_shapes: the shape for each leaf, None or -1 for the largest of the batch.
        padding_values: what to fill with; 0 and '' unless given.
        drop_remainder: whether a last, smaller batch is left out.
    """
    return PaddedBatchDataset(self, batch_size, padded_shapes, padding_values, drop_remainder)


def ragged_batch(
    self: Dataset,
    batch_size: Any,
    drop_remainder: Any = False,
    row_splits_dtype: Any = "int64",
    name: str | None = None,
) -> Dataset:
    """So many elements at a time, as RaggedTensors where their shapes may differ."""
    return RaggedBatchDataset(self, batch_size, drop_remainder, row_splits_dtype)


def sparse_batch(self: Dataset, batch_size: Any, row_shape: Any, name: str | None = None) -> Dataset:
    """So many elements at a time, as SparseTensors."""
    return SparseBatchDataset(self, batch_size, row_shape)


def unbatch(self: Dataset, name: str | None = None) -> Dataset:
    """The rows of the elements."""
    return UnbatchDataset(self)


def rebatch(self: Dataset, batch_size: Any, drop_remainder: bool = False, name: str | None = None) -> Dataset:
    """The rows of the elements in batches of another size, or of several in turns."""
    return RebatchDataset(self, batch_size, drop_remainder)


def window(
    self: Dataset, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: bool = False, name: str | None = None
) -> Dataset:
    """Data sets of a few elements each.

    Args:
        size: elements a window.
        shift: how far each begins after the one before; `size` unless given.
        stride: how far apart its elements are.
        drop_remainder: whether smaller windows at the end are left out.
    """
    return WindowDataset(self, size, shift, stride, drop_remainder)


def group_by_window(
    self: Dataset,
    key_func: Callable[..., Any],
    reduce_func: Callable[..., Any],
    window_size: Any = None,
    window_size_func: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Dataset:
    """Elements gathered by a key, each full window of them made into elements by a function of (key, data set)."""
    return GroupByWindowDataset(self, key_func, reduce_func, window_size, window_size_func)


def bucket_by_sequence_length(
    self: Dataset,
    element_length_func: Callable[..., Any],
    bucket_boundaries: Any,
    bucket_batch_sizes: Any,
    padded_shapes: Any = None,
    padding_values: Any = None,
    pad_to_bucket_boundary: bool = False,
    no_padding: bool = False,
    drop_remainder: bool = False,
    name: str | None = None,
) -> Dataset:
    """Batches of elements of similar length."""
    return grouping.bucket_by_sequence_length(
        self,
        element_length_func,
        bucket_boundaries,
        bucket_batch_sizes,
        padded_shapes,
        padding_values,
        pad_to_bucket_boundary,
        no_padding,
        drop_remainder,
    )


def rejection_resample(
    self: Dataset,
    class_func: Callable[..., Any],
    target_dist: Any,
    initial_dist: Any = None,
    seed: Any = None,
    name: str | None = None,
) -> Dataset:
    """Pairs (class, element) in which the classes come in the wanted proportions."""
    return grouping.rejection_resample(self, class_func, target_dist, initial_dist, seed)


# --- whole data sets ---


def apply(self: Dataset, transformation_func: Callable[[Any], Any]) -> Dataset:
    """The data set that a function makes of this one."""
    found = transformation_func(self)
    if not isinstance(found, Dataset):
        raise TypeError(f"`transformation_func` must return a `tf.data.Dataset` object. Got {type(found)}.")
    return found


def reduce(self: Dataset, initial_state: Any, reduce_func: Callable[..., Any], name: str | None = None) -> Any:
    """One value of all elements, by a function from (state, element) to the next state."""
    with placed(CPU):
        state = element_of(initial_state)
        for element in run(self):
            after = reduce_func(state, element)
            after = element_of(tuple(after) if isinstance(after, list) else after)
            same_kind(state, after, "reduce")
            state = after
    return state


def get_single_element(self: Dataset, name: str | None = None) -> Any:
    """The only element."""
    found = iter(self)
    element = next(found, found)
    if element is found:
        raise InvalidArgumentError(None, None, "Dataset was empty. [Op:DatasetToSingleElement]")
    if next(found, found) is not found:
        raise InvalidArgumentError(None, None, "Dataset had more than one element. [Op:DatasetToSingleElement]")
    return element


class _OptionsDataset(Passing):
    """A data set with options."""

    def __init__(self, input_dataset: Dataset, given: Options) -> None:
        super().__init__(input_dataset)
        self._options = given


def options(self: Dataset) -> Options:
    """The options of this data set and of those it is made of."""
    found = Options()
    for source in self._inputs():
        found = found.merge(source.options())
    return found if self._options is None else found.merge(self._options)


def with_options(self: Dataset, options: Options, name: str | None = None) -> Dataset:
    """The data set with options, merged with those it has."""
    return _OptionsDataset(self, copy.deepcopy(options))


def save(
    self: Dataset, path: str, compression: str | None = None, shard_func: Any = None, checkpoint_args: Any = None
) -> None:
    """Writes all elements into a folder, which `tf.data.Dataset.load` reads."""
    storage.save(self, path, compression, shard_func, checkpoint_args)


def snapshot(
    self: Dataset,
    path: str,
    compression: str | None = "AUTO",
    reader_func: Any = None,
    shard_func: Any = None,
    name: str | None = None,
) -> Dataset:
    """The elements of the first pass, from a folder in every later one."""
    return storage.SnapshotDataset(self, path, compression, reader_func, shard_func)


_METHODS: dict[str, Any] = {
    "map": map_, "filter": filter_, "enumerate": enumerate_, "flat_map": flat_map, "interleave": interleave,
    "scan": scan, "take_while": take_while, "unique": unique, "ignore_errors": ignore_errors, "take": take,
    "skip": skip, "shard": shard, "repeat": repeat, "shuffle": shuffle, "cache": cache, "prefetch": prefetch,
    "concatenate": concatenate, "batch": batch, "padded_batch": padded_batch, "ragged_batch": ragged_batch,
    "sparse_batch": sparse_batch, "unbatch": unbatch, "rebatch": rebatch, "window": window,
    "group_by_window": group_by_window, "bucket_by_sequence_length": bucket_by_sequence_length,
    "rejection_resample": rejection_resample, "apply": apply, "reduce": reduce,
    "get_single_element": get_single_element, "options": options, "with_options": with_options, "save": save,
    "snapshot": snapshot,
}  # fmt: skip
for _name, _method in _METHODS.items():
    setattr(Dataset, _name, _method)
