"""The static methods of Dataset, which begin a pipeline."""

from __future__ import annotations

from typing import Any

from torchkeras.tensorflow.data import files, generators, sources, storage
from torchkeras.tensorflow.data.base import Dataset
from torchkeras.tensorflow.data.combining import ZipDataset, choose_from_datasets, sample_from_datasets


def from_tensors(tensors: Any, name: str | None = None) -> Dataset:
    """A data set of one element: these tensors."""
    return sources.TensorDataset(tensors)


def from_tensor_slices(tensors: Any, name: str | None = None) -> Dataset:
    """A data set of the rows of tensors, arrays, lists, or of tuples and dicts of them."""
    return sources.TensorSliceDataset(tensors)


def range_(*args: Any, output_type: Any = None, name: str | None = None) -> Dataset:
    """The numbers that Python's range gives."""
    return sources.RangeDataset(*args, output_type=output_type)


def random(seed: Any = None, rerandomize_each_iteration: bool | None = None, name: str | None = None) -> Dataset:
    """Random int64 numbers without end."""
    return sources.RandomDataset(seed, rerandomize_each_iteration)


def counter(start: Any = 0, step: Any = 1, dtype: Any = "int64", name: str | None = None) -> Dataset:
    """Numbers without end."""
    return sources.CounterDataset(start, step, dtype)


def zip_(*args: Any, datasets: Any = None, name: str | None = None) -> Dataset:
    """Elements of several data sets side by side: of a tuple or dict of them, or of each argument."""
    if (args and datasets is not None) or (not args and datasets is None):
        raise TypeError("Must pass either positional `args` or `datasets`, not both.")
    if datasets is None:
        datasets = args[0] if len(args) == 1 else args
    return ZipDataset(datasets)


def load(
    path: str, element_spec: Any = None, compression: str | None = None, reader_func: Any = None, wait: bool = False
) -> Dataset:
    """What `save` wrote."""
    return storage.LoadDataset(path, element_spec, compression, reader_func, wait)


_STATIC: dict[str, Any] = {
    "from_tensors": from_tensors, "from_tensor_slices": from_tensor_slices, "range": range_, "random": random,
    "counter": counter, "zip": zip_, "load": load, "from_generator": generators.from_generator,
    "list_files": files.list_files, "sample_from_datasets": sample_from_datasets,
    "choose_from_datasets": choose_from_datasets,
}  # fmt: skip


for _name, _function in _STATIC.items():
    setattr(Dataset, _name, staticmethod(_function))
