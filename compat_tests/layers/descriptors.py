"""One line per layer: settings and input shapes, for the contracts that every layer keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch

from torchkeras import layers

#: Base classes, helpers, and layers that need more than a line.
EXCEPTIONS = {"Layer", "Wrapper", "InputLayer", "TorchModuleWrapper", "MultiHeadAttention", "GroupQueryAttention"}
#: These change images unless told not to, or give integers: see test_contracts.py in preprocessing/.
EXCEPTIONS |= {
    "RandomBrightness", "RandomContrast", "RandomCrop", "RandomFlip", "RandomHeight", "RandomRotation", "RandomShear",
    "RandomTranslation", "RandomWidth", "RandomZoom", "Discretization", "Hashing", "HashedCrossing", "IntegerLookup",
    "StringLookup", "TextVectorization",
}  # fmt: skip
#: They take states besides their inputs.
CELLS = {"AbstractRNNCell", "GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"}


@dataclass
class Descriptor:
    """How to make a layer and what to feed it; shapes are without the batch, further shapes for the same settings."""

    name: str
    config: dict[str, Any] = field(default_factory=dict)
    shapes: tuple[Any, ...] = ((4,), (3, 4))
    integers: bool = False
    several: bool = False  # each shape is a list of the shapes of several inputs

    def make(self, **extra: Any) -> Any:
        """The layer; what cannot be shared between layers is a function of no arguments in the settings."""
        config = {key: value() if value in FACTORIES else value for key, value in self.config.items()}
        return getattr(layers, self.name)(**config, **extra)


IMAGE = ((6, 7, 4), (9, 8, 4))
SERIES = ((6, 4), (9, 4))
VOLUME = ((5, 6, 7, 2), (6, 5, 8, 2))


def _named(names: str, config: dict[str, Any] | None = None, **options: Any) -> list[Descriptor]:
    return [Descriptor(name, config or {}, **options) for name in names.split()]


def cube(x: torch.Tensor) -> torch.Tensor:
    return x**3


def _inner() -> Any:
    return layers.Dense(3)


def _cells() -> Any:
    return [layers.LSTMCell(3), layers.GRUCell(2)]


def _recurrent() -> Any:
    return layers.GRU(3, return_sequences=True)


FACTORIES = (_inner, _cells, _recurrent)

DESCRIPTORS: list[Descriptor] = [
    *_named("Dense", {"units": 3, "activation": "tanh"}),
    *_named("EinsumDense", {"equation": "...x,xyz->...yz", "output_shape": (2, 3), "bias_axes": "yz"}),
    *_named("EinsumDense", {"equation": "abc,cd->abd", "output_shape": (None, 3)}, shapes=SERIES),
    *_named("Activation", {"activation": "gelu"}),
    *_named("ELU LeakyReLU ReLU Softmax ThresholdedReLU Identity Masking UnitNormalization"),
    *_named("PReLU", shapes=((3, 4),)),
    *_named("Embedding", {"input_dim": 10, "output_dim": 3, "mask_zero": True}, shapes=((4,), (2, 3)), integers=True),
    *_named("Lambda", {"function": cube}),
    *_named("ActivityRegularization", {"l2": 0.1}),
    *_named("AlphaDropout Dropout GaussianDropout", {"rate": 0.4}),
    *_named("GaussianNoise", {"stddev": 0.4}),
    *_named("SpatialDropout1D", {"rate": 0.4}, shapes=SERIES),
    *_named("SpatialDropout2D", {"rate": 0.4}, shapes=IMAGE),
    *_named("SpatialDropout3D", {"rate": 0.4}, shapes=VOLUME),
    *_named("BatchNormalization LayerNormalization RMSNormalization", shapes=((6, 7, 4),)),
    *_named("GroupNormalization", {"groups": 2}, shapes=IMAGE),
    *_named("Add Subtract Multiply Average Maximum Minimum", shapes=([(3, 4), (3, 4)],), several=True),
    *_named("Concatenate", {"axis": 1}, shapes=([(3, 4), (2, 4)], [(1, 4), (5, 4)]), several=True),
    *_named("Dot", {"axes": 2}, shapes=([(3, 4), (2, 4)],), several=True),
    *_named("Attention AdditiveAttention", {"use_scale": True}, shapes=([(3, 4), (5, 4)],), several=True),
    *_named("Attention", {"score_mode": "concat", "dropout": 0.3}, shapes=([(3, 4), (5, 4)],), several=True),
    *_named("Flatten"),
    *_named("Reshape", {"target_shape": (2, -1)}, shapes=((4,), (3, 4))),
    *_named("Permute", {"dims": (2, 1)}, shapes=((3, 4), (5, 2))),
    *_named("RepeatVector", {"n": 3}, shapes=((4,), (2,))),
    *_named("ZeroPadding1D Cropping1D UpSampling1D", shapes=SERIES),
    *_named("ZeroPadding2D UpSampling2D", shapes=IMAGE),
    *_named("Cropping2D", {"cropping": ((1, 0), (2, 1))}, shapes=IMAGE),
    *_named("ZeroPadding3D UpSampling3D Cropping3D", shapes=VOLUME),
    *_named("Conv1D", {"filters": 3, "kernel_size": 2, "padding": "causal", "dilation_rate": 2}, shapes=SERIES),
    *_named("Conv2D", {"filters": 6, "kernel_size": (2, 3), "strides": 2, "padding": "same"}, shapes=IMAGE),
    *_named("Conv2D", {"filters": 6, "kernel_size": 2, "groups": 2, "dilation_rate": 2}, shapes=IMAGE),
    *_named("Conv3D", {"filters": 3, "kernel_size": 2, "strides": (1, 2, 1)}, shapes=VOLUME),
    *_named("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}, shapes=SERIES),
    *_named("Conv2DTranspose", {"filters": 3, "kernel_size": 2, "strides": 2}, shapes=IMAGE),
    *_named("Conv3DTranspose", {"filters": 3, "kernel_size": 2, "strides": 2, "padding": "same"}, shapes=VOLUME),
    *_named("DepthwiseConv1D", {"kernel_size": 3, "depth_multiplier": 2}, shapes=SERIES),
    *_named("DepthwiseConv2D", {"kernel_size": 3, "strides": 2, "padding": "same"}, shapes=IMAGE),
    *_named("SeparableConv1D", {"filters": 3, "kernel_size": 3, "padding": "same"}, shapes=SERIES),
    *_named("SeparableConv2D", {"filters": 3, "kernel_size": 3, "depth_multiplier": 2}, shapes=IMAGE),
    *_named("MaxPooling1D AveragePooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}, shapes=SERIES),
    *_named("MaxPooling2D AveragePooling2D", {"pool_size": (2, 3), "padding": "same"}, shapes=IMAGE),
    *_named("MaxPooling3D AveragePooling3D", shapes=VOLUME),
    *_named("GlobalMaxPooling1D GlobalAveragePooling1D", shapes=SERIES),
    *_named("GlobalMaxPooling2D GlobalAveragePooling2D", {"keepdims": True}, shapes=IMAGE),
    *_named("GlobalMaxPooling3D GlobalAveragePooling3D", shapes=VOLUME),
    Descriptor("SpectralNormalization", {"layer": _inner}),
    *_named("LSTM GRU SimpleRNN", {"units": 3, "return_sequences": True}, shapes=SERIES),
    *_named("LSTM GRU SimpleRNN", {"units": 3, "recurrent_dropout": 0.4, "dropout": 0.3}, shapes=SERIES),
    *_named("LSTM GRU", {"units": 3, "recurrent_activation": "hard_sigmoid", "go_backwards": True}, shapes=SERIES),
    *_named("GRU", {"units": 3, "reset_after": False}, shapes=SERIES),
    *_named("ConvLSTM1D", {"filters": 3, "kernel_size": 2, "return_sequences": True}, shapes=((3, 6, 2), (4, 5, 2))),
    *_named("ConvLSTM2D", {"filters": 3, "kernel_size": 3, "dropout": 0.3, "recurrent_dropout": 0.2}, shapes=VOLUME),
    *_named("ConvLSTM3D", {"filters": 2, "kernel_size": 2, "padding": "same"}, shapes=((2, 3, 4, 3, 2),)),
    *_named("RNN", {"cell": _cells, "return_sequences": True}, shapes=SERIES),
    *_named("Bidirectional", {"layer": _recurrent}, shapes=SERIES),
    *_named("Rescaling", {"scale": 0.5, "offset": 1.0}, shapes=IMAGE),
    *_named("Resizing CenterCrop", {"height": 4, "width": 5}, shapes=IMAGE),
    *_named("Normalization", {"mean": 0.5, "variance": 2.0}),
    *_named("CategoryEncoding", {"num_tokens": 10, "output_mode": "count"}, shapes=((4,),), integers=True),
    Descriptor("TimeDistributed", {"layer": _inner}, shapes=((3, 4), (5, 4))),
]
