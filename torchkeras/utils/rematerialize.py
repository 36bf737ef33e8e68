"""remat: less memory in training for a second forward run."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch.utils.checkpoint import checkpoint

from torchkeras.core.kinds import public


def remat(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function that computes what `f` does and keeps nothing of it for the gradients: they compute it once more.

    Args:
        f: a function of tensors, or a layer's `call`.
    """

    @functools.wraps(f)
    @public
    def called(*args: Any, **kwargs: Any) -> Any:
        if not torch.is_grad_enabled():
            return f(*args, **kwargs)
        return checkpoint(f, *args, use_reentrant=False, **kwargs)

    return called
