"""Models, each made by a function of a Keras-like namespace.

Every layer has a name, so that nothing depends on what was made before in the process.
"""

from .schema import Input, ModelCase


def _mlp(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((8,), name="features"),
            layers.Dense(16, activation="relu", name="hidden_1"),
            layers.Dense(12, activation="tanh", kernel_regularizer="l2", name="hidden_2"),
            layers.Dense(5, activation="softmax", name="classes"),
        ],
        name="mlp",
    )


def _mlp_built_by_input_shape(keras):
    layers = keras.layers
    model = keras.Sequential(name="mlp_input_shape")
    model.add(layers.Flatten(input_shape=(4, 3), name="flatten"))
    model.add(layers.Dense(10, activation="elu", name="hidden"))
    model.add(layers.BatchNormalization(name="norm"))
    model.add(layers.Dense(1, name="value"))
    return model


def _lenet5(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((16, 16, 1), name="image"),
            layers.Conv2D(6, 5, padding="same", activation="tanh", name="c1"),
            layers.AveragePooling2D(2, name="s2"),
            layers.Conv2D(16, 5, activation="tanh", name="c3"),
            layers.AveragePooling2D(2, name="s4"),
            layers.Flatten(name="flatten"),
            layers.Dense(60, activation="tanh", name="c5"),
            layers.Dense(42, activation="tanh", name="f6"),
            layers.Dense(10, activation="softmax", name="output"),
        ],
        name="lenet5",
    )


def _small_cifar(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((12, 12, 3), name="image"),
            layers.Conv2D(8, 3, activation="relu", name="conv1"),
            layers.MaxPooling2D(2, name="pool1"),
            layers.Conv2D(12, 3, activation="relu", padding="same", name="conv2"),
            layers.MaxPooling2D(2, name="pool2"),
            layers.Conv2D(12, 2, activation="relu", name="conv3"),
            layers.Flatten(name="flatten"),
            layers.Dense(16, activation="relu", name="hidden"),
            layers.Dense(10, name="logits"),
        ],
        name="small_cifar",
    )


def _residual(keras):
    layers = keras.layers
    inputs = keras.Input((8, 8, 4), name="image")
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name="conv1")(inputs)
    x = layers.BatchNormalization(name="norm1")(x)
    x = layers.ReLU(name="relu1")(x)
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv2")(x)
    x = layers.BatchNormalization(name="norm2")(x)
    shortcut = layers.Conv2D(8, 1, strides=2, padding="same", use_bias=False, name="projection")(inputs)
    shortcut = layers.BatchNormalization(name="norm3")(shortcut)
    x = layers.Add(name="add")([x, shortcut])
    x = layers.Activation("relu", name="relu2")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, layers.Dense(3, name="logits")(x), name="residual")


def _two_in_two_out(keras):
    layers = keras.layers
    image = keras.Input((6, 6, 2), name="image")
    facts = keras.Input((5,), name="facts")
    x = layers.Conv2D(4, 3, activation="relu", name="conv")(image)
    x = layers.GlobalMaxPooling2D(name="pool")(x)
    y = layers.Dense(4, activation="relu", name="facts_dense")(facts)
    both = layers.Concatenate(name="both")([x, y])
    both = layers.Dropout(0.5, name="dropout")(both)
    kind = layers.Dense(3, activation="softmax", name="kind")(both)
    size = layers.Dense(1, name="size")(layers.Multiply(name="product")([x, y]))
    return keras.Model(inputs=[image, facts], outputs=[kind, size], name="two_in_two_out")


def _shared(keras):
    layers = keras.layers
    left = keras.Input((6,), name="left")
    right = keras.Input((6,), name="right")
    tower = layers.Dense(5, activation="tanh", kernel_regularizer="l2", name="tower")
    second = layers.Dense(4, name="second")
    a, b = second(tower(left)), second(tower(right))
    cosine = layers.Dot(axes=1, normalize=True, name="cosine")([a, b])
    gap = layers.Subtract(name="gap")([a, b])
    return keras.Model([left, right], layers.Concatenate(name="both")([cosine, gap]), name="shared")


def _nested(keras):
    layers = keras.layers
    inner_input = keras.Input((7,), name="inner_input")
    x = layers.Dense(6, name="inner_dense")(inner_input)
    x = layers.BatchNormalization(name="inner_norm")(x)
    inner = keras.Model(inner_input, layers.PReLU(name="inner_prelu")(x), name="inner")
    head = keras.Sequential([layers.Dense(6, activation="selu", name="head_dense")], name="head")
    inputs = keras.Input((7,), name="outer_input")
    x = inner(inputs)
    x = layers.Add(name="add")([x, head(inputs)])
    return keras.Model(inputs, layers.Dense(2, name="logits")(x), name="nested")


def _separable(keras):
    layers = keras.layers
    inputs = keras.Input((9, 9, 3), name="image")
    x = layers.SeparableConv2D(6, 3, padding="same", use_bias=False, name="separable1")(inputs)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="norm1")(x)
    x = layers.ReLU(6.0, name="relu6")(x)
    x = layers.DepthwiseConv2D(3, strides=2, padding="same", name="depthwise")(x)
    x = layers.LeakyReLU(0.1, name="leaky")(x)
    x = layers.SeparableConv2D(8, 3, depth_multiplier=2, name="separable2")(x)
    x = layers.MaxPooling2D(3, strides=1, padding="same", name="pool")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    return keras.Model(inputs, layers.Dense(4, activation="softmax", name="classes")(x), name="separable")


def _autoencoder(keras):
    layers = keras.layers
    inputs = keras.Input((8, 8, 1), name="image")
    x = layers.Conv2D(6, 3, strides=2, padding="same", activation="relu", name="down1")(inputs)
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="down2")(x)
    x = layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu", name="up1")(x)
    x = layers.Conv2DTranspose(6, 4, strides=2, padding="same", activation="relu", name="up2")(x)
    x = layers.Conv2D(1, 3, padding="same", activation="sigmoid", name="image_out")(x)
    return keras.Model(inputs, x, name="autoencoder")


def _u_net(keras):
    layers = keras.layers
    inputs = keras.Input((8, 8, 2), name="image")
    down = layers.Conv2D(4, 3, padding="same", activation="relu", name="down")(inputs)
    x = layers.MaxPooling2D(name="pool")(down)
    x = layers.Conv2D(6, 3, padding="same", activation="relu", name="bottom")(x)
    x = layers.UpSampling2D(interpolation="bilinear", name="up")(x)
    x = layers.Concatenate(name="skip")([down, x])
    x = layers.ZeroPadding2D(1, name="pad")(x)
    x = layers.Conv2D(4, 3, name="merge")(x)
    x = layers.LayerNormalization(name="norm")(x)
    return keras.Model(inputs, layers.Conv2D(3, 1, activation="softmax", name="labels")(x), name="u_net")


def _text(keras):
    layers = keras.layers
    tokens = keras.Input((7,), dtype="int32", name="tokens")
    x = layers.Embedding(12, 6, mask_zero=True, name="embedding")(tokens)
    x = layers.Dropout(0.3, name="dropout")(x)
    x = layers.Dense(5, activation="relu", name="each_token")(x)
    x = layers.GlobalAveragePooling1D(name="mean")(x)
    return keras.Model(tokens, layers.Dense(1, activation="sigmoid", name="positive")(x), name="text")


def _conv1d(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((20, 2), name="signal"),
            layers.Conv1D(6, 3, padding="causal", dilation_rate=2, activation="relu", name="conv1"),
            layers.MaxPooling1D(2, name="pool"),
            layers.BatchNormalization(momentum=0.7, name="norm"),
            layers.SeparableConv1D(8, 3, activation="relu", name="conv2"),
            layers.GlobalMaxPooling1D(name="top"),
            layers.Dense(2, activity_regularizer="l2", name="logits"),
        ],
        name="conv1d",
    )


def _steps(keras):
    layers = keras.layers
    clip = keras.Input((3, 6, 6, 1), name="clip")
    x = layers.TimeDistributed(layers.Conv2D(3, 3, activation="relu", name="conv"), name="each_conv")(clip)
    x = layers.TimeDistributed(layers.Flatten(name="flatten"), name="each_flat")(x)
    x = layers.TimeDistributed(layers.Dense(4, name="dense"), name="each_dense")(x)
    x = layers.Permute((2, 1), name="permute")(x)
    x = layers.Reshape((-1,), name="reshape")(x)
    return keras.Model(clip, layers.Dense(2, name="logits")(x), name="steps")


def _case(build, *inputs, **options):
    return ModelCase(build.__name__.lstrip("_"), build, inputs, **options)


# Dropout draws random numbers in training: those models are compared in inference only.
MODELS = [
    _case(_mlp, Input((4, 8))),
    _case(_mlp_built_by_input_shape, Input((5, 4, 3))),
    _case(_lenet5, Input((2, 16, 16, 1), "uniform")),
    _case(_small_cifar, Input((2, 12, 12, 3))),
    _case(_residual, Input((3, 8, 8, 4))),
    _case(_two_in_two_out, Input((3, 6, 6, 2)), Input((3, 5)), training_calls=0),
    _case(_shared, Input((4, 6)), Input((4, 6))),
    _case(_nested, Input((5, 7))),
    _case(_separable, Input((2, 9, 9, 3))),
    _case(_autoencoder, Input((2, 8, 8, 1), "uniform")),
    _case(_u_net, Input((1, 8, 8, 2))),
    _case(_text, Input((4, 7), "ints", high=12), training_calls=0),
    _case(_conv1d, Input((3, 20, 2))),
    _case(_steps, Input((2, 3, 6, 6, 1))),
]
