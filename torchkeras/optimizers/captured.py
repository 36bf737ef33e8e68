"""The updates of captured work: what the host does for them before and after each replay."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.capturing import CannotCapture
from torchkeras.optimizers.plan import Group, Work

_OWN_UPDATES = ("step", "update_step", "_resource_apply_dense", "_run", "_update")
#: Numbers that the updates of one piece of work may take in all: a few for each.
_CELLS = 4096


class _Noted(NamedTuple):
    """One update.

    Args:
        optimizer: whose.
        ahead: how many of this optimizer's come before it in the same work.
        groups: what it updates, each with the place of its first number among the cells of its dtype.
        plan: the lists that the groups are of; another one says that the variables have changed.
    """

    optimizer: Any
    ahead: int
    groups: list[tuple[Group, torch.dtype, int]]


class Updates:
    """The updates that optimizers make in a piece of work which is captured once and replayed.

    The numbers that change from one to the next, such as the learning rate, are read from cells on the device, and
    the host fills the cells before each replay. One piece of work may hold several updates, by several optimizers.

    Example:
        updates = Updates(device)
        with capturing(updates):
            ...  # capture; each optimizer's step notes itself
        updates.prepare()
        graph.replay()
        updates.finish()
    """

    def __init__(self, device: torch.device) -> None:
        self._noted: list[_Noted] = []
        self._counts: dict[int, int] = {}
        dtypes = (torch.float32, torch.float64)
        self._cells = {dtype: torch.zeros(_CELLS, dtype=dtype, device=device) for dtype in dtypes}
        self._used = dict.fromkeys(dtypes, 0)
        self._filled: dict[torch.dtype, np.ndarray] = {}

    # --- while it is captured ---

    def note(self, optimizer: Any, work: Work) -> list[tuple[Tensor, ...]]:
        """Takes in an update that is about to be captured; gives the cells of its numbers, group by group."""
        reason = why_not(optimizer)
        if reason:
            raise CannotCapture(reason)
        ahead = self._counts.get(id(optimizer), 0)
        self._counts[id(optimizer)] = ahead + 1
        groups, cells = [], []
        for group, _ in work:
            dtype = torch.float64 if group.dtype is torch.float64 else torch.float32
            if group.device != self._cells[dtype].device:
                raise CannotCapture(f"some weights are on {group.device}, not on {self._cells[dtype].device}")
            begin, number = self._used[dtype], len(optimizer._rates(group, 0.0, 1))
            if begin + number > _CELLS:
                raise CannotCapture(f"its updates take more than {_CELLS} numbers")
            self._used[dtype] = begin + number
            groups.append((group, dtype, begin))
            cells.append(self._cells[dtype][begin : begin + number].unbind())
        self._noted.append(_Noted(optimizer, ahead, groups))
        return cells

    @property
    def optimizers(self) -> list[Any]:
        """Those that made them."""
        return list({id(noted.optimizer): noted.optimizer for noted in self._noted}.values())

    # --- around a replay ---

    def prepare(self) -> None:
        """On the host, before each replay: the numbers of its updates."""
        wanted = {dtype: np.zeros(used, _numpy(dtype)) for dtype, used in self._used.items() if used}
        for optimizer, ahead, groups in self._noted:
            taken = int(optimizer._count)
            optimizer._count[()] = taken + ahead  # a schedule of the user's own reads it there
            try:
                rate = optimizer._rate_at(taken + ahead)
            finally:
                optimizer._count[()] = taken
            for group, dtype, begin in groups:
                own = optimizer._rates(group, rate, taken + ahead + 1)
                wanted[dtype][begin : begin + len(own)] = own
        for dtype, values in wanted.items():
            known = self._filled.get(dtype)
            if known is None or not np.array_equal(known, values):
                # From memory that is not pinned, the values are taken before the call returns.
                self._cells[dtype][: len(values)].copy_(torch.from_numpy(values), non_blocking=True)
                self._filled[dtype] = values

    def finish(self) -> None:
        """On the host, after each replay: the counts, and averages in place of the variables when due."""
        for optimizer, _, groups in self._noted:
            taken = int(optimizer._count)
            work: Any = [(group, []) for group, _, _ in groups]
            with torch.no_grad():
                if optimizer._overwrite(work, taken + 1):
                    optimizer._constrain(work)
            optimizer._count[()] = taken + 1

    @property
    def may_follow(self) -> bool:
        """Whether nothing has to be done on the host between two pieces of such work."""
        return not any(one.use_ema and one.ema_overwrite_frequency for one in self.optimizers)


def why_not(optimizer: Any) -> str | None:
    """Why an optimizer's updates cannot be captured; None where they can."""
    name = type(optimizer).__name__
    # The module's own names, not to import what imports this.
    if not hasattr(type(optimizer), "_update_group") or any(_is_own(optimizer, method) for method in _OWN_UPDATES):
        return f"{name} has an update of its own"
    if optimizer.gradient_accumulation_steps:
        return f"{name} accumulates gradients over several steps"
    return None


def _is_own(optimizer: Any, method: str) -> bool:
    return not getattr(optimizer, method).__module__.startswith("torchkeras.")


def _numpy(dtype: torch.dtype) -> Any:
    return np.float64 if dtype is torch.float64 else np.float32


__all__ = ["Updates", "why_not"]
