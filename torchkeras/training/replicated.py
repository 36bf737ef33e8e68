"""Training that several processes share: each takes its part of every batch, and all end up with the same model.

A step is the one of a single process with the whole batch: its loss is the mean over the batch, so that the gradients
of the parts count by their sizes. Of tf.keras's way are what a user's own step computes, where gradients are summed
over the processes and the compiled loss has been divided accordingly, and BatchNormalization, which sees its part of a
batch; its moving averages are averaged when an epoch ends.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from torchkeras.core import replicas as scopes
from torchkeras.core.replicas import Replicas
from torchkeras.data import Batch
from torchkeras.metrics import Metric
from torchkeras.metrics.count import Count
from torchkeras.training.torch_optimizer import TorchOptimizer

#: What says whether each call begins with sending buffers; the second name is the older one.
_BUFFERS = next(
    name
    for name in ("forward_sync_buffers", "broadcast_buffers")
    if name in inspect.signature(DistributedDataParallel.__init__).parameters
)


class _Called(nn.Module):
    """A model as DistributedDataParallel wraps it: what it is called with goes through unchanged."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Any) -> Any:
        return self.model(x, training=True)


class Replicated:
    """What a Trainer does in addition where several processes train.

    Args:
        trainer: the Trainer.
        replicas: the processes.
    """

    def __init__(self, trainer: Any, replicas: Replicas) -> None:
        self.trainer, self.replicas = trainer, replicas
        #: The part of the batch that this process has: the sum of all is 1.
        self.share = 1.0 / replicas.size
        self._wrapped: DistributedDataParallel | None = None
        self._synchronised: list[nn.Parameter] = []
        self._reached: list[bool] | None = None  # which parameters a first loss reached, in any process
        self._through_wrapper = False

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_wrapped": None, "_reached": None}

    # --- the beginning ---

    def begin(self) -> None:
        """The same model everywhere: an error where another was made, else the weights of the first."""
        trainer = self.trainer
        model = trainer.model
        named = [
            (name, tuple(p.shape), str(p.dtype)) for name, p in [*model.named_parameters(), *model.named_buffers()]
        ]
        shapes = [one[1:] for one in named]  # automatic names need not agree
        self.replicas.check_same("The model", _Shapes(named, shapes), "All processes must run the same program.")
        self.spread_state()

    def spread_state(self) -> None:
        """Weights and the optimizer's state as the first has them."""
        trainer = self.trainer
        tensors = [p.detach() for p in trainer.model.parameters()] + list(trainer.model.buffers())
        if not isinstance(trainer.optimizer, TorchOptimizer):
            tensors += [v._tensor.detach() for v in trainer.optimizer.variables]
        self.replicas.spread(_distinct(tensors))

    # --- a step ---

    @contextlib.contextmanager
    def step(self, batch: Batch) -> Iterator[None]:
        """Around a step of training on a part of a batch."""
        whole = batch.whole if batch.whole is not None else batch.size * self.replicas.size
        self.share = batch.size / whole if whole else 0.0
        self._through_wrapper = False
        kept = None if batch.size else [(t, t.detach().clone()) for t in self._state()]
        loss = self.trainer.compiled_loss
        loss.share = self.share if self.trainer._overrides & {"train_step"} else 1.0
        try:
            with scopes.stepping(self.replicas), self.replicas.own_random_numbers():
                yield
        finally:
            loss.share = 1.0
        if kept is not None:
            self._state()
            with torch.no_grad():
                for tensor, value in kept:
                    tensor.copy_(value)

    def _state(self) -> list[Tensor]:
        """What a step changes in passing, and must not where the process has no sample of the batch."""
        variables = [variable for metric in self.trainer.model.metrics for variable in metric.variables]
        for variable in variables:
            if isinstance(variable, Count):
                variable.settle()
        return [*self.trainer.model.buffers(), *(variable._tensor for variable in variables)]

    def forward(self, x: Any) -> Any:
        """The outputs, such that the gradients of their loss are summed over the processes while they are computed."""
        wrapped = self._wrapper()
        if wrapped is None:
            return self.trainer.model(x, training=True)
        self._through_wrapper = True
        return wrapped(x)

    def _wrapper(self) -> DistributedDataParallel | None:
        """DistributedDataParallel, once a first step has shown which parameters a loss reaches."""
        parameters = [p for p in self.trainer.model.parameters() if p.requires_grad]
        if self._wrapped is not None and not _same(parameters, self._synchronised):
            self._wrapped = self._reached = None  # layers were frozen, or came in
        if self._wrapped is None and self._reached is not None and parameters:
            some_unused = not all(self._reached) or bool(self.trainer._own_layers)
            self._synchronised = parameters
            # The weights are the same already, and moving averages each process's own.
            self._wrapped = DistributedDataParallel(
                _Called(self.trainer.model),
                init_sync=False,
                find_unused_parameters=some_unused,
                gradient_as_bucket_view=True,
                **{_BUFFERS: False},
            )
        return self._wrapped

    def before_backward(self, loss: Tensor) -> Tensor:
        """The loss such that the sum of all processes' gradients is the batch's."""
        factor = 1.0 if self.trainer._in_own_step else self.share
        if self._through_wrapper:
            factor *= self.replicas.size  # it takes the mean of the gradients, not their sum
        return loss if factor == 1.0 else loss * factor

    def update(self) -> None:
        """The optimizer's step, by the gradients of all."""
        if not self._through_wrapper:
            self._sum_gradients()
        with scopes.stepping(None):  # they have been summed
            self.trainer.optimizer.step()

    def _sum_gradients(self) -> None:
        """Those of a first step, which nobody has summed while they were computed."""
        parameters = [p for p in self.trainer.model.parameters() if p.requires_grad]
        reached = torch.tensor([p.grad is not None for p in parameters], dtype=torch.int32)
        self.replicas.take_largest([reached])
        self._reached = [bool(one) for one in reached]
        for parameter, one in zip(parameters, self._reached, strict=True):
            if one and parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        self.replicas.add_up([p.grad for p in parameters if p.grad is not None])

    # --- the figures ---

    def merge(self, metrics: Iterable[Metric]) -> None:
        """Makes the state of metrics that of all processes' samples; until they are reset, they keep it."""
        variables = list({id(v): v for metric in metrics for v in metric.variables}.values())
        mean = [v for v in variables if str(getattr(v, "aggregation", "sum")).lower().endswith("mean")]
        # A Count's numbers are on the host until its tensor is asked for.
        self.replicas.add_up([(v.parameter if isinstance(v, Count) else v._tensor).detach() for v in variables])
        with torch.no_grad():
            for variable in mean:
                variable._tensor.detach().div_(self.replicas.size)

    def average_statistics(self) -> None:
        """Moving averages, of which each process has its own, become their mean; what is equal stays as it is."""
        buffers = [b for b in _distinct(self.trainer.model.buffers()) if b.is_floating_point() and b.numel()]
        if not buffers:
            return
        most, least = [b.clone() for b in buffers], [b.neg() for b in buffers]
        self.replicas.take_largest([*most, *least])
        differing = [b for b, high, low in zip(buffers, most, least, strict=True) if not torch.equal(high, -low)]
        self.replicas.add_up(differing)
        for buffer in differing:
            buffer.div_(self.replicas.size)

    # --- decisions ---

    def agree(self) -> None:
        """What callbacks decided in the first process counts everywhere: to stop, and the learning rate."""
        trainer = self.trainer
        optimizer = trainer.optimizer
        rates = (
            [group["lr"] for group in optimizer.torch.param_groups]
            if isinstance(optimizer, TorchOptimizer) and optimizer.torch is not None
            else None
        )
        stop, theirs = self.replicas.from_first((bool(trainer.model.stop_training), rates))
        trainer.model.stop_training = stop
        if rates is not None:
            for group, rate in zip(optimizer.torch.param_groups, theirs, strict=True):
                group["lr"] = rate
        elif not isinstance(optimizer, TorchOptimizer):
            self.replicas.spread([v._tensor.detach() for v in optimizer.variables if v._tensor.numel() == 1])

    def begun(self, resume_at: Any) -> Any:
        """After `on_train_begin`, in which callbacks may have loaded weights: where the first process goes on."""
        resume_at = self.replicas.from_first(resume_at)
        self.spread_state()
        self.replicas.share_random_numbers()
        return resume_at

    def deciding(self, end: Callable[[int, Any], None], told: bool) -> Callable[[int, Any], None]:
        """The hook after a step, such that all processes stop where the first does."""
        if not any(self.replicas.gather(told)):
            return end

        def ended(step: int, logs: Any) -> None:
            end(step, logs)
            self.trainer.model.stop_training = self.replicas.from_first(bool(self.trainer.model.stop_training))

        return ended


class _Shapes:
    """The shapes of a model's weights: equal by those, shown by the first names."""

    def __init__(self, named: list[Any], shapes: list[Any]) -> None:
        self.named, self.shapes = named, shapes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shapes) and self.shapes == other.shapes

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        last = f", the last {self.named[-1][0]} of {self.named[-1][1]}" if self.named else ""
        return f"{len(self.named)} weights{last}"


def _same(one: list[Any], other: list[Any]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other))


def _distinct(tensors: Iterable[Tensor]) -> list[Tensor]:
    return list({id(t) if t.numel() == 0 else t.data_ptr(): t for t in tensors}.values())


__all__ = ["Replicated"]
