"""keras.ops.nn: activations, convolutions, pooling, normalization, crossentropies."""

from torchkeras.ops.arithmetic import (
    polar,
)  # fmt: skip
from torchkeras.ops.attention import (
    dot_product_attention,
)  # fmt: skip
from torchkeras.ops.blocks import (
    depth_to_space,
    fold,
    psnr,
    space_to_depth,
    unfold,
)  # fmt: skip
from torchkeras.ops.categories import (
    multi_hot,
    one_hot,
)  # fmt: skip
from torchkeras.ops.convolution import (
    conv,
    conv_transpose,
    depthwise_conv,
    separable_conv,
)  # fmt: skip
from torchkeras.ops.crossentropy import (
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)  # fmt: skip
from torchkeras.ops.ctc import (
    ctc_decode,
    ctc_loss,
)  # fmt: skip
from torchkeras.ops.logic import (
    threshold,
)  # fmt: skip
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
)  # fmt: skip
from torchkeras.ops.normalizing import (
    batch_normalization,
    layer_normalization,
    normalize,
    rms_normalization,
)  # fmt: skip
from torchkeras.ops.pooling import (
    adaptive_average_pool,
    adaptive_max_pool,
    average_pool,
    max_pool,
)  # fmt: skip
from torchkeras.ops.statistics import (
    moments,
)  # fmt: skip

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
