"""The Trainer: what `compile` set, and the step and epoch that fit, evaluate and predict share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import optimizers
from torchkeras.core.device import default_device, device_of
from torchkeras.core.kinds import bridge, call_user
from torchkeras.core.replicas import Replicas
from torchkeras.data import Batch, Feed
from torchkeras.metrics import Mean, Metric
from torchkeras.training.capture.choosing import check_runner
from torchkeras.training.capture.steps import Steps
from torchkeras.training.compiled_loss import CompiledLoss
from torchkeras.training.compiled_metrics import CompiledMetrics, PendingMetrics
from torchkeras.training.logs import Logs
from torchkeras.training.outputs import keys_of
from torchkeras.training.replicated import Replicated
from torchkeras.training.sharded import Sharded
from torchkeras.training.torch_optimizer import TorchOptimizer, is_torch_optimizer


class Trainer:
    """Settings of `compile`, the step they make, and the running of an epoch. The model alone knows how to compute."""

    def __init__(
        self,
        model: Any,
        optimizer: Any,
        loss: Any,
        metrics: Any,
        loss_weights: Any,
        weighted_metrics: Any,
        run_eagerly: bool | None,
        steps_per_execution: Any,
        jit_compile: Any,
        runner: str = "auto",
    ) -> None:
        self.model = model
        names, keys = model.output_names, keys_of(model)
        self.compiled_loss = CompiledLoss(loss, loss_weights, names, keys)
        self.compiled_metrics = CompiledMetrics(metrics, weighted_metrics, names, keys, loss)
        self.run_eagerly = bool(run_eagerly)
        self.steps_per_execution = 1 if steps_per_execution in (None, "auto") else int(steps_per_execution)
        self.jit_compile = jit_compile is True and not run_eagerly
        check_runner(runner, self.run_eagerly, self.jit_compile)
        self.runner = runner
        self.config = {
            "optimizer": optimizer, "loss": loss, "metrics": metrics, "loss_weights": loss_weights,
            "weighted_metrics": weighted_metrics, "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution, "jit_compile": jit_compile,
            **({} if runner == "auto" else {"runner": runner}),
        }  # fmt: skip
        #: What is done in addition where several processes train the model.
        self.replicated = _replicated(self, model._replicas)
        #: What was captured of its steps, by their name.
        self.captured: dict[str, Any] = {}
        self._ready = False
        self._in_own_step = False
        self._overrides: set[str] = model._own_steps()
        self._parameters: list[nn.Parameter] = []
        self._held_metrics: list[Metric] = []  # those that layers have as attributes
        self._added_metrics: dict[str, Mean] = {}  # those of add_metric
        self._own_layers: list[Any] = []
        self._may_add_losses = True
        self._compiled_call: Callable[..., Any] | None = None
        #: Which layers were to be trained when the model was compiled. Freezing one later asks for another `compile`,
        #: as in Keras: GANs freeze a compiled discriminator within a second model and go on training it by itself.
        self._trained = [(layer, layer.trainable) for layer in _switchable(model)]
        self.set_optimizer(optimizer)
        if self.replicated is not None:
            self.replicated.compiled()

    def __getstate__(self) -> dict[str, Any]:
        # What was captured works on the memory of this model, not of a copy.
        return self.__dict__ | {"captured": {}}

    @contextmanager
    def as_compiled(self) -> Iterator[None]:
        """Within, exactly what was to be trained when the model was compiled is."""
        changed = [layer for layer, flag in self._trained if layer._trainable is not flag]
        for layer in changed:
            _switch(layer, not layer._trainable)
        try:
            yield
        finally:
            for layer in changed:
                _switch(layer, not layer._trainable)

    def set_optimizer(self, optimizer: Any) -> None:
        given = optimizer
        if is_torch_optimizer(given):
            self.optimizer: Any = given if isinstance(given, TorchOptimizer) else TorchOptimizer(given)
        else:
            self.optimizer = optimizers.get(given)
        self._ready = False

    # --- getting ready ---

    def device(self) -> torch.device:
        return device_of(self.model) or default_device()

    def needs_build(self) -> bool:
        return any(not getattr(layer, "built", True) for layer in self.model._flatten_layers())

    def build_model(self, batch: Batch) -> None:
        """One call without training, for the weights' sake; a step of the user's own may do without any `call`."""
        if not self.model._has_call():
            return
        with torch.no_grad():
            self.model(batch.x)

    def prepare(self, feed: Feed) -> None:
        """Get ready from a first batch, if the feed shows one; else the first step does."""
        self._ready = False
        self._overrides = self.model._own_steps()
        if not self.needs_build():
            self._get_ready()
        elif (batch := feed.first()) is not None:
            self.ready(batch)

    def ready(self, batch: Batch) -> None:
        """Build the model if it has to be, and give the optimizer its variables."""
        if self._ready:
            return
        if self.needs_build():
            self.build_model(batch)
        self._get_ready()

    def _get_ready(self) -> None:
        # A step of the user's own may be what makes the weights: its first update gives them to the optimizer.
        later = "train_step" in self._overrides and self.needs_build()
        if self.replicated is not None:
            self.replicated.arrange()
        variables = [] if later else self.model.trainable_variables
        self._parameters = [variable.parameter for variable in variables]
        if isinstance(self.optimizer, TorchOptimizer):
            self.optimizer.build(self._parameters)
        elif not later:
            self.optimizer.build(variables)
        self._overrides = self.model._own_steps()
        self.look_at_layers()
        if self.replicated is not None and not later:
            self.replicated.begin()
        self._ready = True

    def look_at_layers(self) -> None:
        """Find out what layers may add to a step, once, so that no step has to go through them."""
        layers = list(self.model._flatten_layers())
        self._own_layers = [layer for layer in layers if hasattr(layer, "_call_info") and not layer._call_info.builtin]
        graph = self.model._functional_graph
        self._may_add_losses = (
            bool(self._own_layers)
            or any(v.regularizer is not None for layer in layers for v in getattr(layer, "_own_weights", ()))
            or any(getattr(layer, "_activity_regularizer", None) is not None for layer in layers)
            or any("_loss_functions" in layer.__dict__ for layer in layers)
            or bool(graph is not None and graph.heads)
        )
        self._held_metrics = [metric for layer in layers for metric in _metrics_in(layer)]

    # --- one step ---

    def train(self, batch: Batch) -> Any:
        """One step of training. Nothing is read back: figures stay on the device until somebody looks."""
        if not self._ready:
            self.ready(batch)
        if self.replicated is not None and not self.replicated.in_step:
            with self.replicated.step(batch):
                return self.train(batch)
        if "train_step" in self._overrides:
            result = self._own_step(self.model.train_step, batch)
        elif bridge.active:
            with bridge.step():
                result = self._train(batch)
        else:
            result = self._train(batch)
        self._collect_added_metrics()
        return result

    def _train(self, batch: Batch) -> Any:
        y_pred = self.forward(batch.x, True)
        self.minimise(self._loss(batch, y_pred, True))
        return self._update_metrics(batch, y_pred)

    def _own_step(self, step: Callable[[Any], Any], batch: Batch) -> Any:
        """A step of the user's own; it sees tf.Tensors where the tf namespace is loaded."""
        self._in_own_step = True
        try:
            return bridge.call_step(step, (batch.data,)) if bridge.active else step(batch.data)
        finally:
            self._in_own_step = False

    def test(self, batch: Batch) -> Any:
        """One step of evaluation."""
        idle = batch.whole is not None and not batch.size  # other processes have its samples
        if idle and not self.model._replicas.sharded:
            return None
        with nullcontext() if self.replicated is None else self.replicated.testing(batch):
            if "test_step" in self._overrides:
                result = self._own_step(self.model.test_step, batch)
            else:
                y_pred = self.forward(batch.x, False)
                self._loss(batch, y_pred, False)
                result = self._update_metrics(batch, y_pred)
        if idle:
            return None
        self._collect_added_metrics()
        return result

    def forward(self, x: Any, training: bool) -> Any:
        """The model's outputs; through torch.compile with `jit_compile=True`."""
        if self.replicated is not None and training:
            return self.replicated.forward(x)
        return self.call(x, training) if self.jit_compile else self.model(x, training=training)

    def call(self, x: Any, training: bool) -> Any:
        """The same in this process alone."""
        if not self.jit_compile:
            return self.model(x, training=training)
        if self._compiled_call is None:
            self._compiled_call = torch.compile(self.model)
        return self._compiled_call(x, training=training)

    def _loss(self, batch: Batch, y_pred: Any, training: bool) -> Tensor:
        if "compute_loss" in self._overrides:
            return call_user(self.model.compute_loss, batch.x, batch.y, y_pred, batch.sample_weight)
        added = self.added_losses()
        if training and not added and (batch.y is None or self.compiled_loss.loss is None):
            self._no_loss(batch)
        return self.compiled_loss(batch.y, y_pred, batch.sample_weight, added, batch.size)

    def _no_loss(self, batch: Batch) -> None:
        if self.compiled_loss.loss is None:
            raise ValueError(
                "No loss found. You may have forgotten to provide a `loss` argument in the `compile()` method."
            )
        raise ValueError(
            f"Target data is missing. Your model was compiled with loss={self.compiled_loss.loss}, and therefore "
            f"expects target data to be provided in `fit()`."
        )

    def added_losses(self) -> list[Tensor]:
        """The losses of regularizers and layers; nothing is gone through where there can be none."""
        found: list[Tensor] = self.model.losses if self._may_add_losses else []
        return found

    def minimise(self, loss: Tensor) -> None:
        """Gradients and one update."""
        if loss.dim():
            loss = loss.sum()
        theirs, replicated = isinstance(self.optimizer, TorchOptimizer), self.replicated
        if replicated is not None:
            loss = replicated.before_backward(loss)
        if not theirs:
            loss = self.optimizer.scale_loss(loss)
        if loss.requires_grad or theirs:  # a model need not have weights; the optimizer says which ones had no gradient
            loss.backward()
        if replicated is None:
            self.optimizer.step()
        else:
            replicated.update()
        for parameter in self._parameters:
            parameter.grad = None

    def _update_metrics(self, batch: Batch, y_pred: Any) -> Any:
        if "compute_metrics" in self._overrides:
            return call_user(self.model.compute_metrics, batch.x, batch.y, y_pred, batch.sample_weight)
        with torch.no_grad():  # once, rather than in each metric
            self.compiled_metrics.update_state(batch.y, y_pred, batch.sample_weight)
        return None

    def _collect_added_metrics(self) -> None:
        for layer in self._own_layers:
            for name, value in (layer.__dict__.pop("_call_metrics", None) or {}).items():
                if name not in self._added_metrics:
                    self._added_metrics[name] = Mean(name=name)
                self._added_metrics[name].update_state(value)

    # --- figures ---

    def metrics(self) -> list[Metric]:
        """The running means of the losses, the compiled metrics, then those of layers."""
        loss = self.compiled_loss.metrics if self.compiled_loss.built else []
        compiled = self.compiled_metrics.metrics
        if self._in_own_step and not self.compiled_metrics.built:
            compiled = [PendingMetrics(self.compiled_metrics)]
        return [*loss, *compiled, *self._held_metrics, *self._added_metrics.values()]

    def metric_values(self) -> dict[str, Any]:
        """The present results of all metrics, by name."""
        found: dict[str, Any] = {}
        for metric in self.model.metrics:
            result = metric.result()
            found.update(result if isinstance(result, dict) else {metric.name: result})
        return found

    def figures(self, result: Any) -> dict[str, Any]:
        """What a step reports: the metrics, unless a step of the user's own gave other names."""
        values = self.metric_values()
        if not isinstance(result, dict) or set(result) == set(values):
            return values
        if any(isinstance(value, dict) for value in result.values()):
            parts = (value if isinstance(value, dict) else {name: value} for name, value in result.items())
            return {name: value for part in parts for name, value in part.items()}
        return result

    # --- an epoch ---

    def run_epoch(
        self,
        batches: Iterator[Batch],
        taker: Steps,
        steps: int | None,
        begin: Callable[[int], None],
        end: Callable[[int, Any], None],
        start: int = 0,
        group: int | None = None,
    ) -> tuple[int, Any]:
        """Runs one epoch of a kind of step; training and evaluation share it.

        Args:
            batches: where the data comes from.
            taker: takes steps on the next of them.
            steps: how many at most.
            begin, end: the callbacks' hooks around a step, or around several.
            start: how many steps of this epoch were made before, in the run that this one resumes.
            group: how many steps the hooks are around; what `steps_per_execution` says unless given.

        Returns:
            How many steps were run, and what the last gave.
        """
        count, result, model = start, None, self.model
        group = self.steps_per_execution if group is None else group
        while steps is None or count < steps:
            begin(count)
            most, ran = group if steps is None else min(group, steps - count), 0
            while ran < most:
                more, found = taker.run(batches, most - ran)
                if not more:
                    break
                ran, result = ran + more, found
            if not ran:
                break
            count += ran
            own = result if isinstance(result, dict) else None
            end(count - 1, Logs(lambda result=own: self.figures(result), own))  # type: ignore[misc]
            if model.stop_training:
                break
        return count, result

    def pass_over(self, batches: Iterator[Batch], count: int) -> None:
        """Takes the batches of steps that were made in the run that this one resumes, and gets the metrics ready."""
        batch = None  # the first, of which every process has a part
        for _ in range(count):
            found = next(batches, None)
            batch = found if batch is None else batch
        if batch is not None and not (self.compiled_metrics.built and self.compiled_loss.built):
            with torch.no_grad():
                self.test(batch)

    def end_epoch(self, loss: float | None) -> None:
        if isinstance(self.optimizer, TorchOptimizer):
            self.optimizer.end_epoch(loss)

    def finished(self) -> None:
        """After fit: what the optimizer does to the weights once at the end, such as taking their averages."""
        if getattr(self.optimizer, "use_ema", False):
            self.optimizer.finalize_variable_values(self.model.trainable_variables)


def _replicated(trainer: Trainer, replicas: Replicas) -> Replicated | None:
    if replicas.size == 1:
        return None
    return Sharded(trainer, replicas) if replicas.sharded else Replicated(trainer, replicas)


def _switchable(model: Any) -> list[Any]:
    return [layer for layer in model._flatten_layers() if "_own_weights" in layer.__dict__]


def _switch(layer: Any, trainable: bool) -> None:
    """Freeze or free one layer, those within it aside."""
    layer.__dict__["_trainable"] = trainable
    for variable in layer._own_variables():
        variable.freeze(not trainable)


def _metrics_in(layer: Any) -> list[Metric]:
    found: list[Metric] = []
    for value in layer.__dict__.values():
        if isinstance(value, Metric):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += [item for item in value if isinstance(item, Metric)]
    return found
