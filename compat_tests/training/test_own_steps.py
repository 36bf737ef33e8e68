"""train_step and test_step written as Keras 3's guides write them. The figures are Keras 3.15's on TensorFlow."""

import numpy as np
import pytest

import torchkeras as keras

X = np.linspace(-1, 1, 300).reshape(100, 3).astype("float32")
Y = X[:, :1] ** 2


class ByName(keras.Model):
    """Goes through `self.metrics`: the loss by its name, all others with the targets."""

    def train_step(self, data):
        x, y = data
        self.zero_grad()
        y_pred = self(x, training=True)
        loss = self.compute_loss(y=y, y_pred=y_pred)
        loss.backward()
        self.optimizer.apply([v.grad for v in self.trainable_variables], self.trainable_variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}

    def test_step(self, data):
        x, y = data
        y_pred = self(x, training=False)
        loss = self.compute_loss(y=y, y_pred=y_pred)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


def compiled(**settings):
    inputs = keras.Input((3,))
    model = ByName(inputs, keras.layers.Dense(1, kernel_initializer="ones")(inputs))
    model.compile(keras.optimizers.SGD(0.01), "mse", **settings)
    return model


def test_every_metric_is_reported_and_the_step_says_what_the_loss_is():
    model = compiled(metrics=["mae", keras.metrics.MeanSquaredError(name="squares")])
    history = model.fit(X, Y, batch_size=32, epochs=2, shuffle=False, verbose=0).history
    assert history["loss"] == pytest.approx([3.22919, 2.62439], abs=1e-4)  # the short last batch counts as one
    assert history["mae"] == pytest.approx([1.49238, 1.35338], abs=1e-4)
    assert history["squares"] == pytest.approx([3.19374, 2.67278], abs=1e-4)
    assert set(history) == {"loss", "mae", "squares"}


def test_evaluate_before_any_training():
    figures = compiled(metrics=["mae"]).evaluate(X, Y, verbose=0, return_dict=True)
    assert figures["mae"] == pytest.approx(1.51173, abs=1e-4)
    assert list(figures) == ["loss", "mae"]


def test_without_metrics_there_is_the_loss_alone():
    assert set(compiled().fit(X, Y, verbose=0).history) == {"loss"}


def test_the_loss_that_a_step_leaves_alone_is_weighted_by_samples():
    class Plain(ByName):
        def train_step(self, data):
            x, y = data
            loss = self.compute_loss(y=y, y_pred=self(x, training=True))
            return {"loss": self.metrics[0].result(), "latest": loss}

    inputs = keras.Input((3,))
    model = Plain(inputs, keras.layers.Dense(1, kernel_initializer="ones")(inputs))
    model.compile("sgd", "mse")
    found = model.fit(X, Y, batch_size=32, shuffle=False, verbose=0).history["loss"][0]
    predicted = X.sum(1, keepdims=True)
    assert found == pytest.approx(float(((predicted - Y) ** 2).mean()), rel=1e-5)


def test_a_layer_that_updates_a_metric_can_be_called_on_symbols():
    class Endpoint(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.accuracy = keras.metrics.BinaryAccuracy(name="hits")

        def call(self, scores, targets):
            self.add_loss(keras.ops.mean((scores - targets) ** 2))
            self.accuracy.update_state(targets, scores)
            return scores

    scores, targets = keras.Input((1,)), keras.Input((1,))
    endpoint = Endpoint()
    model = keras.Model([scores, targets], endpoint(scores, targets))
    assert [float(variable) for variable in endpoint.accuracy.variables] == [0.0, 0.0]
    model.compile("sgd")
    truth = np.array([[0.0], [1.0], [1.0], [1.0]], "float32")
    history = model.fit([np.array([[0.1], [0.9], [0.2], [0.8]], "float32"), truth], verbose=0).history
    assert history["hits"] == [0.75]
    assert history["loss"] == pytest.approx([0.175])


def test_loss_and_optimizer_may_be_set_before_compile():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1, kernel_initializer="ones")
            self.loss = keras.losses.MeanAbsoluteError()
            self.optimizer = "sgd"

        def call(self, inputs):
            return self.dense(inputs)

        def train_step(self, data):
            x, y = data
            return {"own": self.loss(y, self(x))}

    model = Own()
    assert model.optimizer == "sgd"
    model.compile("adam")
    assert isinstance(model.loss, keras.losses.MeanAbsoluteError)
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    found = model.fit(X, Y, batch_size=100, shuffle=False, verbose=0).history["own"][0]
    assert found == pytest.approx(float(np.abs(X.sum(1, keepdims=True) - Y).mean()), rel=1e-5)
    model.compile("adam", "mse")
    assert model.loss == "mse"
