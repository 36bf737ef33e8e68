"""Models of models, of shared layers, of several inputs and outputs, of operators and functions."""

from __future__ import annotations

from typing import Any

from .model import Random, classes, normal, regression, zoo


@zoo(regression((6,), 2))
def nested(keras: Any) -> Any:
    """Functional in functional, Sequential in functional."""
    layers = keras.layers
    a = keras.Input((5,))
    functional = keras.Model(a, layers.BatchNormalization()(layers.Dense(4, activation="relu")(a)), name="functional")
    sequential = keras.Sequential(
        [keras.Input((4,)), layers.Dense(4), layers.LayerNormalization()], name="sequential_in"
    )
    x = inputs = keras.Input((6,))
    x = sequential(functional(layers.Dense(5)(x)))
    return keras.Model(inputs, layers.Dense(2)(x))


@zoo(
    regression((6,), 2),
    missing={
        "torchkeras->keras:h5_uncompiled": "tf_keras cannot write it; Keras 3 reads no models in models as "
        "Keras 2 counts their calls, see `nested`"
    },
)
def twice_nested(keras: Any) -> Any:
    """With the innermost model used twice, and names that come again in others."""
    layers = keras.layers
    inmost = keras.Sequential([keras.Input((4,)), layers.Dense(4, name="a")], name="inmost")
    a = keras.Input((4,))
    middle = keras.Model(a, layers.Dense(4, name="b")(inmost(inmost(a))), name="middle")
    other = keras.Sequential([keras.Input((4,)), layers.Dense(4, name="a2"), layers.BatchNormalization()], name="other")
    outer = keras.Sequential([keras.Input((4,)), middle, other, layers.Dense(3, name="c")], name="outer")
    x = inputs = keras.Input((6,))
    return keras.Model(inputs, layers.Dense(2, name="a")(outer(layers.Dense(4, name="b")(x))))


@zoo(regression((6,), 2))
def sequential_of_models(keras: Any) -> Any:
    layers = keras.layers
    a = keras.Input((6,))
    head = keras.Model(a, layers.Dense(4)(a), name="head")
    return keras.Sequential(
        [head, keras.Sequential([layers.Dense(3), layers.PReLU()], name="tail"), layers.Dense(2)], name="whole"
    )


@zoo(regression((6,), 2))
def shared(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((6,))
    dense, normalized = layers.Dense(6, name="shared"), layers.BatchNormalization(name="normalized")
    x = normalized(dense(x))
    x = layers.Add()([x, normalized(dense(layers.Activation("tanh")(x)))])
    return keras.Model(inputs, layers.Dense(2)(x))


def _several(random: Random) -> tuple[Any, Any]:
    inputs = [normal(random, 4), normal(random, 5, 2), classes(random, 6, 1)]
    return inputs, [normal(random, 2), classes(random, 3), (classes(random, 2, 1)).astype("float32")]


@zoo(
    _several,
    settings=lambda keras: {
        "optimizer": keras.optimizers.SGD(0.01, momentum=0.5),
        "loss": ["mse", keras.losses.SparseCategoricalCrossentropy(from_logits=True), "binary_crossentropy"],
        "loss_weights": [0.5, 1.0, 2.0],
        "metrics": [["mae"], ["accuracy"], [keras.metrics.AUC(num_thresholds=20, name="area"), "accuracy"]],
    },
)
def several(keras: Any) -> Any:
    layers = keras.layers
    a, b, c = keras.Input((4,), name="a"), keras.Input((5, 2), name="b"), keras.Input((1,), dtype="int32", name="c")
    x = layers.Concatenate()([layers.Dense(4)(a), layers.Flatten()(b), layers.Flatten()(layers.Embedding(6, 3)(c))])
    x = layers.Dense(6, activation="relu")(x)
    outputs = [layers.Dense(2, name="p")(x), layers.Dense(3, name="q")(x), layers.Dense(1, "sigmoid", name="r")(x)]
    return keras.Model([a, b, c], outputs)


def _dicts(random: Random) -> tuple[Any, Any]:
    return {"b": normal(random, 4), "a": normal(random, 3)}, {"q": normal(random, 2), "p": classes(random, 3)}


@zoo(
    _dicts,
    settings=lambda keras: {
        "loss": {"p": keras.losses.SparseCategoricalCrossentropy(from_logits=True), "q": "mse"},
        "loss_weights": {"p": 0.7, "q": 1.3},
        "metrics": {"p": ["accuracy"], "q": ["mae"]},
    },
)
def dicts(keras: Any) -> Any:
    layers = keras.layers
    inputs = {"b": keras.Input((4,), name="b"), "a": keras.Input((3,), name="a")}
    x = layers.Concatenate()([inputs["a"], inputs["b"]])
    return keras.Model(inputs, {"q": layers.Dense(2, name="q")(x), "p": layers.Dense(3, name="p")(x)})


@zoo(regression((6, 4), 4))
def operators(keras: Any) -> Any:
    """Arithmetic and slices of symbolic tensors."""
    layers = keras.layers
    x = inputs = keras.Input((6, 4))
    x = layers.Dense(4)(x)
    y = layers.Dense(4)(x)
    z = (x + y) * 0.5 - x / 3.0
    z = 1.0 - z
    z = -z + 2.0 * x**2
    z = z[:, 1:5:2] * y[:, ::2][:, :2]
    return keras.Model(inputs, layers.Dense(4)(z[:, 0] + z[:, -1]))


@zoo(
    regression((6, 4), 4),
    missing={"tf_keras:keras": "tf_keras puts no Ellipsis into a .keras file", "keras": "nor does Keras 3 into any"},
)
def ellipsis(keras: Any) -> Any:
    x = inputs = keras.Input((6, 4))
    return keras.Model(inputs, keras.layers.Dense(4)(x[..., 1:, :][:, 0]))


@zoo(regression((6, 4), 4), missing={"keras": "Keras 3 takes no functions of TensorFlow on symbolic tensors"})
def tf_functions(keras: Any) -> Any:
    layers, tf = keras.layers, _tensorflow(keras)
    x = inputs = keras.Input((6, 4))
    x = layers.Dense(4)(x)
    x = tf.concat([x, tf.nn.relu(x)], axis=-1)
    x = tf.transpose(x, perm=[0, 2, 1])
    x = tf.reduce_mean(tf.square(x), axis=1, keepdims=True) + tf.reduce_max(x, axis=1, keepdims=True)
    x = tf.reshape(x, (-1, 6))
    x = tf.cast(x, "float32") + tf.expand_dims(tf.reduce_sum(tf.abs(x), -1), axis=1)
    return keras.Model(inputs, layers.Dense(4)(tf.clip_by_value(tf.stack([x, x], axis=1), -5.0, 5.0)[:, 1]))


def _tensorflow(keras: Any) -> Any:
    if keras.__name__ == "torchkeras":
        import torchkeras.tensorflow as tf
    else:
        import tensorflow as tf
    return tf


@zoo(
    regression((6, 4), 4),
    missing={
        "tf_keras": "tf_keras has no keras.ops",
        "torchkeras:h5": "our .h5 has Keras 2's form, which has no keras.ops",
    },
)
def ops_functions(keras: Any) -> Any:
    layers, ops = keras.layers, keras.ops
    x = inputs = keras.Input((6, 4))
    x = layers.Dense(4)(x)
    x = ops.concatenate([x, ops.relu(x)], axis=-1)
    x = ops.transpose(x, (0, 2, 1))
    x = ops.mean(ops.square(x), axis=1, keepdims=True) + ops.max(x, axis=1, keepdims=True)
    x = ops.reshape(x, (-1, 6))
    x = ops.cast(x, "float32") + ops.expand_dims(ops.sum(ops.abs(x), axis=-1), 1)
    return keras.Model(inputs, layers.Dense(4)(ops.clip(ops.stack([x, x], axis=1), -5.0, 5.0)[:, 1]))
