"""Made-up runs: figures per epoch, played to one callback and a model that does nothing but remember.

Plain data and plain Python: the recorder plays them with tf_keras installed, the tests with torchkeras.
"""

from __future__ import annotations

import contextlib
import io
import math
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Script:
    name: str
    callback: str
    settings: dict[str, Any]
    epochs: list[dict[str, float]]
    rate: float = 0.1
    batches: list[list[dict[str, float]]] = field(default_factory=list)  # logs per epoch and batch
    fits: int = 1
    first_epoch: int = 0
    kept: tuple[str, ...] = ()  # attributes to compare


SCHEDULES = {
    "constant": lambda epoch: 0.05,
    "steps": lambda epoch: 0.1 if epoch < 2 else 0.01,
    "exponential": lambda epoch, lr: lr * math.exp(-0.1),
    "halved": lambda epoch, lr: lr / 2 if epoch else lr,
    "with_default": lambda epoch, lr=0.5: lr,
    "integer": lambda epoch: 1,
    "none": lambda epoch: None,
}


class Model:
    """Remembers what callbacks do to it. Its weights are the number of epochs it has seen."""

    distribute_strategy = None
    _distribution_strategy = None
    metrics = ()
    built = True

    def __init__(self, optimizer: Any) -> None:
        self.optimizer = optimizer
        self.stop_training = False
        self.weights = 0
        self.done: list[list[Any]] = []

    def get_weights(self) -> list[float]:
        return [self.weights]

    def set_weights(self, weights: list[float]) -> None:
        self.done.append(["set_weights", *weights])

    def save(self, path: str, overwrite: bool = False, options: Any = None) -> None:
        self.done.append(["save", path, overwrite])

    def save_weights(self, path: str, overwrite: bool = False, options: Any = None) -> None:
        self.done.append(["save_weights", path, overwrite])


def play(script: Script, make: Any, optimizer: Any, rate_of: Any, warned: list[str]) -> dict[str, Any]:
    """What came of it.

    Args:
        script: the run.
        make: gives the callback of a name and settings.
        optimizer: with the script's rate.
        rate_of: reads the rate of the optimizer.
        warned: where warnings are put, by whoever plays.
    """
    settings = dict(script.settings)
    if "schedule" in settings:
        settings["schedule"] = SCHEDULES[settings["schedule"]]
    result: dict[str, Any] = {"rates": [], "logs": [], "stopped": []}
    output = io.StringIO()
    model = Model(optimizer)
    with contextlib.redirect_stdout(output):
        try:
            callback = make(script.callback, settings)
            callback.set_params({"verbose": 1, "epochs": len(script.epochs), "steps": 2})
            callback.set_model(model)
            for _ in range(script.fits):
                _fit(script, callback, model, rate_of, result)
            result["kept"] = {name: _plain(getattr(callback, name)) for name in script.kept}
        except Exception as error:
            result["error"] = [type(error).__name__, str(error)]
    return result | {"done": model.done, "output": output.getvalue(), "warned": list(warned)}


def _fit(script: Script, callback: Any, model: Model, rate_of: Any, result: dict[str, Any]) -> None:
    model.stop_training = False
    callback.on_train_begin({})
    logs: dict[str, Any] = {}
    for epoch, figures in enumerate(script.epochs, script.first_epoch):
        callback.on_epoch_begin(epoch, {})
        result["rates"].append(_plain(rate_of(model.optimizer)))
        model.weights = epoch + 1
        for batch, batch_logs in enumerate(script.batches[epoch] if script.batches else []):
            callback.on_train_batch_begin(batch, {})
            callback.on_train_batch_end(batch, dict(batch_logs))
            if model.stop_training:
                result["stopped"].append([epoch, batch])
                break
        logs = dict(figures)
        callback.on_epoch_end(epoch, logs)
        result["logs"].append({name: _plain(value) for name, value in logs.items()})
        if model.stop_training:
            result["stopped"].append(epoch)
            break
    callback.on_train_end(logs)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, list, bool)) else float(value)


# --- the scripts --------------------------------------------------------------------------------------------

FALLING = [1.0, 0.8, 0.7, 0.65, 0.6, 0.58]
PLATEAU = [1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
WAVES = [1.0, 0.7, 0.8, 0.6, 0.65, 0.62, 0.61, 0.63, 0.59, 0.7]
RISING = [0.3, 0.5, 0.45, 0.62, 0.6, 0.61, 0.615, 0.6]
TINY = [0.5, 0.49995, 0.4999, 0.49985, 0.4998, 0.4]
BROKEN = [1.0, math.nan, 0.8, math.inf, 0.9, 0.7]


def series(name: str, values: list[float], **others: list[float]) -> list[dict[str, float]]:
    columns = {name: values, **others}
    return [dict(zip(columns, row)) for row in zip(*columns.values())]


def losses(values: list[float]) -> list[dict[str, float]]:
    return series("loss", [v + 0.1 for v in values], val_loss=values)


def accuracies(values: list[float]) -> list[dict[str, float]]:
    return series("accuracy", [v + 0.1 for v in values], val_accuracy=values)


_STOPPED = ("wait", "stopped_epoch", "best", "best_epoch", "patience")


def _early(name: str, epochs: list[dict[str, float]], fits: int = 1, first_epoch: int = 0, **settings: Any) -> Script:
    settings = {"verbose": 1} | settings
    return Script(f"early_{name}", "EarlyStopping", settings, epochs, fits=fits, first_epoch=first_epoch, kept=_STOPPED)


EARLY_STOPPING = [
    _early("falling", losses(FALLING)),
    _early("plateau", losses(PLATEAU)),
    _early("patience_3", losses(PLATEAU), patience=3),
    _early("waves", losses(WAVES), patience=2),
    _early("waves_silent", losses(WAVES), patience=2, verbose=0),
    _early("waves_patience_4", losses(WAVES), patience=4),
    _early("restored", losses(WAVES), patience=2, restore_best_weights=True),
    _early("restored_without_stopping", losses(WAVES), patience=20, restore_best_weights=True),
    _early("restored_silent", losses(PLATEAU), patience=2, restore_best_weights=True, verbose=0),
    _early("min_delta", losses(TINY), min_delta=0.001, patience=3),
    _early("min_delta_negative", losses(TINY), min_delta=-0.001, patience=3),
    _early("min_delta_exact", losses([0.5, 0.25, 0.0, -0.25]), min_delta=0.25, patience=2),
    _early("accuracy", accuracies(RISING), monitor="val_accuracy", patience=3),
    _early("accuracy_min", accuracies(RISING), monitor="val_accuracy", mode="min", patience=2),
    _early("auc", series("auc", RISING), monitor="auc", patience=2),
    _early("precision_is_thought_to_fall", series("val_precision", RISING), monitor="val_precision", patience=2),
    _early("precision_max", series("val_precision", RISING), monitor="val_precision", mode="max", patience=2),
    _early("mode_unknown", losses(WAVES), mode="least", patience=2),
    _early("baseline_met", losses(WAVES), baseline=0.75, patience=2),
    _early("baseline_missed", losses(WAVES), baseline=0.1, patience=3, restore_best_weights=True),
    _early("baseline_max", accuracies(RISING), monitor="val_accuracy", baseline=0.55, patience=2),
    _early("start_from", losses(PLATEAU), start_from_epoch=4, patience=1),
    _early("start_from_restored", losses(WAVES), start_from_epoch=5, patience=2, restore_best_weights=True),
    _early("missing", series("loss", WAVES), patience=1),
    _early("broken", losses(BROKEN), patience=2),
    _early("broken_from_the_start", losses([math.nan] * 4), patience=2, restore_best_weights=True),
    _early("two_fits", losses(WAVES), fits=2, patience=2, restore_best_weights=True),
    _early("goes_on_at_3", losses(PLATEAU), first_epoch=3, patience=0),
]

_REDUCED = ("wait", "best", "cooldown_counter", "patience", "factor")


def _reduce(name: str, epochs: list[dict[str, float]], rate: float = 0.1, fits: int = 1, **settings: Any) -> Script:
    settings = {"verbose": 1} | settings
    return Script(f"reduce_{name}", "ReduceLROnPlateau", settings, epochs, rate=rate, fits=fits, kept=_REDUCED)


REDUCE = [
    _reduce("falling", losses(FALLING), patience=1),
    _reduce("plateau", losses(PLATEAU), patience=2),
    _reduce("factor", losses(PLATEAU), patience=2, factor=0.2, rate=0.001),
    _reduce("silent", losses(PLATEAU), patience=2, factor=0.2, verbose=0),
    _reduce("every_epoch", losses(PLATEAU), patience=1, factor=0.5),
    _reduce("patience_0", losses(PLATEAU), patience=0, factor=0.5),
    _reduce("cooldown", losses(PLATEAU), patience=1, factor=0.5, cooldown=2),
    _reduce("cooldown_waves", losses(WAVES), patience=1, factor=0.5, cooldown=1),
    _reduce("min_lr", losses(PLATEAU), patience=1, factor=0.1, min_lr=0.005),
    _reduce("min_lr_reached", losses(PLATEAU), patience=1, factor=0.1, min_lr=0.1),
    _reduce("min_delta", losses(TINY), patience=2, min_delta=0.001),
    _reduce("min_delta_small", losses(TINY), patience=2, min_delta=1e-6),
    _reduce("epsilon", losses(TINY), patience=2, epsilon=0.01),
    _reduce("accuracy", accuracies(RISING), monitor="val_accuracy", patience=2, factor=0.3),
    _reduce("accuracy_min", accuracies(RISING), monitor="val_accuracy", mode="min", patience=2),
    _reduce("auc_is_thought_to_fall", series("val_auc", RISING), monitor="val_auc", patience=2),
    _reduce("mode_unknown", losses(WAVES), mode="least", patience=1),
    _reduce("missing", series("loss", WAVES), patience=1),
    _reduce("broken", losses(BROKEN), patience=1),
    _reduce("two_fits", losses(PLATEAU), fits=2, patience=2, factor=0.5),
    _reduce("factor_1", losses(PLATEAU), factor=1.0),
]

_SAVED = ("best",)


def _save(name: str, epochs: list[dict[str, float]], filepath: str, fits: int = 1, **settings: Any) -> Script:
    settings = {"filepath": filepath, "verbose": 1} | settings
    batches = settings.pop("batches", [])
    return Script(f"save_{name}", "ModelCheckpoint", settings, epochs, batches=batches, fits=fits, kept=_SAVED)


_BATCHES = [[{"loss": 1 - 0.1 * epoch - 0.02 * batch} for batch in range(4)] for epoch in range(3)]
_PATTERN = "weights.{epoch:02d}-{val_loss:.2f}.h5"

CHECKPOINTS = [
    _save("each_epoch", losses(FALLING), "model.h5"),
    _save("silent", losses(FALLING), "model.h5", verbose=0),
    _save("pattern", losses(WAVES), _PATTERN, save_weights_only=True),
    _save("pattern_hdf5", losses(WAVES), "weights.{epoch:02d}-{val_loss:.2f}.hdf5", save_weights_only=True, mode="min"),
    _save("best", losses(WAVES), _PATTERN, save_best_only=True),
    _save("best_weights", losses(WAVES), "best.weights.h5", save_best_only=True, save_weights_only=True),
    _save("best_keras", losses(WAVES), "best.keras", save_best_only=True),
    _save("best_silent", losses(WAVES), "best.keras", save_best_only=True, verbose=0),
    _save("best_accuracy", accuracies(RISING), "{epoch}-{val_accuracy:.3f}.h5", monitor="val_accuracy",
          save_best_only=True),
    _save("best_accuracy_min", accuracies(RISING), "m.h5", monitor="val_accuracy", mode="min", save_best_only=True),
    _save("best_fmeasure", series("fmeasure_1", RISING), "m.h5", monitor="fmeasure_1", save_best_only=True),
    _save("best_auc_is_thought_to_fall", series("val_auc", RISING), "m.h5", monitor="val_auc", save_best_only=True),
    _save("best_max", series("val_auc", RISING), "m.h5", monitor="val_auc", mode="max", save_best_only=True),
    _save("mode_unknown", losses(WAVES), "m.h5", mode="least", save_best_only=True),
    _save("threshold", losses(WAVES), "m.h5", save_best_only=True, initial_value_threshold=0.65),
    _save("threshold_max", accuracies(RISING), "m.h5", monitor="val_accuracy", save_best_only=True,
          initial_value_threshold=0.6),
    _save("period", losses(WAVES), "model.{epoch:03d}.h5", period=3),
    _save("period_best", losses(WAVES), "model.{epoch:03d}.h5", period=2, save_best_only=True),
    _save("missing", series("loss", WAVES[:3]), "m.h5", save_best_only=True),
    _save("broken", losses(BROKEN), "m.h5", save_best_only=True),
    _save("pattern_unknown", losses(FALLING), "weights.{val_auc:.2f}.h5"),
    _save("two_fits", losses(WAVES[:4]), "m.h5", fits=2, save_best_only=True),
    _save("each_3_batches", losses(FALLING[:3]), "model.{epoch}.{batch}.h5", save_freq=3, batches=_BATCHES),
    _save("each_3_batches_best", losses(FALLING[:3]), "m.h5", monitor="loss", save_freq=3, save_best_only=True,
          save_weights_only=True, batches=_BATCHES),
    _save("each_5_batches", losses(FALLING[:3]), "model.{epoch}.{batch}.{loss:.2f}.h5", save_freq=5, batches=_BATCHES),
    _save("freq_unknown", losses(FALLING), "m.h5", save_freq="batch"),
]  # fmt: skip


def _schedule(name: str, epochs: int = 4, rate: float = 0.1, verbose: int = 1) -> Script:
    return Script(f"schedule_{name}_{verbose}_{rate}", "LearningRateScheduler",
                  {"schedule": name, "verbose": verbose}, losses(WAVES[:epochs]), rate=rate)  # fmt: skip


SCHEDULED = [
    _schedule("constant"),
    _schedule("steps"),
    _schedule("exponential"),
    _schedule("exponential", rate=0.001),
    _schedule("halved", verbose=0),
    _schedule("with_default"),
    _schedule("integer"),
    _schedule("none"),
]


def _nan(name: str, batch_losses: list[list[float]]) -> Script:
    batches = [[{"loss": loss, "accuracy": 0.5} for loss in epoch] for epoch in batch_losses]
    return Script(f"nan_{name}", "TerminateOnNaN", {}, losses(WAVES[: len(batches)]), batches=batches)


TERMINATED = [
    _nan("never", [[1.0, 0.9], [0.8, 0.7]]),
    _nan("third_batch", [[1.0, 0.9, 0.8, math.nan, 0.7], [0.6, 0.5]]),
    _nan("infinite", [[1.0, 0.9], [0.8, math.inf]]),
    _nan("negative_infinite", [[-math.inf, 0.9]]),
    Script("nan_no_loss", "TerminateOnNaN", {}, losses(WAVES[:1]), batches=[[{"accuracy": math.nan}]]),
]

SCRIPTS = {
    script.name: script for script in EARLY_STOPPING + REDUCE + CHECKPOINTS + SCHEDULED + TERMINATED
}  # fmt: skip
