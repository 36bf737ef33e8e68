"""Gradients that accumulate over steps, of several processes: each adds up those of its own samples, and the processes
speak only when an update is due. One sum in k steps rather than k is what there is to gain where the link is slow."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from torchkeras.core.replicas import Replicas
from torchkeras.optimizers import LossScaleOptimizer, Optimizer
from torchkeras.optimizers.state import align


class LateSums:
    """The optimizer's sums, while they are those of one process's samples.

    What they are outside of an epoch is the sums over all processes, in each of them: so they are saved and loaded.

    Args:
        optimizer: it accumulates.
        replicas: the processes.
    """

    def __init__(self, optimizer: Any, replicas: Replicas) -> None:
        self.optimizer, self.replicas = optimizer, replicas
        self._apart = False

    @classmethod
    def of(cls, optimizer: Any, replicas: Replicas) -> LateSums | None:
        """None where each step's gradients have to be those of the whole batch, to be looked at or changed at once."""
        if not isinstance(optimizer, Optimizer) or isinstance(optimizer, LossScaleOptimizer):
            return None
        own_way = optimizer.gradient_transformers or type(optimizer).apply_gradients is not Optimizer.apply_gradients
        return cls(optimizer, replicas) if optimizer.gradient_accumulation_steps and not own_way else None

    @property
    def are_due(self) -> bool:
        """Whether this step ends with an update."""
        every: int = self.optimizer.gradient_accumulation_steps
        return (int(self.optimizer._count) + 1) % every == 0

    def part(self) -> None:
        """Before a step: from here on each process has sums of its own, of which the first's are what there was."""
        if not self._apart and not self.replicas.is_first:
            torch._foreach_zero_(list(self._sums().values()))
        self._apart = True

    def add_to(self, gradients: dict[nn.Parameter, Tensor]) -> None:
        """Adds the sums so far to a last step's gradients."""
        sums = self._sums()
        kept = [parameter for parameter in gradients if parameter in sums]  # of others the optimizer knows nothing
        torch._foreach_add_([gradients[parameter] for parameter in kept], [sums[parameter] for parameter in kept])

    def sum_up(self, bucket: Any) -> torch.futures.Future[Tensor]:
        """The same for a bucket (a GradBucket) of DistributedDataParallel, which becomes the sum over all processes."""
        with torch.no_grad():
            self.add_to(dict(zip(bucket.parameters(), bucket.gradients(), strict=True)))
        work = dist.all_reduce(bucket.buffer(), async_op=True)
        return work.get_future().then(lambda done: done.value()[0])

    def used(self) -> None:
        """Forgets what has been added to gradients, which are those of all processes by now."""
        sums = self._sums()
        used = [own for parameter, own in sums.items() if parameter.requires_grad and parameter.grad is not None]
        torch._foreach_zero_(used)
        self._apart = len(used) < len(sums)  # what no loss has reached this time waits

    def settle(self) -> None:
        """Makes the sums those of all processes."""
        if self._apart:
            self._apart = False
            self.replicas.add_up(self._sums().values())

    def _sums(self) -> dict[nn.Parameter, Tensor]:
        """By the parameter, laid out as that is."""
        optimizer = self.optimizer
        slots = optimizer._slots_named("gradient_accumulator")
        pairs = zip(optimizer._trainable_variables, slots, strict=True)
        return {variable.parameter: align(slot, variable.parameter) for variable, slot in pairs}


__all__ = ["LateSums"]
