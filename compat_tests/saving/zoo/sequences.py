"""Models of recurrent layers, embeddings and attention."""

from __future__ import annotations

from typing import Any

from .model import SAMPLES, Random, normal, regression, tokens, with_momentum, zoo


@zoo(tokens(6, 9, 2), settings=with_momentum)
def lstm(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((6,), dtype="int32"),
            layers.Embedding(9, 4, mask_zero=True),
            layers.LSTM(5, return_sequences=True),
            layers.LSTM(4, go_backwards=True, unit_forget_bias=False),
            layers.Dense(2),
        ]
    )


@zoo(regression((5, 3), 2))
def gru(keras: Any) -> Any:
    """Both forms, which differ in the shape of their bias."""
    layers = keras.layers
    x = inputs = keras.Input((5, 3))
    x = layers.GRU(4, reset_after=True, return_sequences=True)(x)
    x = layers.GRU(4, reset_after=False, return_sequences=True)(x)
    x = layers.GRU(4, use_bias=False)(x)
    return keras.Model(inputs, layers.Dense(2)(x))


@zoo(regression((5, 3), 2))
def simple_rnn(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((5, 3))
    x = layers.SimpleRNN(4, return_sequences=True, activation="relu")(layers.Masking(0.0)(x))
    x = layers.SimpleRNN(4, unroll=True)(x)
    return keras.Model(inputs, layers.Dense(2)(x))


@zoo(regression((5, 3), 2))
def cells(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((5, 3))
    x = layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)], return_sequences=True)(x)
    x = layers.RNN(layers.StackedRNNCells([layers.SimpleRNNCell(4), layers.LSTMCell(5)]))(x)
    return keras.Model(inputs, layers.Dense(2)(x))


@zoo(regression((5, 3), 2))
def bidirectional(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((5, 3))
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(x)
    x = layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="sum")(x)
    x = layers.Bidirectional(
        layers.SimpleRNN(3), backward_layer=layers.SimpleRNN(3, activation="relu", go_backwards=True)
    )(x)
    return keras.Model(inputs, layers.Dense(2)(x))


@zoo(regression((5, 3), 2))
def stateful(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input(batch_shape=(SAMPLES, 5, 3))
    x = layers.LSTM(4, stateful=True, return_sequences=True)(x)
    x = layers.GRU(4, stateful=True)(x)
    return keras.Model(inputs, layers.Dense(2)(x))


def _pairs(random: Random) -> tuple[Any, Any]:
    return [normal(random, 5, 3), normal(random, 4, 3)], normal(random, 4, 2)


@zoo(_pairs)
def encoder_decoder(keras: Any) -> Any:
    """The states of one layer begin another."""
    layers = keras.layers
    source, target = keras.Input((5, 3), name="source"), keras.Input((4, 3), name="target")
    _, h, c = layers.LSTM(4, return_state=True, name="encoder")(source)
    x, *_ = layers.LSTM(4, return_sequences=True, return_state=True, name="decoder")(target, initial_state=[h, c])
    return keras.Model([source, target], layers.Dense(2)(x))


@zoo(regression((4, 5, 5, 2), 2))
def conv_lstm(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((4, 5, 5, 2))
    x = layers.ConvLSTM2D(3, 3, padding="same", return_sequences=True, recurrent_activation="sigmoid")(x)
    x = layers.TimeDistributed(layers.MaxPooling2D(2))(x)
    x = layers.Reshape((4, 4, 3))(x)
    x = layers.ConvLSTM1D(2, 2, recurrent_activation="sigmoid")(x)
    return keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))


@zoo(regression((4, 6), 4, 2))
def time_distributed(keras: Any) -> Any:
    layers = keras.layers
    inner = keras.Sequential([keras.Input((6,)), layers.Dense(5, activation="relu"), layers.Dense(3)], name="inner")
    x = inputs = keras.Input((4, 6))
    x = layers.TimeDistributed(inner)(x)
    return keras.Model(inputs, layers.TimeDistributed(layers.Dense(2))(x))


@zoo(_pairs)
def attention(keras: Any) -> Any:
    layers = keras.layers
    value, query = keras.Input((5, 3)), keras.Input((4, 3))
    a = layers.Attention(use_scale=True)([query, value])
    b = layers.AdditiveAttention()([query, value])
    return keras.Model([value, query], layers.Dense(2)(layers.Concatenate()([a, b])))


@zoo(_pairs)
def multi_head_attention(keras: Any) -> Any:
    layers = keras.layers
    value, query = keras.Input((5, 3)), keras.Input((4, 3))
    x = layers.MultiHeadAttention(2, 4, value_dim=3)(query, value)
    x = layers.Add()([x, query])
    x = layers.MultiHeadAttention(3, 2, use_bias=False, output_shape=5)(x, x, x, use_causal_mask=True)
    return keras.Model([value, query], layers.Dense(2)(layers.LayerNormalization()(x)))


@zoo(
    regression((4, 6), 4, 2),
    missing={
        "tf_keras": "tf_keras has no GroupQueryAttention",
        "torchkeras->keras:h5_uncompiled": "our .h5 has Keras 2's form, which has no GroupQueryAttention",
    },
)
def group_query_attention(keras: Any) -> Any:
    layers = keras.layers
    x = inputs = keras.Input((4, 6))
    x = layers.GroupQueryAttention(3, 4, 2)(x, x)
    return keras.Model(inputs, layers.Dense(2)(x))


@zoo(tokens(6, 9, 2), settings=with_momentum)
def transformer(keras: Any) -> Any:
    layers = keras.layers
    tokens = keras.Input((6,), dtype="int32", name="tokens")
    x = layers.Embedding(9, 8)(tokens)
    for _ in range(2):
        x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 4)(x, x))
        x = layers.LayerNormalization()(x + layers.Dense(8)(layers.Dense(12, activation="gelu")(x)))
    return keras.Model(tokens, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))
