"""Training that several processes share: each takes its part of every batch, and all end up with the same model.

A step is the one of a single process with the whole batch: its loss is the mean over the batch, so that the gradients
of the parts count by their sizes. Of tf.keras's way are what a user's own step computes, where gradients are summed
over the processes and the compiled loss has been divided accordingly, and BatchNormalization, which sees its part of a
batch; its moving averages are averaged when an epoch ends.
"""

from __future__ import annotations

import contextlib
import inspect
import re
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from torchkeras.core import replicas as scopes
from torchkeras.core.nest import flatten
from torchkeras.core.replicas import LostReplica, Replicas
from torchkeras.data import Batch
from torchkeras.metrics import Metric
from torchkeras.metrics.count import Count
from torchkeras.metrics.torch_metric import TorchMetric
from torchkeras.training.compiled_loss import Part
from torchkeras.training.late_sums import LateSums
from torchkeras.training.torch_optimizer import TorchOptimizer

#: What says whether each call begins with sending buffers; the second name is the older one.
_BUFFERS = next(
    name
    for name in ("forward_sync_buffers", "broadcast_buffers")
    if name in inspect.signature(DistributedDataParallel.__init__).parameters
)


#: What gloo and NCCL say of a connection that is no more.
_BROKEN = re.compile(r"gloo|nccl|connection (was )?(closed|reset|refused)|broken pipe|socket", re.IGNORECASE)


class _Called(nn.Module):
    """A model as DistributedDataParallel wraps it: what it is called with goes through unchanged.

    Args:
        trainer: the model's.
        looked_for: whether what the step will differentiate is gone through for parameters that are not used: then
            it has to be among the results, the losses of layers too.
    """

    trainer: Any
    masks: Any

    def __init__(self, trainer: Any, looked_for: bool) -> None:
        super().__init__()
        self.model = trainer.model
        self.__dict__.update(trainer=weakref.ref(trainer), looked_for=looked_for, masks=[])

    def forward(self, x: Any) -> Any:
        found = self.trainer().call(x, True)
        # DistributedDataParallel gives back other tensors, without what they carry.
        self.__dict__["masks"] = [getattr(leaf, "_keras_mask", None) for leaf in flatten(found)]
        return found, (self.trainer().added_losses() if self.looked_for else [])


class Replicated:
    """What a Trainer does in addition where several processes train.

    Args:
        trainer: the Trainer.
        replicas: the processes.
    """

    def __init__(self, trainer: Any, replicas: Replicas) -> None:
        self.trainer, self.replicas = trainer, replicas
        self._factor = 1.0  # what the loss is multiplied by, beside what the compiled loss has done
        self._wrapped: DistributedDataParallel | None = None
        self._synchronised: list[nn.Parameter] = []
        self._reached: list[bool] | None = None  # which parameters a first loss reached, in any process
        self._through_wrapper = False
        #: What keeps gradients in each process until an update is due, where they accumulate.
        self.late_sums: LateSums | None = None
        #: Whether a step is being made.
        self.in_step = False
        replicas.holders.add(self)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_wrapped": None, "_reached": None}

    def accumulate(self) -> None:
        """Looks at whether the optimizer accumulates gradients."""
        optimizer, known = self.trainer.optimizer, self.late_sums
        if known is None or known.optimizer is not optimizer:
            self.late_sums = LateSums.of(optimizer, self.replicas)
            if self.late_sums is not known:
                self._wrapped = None  # what it does with gradients is another thing now

    def let_go(self) -> None:
        """Leaves what holds the connections to the others."""
        self._wrapped = None

    # --- the beginning ---

    def compiled(self) -> None:
        """What is done when the model has been compiled, whether it has its weights or not."""

    def arrange(self) -> None:
        """What is done with the weights of the model, before the optimizer makes its own."""

    def begin(self) -> None:
        """The same model everywhere: an error where another was made, else the weights of the first."""
        trainer = self.trainer
        model = trainer.model
        named = [
            (name, tuple(p.shape), str(p.dtype)) for name, p in [*model.named_parameters(), *model.named_buffers()]
        ]
        shapes = [one[1:] for one in named]  # automatic names need not agree
        self.replicas.check_same("The model", _Shapes(named, shapes), "All processes must run the same program.")
        self.accumulate()
        self.spread_state()

    def spread_state(self) -> None:
        """Weights and the optimizer's state as the first has them."""
        trainer = self.trainer
        self.settle_sums()
        tensors = [p.detach() for p in trainer.model.parameters()] + list(trainer.model.buffers())
        if not isinstance(trainer.optimizer, TorchOptimizer):
            tensors += [v._tensor.detach() for v in trainer.optimizer.variables]
        self.replicas.spread(_distinct(tensors))

    # --- a step ---

    @contextlib.contextmanager
    def step(self, batch: Batch) -> Iterator[None]:
        """Around a step of training on a part of a batch."""
        self.in_step, self._through_wrapper = True, False
        self.replicas.idle = not batch.size
        try:
            with (
                self._leaving_no_trace(batch),
                self._part_of(batch),
                scopes.stepping(self.replicas),
                self.replicas.own_random_numbers(),
            ):
                yield
        except BaseException as error:
            self.replicas.unsettled = True
            if isinstance(error, LostReplica) or not isinstance(error, RuntimeError) or not _BROKEN.search(str(error)):
                raise
            raise self.replicas.lost(error) from error
        finally:
            self.in_step = self.replicas.idle = False

    @contextlib.contextmanager
    def _leaving_no_trace(self, batch: Batch) -> Iterator[None]:
        """Around a step: where the process has no sample of the batch, what it changes in passing is as before."""
        if batch.size:
            yield
            return
        kept = [(tensor, tensor.detach().clone()) for tensor in self._state()]
        yield
        self._state()  # what is on the host goes where it is written over
        with torch.no_grad():
            for tensor, value in kept:
                tensor.copy_(value)

    @contextlib.contextmanager
    def _part_of(self, batch: Batch) -> Iterator[None]:
        """Within, losses are those of a part of a batch."""
        loss, overrides = self.trainer.compiled_loss, self.trainer._overrides
        part = Part(batch.size, batch.size * self.replicas.size if batch.whole is None else batch.whole)
        # A loss of the user's own, in a step that is not, counts as a mean.
        own = "compute_loss" in overrides and "train_step" not in overrides
        self._factor = part.share if own else 1.0
        loss.part = None if own else part
        try:
            yield
        finally:
            loss.part = None

    def testing(self, batch: Batch) -> contextlib.AbstractContextManager[None]:
        """Around a step of evaluation on a part of a batch."""
        own = self.trainer._overrides & {"test_step", "compute_loss"}
        return contextlib.nullcontext() if own else self._part_of(batch)

    def _state(self) -> list[Tensor]:
        """What a step changes in passing, and must not where the process has no sample of the batch."""
        variables = [variable for metric in self.trainer.model.metrics for variable in metric.variables]
        for variable in variables:
            if isinstance(variable, Count):
                variable.settle()
        model = self.trainer.model
        layers = [layer for layer in model._flatten_layers() if getattr(layer, "synchronized", False)]
        common = {id(buffer) for layer in layers for buffer in layer.buffers()}  # computed from what all have
        own = [buffer for buffer in model.buffers() if id(buffer) not in common]
        return [*own, *(variable._tensor for variable in variables)]

    def forward(self, x: Any) -> Any:
        """The outputs, such that the gradients of their loss are summed over the processes while they are computed."""
        late = self.late_sums
        if late is not None:
            late.part()
        wrapped = self._wrapper() if late is None or late.are_due else None
        if wrapped is None:
            return self.trainer.call(x, True)
        self._through_wrapper = True
        found, _ = wrapped(x)
        masks, wrapped.module.__dict__["masks"] = wrapped.module.masks, []
        for leaf, mask in zip(flatten(found), masks, strict=True):
            if mask is not None:
                leaf._keras_mask = mask
        return found

    def _wrapper(self) -> DistributedDataParallel | None:
        """DistributedDataParallel, once a first step has shown which parameters a loss reaches."""
        parameters = [p for p in self.trainer.model.parameters() if p.requires_grad]
        if self._wrapped is not None and not _same(parameters, self._synchronised):
            self._wrapped = self._reached = None  # layers were frozen, or came in
        if self._wrapped is None and self._reached is not None and parameters:
            trainer = self.trainer
            some_unused = not all(self._reached) or bool(trainer._own_layers) or bool(trainer._overrides)
            self._synchronised = parameters
            without_buffers: dict[str, Any] = {_BUFFERS: False}
            # The weights are the same already, and moving averages each process's own.
            self._wrapped = DistributedDataParallel(
                _Called(trainer, some_unused),
                init_sync=False,
                find_unused_parameters=some_unused,
                gradient_as_bucket_view=True,
                **without_buffers,
            )
            if self.late_sums is not None:
                # torch looks at the annotations of a function that has some.
                self._wrapped.register_comm_hook(self.late_sums, lambda late, bucket: late.sum_up(bucket))
        return self._wrapped

    def before_backward(self, loss: Tensor) -> Tensor:
        """The loss such that the sum of all processes' gradients is the batch's."""
        factor = self._factor
        if self._through_wrapper and self.late_sums is None:
            factor *= self.replicas.size  # it takes the mean of the gradients, not their sum
        return loss if factor == 1.0 else loss * factor

    def update(self) -> None:
        """The optimizer's step, by the gradients of all."""
        late = self.late_sums
        if not self._through_wrapper:
            self._sum_gradients()
        if late is not None and late.are_due:
            late.used()
        with scopes.stepping(None):  # they have been summed
            self.trainer.optimizer.step()

    def _sum_gradients(self) -> None:
        """Those of a step in which nobody has summed them while they were computed, where this one's are to be."""
        late = self.late_sums
        due = late is None or late.are_due
        if not due and self._reached is not None:
            return
        parameters = [p for p in self.trainer.model.parameters() if p.requires_grad]
        self._reached = self.replicas.reach(parameters)
        if due:
            gradients = {p: p.grad for p in parameters if p.grad is not None}
            if late is not None:
                late.add_to(gradients)
            self.replicas.add_up(gradients.values())

    def settle_sums(self) -> None:
        """Gradients that accumulate, of which each process may have its own samples' sum, become those of all."""
        if self.late_sums is not None:
            self.late_sums.settle()

    # --- the figures ---

    def merge(self, metrics: Iterable[Metric]) -> None:
        """Makes the state of metrics that of all processes' samples; until they are reset, they keep it."""
        found = list(metrics)
        variables = list({id(v): v for metric in found for v in metric.variables}.values())
        ways = [str(getattr(v, "aggregation", "sum")).lower().rpartition(".")[2] for v in variables]
        # A Count's numbers are on the host until its tensor is asked for.
        tensors = [(v.parameter if isinstance(v, Count) else v._tensor).detach() for v in variables]
        first = [tensor for tensor, way in zip(tensors, ways, strict=True) if way == "only_first_replica"]
        self.replicas.spread(first)
        self.replicas.add_up([tensor for tensor, way in zip(tensors, ways, strict=True) if way != "only_first_replica"])
        with torch.no_grad():
            for tensor, way in zip(tensors, ways, strict=True):
                if way == "mean":
                    tensor.div_(self.replicas.size)
        for metric in found:
            metric._know_whole(True)
            if isinstance(metric, TorchMetric):
                metric.merge(self.replicas)

    @contextlib.contextmanager
    def merged(self) -> Iterator[None]:
        """Within, the state of the metrics is that of all processes' samples; then again that of this one's."""
        metrics = self.trainer.model.metrics
        variables = [variable for metric in metrics for variable in metric.variables]
        before = [(v.parameter if isinstance(v, Count) else v._tensor).detach().clone() for v in variables]
        self.merge(metrics)
        try:
            yield
        finally:
            with torch.no_grad():
                for variable, value in zip(variables, before, strict=True):
                    variable._tensor.detach().copy_(value)
            for metric in metrics:
                metric._know_whole(False)

    def put_together(self) -> None:
        """When an epoch is over: what each process has of its own samples becomes that of all."""
        self.settle_sums()
        self._average_statistics()

    def _average_statistics(self) -> None:
        """Moving averages, of which each process has its own, become their mean; what is equal stays as it is."""
        figures = {id(v._tensor) for metric in self.trainer.model.metrics for v in metric.variables}
        every = [b for b in self.trainer.model.buffers() if id(b) not in figures]
        buffers = [b for b in _distinct(every) if b.is_floating_point() and b.numel()]
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
        """What callbacks decided counts everywhere: that one wants to stop, and the learning rate of the first."""
        trainer = self.trainer
        optimizer = trainer.optimizer
        rates = (
            [float(group["lr"]) for group in optimizer.torch.param_groups]
            if isinstance(optimizer, TorchOptimizer) and optimizer.torch is not None
            else None
        )
        found = self.replicas.gather((bool(trainer.model.stop_training), rates))
        trainer.model.stop_training = any(stop for stop, _ in found)
        if rates is not None:
            for group, rate in zip(optimizer.torch.param_groups, found[0][1], strict=True):
                if isinstance(group["lr"], Tensor):
                    group["lr"].fill_(rate)
                else:
                    group["lr"] = rate
        elif not isinstance(optimizer, TorchOptimizer):
            self.replicas.spread([v._tensor.detach() for v in optimizer.variables if v._tensor.numel() == 1])

    def begun(self, resume_at: Any) -> Any:
        """After `on_train_begin`, in which callbacks may have loaded weights: where the first process goes on."""
        resume_at = self.replicas.from_first(resume_at)
        self.spread_state()
        self.replicas.share_random_numbers()
        return resume_at

    def deciding(self, hooks: Any, mode: str) -> tuple[Callable[[int], None], Callable[[int, Any], None]]:
        """The hooks around steps, such that all processes stop where one does, and fail where one does.

        Args:
            hooks: the callbacks.
            mode: 'train' or 'test'.
        """
        begin, end = getattr(hooks, f"on_{mode}_batch_begin"), getattr(hooks, f"on_{mode}_batch_end")
        told = (hooks.calls(f"on_{mode}_batch_begin"), hooks.is_told_of_steps(mode))
        begins, ends = (any(one) for one in zip(*self.replicas.gather(told), strict=True))

        def begun(step: int) -> None:
            with self.replicas.together():
                begin(step)

        def ended(step: int, logs: Any) -> None:
            try:
                end(step, logs)
            except Exception as error:
                self.replicas.tell(error)
                raise
            model = self.trainer.model
            model.stop_training = any(self.replicas.gather(bool(model.stop_training)))

        return begun if begins and ends else begin, ended if ends else end


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
