"""Callback: the base class, with every hook and nothing in them."""

from __future__ import annotations

from typing import Any


class Callback:
    """Something that is told what goes on in `fit`, `evaluate` and `predict`.

        class Losses(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                print(epoch, logs["loss"])

    `logs` of an epoch is a dict of numbers; what a callback writes into it, later callbacks and the history see.
    `logs` of a batch reads its numbers from the device when somebody looks into it, which waits for the device:
    a callback that need not look at each batch should not.

    Attributes:
        model: the model that runs.
        params: settings of the run: 'verbose', 'epochs', 'steps'.
        progress_attributes: the names of the attributes that BackupAndRestore keeps with a run: numbers, arrays, and
            lists and dicts of them, that change in the course of it.
        _told_last: whether this one is told of everything after all others.
        only_first: whether, of several processes that train together, only that of the first is told of anything: for
            callbacks that write, and leave the model as it is.
    """

    progress_attributes: tuple[str, ...] = ()
    _told_last: bool = False
    only_first: bool = False

    model: Any = None
    params: Any = None
    validation_data: Any = None

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params

    def set_model(self, model: Any) -> None:
        self.model = model

    # --- the names of Keras 1, for batches of training ---

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """The older name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """The older name of `on_train_batch_end`."""

    # --- training ---

    def on_train_begin(self, logs: Any = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Any = None) -> None:
        """After the last epoch, with its logs."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Before an epoch; the first is 0."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """After an epoch and its validation."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before a batch; the first of an epoch is 0."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a batch, with the figures of the epoch so far."""
        self.on_batch_end(batch, logs)

    # --- evaluation, that of `fit` included ---

    def on_test_begin(self, logs: Any = None) -> None:
        """Before the first batch of an evaluation."""

    def on_test_end(self, logs: Any = None) -> None:
        """After the last batch of an evaluation."""

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before a batch of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a batch of an evaluation."""

    # --- prediction ---

    def on_predict_begin(self, logs: Any = None) -> None:
        """Before the first batch of a prediction."""

    def on_predict_end(self, logs: Any = None) -> None:
        """After the last batch of a prediction."""

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Before a batch of a prediction."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """After a batch of a prediction; `logs['outputs']` has its outputs."""

    # --- which batches this callback wants to hear of ---

    def _implements_train_batch_hooks(self) -> bool:
        """Whether its batch hooks are to be called in training, where it defines any."""
        return True

    def _implements_test_batch_hooks(self) -> bool:
        return True

    def _implements_predict_batch_hooks(self) -> bool:
        return True
