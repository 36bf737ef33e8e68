"""LeNet-5 in Keras's words, trained on made images of MNIST's shape."""

from made_data import images

import torchkeras as keras
from torchkeras import layers

keras.utils.set_random_seed(1)
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
model.fit(*images(6000), epochs=3, validation_split=0.1)
loss, accuracy = model.evaluate(*images(1000, seed=1), verbose=2)
print(f"accuracy on new images: {accuracy:.3f}")
