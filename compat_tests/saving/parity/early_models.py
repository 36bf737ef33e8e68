"""Models as they were written for Keras 2.0 to 2.3: no Input in a Sequential model, the names and arguments of then."""

from __future__ import annotations

from typing import Any

from compat_tests.saving.zoo.model import Random, ZooModel, classes, classification, normal, regression, tokens

# The tf.keras that TensorFlow 2.12 holds has lost its normalization layers and wrappers.


def normalization(keras: Any, **settings: Any) -> Any:
    if hasattr(keras.layers, "BatchNormalization"):
        return keras.layers.BatchNormalization(**settings)
    return keras.layers.Activation("linear", name=settings.get("name"))


def wrapped(keras: Any, wrapper: str, layer: Any) -> Any:
    return getattr(keras.layers, wrapper)(layer) if hasattr(keras.layers, wrapper) else layer


def dense(keras: Any) -> Any:
    model = keras.models.Sequential()
    layers = keras.layers
    model.add(
        layers.Dense(8, input_dim=4, kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.l2(0.01))
    )
    model.add(layers.LeakyReLU(alpha=0.2))
    model.add(normalization(keras))
    model.add(layers.Dropout(0.0))
    model.add(layers.Dense(3, activation="softmax"))
    return model


def convolutions(keras: Any) -> Any:
    model = keras.models.Sequential()
    layers = keras.layers
    model.add(layers.Conv2D(4, (3, 3), padding="same", activation="relu", input_shape=(8, 8, 3)))
    model.add(layers.MaxPooling2D(pool_size=(2, 2)))
    model.add(layers.SeparableConv2D(5, 2, depth_multiplier=2))
    model.add(normalization(keras, axis=3, momentum=0.8))
    model.add(layers.ZeroPadding2D((1, 0)))
    model.add(layers.Conv2DTranspose(3, 2, strides=(2, 2), use_bias=False))
    model.add(layers.PReLU(shared_axes=[1, 2]))
    model.add(layers.Flatten())
    model.add(layers.Dense(2))
    return model


def recurrent(keras: Any) -> Any:
    model = keras.models.Sequential()
    layers = keras.layers
    model.add(layers.Embedding(9, 4, input_length=6, mask_zero=True))
    model.add(layers.LSTM(5, return_sequences=True, recurrent_activation="hard_sigmoid"))
    model.add(
        wrapped(keras, "Bidirectional", layers.GRU(3, return_sequences=True, recurrent_activation="hard_sigmoid"))
    )
    model.add(wrapped(keras, "TimeDistributed", layers.Dense(4, activation="tanh")))
    model.add(layers.SimpleRNN(3))
    model.add(layers.Dense(2))
    return model


def graph(keras: Any) -> Any:
    layers = keras.layers
    a, b = layers.Input(shape=(4,), name="a"), layers.Input(shape=(3, 2), name="b")
    shared = layers.Dense(5, activation="relu", name="shared")
    x = layers.concatenate([shared(a), layers.Flatten()(layers.Conv1D(2, 2)(b))])
    x = layers.add([shared(layers.Dense(4)(x)), layers.Dense(5)(x)])
    p = layers.Dense(2, name="p")(x)
    q = layers.Dense(1, activation="sigmoid", name="q")(layers.Activation("tanh")(x))
    return keras.models.Model(inputs=[a, b], outputs=[p, q])


def nested(keras: Any) -> Any:
    layers = keras.layers
    inner = keras.models.Sequential(name="inner")
    inner.add(layers.Dense(5, input_shape=(4,), name="inner_dense"))
    inner.add(normalization(keras, name="inner_norm"))
    a = layers.Input(shape=(5,))
    functional = keras.models.Model(a, layers.Dense(3, name="head")(a), name="functional")
    functional.get_layer("head").trainable = False
    outer = keras.models.Sequential(name="outer")
    outer.add(inner)
    outer.add(functional)
    outer.add(layers.Dense(2, name="last"))
    return outer


def _both(random: Random) -> tuple[Any, Any]:
    return [normal(random, 4), normal(random, 3, 2)], [normal(random, 2), classes(random, 2, 1).astype("float32")]


# RMSprop had its epsilon outside of the root and Nadam another schedule: with these no later Keras goes on alike.
EARLY: dict[str, ZooModel] = {
    model.name: model
    for model in (
        ZooModel(
            "early_dense",
            dense,
            classification((4,), 3),
            lambda keras: {
                "optimizer": keras.optimizers.Adam(lr=0.01, decay=0.05),
                "loss": "sparse_categorical_crossentropy",
                "metrics": ["accuracy"],
            },
        ),
        ZooModel(
            "early_convolutions",
            convolutions,
            regression((8, 8, 3), 2),
            lambda keras: {
                "optimizer": keras.optimizers.SGD(lr=0.01, momentum=0.9, nesterov=True),
                "loss": "mean_squared_error",
                "metrics": ["mae"],
            },
        ),
        ZooModel(
            "early_recurrent",
            recurrent,
            tokens(6, 9, 2),
            lambda keras: {"optimizer": keras.optimizers.SGD(lr=0.05, decay=0.1), "loss": "mse"},
        ),
        ZooModel(
            "early_graph",
            graph,
            _both,
            lambda keras: {
                "optimizer": "adam",
                "loss": {"p": "mse", "q": "binary_crossentropy"},
                "loss_weights": {"p": 1.0, "q": 0.5},
                "metrics": {"q": ["accuracy"]},
            },
        ),
        ZooModel(
            "early_nested",
            nested,
            regression((4,), 2),
            lambda keras: {"optimizer": keras.optimizers.Adamax(lr=0.01), "loss": "mae"},
        ),
    )
}
