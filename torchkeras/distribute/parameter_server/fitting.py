"""`Model.fit` of a model that workers train: the chief schedules steps, and reads the figures when an epoch is over."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import torch

from torchkeras.core.replicas import Replicas
from torchkeras.data import Batch, make_feed
from torchkeras.data.make import is_array_data
from torchkeras.distribute.parameter_server.cluster import Cluster
from torchkeras.distribute.parameter_server.coordinator import Coordinator
from torchkeras.training.fitting import callbacks_for, evaluate_model
from torchkeras.training.logs import to_numbers


class Elsewhere(Replicas):
    """This process alone; the steps of `fit` are taken by the workers of a cluster.

    Args:
        cluster: its tasks.
    """

    def __init__(self, cluster: Cluster) -> None:
        super().__init__()
        self.elsewhere = Training(cluster)


class Training:
    """Trains models by a cluster.

    Args:
        cluster: its tasks.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    @functools.cached_property
    def coordinator(self) -> Coordinator:
        return Coordinator(self.cluster)

    def close(self) -> None:
        """Ends the program's part: the other tasks end, too."""
        if "coordinator" in self.__dict__:
            self.coordinator.close()
        self.cluster.goodbye()

    def fit(
        self, model: Any, trainer: Any, data: Any, *, epochs: int, initial_epoch: int, steps_per_epoch: int | None,
        verbose: int, callbacks: Any, validation_data: Any, validation_steps: int | None, validation_freq: Any,
    ) -> Any:  # fmt: skip
        """`Model.fit`: each worker goes through the data for itself; an epoch is so many steps of all together."""
        if steps_per_epoch is None:
            raise ValueError(
                "With parameter servers `fit` needs `steps_per_epoch`: each worker goes through the data for itself, "
                "and the data does not say where an epoch ends."
            )
        _check_data(data)
        self._get_ready(model, trainer, data)
        coordinator = self.coordinator
        steps = _Steps(model)
        batches = coordinator.per_worker(_Batches(data), "call")
        hooks = callbacks_for(callbacks, model, verbose=verbose, epochs=epochs, steps=steps_per_epoch)
        model.stop_training = False
        hooks.on_train_begin()
        logs: dict[str, Any] = {}
        together = trainer.steps_per_execution
        for epoch in range(initial_epoch, epochs):
            model.reset_metrics()
            hooks.on_epoch_begin(epoch)
            begins = range(0, steps_per_epoch, together)
            scheduled = [
                coordinator.schedule(steps, (batches, min(together, steps_per_epoch - begin))) for begin in begins
            ]
            result = None
            for begin, remote in zip(begins, scheduled, strict=True):
                hooks.on_train_batch_begin(begin)
                result = remote.wait()
                # The figures of one step are its worker's affair; those of all are read when the epoch is over.
                hooks.on_train_batch_end(min(begin + together, steps_per_epoch) - 1, {})
            coordinator.join()
            logs = to_numbers(trainer.figures(result))
            if validation_data is not None and _is_due(validation_freq, epoch):
                x, y, weight = _unpacked(validation_data)
                found = evaluate_model(model, trainer, x, y, weight, None, 0, validation_steps, None)
                logs.update({f"val_{name}": value for name, value in found.items()})
            trainer.end_epoch(logs.get("val_loss", logs.get("loss")))
            hooks.on_epoch_end(epoch, logs)
            if model.stop_training:
                break
        trainer.finished()
        hooks.on_train_end(logs)
        return model.history

    def _get_ready(self, model: Any, trainer: Any, data: Any) -> None:
        """Makes weights and the states of metrics here, by a first batch where the data has to say how."""
        feed = make_feed(data, device=trainer.device())
        if trainer.needs_build() or not (trainer.compiled_metrics.built and trainer.compiled_loss.built):
            batch = feed.first()
            batch = next(iter(feed.epoch())) if batch is None else batch
            trainer.ready(batch)
            with torch.no_grad():
                trainer.test(batch)
        trainer.prepare(feed)


class _Steps:
    """Steps of training, as a worker takes them."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self, batches: Iterator[Batch], count: int) -> Any:
        trainer, result = self.model._trainer, None
        with trainer.as_compiled():
            for _ in range(count):
                result = trainer.train(next(batches))
        return result if isinstance(result, dict) else None


class _Batches:
    """The batches of a worker, made there."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def __call__(self) -> Iterator[Batch]:
        return iter(make_feed(self.data).epoch())


def _check_data(data: Any) -> None:
    if data is None or is_array_data(data) or not hasattr(data, "__iter__") or hasattr(data, "__next__"):
        raise TypeError(
            f"With parameter servers `fit` takes a tf.data.Dataset, best repeated and shuffled, or a "
            f"tf.keras.utils.experimental.DatasetCreator, so that each worker can make its own. Received: {type(data)}"
        )


def _unpacked(data: Any) -> tuple[Any, Any, Any]:
    return (*data, None, None)[:3] if isinstance(data, (tuple, list)) else (data, None, None)


def _is_due(frequency: Any, epoch: int) -> bool:
    return (epoch + 1) % frequency == 0 if isinstance(frequency, int) else epoch + 1 in frequency


__all__ = ["Elsewhere", "Training"]
