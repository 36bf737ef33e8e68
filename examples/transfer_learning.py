"""Transfer learning: a network that knows six kinds of images learns four others from few, frozen, then fine-tuned."""

import numpy as np
import tensorflow as tf
from made_data import images
from tensorflow.keras import Model, layers

tf.keras.utils.set_random_seed(1)
pictures, labels = images(4000)
known = labels < 6

base_input = layers.Input(shape=(28, 28, 1))
x = layers.Conv2D(16, 3, activation="relu", name="edges")(base_input)
x = layers.MaxPooling2D()(x)
x = layers.Conv2D(32, 3, name="shapes")(x)
x = layers.BatchNormalization(name="scale")(x)
x = layers.Activation("relu")(x)
x = layers.MaxPooling2D(name="features")(x)
first = Model(base_input, layers.Dense(6, activation="softmax")(layers.Flatten()(x)))
first.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
first.fit(pictures[known], labels[known], epochs=3, verbose=2)

# The base: the same layers and weights, cut off before the classifier.
base = Model(first.input, first.get_layer("features").output, name="base")
base.trainable = False
few_x, few_y = pictures[~known][:300], labels[~known][:300] - 6
test_x, test_y = images(1500, seed=1)
test_x, test_y = test_x[test_y >= 6], test_y[test_y >= 6] - 6

inputs = tf.keras.Input(shape=(28, 28, 1))
x = base(inputs, training=False)  # the batch statistics stay as they are, in fine-tuning too
x = layers.Flatten()(x)
x = layers.Dropout(0.2)(x)
model = Model(inputs, layers.Dense(4, activation="softmax")(x))
model.summary()
before = [w.copy() for w in base.get_weights()]
model.compile(tf.keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(few_x, few_y, epochs=10, verbose=0)
unchanged = all(np.array_equal(a, b) for a, b in zip(before, base.get_weights()))
_, frozen = model.evaluate(test_x, test_y, verbose=0)
print("trained weights:", [w.shape for w in model.trainable_weights], "the base is unchanged:", unchanged)

base.trainable = True
for layer in base.layers[:2]:
    layer.trainable = False
model.compile(tf.keras.optimizers.Adam(1e-4), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(few_x, few_y, epochs=5, verbose=0)
_, tuned = model.evaluate(test_x, test_y, verbose=0)
print("trained weights after fine-tuning:", len(model.trainable_weights))
print(f"metrics: frozen={frozen:.4f} tuned={tuned:.4f}")
