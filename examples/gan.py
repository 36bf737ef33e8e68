"""A generative adversarial network whose points settle on a ring, trained through a train_step of its own."""

import numpy as np
import tensorflow as tf
from made_data import rings
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(1)
points, labels = rings(8000)
ring = points[labels == 0]  # the inner one, of radius 1

discriminator = keras.Sequential(
    [
        keras.Input(shape=(2,)),
        layers.Dense(64),
        layers.LeakyReLU(alpha=0.2),
        layers.Dense(64),
        layers.LeakyReLU(alpha=0.2),
        layers.Dense(1),
    ],
    name="discriminator",
)
generator = keras.Sequential(
    [
        keras.Input(shape=(8,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(2),
    ],
    name="generator",
)


class GAN(keras.Model):
    def __init__(self, discriminator, generator, noise_size):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.noise_size = noise_size
        self.d_loss = keras.metrics.Mean(name="d_loss")
        self.g_loss = keras.metrics.Mean(name="g_loss")

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn

    @property
    def metrics(self):
        return [self.d_loss, self.g_loss]

    def train_step(self, real):
        size = tf.shape(real)[0]
        made = self.generator(tf.random.normal(shape=(size, self.noise_size)))
        both = tf.concat([made, real], axis=0)
        target = tf.concat([tf.zeros((size, 1)), tf.ones((size, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(target, self.discriminator(both))
        gradients = tape.gradient(d_loss, self.discriminator.trainable_weights)
        self.d_optimizer.apply_gradients(zip(gradients, self.discriminator.trainable_weights))

        noise = tf.random.normal(shape=(size, self.noise_size))
        with tf.GradientTape() as tape:
            judged = self.discriminator(self.generator(noise))
            g_loss = self.loss_fn(tf.ones((size, 1)), judged)
        gradients = tape.gradient(g_loss, self.generator.trainable_weights)
        self.g_optimizer.apply_gradients(zip(gradients, self.generator.trainable_weights))

        self.d_loss.update_state(d_loss)
        self.g_loss.update_state(g_loss)
        return {"d_loss": self.d_loss.result(), "g_loss": self.g_loss.result()}


gan = GAN(discriminator, generator, noise_size=8)
gan.compile(
    d_optimizer=keras.optimizers.Adam(learning_rate=0.001, beta_1=0.5),
    g_optimizer=keras.optimizers.Adam(learning_rate=0.001, beta_1=0.5),
    loss_fn=keras.losses.BinaryCrossentropy(from_logits=True),
)
data = tf.data.Dataset.from_tensor_slices(ring).shuffle(4000).batch(100, drop_remainder=True)
history = gan.fit(data, epochs=30, verbose=0)

made = generator.predict(np.random.default_rng(2).normal(size=(2000, 8)).astype("float32"), verbose=0)
radius = np.linalg.norm(made, axis=1)
print("losses of the last epoch:", {name: round(float(values[-1]), 2) for name, values in history.history.items()})
print(f"metrics: radius={radius.mean():.4f} spread={radius.std():.4f} d_loss={history.history['d_loss'][-1]:.4f}")
