"""keras.ops.nn: activations, convolutions, pooling, normalization, crossentropies."""

from torchkeras.ops.arithmetic import polar
from torchkeras.ops.attention import dot_product_attention
from torchkeras.ops.blocks import depth_to_space, fold, psnr, space_to_depth, unfold
from torchkeras.ops.categories import multi_hot, one_hot
from torchkeras.ops.convolution import conv, conv_transpose, depthwise_conv, separable_conv
from torchkeras.ops.crossentropy import binary_crossentropy, categorical_crossentropy, sparse_categorical_crossentropy
from torchkeras.ops.ctc import ctc_decode, ctc_loss
from torchkeras.ops.logic import threshold
from torchkeras.ops.nonlinear import (
    celu,
    elu,
    gelu,
    glu,
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_tanh,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    soft_shrink,
    softmax,
    softplus,
    softsign,
    sparse_plus,
    sparse_sigmoid,
    sparsemax,
    squareplus,
    tanh_shrink,
)
from torchkeras.ops.normalizing import batch_normalization, layer_normalization, normalize, rms_normalization
from torchkeras.ops.pooling import adaptive_average_pool, adaptive_max_pool, average_pool, max_pool
from torchkeras.ops.statistics import moments

hard_swish = hard_silu
swish = silu

__all__ = [
    "adaptive_average_pool", "adaptive_max_pool", "average_pool", "batch_normalization", "binary_crossentropy",
    "categorical_crossentropy", "celu", "conv", "conv_transpose", "ctc_decode", "ctc_loss", "depth_to_space",
    "depthwise_conv", "dot_product_attention", "elu", "fold", "gelu", "glu", "hard_shrink", "hard_sigmoid",
    "hard_silu", "hard_swish", "hard_tanh", "layer_normalization", "leaky_relu", "log_sigmoid", "log_softmax",
    "max_pool", "moments", "multi_hot", "normalize", "one_hot", "polar", "psnr", "relu", "relu6",
    "rms_normalization", "selu", "separable_conv", "sigmoid", "silu", "soft_shrink", "softmax", "softplus",
    "softsign", "space_to_depth", "sparse_categorical_crossentropy", "sparse_plus", "sparse_sigmoid",
    "sparsemax", "squareplus", "swish", "tanh_shrink", "threshold", "unfold",
]  # fmt: skip
