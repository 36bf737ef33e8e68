"""A convolutional network on images, fed by a tf.data pipeline that changes them at random."""

import tensorflow as tf
from made_data import images
from tensorflow.keras import layers, models

tf.keras.utils.set_random_seed(1)
x_train, y_train = images(2000, 32, 3)
x_test, y_test = images(500, 32, 3, seed=1)


def change(image, label):
    image = tf.image.random_brightness(image, 0.1, seed=7)
    return tf.clip_by_value(image, 0.0, 1.0), label


train = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(2000).map(change).batch(32).prefetch(2)
test = tf.data.Dataset.from_tensor_slices((x_test, y_test)).batch(100)

model = models.Sequential()
model.add(layers.Conv2D(16, (3, 3), padding="same", use_bias=False, input_shape=(32, 32, 3)))
model.add(layers.BatchNormalization())
model.add(layers.ReLU())
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(32, (3, 3), activation="relu"))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Flatten())
model.add(layers.Dropout(0.3))
model.add(layers.Dense(10))
model.summary()

model.compile(
    optimizer=tf.keras.optimizers.Adam(0.003),
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(train, epochs=6, validation_data=test, verbose=2)

loss, accuracy = model.evaluate(test, verbose=0)
kinds = tf.argmax(model.predict(x_test[:5], verbose=0), axis=1)
print("predicted:", kinds.numpy(), "true:", y_test[:5])
print(f"metrics: loss={loss:.4f} accuracy={accuracy:.4f}")
