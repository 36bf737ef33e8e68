"""PreprocessingLayer: a layer that looks at data before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.kinds import bridge
from torchkeras.core.string_array import StringArray
from torchkeras.layers.base import Layer


class PreprocessingLayer(Layer):
    """A layer whose state comes from data, by `adapt`.

    A subclass takes a batch in `update_state`, works out what it needs in `finalize_state`, and forgets in
    `reset_state`.
    """

    #: Samples per batch where `adapt` is given whole arrays and no `batch_size`.
    adapt_batch_size: ClassVar[int] = 32

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._adapted = False

    @property
    def is_adapted(self) -> bool:
        return self._adapted

    def compile(self, run_eagerly: bool | None = None, steps_per_execution: int | None = None) -> None:
        """Accepted as Keras has it; there is nothing to compile."""

    def update_state(self, data: Any) -> None:
        """Take a batch of data into account."""
        raise NotImplementedError(f"{type(self).__name__} takes data in `update_state`.")

    def reset_state(self) -> None:
        """Forget all data."""
        raise NotImplementedError(f"{type(self).__name__} forgets data in `reset_state`.")

    def finalize_state(self) -> None:
        """Work out what calls need from the data seen."""

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn from data, in place of what was learned before.

        Args:
            data: an array, a tensor, a list, a pandas frame; or a data set or anything else that gives batches.
            batch_size: samples per batch, of data that is all there.
            steps: how many batches to look at; all unless given.
        """
        if self.built:
            self.reset_state()
        with torch.no_grad():
            for batch in islice(self._batches(data, batch_size, steps), steps):
                if not self.built:
                    self.build(_open_batch(batch))
                self.update_state(batch)
            self.finalize_state()
        self._adapted = True

    def _batches(self, data: Any, batch_size: int | None, steps: int | None) -> Iterator[Any]:
        whole = self._whole(data)
        if whole is not None:
            size = batch_size or (32 if steps is not None else self.adapt_batch_size)
            for start in range(0, len(whole), size):
                yield whole[start : start + size]
            return
        if not hasattr(data, "__iter__") and not hasattr(data, "__getitem__"):
            raise ValueError(
                f"Layer {self.name!r} cannot adapt to data of type {type(data).__name__}. Expected an array, a tensor, "
                f"a list, a pandas frame, or something that gives batches."
            )
        # A Sequence says where it ends by its length alone.
        by_index = hasattr(data, "on_epoch_end") and hasattr(data, "__len__")
        for batch in (data[i] for i in range(len(data))) if by_index else data:
            yield self._single(batch)

    def _whole(self, data: Any) -> Any:
        """Data that is all there as an array or tensor, None for what gives batches."""
        data = bridge.lower(data) if bridge.active else data
        if isinstance(data, (Tensor, np.ndarray, StringArray)):
            return data
        if hasattr(data, "to_numpy"):
            return data.to_numpy()
        if isinstance(data, (list, tuple)) and not any(isinstance(item, (Tensor, np.ndarray)) for item in data):
            return np.asarray(data)
        if isinstance(data, (list, tuple)):
            raise ValueError(f"{type(self).__name__} adapts to a single input. Received a {type(data).__name__}.")
        return None

    def _single(self, batch: Any) -> Any:
        """A batch of one tensor or array."""
        batch = bridge.lower(batch) if bridge.active else batch
        if isinstance(batch, (list, tuple)) and len(batch) == 1:
            batch = batch[0]
        if isinstance(batch, (list, tuple, dict)):
            raise ValueError(
                f"Layer {self.name!r} adapts to batches of one input. Received a {type(batch).__name__} of "
                f"{len(batch)}: take the features out first, as in `dataset.map(lambda x, y: x)`."
            )
        return batch


def _open_batch(batch: Any) -> tuple[int | None, ...]:
    """A batch's shape with an unknown number of samples; a single value is a batch of its own."""
    return (None, *batch.shape[1:]) if len(batch.shape) else ()
