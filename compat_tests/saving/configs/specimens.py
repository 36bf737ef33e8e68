"""One specimen of each layer, and models of each sort, that any Keras can build: for its configs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Specimen(NamedTuple):
    """A layer by its class and arguments, and the shapes of its inputs without the batch.

    `inner` tells which arguments are layers: each is again (class name, arguments).
    """

    class_name: str
    arguments: dict[str, Any] = {}
    shapes: tuple[tuple[int | None, ...], ...] = ((4,),)
    dtype: str | None = None
    inner: dict[str, Any] = {}


IMAGE = ((8, 8, 3),)
STEPS = ((6, 4),)
VOLUME = ((6, 6, 6, 2),)
TWO = ((4,), (4,))

LAYERS: dict[str, Specimen] = {
    "dense": Specimen("Dense", {"units": 3, "activation": "relu", "kernel_regularizer": "l2"}),
    "dense_plain": Specimen("Dense", {"units": 3, "use_bias": False, "kernel_initializer": "he_normal",
                                      "kernel_constraint": "non_neg"}),
    "dense_mixed": Specimen("Dense", {"units": 3, "dtype": "mixed_float16"}),
    "dense_double": Specimen("Dense", {"units": 3, "dtype": "float64"}),
    "activation": Specimen("Activation", {"activation": "tanh"}),
    "activation_leaky": Specimen("Activation", {"activation": "swish"}),
    "elu": Specimen("ELU", {"alpha": 0.5}),
    "leaky_relu": Specimen("LeakyReLU"),
    "prelu": Specimen("PReLU", {"shared_axes": [1, 2]}, IMAGE),
    "relu": Specimen("ReLU", {"max_value": 6.0}),
    "softmax": Specimen("Softmax", {"axis": -1}),
    "thresholded_relu": Specimen("ThresholdedReLU", {"theta": 0.5}),
    "dropout": Specimen("Dropout", {"rate": 0.3, "seed": 4}),
    "spatial_dropout1d": Specimen("SpatialDropout1D", {"rate": 0.3}, STEPS),
    "spatial_dropout2d": Specimen("SpatialDropout2D", {"rate": 0.3}, IMAGE),
    "spatial_dropout3d": Specimen("SpatialDropout3D", {"rate": 0.3}, VOLUME),
    "gaussian_dropout": Specimen("GaussianDropout", {"rate": 0.3}),
    "gaussian_noise": Specimen("GaussianNoise", {"stddev": 0.3}),
    "alpha_dropout": Specimen("AlphaDropout", {"rate": 0.3}),
    "activity_regularization": Specimen("ActivityRegularization", {"l1": 0.1}),
    "flatten": Specimen("Flatten", {}, IMAGE),
    "reshape": Specimen("Reshape", {"target_shape": [2, 2]}),
    "permute": Specimen("Permute", {"dims": [2, 1]}, STEPS),
    "repeat_vector": Specimen("RepeatVector", {"n": 3}),
    "masking": Specimen("Masking", {"mask_value": 0.0}, STEPS),
    "embedding": Specimen("Embedding", {"input_dim": 10, "output_dim": 4, "mask_zero": True}, ((5,),), "int32"),
    "einsum_dense": Specimen("EinsumDense", {"equation": "abc,cd->abd", "output_shape": [None, 7], "bias_axes": "d"},
                             STEPS),
    "identity": Specimen("Identity"),
    "conv1d": Specimen("Conv1D", {"filters": 3, "kernel_size": 2, "padding": "causal", "dilation_rate": 2}, STEPS),
    "conv2d": Specimen("Conv2D", {"filters": 4, "kernel_size": [3, 3], "strides": 2, "padding": "same"}, IMAGE),
    "conv3d": Specimen("Conv3D", {"filters": 2, "kernel_size": 3}, VOLUME),
    "conv1d_transpose": Specimen("Conv1DTranspose", {"filters": 3, "kernel_size": 2, "strides": 2}, STEPS),
    "conv2d_transpose": Specimen("Conv2DTranspose", {"filters": 3, "kernel_size": 2, "strides": 2}, IMAGE),
    "conv3d_transpose": Specimen("Conv3DTranspose", {"filters": 3, "kernel_size": 2}, VOLUME),
    "depthwise_conv1d": Specimen("DepthwiseConv1D", {"kernel_size": 2, "depth_multiplier": 2}, STEPS),
    "depthwise_conv2d": Specimen("DepthwiseConv2D", {"kernel_size": 2}, IMAGE),
    "separable_conv1d": Specimen("SeparableConv1D", {"filters": 3, "kernel_size": 2}, STEPS),
    "separable_conv2d": Specimen("SeparableConv2D", {"filters": 3, "kernel_size": 2}, IMAGE),
    **{f"{kind.lower()}_pooling{n}d": Specimen(f"{kind}Pooling{n}D", {"pool_size": 2}, shapes)
       for kind in ("Max", "Average") for n, shapes in ((1, STEPS), (2, IMAGE), (3, VOLUME))},
    **{f"global_{kind.lower()}_pooling{n}d": Specimen(f"Global{kind}Pooling{n}D", {}, shapes)
       for kind in ("Max", "Average") for n, shapes in ((1, STEPS), (2, IMAGE), (3, VOLUME))},
    "global_keepdims": Specimen("GlobalAveragePooling2D", {"keepdims": True}, IMAGE),
    "cropping1d": Specimen("Cropping1D", {"cropping": 1}, STEPS),
    "cropping2d": Specimen("Cropping2D", {"cropping": [[1, 2], [0, 1]]}, IMAGE),
    "cropping3d": Specimen("Cropping3D", {"cropping": 1}, VOLUME),
    "zero_padding1d": Specimen("ZeroPadding1D", {"padding": 2}, STEPS),
    "zero_padding2d": Specimen("ZeroPadding2D", {"padding": [[1, 2], [0, 1]]}, IMAGE),
    "zero_padding3d": Specimen("ZeroPadding3D", {"padding": 1}, VOLUME),
    "up_sampling1d": Specimen("UpSampling1D", {"size": 2}, STEPS),
    "up_sampling2d": Specimen("UpSampling2D", {"size": 2, "interpolation": "bilinear"}, IMAGE),
    "up_sampling3d": Specimen("UpSampling3D", {"size": 2}, VOLUME),
    "batch_normalization": Specimen("BatchNormalization", {}, IMAGE),
    "batch_normalization_plain": Specimen("BatchNormalization", {"scale": False, "center": False, "momentum": 0.9}),
    "layer_normalization": Specimen("LayerNormalization", {"epsilon": 1e-5}, STEPS),
    "group_normalization": Specimen("GroupNormalization", {"groups": 2}, STEPS),
    "unit_normalization": Specimen("UnitNormalization"),
    "rms_normalization": Specimen("RMSNormalization"),
    "add": Specimen("Add", {}, TWO),
    "subtract": Specimen("Subtract", {}, TWO),
    "multiply": Specimen("Multiply", {}, TWO),
    "average": Specimen("Average", {}, TWO),
    "maximum": Specimen("Maximum", {}, TWO),
    "minimum": Specimen("Minimum", {}, TWO),
    "concatenate": Specimen("Concatenate", {"axis": -1}, TWO),
    "dot": Specimen("Dot", {"axes": 1}, TWO),
    "attention": Specimen("Attention", {"use_scale": True}, ((3, 4), (5, 4))),
    "additive_attention": Specimen("AdditiveAttention", {}, ((3, 4), (5, 4))),
    "lstm": Specimen("LSTM", {"units": 3, "return_sequences": True}, STEPS),
    "lstm_dropout": Specimen("LSTM", {"units": 3, "dropout": 0.2, "recurrent_dropout": 0.1}, STEPS),
    "gru": Specimen("GRU", {"units": 3}, STEPS),
    "gru_before": Specimen("GRU", {"units": 3, "reset_after": False}, STEPS),
    "simple_rnn": Specimen("SimpleRNN", {"units": 3, "go_backwards": True}, STEPS),
    "conv_lstm1d": Specimen("ConvLSTM1D", {"filters": 2, "kernel_size": 2}, ((3, 5, 2),)),
    "conv_lstm2d": Specimen("ConvLSTM2D", {"filters": 2, "kernel_size": 2}, ((3, 5, 5, 2),)),
    "rnn": Specimen("RNN", {"return_sequences": True}, STEPS, None, {"cell": ("LSTMCell", {"units": 3})}),
    "rnn_stacked": Specimen("RNN", {}, STEPS, None,
                            {"cell": [("GRUCell", {"units": 3}), ("SimpleRNNCell", {"units": 2})]}),
    "bidirectional": Specimen("Bidirectional", {"merge_mode": "concat"}, STEPS, None,
                              {"layer": ("LSTM", {"units": 3, "return_sequences": True})}),
    "bidirectional_two": Specimen("Bidirectional", {"merge_mode": "sum"}, STEPS, None,
                                  {"layer": ("GRU", {"units": 3}),
                                   "backward_layer": ("GRU", {"units": 3, "go_backwards": True})}),
    "time_distributed": Specimen("TimeDistributed", {}, STEPS, None, {"layer": ("Dense", {"units": 2})}),
    "spectral_normalization": Specimen("SpectralNormalization", {}, ((4,),), None, {"layer": ("Dense", {"units": 2})}),
    "rescaling": Specimen("Rescaling", {"scale": 0.5, "offset": 1.0}),
    "resizing": Specimen("Resizing", {"height": 4, "width": 5}, IMAGE),
    "center_crop": Specimen("CenterCrop", {"height": 4, "width": 5}, IMAGE),
    "random_flip": Specimen("RandomFlip", {"mode": "horizontal", "seed": 1}, IMAGE),
    "random_rotation": Specimen("RandomRotation", {"factor": 0.2, "seed": 1}, IMAGE),
    "random_zoom": Specimen("RandomZoom", {"height_factor": [0.1, 0.2]}, IMAGE),
    "random_translation": Specimen("RandomTranslation", {"height_factor": 0.1, "width_factor": 0.2}, IMAGE),
    "random_contrast": Specimen("RandomContrast", {"factor": 0.1}, IMAGE),
    "random_brightness": Specimen("RandomBrightness", {"factor": 0.1}, IMAGE),
    "random_crop": Specimen("RandomCrop", {"height": 4, "width": 4}, IMAGE),
    "normalization": Specimen("Normalization", {"mean": 1.0, "variance": 4.0}),
    "normalization_arrays": Specimen("Normalization", {"mean": [1.0, 2.0, 3.0, 4.0], "variance": [1.0, 4.0, 1.0, 4.0]}),
    "discretization": Specimen("Discretization", {"bin_boundaries": [0.0, 1.0, 2.0]}),
    "category_encoding": Specimen("CategoryEncoding", {"num_tokens": 6, "output_mode": "multi_hot"}, ((3,),), "int32"),
    "integer_lookup": Specimen("IntegerLookup", {"vocabulary": [3, 5, 7]}, ((3,),), "int64"),
    "string_lookup": Specimen("StringLookup", {"vocabulary": ["a", "b"]}, ((3,),), "string"),
    "text_vectorization": Specimen("TextVectorization", {"vocabulary": ["a", "b"], "output_sequence_length": 4},
                                   ((1,),), "string"),
    "hashing": Specimen("Hashing", {"num_bins": 5}, ((3,),), "int64"),
}  # fmt: skip


def initializers(keras: Any) -> dict[str, Any]:
    """An initializer of each sort."""
    i = keras.initializers
    return {
        "zeros": i.Zeros(), "ones": i.Ones(), "constant": i.Constant(0.5), "random_normal": i.RandomNormal(0.0, 0.1, 3),
        "random_uniform": i.RandomUniform(-0.1, 0.1), "truncated_normal": i.TruncatedNormal(0.0, 0.2),
        "variance_scaling": i.VarianceScaling(2.0, "fan_out", "uniform"), "orthogonal": i.Orthogonal(0.5),
        "identity": i.Identity(2.0), "glorot_uniform": i.GlorotUniform(1), "he_normal": i.HeNormal(),
        "lecun_uniform": i.LecunUniform(),
    }  # fmt: skip


# --- models -------------------------------------------------------------------------------------------------


def sequential(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, activation="relu"), layers.Dropout(0.5), layers.Dense(2)]
    )


def sequential_unbuilt(keras: Any) -> Any:
    return keras.Sequential([keras.layers.Dense(3), keras.layers.Dense(2)], name="later")


def sequential_built(keras: Any) -> Any:
    model = keras.Sequential([keras.layers.Dense(3), keras.layers.Dense(2)])
    model.build((None, 4))
    return model


def functional(keras: Any) -> Any:
    layers = keras.layers
    inputs = keras.Input((4,), name="x")
    hidden = layers.Dense(4, activation="relu", name="a")(inputs)
    return keras.Model(inputs, layers.Dense(2)(layers.Add()([hidden, inputs])), name="residual")


def shared(keras: Any) -> Any:
    layers = keras.layers
    one, two = keras.Input((4,)), keras.Input((4,))
    dense = layers.Dense(3, name="tower")
    return keras.Model([one, two], layers.Concatenate()([dense(one), dense(two), dense(layers.Average()([one, two]))]))


def several(keras: Any) -> Any:
    layers = keras.layers
    one, two = keras.Input((4,), name="one"), keras.Input((3,), name="two")
    joined = layers.Concatenate()([one, two])
    return keras.Model([one, two], [layers.Dense(1, name="p")(joined), layers.Dense(2, name="q")(joined)])


def dictionaries(keras: Any) -> Any:
    layers = keras.layers
    given = {"one": keras.Input((4,), name="one"), "two": keras.Input((3,), name="two")}
    joined = layers.Concatenate()([given["one"], given["two"]])
    return keras.Model(given, {"p": layers.Dense(1, name="p")(joined), "q": layers.Dense(2, name="q")(joined)})


def one_in_a_list(keras: Any) -> Any:
    inputs = keras.Input((4,))
    return keras.Model([inputs], [keras.layers.Dense(2)(inputs)])


def nested(keras: Any) -> Any:
    layers = keras.layers
    inner_in = keras.Input((4,))
    inner = keras.Model(inner_in, layers.Dense(4)(inner_in), name="inner")
    stack = keras.Sequential([keras.Input((4,)), layers.Dense(4)], name="stack")
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Add()([inner(stack(inputs)), inner(inputs)]))


def nested_last(keras: Any) -> Any:
    """An inner model whose second result is an output."""
    inner_in = keras.Input((4,))
    inner = keras.Model(inner_in, keras.layers.Dense(4)(inner_in), name="inner")
    inputs = keras.Input((4,))
    return keras.Model(inputs, [inner(keras.layers.Activation("relu")(inner(inputs))), keras.layers.ReLU()(inputs)])


def nested_deep(keras: Any) -> Any:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4)], name="level0")
    for level in range(1, 5):
        model = keras.Sequential([keras.Input((4,)), model, keras.layers.Dense(4)], name=f"level{level}")
    return model


def frozen(keras: Any) -> Any:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, trainable=False), keras.layers.Dense(2)])
    model.layers[1].trainable = False
    return model


def states(keras: Any) -> Any:
    layers = keras.layers
    given, target = keras.Input((None, 4)), keras.Input((None, 4))
    _, h, c = layers.LSTM(3, return_state=True)(given)
    decoded = layers.LSTM(3, return_sequences=True)(target, initial_state=[h, c])
    return keras.Model([given, target], layers.Dense(2)(decoded))


def attention(keras: Any) -> Any:
    layers = keras.layers
    query, value = keras.Input((3, 4)), keras.Input((5, 4))
    mixed = layers.MultiHeadAttention(2, 3)(query, value)
    return keras.Model([query, value], layers.GlobalAveragePooling1D()(layers.LayerNormalization()(mixed + query)))


def self_attention(keras: Any) -> Any:
    x = keras.Input((3, 4))
    return keras.Model(x, keras.layers.MultiHeadAttention(2, 3, value_dim=2)(x, x, use_causal_mask=True))


def masked(keras: Any) -> Any:
    layers = keras.layers
    words = keras.Input((None,), dtype="int32")
    found = layers.Embedding(10, 4, mask_zero=True)(words)
    found = layers.Bidirectional(layers.GRU(3, return_sequences=True))(found)
    return keras.Model(words, layers.Dense(1)(layers.LSTM(3)(found)))


def operators(keras: Any) -> Any:
    x = keras.Input((4,))
    return keras.Model(x, 1.0 / (keras.layers.Dense(4)(x * 2.0 + 1.0) ** 2 + 3.0) - x[:, :1])


def slices(keras: Any) -> Any:
    x = keras.Input((6, 5, 4))
    parts = [x[:, 1:4, ::2], x[:, 1:4, 0:3, -1], x[..., -1:]]
    return keras.Model(x, keras.layers.Concatenate()([keras.layers.Flatten()(part) for part in parts]))


def named_functions(keras: Any) -> Any:
    """Functions of `keras.ops` in Keras 3, of `tf` in Keras 2."""
    x = keras.Input((6, 4))
    if hasattr(keras, "ops"):
        ops = keras.ops
        y = ops.mean(x, axis=1)
        y = ops.concatenate([y, ops.max(x, axis=1), ops.squeeze(ops.expand_dims(y, 1), axis=1)], axis=-1)
        y = ops.matmul(ops.reshape(y, (-1, 3, 4)), ops.transpose(ops.reshape(y, (-1, 3, 4)), axes=(0, 2, 1)))
        return keras.Model(x, ops.relu(ops.sqrt(ops.abs(y)) + ops.stack([y, y], axis=0)[0]))
    import tensorflow as tf

    y = tf.reduce_mean(x, axis=1)
    y = tf.concat([y, tf.reduce_max(x, axis=1), tf.squeeze(tf.expand_dims(y, 1), axis=1)], axis=-1)
    y = tf.matmul(tf.reshape(y, (-1, 3, 4)), tf.transpose(tf.reshape(y, (-1, 3, 4)), perm=(0, 2, 1)))
    return keras.Model(x, tf.nn.relu(tf.sqrt(tf.abs(y)) + tf.stack([y, y], axis=0)[0]))


def mixed_precision(keras: Any) -> Any:
    layers = keras.layers
    x = keras.Input((4,))
    hidden = layers.BatchNormalization(dtype="mixed_float16")(layers.Dense(3, dtype="mixed_float16")(x))
    return keras.Model(x, layers.Dense(2, dtype="float32")(layers.Activation("relu", dtype="mixed_bfloat16")(hidden)))


def images(keras: Any) -> Any:
    layers = keras.layers
    x = keras.Input((8, 8, 3))
    y = layers.BatchNormalization(axis=-1)(layers.Conv2D(4, 3, padding="same", activation="relu")(x))
    y = layers.MaxPooling2D(2)(layers.Activation("relu")(layers.SeparableConv2D(4, 3, padding="same")(y)))
    y = layers.GlobalAveragePooling2D()(layers.concatenate([y, layers.AveragePooling2D(2)(x)]))
    return keras.Model(
        x, layers.Dense(2, activation="softmax", kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2))(y)
    )


def objects(keras: Any) -> Any:
    """Initializers, regularizers and constraints as objects."""
    layers = keras.layers
    model = keras.Sequential([keras.Input((4,))])
    for name, one in initializers(keras).items():
        model.add(layers.Dense(4, kernel_initializer=one, name=name))
    model.add(
        layers.Dense(
            4,
            kernel_regularizer=keras.regularizers.L1(0.1),
            bias_regularizer=keras.regularizers.L2(0.2),
            activity_regularizer=keras.regularizers.L1L2(0.1, 0.2),
            kernel_constraint=keras.constraints.MaxNorm(2),
            bias_constraint=keras.constraints.NonNeg(),
        )
    )
    model.add(
        layers.Dense(
            4, kernel_constraint=keras.constraints.MinMaxNorm(0.1, 2.0), bias_constraint=keras.constraints.UnitNorm(0)
        )
    )
    return model


MODELS: dict[str, Callable[[Any], Any]] = {
    f.__name__: f
    for f in (
        sequential, sequential_unbuilt, sequential_built, functional, shared, several, dictionaries, one_in_a_list,
        nested, nested_last, nested_deep, frozen, states, attention, self_attention, masked, operators, slices,
        named_functions, mixed_precision, images, objects,
    )
}  # fmt: skip


def build_layer(keras: Any, specimen: Specimen) -> Any:
    """A functional model around the one layer."""
    arguments = dict(specimen.arguments)
    for name, inner in specimen.inner.items():
        made = [_layer(keras, *one) for one in (inner if isinstance(inner, list) else [inner])]
        arguments[name] = made if isinstance(inner, list) else made[0]
    inputs = [keras.Input(shape, dtype=specimen.dtype) for shape in specimen.shapes]
    layer = _layer(keras, specimen.class_name, arguments)
    return keras.Model(inputs, layer(inputs if len(inputs) > 1 else inputs[0]))


def _layer(keras: Any, class_name: str, arguments: dict[str, Any]) -> Any:
    layers = keras.layers
    found = getattr(layers, class_name, None)
    if found is None and hasattr(layers, "experimental"):
        found = getattr(layers.experimental.preprocessing, class_name, None)
    if found is None:
        raise LookupError(class_name)
    return found(**arguments)
