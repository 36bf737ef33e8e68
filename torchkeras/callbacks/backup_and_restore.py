"""BackupAndRestore."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np
import torch

from torchkeras.callbacks import run_state
from torchkeras.callbacks.callback import Callback
from torchkeras.callbacks.every import Every
from torchkeras.callbacks.learning_rate import rate_of, set_rate
from torchkeras.core.files import left_unfinished, written_whole
from torchkeras.core.replicas import ALONE, Replicas

_NAME = "training_state.pt"


class BackupAndRestore(Callback):
    """Keeps the state of a run on disk, and goes on from there when `fit` is called anew after an interruption.

    The run that goes on ends as one without an interruption would have: kept are the weights, the state of the
    optimizer, the learning rate, the place in the run, the random numbers, the figures of an epoch so far, the history
    and what the other callbacks remember. What a generator or a data set of your own keeps is not: give it no state
    that lasts longer than an epoch. The file is replaced as a whole, so that an interruption while it is written leaves
    the one before.

    Where several processes train, the first writes and reads the file, so that the others need not reach the folder;
    what it keeps is of the samples of all, and as many or as few processes as one likes may go on from there.

    Args:
        backup_dir: a folder of its own.
        save_freq: 'epoch', or after how many batches to save.
        delete_checkpoint: whether to remove the file when a run has come to its end.
        save_before_preemption: of TensorFlow on Google's clusters; not here.
        double_checkpoint: whether to keep the last but one as well, for the case that the last cannot be read.

    Attributes:
        resume_at: the epoch and step to go on with, when `on_train_begin` has restored a run; else None.
        others: the other callbacks of the run.
    """

    _told_last = True
    others: list[Any]

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: int | str = "epoch",
        delete_checkpoint: bool = True,
        save_before_preemption: bool = False,
        *,
        double_checkpoint: bool = False,
    ) -> None:
        if not backup_dir:
            raise ValueError("Empty `backup_dir` argument passed")
        if save_before_preemption:
            raise NotImplementedError("`save_before_preemption=True` is not supported. Use `save_freq`.")
        if not save_freq:
            raise ValueError("Either `save_freq` or `save_before_preemption` must be set.")
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(
                f"Invalid value for argument `save_freq`. Received: save_freq={save_freq}. "
                f"Expected either 'epoch' or an integer value."
            )
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.delete_checkpoint = delete_checkpoint
        self.double_checkpoint = double_checkpoint
        self.resume_at: tuple[int, int] | None = None
        self._path = os.path.join(self.backup_dir, _NAME)
        self._previous = self._path + ".previous"
        self._every = Every(save_freq) if isinstance(save_freq, int) else None
        self._epoch = 0
        self.others = []
        self._due_at_epoch_end = False
        self._at_epoch_begin: dict[str, Any] | None = None
        self._restored: dict[str, Any] | None = None

    def _implements_train_batch_hooks(self) -> bool:
        return self._every is not None

    def on_train_begin(self, logs: Any = None) -> None:
        self.resume_at = None
        if self._replicas.sharded:
            raise ValueError(
                "BackupAndRestore keeps the whole of a model in one process, and this one lies in parts. Call "
                "`strategy.save_shards(model, folder)` in a callback when an epoch has ended, "
                "`strategy.load_shards(model, folder)` before `fit`, and pass `initial_epoch`."
            )
        if not getattr(self.model, "built", True):
            warnings.warn(
                "To use the BackupAndRestore callback, your model must be built before you call `fit()`. "
                "You can build it beforehand by calling it on a batch of data.",
                stacklevel=2,
            )
        state = self._restored = self._found()
        if state is None:
            return
        if "model" in state:
            self.model.load_state_dict(_renamed(state["model"], self.model.state_dict()))
        _restore_optimizer(self.model, state)
        run_state.set_memories(self.others, state["callbacks"])
        run_state.set_random_numbers(self.model, state["random"])
        if self._every is not None and state["every"] is not None:
            self._every.set_progress(state["every"])
        stopped = state["stopped"] and self.params is not None
        self.resume_at = (self.params["epochs"], 0) if stopped else (state["epoch"], state["step"])

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch
        if self._every is None:
            return
        if self._restored is not None and self.resume_at is not None and self.resume_at[1]:
            # So that the data comes in the order it had.
            run_state.set_random_numbers(self.model, self._restored["at_epoch_begin"])
        self._at_epoch_begin = run_state.random_numbers(self.model)

    def on_resumed(self) -> None:
        """The batches that were trained on before have been passed over."""
        assert self._restored is not None
        run_state.set_figures(self.model, self._restored["figures"], self._replicas)
        run_state.set_random_numbers(self.model, self._restored["random"])
        self._restored = None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._every is None or not self._every.due(batch):
            return
        steps = (self.params or {}).get("steps")
        if steps is not None and batch + 1 >= steps:
            self._due_at_epoch_end = True  # with what the other callbacks make of the epoch
        else:
            self._write(self._epoch, batch + 1)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self._every is None or self._due_at_epoch_end:
            self._due_at_epoch_end = False
            self._write(epoch + 1, 0)

    def on_train_end(self, logs: Any = None) -> None:
        if self.delete_checkpoint and self._replicas.is_first:
            for path in (self._path, self._previous, *left_unfinished(self._path)):
                if os.path.exists(path):
                    os.remove(path)
            if os.path.isdir(self.backup_dir) and not os.listdir(self.backup_dir):
                os.rmdir(self.backup_dir)

    # --- the processes ---

    @property
    def _replicas(self) -> Replicas:
        """Those that train the model."""
        found: Replicas = getattr(self.model, "_replicas", ALONE)
        return found

    def _found(self) -> dict[str, Any] | None:
        """What the first process reads: to the others without the weights, which `fit` hands on."""
        replicas, state, problem = self._replicas, None, None
        if replicas.is_first:
            try:
                state = self._read()
            except OSError as error:
                problem = error
        replicas.check(problem)
        theirs = state and {name: value for name, value in state.items() if name not in ("model", "optimizer_weights")}
        theirs = replicas.from_first(theirs)
        return state if replicas.is_first else theirs

    # --- the file ---

    def _write(self, epoch: int, step: int) -> None:
        """Saves the state, and that the run goes on at this place."""
        replicas = self._replicas
        figures = run_state.figures(self.model, replicas) if step else None
        weights = run_state.weights(self.model, replicas)
        if replicas.size > 1:
            self.model._trainer.replicated.settle_sums()
        if not replicas.is_first:
            return
        state = {
            "model": weights,
            "epoch": epoch,
            "step": step,
            "stopped": self.model.stop_training,
            "random": run_state.random_numbers(self.model),
            "at_epoch_begin": self._at_epoch_begin if step else None,
            "figures": figures,
            "callbacks": run_state.memories(self.others),
            "every": self._every.progress() if self._every is not None else None,
        } | _optimizer_state(self.model)
        os.makedirs(self.backup_dir, exist_ok=True)
        with written_whole(self._path) as file:
            torch.save(state, file)
            if self.double_checkpoint and os.path.exists(self._path):
                os.replace(self._path, self._previous)

    def _read(self) -> dict[str, Any] | None:
        problem: Exception | None = None
        for path in (self._path, self._previous):
            if os.path.exists(path):
                try:
                    found: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
                    return found
                except Exception as error:
                    problem = problem or error
        if problem is not None:
            # Without torch's own words, which advise to load what cannot be trusted.
            raise OSError(
                f"BackupAndRestore cannot read {self._path} ({type(problem).__name__}). It was written by something "
                f"else, or is damaged. Remove it to train from the beginning."
            ) from None
        return None


def _renamed(saved: dict[str, Any], present: dict[str, Any]) -> dict[str, Any]:
    """The saved weights under the present names.

    Automatic names count up: the same model made anew in one process, as in a notebook, has others.
    """
    shapes, wanted = ([getattr(value, "shape", None) for value in state.values()] for state in (saved, present))
    return dict(zip(present, saved.values())) if shapes == wanted else saved


def _optimizer_state(model: Any) -> dict[str, Any]:
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return {}
    state: dict[str, Any] = {"rate": float(rate_of(optimizer))}
    if hasattr(optimizer, "state_dict"):
        state["optimizer"] = optimizer.state_dict()
    elif hasattr(optimizer, "get_weights"):
        state["optimizer_weights"] = [torch.as_tensor(weight) for weight in optimizer.get_weights()]
    return state


def _restore_optimizer(model: Any, state: dict[str, Any]) -> None:
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return
    # What is restored has to be there first.
    if callable(getattr(optimizer, "build", None)) and not getattr(optimizer, "built", False):
        optimizer.build(model.trainable_variables)
    if "optimizer" in state and hasattr(optimizer, "load_state_dict"):
        optimizer.load_state_dict(state["optimizer"])
    elif "optimizer_weights" in state and hasattr(optimizer, "set_weights"):
        optimizer.set_weights([np.asarray(weight) for weight in state["optimizer_weights"]])
    rate = state.get("rate")
    if rate is not None and rate != float(rate_of(optimizer)):
        try:
            set_rate(optimizer, rate)
        except (AttributeError, TypeError, ValueError):
            pass  # the rate of a schedule follows from the optimizer's step
