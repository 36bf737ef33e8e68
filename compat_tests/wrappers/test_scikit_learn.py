"""KerasClassifier and KerasRegressor."""

import copy

import numpy as np
import pytest

import torchkeras as keras
from torchkeras.wrappers.scikit_learn import KerasClassifier, KerasRegressor


def line(units=1):
    model = keras.Sequential([keras.layers.Dense(units, input_shape=(1,))])
    model.compile(keras.optimizers.Adam(0.1), "mse", metrics=["mae"])
    return model


def classes(loss="sparse_categorical_crossentropy", units=2, activation="softmax", metrics=("accuracy",)):
    model = keras.Sequential([keras.layers.Dense(units, activation=activation, input_shape=(1,))])
    model.compile(keras.optimizers.Adam(0.2), loss, metrics=list(metrics))
    return model


X = np.linspace(-1, 1, 64)[:, None]


def test_a_regressor_learns_and_scores():
    estimator = KerasRegressor(build_fn=line, epochs=60, batch_size=16, verbose=0)
    history = estimator.fit(X, 3 * X[:, 0] + 1)
    assert len(history.history["loss"]) == 60
    assert estimator.predict(X[:3]).shape == (3,)
    np.testing.assert_allclose(estimator.predict([[0.5]]), [2.5], atol=0.1)
    assert -0.01 < estimator.score(X, 3 * X[:, 0] + 1, verbose=0) <= 0


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"loss": "categorical_crossentropy"},
        {"loss": "binary_crossentropy", "units": 1, "activation": "sigmoid"},
    ],
)
def test_a_classifier_gives_the_labels_it_was_given(config):
    labels = np.where(X[:, 0] > 0, 7, 3)
    estimator = KerasClassifier(classes, epochs=20, batch_size=8, verbose=0, **config)
    estimator.fit(X, labels)
    assert estimator.classes_.tolist() == [3, 7]
    assert estimator.predict(np.array([[-1.0], [1.0]])).ravel().tolist() == [3, 7]
    probabilities = estimator.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-5)
    assert estimator.score(X, labels) > 0.9


def test_parameters_are_those_of_the_function_and_of_the_model():
    estimator = KerasRegressor(line, units=2, epochs=1)
    assert estimator.get_params() == {"units": 2, "epochs": 1, "build_fn": line}
    assert estimator.set_params(epochs=3) is estimator
    assert estimator.filter_sk_params(line) == {"units": 2}
    assert copy.deepcopy(estimator).get_params()["epochs"] == 3
    assert type(estimator)(**estimator.get_params()).get_params() == estimator.get_params()  # as sklearn's clone does
    with pytest.raises(ValueError, match="depth is not a legal parameter"):
        KerasRegressor(line, depth=2)
    with pytest.raises(ValueError, match="KerasRegressor needs a `build_fn`"):
        KerasRegressor()


def test_a_subclass_may_make_the_model_itself():
    class Line(KerasRegressor):
        def __call__(self, units=1):
            return line(units)

    estimator = Line(units=1, epochs=2, verbose=0)
    estimator.fit(X, X[:, 0])
    assert estimator.predict(X).shape == (64,)


def test_accuracy_must_be_among_the_metrics():
    estimator = KerasClassifier(classes, metrics=(), epochs=1, verbose=0)
    estimator.fit(X, X[:, 0] > 0)
    with pytest.raises(ValueError, match="The model is not configured to compute accuracy"):
        estimator.score(X, X[:, 0] > 0)


def test_by_its_old_address():
    assert keras.wrappers.scikit_learn.KerasClassifier is KerasClassifier
