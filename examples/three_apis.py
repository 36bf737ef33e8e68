"""One network written three times: Sequential, functional, and as a class of its own."""

import numpy as np
import tensorflow as tf
from made_data import images
from tensorflow import keras
from tensorflow.keras.layers import Dense, Flatten, Input

keras.utils.set_random_seed(1)
x_train, y_train = images(2000)
x_test, y_test = images(500, seed=1)

sequential = keras.Sequential(
    [Flatten(input_shape=(28, 28, 1)), Dense(64, activation="relu"), Dense(10, activation="softmax")], name="listed"
)

inputs = Input(shape=(28, 28, 1))
x = Flatten()(inputs)
x = Dense(64, activation="relu")(x)
functional = keras.Model(inputs=inputs, outputs=Dense(10, activation="softmax")(x), name="drawn")


class Subclassed(keras.Model):
    def __init__(self, kinds):
        super().__init__(name="written")
        self.flatten = Flatten()
        self.hidden = Dense(64, activation="relu")
        self.classify = Dense(kinds, activation="softmax")

    def call(self, inputs):
        return self.classify(self.hidden(self.flatten(inputs)))


subclassed = Subclassed(10)
subclassed(x_train[:1])  # the first call makes its weights

for model in (sequential, functional, subclassed):
    model.summary()
    model.set_weights(sequential.get_weights())  # all begin alike
same = [np.abs(model(x_test[:8]) - sequential(x_test[:8])).max() for model in (functional, subclassed)]

accuracies = {}
for model in (sequential, functional, subclassed):
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=50, epochs=8, shuffle=False, verbose=0)
    _, accuracies[model.name] = model.evaluate(x_test, y_test, verbose=0)

apart = tf.reduce_max(tf.abs(sequential(x_test) - subclassed(x_test)))
print(f"largest difference before training {max(same):.6f}, after {float(apart):.3f}")
print("metrics:", *(f"{name}={accuracy:.4f}" for name, accuracy in accuracies.items()))
