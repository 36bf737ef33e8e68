"""From whatever a user hands over to the feed for it."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, IterableDataset

from torchkeras.core.nest import flatten
from torchkeras.core.rows import Rows
from torchkeras.core.string_array import StringArray
from torchkeras.data.arrays import ArrayFeed
from torchkeras.data.feed import Batch, Feed
from torchkeras.data.iterables import DatasetFeed, GeneratorFeed, IterableFeed, MappedFeed, SequenceFeed
from torchkeras.data.sequence import Sequence


def make_feed(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    batch_size: int | None = None,
    shuffle: bool | str = False,
    class_weight: dict[int, float] | None = None,
    device: torch.device | None = None,
) -> Feed:
    """The feed for a set of arguments of fit, evaluate or predict."""
    device = device or torch.device("cpu")
    if is_array_data(x):
        feed: Feed = ArrayFeed(x, y, sample_weight, batch_size, shuffle, device)
    else:
        feed = _streaming(x, y, sample_weight, batch_size, bool(shuffle), device)
    return MappedFeed(feed, _ClassWeights(class_weight, device)) if class_weight else feed


def is_array_data(x: Any) -> bool:
    """Whether x is all there: arrays, tensors, frames, numbers, or lists, tuples and dicts of such."""
    if isinstance(x, (Dataset, DataLoader, Sequence)):
        return False
    if isinstance(x, (np.ndarray, Tensor, StringArray, Rows)) or hasattr(x, "to_numpy") or hasattr(x, "_as_rows"):
        return True
    if isinstance(x, Mapping):
        return bool(x) and all(is_array_data(value) for value in x.values())
    if isinstance(x, (list, tuple)):
        return bool(x) and all(isinstance(v, (int, float, np.generic, str, bytes)) or is_array_data(v) for v in x)
    return False


def _streaming(x: Any, y: Any, sample_weight: Any, batch_size: int | None, shuffle: bool, device: torch.device) -> Feed:
    kind = type(x).__name__
    for name, part in (("y", y), ("sample_weight", sample_weight)):
        if part is not None:
            raise ValueError(f"`{name}` argument is not supported when using a {kind} as input: it gives its own.")
    if isinstance(x, IterableDataset):
        return IterableFeed(DataLoader(x, batch_size=batch_size or 32), device)
    if isinstance(x, Dataset):
        return IterableFeed(DataLoader(x, batch_size=batch_size or 32, shuffle=shuffle), device)
    # What gives whole batches leaves `batch_size` alone, as in Keras.
    if hasattr(x, "_feed_batches"):
        return DatasetFeed(x, device)
    if isinstance(x, Sequence) or (hasattr(x, "__getitem__") and hasattr(x, "on_epoch_end")):
        return SequenceFeed(x, shuffle, device)
    if isinstance(x, types.GeneratorType) or hasattr(x, "__next__") or isinstance(x, types.FunctionType):
        return GeneratorFeed(x, device)
    if hasattr(x, "__iter__"):
        return IterableFeed(x, device)
    raise ValueError(
        f"Failed to find a way to read the data: x is of type {kind}. Expected arrays, tensors, pandas frames, lists "
        f"or dicts of them, a Sequence, a generator, a tf.data.Dataset, a torch Dataset or DataLoader."
    )


class _ClassWeights:
    """Turns class weights into sample weights, by the class of each label."""

    def __init__(self, class_weight: dict[int, float], device: torch.device) -> None:
        wanted = set(range(max(class_weight) + 1))
        if set(class_weight) != wanted:
            raise ValueError(
                f"Expected `class_weight` to be a dict with keys from 0 to one less than the number of classes, found "
                f"{class_weight}"
            )
        self.table = torch.tensor([float(class_weight[i]) for i in range(len(class_weight))], device=device)

    def __call__(self, batch: Batch) -> Batch:
        labels = flatten(batch.y)
        if len(labels) != 1 or labels[0] is None:
            raise ValueError("`class_weight` is only supported for Models with a single output.")
        y = labels[0]
        if y.dim() > 2:
            raise ValueError("`class_weight` not supported for 3+ dimensional targets.")
        classes = y.argmax(1) if y.dim() == 2 and y.shape[1] > 1 else y.reshape(-1)
        weights = self.table[classes.long()]
        if batch.sample_weight is not None:
            weights = weights * batch.sample_weight.reshape(weights.shape)
        return batch._replace(sample_weight=weights)
