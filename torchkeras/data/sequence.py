"""Sequence and PyDataset: a user's own batches, by index."""

from __future__ import annotations

from typing import Any


class Sequence:
    """Batches by index: a subclass gives `__getitem__(index)` and `__len__()`.

    Args:
        workers, use_multiprocessing, max_queue_size: as in Keras 3's PyDataset; accepted for its sake.

    Example:
        class Squares(keras.utils.Sequence):
            def __len__(self):
                return 10

            def __getitem__(self, index):
                x = np.random.rand(32, 1)
                return x, x**2
    """

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self.workers, self.use_multiprocessing, self.max_queue_size = workers, use_multiprocessing, max_queue_size

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError("A Sequence gives the batch at an index in `__getitem__`.")

    def __len__(self) -> int:
        raise NotImplementedError("A Sequence says how many batches it has in `__len__`.")

    def on_epoch_end(self) -> None:
        """Called when an epoch is over; shuffle here, for instance."""


PyDataset = Sequence
