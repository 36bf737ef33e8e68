"""A forecast of the next hour from the last day: windows by tf.data, an LSTM, and a comparison with guessing."""

import numpy as np
import tensorflow as tf
from made_data import series

tf.random.set_seed(1)
values = series(2600)
split = 2000
mean, deviation = values[:split].mean(), values[:split].std()
scaled = (values - mean) / deviation
window = 24


def windows(part, shuffle=False):
    """Pairs of a day's values and the one after it, in batches."""
    data = tf.data.Dataset.from_tensor_slices(part)
    data = data.window(window + 1, shift=1, drop_remainder=True)
    data = data.flat_map(lambda w: w.batch(window + 1))
    data = data.map(lambda w: (tf.expand_dims(w[:-1], axis=-1), w[-1:]))
    if shuffle:
        data = data.shuffle(2000)
    return data.batch(64).prefetch(1)


train, test = windows(scaled[:split], shuffle=True), windows(scaled[split:])
for past, following in test.take(1):
    print("a batch:", past.shape, following.shape)

model = tf.keras.models.Sequential(
    [
        tf.keras.layers.LSTM(24, return_sequences=True, input_shape=[window, 1]),
        tf.keras.layers.LSTM(24),
        tf.keras.layers.Dense(1),
    ]
)
model.summary()
model.compile(loss=tf.keras.losses.Huber(), optimizer=tf.keras.optimizers.Adam(0.01), metrics=["mae"])
model.fit(train, epochs=6, validation_data=test, verbose=2)

forecast = model.predict(test, verbose=0)[:, 0] * deviation + mean
true = values[split + window :]
error = np.abs(forecast - true).mean()
naive = np.abs(values[split + window - 1 : -1] - true).mean()
print(f"metrics: mae={error:.4f} naive={naive:.4f}")
