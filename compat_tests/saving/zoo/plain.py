"""Models of plain stacks: dense layers, activations, regularization, normalization, reshaping, dtypes, names."""

from __future__ import annotations

from typing import Any

from .model import Random, classes, classification, crossentropy, normal, regression, with_momentum, zoo


@zoo(classification((4,), 3), settings=crossentropy)
def dense(keras: Any) -> Any:
    """As tutorials write it: no Input layer."""
    layers = keras.layers
    return keras.Sequential(
        [layers.Dense(8, activation="relu", input_shape=(4,)), layers.Dense(3, activation="softmax")]
    )


@zoo(classification((4,), 3), settings=crossentropy)
def deferred(keras: Any) -> Any:
    """Built by its first call."""
    layers = keras.layers
    return keras.Sequential([layers.Dense(8, activation="tanh"), layers.Dense(3, activation="softmax")])


@zoo(regression((4, 6), 5))
def activations(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((4, 6))
    names = ("elu", "selu", "gelu", "swish", "softplus", "softsign", "exponential", "sigmoid")
    x = layers.Concatenate()([layers.Dense(6, activation=name)(x) for name in names])
    made = (
        layers.PReLU(shared_axes=[1]),
        layers.LeakyReLU(0.2),
        layers.ELU(0.5),
        layers.ReLU(6.0),
        layers.Activation("tanh"),
        layers.Softmax(axis=1),
    )
    x = layers.Add()([layer(layers.Dense(6)(x)) for layer in made])
    return keras.Model(inputs, layers.Dense(5)(layers.Flatten()(x)))


@zoo(regression((5,), 5), missing={"keras": "Keras 3 has another function of that name"})
def hard_sigmoid(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input((5,)), layers.Dense(5, "hard_sigmoid"), layers.Activation("hard_sigmoid")])


@zoo(regression((5,), 5), missing={"keras": "Keras 3 has no ThresholdedReLU"})
def thresholded(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input((5,)), layers.Dense(5), layers.ThresholdedReLU(0.1)])


@zoo(regression((6, 4), 2), exact=False)
def noise(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((6, 4))
    for layer in (
        layers.Dropout(0.3, seed=1),
        layers.SpatialDropout1D(0.3),
        layers.GaussianDropout(0.2),
        layers.GaussianNoise(0.1),
        layers.AlphaDropout(0.2),
    ):
        x = layer(layers.Dense(4)(x))
    return keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))


@zoo(regression((5,), 3))
def regularized(keras: Any) -> Any:
    layers, regularizers, constraints = keras.layers, keras.regularizers, keras.constraints
    return keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(
                6,
                kernel_regularizer=regularizers.L1L2(0.01, 0.02),
                bias_regularizer="l2",
                activity_regularizer=regularizers.L2(0.03),
                kernel_constraint=constraints.MaxNorm(0.8, axis=0),
                bias_constraint="non_neg",
            ),
            layers.Dense(6, kernel_regularizer=regularizers.OrthogonalRegularizer(0.01), kernel_constraint="unit_norm"),
            layers.ActivityRegularization(l1=0.01, l2=0.02),
            layers.Dense(3, kernel_constraint=constraints.MinMaxNorm(0.1, 0.9, rate=0.5)),
        ]
    )


@zoo(regression((5,), 3))
def initializers(keras: Any) -> Any:
    layers, made = keras.layers, keras.initializers
    return keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(6, kernel_initializer="he_normal", bias_initializer=made.Constant(0.1)),
            layers.Dense(6, kernel_initializer=made.VarianceScaling(2.0, "fan_out", "uniform", seed=3)),
            layers.Dense(6, kernel_initializer=made.Orthogonal(gain=1.2), bias_initializer="ones"),
            layers.Dense(3, kernel_initializer=made.RandomUniform(-0.3, 0.3, seed=1), use_bias=False),
        ]
    )


@zoo(regression((4, 4, 6), 3))
def normalizations(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((4, 4, 6))
    x = layers.BatchNormalization(momentum=0.7)(x)
    x = layers.LayerNormalization(epsilon=1e-4)(layers.Dense(6)(x))
    x = layers.GroupNormalization(groups=2)(layers.Dense(6)(x))
    x = layers.UnitNormalization()(layers.Dense(6)(x))
    x = layers.BatchNormalization(axis=1, scale=False)(x)
    x = layers.BatchNormalization(center=False)(x)
    x = layers.LayerNormalization(axis=[1, 2], center=False)(x)
    return keras.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))


@zoo(regression((6,), 3), missing={"tf_keras": "tf_keras has no RMSNormalization"})
def rms_normalization(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input((6,)), layers.Dense(6), layers.RMSNormalization(), layers.Dense(3)])


@zoo(
    regression((6,), 3),
    missing={
        "torchkeras->tf_keras:saved_model": "tf_keras does not find SpectralNormalization by its name, in its own .h5 "
        "neither: its folders have a graph instead"
    },
)
def spectral_normalization(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((6,))
    x = layers.SpectralNormalization(layers.Dense(5), power_iterations=2)(x)
    return keras.Model(inputs, layers.Dense(3)(x))


@zoo(regression((4, 6), 3))
def einsum(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((4, 6))
    x = layers.EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d")(x)
    x = layers.EinsumDense("abc,bcd->ad", output_shape=7, activation="relu", bias_axes="d")(x)
    return keras.Model(inputs, layers.Dense(3)(x))


@zoo(regression((6, 4), 3))
def reshaping(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((6, 4))
    x = layers.Reshape((4, 3, 2))(layers.Permute((2, 1))(x))
    x = layers.Cropping2D(((1, 0), (0, 1)))(layers.ZeroPadding2D(((1, 2), (0, 1)))(x))
    x = layers.UpSampling2D(2, interpolation="bilinear")(x)
    x = layers.Reshape((-1, 2))(x)
    x = layers.Cropping1D((1, 2))(layers.ZeroPadding1D(2)(layers.UpSampling1D(2)(x)))
    x = layers.Dense(3)(layers.Flatten()(x))
    x = layers.RepeatVector(3)(x)
    return keras.Model(inputs, layers.Dense(3)(layers.Flatten()(x)))


@zoo(regression((6,), 3), settings=with_momentum, tolerance=2e-3)
def dtypes(keras: Any) -> Any:
    """Layers of several precisions, with variables of theirs."""
    layers = keras.layers
    x = inputs = keras.Input((6,))
    x = layers.Dense(6, dtype="float64", name="double")(x)
    x = layers.Dense(6, dtype="float16", name="half")(x)
    return keras.Model(inputs, layers.Dense(3, dtype="float32")(x))


def _integers(random: Random) -> tuple[Any, Any]:
    return [classes(random, 5, 3), classes(random, 2, 2).astype("int64")], normal(random, 2)


@zoo(_integers, settings=with_momentum)
def integer_inputs(keras: Any) -> Any:
    layers = keras.layers
    a, b = keras.Input((3,), dtype="int32", name="a"), keras.Input((2,), dtype="int64", name="b")
    x = layers.Concatenate()([layers.Flatten()(layers.Embedding(5, 4)(a)), layers.Flatten()(layers.Embedding(2, 3)(b))])
    return keras.Model([a, b], layers.Dense(2)(x))


@zoo(regression((6,), 3))
def frozen(keras: Any) -> Any:
    """Weights of frozen layers come after all others in Keras's order."""
    layers = keras.layers
    inner = keras.Sequential([keras.Input((5,)), layers.Dense(5, trainable=False), layers.Dense(4)], name="inner")
    x = inputs = keras.Input((6,))
    x = layers.Dense(6, trainable=False, name="first")(x)
    x = layers.BatchNormalization(trainable=False)(layers.Dense(5)(x))
    x = layers.BatchNormalization()(inner(x))
    return keras.Model(inputs, layers.Dense(3)(x))


@zoo(regression((6,), 3))
def frozen_model(keras: Any) -> Any:
    """A base frozen as a whole, as in transfer learning."""
    layers = keras.layers
    base = keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.BatchNormalization()], name="base")
    base.trainable = False
    x = inputs = keras.Input((6,))
    return keras.Model(inputs, layers.Dense(3)(base(x, training=False)))


@zoo(regression((6,), 3))
def unusual_names(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((6,), name="in.put")
    for name in ("Block.1-conv", "dense_7", "dense", "kernel", "0", "_private", "vars", "layers", "optimizer"):
        x = layers.Dense(6, name=name if name != "_private" else "private_")(x)
    return keras.Model(inputs, layers.Dense(3, name="out-put")(x), name="My.Model")


@zoo(regression((6,), 3), missing={"keras": "Keras 3 allows no '/' in names"})
def slashed_names(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((6,), name="input")
    x = layers.Dense(6, name="block/dense")(x)
    x = layers.Dense(6, name="block/dense/kernel")(x)
    return keras.Model(inputs, layers.Dense(3, name="block")(x))


@zoo(
    regression((2,), 1),
    settings=lambda keras: {"loss": "mse", "optimizer": keras.optimizers.SGD(0.001)},
    missing={"saved_model": "TensorFlow takes many minutes for the graph of a thousand layers"},
)
def many_names(keras: Any) -> Any:
    """So many long names that an attribute of an HDF5 file cannot hold them: of layers, and of weights."""
    layers = keras.layers
    x = inputs = keras.Input((2,))
    inner = keras.Sequential([keras.Input((2,))], name="inner")
    for number in range(380):
        inner.add(layers.Dense(2, kernel_initializer="identity", name=f"dense_{number}_{'n' * 90}"))
    x = inner(x)
    for number in range(700):
        x = layers.Activation("linear", name=f"activation_{number}_{'n' * 90}")(x)
    return keras.Model(inputs, layers.Dense(1)(x))
