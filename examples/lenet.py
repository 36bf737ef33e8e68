"""LeNet-5 in Keras's words, trained on made images of MNIST's shape."""

import numpy as np

import torchkeras as keras
from torchkeras import layers


def made_digits(samples, seed=0):
    """Images of ten kinds: each a blurred pattern of its own, moved about and covered with noise."""
    patterns = np.random.default_rng(12).random((10, 7, 7)) > 0.6
    patterns = np.kron(patterns, np.ones((3, 3)))  # 21 x 21
    random = np.random.default_rng(seed)
    labels = random.integers(0, 10, samples)
    images = random.normal(0.2, 0.25, (samples, 28, 28, 1))
    for image, label, (down, right) in zip(images, labels, random.integers(0, 8, (samples, 2))):
        image[down : down + 21, right : right + 21, 0] += 0.6 * patterns[label]
    return images.clip(0, 1).astype("float32"), labels


model = keras.Sequential(
    [
        layers.Conv2D(6, 5, padding="same", activation="relu", input_shape=(28, 28, 1)),
        layers.MaxPooling2D(),
        layers.Conv2D(16, 5, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(120, activation="relu"),
        layers.Dense(84, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ],
    name="lenet",
)
model.summary()
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

keras.utils.set_random_seed(1)
x_train, y_train = made_digits(6000)
x_test, y_test = made_digits(1000, seed=1)
model.fit(x_train, y_train, epochs=3, validation_split=0.1)
loss, accuracy = model.evaluate(x_test, y_test, verbose=2)
print(f"accuracy on new images: {accuracy:.3f}")
