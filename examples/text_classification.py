"""Texts into praise and complaint: Tokenizer, padding, an embedding and a recurrent layer that reads both ways."""

import numpy as np
import tensorflow as tf
from made_data import reviews
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer

tf.keras.utils.set_random_seed(1)
train_texts, train_labels = reviews(1500)
test_texts, test_labels = reviews(500, seed=1)
print(train_texts[0], "->", train_labels[0])

tokenizer = Tokenizer(num_words=100, oov_token="<unknown>")
tokenizer.fit_on_texts(train_texts)
train = pad_sequences(tokenizer.texts_to_sequences(train_texts), maxlen=14, padding="post")
test = pad_sequences(tokenizer.texts_to_sequences(test_texts), maxlen=14, padding="post", truncating="post")
print("words:", len(tokenizer.word_index), "the first text:", train[0])

model = tf.keras.Sequential(
    [
        tf.keras.layers.Embedding(100, 16, mask_zero=True, input_length=14),
        tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(16)),
        tf.keras.layers.Dense(16, activation="relu"),
        tf.keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.summary()
model.compile(loss="binary_crossentropy", optimizer=tf.keras.optimizers.Adam(0.005), metrics=["accuracy"])
model.fit(train, np.array(train_labels), epochs=6, batch_size=50, validation_data=(test, test_labels), verbose=2)

loss, accuracy = model.evaluate(test, test_labels, verbose=0)
new = ["The ending was not dull, and the cast was wonderful!", "The music was not clever, and the plot was boring."]
chances = model.predict(pad_sequences(tokenizer.texts_to_sequences(new), maxlen=14, padding="post"), verbose=0)
for text, chance in zip(new, chances):
    print(f"{chance[0]:.2f} {text}")
print(f"metrics: loss={loss:.4f} accuracy={accuracy:.4f}")
