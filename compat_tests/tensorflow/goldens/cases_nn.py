"""Cases of tf.nn."""

from __future__ import annotations

from typing import Any


def _x(np: Any, *shape: int) -> Any:
    """Numbers between -1 and 1, all different, none of them 0."""
    return np.sin(np.arange(1, np.prod(shape, dtype=int) + 1) * 0.73).reshape(shape).astype("float32")


def _gradient(tf: Any, function: Any, *arguments: Any) -> Any:
    """Gradients of a sum of squares of what a function gives."""
    tensors = [tf.constant(a) for a in arguments]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        result = tf.reduce_sum(tf.square(function(*tensors)))
    return tape.gradient(result, tensors)


def _both(tf: Any, function: Any, *arguments: Any) -> Any:
    return [function(*arguments), _gradient(tf, function, *arguments)]


_PAIRS = [[0, 0], [1, 2], [0, 3], [0, 0]]

CASES: dict[str, Any] = {
    # activations
    "relu": lambda tf, np: _both(tf, tf.nn.relu, _x(np, 7)),
    "relu of ints": lambda tf, np: tf.nn.relu([-2, 0, 3]),
    "relu of float64": lambda tf, np: tf.nn.relu(np.array([-2.0, 3.0])),
    "relu of a variable": lambda tf, np: tf.nn.relu(tf.Variable([-1.0, 2.0])),
    "relu6": lambda tf, np: tf.nn.relu6([-1.0, 3.0, 9.0]),
    "elu": lambda tf, np: _both(tf, tf.nn.elu, _x(np, 7)),
    "selu": lambda tf, np: tf.nn.selu(_x(np, 7)),
    "gelu": lambda tf, np: [tf.nn.gelu(_x(np, 7)), tf.nn.gelu(_x(np, 7), approximate=True)],
    "leaky_relu": lambda tf, np: [tf.nn.leaky_relu(_x(np, 7)), tf.nn.leaky_relu(_x(np, 7), 0.3)],
    "leaky_relu of ints": lambda tf, np: tf.nn.leaky_relu([-2, 3], alpha=0.1),
    "silu": lambda tf, np: [tf.nn.silu(_x(np, 7)), tf.nn.swish(_x(np, 7)), tf.nn.silu(_x(np, 7), beta=2.0)],
    "crelu": lambda tf, np: [tf.nn.crelu(_x(np, 2, 3)), tf.nn.crelu(_x(np, 2, 3), axis=0)],
    "softmax": lambda tf, np: [tf.nn.softmax(_x(np, 2, 3)), tf.nn.softmax(_x(np, 2, 3), axis=0)],
    "log_softmax": lambda tf, np: tf.nn.log_softmax(_x(np, 2, 3)),
    "softplus": lambda tf, np: [tf.nn.softplus(_x(np, 7)), tf.nn.softsign(_x(np, 7))],
    "sigmoid, tanh": lambda tf, np: [tf.nn.sigmoid(_x(np, 7)), tf.nn.tanh(_x(np, 7))],
    # convolutions
    "conv2d": lambda tf, np: _both(
        tf, lambda x, w: tf.nn.conv2d(x, w, strides=1, padding="VALID"), _x(np, 1, 5, 4, 2), _x(np, 3, 2, 2, 3)
    ),
    "conv2d same": lambda tf, np: _both(
        tf, lambda x, w: tf.nn.conv2d(x, w, [1, 2, 2, 1], "SAME"), _x(np, 2, 5, 6, 2), _x(np, 3, 2, 2, 3)
    ),
    "conv2d padded": lambda tf, np: tf.nn.conv2d(_x(np, 1, 5, 6, 1), _x(np, 3, 2, 1, 2), [2, 1], _PAIRS),
    "conv2d dilated": lambda tf, np: tf.nn.conv2d(_x(np, 1, 7, 6, 1), _x(np, 3, 2, 1, 2), 1, "SAME", dilations=[2, 1]),
    "conv2d in groups": lambda tf, np: tf.nn.conv2d(_x(np, 1, 4, 4, 4), _x(np, 2, 2, 2, 4), 1, "VALID"),
    "conv2d of batches": lambda tf, np: tf.nn.conv2d(_x(np, 2, 2, 4, 4, 1), _x(np, 2, 2, 1, 2), 2, "SAME"),
    "conv2d of float64": lambda tf, np: tf.nn.conv2d(
        tf.constant(_x(np, 1, 4, 4, 1), tf.float64), _x(np, 2, 2, 1, 2).astype("float64"), 1, "SAME"
    ),
    "conv1d": lambda tf, np: [
        tf.nn.conv1d(_x(np, 2, 7, 2), _x(np, 3, 2, 3), 1, "VALID"),
        tf.nn.conv1d(_x(np, 2, 7, 2), _x(np, 3, 2, 3), stride=2, padding="SAME"),
        tf.nn.conv1d(_x(np, 2, 7, 2), _x(np, 3, 2, 3), 1, "SAME", dilations=2),
    ],
    "conv3d": lambda tf, np: tf.nn.conv3d(_x(np, 1, 3, 4, 4, 1), _x(np, 2, 2, 3, 1, 2), [1, 1, 2, 2, 1], "SAME"),
    "convolution": lambda tf, np: [
        tf.nn.convolution(_x(np, 1, 6, 5, 2), _x(np, 3, 3, 2, 1), padding="SAME"),
        tf.nn.convolution(_x(np, 1, 6, 2), _x(np, 3, 2, 1), strides=2, padding="VALID"),
        tf.nn.convolution(_x(np, 1, 6, 5, 2), _x(np, 2, 2, 2, 1), dilations=[2, 2]),
    ],
    "atrous_conv2d": lambda tf, np: tf.nn.atrous_conv2d(_x(np, 1, 6, 6, 1), _x(np, 2, 2, 1, 2), 2, "SAME"),
    "conv2d_transpose": lambda tf, np: _both(
        tf,
        lambda x, w: tf.nn.conv2d_transpose(x, w, [1, 6, 5, 3], strides=[1, 2, 2, 1], padding="SAME"),
        _x(np, 1, 3, 3, 2),
        _x(np, 3, 4, 3, 2),
    ),
    "conv2d_transpose valid": lambda tf, np: tf.nn.conv2d_transpose(
        _x(np, 1, 3, 3, 2), _x(np, 3, 2, 1, 2), tf.constant([1, 8, 6, 1]), 2, "VALID"
    ),
    "conv1d_transpose": lambda tf, np: tf.nn.conv1d_transpose(_x(np, 1, 3, 2), _x(np, 3, 1, 2), [1, 6, 1], 2),
    "conv3d_transpose": lambda tf, np: tf.nn.conv3d_transpose(
        _x(np, 1, 2, 2, 2, 1), _x(np, 2, 2, 2, 2, 1), [1, 4, 4, 4, 2], [1, 2, 2, 2, 1]
    ),
    "conv_transpose": lambda tf, np: tf.nn.conv_transpose(_x(np, 1, 3, 3, 2), _x(np, 3, 2, 1, 2), [1, 6, 6, 1], 2),
    "atrous_conv2d_transpose": lambda tf, np: tf.nn.atrous_conv2d_transpose(
        _x(np, 1, 4, 4, 2), _x(np, 2, 2, 1, 2), [1, 4, 4, 1], 2, "SAME"
    ),
    "depthwise_conv2d": lambda tf, np: _both(
        tf,
        lambda x, w: tf.nn.depthwise_conv2d(x, w, strides=[1, 1, 1, 1], padding="SAME"),
        _x(np, 1, 5, 4, 2),
        _x(np, 3, 2, 2, 2),
    ),
    "depthwise_conv2d strided": lambda tf, np: tf.nn.depthwise_conv2d(
        _x(np, 1, 5, 5, 3), _x(np, 3, 3, 3, 1), [1, 2, 2, 1], "VALID"
    ),
    "depthwise_conv2d dilated": lambda tf, np: tf.nn.depthwise_conv2d(
        _x(np, 1, 6, 6, 2), _x(np, 3, 3, 2, 1), [1, 1, 1, 1], "SAME", dilations=[2, 2]
    ),
    "separable_conv2d": lambda tf, np: tf.nn.separable_conv2d(
        _x(np, 1, 5, 5, 2), _x(np, 3, 3, 2, 2), _x(np, 1, 1, 4, 3), [1, 1, 1, 1], "SAME"
    ),
    # pooling
    "max_pool": lambda tf, np: _both(
        tf, lambda x: tf.nn.max_pool(x, ksize=2, strides=2, padding="VALID"), _x(np, 1, 5, 4, 2)
    ),
    "max_pool same": lambda tf, np: tf.nn.max_pool(-1 - _x(np, 1, 5, 5, 2), [1, 3, 3, 1], [1, 2, 2, 1], "SAME"),
    "max_pool even": lambda tf, np: tf.nn.max_pool(_x(np, 1, 5, 5, 1), 2, 1, "SAME"),
    "max_pool padded": lambda tf, np: tf.nn.max_pool2d(_x(np, 1, 5, 5, 1), 4, 2, [[0, 0], [1, 2], [0, 3], [0, 0]]),
    "max_pool of two axes fewer": lambda tf, np: tf.nn.max_pool(_x(np, 1, 6, 2), 2, 2, "SAME"),
    "max_pool1d": lambda tf, np: tf.nn.max_pool1d(_x(np, 1, 7, 2), 3, 2, "SAME"),
    "max_pool2d": lambda tf, np: tf.nn.max_pool2d(_x(np, 1, 4, 4, 1), [2, 1], [1, 2], "VALID"),
    "max_pool3d": lambda tf, np: tf.nn.max_pool3d(_x(np, 1, 4, 4, 4, 1), 2, 2, "VALID"),
    "avg_pool": lambda tf, np: _both(
        tf, lambda x: tf.nn.avg_pool(x, ksize=3, strides=2, padding="SAME"), _x(np, 1, 6, 5, 2)
    ),
    "avg_pool valid": lambda tf, np: tf.nn.avg_pool(_x(np, 1, 5, 5, 2), [1, 2, 2, 1], [1, 2, 2, 1], padding="VALID"),
    "avg_pool1d": lambda tf, np: tf.nn.avg_pool1d(_x(np, 1, 7, 2), 2, 2, "SAME"),
    "avg_pool2d": lambda tf, np: tf.nn.avg_pool2d(_x(np, 1, 5, 5, 1), 2, 1, "SAME"),
    "avg_pool3d": lambda tf, np: tf.nn.avg_pool3d(_x(np, 1, 4, 4, 4, 1), 2, 2, "SAME"),
    "pool": lambda tf, np: [
        tf.nn.pool(_x(np, 1, 5, 5, 1), [2, 2], "MAX", padding="SAME"),
        tf.nn.pool(_x(np, 1, 6, 6, 1), [2, 2], "AVG", strides=[2, 2]),
        tf.nn.pool(_x(np, 1, 6, 6, 1), [2, 2], "MAX", dilations=[2, 2]),
    ],
    "pool dilated mean": lambda tf, np: tf.nn.pool(_x(np, 1, 6, 6, 2), [2, 3], "AVG", dilations=[2, 1]),
    "max_pool_with_argmax": lambda tf, np: [
        *tf.nn.max_pool_with_argmax(_x(np, 2, 5, 4, 3), 2, 2, "SAME"),
        *tf.nn.max_pool_with_argmax(_x(np, 2, 5, 4, 3), 3, 1, "VALID", include_batch_in_index=True),
    ],
    "dilation2d": lambda tf, np: tf.nn.dilation2d(
        _x(np, 1, 5, 5, 2), _x(np, 2, 3, 2), [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1]
    ),
    "dilation2d apart": lambda tf, np: tf.nn.dilation2d(
        _x(np, 1, 6, 6, 1), _x(np, 2, 2, 1), [1, 2, 2, 1], "VALID", "NHWC", [1, 2, 2, 1]
    ),
    "erosion2d": lambda tf, np: tf.nn.erosion2d(
        _x(np, 1, 5, 5, 2), _x(np, 2, 3, 2), [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1]
    ),
    "space_to_depth": lambda tf, np: tf.nn.space_to_depth(_x(np, 1, 4, 6, 2), 2),
    "depth_to_space": lambda tf, np: tf.nn.depth_to_space(_x(np, 1, 2, 3, 8), block_size=2),
    # normalization
    "moments": lambda tf, np: [
        *tf.nn.moments(_x(np, 3, 4), axes=[0]),
        *tf.nn.moments(_x(np, 2, 3, 2), [0, 1], keepdims=True),
    ],
    "moments gradient": lambda tf, np: _gradient(tf, lambda x: tf.stack(tf.nn.moments(x, [0])), _x(np, 3, 4)),
    "weighted_moments": lambda tf, np: list(tf.nn.weighted_moments(_x(np, 3, 4), [0], np.abs(_x(np, 3, 4)))),
    "sufficient_statistics": lambda tf, np: list(tf.nn.sufficient_statistics(_x(np, 3, 4), [0])),
    "sufficient_statistics shifted": lambda tf, np: list(tf.nn.sufficient_statistics(_x(np, 3, 4), [0], shift=0.5)),
    "normalize_moments": lambda tf, np: list(tf.nn.normalize_moments(3.0, _x(np, 4), 2 + _x(np, 4), 0.5)),
    "batch_normalization": lambda tf, np: _both(
        tf,
        lambda x, m, v, o, s: tf.nn.batch_normalization(x, m, v, o, s, 1e-3),
        _x(np, 3, 2),
        _x(np, 2),
        2 + _x(np, 2),
        _x(np, 2) / 2,
        1 + _x(np, 2),
    ),
    "batch_normalization plain": lambda tf, np: tf.nn.batch_normalization(
        _x(np, 3, 2), _x(np, 2), 2 + _x(np, 2), None, None, variance_epsilon=1e-3
    ),
    "batch_norm_with_global_normalization": lambda tf, np: tf.nn.batch_norm_with_global_normalization(
        _x(np, 1, 2, 2, 2), _x(np, 2), 2 + _x(np, 2), _x(np, 2), 1 + _x(np, 2), 1e-3, True
    ),
    "lrn": lambda tf, np: [
        tf.nn.local_response_normalization(_x(np, 1, 2, 2, 7)),
        tf.nn.lrn(_x(np, 1, 2, 2, 7), depth_radius=2, bias=2.0, alpha=1e-1, beta=0.75),
    ],
    "bias_add": lambda tf, np: _both(tf, tf.nn.bias_add, _x(np, 2, 3), _x(np, 3)),
    "bias_add channels first": lambda tf, np: tf.nn.bias_add(_x(np, 1, 3, 2, 2), _x(np, 3), data_format="NCHW"),
    "l2_normalize": lambda tf, np: _both(tf, lambda x: tf.nn.l2_normalize(x, axis=1), _x(np, 2, 3)),
    # losses
    "softmax_cross_entropy": lambda tf, np: _both(
        tf,
        lambda y, x: tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=x),
        np.abs(_x(np, 2, 3)),
        _x(np, 2, 3),
    ),
    "softmax_cross_entropy of ints": lambda tf, np: tf.nn.softmax_cross_entropy_with_logits(
        np.eye(3, dtype="int32"), _x(np, 3, 3), axis=0
    ),
    "softmax_cross_entropy of half": lambda tf, np: tf.nn.softmax_cross_entropy_with_logits(
        np.eye(3, dtype="float16"), _x(np, 3, 3).astype("float16")
    ),
    "sparse_softmax_cross_entropy": lambda tf, np: _both(
        tf, lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 2], logits=x), _x(np, 2, 3)
    ),
    "sparse_softmax_cross_entropy of more axes": lambda tf, np: tf.nn.sparse_softmax_cross_entropy_with_logits(
        np.array([[0, 2], [1, 1]]), _x(np, 2, 2, 3)
    ),
    "sigmoid_cross_entropy": lambda tf, np: _both(
        tf, lambda y, x: tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=x), np.abs(_x(np, 5)), 3 * _x(np, 5)
    ),
    "sigmoid_cross_entropy by logits": lambda tf, np: _both(
        tf, lambda x: tf.nn.sigmoid_cross_entropy_with_logits(labels=[0.0, 1.0], logits=x), 30 * _x(np, 2)
    ),
    "weighted_cross_entropy": lambda tf, np: _both(
        tf,
        lambda y, x: tf.nn.weighted_cross_entropy_with_logits(y, x, pos_weight=1.5),
        np.abs(_x(np, 5)),
        3 * _x(np, 5),
    ),
    "l2_loss": lambda tf, np: _both(tf, tf.nn.l2_loss, _x(np, 2, 3)),
    "log_poisson_loss": lambda tf, np: [
        tf.nn.log_poisson_loss(np.array([0.5, 1.0, 4.0], "float32"), _x(np, 3)),
        tf.nn.log_poisson_loss(np.array([0.5, 1.0, 4.0], "float32"), _x(np, 3), compute_full_loss=True),
    ],
    "compute_average_loss": lambda tf, np: [
        tf.nn.compute_average_loss(_x(np, 4)),
        tf.nn.compute_average_loss(_x(np, 4), global_batch_size=8),
        tf.nn.compute_average_loss(_x(np, 4), sample_weight=[1.0, 0.0, 2.0, 1.0]),
    ],
    "scale_regularization_loss": lambda tf, np: [
        tf.nn.scale_regularization_loss(_x(np, 4)),
        tf.nn.scale_regularization_loss([tf.constant(1.0), tf.constant(2.0)]),
    ],
    "ctc_loss": lambda tf, np: _both(
        tf, lambda x: tf.nn.ctc_loss([[1, 2, 2], [3, 1, 0]], x, [3, 2], [6, 5], blank_index=0), 2 * _x(np, 6, 2, 4)
    ),
    "ctc_loss batch first": lambda tf, np: tf.nn.ctc_loss(
        [[0, 1], [2, 0]], _x(np, 2, 5, 4), [2, 1], [5, 4], logits_time_major=False, blank_index=-1
    ),
    "ctc_greedy_decoder": lambda tf, np: [
        part
        for merge in (True, False)
        for part in (lambda found: [found[0][0], found[1]])(
            tf.nn.ctc_greedy_decoder(3 * _x(np, 7, 2, 3), [7, 5], merge_repeated=merge)
        )
    ],
    "ctc_greedy_decoder with another blank": lambda tf, np: (lambda found: [found[0][0], found[1]])(
        tf.nn.ctc_greedy_decoder(3 * _x(np, 7, 2, 3), [7, 5], blank_index=0)
    ),
    "ctc_beam_search_decoder": lambda tf, np: (lambda found: [*found[0], found[1]])(
        tf.nn.ctc_beam_search_decoder(2 * _x(np, 5, 2, 3), [5, 4], beam_width=20, top_paths=2)
    ),
    "collapse_repeated": lambda tf, np: list(tf.nn.collapse_repeated([[1, 1, 2, 2, 1], [3, 3, 3, 0, 0]], [5, 3])),
    # rows, ranks, dropout
    "embedding_lookup": lambda tf, np: tf.nn.embedding_lookup(_x(np, 4, 3), [[0, 3], [1, 1]]),
    "embedding_lookup of a variable": lambda tf, np: tf.nn.embedding_lookup(tf.Variable(_x(np, 4, 3)), [2, 0]),
    "embedding_lookup gradient": lambda tf, np: _gradient(
        tf, lambda x: tf.nn.embedding_lookup(x, tf.constant([2, 0, 2])), _x(np, 4, 3)
    ),
    "embedding_lookup max_norm": lambda tf, np: tf.nn.embedding_lookup(_x(np, 4, 3), [0, 3], max_norm=0.5),
    "top_k": lambda tf, np: list(tf.nn.top_k(_x(np, 2, 5), k=3)),
    "in_top_k": lambda tf, np: tf.nn.in_top_k([0, 2], _x(np, 2, 4), 2),
    "zero_fraction": lambda tf, np: tf.nn.zero_fraction([0.0, 1.0, 0.0, 3.0]),
    "dropout of nothing": lambda tf, np: tf.nn.dropout(_x(np, 5), rate=0.0),
    "dropout values": lambda tf, np: tf.unique(tf.sort(tf.nn.dropout(tf.ones([400]), rate=0.25)))[0],
    "dropout noise shape": lambda tf, np: tf.reduce_all(
        tf.math.reduce_std(tf.nn.dropout(tf.ones([40, 5]), 0.5, noise_shape=[40, 1]), axis=1) == 0
    ),
    "stateless_dropout": lambda tf, np: tf.reduce_all(
        tf.nn.experimental.stateless_dropout(tf.ones([40]), 0.5, seed=[1, 2])
        == tf.nn.experimental.stateless_dropout(tf.ones([40]), 0.5, seed=[1, 2])
    ),
    "general_dropout": lambda tf, np: tf.nn.experimental.general_dropout(
        tf.ones([4]), 0.5, lambda shape, dtype: tf.constant([0.1, 0.4, 0.6, 0.9])
    ),
}

ERRORS: dict[str, Any] = {
    "relu of bools": lambda tf, np: tf.nn.relu([True]),
    "elu of ints": lambda tf, np: tf.nn.elu([1, 2]),
    "gelu of ints": lambda tf, np: tf.nn.gelu([1, 2]),
    "conv2d of two dtypes": lambda tf, np: tf.nn.conv2d(
        tf.constant(_x(np, 1, 4, 4, 1)), tf.constant(_x(np, 2, 2, 1, 1).astype("float64")), 1, "SAME"
    ),
    "conv2d of other channels": lambda tf, np: tf.nn.conv2d(_x(np, 1, 4, 4, 3), _x(np, 2, 2, 2, 1), 1, "SAME"),
    "conv2d with small padding word": lambda tf, np: tf.nn.conv2d(_x(np, 1, 4, 4, 1), _x(np, 2, 2, 1, 1), 1, "same"),
    "conv2d with three strides": lambda tf, np: tf.nn.conv2d(_x(np, 1, 4, 4, 1), _x(np, 2, 2, 1, 1), [1, 2, 2], "SAME"),
    "depthwise_conv2d of other channels": lambda tf, np: tf.nn.depthwise_conv2d(
        _x(np, 1, 4, 4, 3), _x(np, 2, 2, 2, 1), [1, 1, 1, 1], "SAME"
    ),
    "max_pool of rank 2": lambda tf, np: tf.nn.max_pool(_x(np, 4, 4), 2, 2, "SAME"),
    "max_pool of three sizes": lambda tf, np: tf.nn.max_pool(_x(np, 1, 4, 4, 1), [1, 2, 2], 2, "SAME"),
    "max_pool with small padding word": lambda tf, np: tf.nn.max_pool(_x(np, 1, 4, 4, 1), 2, 2, "same"),
    "pool of another type": lambda tf, np: tf.nn.pool(_x(np, 1, 4, 4, 1), [2, 2], "SUM"),
    "bias_add of another size": lambda tf, np: tf.nn.bias_add(_x(np, 2, 3), _x(np, 2)),
    "softmax_cross_entropy of other shapes": lambda tf, np: tf.nn.softmax_cross_entropy_with_logits(
        _x(np, 2, 3), _x(np, 2, 4)
    ),
    "softmax_cross_entropy without labels": lambda tf, np: tf.nn.softmax_cross_entropy_with_logits(logits=_x(np, 2, 3)),
    "sparse_softmax_cross_entropy of another class": lambda tf, np: tf.nn.sparse_softmax_cross_entropy_with_logits(
        [0, 3], _x(np, 2, 3)
    ),
    "sparse_softmax_cross_entropy of other shapes": lambda tf, np: tf.nn.sparse_softmax_cross_entropy_with_logits(
        [0, 1, 1], _x(np, 2, 3)
    ),
    "sparse_softmax_cross_entropy of one-hot rows": lambda tf, np: tf.nn.sparse_softmax_cross_entropy_with_logits(
        np.eye(3, dtype="int32"), _x(np, 3, 3)
    ),
    "sigmoid_cross_entropy of ints": lambda tf, np: tf.nn.sigmoid_cross_entropy_with_logits(
        tf.constant([0, 1]), tf.constant([0.5, 1.0])
    ),
    "sigmoid_cross_entropy of other shapes": lambda tf, np: tf.nn.sigmoid_cross_entropy_with_logits(
        tf.constant([[0.0]]), tf.constant([0.5, 1.0])
    ),
    "embedding_lookup outside": lambda tf, np: tf.nn.embedding_lookup(_x(np, 4, 3), [4]),
    "embedding_lookup of floats": lambda tf, np: tf.nn.embedding_lookup(_x(np, 4, 3), [1.0]),
    "dropout of all": lambda tf, np: tf.nn.dropout(_x(np, 4), 1.0),
    "dropout of ints": lambda tf, np: tf.nn.dropout([1, 2], 0.5),
    "space_to_depth of odd sizes": lambda tf, np: tf.nn.space_to_depth(_x(np, 1, 3, 4, 1), 2),
    "lrn of rank 2": lambda tf, np: tf.nn.lrn(_x(np, 3, 4)),
}
