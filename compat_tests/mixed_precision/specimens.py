"""Layers whose output types under a policy are recorded, made alike by tf_keras and here."""

from __future__ import annotations

from typing import Any

import numpy as np

VECTOR, SERIES, IMAGE, VOLUME = (2, 4), (2, 6, 4), (2, 6, 7, 4), (2, 5, 6, 7, 2)
POOLINGS = ("MaxPooling", "AveragePooling", "GlobalMaxPooling", "GlobalAveragePooling")


def _dense(layers: Any) -> Any:
    return layers.Dense(3)


def _conv(layers: Any) -> Any:
    return layers.Conv2D(3, 2)


def _gru(layers: Any) -> Any:
    return layers.GRU(3, return_sequences=True)


def _cells(layers: Any) -> Any:
    return [layers.LSTMCell(3), layers.GRUCell(2)]


def _cell(layers: Any) -> Any:
    return layers.SimpleRNNCell(3)


#: name: (class, settings, shapes of the inputs); several inputs are a list. Functions in settings get `layers`.
LAYERS: dict[str, tuple[str, dict[str, Any], Any]] = {
    "dense": ("Dense", {"units": 3, "activation": "tanh"}, VECTOR),
    "dense_softmax": ("Dense", {"units": 3, "activation": "softmax"}, VECTOR),
    "einsum_dense": ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (None, 3), "bias_axes": "d"}, SERIES),
    "embedding": ("Embedding", {"input_dim": 10, "output_dim": 3}, "integers"),
    "embedding_of_floats": ("Embedding", {"input_dim": 600, "output_dim": 3}, "whole floats"),
    "activation": ("Activation", {"activation": "gelu"}, VECTOR),
    "softmax": ("Softmax", {}, VECTOR),
    "relu": ("ReLU", {"max_value": 6.0}, VECTOR),
    "leaky_relu": ("LeakyReLU", {}, VECTOR),
    "elu": ("ELU", {}, VECTOR),
    "prelu": ("PReLU", {}, SERIES),
    "dropout": ("Dropout", {"rate": 0.4}, VECTOR),
    "gaussian_noise": ("GaussianNoise", {"stddev": 0.4}, VECTOR),
    "gaussian_dropout": ("GaussianDropout", {"rate": 0.4}, VECTOR),
    "alpha_dropout": ("AlphaDropout", {"rate": 0.4}, VECTOR),
    "spatial_dropout": ("SpatialDropout2D", {"rate": 0.4}, IMAGE),
    "masking": ("Masking", {}, SERIES),
    "batch_norm": ("BatchNormalization", {}, IMAGE),
    "batch_norm_flat": ("BatchNormalization", {}, VECTOR),
    "batch_norm_series": ("BatchNormalization", {}, SERIES),
    "layer_norm": ("LayerNormalization", {}, SERIES),
    "layer_norm_axes": ("LayerNormalization", {"axis": [1, 2]}, SERIES),
    "group_norm": ("GroupNormalization", {"groups": 2}, IMAGE),
    "unit_norm": ("UnitNormalization", {}, VECTOR),
    "conv1d": ("Conv1D", {"filters": 3, "kernel_size": 2, "padding": "causal"}, SERIES),
    "conv2d": ("Conv2D", {"filters": 3, "kernel_size": 2, "activation": "relu", "padding": "same"}, IMAGE),
    "conv3d": ("Conv3D", {"filters": 3, "kernel_size": 2}, VOLUME),
    "conv1d_transpose": ("Conv1DTranspose", {"filters": 3, "kernel_size": 2, "strides": 2}, SERIES),
    "conv2d_transpose": ("Conv2DTranspose", {"filters": 3, "kernel_size": 2, "strides": 2}, IMAGE),
    "depthwise": ("DepthwiseConv2D", {"kernel_size": 3, "padding": "same"}, IMAGE),
    "separable1d": ("SeparableConv1D", {"filters": 3, "kernel_size": 3}, SERIES),
    "separable2d": ("SeparableConv2D", {"filters": 3, "kernel_size": 3}, IMAGE),
    **{f"{kind}1d": (f"{kind}1D", {}, SERIES) for kind in POOLINGS},
    **{f"{kind}2d": (f"{kind}2D", {}, IMAGE) for kind in POOLINGS},
    **{
        name.lower(): (name, {}, [SERIES, SERIES])
        for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")
    },
    "dot": ("Dot", {"axes": 2}, [SERIES, SERIES]),
    "flatten": ("Flatten", {}, SERIES),
    "flatten_of_integers": ("Flatten", {}, "integers"),
    "reshape": ("Reshape", {"target_shape": (2, 2)}, VECTOR),
    "permute": ("Permute", {"dims": (2, 1)}, SERIES),
    "repeat_vector": ("RepeatVector", {"n": 3}, VECTOR),
    "zero_padding": ("ZeroPadding2D", {}, IMAGE),
    "cropping": ("Cropping2D", {}, IMAGE),
    "up_sampling": ("UpSampling2D", {}, IMAGE),
    "up_sampling_bilinear": ("UpSampling2D", {"interpolation": "bilinear"}, IMAGE),
    "attention": ("Attention", {"use_scale": True}, [SERIES, SERIES]),
    "additive_attention": ("AdditiveAttention", {}, [SERIES, SERIES]),
    "multi_head_attention": ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, "query and value"),
    "simple_rnn": ("SimpleRNN", {"units": 3, "return_sequences": True}, SERIES),
    "lstm": ("LSTM", {"units": 3, "return_sequences": True, "return_state": True}, SERIES),
    "lstm_plain": ("LSTM", {"units": 3, "recurrent_activation": "hard_sigmoid"}, SERIES),
    "gru": ("GRU", {"units": 3, "return_sequences": True}, SERIES),
    "gru_before": ("GRU", {"units": 3, "reset_after": False}, SERIES),
    "conv_lstm": ("ConvLSTM2D", {"filters": 3, "kernel_size": 2}, (2, 3, 5, 6, 2)),
    "rnn_of_cells": ("RNN", {"cell": _cells}, SERIES),
    "rnn_of_a_cell": ("RNN", {"cell": _cell, "return_sequences": True}, SERIES),
    "bidirectional": ("Bidirectional", {"layer": _gru}, SERIES),
    "time_distributed": ("TimeDistributed", {"layer": _dense}, SERIES),
    "spectral": ("SpectralNormalization", {"layer": _conv}, IMAGE),
    "rescaling": ("Rescaling", {"scale": 0.5, "offset": 1.0}, IMAGE),
    "rescaling_of_bytes": ("Rescaling", {"scale": 1 / 255.0}, "bytes"),
    "resizing": ("Resizing", {"height": 4, "width": 5}, IMAGE),
    "center_crop": ("CenterCrop", {"height": 4, "width": 5}, IMAGE),
    "normalization": ("Normalization", {"mean": 0.5, "variance": 2.0}, VECTOR),
    "category_encoding": ("CategoryEncoding", {"num_tokens": 10, "output_mode": "multi_hot"}, "integers"),
    "discretization": ("Discretization", {"bin_boundaries": [0.0, 1.0]}, VECTOR),
    "discretization_one_hot": ("Discretization", {"bin_boundaries": [0.0, 1.0], "output_mode": "one_hot"}, (2, 1)),
    "hashing": ("Hashing", {"num_bins": 5}, "integers"),
    "integer_lookup": ("IntegerLookup", {"vocabulary": [1, 2, 3]}, "integers"),
    "random_flip": ("RandomFlip", {}, IMAGE),
    "random_rotation": ("RandomRotation", {"factor": 0.2}, IMAGE),
    "random_zoom": ("RandomZoom", {"height_factor": 0.2}, IMAGE),
    "random_contrast": ("RandomContrast", {"factor": 0.2}, IMAGE),
}

#: Layers whose values are compared: deterministic ones.
DRAWS = ("dropout", "gaussian", "alpha", "spatial", "random_")
POLICIES = ("mixed_bfloat16", "mixed_float16", "float16", "float64")


def inputs_of(form: Any, seed: int = 0) -> Any:
    """Arrays of a form: a shape, a list of shapes, or a word."""
    rng = np.random.default_rng(seed)
    if form == "integers":
        return rng.integers(0, 10, (2, 5)).astype("int32")
    if form == "whole floats":
        return np.array([[513.0, 515.0, 3.0]], "float32")  # 513 is no number of bfloat16
    if form == "bytes":
        return rng.integers(0, 255, (2, 4, 4, 3)).astype("uint8")
    if form == "query and value":
        return [inputs_of(SERIES, 1), inputs_of(SERIES, 2)]
    if isinstance(form, list):
        return [inputs_of(one, i) for i, one in enumerate(form)]
    return rng.normal(size=form).astype("float32")


def make(layers: Any, name: str, **extra: Any) -> Any:
    """The layer of this name."""
    kind, settings, _ = LAYERS[name]
    made = {key: value(layers) if callable(value) else value for key, value in settings.items()}
    return getattr(layers, kind)(**made, **extra)


def call(layer: Any, name: str, inputs: Any, **kwargs: Any) -> Any:
    """Its outputs for these tensors."""
    return layer(*inputs, **kwargs) if LAYERS[name][2] == "query and value" else layer(inputs, **kwargs)


def set_weights(layer: Any) -> None:
    """Values that follow from the shapes alone."""
    rng = np.random.default_rng(7)
    layer.set_weights([np.abs(rng.normal(size=np.shape(w))).astype("float32") * 0.4 for w in layer.get_weights()])
