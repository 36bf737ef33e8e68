"""fit, evaluate and predict over the Trainer's one epoch runner."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from torchkeras.callbacks import CallbackList, LambdaCallback
from torchkeras.core.config import settings
from torchkeras.core.device import device_of
from torchkeras.core.kinds import is_users
from torchkeras.core.nest import flatten, map_structure, pack_as
from torchkeras.core.replicas import ALONE, is_first
from torchkeras.data import ArrayFeed, Batch, Feed, make_feed
from torchkeras.data.feed import innermost
from torchkeras.data.iterables import SequenceFeed
from torchkeras.data.make import is_array_data
from torchkeras.data.shares import shared_out
from torchkeras.training import allocator
from torchkeras.training.capture.choosing import predict_steps, test_steps, training_steps
from torchkeras.training.capture.steps import EagerSteps, Steps
from torchkeras.training.checks import check_arrays, check_steps
from torchkeras.training.collecting import Collecting, collecting
from torchkeras.training.device_settings import at_work
from torchkeras.training.logs import Logs, to_arrays, to_numbers
from torchkeras.training.trainer import Trainer


def fit_model(
    model: Any,
    trainer: Trainer,
    x: Any,
    y: Any,
    sample_weight: Any,
    *,
    batch_size: int | None,
    epochs: int,
    verbose: Any,
    callbacks: Any,
    validation_split: float,
    validation_data: Any,
    shuffle: Any,
    class_weight: dict[int, float] | None,
    initial_epoch: int,
    steps_per_epoch: int | None,
    validation_steps: int | None,
    validation_batch_size: int | None,
    validation_freq: Any,
) -> Any:
    """`Model.fit`, once the model is in the state it was compiled in."""
    _check_counts(batch_size, epochs, initial_epoch, steps_per_epoch)
    if settings.max_epochs is not None:
        epochs = min(epochs, settings.max_epochs)
    verbose = _verbosity(verbose, 1)
    if (elsewhere := model._replicas.elsewhere) is not None:
        return elsewhere.fit(
            model, trainer, x, epochs=epochs, initial_epoch=initial_epoch, steps_per_epoch=steps_per_epoch,
            verbose=verbose, callbacks=callbacks, validation_data=validation_data, validation_steps=validation_steps,
            validation_freq=validation_freq,
        )  # fmt: skip
    device = trainer.device()
    replicated = trainer.replicated
    replicas = ALONE if replicated is None else replicated.replicas
    with replicas.together():
        x = by_input(x, model)
        if batch_size is None and steps_per_epoch and is_array_data(x):
            batch_size = -(-len(flatten(x)[0]) // steps_per_epoch)
        if validation_split and validation_data is None:
            if not is_array_data(x):
                raise ValueError(
                    f"`validation_split` is only supported for Tensors or NumPy arrays, found following types in the "
                    f"input: [{type(x)}]"
                )
            train, held = ArrayFeed(x, y, sample_weight, batch_size, shuffle, device).split(validation_split)
            validation: Feed | None = ArrayFeed(
                held.x, held.y, held.sample_weight, validation_batch_size or train.batch_size, device=device
            )
            feed = make_feed(train.x, train.y, train.sample_weight, batch_size, shuffle, class_weight, device)
        else:
            feed = make_feed(x, y, sample_weight, batch_size, shuffle, class_weight, device)
            validation = _validation_feed(model, validation_data, validation_batch_size or batch_size, device)
        if replicated is not None:
            feed = shared_out(feed, replicas)
            validation = validation if validation is None else shared_out(validation, replicas)
            asked = epochs, initial_epoch, steps_per_epoch, validation_steps, validation is None, str(validation_freq)
            replicas.check_same("What `fit` was asked for", asked, "Call it with the same arguments in all.")
        check_steps(feed, steps_per_epoch)
        if isinstance(validation, Feed):
            check_steps(validation, validation_steps)
    began = time.perf_counter()
    if device.type == "cpu":
        allocator.keep_activations()
    with at_work(model, device, feed, validation, epochs=epochs):
        with replicas.together():
            trainer.prepare(feed)
            check_arrays(feed, model, trainer.config["loss"])
            if isinstance(validation, Feed):
                check_arrays(validation, model, trainer.config["loss"])
            steps_per_epoch = _limited(steps_per_epoch, feed)
            steps = steps_per_epoch or feed.steps
            hooks = callbacks_for(callbacks, model, verbose=verbose, epochs=epochs, steps=steps)
            model.stop_training = False
            source = _Epochs(feed, steps_per_epoch, epochs)
            taker = training_steps(trainer)
            hooks.on_train_begin()
        resume_at = hooks.resume_at
        begin_step, end_step = hooks.on_train_batch_begin, hooks.on_train_batch_end
        if replicated is not None:
            resume_at = replicated.begun(resume_at)
            begin_step, end_step = replicated.deciding(hooks, "train")
        logs: dict[str, Any] = {}
        resumed_step = 0
        if resume_at is not None:
            initial_epoch, resumed_step = resume_at
        for epoch in range(initial_epoch, epochs):
            with replicas.together():
                model.reset_metrics()
                hooks.on_epoch_begin(epoch)
            batches = source.batches()
            taker.begin(_may_change_steps(hooks), hooks.is_told_of_steps("train"))
            if resumed_step:
                trainer.pass_over(batches, resumed_step)
                hooks.resumed()
            count, result = trainer.run_epoch(
                batches,
                taker,
                steps_per_epoch or source.known_steps(),
                begin_step,
                end_step,
                resumed_step,
                _group(trainer, taker, hooks, "train"),
            )
            resumed_step = 0
            if not model.stop_training:
                source.finished(count)
            if replicated is not None:
                replicated.put_together()
            logs = _epoch_logs(trainer, result)
            if validation is not None and _validates(validation_freq, epoch):
                found = _evaluate(model, trainer, validation, validation_steps, hooks)
                logs.update({f"val_{name}": value for name, value in found.items()})
            with replicas.together():
                trainer.end_epoch(logs.get("val_loss", logs.get("loss")))
                hooks.on_epoch_end(epoch, logs)
                feed.on_epoch_end()
            if replicated is not None:
                replicated.agree()
            if model.stop_training or source.ran_out:
                break
        with replicas.together():
            trainer.finished()
            hooks.on_train_end(logs)
    if device.type == "cpu":
        allocator.give_back(time.perf_counter() - began)
    return model.history


def evaluate_model(
    model: Any,
    trainer: Trainer,
    x: Any,
    y: Any,
    sample_weight: Any,
    batch_size: int | None,
    verbose: Any,
    steps: int | None,
    callbacks: Any,
) -> dict[str, float]:
    """`Model.evaluate`, as a dict."""
    replicated = trainer.replicated
    replicas = ALONE if replicated is None else replicated.replicas
    with replicas.together():
        feed = make_feed(by_input(x, model), y, sample_weight, batch_size, device=trainer.device())
        if replicated is not None:
            feed = shared_out(feed, replicas)
            replicas.check_same("`steps` of `evaluate`", steps, "Call it with the same arguments in all.")
        check_steps(feed, steps)
    with at_work(model, trainer.device(), feed):
        with replicas.together():
            if trainer.needs_build() and (batch := feed.first()) is not None:
                trainer.build_model(batch)
            trainer.look_at_layers()
            check_arrays(feed, model, trainer.config["loss"])
            verbose = _verbosity(verbose, 1)
            steps = _limited(steps, feed)
            hooks = callbacks_for(callbacks, model, history=False, verbose=verbose, epochs=1, steps=steps or feed.steps)
        if replicated is not None:
            replicated.put_together()
        return _evaluate(model, trainer, feed, steps, hooks)


def _evaluate(model: Any, trainer: Trainer, feed: Feed, steps: int | None, hooks: Any) -> dict[str, float]:
    replicated = trainer.replicated
    begin_step, end_step = hooks.on_test_batch_begin, hooks.on_test_batch_end
    with ALONE.together() if replicated is None else replicated.replicas.together():
        model.reset_metrics()
        hooks.on_test_begin()
    if replicated is not None:
        begin_step, end_step = replicated.deciding(hooks, "test")
    if trainer.device().type == "cpu":
        allocator.keep_activations()
    stopped, model.stop_training = model.stop_training, False
    taker = test_steps(trainer)
    taker.begin(_may_change_steps(hooks), hooks.is_told_of_steps("test"))
    with torch.no_grad():
        _, result = trainer.run_epoch(
            feed.epoch(),
            taker,
            steps or feed.steps,
            begin_step,
            end_step,
            group=_group(trainer, taker, hooks, "test"),
        )
    model.stop_training = model.stop_training or stopped
    logs = _epoch_logs(trainer, result)
    with ALONE.together() if replicated is None else replicated.replicas.together():
        feed.on_epoch_end()
        hooks.on_test_end(logs)
    return logs


def predict_model(
    model: Any, trainer: Trainer | None, x: Any, batch_size: int | None, verbose: Any, steps: int | None, callbacks: Any
) -> Any:
    """`Model.predict`."""
    verbose = _verbosity(verbose, 0)
    device = device_of(model) or torch.device("cpu")
    if device.type == "cpu":
        allocator.keep_activations()
    feed = make_feed(by_input(x, model), batch_size=batch_size, device=device)
    steps = _limited(steps, feed)
    check_steps(feed, steps)
    with at_work(model, device, feed):
        taker = predict_steps(model, trainer, device)
        captured = not isinstance(taker, EagerSteps)
        samples = feed.samples if isinstance(feed, ArrayFeed) and steps is None else None
        collected = collecting(device, samples, captured)
        batches, total = feed.epoch(), steps or feed.steps
        # What a graph was captured with outlives the prediction, and is no tensor of inference mode.
        within = torch.no_grad if captured else torch.inference_mode
        if not verbose and not callbacks:
            taker.begin(False, False)
            with within():
                _each(batches, taker, total, collected)
                return collected.arrays()
        hooks = callbacks_for(callbacks, model, history=False, verbose=verbose, epochs=1, steps=total)
        hooks.on_predict_begin()
        taker.begin(_may_change_steps(hooks), hooks.is_told_of_steps("predict"))
        count, group = 0, 1 if trainer is None else trainer.steps_per_execution
        while total is None or count < total:
            hooks.on_predict_batch_begin(count)
            outputs: list[Any] = []
            with within():
                for _ in range(group if total is None else min(group, total - count)):
                    ran, found = taker.run(batches, 1)
                    if not ran:
                        break
                    outputs.append(map_structure(_copied, found) if captured else found)
                    collected.add(found)
            if not outputs:
                break
            count += len(outputs)
            logs = Logs(lambda outputs=outputs: {"outputs": _joined(outputs)}, convert=to_arrays)  # type: ignore[misc]
            hooks.on_predict_batch_end(count - 1, logs)
        feed.on_epoch_end()
        hooks.on_predict_end()
        with within():
            return collected.arrays()


def _each(batches: Iterator[Batch], taker: Steps, steps: int | None, collected: Collecting) -> None:
    count = 0
    while steps is None or count < steps:
        ran, found = taker.run(batches, 1)
        if not ran:
            return
        collected.add(found)
        count += 1


def _copied(value: Any) -> Any:
    """A tensor that the next replay does not write to."""
    return value.clone() if isinstance(value, Tensor) else value


def _joined(outputs: list[Any]) -> Any:
    """The outputs of several steps as those of one."""
    if len(outputs) == 1:
        return outputs[0]
    return pack_as(outputs[0], [torch.cat(leaves) for leaves in zip(*map(flatten, outputs), strict=True)])


class _Epochs:
    """The batches of each epoch of fit, where `steps_per_epoch` may cut the data elsewhere than it ends."""

    def __init__(self, feed: Feed, steps_per_epoch: int | None, epochs: int) -> None:
        self.feed, self.steps_per_epoch, self.epochs = feed, steps_per_epoch, epochs
        self.ran_out = False
        self._known = feed.steps
        whole = steps_per_epoch is None or steps_per_epoch == feed.steps or isinstance(innermost(feed), SequenceFeed)
        self._stream: Iterator[Batch] | None = None if whole and feed.restarts else self._one_stream()

    def _one_stream(self) -> Iterator[Batch]:
        """One pass after another: arrays as often as there are epochs, a data set or a generator once."""
        again = self.epochs if isinstance(innermost(self.feed), ArrayFeed) else 1
        for _ in range(again):
            yield from self.feed.epoch()

    def known_steps(self) -> int | None:
        return self._known

    def batches(self) -> Iterator[Batch]:
        return self.feed.epoch() if self._stream is None else self._stream

    def finished(self, count: int) -> None:
        expected = self.steps_per_epoch or self._known
        if expected is not None and count < expected:
            self.ran_out = True
            warnings.warn(
                f"Your input ran out of data; interrupting training. Make sure that your dataset or generator can "
                f"generate at least `steps_per_epoch * epochs` batches (here {expected * self.epochs}). "
                f"You may need to use the repeat() function when building your dataset.",
                stacklevel=4,
            )
        if self._known is None and self.steps_per_epoch is None:
            if not count:
                raise ValueError("Expected input data to be non-empty.")
            self._known = count


def callbacks_for(callbacks: Any, model: Any, history: bool = True, **params: Any) -> Any:
    """The user's callbacks as a list that can be told of everything, with history and progress as Keras adds them."""
    if isinstance(callbacks, CallbackList):
        return callbacks
    return CallbackList(callbacks, add_history=history, add_progbar=params["verbose"] != 0, model=model, **params)


def by_input(x: Any, model: Any) -> Any:
    """A frame for a model of several inputs as its columns by name; all else as it is."""
    if hasattr(x, "columns") and hasattr(x, "to_numpy") and len(model.input_names) > 1:
        return {name: x[name] for name in x.columns}
    return x


def one_batch(trainer: Trainer, x: Any, y: Any, sample_weight: Any, class_weight: Any) -> Batch:
    x = by_input(x, trainer.model)
    replicated = trainer.replicated
    with ALONE.together() if replicated is None else replicated.replicas.together():
        feed = make_feed(x, y, sample_weight, 1 << 62, False, class_weight, trainer.device())
        if replicated is not None:
            feed = shared_out(feed, replicated.replicas)
        batch = feed.first()
    assert batch is not None
    return batch


def figures_of_batch(trainer: Trainer, result: Any) -> dict[str, Any]:
    """The figures after a step that stands for itself: of the whole batch, where several processes have parts of it."""
    replicated = trainer.replicated
    if replicated is None:
        return to_numbers(trainer.figures(result))
    with replicated.merged():
        found: dict[str, Any] = replicated.replicas.from_first(to_numbers(trainer.figures(result)))
    return found


def _may_change_steps(hooks: Any) -> bool:
    """Whether there are callbacks that may have changed, between epochs, what the Python of a step does."""
    return any(is_users(type(callback)) or isinstance(callback, LambdaCallback) for callback in hooks)


def _group(trainer: Trainer, taker: Steps, hooks: Any, mode: str) -> int:
    """How many steps the batch hooks are around: several where only a progress bar would look in between."""
    asked = trainer.steps_per_execution
    return asked if hooks.is_told_of_steps(mode) else max(asked, taker.together)


def _epoch_logs(trainer: Trainer, result: Any) -> dict[str, Any]:
    replicated = trainer.replicated
    if replicated is None:
        return to_numbers(trainer.figures(result))
    replicated.merge(trainer.model.metrics)
    found: dict[str, Any] = replicated.replicas.from_first(to_numbers(trainer.figures(result)))
    return found


def _verbosity(verbose: Any, usual: int) -> int:
    """How much is printed: nothing but by the first of several processes."""
    return 0 if not is_first() else usual if verbose == "auto" else int(verbose)


def _validation_feed(model: Any, data: Any, batch_size: int | None, device: torch.device) -> Feed | None:
    if data is None:
        return None
    if isinstance(data, (tuple, list)) and len(data) in (1, 2, 3) and is_array_data(data[0]):
        x, y, sample_weight = (*data, None, None)[:3]
        return make_feed(by_input(x, model), y, sample_weight, batch_size, device=device)
    if isinstance(data, (tuple, list)):
        raise ValueError(
            f"`validation_data` is expected to be `(x,)`, `(x, y)` or `(x, y, sample_weight)`, or a data set. "
            f"Received {type(data).__name__} of {len(data)}."
        )
    return make_feed(data, device=device)


def _limited(steps: int | None, feed: Feed) -> int | None:
    """How many steps were asked for, or what `set_max_steps_per_epoch` allows where that is less."""
    limit, known = settings.max_steps_per_epoch, steps or feed.steps
    return steps if limit is None or (known is not None and known <= limit) else limit


def _validates(freq: Any, epoch: int) -> bool:
    if isinstance(freq, int):
        return (epoch + 1) % freq == 0
    if isinstance(freq, (list, tuple, set)):
        return epoch + 1 in freq
    raise ValueError(f"Expected `validation_freq` to be a list or int. Received: validation_freq={freq!r}")


def _check_counts(batch_size: Any, epochs: int, initial_epoch: int, steps_per_epoch: Any) -> None:
    if batch_size is not None and batch_size <= 0:
        raise ValueError(f"Expected batch_size to be positive. Received is {batch_size}.")
    if epochs <= 0:
        raise ValueError(f"Expected epochs to be positive. Received is {epochs}.")
    if initial_epoch < 0:
        raise ValueError(f"Expected initial_epoch to be non-negative. Received is {initial_epoch}.")
    if steps_per_epoch is not None and steps_per_epoch <= 0:
        raise ValueError(f"steps_per_epoch must be positive or None. Received {steps_per_epoch}.")
