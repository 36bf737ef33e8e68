"""Models of the sessions, each made by a function of a Keras-like namespace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def classifier(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((5,), name="features"),
            layers.Dense(8, activation="tanh", name="hidden"),
            layers.Dense(3, activation="softmax", name="classes"),
        ],
        name="classifier",
    )


def logits(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input((5,)), layers.Dense(6, activation="tanh"), layers.Dense(3)], name="logits")


def binary(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((5,)), layers.Dense(6, activation="tanh"), layers.Dense(1, activation="sigmoid")], name="binary"
    )


def several(keras: Any) -> Any:
    return keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, activation="sigmoid")], name="several")


def regression(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input((3,)), layers.Dense(6, activation="tanh"), layers.Dense(1)], name="regression")


def tagger(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((4, 5)),
            layers.Dense(6, activation="tanh"),
            layers.Dense(3, activation="softmax"),
        ],
        name="tagger",
    )


def masked_tagger(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((4, 5)),
            layers.Masking(0.0),
            layers.Dense(6, activation="tanh"),
            layers.Dense(3, activation="softmax"),
        ],
        name="masked_tagger",
    )


def regularized(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(8, activation="tanh", kernel_regularizer="l2", bias_regularizer=keras.regularizers.L1(0.02)),
            layers.Dense(6, activation="tanh", activity_regularizer=keras.regularizers.L2(0.05)),
            layers.Dense(3, activation="softmax"),
        ],
        name="regularized",
    )


def normalized(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(8, use_bias=False),
            layers.BatchNormalization(momentum=0.8),
            layers.Activation("tanh"),
            layers.Dropout(0.0),
            layers.Dense(3, activation="softmax"),
        ],
        name="normalized",
    )


def two_heads(keras: Any) -> Any:
    """Outputs `kind` and `size`, inputs `left` and `right`."""
    layers = keras.layers
    left, right = keras.Input((5,), name="left"), keras.Input((3,), name="right")
    x = layers.Concatenate(name="both")([left, right])
    x = layers.Dense(8, activation="tanh", name="hidden")(x)
    outputs = [layers.Dense(3, activation="softmax", name="kind")(x), layers.Dense(1, name="size")(x)]
    return keras.Model([left, right], outputs, name="two_heads")


def dict_heads(keras: Any) -> Any:
    """Outputs in a dict whose keys are not the names of the layers."""
    layers = keras.layers
    inputs = keras.Input((5,), name="features")
    x = layers.Dense(8, activation="tanh", name="hidden")(inputs)
    outputs = {
        "what": layers.Dense(3, activation="softmax", name="z_kind")(x),
        "big": layers.Dense(1, name="a_size")(x),
    }
    return keras.Model(inputs, outputs, name="dict_heads")


def _heads_class(keras: Any, pack: Callable[[Any, Any], Any]) -> Any:
    class Heads(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.kind = keras.layers.Dense(3, activation="softmax")
            self.size = keras.layers.Dense(1)

        def call(self, inputs: Any) -> Any:
            return pack(self.kind(inputs), self.size(inputs))

    model = Heads()
    model.build((None, 5))
    return model


def tuple_subclass(keras: Any) -> Any:
    return _heads_class(keras, lambda kind, size: (kind, size))


def dict_subclass(keras: Any) -> Any:
    return _heads_class(keras, lambda kind, size: {"what": kind, "big": size})


def mean(keras: Any, value: Any) -> Any:
    """The mean in either library."""
    return keras.backend.mean(value) if hasattr(keras.backend, "mean") else value.mean()


def layer_with_loss(keras: Any) -> Any:
    class Penalty(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_loss(0.2 * mean(keras, inputs**2))
            return inputs

    layers = keras.layers
    return keras.Sequential(
        [keras.Input((5,)), layers.Dense(6, activation="tanh"), Penalty(), layers.Dense(3, activation="softmax")],
        name="with_penalty",
    )


def model_with_loss(keras: Any) -> Any:
    model = classifier(keras)
    model.add_loss(0.1 * mean(keras, model.get_layer("hidden").output ** 2))
    return model


def autoencoder(keras: Any) -> Any:
    layers = keras.layers
    inputs = keras.Input((5,))
    code = layers.Dense(2, activation="tanh", name="code")(inputs)
    outputs = layers.Dense(5, name="decoded")(code)
    model = keras.Model(inputs, outputs, name="autoencoder")
    model.add_loss(mean(keras, (inputs - outputs) ** 2))
    return model


def penalized(keras: Any) -> Any:
    return keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, kernel_regularizer="l2")], name="penalized")


def regularized_heads(keras: Any) -> Any:
    layers = keras.layers
    left, right = keras.Input((5,), name="left"), keras.Input((3,), name="right")
    x = layers.Concatenate()([left, right])
    x = layers.Dense(8, activation="tanh", kernel_regularizer="l1")(x)
    outputs = [layers.Dense(3, activation="softmax", name="kind")(x), layers.Dense(1, name="size")(x)]
    return keras.Model([left, right], outputs, name="regularized_heads")


def with_steps(keras: Any) -> Any:
    class Stepper(keras.Model):
        def test_step(self, data: Any) -> Any:
            x, y = data
            y_pred = self(x, training=False)
            self.compiled_loss(y, y_pred, regularization_losses=self.losses)
            self.compiled_metrics.update_state(y, y_pred)
            return {f"own_{metric.name}": metric.result() for metric in self.metrics}

        def predict_step(self, data: Any) -> Any:
            return 2 * self(data, training=False)

    base = classifier(keras)
    return Stepper(base.inputs, base.outputs)


def with_own_loss(keras: Any) -> Any:
    class Own(keras.Model):
        def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None) -> Any:
            return super().compute_loss(x, y, y_pred, sample_weight) + mean(keras, y_pred**2)

        def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any) -> Any:
            results = super().compute_metrics(x, y, y_pred, sample_weight)
            results["twice"] = 2 * results["loss"]
            return results

    base = classifier(keras)
    return Own(base.inputs, base.outputs)
