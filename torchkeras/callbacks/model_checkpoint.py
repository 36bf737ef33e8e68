"""ModelCheckpoint."""

from __future__ import annotations

import contextlib
import os
import re
import warnings
from pathlib import Path
from typing import Any

from torchkeras.callbacks.callback import Callback
from torchkeras.callbacks.every import Every
from torchkeras.callbacks.monitoring import comparison, epoch_label, warn_unknown, worst
from torchkeras.core.replicas import ALONE, is_first, within
from torchkeras.utils.messages import print_msg


class ModelCheckpoint(Callback):
    """Saves the model, or its weights, now and then.

        ModelCheckpoint("weights.{epoch:02d}-{val_loss:.2f}.h5", save_best_only=True, save_weights_only=True)

    Args:
        filepath: where to; may have placeholders for `epoch` (the first is 1), `batch` and the names in the logs. Its
            ending decides on the format, as in `model.save` and `model.save_weights`.
        monitor: the name of the figure that says which is the best.
        verbose: 1 for messages.
        save_best_only: whether to save only when the figure has improved.
        save_weights_only: whether to save the weights alone.
        mode: 'min' or 'max', what is better; 'auto' is 'max' for names with 'acc' in them or 'fmeasure' at the start.
        save_freq: 'epoch', or after how many batches to save. The figures of a batch are looked into then only.
        options: TensorFlow's options of saving; they mean nothing here.
        initial_value_threshold: what the first figure has to improve on.
        period: after how many epochs to save.
        load_weights_on_restart: whether to load the newest file of that name when training begins.
    """

    progress_attributes = ("best", "epochs_since_last_save", "_every")

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: int | str = "epoch",
        options: Any = None,
        initial_value_threshold: float | None = None,
        *,
        period: int = 1,
        load_weights_on_restart: bool = False,
        **kwargs: Any,
    ) -> None:
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(f'Unrecognized save_freq: {save_freq}. Expected save_freq are "epoch" or integer')
        expected = "tf.train.CheckpointOptions" if save_weights_only else "tf.saved_model.SaveOptions"
        if options is not None and type(options).__name__ != expected.rpartition(".")[2]:
            raise TypeError(
                f"If save_weights_only is {save_weights_only}, then `options` must be either None or a {expected}. "
                f"Got {options}."
            )
        self.filepath = os.fspath(filepath)
        self.monitor = monitor
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self.period = period
        self.load_weights_on_restart = load_weights_on_restart
        self.epochs_since_last_save = 0
        more_is_better = "acc" in monitor or monitor.startswith("fmeasure")
        self.monitor_op = comparison("ModelCheckpoint", mode, more_is_better)
        self.best: Any = worst(self.monitor_op) if initial_value_threshold is None else initial_value_threshold
        warn_unknown(self, kwargs, ["monitor", "save_best_only", "save_weights_only", "save_freq", "period"])
        self._every = Every(save_freq) if isinstance(save_freq, int) else None
        self._epoch = 0

    def _implements_train_batch_hooks(self) -> bool:
        return self._every is not None

    def on_train_begin(self, logs: Any = None) -> None:
        found = newest_match(self.filepath) if self.load_weights_on_restart else None
        if found is not None:
            self.model.load_weights(found)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._every is not None and self._every.due(batch):
            self._save_if_wanted(self._epoch, batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epochs_since_last_save += 1
        if self._every is None and self.epochs_since_last_save >= self.period:
            self.epochs_since_last_save = 0
            self._save_if_wanted(epoch, None, logs)

    def _save_if_wanted(self, epoch: int, batch: int | None, logs: Any) -> None:
        # A plain dict: unpacking a dict of batch logs would pass by what reads them.
        figures = dict(logs.items()) if logs is not None else {}
        replicas = getattr(self.model, "_replicas", ALONE)
        if replicas.sharded and batch is not None:  # each has figures of its own, and all have to save together
            figures = replicas.from_first(figures)
        path = self._path(epoch, batch, figures)
        what = f"saving model to {path}"
        if self.save_best_only:
            current = figures.get(self.monitor)
            if current is None:
                warnings.warn(f"Can save best model only with {self.monitor} available, skipping.", stacklevel=3)
                return
            best, improved = self.best, self.monitor_op(current, self.best)
            if not improved:
                what = f"{self.monitor} did not improve from {best:.5f}"
            else:
                what = f"{self.monitor} improved from {best:.5f} to {current:.5f}, {what}"
                self.best = current
        if self.verbose > 0:
            print_msg(f"\n{epoch_label(epoch)}: {what}")
        if not self.save_best_only or improved:
            self._save(path)

    def _path(self, epoch: int, batch: int | None, figures: dict[str, Any]) -> str:
        if batch is not None:
            figures = {"batch": batch + 1} | figures
        try:
            return self.filepath.format(**figures | {"epoch": epoch + 1})
        except KeyError as error:
            raise KeyError(
                f'Failed to format this callback filepath: "{self.filepath}". Reason: the logs have no {error}, '
                f"but: {', '.join(figures)}"
            ) from error

    def _save(self, path: str) -> None:
        """Writes the file: the first of several processes does."""
        sharded = getattr(self.model, "_replicas", ALONE).sharded  # then all gather what the first writes
        if not (is_first() or sharded):
            return
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        try:
            with contextlib.nullcontext() if sharded else within(ALONE):  # nobody else is here
                if self.save_weights_only:
                    self.model.save_weights(path, overwrite=True)
                else:
                    self.model.save(path, overwrite=True)
        except OSError as error:
            if isinstance(error, IsADirectoryError) or "is a directory" in str(error).lower():
                raise OSError(
                    f"Please specify a non-directory filepath for ModelCheckpoint. "
                    f"Filepath used is an existing directory: {path}"
                ) from error
            raise


def newest_match(pattern: str) -> str | None:
    """The newest file whose name is `pattern` with its placeholders filled in; of equally new ones the last by name."""
    folder, name = os.path.split(pattern)
    fixed = re.split(r"\{.*?\}", name)
    wanted = re.compile(".*".join(re.escape(part) for part in fixed))
    home = Path(folder or ".")
    found = [path for path in home.iterdir() if wanted.fullmatch(path.name)] if home.is_dir() else []
    return str(max(found, key=lambda path: (path.stat().st_mtime, path.name))) if found else None
