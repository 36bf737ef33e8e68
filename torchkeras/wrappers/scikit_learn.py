"""keras.wrappers.scikit_learn: Keras models with the interface of scikit-learn's estimators.

As in TensorFlow up to 2.11; the package scikeras goes on from there. scikit-learn itself is not needed.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras import losses
from torchkeras.models import Model
from torchkeras.utils import to_categorical

__all__ = ["KerasClassifier", "KerasRegressor"]


class BaseWrapper:
    """An estimator around a function that makes a compiled model.

    Args:
        build_fn: the function, or an object that can be called; none where a subclass defines `__call__`.
        sk_params: arguments of `build_fn`, and of the model's `fit`, `evaluate` and `predict`.

    Example: `KerasRegressor(build_fn=make_model, epochs=10, batch_size=32).fit(x, y)`
    """

    model: Model

    def __init__(self, build_fn: Callable[..., Model] | None = None, **sk_params: Any) -> None:
        self.build_fn = build_fn
        self.sk_params = sk_params
        self.check_params(sk_params)

    def _builder(self) -> Callable[..., Model]:
        if self.build_fn is not None:
            return self.build_fn
        if not callable(self):
            raise ValueError(f"{type(self).__name__} needs a `build_fn` that makes a compiled model.")
        return self

    def check_params(self, params: dict[str, Any]) -> None:
        """Refuses what neither the function nor the model's methods take."""
        known = {"build_fn"}
        for function in (Model.fit, Model.evaluate, Model.predict, self._builder()):
            known |= set(inspect.signature(function).parameters)
        for name in params:
            if name not in known:
                raise ValueError(f"{name} is not a legal parameter")

    def get_params(self, **params: Any) -> dict[str, Any]:
        """The parameters this estimator was made with."""
        return dict(self.sk_params) | {"build_fn": self.build_fn}

    def set_params(self, **params: Any) -> Any:
        """Sets parameters, and gives the estimator back."""
        self.check_params(params)
        self.sk_params.update(params)
        return self

    def filter_sk_params(self, fn: Callable[..., Any], override: dict[str, Any] | None = None) -> dict[str, Any]:
        """Those of the parameters that a function takes."""
        taken = inspect.signature(fn).parameters
        return {name: value for name, value in self.sk_params.items() if name in taken} | (override or {})

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Makes a new model and trains it; gives its History."""
        build = self._builder()
        self.model = build(**self.filter_sk_params(build))
        return self.model.fit(x, self._targets(y), **self.filter_sk_params(Model.fit, kwargs))

    def _targets(self, y: Any) -> Any:
        """One-hot rows for a loss that needs them."""
        if _loss_name(self.model) == "categorical_crossentropy" and np.ndim(y) != 2:
            return to_categorical(y)
        return y


class KerasClassifier(BaseWrapper):
    """A classifier. The model ends in a probability for each class, or in one for the second of two."""

    classes_: np.ndarray
    n_classes_: int

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        y = np.asarray(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
        elif y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1):
            self.classes_ = np.unique(y)
            y = np.searchsorted(self.classes_, y)
        else:
            raise ValueError(f"Invalid shape for y: {y.shape}")
        self.n_classes_ = len(self.classes_)
        return super().fit(x, y, **kwargs)

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The likeliest class of each sample."""
        probabilities = np.asarray(self.model.predict(x, **self.filter_sk_params(Model.predict, kwargs)))
        if probabilities.shape[-1] > 1:
            return self.classes_[probabilities.argmax(axis=-1)]
        return self.classes_[(probabilities > 0.5).astype("int32")]

    def predict_proba(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The probability of each class."""
        probabilities = np.asarray(self.model.predict(x, **self.filter_sk_params(Model.predict, kwargs)))
        if probabilities.shape[1] == 1:
            return np.hstack([1 - probabilities, probabilities])
        return probabilities

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """The mean accuracy."""
        targets = self._targets(np.searchsorted(self.classes_, y))
        results = self.model.evaluate(x, targets, **self.filter_sk_params(Model.evaluate, kwargs))
        results = results if isinstance(results, list) else [results]
        for name, result in zip(self.model.metrics_names, results):
            if name in ("accuracy", "acc"):
                return float(result)
        raise ValueError(
            "The model is not configured to compute accuracy. You should pass `metrics=['accuracy']` to the "
            "`model.compile()` method."
        )


class KerasRegressor(BaseWrapper):
    """A regressor."""

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The prediction of each sample."""
        return np.squeeze(self.model.predict(x, **self.filter_sk_params(Model.predict, kwargs)), axis=-1)

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """The negated loss: greater is better."""
        loss = self.model.evaluate(x, y, **self.filter_sk_params(Model.evaluate, kwargs))
        return -float(loss[0] if isinstance(loss, list) else loss)


def _loss_name(model: Model) -> str | None:
    loss = model.loss
    if isinstance(loss, losses.Loss):
        return str(loss.name)
    return loss if isinstance(loss, str) else getattr(loss, "__name__", None)
