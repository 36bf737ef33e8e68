"""An autoencoder that takes noise away, written as a model of two parts."""

import numpy as np
import tensorflow as tf
from made_data import images
from tensorflow.keras import layers
from tensorflow.keras.models import Model

tf.keras.utils.set_random_seed(1)
clean_train, _ = images(2000, kinds=6, noise=0.02)
clean_test, _ = images(400, kinds=6, seed=1, noise=0.02)


def with_noise(pictures):
    noisy = pictures + 0.3 * tf.random.normal(shape=pictures.shape)
    return tf.clip_by_value(noisy, clip_value_min=0.0, clip_value_max=1.0)


noisy_train, noisy_test = with_noise(clean_train), with_noise(clean_test)


class Denoise(Model):
    def __init__(self):
        super().__init__()
        self.encoder = tf.keras.Sequential(
            [
                layers.Input(shape=(28, 28, 1)),
                layers.Conv2D(16, (3, 3), activation="relu", padding="same", strides=2),
                layers.Conv2D(8, (3, 3), activation="relu", padding="same", strides=2),
            ]
        )
        self.decoder = tf.keras.Sequential(
            [
                layers.Conv2DTranspose(8, kernel_size=3, strides=2, activation="relu", padding="same"),
                layers.UpSampling2D(2),
                layers.Conv2D(16, 3, activation="relu", padding="same"),
                layers.Conv2D(1, kernel_size=(3, 3), activation="sigmoid", padding="same"),
            ]
        )

    def call(self, x):
        return self.decoder(self.encoder(x))


model = Denoise()
model.compile(optimizer=tf.keras.optimizers.Adam(0.003), loss=tf.keras.losses.MeanSquaredError())
model.fit(noisy_train, clean_train, epochs=8, batch_size=50, validation_data=(noisy_test, clean_test), verbose=2)
model.encoder.summary()

codes = model.encoder(noisy_test).numpy()
restored = model.decoder(codes).numpy()
error = np.mean((restored - clean_test) ** 2)
before = np.mean((noisy_test - clean_test) ** 2)
print("pictures of", clean_test[0].size, "numbers in", codes[0].size)
print(f"metrics: error={error:.5f} before={before:.5f}")
