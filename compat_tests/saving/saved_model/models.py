"""Models whose folders are kept; the same code for TensorFlow 2.4 to 2.21 and for us."""

import numpy as np


def _random(*shape):
    return np.random.default_rng(1).normal(size=shape).astype("float32")


def sequential(keras, tf):
    """Trained with Adam, so that its optimizer has a state."""
    model = keras.Sequential(
        [
            keras.layers.Dense(5, activation="relu", input_shape=(4,)),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, _random(16, 4), np.arange(16) % 3


def functional(keras, tf):
    """Two inputs, a shared layer, a model in the model, an operation, two outputs."""
    left, right = keras.Input((4,), name="left"), keras.Input((2,), name="right")
    shared = keras.layers.Dense(4, activation="tanh", name="shared")
    inner = keras.Sequential([keras.layers.Dense(3, activation="relu", input_shape=(6,))], name="inner")
    joined = keras.layers.Concatenate()([shared(shared(left)), right])
    found = inner(joined) * 2.0
    outputs = [keras.layers.Dense(1, name="one")(found), keras.layers.Dense(2, name="two")(found)]
    model = keras.Model([left, right], outputs)
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9),
        loss={"one": "mse", "two": keras.losses.Huber(0.5)},
        loss_weights={"one": 1.0, "two": 0.5},
    )
    return model, [_random(16, 4), _random(16, 2)], [_random(16, 1), _random(16, 2)]


def recurrent(keras, tf):
    """Cells within layers within a wrapper."""
    inputs = keras.Input((5,), dtype="int32")
    x = keras.layers.Embedding(10, 4, mask_zero=True)(inputs)
    x = keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True))(x)
    model = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.GRU(2)(x)))
    model.compile(keras.optimizers.RMSprop(0.01), "mse")
    return model, np.random.default_rng(2).integers(0, 10, (16, 5)).astype("int32"), _random(16, 1)


def texts(keras, tf):
    """A vocabulary that was learned, one that was given, and one of numbers."""
    preprocessing = keras.layers
    if not hasattr(preprocessing, "TextVectorization"):
        preprocessing = keras.layers.experimental.preprocessing
    vectorize = preprocessing.TextVectorization(output_sequence_length=4)
    vectorize.adapt(np.array(["the quick brown fox", "the lazy dog", "a quick dog"]))
    words = keras.Input((1,), dtype="string", name="words")
    x = keras.layers.GlobalAveragePooling1D()(keras.layers.Embedding(20, 3)(vectorize(words)))
    colour = keras.Input((1,), dtype="string", name="colour")
    known = preprocessing.StringLookup(vocabulary=["red", "green"])
    x = keras.layers.Concatenate()([x, keras.layers.Flatten()(keras.layers.Embedding(5, 2)(known(colour)))])
    return (
        keras.Model([words, colour], keras.layers.Dense(1)(x)),
        [
            np.array([["the quick fox"], ["a strange dog"], ["dog dog the"]]),
            np.array([["green"], ["blue"], ["red"]]),
        ],
        None,
    )


def learned(keras, tf):
    """Numbers with a mean and a vocabulary of numbers, both learned."""
    preprocessing = keras.layers if hasattr(keras.layers, "Normalization") else keras.layers.experimental.preprocessing
    normalize, lookup = preprocessing.Normalization(), preprocessing.IntegerLookup()
    normalize.adapt(_random(32, 3) * 3 + 2)
    lookup.adapt(np.array([7, 7, 7, 9, 9, 4]))
    numbers, numerals = keras.Input((3,)), keras.Input((1,), dtype="int64")
    places = keras.layers.Flatten()(keras.layers.Embedding(6, 2)(lookup(numerals)))
    x = keras.layers.Concatenate()([normalize(numbers), places])
    return keras.Model([numbers, numerals], keras.layers.Dense(1)(x)), [_random(3, 3), np.array([[9], [5], [7]])], None


def from_file(keras, tf):
    """A vocabulary out of a file, which becomes an asset."""
    with open("words.txt", "w") as file:
        file.write("red\ngreen\nblue\n")
    inputs = keras.Input((1,), dtype="string")
    x = keras.layers.Embedding(5, 2)(keras.layers.StringLookup(vocabulary="words.txt")(inputs))
    return keras.Model(inputs, keras.layers.Flatten()(x)), np.array([["blue"], ["pink"], ["red"]]), None


def own_class(keras, tf):
    """A class of the user's, with layers in a list."""
    made = make_class(keras)(3)
    made.compile("adam", "mse")
    return made, _random(16, 4), _random(16, 1)


def make_class(keras):
    """The class, for one Keras or another."""

    class Own(keras.Model):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.blocks = [keras.layers.Dense(units, activation="relu") for _ in range(2)]
            self.head = keras.layers.Dense(1)

        def call(self, inputs):
            for block in self.blocks:
                inputs = block(inputs)
            return self.head(inputs)

        def get_config(self):
            return {"units": self.units}

        @classmethod
        def from_config(cls, config):
            return cls(config["units"])

    return Own


#: Which are kept of which version.
KEPT = {
    "2.21": [sequential, functional, recurrent, texts, learned, from_file, own_class],
    "2.12": [sequential, functional, texts],
    "2.4": [sequential, functional, own_class],
}
