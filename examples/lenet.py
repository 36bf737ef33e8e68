"""LeNet-5 in Keras's words: a summary, and one batch through it."""

import numpy as np

import torchkeras as keras
from torchkeras import layers

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
    ]
)
model.summary()

images = np.random.default_rng(0).random((32, 28, 28, 1), dtype=np.float32)
probabilities = model(images)

print("output shape:", tuple(probabilities.shape))
print("rows sum to 1:", bool(((probabilities.sum(-1) - 1).abs() < 1e-5).all()))
