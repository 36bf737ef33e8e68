"""Trainings of several processes, in which something happens to one of them."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

import torchkeras as keras
from compat_tests.distribute.launch import started
from torchkeras.core import replicas as scopes
from torchkeras.distribute import join, place_by_launcher, place_by_tf_config

#: Steps of an epoch.
STEPS = 9


def model_and_data(
    optimizer: Any = "adam", loss: Any = "sparse_categorical_crossentropy", averages: bool = True
) -> Any:
    """A model that is the same each time, and data to train it on.

    Args:
        optimizer: 'torch' for one of torch's.
        loss: as compile takes it.
        averages: whether the model has moving averages.
    """
    keras.utils.set_random_seed(3)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(70, 5)).astype("float32"), rng.integers(0, 3, 70)
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Dense(16, activation="relu", input_shape=(5,)),
            *([layers.BatchNormalization()] if averages else []),
            layers.Dense(3, activation="softmax"),
        ]
    )
    if optimizer == "torch":
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model, x, y


def scope() -> Any:
    """That of the processes there are."""
    return scopes.within(join(place_by_launcher() or place_by_tf_config()))


class AtStep(keras.callbacks.Callback):
    """Does something when a step of an epoch has been made."""

    def __init__(self, epoch: int, step: int, does: Callable[[], None]) -> None:
        super().__init__()
        self.at, self.does, self.epoch = (epoch, step), does, 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (self.epoch, batch) == self.at:
            self.does()


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    raise ZeroDivisionError


# --- a run that is begun anew ---


def train_with_backup(
    folder: str, killed: str = "", optimizer: str = "adam", averages: bool = True, interrupted: bool = False
) -> Any:
    """Trains to the end, or on from where an earlier start was; what came of it, also in the folder by the first.

    Args:
        folder: where everything goes: also the backups, of each process in a folder of its own, as on another machine.
        killed: 'rank:epoch:step' of the process that kills itself, the first time.
        optimizer, averages: of the model.
        interrupted: whether there is an error in the middle, in all processes at the same step.
    """
    with scope() as replicas:
        model, x, y = model_and_data(optimizer, averages=averages)
    marker = Path(folder, "killed")
    steps = Path(folder, f"steps {replicas.rank}")
    callbacks: list[Any] = [_Steps(steps)]
    if killed and not marker.exists():
        rank, epoch, step = map(int, killed.split(":"))
        if rank == replicas.rank:
            callbacks.append(AtStep(epoch, step, lambda: (marker.touch(), kill_self())))  # type: ignore[arg-type]
    if interrupted:
        callbacks.append(AtStep(1, 4, interrupt))
    callbacks.append(keras.callbacks.BackupAndRestore(os.path.join(folder, f"backup {replicas.rank}"), 4))
    try:
        history = model.fit(x, y, batch_size=8, epochs=4, verbose=0, callbacks=callbacks)
    except ZeroDivisionError:
        return None
    found = model.get_weights(), history.history, history.epoch
    if replicas.is_first:
        Path(folder, "result").write_bytes(pickle.dumps(found))
    return found


class _Steps(keras.callbacks.Callback):
    """Writes down each step as it is made."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def on_train_begin(self, logs: Any = None) -> None:
        self._write("begin")

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._write(f"{self.epoch}:{batch}")

    def _write(self, line: str) -> None:
        with self.path.open("a") as file:
            file.write(line + "\n")


# --- a run in which somebody is lost ---


def train_until_lost(fails: int | None, callback: bool) -> None:
    """Trains a bit, says so, and goes on without end.

    Args:
        fails: the rank in whose own code there is an error after a while.
        callback: whether there is a callback that wants to know of steps, after each of which the processes speak.
    """
    with scope() as replicas:
        model, x, y = model_and_data(loss=_failing_loss if replicas.rank == fails else _loss)
    model.fit(x, y, batch_size=8, epochs=2, verbose=0)
    started.to_test.send("trained")
    callbacks = [AtStep(-1, 0, kill_self)] if callback else []
    model.fit(x, y, batch_size=8, epochs=10_000, verbose=0, callbacks=callbacks)


def _loss(y_true: Any, y_pred: Any) -> Any:
    return keras.losses.sparse_categorical_crossentropy(y_true, y_pred)


def _failing_loss(y_true: Any, y_pred: Any) -> Any:
    global _calls
    _calls += 1
    if _calls > 100:
        raise ZeroDivisionError("of this process alone")
    return _loss(y_true, y_pred)


_calls = 0


def train_over_hosts() -> Any:
    """Trains some epochs and says what came of it; where there are others, it goes on without end."""
    with scope() as replicas:
        model, x, y = model_and_data(averages=False)
    history = model.fit(x, y, batch_size=8, epochs=3, verbose=0).history
    found = model.get_weights(), history
    if replicas.size > 1:
        started.to_test.send(found)
        model.fit(x, y, batch_size=8, epochs=10_000, verbose=0)
    return found


if __name__ == "__main__":
    import sys

    train_with_backup(*sys.argv[1:])
