"""Which way the steps of fit, evaluate and predict are taken: as they are, or captured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary, ref

import torch
from torch import Tensor

from torchkeras.core.seeds import streams
from torchkeras.core.variable import Variable
from torchkeras.data import Batch
from torchkeras.metrics.count import Count
from torchkeras.training.capture.graphs import CAPTURERS
from torchkeras.training.capture.steps import CapturedSteps, EagerSteps, Steps, Surroundings
from torchkeras.training.torch_optimizer import TorchOptimizer

#: The ways that `compile(runner=...)` takes: the best there is, every step by Python, or captured whatever it takes.
RUNNERS = ("auto", "eager", "captured")

#: What was captured to predict with a model: as long as that lives, and in none of its copies.
_kept: WeakKeyDictionary[Any, dict[str, CapturedSteps]] = WeakKeyDictionary()


def check_runner(runner: str, run_eagerly: bool, jit_compile: bool) -> None:
    """A ValueError where `compile` was asked for a way that there is not, or for two."""
    if runner not in RUNNERS:
        raise ValueError(f"Expected `runner` to be one of {', '.join(map(repr, RUNNERS))}. Received: runner={runner!r}")
    if runner == "captured" and (run_eagerly or jit_compile):
        other = "run_eagerly" if run_eagerly else "jit_compile"
        raise ValueError(f"`compile` was asked for `runner='captured'` and for `{other}=True`: choose one.")


def training_steps(trainer: Any) -> Steps:
    """How fit takes its steps."""
    model = trainer.model
    return _steps(trainer, "make_train_function", "training step", trainer.train, not model._own_steps())


def test_steps(trainer: Any) -> Steps:
    """How evaluate takes its steps."""
    model = trainer.model
    return _steps(trainer, "make_test_function", "test step", trainer.test, not model._own_steps())


def predict_steps(model: Any, trainer: Any, device: torch.device) -> Steps:
    """How predict takes its steps."""
    own = model._own_steps() & {"predict_step", "make_predict_function"}
    if own or model._replicas.sharded or not _captures(trainer, device):
        call = model.make_predict_function() if own else lambda batches: model(next(batches).x, training=False)
        return EagerSteps(call)
    kept = _kept.setdefault(model, {})
    if "predict" not in kept:
        known = ref(model)

        def step(batch: Batch) -> Any:
            return known()(batch.x, training=False)  # type: ignore[misc]

        around = Surroundings(lambda: _tensors_of(known()), lambda: _generators(known(), device))
        kept["predict"] = CapturedSteps("prediction", step, device, around, several=False)
    return kept["predict"]


def _steps(trainer: Any, maker: str, name: str, step: Callable[[Batch], Any], plain: bool) -> Steps:
    model, device = trainer.model, trainer.device()
    made = getattr(model, maker)
    if not made.__module__.startswith("torchkeras.") or not _captures(trainer, device) or _is_shared(trainer):
        return EagerSteps(made())
    kept = trainer.captured  # it reaches the model by its optimizer: no table from outside may keep it alive
    if name not in kept:
        known, method = ref(trainer), step.__name__

        def take(batch: Batch) -> Any:
            return getattr(known(), method)(batch)

        around = Surroundings(
            lambda: _tensors_around(known()),
            lambda: _generators(known().model, device),  # type: ignore[union-attr]
            lambda: _host_tensors(known()),
            lambda: _settle_counts(known()),
            lambda: _forget_gradients(known()),
        )
        kept[name] = CapturedSteps(name, take, device, around, several=plain)
    return kept[name]


def _is_shared(trainer: Any) -> bool:
    """Whether several processes take each step together, which they have to do as it is: they talk in between."""
    if trainer.replicated is None:
        return False
    if trainer.runner == "captured":
        raise ValueError(
            "`compile` was asked for `runner='captured'`, and the model is trained by several processes, whose steps "
            "cannot be captured: leave `runner` away."
        )
    return True


def _captures(trainer: Any, device: torch.device) -> bool:
    runner = "auto" if trainer is None else trainer.runner
    if runner == "captured" and device.type not in CAPTURERS:
        raise ValueError(
            f"The model is on {device}, and `compile` was asked for `runner='captured'`: steps can be captured on "
            f"{', '.join(CAPTURERS)} alone."
        )
    asked = trainer is not None and (trainer.run_eagerly or trainer.jit_compile)
    return runner != "eager" and not asked and device.type in CAPTURERS


# --- what steps depend on ---


def _tensors_of(model: Any) -> list[Tensor]:
    return [*model.parameters(), *model.buffers()]


def _tensors_around(trainer: Any) -> list[Tensor]:
    held = _metric_variables(trainer)
    if not isinstance(trainer.optimizer, TorchOptimizer):
        held += trainer.optimizer.variables
    # Those of modules are among the model's own.
    return _tensors_of(trainer.model) + [variable._tensor for variable in held if variable._owner is None]


def _metric_variables(trainer: Any) -> list[Any]:
    metrics = [*trainer.metrics(), *trainer.model.metrics]
    return [variable for metric in metrics for variable in metric.variables]


def _settle_counts(trainer: Any) -> None:
    for variable in _metric_variables(trainer):
        if isinstance(variable, Count):
            variable.settle()


def _host_tensors(trainer: Any) -> list[Tensor]:
    """The optimizer's numbers: captured steps must not read them, but find them in its cells."""
    optimizer = getattr(trainer.optimizer, "inner_optimizer", trainer.optimizer)
    if isinstance(optimizer, TorchOptimizer):
        return []
    known = [getattr(optimizer, name, None) for name in ("_iterations", "_learning_rate", "_current_learning_rate")]
    return [variable._tensor for variable in known if isinstance(variable, Variable)]


def _generators(model: Any, device: torch.device) -> list[torch.Generator]:
    """Those of layers and operations with seeds; the device's own is always part of a capture."""
    layers = [layer.__dict__.get("_generators") or {} for layer in model._flatten_layers()]
    found = [generator for held in layers for generator in held.values()] + list(streams.open.values())
    return [one for one in found if isinstance(one, torch.Generator) and one.device == device]


def _forget_gradients(trainer: Any) -> None:
    for parameter in trainer.model.parameters():
        parameter.grad = None
