"""A model whose steps call only its parts: it needs no `call`, and the first step may make the weights."""

import numpy as np
import pytest

import torchkeras as keras
import torchkeras.tensorflow as tf

X = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.0], [-2.0, 1.0]], "float32")


class Halves(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = keras.Sequential([keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
        self.mean = keras.metrics.Mean(name="squares")

    @property
    def metrics(self):
        return [self.mean]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.encoder(data)))
        variables = self.encoder.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.mean.update_state(loss)
        return {"squares": self.mean.result()}

    def test_step(self, data):
        self.mean.update_state(tf.reduce_mean(tf.square(self.encoder(data))))
        return {"squares": self.mean.result()}


def test_fit_and_evaluate_without_call():
    model = Halves()
    model.compile(keras.optimizers.SGD(0.1))
    history = model.fit(X, epochs=2, batch_size=4, shuffle=False, verbose=0)
    w, losses = np.ones((2, 1)), []
    for _ in range(2):
        losses.append(((X @ w) ** 2).mean())
        w = w - 0.1 * 2 * X.T @ (X @ w) / 4
    np.testing.assert_allclose(history.history["squares"], losses, rtol=1e-5)
    np.testing.assert_allclose(model.encoder.get_weights()[0], w, rtol=1e-5)
    result = model.evaluate(X, batch_size=4, verbose=0, return_dict=True)
    assert result["squares"] == pytest.approx(((X @ w) ** 2).mean(), rel=1e-5)


def test_calling_or_predicting_without_call_is_an_error():
    model = Halves()
    model.compile("sgd")
    with pytest.raises(NotImplementedError, match="has no `call\\(\\)`"):
        model.predict(X, verbose=0)
    with pytest.raises(NotImplementedError, match="has no `call\\(\\)`"):
        model(X)
