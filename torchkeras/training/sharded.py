"""Training of a model that several processes have in parts: each takes its part of every batch, and keeps some rows of
each weight and of what the optimizer keeps for it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from torchkeras.core import replicas as scopes
from torchkeras.core.replicas import Replicas
from torchkeras.core.shards import is_sharded
from torchkeras.data import Batch
from torchkeras.training.replicated import Replicated
from torchkeras.training.sharding import forget_step, has_been_sharded, shard, unbuilt
from torchkeras.training.torch_optimizer import TorchOptimizer


class Sharded(Replicated):
    """What a Trainer does in addition where several processes train a model in parts.

    Gradients are summed by torch while they are computed, so that each process has those of its rows.
    """

    def __init__(self, trainer: Any, replicas: Replicas) -> None:
        if trainer.jit_compile:
            raise ValueError(
                "`jit_compile=True` was asked for in the scope of a ShardedStrategy: torch.compile cannot follow how "
                "weights are gathered here. Leave it out."
            )
        super().__init__(trainer, replicas)

    def accumulate(self) -> None:
        """Gradients are summed at each step all the same: no process has room for those of the whole model."""

    def compiled(self) -> None:
        # As early as can be, so that a file is read into parts.
        if not unbuilt(self.trainer.model):
            self.arrange()

    def arrange(self) -> None:
        """Puts the model in parts, once it has all its weights."""
        model = self.trainer.model
        if not has_been_sharded(model):
            self.begin()
            shard(model, self.replicas)
        optimizer = self.trainer.optimizer
        if isinstance(optimizer, TorchOptimizer) and optimizer.torch is not None:
            own = {id(parameter) for parameter in model.parameters()}
            if not all(id(p) in own for group in optimizer.torch.param_groups for p in group["params"]):
                raise ValueError(
                    f"{type(optimizer.torch).__name__} was made with parameters that are no longer those of "
                    f"{model.name!r}, which is in parts now. Give `compile` a function that makes it: "
                    f"`model.compile(lambda parameters: torch.optim.{type(optimizer.torch).__name__}(parameters))`."
                )

    def spread_state(self) -> None:
        """What every process has all of, as the first has it; of the rest each has another part."""
        trainer = self.trainer
        tensors = [*trainer.model.parameters(), *trainer.model.buffers()]
        if not isinstance(trainer.optimizer, TorchOptimizer):
            tensors += [variable._tensor for variable in trainer.optimizer.variables]
        self.replicas.spread([tensor.detach() for tensor in {id(t): t for t in tensors}.values()])

    @contextlib.contextmanager
    def step(self, batch: Batch) -> Iterator[None]:
        try:
            with super().step(batch):
                yield
        except BaseException:
            if has_been_sharded(self.trainer.model):
                forget_step(self.trainer.model)
            raise

    def forward(self, x: Any) -> Any:
        return self.trainer.call(x, True)

    def update(self) -> None:
        parameters = self.trainer.model.parameters()
        whole = [p for p in parameters if p.requires_grad and not is_sharded(p)]
        if whole:
            self.replicas.sum_gradients(whole)
        with scopes.stepping(None):  # they have been summed
            self.trainer.optimizer.step()

    @contextlib.contextmanager
    def testing(self, batch: Batch) -> Iterator[None]:
        # One without a sample of its own takes part: the others need its rows of the weights.
        with self._leaving_no_trace(batch), super().testing(batch):
            yield


__all__ = ["Sharded"]
