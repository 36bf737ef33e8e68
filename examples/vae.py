"""A variational autoencoder: a sampling layer, a loss of two parts, and a train_step of its own."""

import tensorflow as tf
from made_data import images
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(1)
x_train, _ = images(2000, 24, kinds=4, noise=0.02)
x_test, _ = images(400, 24, kinds=4, seed=1, noise=0.02)


class Sampling(layers.Layer):
    """Draws from the normal distribution that the encoder describes."""

    def call(self, inputs):
        mean, log_var = inputs
        batch, size = tf.shape(mean)[0], tf.shape(mean)[1]
        epsilon = tf.keras.backend.random_normal(shape=(batch, size))
        return mean + tf.exp(0.5 * log_var) * epsilon


encoder_inputs = keras.Input(shape=(24, 24, 1))
x = layers.Conv2D(16, 3, activation="relu", strides=2, padding="same")(encoder_inputs)
x = layers.Conv2D(32, 3, activation="relu", strides=2, padding="same")(x)
x = layers.Dense(32, activation="relu")(layers.Flatten()(x))
mean = layers.Dense(6, name="mean")(x)
log_var = layers.Dense(6, name="log_var")(x)
encoder = keras.Model(encoder_inputs, [mean, log_var, Sampling()([mean, log_var])], name="encoder")
encoder.summary()

code = keras.Input(shape=(6,))
x = layers.Dense(6 * 6 * 16, activation="relu")(code)
x = layers.Reshape((6, 6, 16))(x)
x = layers.Conv2DTranspose(32, 3, activation="relu", strides=2, padding="same")(x)
x = layers.Conv2DTranspose(16, 3, activation="relu", strides=2, padding="same")(x)
decoder = keras.Model(code, layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")(x), name="decoder")
decoder.summary()


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.total = keras.metrics.Mean(name="loss")
        self.reconstruction = keras.metrics.Mean(name="reconstruction_loss")
        self.divergence = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        return [self.total, self.reconstruction, self.divergence]

    def losses_of(self, data):
        mean, log_var, z = self.encoder(data)
        picture = self.decoder(z)
        per_pixel = keras.losses.binary_crossentropy(data, picture)
        reconstruction = tf.reduce_mean(tf.reduce_sum(per_pixel, axis=(1, 2)))
        divergence = -0.5 * (1 + log_var - tf.square(mean) - tf.exp(log_var))
        return reconstruction, tf.reduce_mean(tf.reduce_sum(divergence, axis=1))

    def report(self, reconstruction, divergence):
        self.total.update_state(reconstruction + divergence)
        self.reconstruction.update_state(reconstruction)
        self.divergence.update_state(divergence)
        return {metric.name: metric.result() for metric in self.metrics}

    def train_step(self, data):
        with tf.GradientTape() as tape:
            reconstruction, divergence = self.losses_of(data)
            loss = reconstruction + divergence
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        return self.report(reconstruction, divergence)

    def test_step(self, data):
        return self.report(*self.losses_of(data))


vae = VAE(encoder, decoder)
vae.compile(optimizer=keras.optimizers.Adam(0.005))
vae.fit(x_train, epochs=8, batch_size=50, verbose=2)
figures = vae.evaluate(x_test, batch_size=50, verbose=0, return_dict=True)
pictures = decoder.predict(tf.random.normal((3, 6)), verbose=0)
print("new pictures:", pictures.shape, "of values between 0 and 1:", bool(0 <= pictures.min() <= pictures.max() <= 1))
print("metrics:", *(f"{name}={float(value):.3f}" for name, value in figures.items()))
