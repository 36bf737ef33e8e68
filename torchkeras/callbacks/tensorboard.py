"""TensorBoard: the course of a training as event files."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras.callbacks.callback import Callback
from torchkeras.callbacks.learning_rate import rate_of
from torchkeras.callbacks.model_graph import conceptual_graph, layer_graph
from torchkeras.callbacks.projector import Projector
from torchkeras.core.config import image_data_format
from torchkeras.core.replicas import ALONE
from torchkeras.events import create_file_writer, graph, histogram, image, record_if, scalar, write
from torchkeras.events.profile import Profile
from torchkeras.events.summaries import metadata
from torchkeras.optimizers.schedules import LearningRateSchedule

_OF_KERAS_1 = {
    "write_grads": "`write_grads` will be ignored in TensorFlow 2.0 for the `TensorBoard` Callback.",
    "batch_size": "`batch_size` is no longer needed in the `TensorBoard` Callback and will be ignored in TensorFlow "
    "2.0.",
    "embeddings_layer_names": "`embeddings_layer_names` is not supported in TensorFlow 2.0. Instead, all `Embedding` "
    "layers will be visualized.",
    "embeddings_data": "`embeddings_data` is not supported in TensorFlow 2.0. Instead, all `Embedding` variables will "
    "be visualized.",
}


class TensorBoard(Callback):
    """Writes what TensorBoard shows: under `train` and `validation` in a folder.

    `tensorboard --logdir logs` shows it. With `update_freq` other than 'epoch', `tf.summary` in a model's `call` is
    recorded too.

    Args:
        log_dir: the folder.
        histogram_freq: after each how many epochs the distributions of the weights are written; 0 for never.
        write_graph: whether to write the model's graph.
        write_images: whether to write the weights as images along with their distributions.
        write_steps_per_second: whether to write how many steps are made in a second.
        update_freq: 'epoch', 'batch', or after how many batches to write the figures so far. Writing them waits for
            the device.
        profile_batch: the batch to be profiled, or the first and the last; 0 for none.
        embeddings_freq: after each how many epochs embeddings are written for the projector; 0 for never.
        embeddings_metadata: the file with the labels of an embedding, or a dict of such by the layers' names.
    """

    only_first = True

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: int | str = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
        **kwargs: Any,
    ) -> None:
        _check_older(kwargs)
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        if self.update_freq != "epoch" and (not isinstance(self.update_freq, int) or self.update_freq < 1):
            raise ValueError(f"`update_freq` is 'epoch', 'batch' or a positive number. Received: {update_freq!r}")
        self.embeddings_freq = embeddings_freq
        self.embeddings_metadata = embeddings_metadata
        self._start_batch, self._stop_batch = _batches(profile_batch)
        self._profile: Profile | None = None
        self._profile_due = False
        self._writers: dict[str, Any] = {}
        self._entered: list[tuple[Any, Any]] = []
        self._projector: Projector | None = None
        self._train_step, self._val_step = _Count(), _Count()
        self._graph_due = False
        self._batch_begin = self._epoch_begin = 0.0
        self._previous_iterations = 0

    # --- writers ---

    def set_model(self, model: Any) -> None:
        if getattr(model, "_replicas", ALONE).sharded and (self.histogram_freq or self.embeddings_freq):
            raise ValueError(
                "TensorBoard writes in the first process alone, which has but a part of each weight of a model in the "
                "scope of a ShardedStrategy: leave `histogram_freq` and `embeddings_freq` at 0."
            )
        self.model = model
        while self._entered:  # of a run that was interrupted
            self._pop_writer()
        self._close_writers()
        self._graph_due = bool(self.write_graph)
        if self.embeddings_freq:
            self._projector = Projector(self.log_dir, model, self.embeddings_metadata)

    @property
    def _train_writer(self) -> Any:
        return self._writer("train")

    @property
    def _val_writer(self) -> Any:
        return self._writer("validation")

    def _writer(self, name: str) -> Any:
        if name not in self._writers:
            self._writers[name] = create_file_writer(os.path.join(self.log_dir, name))
        return self._writers[name]

    def _close_writers(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def _push_writer(self, writer: Any, step: _Count) -> None:
        """Make this the default writer, for what a model's own code writes at the batches that are due."""
        if self.update_freq == "epoch":
            return
        entered = writer.as_default(step), record_if(lambda: self._due(step))
        entered[0].__enter__()
        entered[1].__enter__()
        self._entered.append(entered)

    def _pop_writer(self) -> None:
        if self._entered:
            default, condition = self._entered.pop()
            condition.__exit__(None, None, None)
            default.__exit__(None, None, None)

    def _due(self, step: _Count) -> bool:
        return self.update_freq != "epoch" and step.value % int(self.update_freq) == 0

    # --- training ---

    def on_train_begin(self, logs: Any = None) -> None:
        self._train_step.restart()
        self._previous_iterations = 0
        self._profile_due = self._start_batch > 0
        self._write_graphs()
        self._push_writer(self._train_writer, self._train_step)

    def on_train_end(self, logs: Any = None) -> None:
        if self.update_freq != "epoch":
            self._pop_writer()
        self._stop_profile()
        self._close_writers()

    def _implements_train_batch_hooks(self) -> bool:
        return bool(self._start_batch) or self.write_steps_per_second or self.update_freq != "epoch"

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._batch_begin = time.perf_counter()
        if self._profile_due and self._train_step.value + 1 >= self._start_batch:
            self._profile_due, self._profile = False, Profile()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._train_step.reached(batch)
        if self._due(self._train_step):
            if self.write_steps_per_second:
                scalar("batch_steps_per_second", 1.0 / (time.perf_counter() - self._batch_begin))
            for name, value in (logs or {}).items():
                scalar("batch_" + name, value)
        if self._profile is not None and self._train_step.value >= self._stop_batch:
            self._stop_profile()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self.write_steps_per_second:
            self._previous_iterations = self._iterations() or 0
            self._epoch_begin = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._write_graphs()
        self._log_epoch_metrics(epoch, logs or {})
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._log_weights(epoch)
        if self._projector is not None and epoch % self.embeddings_freq == 0:
            self._projector.write(epoch)

    # --- evaluation ---

    def _implements_test_batch_hooks(self) -> bool:
        return self.update_freq != "epoch"

    def on_test_begin(self, logs: Any = None) -> None:
        self._val_step.restart()
        self._push_writer(self._val_writer, self._val_step)

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self._val_step.reached(batch)

    def on_test_end(self, logs: Any = None) -> None:
        iterations = self._iterations()
        if iterations is not None:
            with record_if(True), self._val_writer.as_default():
                for name, value in (logs or {}).items():
                    scalar(f"evaluation_{name}_vs_iterations", value, step=iterations)
        if self.update_freq != "epoch":
            self._pop_writer()

    # --- what is written ---

    def _write_graphs(self) -> None:
        """The graphs, once: before the first epoch, or after it if only then the model was built."""
        if not self._graph_due or not getattr(self.model, "built", True):
            return
        self._graph_due = False
        with self._train_writer.as_default(), record_if(True):
            if self.model._functional_graph is not None:
                described = conceptual_graph(self.model)
                if described is None:
                    warnings.warn("Model failed to serialize as JSON. Its conceptual graph is left out.", stacklevel=2)
                else:
                    write("keras", described, step=0, metadata=metadata("graph_keras_model", content=b"1"))
            graph(layer_graph(self.model))

    def _log_epoch_metrics(self, epoch: int, logs: dict[str, Any]) -> None:
        train = {name: value for name, value in logs.items() if not name.startswith("val_")}
        validation = {name.removeprefix("val_"): value for name, value in logs.items() if name.startswith("val_")}
        if not logs:
            return
        optimizer = getattr(self.model, "optimizer", None)
        schedule = getattr(optimizer, "_learning_rate", None)
        if isinstance(schedule, LearningRateSchedule):
            train["learning_rate"] = schedule(optimizer.iterations)  # type: ignore[union-attr]
        elif getattr(optimizer, "scheduler", None) is not None:  # torch's
            train["learning_rate"] = rate_of(optimizer)
        if self.write_steps_per_second:
            passed = time.perf_counter() - self._epoch_begin
            train["steps_per_second"] = ((self._iterations() or 0) - self._previous_iterations) / passed
        with record_if(True):
            for writer, figures in ((lambda: self._train_writer, train), (lambda: self._val_writer, validation)):
                _log_scalars(writer, figures, epoch)

    def _log_weights(self, epoch: int) -> None:
        with self._train_writer.as_default(), record_if(True):
            for layer in self.model.layers:
                for weight in getattr(layer, "weights", ()):
                    name = weight.name.replace(":", "_")
                    histogram(f"{name}/histogram", weight, step=epoch)
                    pictures = _as_images(weight) if self.write_images else None
                    if pictures is not None:
                        image(f"{name}/image", pictures, step=epoch)

    def _iterations(self) -> int | None:
        iterations = getattr(getattr(self.model, "optimizer", None), "iterations", None)
        return None if iterations is None else int(iterations)

    def _stop_profile(self) -> None:
        profile, self._profile = self._profile, None
        if profile is not None:
            profile.stop(self.log_dir)


class _Count:
    """How many batches of a run are done. As a step it stands for its present value."""

    def __init__(self) -> None:
        self.value = 0
        self._last = -1

    def restart(self) -> None:
        self.value, self._last = 0, -1

    def reached(self, batch: int) -> None:
        """A batch of the epoch is done; several at once with `steps_per_execution`."""
        self.value += batch + 1 if batch <= self._last else batch - self._last
        self._last = batch

    def numpy(self) -> np.int64:
        return np.int64(self.value)


def _log_scalars(writer: Callable[[], Any], figures: dict[str, Any], epoch: int) -> None:
    if figures:
        with writer().as_default():
            for name, value in figures.items():
                scalar("epoch_" + name, value, step=epoch)


def _as_images(weight: Any) -> np.ndarray | None:
    """A weight as images in grey: a bias as a column, a matrix lying, each kernel by itself; None for others."""
    values = np.squeeze(np.asarray(weight.numpy()))
    if values.ndim == 1:
        return values.reshape(1, -1, 1, 1)
    if values.ndim == 2:
        if values.shape[0] > values.shape[1]:
            values = values.T
        return values[None, :, :, None]
    if values.ndim == 3:
        if image_data_format() == "channels_last":
            values = values.transpose(2, 0, 1)
        return values[..., None]
    return values if values.ndim == 4 and values.shape[-1] in (1, 3, 4) else None


def _batches(profile_batch: Any) -> tuple[int, int]:
    """The first and the last batch to be profiled; 0 and 0 for none."""
    wrong = ValueError(
        f"profile_batch must be a non-negative integer or 2-tuple of positive integers. A pair of positive integers "
        f"signifies a range of batches to profile. Found: {profile_batch}"
    )
    found = profile_batch
    if isinstance(found, str):
        try:
            found = [int(part) for part in found.split(",")]
        except ValueError:
            raise wrong from None
        found = found[0] if len(found) == 1 else found
    if isinstance(found, int):
        found = (found, found)
    if not isinstance(found, (tuple, list)) or len(found) != 2 or found[0] < 0 or found[1] < found[0]:
        raise wrong
    return int(found[0]), int(found[1])


def _check_older(arguments: dict[str, Any]) -> None:
    unknown = set(arguments) - set(_OF_KERAS_1)
    if unknown:
        raise ValueError(
            f"Unrecognized arguments in `TensorBoard` Callback: {unknown}. Supported kwargs are: {set(_OF_KERAS_1)}"
        )
    for name, value in arguments.items():
        if value:
            warnings.warn(_OF_KERAS_1[name], stacklevel=3)
