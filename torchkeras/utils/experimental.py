"""keras.utils.experimental."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any


class DatasetCreator:
    """A function that makes a data set, for `Model.fit`: with parameter servers each worker calls it for itself.

    Args:
        dataset_fn: takes a tf.distribute.InputContext and gives a tf.data.Dataset of batches.
        input_options: accepted.
    """

    def __init__(self, dataset_fn: Callable[[Any], Any], input_options: Any = None) -> None:
        if not callable(dataset_fn):
            raise TypeError(f"`dataset_fn` must be a function of an InputContext. Received: {dataset_fn!r}")
        self.dataset_fn, self.input_options = dataset_fn, input_options

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The data set that the function makes."""
        found = self.dataset_fn(*args, **kwargs)
        if not hasattr(found, "_feed_batches"):
            raise TypeError(f"`dataset_fn` must give a tf.data.Dataset. Received: {found!r}")
        return found

    def __iter__(self) -> Iterator[Any]:
        # The context stands above Keras, in the tf namespace, as the data sets do.
        context = importlib.import_module("torchkeras.tensorflow.distribute.datasets").InputContext
        return iter(self(context()))


__all__ = ["DatasetCreator"]
