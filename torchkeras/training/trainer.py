"""The Trainer: what `compile` set, and the loop that fit, evaluate and predict share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import optimizers
from torchkeras.callbacks import CallbackList
from torchkeras.core.device import default_device
from torchkeras.core.nest import flatten
from torchkeras.data import Batch, Feed
from torchkeras.training.compiled_loss import CompiledLoss
from torchkeras.training.compiled_metrics import CompiledMetrics
from torchkeras.training.logs import Logs, to_numbers


class Trainer:
    """Settings of `compile`, and the running of epochs. It knows nothing of layers: the model computes."""

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
    ) -> None:
        self.model = model
        self.optimizer = _as_optimizer(optimizer)
        names = model.output_names
        self.compiled_loss = CompiledLoss(loss, loss_weights, names)
        self.compiled_metrics = CompiledMetrics(metrics, weighted_metrics, names, loss)
        self.run_eagerly = bool(run_eagerly)
        self.steps_per_execution = 1 if steps_per_execution in (None, "auto") else int(steps_per_execution)
        self.jit_compile = jit_compile is True
        self.config = {
            "optimizer": optimizer, "loss": loss, "metrics": metrics, "loss_weights": loss_weights,
            "weighted_metrics": weighted_metrics, "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution, "jit_compile": jit_compile,
        }  # fmt: skip
        self._parameters: list[nn.Parameter] = []
        self._torch_optimizer: torch.optim.Optimizer | None = None
        self._may_add_losses = True
        self._compiled_call: Callable[..., Any] | None = None

    # --- getting ready ---

    def device(self) -> torch.device:
        parameter = next(iter(self.model.parameters()), None)
        return default_device() if parameter is None or not self.model.built else parameter.device

    def prepare(self, feed: Feed) -> None:
        """Build the model from a first batch if it has to be, and give the optimizer its variables."""
        if self._needs_build():
            batch = feed.first()
            if batch is not None:
                self.build_model(batch)
        if not self._needs_build():
            self.prepare_training()

    def _needs_build(self) -> bool:
        return any(not getattr(layer, "built", True) for layer in self.model._flatten_layers())

    def build_model(self, batch: Batch) -> None:
        """One call without training, for the weights' sake."""
        with torch.no_grad():
            self.model(batch.x)

    def prepare_training(self) -> None:
        variables = self.model.trainable_variables
        self._parameters = [variable.parameter for variable in variables]
        if isinstance(self.optimizer, optimizers.Optimizer):
            self.optimizer.build(variables)
        elif self._torch_optimizer is None:
            made = self.optimizer(self._parameters) if callable(self.optimizer) else self.optimizer
            self._torch_optimizer = made
        layers = list(self.model._flatten_layers())
        own = any(not layer._call_info.builtin for layer in layers if hasattr(layer, "_call_info"))
        kept = any(v.regularizer is not None for layer in layers for v in getattr(layer, "_own_weights", ()))
        activity = any(getattr(layer, "_activity_regularizer", None) is not None for layer in layers)
        functions = any("_loss_functions" in layer.__dict__ for layer in layers)
        graph = self.model._functional_graph
        self._may_add_losses = own or kept or activity or functions or bool(graph is not None and graph.heads)

    def added_losses(self) -> list[Tensor]:
        """The losses of regularizers and layers; nothing is gone through where there can be none."""
        found: list[Tensor] = self.model.losses if self._may_add_losses else []
        return found

    # --- the pieces of a step ---

    def forward(self, x: Any, training: bool) -> Any:
        """The model's outputs; through torch.compile with `jit_compile=True`."""
        if not self.jit_compile or self.run_eagerly:
            return self.model(x, training=training)
        if self._compiled_call is None:
            self._compiled_call = torch.compile(self.model)
        return self._compiled_call(x, training=training)

    def minimise(self, loss: Tensor) -> None:
        """Gradients and one update."""
        loss.backward()
        if self._torch_optimizer is not None:
            self._torch_optimizer.step()
        else:
            self.optimizer.step()
        for parameter in self._parameters:
            parameter.grad = None

    # --- epochs ---

    def run_epoch(
        self,
        batches: Iterator[Batch],
        step: Callable[[Any], Any],
        steps: int | None,
        begin: Callable[[int], None],
        end: Callable[[int, Any], None],
    ) -> tuple[int, Any]:
        """Runs one epoch of a kind of step; fit, evaluate and predict share it.

        Args:
            batches: where the data comes from.
            step: what to do with a batch; gives figures, or outputs.
            steps: how many at most.
            begin, end: the callbacks' hooks around a step.

        Returns:
            How many steps were run, and what the last gave.
        """
        count, group, result = 0, self.steps_per_execution, None
        while steps is None or count < steps:
            begin(count)
            ran = 0
            for _ in range(group if steps is None else min(group, steps - count)):
                batch = next(batches, None)
                if batch is None:
                    break
                result = step(batch)
                ran += 1
            if not ran:
                break
            count += ran
            end(count - 1, result)
            if self.model.stop_training:
                break
        return count, result

    def logs(self, values: Any) -> Logs:
        """Figures of a step as what callbacks get."""
        return Logs(lambda: values() if callable(values) else values)

    def metric_values(self) -> dict[str, Any]:
        """The present results of all metrics, by name."""
        found: dict[str, Any] = {}
        for metric in self.model.metrics:
            result = metric.result()
            found.update(result if isinstance(result, dict) else {metric.name: result})
        return found

    def reset_metrics(self) -> None:
        for metric in self.model.metrics:
            metric.reset_state()


def callbacks_for(callbacks: Any, model: Any, **params: Any) -> Any:
    """The user's callbacks as a list that can be told of everything, with history and progress as Keras adds them."""
    if isinstance(callbacks, CallbackList):
        return callbacks
    return CallbackList(callbacks, add_history=True, add_progbar=params.get("verbose", 0) != 0, model=model, **params)


def epoch_figures(values: Any) -> dict[str, float]:
    """The last step's figures as plain numbers, for History."""
    return to_numbers(dict(values() if callable(values) else values or {}))


def _as_optimizer(optimizer: Any) -> Any:
    """A Keras optimizer by name, config or object; a torch one as it is, or as a class or function of parameters."""
    if isinstance(optimizer, torch.optim.Optimizer):
        return optimizer
    if isinstance(optimizer, type) and issubclass(optimizer, torch.optim.Optimizer):
        return optimizer
    if callable(optimizer) and not isinstance(optimizer, (type, optimizers.Optimizer)):
        return optimizer
    return optimizers.get(optimizer)


def count_leaves(nest: Any) -> int:
    return len(flatten(nest))
