"""A multilayer perceptron: which of two rings does a point belong to?"""

import tensorflow as tf
from made_data import rings

tf.keras.utils.set_random_seed(1)
x_train, y_train = rings(4000)
x_test, y_test = rings(1000, seed=1)

model = tf.keras.Sequential(
    [
        tf.keras.layers.Dense(32, activation="relu", input_shape=(2,)),
        tf.keras.layers.Dense(32, activation="relu"),
        tf.keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.summary()
model.compile(optimizer=tf.keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=64, epochs=5, validation_split=0.2, verbose=2)

loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
chances = model.predict([[1.0, 0.0], [0.0, 2.0]], verbose=0)
print("a point of the inner and one of the outer ring:", tf.squeeze(tf.cast(chances > 0.5, tf.int32)).numpy())
print(f"metrics: loss={loss:.4f} accuracy={accuracy:.4f}")
