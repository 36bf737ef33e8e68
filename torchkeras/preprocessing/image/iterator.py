"""Iterator: batches of indices, in order or shuffled, that a subclass turns into batches of images."""

from __future__ import annotations

import threading
from collections.abc import Iterator as Iteration
from typing import Any

import numpy as np

from torchkeras.data.sequence import Sequence


class Iterator(Sequence):
    """A Sequence that can also be iterated over without end.

    By index (`iterator[3]`, and in fit) a shuffled one keeps its order until `on_epoch_end`; `next(iterator)` goes
    round and round, with a new order each time. The random numbers are NumPy's, as Keras's are.

    Args:
        n: the number of samples.
        batch_size: samples per batch.
        shuffle: whether to shuffle them.
        seed: makes order and transformations reproducible.
    """

    #: The endings of files taken for images.
    white_list_formats = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None) -> None:
        super().__init__()
        self.n, self.batch_size, self.shuffle, self.seed = n, batch_size, shuffle, seed
        self.batch_index = 0
        self.total_batches_seen = 0
        self.lock = threading.Lock()
        self.index_array: np.ndarray | None = None
        self.index_generator = self._flow_index()

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        """The batch of the samples with these numbers."""
        raise NotImplementedError("An Iterator makes a batch in `_get_batches_of_transformed_samples(index_array)`.")

    def _set_index_array(self) -> np.ndarray:
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)
        return self.index_array

    def _reseed(self) -> None:
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)

    def __getitem__(self, index: int) -> Any:
        if index >= len(self):
            raise ValueError(f"Asked to retrieve element {index}, but the Sequence has length {len(self)}")
        self._reseed()
        self.total_batches_seen += 1
        order = self._set_index_array() if self.index_array is None else self.index_array
        return self._get_batches_of_transformed_samples(order[self.batch_size * index : self.batch_size * (index + 1)])

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def on_epoch_end(self) -> None:
        self._set_index_array()

    def reset(self) -> None:
        """Let `next` begin at the first batch again."""
        self.batch_index = 0

    def _flow_index(self) -> Iteration[np.ndarray]:
        self.reset()
        while True:
            self._reseed()
            order = self._set_index_array() if self.batch_index == 0 or self.index_array is None else self.index_array
            start = self.batch_index * self.batch_size % self.n if self.n else 0
            self.batch_index = self.batch_index + 1 if self.n > start + self.batch_size else 0
            self.total_batches_seen += 1
            yield order[start : start + self.batch_size]

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Any:
        return self.next()

    def next(self) -> Any:
        """The next batch."""
        with self.lock:
            index_array = next(self.index_generator)
        return self._get_batches_of_transformed_samples(index_array)
