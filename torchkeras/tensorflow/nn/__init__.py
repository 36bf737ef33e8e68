"""tf.nn: what neural networks are made of."""

from typing import NoReturn

from torchkeras.tensorflow.array import space_to_batch
from torchkeras.tensorflow.math import (
    approx_max_k,
    approx_min_k,
    in_top_k,
    l2_normalize,
    log_softmax,
    sigmoid,
    softmax,
    softplus,
    softsign,
    tanh,
    top_k,
    zero_fraction,
)
from torchkeras.tensorflow.missing_names import refuse
from torchkeras.tensorflow.nn import experimental
from torchkeras.tensorflow.nn.activations import (
    crelu,
    elu,
    gelu,
    leaky_relu,
    relu,
    relu6,
    selu,
    silu,
    swish,
)
from torchkeras.tensorflow.nn.blocks import depth_to_space, space_to_depth
from torchkeras.tensorflow.nn.convolution import (
    atrous_conv2d,
    atrous_conv2d_transpose,
    conv1d,
    conv1d_transpose,
    conv2d,
    conv2d_transpose,
    conv3d,
    conv3d_transpose,
    conv_transpose,
    convolution,
)
from torchkeras.tensorflow.nn.ctc import collapse_repeated, ctc_loss
from torchkeras.tensorflow.nn.ctc_decoding import ctc_beam_search_decoder, ctc_greedy_decoder
from torchkeras.tensorflow.nn.depthwise import depthwise_conv2d, separable_conv2d
from torchkeras.tensorflow.nn.dropout import dropout
from torchkeras.tensorflow.nn.embedding import embedding_lookup
from torchkeras.tensorflow.nn.losses import (
    compute_average_loss,
    l2_loss,
    log_poisson_loss,
    scale_regularization_loss,
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
    weighted_cross_entropy_with_logits,
)
from torchkeras.tensorflow.nn.morphology import dilation2d, erosion2d
from torchkeras.tensorflow.nn.normalization import (
    batch_norm_with_global_normalization,
    batch_normalization,
    bias_add,
    local_response_normalization,
    lrn,
    moments,
    normalize_moments,
    sufficient_statistics,
    weighted_moments,
)
from torchkeras.tensorflow.nn.pooling import (
    avg_pool,
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    max_pool,
    max_pool1d,
    max_pool2d,
    max_pool3d,
    max_pool_with_argmax,
    pool,
)
from torchkeras.tensorflow.sparse.embedding import embedding_lookup_sparse, safe_embedding_lookup_sparse

__all__ = [
    "approx_max_k", "approx_min_k", "atrous_conv2d", "atrous_conv2d_transpose", "avg_pool", "avg_pool1d", "avg_pool2d",
    "avg_pool3d", "batch_norm_with_global_normalization", "batch_normalization", "bias_add", "collapse_repeated",
    "compute_average_loss", "conv1d", "conv1d_transpose", "conv2d", "conv2d_transpose", "conv3d", "conv3d_transpose",
    "conv_transpose", "convolution", "crelu", "ctc_beam_search_decoder", "ctc_greedy_decoder", "ctc_loss",
    "depth_to_space", "depthwise_conv2d", "dilation2d", "dropout", "elu", "embedding_lookup", "embedding_lookup_sparse",
    "erosion2d", "experimental", "gelu", "in_top_k", "l2_loss", "l2_normalize",
    "leaky_relu", "local_response_normalization", "log_poisson_loss", "log_softmax", "lrn", "max_pool", "max_pool1d",
    "max_pool2d", "max_pool3d", "max_pool_with_argmax", "moments", "normalize_moments", "pool", "relu", "relu6",
    "safe_embedding_lookup_sparse", "scale_regularization_loss",
    "selu", "separable_conv2d", "sigmoid", "sigmoid_cross_entropy_with_logits", "silu",
    "softmax", "softmax_cross_entropy_with_logits", "softplus", "softsign", "space_to_batch", "space_to_depth",
    "sparse_softmax_cross_entropy_with_logits", "sufficient_statistics", "swish", "tanh", "top_k",
    "weighted_cross_entropy_with_logits", "weighted_moments", "zero_fraction",
]  # fmt: skip


_SAMPLED = "Use tf.nn.softmax_cross_entropy_with_logits over all classes, or torch's AdaptiveLogSoftmaxWithLoss."
_INSTEAD = {
    **dict.fromkeys(
        ("nce_loss", "sampled_softmax_loss", "compute_accidental_hits", "all_candidate_sampler",
         "fixed_unigram_candidate_sampler", "learned_unigram_candidate_sampler"), _SAMPLED
    ),
    "fractional_avg_pool": "Use torch.nn.functional.adaptive_avg_pool2d.",
    "fractional_max_pool": "Use torch.nn.functional.fractional_max_pool2d.",
    "isotonic_regression": "Use sklearn.isotonic.IsotonicRegression.",
    "ctc_unique_labels": "tf.nn.ctc_loss needs no unique labels: leave `unique` out.",
    "with_space_to_batch": "Use tf.nn.convolution or tf.nn.pool with `dilations`.",
    "depthwise_conv2d_backprop_filter": "Use tf.GradientTape.",
    "depthwise_conv2d_backprop_input": "Use tf.GradientTape.",
    **dict.fromkeys(
        ("RNNCellDeviceWrapper", "RNNCellDropoutWrapper", "RNNCellResidualWrapper"),
        "Write a layer around the cell, or use the cell's arguments `dropout` and `recurrent_dropout`.",
    ),
}  # fmt: skip


def __getattr__(name: str) -> NoReturn:
    refuse("nn", name, _INSTEAD, __all__)
