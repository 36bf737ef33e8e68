"""Made-up runs that a ProgbarLogger of either side shows, by a clock that is set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from compat_tests.utils.bars import Clock


@dataclass
class Run:
    mode: str = "fit"
    epochs: int = 2
    steps: int | None = 4  # as told to callbacks; four are run
    verbose: int = 1
    metrics: tuple[str, ...] = ("loss", "accuracy")
    own: tuple[str, ...] = ()  # figures that are no metrics of the model
    validation: bool = False
    seconds: float = 0.3  # a step; the first takes two more
    rate: bool = False


RUNS = {
    "fit": Run(),
    "fit_one_epoch": Run(epochs=1),
    "fit_validated": Run(validation=True),
    "fit_rate": Run(rate=True, validation=True),
    "fit_fast": Run(seconds=0.001),
    "fit_own_figures": Run(metrics=(), own=("d_loss", "g_loss")),
    "fit_own_figures_fast": Run(metrics=(), own=("d_loss", "g_loss"), seconds=0.02),
    "fit_own_and_metrics": Run(own=("penalty",), validation=True),
    "fit_nothing": Run(metrics=()),
    "fit_unknown": Run(steps=None, validation=True),
    "fit_unknown_own": Run(steps=None, metrics=(), own=("d_loss",)),
    "fit_lines": Run(verbose=2, validation=True),
    "fit_lines_own": Run(verbose=2, own=("d_loss",)),
    "fit_lines_one_epoch": Run(verbose=2, epochs=1),
    "fit_lines_unknown": Run(verbose=2, steps=None),
    "evaluate": Run("test", 1),
    "evaluate_line": Run("test", 1, verbose=2),
    "evaluate_unknown": Run("test", 1, steps=None),
    "predict": Run("predict", 1),
    "predict_line": Run("predict", 1, verbose=2),
    "predict_unknown": Run("predict", 1, steps=None),
}


def figures(run: Run, step: int) -> dict[str, float]:
    return {name: (step + 2.0) / (position + 3) for position, name in enumerate(run.metrics + run.own)}


def show(run: Run, module: Any, clock: Clock, batch_logs: Callable[[dict[str, float]], Any]) -> None:
    """Plays a run to the callbacks that Keras adds.

    Args:
        run: what happens.
        module: of the callbacks.
        clock: what they see of time.
        batch_logs: makes the logs of a batch.
    """
    model = SimpleNamespace(
        metrics=[SimpleNamespace(name=name) for name in run.metrics], history=None, stop_training=False
    )
    adds = [module.LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(lr=0.01))] if run.rate else []
    listed = module.CallbackList(
        adds, add_history=True, add_progbar=True, model=model, verbose=run.verbose, epochs=run.epochs, steps=run.steps
    )
    if run.mode != "fit":
        _steps(run, listed, clock, batch_logs, run.mode)
        return
    listed.on_train_begin()
    for epoch in range(run.epochs):
        listed.on_epoch_begin(epoch)
        logs = _steps(run, listed, clock, batch_logs, "train")
        if run.validation:
            _steps(run, listed, clock, batch_logs, "test")
            logs |= {f"val_{name}": value / 2 for name, value in logs.items()}
        listed.on_epoch_end(epoch, logs)
    listed.on_train_end({})


def _steps(run: Run, listed: Any, clock: Clock, batch_logs: Any, mode: str) -> dict[str, float]:
    if mode != "train":
        getattr(listed, f"on_{mode}_begin")()
    for step in range(4):
        getattr(listed, f"on_{mode}_batch_begin")(step)
        clock.now += run.seconds + (2.0 if step == 0 else 0.0)
        logs = {"outputs": None} if mode == "predict" else batch_logs(figures(run, step))
        getattr(listed, f"on_{mode}_batch_end")(step, logs)
    if mode != "train":
        getattr(listed, f"on_{mode}_end")(*([] if mode == "predict" else [figures(run, 3)]))
    return figures(run, 3)
