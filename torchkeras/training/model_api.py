"""What a model can do once it has been compiled: the public methods of training, as Keras names them."""

from __future__ import annotations

import contextlib
import warnings
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import optimizers
from torchkeras.core import replicas as scopes
from torchkeras.core.denormals import flushed
from torchkeras.core.kinds import bridge
from torchkeras.core.replicas import ALONE, Replicas
from torchkeras.data.feed import unpack_x_y_sample_weight
from torchkeras.saving.compiling import settings_from_config, settings_to_config
from torchkeras.training.fitting import evaluate_model, figures_of_batch, fit_model, one_batch, predict_model
from torchkeras.training.torch_optimizer import is_torch_optimizer
from torchkeras.training.trainer import Trainer

_NOT_COMPILED = "You must compile your model before training/testing. Use `model.compile(optimizer, loss)`."
_IGNORED_IN_COMPILE = {
    "auto_scale_loss",
    "cloning",
    "experimental_run_tf_function",
    "sample_weight_mode",
    "pss_evaluation_shards",
}


class TrainingMethods:
    """compile, fit, evaluate, predict and the steps that a subclass may write anew."""

    stop_training: bool = False
    history: Any = None
    _trainer: Trainer | None = None
    #: The processes that train it: those in whose scope it was made.
    _replicas: Replicas = ALONE

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        loss_weights: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool | None = None,
        steps_per_execution: Any = None,
        jit_compile: Any = None,
        *,
        runner: str = "auto",
        **kwargs: Any,
    ) -> None:
        """Sets how the model is trained.

        Args:
            optimizer: a name, a Keras optimizer, a torch optimizer, or a function from parameters to one.
            loss: a name, a function (y_true, y_pred), a Loss, a torch loss module; a list or dict of them by output.
            metrics: what to report, in the same forms.
            loss_weights: how much the loss of each output counts.
            weighted_metrics: metrics that count by sample weights.
            run_eagerly: True for steps that are taken by Python one after the other, the same as `runner='eager'`.
            steps_per_execution: around how many steps at a time the callbacks' batch hooks are called.
            jit_compile: True to run the model through torch.compile.
            runner: 'auto' to capture the steps as CUDA graphs where that can be, 'captured' for an error where there is
                no CUDA, 'eager' never to.
        """
        unknown = set(kwargs) - _IGNORED_IN_COMPILE
        if unknown:
            raise TypeError(f"Invalid keyword argument(s) in `compile()`: {unknown}.")
        if run_eagerly and jit_compile is True:
            raise ValueError("You cannot enable `run_eagerly` and `jit_compile` at the same time.")
        self._join_replicas()
        self.__dict__.pop("_own_optimizer", None)
        if loss is not None:
            self.__dict__.pop("_own_loss", None)
        if kwargs.get("auto_scale_loss", True):
            optimizer = _with_scaled_loss(self, optimizer)
        self.__dict__["_trainer"] = Trainer(
            self,
            optimizer,
            loss,
            metrics,
            loss_weights,
            weighted_metrics,
            run_eagerly,
            steps_per_execution,
            jit_compile,
            runner,
        )
        self.stop_training = False

    def _join_replicas(self) -> None:
        """In the scope of a strategy the model must be of that one; an error where its weights were made outside."""
        replicas = scopes.present()
        if replicas is None or replicas is self._replicas:
            return
        if self.weights:  # type: ignore[attr-defined]
            raise ValueError(
                f"{self.name!r} is compiled in the scope of a strategy, but its weights were made outside of it: make "  # type: ignore[attr-defined]
                f"the model in there as well, as in `with strategy.scope(): model = make_model(); model.compile(...)`."
            )
        self.__dict__["_replicas"] = replicas

    def _in_scope(self) -> Any:
        """Around fit, evaluate and predict, where the model was made in a scope."""
        return scopes.fitting(self._replicas) if self._replicas is not ALONE else contextlib.nullcontext()

    # --- the whole ---

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: Any = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
    ) -> Any:
        """Trains the model for a number of epochs and gives the History of its figures.

        Args:
            x: the inputs: arrays, tensors, frames, lists or dicts of them; a Sequence, generator, Dataset, DataLoader.
            y: the targets, where x does not give them.
            batch_size: samples per step; 32 unless given.
            epochs: when to stop, counted from 0; the first is `initial_epoch`.
            verbose: 0 silent, 1 a progress bar, 2 a line per epoch.
            callbacks: what is told of every step and epoch.
            validation_split: the share at the end of the arrays to validate on; or `validation_data`.
            shuffle: whether arrays and Sequences come in a new order each epoch.
            class_weight, sample_weight: how much each class or sample counts in the loss.
            steps_per_epoch, validation_steps: how many batches make an epoch, where the data does not say.
        """
        trainer = self._compiled()
        with trainer.as_compiled(), flushed(trainer.device()), self._in_scope():
            return fit_model(
                self, trainer, x, y, sample_weight, batch_size=batch_size, epochs=epochs, verbose=verbose,
                callbacks=callbacks, validation_split=validation_split, validation_data=validation_data,
                shuffle=shuffle,
                class_weight=class_weight, initial_epoch=initial_epoch, steps_per_epoch=steps_per_epoch,
                validation_steps=validation_steps, validation_batch_size=validation_batch_size,
                validation_freq=validation_freq,
            )  # fmt: skip

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        return_dict: bool = False,
    ) -> Any:
        """The loss and the metrics on other data: a list in the order of `metrics_names`, or a dict."""
        trainer = self._compiled()
        with flushed(trainer.device()), self._in_scope():
            figures = evaluate_model(self, trainer, x, y, sample_weight, batch_size, verbose, steps, callbacks)
        return figures if return_dict else _as_list(figures, self.metrics_names)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = 0,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
    ) -> Any:
        """The outputs for many inputs, as NumPy arrays."""
        with self._in_scope():
            return predict_model(self, self._trainer, x, batch_size, verbose, steps, callbacks)

    # --- one batch ---

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: dict[int, float] | None = None,
        reset_metrics: bool = True,
        return_dict: bool = False,
    ) -> Any:
        """One step of training; gives its figures."""
        trainer = self._compiled()
        batch = one_batch(trainer, x, y, sample_weight, class_weight)
        with trainer.as_compiled(), flushed(trainer.device()), self._in_scope():
            trainer.ready(batch)
            if reset_metrics:
                self.reset_metrics()
            result = trainer.train(batch)
            if trainer.replicated is not None:
                trainer.replicated.put_together()
            figures = figures_of_batch(trainer, result)
        return figures if return_dict else _as_list(figures, self.metrics_names)

    def test_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        reset_metrics: bool = True,
        return_dict: bool = False,
    ) -> Any:
        """The figures of one batch, without training on it."""
        trainer = self._compiled()
        batch = one_batch(trainer, x, y, sample_weight, None)
        if reset_metrics:
            self.reset_metrics()
        with torch.no_grad(), self._in_scope():
            figures = figures_of_batch(trainer, trainer.test(batch))
        return figures if return_dict else _as_list(figures, self.metrics_names)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, as NumPy arrays."""
        return predict_model(self, self._trainer, x, 1 << 62, 0, None, None)

    # --- the steps, to be written anew by a subclass that wants to ---

    def train_step(self, data: Any) -> Any:
        """Trains on one batch; gives its figures by name."""
        if bridge.active:  # called by a user's own step
            with bridge.step():
                return bridge.call(self._train_step, (data,), {})
        return self._train_step(data)

    def _train_step(self, data: Any) -> Any:
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self._compiled().forward(x, training=True)
        loss = self.compute_loss(x, y, y_pred, sample_weight)
        self._compiled().minimise(loss)
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def test_step(self, data: Any) -> Any:
        """Evaluates one batch; gives its figures by name."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self._compiled().forward(x, training=False)
        self.compute_loss(x, y, y_pred, sample_weight)
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def predict_step(self, data: Any) -> Any:
        """The outputs for one batch."""
        return self(unpack_x_y_sample_weight(data)[0], training=False)  # type: ignore[operator]

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Tensor:
        """The total loss of a batch: what `compile` asked for, and what layers added."""
        trainer = self._compiled()
        return trainer.compiled_loss(y, y_pred, sample_weight, regularization_losses=trainer.added_losses())

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Updates the metrics with a batch; gives all results by name."""
        trainer = self._compiled()
        trainer.compiled_metrics.update_state(y, y_pred, sample_weight)
        return trainer.metric_values()

    def get_metrics_result(self) -> dict[str, Any]:
        """The present results of all metrics, by name."""
        return self._compiled().metric_values()

    def make_train_function(self, force: bool = False) -> Any:
        """A function that takes an iterator over batches and trains on the next."""
        trainer = self._compiled()
        return lambda iterator: trainer.train(next(iterator))

    def make_test_function(self, force: bool = False) -> Any:
        trainer = self._compiled()
        return lambda iterator: trainer.test(next(iterator))

    def make_predict_function(self, force: bool = False) -> Any:
        return lambda iterator: self.predict_step(next(iterator).data)

    def _own_steps(self) -> set[str]:
        """Which of the steps the class, or the model itself, has written anew."""
        return {
            name
            for name in (
                "train_step",
                "test_step",
                "predict_step",
                "compute_loss",
                "compute_metrics",
                "make_predict_function",
            )
            if getattr(type(self), name) is not getattr(TrainingMethods, name) or name in self.__dict__
        }

    # --- what has been compiled ---

    def _compiled(self) -> Trainer:
        if self._trainer is None:
            raise RuntimeError(_NOT_COMPILED)
        return self._trainer

    @property
    def compiled(self) -> bool:
        return self._trainer is not None

    _is_compiled = compiled

    @property
    def optimizer(self) -> Any:
        return self.__dict__.get("_own_optimizer") if self._trainer is None else self._trainer.optimizer

    @optimizer.setter
    def optimizer(self, value: Any) -> None:
        if self._trainer is None:
            self.__dict__["_own_optimizer"] = value
        else:
            self._trainer.set_optimizer(value)

    @property
    def loss(self) -> Any:
        """What `compile` was given, or what a class whose step computes with a loss of its own has set here."""
        if "_own_loss" in self.__dict__:
            return self.__dict__["_own_loss"]
        return None if self._trainer is None else self._trainer.config["loss"]

    @loss.setter
    def loss(self, value: Any) -> None:
        self.__dict__["_own_loss"] = value

    @property
    def compiled_loss(self) -> Any:
        return None if self._trainer is None else self._trainer.compiled_loss

    @property
    def compiled_metrics(self) -> Any:
        return None if self._trainer is None else self._trainer.compiled_metrics

    @property
    def metrics(self) -> list[Any]:
        """The running means of the losses, the compiled metrics, and those that layers hold."""
        return [] if self._trainer is None else self._trainer.metrics()

    @property
    def metrics_names(self) -> list[str]:
        return [metric.name for metric in self.metrics]

    def reset_metrics(self) -> None:
        """Starts all metrics anew."""
        for metric in self.metrics:
            metric.reset_state()

    def get_compile_config(self) -> dict[str, Any] | None:
        """What `compile` was called with, as plain data; None, with a warning, where it cannot be put into a config."""
        trainer = self._compiled()
        return settings_to_config(trainer.config, trainer.optimizer)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles the model as the one was whose `get_compile_config` gave this."""
        if type(self).compile is not TrainingMethods.compile:
            warnings.warn(
                f"{type(self).__name__} has a `compile()` of its own, so that it was not called while the model was "
                f"loaded: call it, or override `get_compile_config()` and `compile_from_config(config)`.",
                stacklevel=2,
            )
            return
        self.compile(**settings_from_config(config))

    # --- Keras's old names ---

    def fit_generator(self, generator: Any, steps_per_epoch: int | None = None, epochs: int = 1, **kwargs: Any) -> Any:
        """`fit`, from when generators had a method of their own."""
        _warn_old("fit_generator", "fit")
        return self.fit(generator, steps_per_epoch=steps_per_epoch, epochs=epochs, **kwargs)

    def evaluate_generator(self, generator: Any, steps: int | None = None, **kwargs: Any) -> Any:
        """`evaluate`, from when generators had a method of their own."""
        _warn_old("evaluate_generator", "evaluate")
        return self.evaluate(generator, steps=steps, **kwargs)

    def predict_generator(self, generator: Any, steps: int | None = None, **kwargs: Any) -> Any:
        """`predict`, from when generators had a method of their own."""
        _warn_old("predict_generator", "predict")
        return self.predict(generator, steps=steps, **kwargs)

    def predict_proba(self, x: Any, batch_size: int | None = 32, verbose: int = 0) -> Any:
        """`predict`, of a Sequential classifier."""
        return self.predict(x, batch_size=batch_size, verbose=verbose)

    def predict_classes(self, x: Any, batch_size: int | None = 32, verbose: int = 0) -> np.ndarray:
        """The most probable class of each sample, or 0 and 1 for a single output."""
        probabilities = self.predict(x, batch_size=batch_size, verbose=verbose)
        if probabilities.shape[-1] > 1:
            return probabilities.argmax(axis=-1)
        return (probabilities > 0.5).astype("int32")


def _with_scaled_loss(model: Any, optimizer: Any) -> Any:
    """The optimizer as float16 wants it, in which small gradients would vanish; as it is for other policies."""
    if model.dtype_policy.name != "mixed_float16":
        return optimizer
    if is_torch_optimizer(optimizer):
        warnings.warn(
            "The loss is not scaled for an optimizer of torch, so that small gradients vanish in float16: compile with "
            "an optimizer of keras.optimizers, or choose 'mixed_bfloat16'.",
            stacklevel=3,
        )
        return optimizer
    found = optimizers.get(optimizer)
    return found if isinstance(found, optimizers.LossScaleOptimizer) else optimizers.LossScaleOptimizer(found)


def _as_list(figures: dict[str, Any], names: list[str]) -> Any:
    """The figures as a list in the order of the metrics, others after them by name; a single one alone."""
    order = [name for name in names if name in figures] + sorted(name for name in figures if name not in names)
    values = [figures[name] for name in order]
    return values[0] if len(values) == 1 else values


def _warn_old(old: str, new: str) -> None:
    warnings.warn(f"`Model.{old}` is deprecated. Please use `Model.{new}`, which supports generators.", stacklevel=3)
