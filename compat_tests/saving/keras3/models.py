"""Models whose files are kept: the same code for Keras 3, tf_keras and torchkeras."""

from __future__ import annotations

from typing import Any

import numpy as np

_made: dict[int, Any] = {}


def classes(keras: Any) -> Any:
    """The classes of one's own, registered once for each Keras."""
    if id(keras) not in _made:
        _made[id(keras)] = _classes(keras)
    return _made[id(keras)]


def _classes(keras: Any) -> Any:
    register = keras.utils.register_keras_serializable("files")
    layers = keras.layers

    @register
    class Block(layers.Layer):
        """Weights of its own, made between those of its layers and in another order than they are saved in."""

        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.zed = layers.Dense(units)
            self.norm = layers.BatchNormalization()

        def build(self, input_shape):
            self.seen = self.add_weight(name="seen", shape=(1,), initializer="zeros", trainable=False)
            self.scale = self.add_weight(name="scale", shape=(self.units,), initializer="ones")
            self.zed.build(input_shape)
            self.norm.build((None, self.units))
            self.built = True

        def call(self, x, training=None):
            return self.norm(self.zed(x), training=training) * self.scale

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    @register
    class Net(keras.Model):
        """Layers in lists, dicts and tuples, within each other, twice, and behind private names."""

        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.blocks = [Block(4), Block(4)]
            self.heads = {"x": layers.Dense(3), "y": [layers.Dense(4), layers.Dense(5)]}
            self._private = layers.Dense(3)
            self.pair = (layers.Dense(4), layers.PReLU())
            self.again = self.blocks[1]
            self.noted = keras.metrics.Mean(name="noted")
            self.tower = keras.Sequential([layers.Dense(2), layers.Dense(2)])

        def call(self, x, training=None):
            for block in self.blocks:
                x = block(x, training=training)
            for head in [self.heads["x"], *self.heads["y"], self._private, *self.pair]:
                x = head(x)
            return self.tower(x)

    @register
    class Pair(keras.Model):
        """Called with two arguments, the first of whose shapes Keras 3 alone writes down."""

        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.left, self.right = Block(4), layers.Dense(4)
            self.norm = layers.BatchNormalization()
            self.last = layers.Dense(2)

        def call(self, left, right):
            return self.last(self.norm(self.left(left) + self.right(right)))

    return {"Block": Block, "Net": Net, "Pair": Pair}


def subclassed(keras: Any) -> Any:
    model = classes(keras)["Net"]()
    model(data()[0])
    return _compiled(keras, model)


def pair(keras: Any) -> Any:
    model = classes(keras)["Pair"]()
    model(*halves())
    return model


def nested(keras: Any) -> Any:
    """Functional in functional, a layer used twice, attention, recurrent ones both ways."""
    layers = keras.layers
    inside = keras.Input((4, 3))
    shared = layers.Dense(3, activation="tanh")
    attended = layers.MultiHeadAttention(2, 2)(shared(inside), shared(inside))
    inner = keras.Model(inside, layers.Bidirectional(layers.GRU(2))(attended), name="inner")
    inputs = keras.Input((12,))
    x = inner(layers.Reshape((4, 3))(inputs))
    return _compiled(keras, keras.Model(inputs, layers.Dense(2)(layers.BatchNormalization()(x))))


def stack(keras: Any) -> Any:
    layers = keras.layers
    model = keras.Sequential([keras.Input((12,)), *(layers.Dense(12, activation="relu") for _ in range(3))])
    model.add(layers.BatchNormalization())
    model.add(layers.Dense(2))
    return _compiled(keras, model)


def words(keras: Any) -> Any:
    """What is learned from data: a vocabulary, which is a file of its own, and boundaries."""
    layers = keras.layers
    vectorize = layers.TextVectorization(output_sequence_length=4)
    vectorize.adapt(np.array([["a rose is a rose"], ["is it"]]))
    return keras.Sequential([keras.Input((1,), dtype="string"), vectorize, layers.Embedding(8, 3)])


def _compiled(keras: Any, model: Any) -> Any:
    model.compile(keras.optimizers.Adam(0.01, amsgrad=True), "mse", metrics=["mae"])
    return model


def halves() -> tuple[np.ndarray, np.ndarray]:
    """What `pair` is called with."""
    return data()[0][:, :5], data()[0][:, 5:]


MODELS = {"subclassed": subclassed, "nested": nested, "stack": stack, "words": words}


def data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.normal(size=(8, 12)).astype("float32"), random.normal(size=(8, 2)).astype("float32")


def inputs(name: str) -> Any:
    return np.array([["a rose"], ["it is so"]], dtype=object) if name == "words" else data()[0]


def losses(model: Any, epochs: int = 2) -> list[float]:
    x, y = data()
    history = model.fit(x, y, batch_size=4, epochs=epochs, shuffle=False, verbose=0).history
    return [float(loss) for loss in history["loss"]]
