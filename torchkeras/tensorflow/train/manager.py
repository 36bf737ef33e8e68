"""tf.train.CheckpointManager: the last few checkpoints of a folder."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from torchkeras.saving import checkpoint_state
from torchkeras.saving.containers.bundle import files_of, is_bundle
from torchkeras.tensorflow.train.checkpoint import Checkpoint
from torchkeras.tensorflow.train.reader import latest_checkpoint


class CheckpointManager:
    """Saves checkpoints with numbers, and deletes old ones.

    Args:
        checkpoint: a tf.train.Checkpoint.
        directory: the folder; what was saved in it before counts too.
        max_to_keep: how many are kept; None for all.
        keep_checkpoint_every_n_hours: of those to be deleted, one is kept for each such stretch of time.
        checkpoint_name: what their names begin with.
        step_counter, checkpoint_interval: with both, `save` does nothing before so many steps have passed.
        init_fn: called by `restore_or_initialize` where there is no checkpoint.
        last_checkpoint_step: the step of the last one, where it is known.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        directory: str | os.PathLike[str],
        max_to_keep: int | None,
        keep_checkpoint_every_n_hours: float | None = None,
        checkpoint_name: str = "ckpt",
        step_counter: Any = None,
        checkpoint_interval: int | None = None,
        init_fn: Callable[[], Any] | None = None,
        last_checkpoint_step: int | None = None,
    ) -> None:
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError(f"Expected a positive integer or `None` for `max_to_keep`, got {max_to_keep}.")
        if checkpoint_interval is not None and step_counter is None:
            raise ValueError("`step_counter` should be passed if `checkpoint_interval` is not None.")
        self._checkpoint, self._directory, self._max_to_keep = checkpoint, os.fspath(directory), max_to_keep
        self._hours, self._name = keep_checkpoint_every_n_hours, checkpoint_name
        self._step_counter, self._interval, self._init_fn = step_counter, checkpoint_interval, init_fn
        self._last_step = last_checkpoint_step
        self._kept: dict[str, float] = {}  # path -> when it was saved
        self._preserved = time.time()
        known = checkpoint_state.read(self._directory)
        if known is not None:
            stamps = known.all_model_checkpoint_timestamps or [time.time()] * len(known.all_model_checkpoint_paths)
            pairs = zip(known.all_model_checkpoint_paths, stamps)
            self._kept = {path: stamp for path, stamp in pairs if is_bundle(path)}
            self._preserved = known.last_preserved_timestamp or self._preserved

    # --- facts ---

    @property
    def checkpoint(self) -> Checkpoint:
        return self._checkpoint

    @property
    def directory(self) -> str:
        return self._directory

    @property
    def checkpoint_interval(self) -> int | None:
        return self._interval

    @property
    def checkpoints(self) -> list[str]:
        """The paths of those that are kept, oldest first."""
        return list(self._kept)

    @property
    def latest_checkpoint(self) -> str | None:
        """The path of the latest one, None where there is none."""
        return next(reversed(self._kept), None)

    # --- saving ---

    def save(self, checkpoint_number: Any = None, check_interval: bool = True, options: Any = None) -> str | None:
        """Saves, and gives the path; None where too few steps have passed.

        Args:
            checkpoint_number: the number in its name; one more than the last unless given.
            check_interval: whether `checkpoint_interval` counts.
        """
        if self._interval is not None:
            step = int(self._step_counter)
            if check_interval and self._last_step is not None and step < self._last_step + self._interval:
                return None
            self._last_step = step
        counter = self._checkpoint.save_counter
        counter.assign_add(1)
        number = int(counter) if checkpoint_number is None else int(checkpoint_number)
        path = self._checkpoint.write(os.path.join(self._directory, f"{self._name}-{number}"))
        self._kept.pop(path, None)
        self._kept[path] = time.time()
        self._sweep()
        checkpoint_state.update(self._directory, path, list(self._kept), list(self._kept.values()), self._preserved)
        return path

    def _sweep(self) -> None:
        while self._max_to_keep is not None and len(self._kept) > self._max_to_keep:
            path = next(iter(self._kept))
            stamp = self._kept.pop(path)
            if self._hours is not None and stamp - self._preserved >= 3600 * self._hours:
                self._preserved = stamp
                continue
            for file in files_of(path):
                os.remove(file)

    # --- restoring ---

    def restore_or_initialize(self) -> str | None:
        """Restores the latest one and gives its path; without one calls `init_fn`."""
        latest = self.latest_checkpoint
        if latest is not None:
            self._checkpoint.restore(latest)
            if self._interval is not None:
                self._last_step = int(self._step_counter)
            return latest
        if self._init_fn is not None:
            self._init_fn()
        return None

    def sync(self) -> None:
        """Nothing: files are whole when `save` returns."""


def checkpoints_iterator(
    checkpoint_dir: str | os.PathLike[str],
    min_interval_secs: float = 0,
    timeout: float | None = None,
    timeout_fn: Callable[[], bool] | None = None,
) -> Iterator[str]:
    """Waits for checkpoints in a folder, and gives each new one's path.

    Args:
        checkpoint_dir: the folder.
        min_interval_secs: the least time between two.
        timeout: how long to wait for a new one; None for ever.
        timeout_fn: called when that time has passed; True ends the waiting.
    """
    last = None
    while True:
        begun = time.time()
        while (found := latest_checkpoint(checkpoint_dir)) is None or found == last:
            if timeout is not None and time.time() - begun >= timeout:
                if timeout_fn is None or timeout_fn():
                    return
                begun = time.time()
            time.sleep(0.05)
        last = found
        yield found
        rest = min_interval_secs - (time.time() - begun)
        if rest > 0:
            time.sleep(rest)


__all__ = ["CheckpointManager", "checkpoints_iterator"]
