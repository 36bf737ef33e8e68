"""Layers of one's own: weights, a loss, behaviour that differs in training, a config to save and load them by."""

import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf
from made_data import table
from tensorflow import keras


@keras.utils.register_keras_serializable(package="examples")
class Linear(keras.layers.Layer):
    """A matrix and a bias, and a loss on the size of the matrix."""

    def __init__(self, units, penalty=0.0, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.penalty = penalty

    def build(self, input_shape):
        self.w = self.add_weight(
            name="w", shape=(input_shape[-1], self.units), initializer="glorot_uniform", trainable=True
        )
        self.b = self.add_weight(name="b", shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        self.add_loss(self.penalty * tf.reduce_sum(tf.square(self.w)))
        return tf.matmul(inputs, self.w) + self.b

    def get_config(self):
        return {**super().get_config(), "units": self.units, "penalty": self.penalty}


@keras.utils.register_keras_serializable(package="examples")
class Standardize(keras.layers.Layer):
    """Running mean and deviation of the inputs, kept in weights that are not trained."""

    def build(self, input_shape):
        shape = input_shape[-1:]
        self.mean = self.add_weight(name="mean", shape=shape, initializer="zeros", trainable=False)
        self.deviation = self.add_weight(name="deviation", shape=shape, initializer="ones", trainable=False)

    def call(self, inputs, training=None):
        if training:
            self.mean.assign(0.9 * self.mean + 0.1 * tf.reduce_mean(inputs, axis=0))
            self.deviation.assign(0.9 * self.deviation + 0.1 * tf.math.reduce_std(inputs, axis=0))
        return (inputs - self.mean) / (self.deviation + 1e-3)


@keras.utils.register_keras_serializable(package="examples")
class BentLine(keras.layers.Layer):
    """An activation: a line that bends smoothly at zero."""

    def call(self, inputs):
        return (tf.sqrt(tf.square(inputs) + 1.0) - 1.0) / 2.0 + inputs


keras.utils.set_random_seed(1)
x_train, price_train = table(4000)
x_test, price_test = table(1000, seed=1)

inputs = keras.Input(shape=(8,))
x = Standardize(name="standardize")(inputs)
x = BentLine()(Linear(32, penalty=1e-4)(x))
x = BentLine()(Linear(32, penalty=1e-4)(x))
outputs = Linear(1)(x)
model = keras.Model(inputs, outputs)
model.summary()
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
model.fit(x_train, price_train, batch_size=64, epochs=15, verbose=2)

_, error = model.evaluate(x_test, price_test, verbose=0)
print("trained:", len(model.trainable_variables), "weights, kept:", [v.shape for v in model.non_trainable_variables])

path = str(Path(tempfile.mkdtemp()) / "model.h5")
model.save(path)
again = keras.models.load_model(path)
apart = np.abs(again.predict(x_test, verbose=0) - model.predict(x_test, verbose=0)).max()
print(f"metrics: mae={error:.4f} after_loading={apart:.6f}")
