"""What every feed is: batches of (x, y, sample_weight), an epoch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from torch import Tensor

from torchkeras.core.nest import flatten
from torchkeras.core.string_array import StringArray


class Batch(NamedTuple):
    """One step's data: nests of tensors, and how many samples they hold.

    Args:
        whole: where several processes share a batch, how many samples it has in all of them. One that gets none has a
            sample to compute with that does not count: its size is 0.
    """

    x: Any
    y: Any = None
    sample_weight: Any = None
    size: int = 0
    whole: int | None = None

    @property
    def data(self) -> Any:
        """As a user's own train_step gets it: x, (x, y) or (x, y, sample_weight)."""
        return pack_x_y_sample_weight(self.x, self.y, self.sample_weight)


class Feed:
    """A source of batches. `steps` is how many an epoch has, None where only running out tells."""

    steps: int | None = None
    #: Whether each epoch starts anew; a plain generator goes on where it was.
    restarts = True
    #: Whether an epoch has no end of its own.
    endless = False
    #: Looks at the targets of a streamed batch while they are on the host; set where a device would only crash on them.
    check: Callable[[Any], None] | None = None

    def epoch(self) -> Iterator[Batch]:
        """The batches of the next epoch."""
        raise NotImplementedError

    def on_epoch_end(self) -> None:
        """Told when an epoch is over."""

    def finished(self) -> None:
        """Told when nobody will take or look at its batches any more."""

    def first(self) -> Batch | None:
        """A batch to build and check the model with, without taking it from the epoch; None where that cannot be."""
        return None


def innermost(feed: Feed) -> Feed:
    """The source of a feed that passes on what another gives."""
    while hasattr(feed, "feed"):
        feed = feed.feed
    return feed


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """x, (x, y) or (x, y, sample_weight), whichever is there."""
    if sample_weight is not None:
        return (x, y, sample_weight)
    if y is not None:
        return (x, y)
    return (x,) if isinstance(x, (list, tuple)) else x


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """x, y and sample_weight of what a generator or data set gave: a tuple of up to three, or x alone."""
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple) or hasattr(data, "_fields"):
        return data, None, None
    if len(data) > 3:
        raise ValueError(
            f"Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`. "
            f"Received a tuple of {len(data)}."
        )
    return (*data, None, None)[:3]


def batch_size_of(x: Any) -> int:
    """How many samples a nest of tensors holds."""
    for leaf in flatten(x):
        if isinstance(leaf, (Tensor, StringArray)):
            return leaf.shape[0] if leaf.dim() else 1
    return 1
