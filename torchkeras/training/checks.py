"""What can be known to be wrong before the first step, from data that is on the host anyway."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor

from torchkeras import losses
from torchkeras.core.nest import flatten
from torchkeras.data import ArrayFeed, Feed
from torchkeras.data.feed import innermost
from torchkeras.training.outputs import keys_of, per_output, targets

_CHUNK = 1 << 22


def check_steps(feed: Feed, steps: int | None) -> None:
    """A ValueError where an epoch would never end."""
    while hasattr(feed, "feed"):
        feed = feed.feed
    if feed.endless and steps is None:
        raise ValueError(
            "When passing an infinitely repeating dataset, please specify a `steps_per_epoch` value so that epoch "
            "level callbacks continue to work. The value can be arbitrary, or a number that you think correctly "
            "defines the size of an epoch. Epoch-level callbacks will then be called at this interval."
        )


def check_arrays(feed: Feed, model: Any, loss: Any) -> None:
    """Labels outside the classes, and NaN among the inputs, of data that is all there; of streams as they come."""
    feed = innermost(feed)
    if not isinstance(feed, ArrayFeed):
        feed.check = lambda y: _check_labels(y, model, loss)
        return
    x, y, _ = feed.given  # on the host, as a rule, where looking is cheap
    _warn_of_nan(x)
    _check_labels(y, model, loss)


def _check_labels(y_true: Any, model: Any, loss: Any) -> None:
    outputs = getattr(model, "outputs", None)
    if not outputs or y_true is None:
        return
    names = keys_of(model)
    wanted = targets(y_true, names)
    for name, y, output, one in zip(names, wanted, outputs, per_output(loss, names, "loss", spread=True), strict=True):
        if isinstance(y, Tensor) and y.device.type == "cpu" and _is_sparse(one) and output.shape[-1] not in (None, 1):
            losses.check_labels(y, int(output.shape[-1]), name)


def _is_sparse(loss: Any) -> bool:
    if isinstance(loss, str):
        loss = losses.get(loss)
    ignored = getattr(loss, "ignore_class", None)
    name = getattr(loss, "__name__", type(loss).__name__)
    return ignored is None and name.replace("_", "").lower() == "sparsecategoricalcrossentropy"


def _warn_of_nan(x: Any) -> None:
    for leaf in flatten(x):
        if isinstance(leaf, Tensor) and leaf.device.type == "cpu" and leaf.is_floating_point() and _has_nan(leaf):
            warnings.warn(
                "The input data contains NaN. The loss will be NaN from the first batch that has one. Remove or "
                "replace them, for instance with numpy.nan_to_num.",
                stacklevel=4,
            )
            return


def _has_nan(tensor: Tensor) -> bool:
    rows = max(1, _CHUNK // max(1, tensor[:1].numel()))
    # A sum is NaN if any value is; it takes no memory, and only where it is NaN each value is looked at.
    return any(bool(torch.isnan(part.sum())) and bool(torch.isnan(part).any()) for part in tensor.split(rows))
