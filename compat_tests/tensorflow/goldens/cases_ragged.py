"""RaggedTensor, tf.ragged, and what other functions do with ragged tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Case = Callable[[Any, Any], Any]


def a(tf: Any) -> Any:
    return tf.ragged.constant([[1, 2], [3]])


def f(tf: Any) -> Any:
    return tf.ragged.constant([[1.0, 2.5], [0.3]])


def w(tf: Any) -> Any:
    return tf.ragged.constant([["a", "bb"], ["c"]])


def b(tf: Any) -> Any:
    """Ragged once, of vectors."""
    return tf.ragged.constant([[[1, 2], [3, 4]], [[5, 6]]], ragged_rank=1)


def c(tf: Any) -> Any:
    """Ragged twice."""
    return tf.ragged.constant([[[1], [2, 3]], []])


def m(tf: Any) -> Any:
    return tf.ragged.constant([[True, False], [True]])


def u(tf: Any) -> Any:
    """Ragged in form, of equal rows."""
    return tf.RaggedTensor.from_tensor([[1, 2], [3, 4]])


def _gradient(function: Callable[[Any, Any], Any]) -> Case:
    def case(tf: Any, np: Any) -> Any:
        x = tf.constant([1.0, 2.0, 3.0, -4.0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(tf, tf.RaggedTensor.from_row_lengths(x, [2, 0, 1, 1]))
        return tape.gradient(y, x)

    return case


CASES: dict[str, Case] = {
    # constructors
    "constant floats and ints": lambda tf, np: tf.ragged.constant([[1], [2.5]]),
    "constant dtype": lambda tf, np: tf.ragged.constant([[1, 2]], dtype=tf.float64),
    "constant empty": lambda tf, np: tf.ragged.constant([[], []]),
    "constant empty shape": lambda tf, np: tf.ragged.constant([[], []]).shape,
    "constant without rows": lambda tf, np: tf.ragged.constant([], ragged_rank=1),
    "constant flat": lambda tf, np: tf.ragged.constant([1, 2]),
    "constant scalar": lambda tf, np: tf.ragged.constant(3),
    "constant inner_shape": lambda tf, np: tf.ragged.constant([[[1, 2]], []], inner_shape=(2,)),
    "constant inner_shape shape": lambda tf, np: tf.ragged.constant([[[1, 2]], []], inner_shape=(2,)).shape,
    "constant of arrays": lambda tf, np: tf.ragged.constant([np.array([1, 2]), np.array([3])]),
    "constant int32 splits": lambda tf, np: tf.ragged.constant([[1]], row_splits_dtype=tf.int32).row_splits,
    "constant ragged_rank 2": lambda tf, np: tf.ragged.constant([[[1, 2]], [[3]]], ragged_rank=2),
    "constant deep": lambda tf, np: tf.ragged.constant([[[[1], [2, 3]], []], [[[4]]]]),
    "constant deep shape": lambda tf, np: tf.ragged.constant([[[[1], [2, 3]], []], [[[4]]]]).shape,
    "constant texts": lambda tf, np: w(tf),
    "from_row_splits": lambda tf, np: tf.RaggedTensor.from_row_splits([3, 1, 4, 1, 5], [0, 4, 4, 5]),
    "from_row_lengths": lambda tf, np: tf.RaggedTensor.from_row_lengths([3, 1, 4, 1, 5], [2, 0, 3]),
    "from_row_lengths tensors": lambda tf, np: tf.RaggedTensor.from_row_lengths(
        values=tf.constant([3.0, 1.0]), row_lengths=tf.constant([2, 0], tf.int32)
    ),
    "from_row_lengths int32": lambda tf, np: tf.RaggedTensor.from_row_lengths([1], tf.constant([1])).row_splits,
    "from_value_rowids": lambda tf, np: tf.RaggedTensor.from_value_rowids([3, 1, 4], [0, 0, 2]),
    "from_value_rowids nrows": lambda tf, np: tf.RaggedTensor.from_value_rowids([1, 2], [0, 2], nrows=5),
    "from_row_starts": lambda tf, np: tf.RaggedTensor.from_row_starts([1, 2, 3], [0, 1]),
    "from_row_limits": lambda tf, np: tf.RaggedTensor.from_row_limits([1, 2, 3], [1, 3]),
    "from_uniform_row_length": lambda tf, np: tf.RaggedTensor.from_uniform_row_length([1, 2, 3, 4], 2),
    "from_uniform_row_length shape": lambda tf, np: tf.RaggedTensor.from_uniform_row_length([1, 2, 3, 4], 2).shape,
    "from_uniform_row_length of 0": lambda tf, np: tf.RaggedTensor.from_uniform_row_length([], 0, nrows=3),
    "from_nested_row_splits": lambda tf, np: tf.RaggedTensor.from_nested_row_splits(
        [10, 11, 12], ([0, 1, 1, 2], [0, 2, 3])
    ),
    "from_nested_row_lengths": lambda tf, np: tf.RaggedTensor.from_nested_row_lengths([1, 2, 3], [[1, 1], [2, 1]]),
    "from_nested_value_rowids": lambda tf, np: tf.RaggedTensor.from_nested_value_rowids(
        [1, 2, 3], [[0, 1], [0, 0, 1]], [3, 2]
    ),
    "from_tensor padding": lambda tf, np: tf.RaggedTensor.from_tensor([[1, 2, 0], [0, 3, 0], [0, 0, 0]], padding=0),
    "from_tensor lengths": lambda tf, np: tf.RaggedTensor.from_tensor([[1, 2, 0], [3, 0, 0]], lengths=[1, 3]),
    "from_tensor lengths clipped": lambda tf, np: tf.RaggedTensor.from_tensor([[1, 2, 0]], lengths=[9]),
    "from_tensor ragged_rank": lambda tf, np: tf.RaggedTensor.from_tensor([[[1, 2], [3, 4]]], ragged_rank=2),
    "from_tensor shape": lambda tf, np: tf.RaggedTensor.from_tensor([[1, 2]]).shape,
    "from_tensor nested lengths": lambda tf, np: tf.RaggedTensor.from_tensor(
        [[[1, 0], [3, 4]]], lengths=([2], [1, 2])
    ),
    "from_tensor padding vectors": lambda tf, np: tf.RaggedTensor.from_tensor([[[1, 2], [0, 0]]], padding=[0, 0]),
    "from_tensor texts": lambda tf, np: tf.RaggedTensor.from_tensor([["a", ""], ["b", "c"]], padding=""),
    "from_sparse": lambda tf, np: tf.RaggedTensor.from_sparse(
        tf.SparseTensor([[0, 0], [2, 0], [2, 1]], ["a", "b", "c"], [3, 3])
    ),
    # facts
    "shape": lambda tf, np: [x(tf).shape for x in (a, b, c, u, w)],
    "ragged_rank": lambda tf, np: [x(tf).ragged_rank for x in (a, b, c)],
    "dtype": lambda tf, np: [a(tf).dtype, w(tf).dtype],
    "values": lambda tf, np: [a(tf).values, c(tf).values, c(tf).flat_values, b(tf).flat_values],
    "row_splits": lambda tf, np: a(tf).row_splits,
    "row parts": lambda tf, np: [a(tf).row_lengths(), a(tf).row_starts(), a(tf).row_limits(), a(tf).value_rowids()],
    "nrows": lambda tf, np: [a(tf).nrows(), a(tf).nrows(out_type=tf.int32)],
    "row_lengths axis": lambda tf, np: [c(tf).row_lengths(axis=2), b(tf).row_lengths(axis=2)],
    "nested parts": lambda tf, np: [
        c(tf).nested_row_splits, c(tf).nested_row_lengths(), c(tf).nested_value_rowids()
    ],
    "uniform_row_length": lambda tf, np: [a(tf).uniform_row_length, u(tf).uniform_row_length],
    "bounding_shape": lambda tf, np: [
        a(tf).bounding_shape(), b(tf).bounding_shape(), a(tf).bounding_shape(axis=1),
        a(tf).bounding_shape(axis=[1], out_type=tf.int32),
    ],
    "to_list": lambda tf, np: [x(tf).to_list() for x in (a, b, c, w)],
    "numpy of equal rows": lambda tf, np: u(tf).numpy(),
    "numpy of rows": lambda tf, np: list(a(tf).numpy()),
    "printed": lambda tf, np: [str(x(tf)) for x in (a, f, w, b, c, m, u)],
    "printed long": lambda tf, np: repr(tf.ragged.constant([list(range(2000)), [1]])),
    "printed without rows": lambda tf, np: str(tf.ragged.constant([], ragged_rank=1)),
    "iterated": lambda tf, np: [list(a(tf)), list(c(tf))],
    # the same structure
    "with_values": lambda tf, np: a(tf).with_values([7, 8, 9]),
    "with_flat_values": lambda tf, np: c(tf).with_flat_values(["x", "y", "z"]),
    "with_row_splits_dtype": lambda tf, np: a(tf).with_row_splits_dtype(tf.int32).row_splits,
    "merge_dims": lambda tf, np: [c(tf).merge_dims(0, 1), c(tf).merge_dims(1, 2), c(tf).merge_dims(0, 2)],
    "merge_dims dense": lambda tf, np: [b(tf).merge_dims(1, 2), b(tf).merge_dims(0, -1), b(tf).merge_dims(0, 1)],
    "merge_dims same": lambda tf, np: a(tf).merge_dims(1, 1),
    # to other kinds
    "to_tensor": lambda tf, np: [x(tf).to_tensor() for x in (a, b, c, w, u)],
    "to_tensor default": lambda tf, np: [a(tf).to_tensor(9), w(tf).to_tensor("-"), f(tf).to_tensor(-1)],
    "to_tensor default vector": lambda tf, np: b(tf).to_tensor(default_value=[7, 8]),
    "to_tensor shape": lambda tf, np: [a(tf).to_tensor(shape=[None, 4]), a(tf).to_tensor(shape=[3, 1])],
    "to_tensor shape texts": lambda tf, np: w(tf).to_tensor(default_value="", shape=[None, 3]),
    "to_tensor shape tensor": lambda tf, np: a(tf).to_tensor(shape=(2, 3)),
    "to_tensor empty": lambda tf, np: tf.ragged.constant([[], []]).to_tensor(),
    "to_sparse": lambda tf, np: [x(tf).to_sparse() for x in (a, b, c, w)],
    # indexing
    "index row": lambda tf, np: [a(tf)[0], a(tf)[-1], c(tf)[0], b(tf)[0], a(tf)[tf.constant(1)], a(tf)[[0]]],
    "index value": lambda tf, np: [a(tf)[0, 1], c(tf)[0, 1], b(tf)[0, 1, 0], c(tf)[0, 1, -1]],
    "slice rows": lambda tf, np: [a(tf)[1:], a(tf)[-2:], a(tf)[:1], c(tf)[1:], a(tf)[::-1], a(tf)[5:]],
    "slice within": lambda tf, np: [a(tf)[:, :1], a(tf)[:, 1:], a(tf)[:, -1:], a(tf)[:, ::-1], a(tf)[:, ::2]],
    "slice within steps": lambda tf, np: [
        tf.ragged.constant([[1, 2, 3, 4, 5], [6], [], [7, 8, 9]])[:, key]
        for key in (slice(1, 4), slice(-2, None), slice(3, 0, -1), slice(None, -1), slice(4, None, -2), slice(-9, 2))
    ],
    "slice deep": lambda tf, np: [c(tf)[:, 1:], c(tf)[:, :, :1], b(tf)[:, :, 0], b(tf)[:, 1:, 1:]],
    "ellipsis": lambda tf, np: [b(tf)[..., 0], b(tf)[..., :1], a(tf)[...], a(tf)[0, ...]],
    "newaxis": lambda tf, np: [a(tf)[tf.newaxis], a(tf)[:, tf.newaxis], a(tf)[:, :, tf.newaxis]],
    "newaxis shape": lambda tf, np: [a(tf)[tf.newaxis].shape, a(tf)[:, tf.newaxis].shape],
    "index uniform": lambda tf, np: [u(tf)[:, 0], u(tf)[:, -1]],
    # operators
    "arithmetic": lambda tf, np: [a(tf) + 3, 1 - a(tf), a(tf) * a(tf), a(tf) / 2, a(tf) // 2, a(tf) % 2, a(tf) ** 2],
    "negative": lambda tf, np: [-a(tf), abs(-a(tf)), ~m(tf)],
    "logical": lambda tf, np: [m(tf) & m(tf), m(tf) | True, m(tf) ^ m(tf)],
    "comparisons": lambda tf, np: [a(tf) < 2, a(tf) >= 2, a(tf) == 1, a(tf) != a(tf), w(tf) == "a"],
    "equal to other shapes": lambda tf, np: [a(tf) == tf.constant([[1, 2], [3, 4]]), a(tf) == None],  # noqa: E711
    "texts added": lambda tf, np: w(tf) + "x",
    "with columns": lambda tf, np: [
        a(tf) + tf.constant([[1], [2]]),
        a(tf) * [[1], [2]],
        tf.constant([[5], [6]]) - a(tf),
    ],
    "with variables": lambda tf, np: [a(tf) * tf.Variable(2), tf.Variable(2) * a(tf)],
    "with a scalar tensor": lambda tf, np: [tf.constant(5) + a(tf), a(tf) + tf.constant(5)],
    "with a row": lambda tf, np: b(tf) + tf.constant([1, 2]),
    "with a small matrix": lambda tf, np: b(tf) + tf.constant([[10]]),
    "with equal rows": lambda tf, np: [
        u(tf) + tf.ragged.constant([[1, 2], [3, 4]]),
        u(tf) + tf.constant([[1, 1], [2, 2]]),
    ],
    "inner size 1": lambda tf, np: tf.ragged.constant([[[[1], [2]], []], [[[5]]]], ragged_rank=2)
    + tf.constant([10, 20]),
    "rows repeated": lambda tf, np: tf.ragged.constant([[1, 2, 3]]) + tf.constant([[10], [20]]),
    # elementwise functions
    "cast": lambda tf, np: [tf.cast(a(tf), tf.float32), tf.cast(m(tf), tf.int64)],
    "math": lambda tf, np: [tf.add(a(tf), 3), tf.square(a(tf)), tf.sqrt(f(tf)), tf.maximum(a(tf), 2), tf.exp(f(tf))],
    "math both": lambda tf, np: [tf.multiply(a(tf), a(tf)), tf.equal(a(tf), a(tf)), tf.pow(a(tf), 2)],
    "zeros_like": lambda tf, np: [tf.zeros_like(a(tf)), tf.ones_like(a(tf), dtype=tf.float32)],
    "relu": lambda tf, np: [tf.nn.relu(-a(tf)), tf.sigmoid(f(tf)), tf.tanh(c(tf) / 2)],
    "clip_by_value": lambda tf, np: tf.clip_by_value(a(tf), 2, 3),
    "add_n": lambda tf, np: tf.add_n([a(tf), a(tf), a(tf)]),
    "identity": lambda tf, np: tf.identity(a(tf)),
    "where": lambda tf, np: [tf.where(m(tf), a(tf), -a(tf)), tf.where(m(tf), a(tf), 0), tf.where(m(tf))],
    "where columns": lambda tf, np: tf.where([[True], [False]], a(tf), -a(tf)),
    "map_flat_values": lambda tf, np: tf.ragged.map_flat_values(lambda x, y: x * 2 + y, a(tf), a(tf)),
    "map_flat_values wider": lambda tf, np: tf.ragged.map_flat_values(lambda x: tf.stack([x, x], 1), a(tf)),
    "map_flat_values dense": lambda tf, np: tf.ragged.map_flat_values(tf.negative, [1]),
    "softmax": lambda tf, np: [tf.nn.softmax(f(tf)), tf.nn.softmax(tf.cast(b(tf), tf.float32))],
    "dropout of nothing": lambda tf, np: tf.nn.dropout(f(tf), 0.0),
    # reductions
    "reduce_sum": lambda tf, np: [tf.reduce_sum(a(tf), axis=x) for x in (None, 0, 1, -1, [0, 1])],
    "reduce_sum keepdims": lambda tf, np: [tf.reduce_sum(a(tf), axis=x, keepdims=True) for x in (None, 0, 1)],
    "reduce_sum deep": lambda tf, np: [tf.reduce_sum(c(tf), axis=x) for x in (0, 1, 2, [0, 1], [1, 2])],
    "reduce_sum vectors": lambda tf, np: [tf.reduce_sum(b(tf), axis=x) for x in (0, 1, 2)],
    "reduce_mean": lambda tf, np: [tf.reduce_mean(f(tf), axis=x) for x in (None, 0, 1)],
    "reduce_mean of ints": lambda tf, np: tf.reduce_mean(a(tf), axis=1),
    "reduce_mean of nothing": lambda tf, np: tf.reduce_mean(tf.ragged.constant([[], [1.0]]), axis=1),
    "reduce_max": lambda tf, np: [tf.reduce_max(a(tf), axis=x) for x in (None, 0, 1)],
    "reduce_max of nothing": lambda tf, np: [
        tf.reduce_max(tf.ragged.constant([[], [1.0]]), axis=1),
        tf.reduce_min(tf.ragged.constant([[], [1]], dtype=tf.int32), axis=1),
    ],
    "reduce_min, prod": lambda tf, np: [tf.reduce_min(c(tf), axis=2), tf.reduce_prod(a(tf), axis=1)],
    "reduce_any, all": lambda tf, np: [
        tf.reduce_any(m(tf), axis=1),
        tf.reduce_all(m(tf), axis=0),
        tf.reduce_all(m(tf)),
    ],
    "reduce_std": lambda tf, np: [tf.math.reduce_std(f(tf), axis=1), tf.math.reduce_variance(f(tf), axis=1)],
    "unsorted_segment": lambda tf, np: [
        tf.math.unsorted_segment_sum(a(tf), [0, 0], 2), tf.math.unsorted_segment_mean(f(tf), [1, 1], 2)
    ],
    "cumsum": lambda tf, np: [
        tf.cumsum(a(tf), axis=1), tf.cumsum(a(tf)), tf.cumsum(a(tf), axis=1, exclusive=True, reverse=True),
        tf.cumsum(a(tf), axis=1, reverse=True), tf.cumsum(a(tf), axis=1, exclusive=True),
    ],
    # joining and reshaping
    "concat": lambda tf, np: [tf.concat([a(tf), a(tf)], x) for x in (0, 1, -1)],
    "concat with dense": lambda tf, np: [tf.concat([a(tf), [[9]]], 0), tf.concat([a(tf), [[9], [8]]], 1)],
    "concat three": lambda tf, np: tf.concat([[["<"], ["<"]], w(tf), [[">"], [">"]]], axis=1),
    "concat deep": lambda tf, np: [tf.concat([c(tf), c(tf)], x) for x in (0, 1, 2)],
    "concat vectors": lambda tf, np: [tf.concat([b(tf), b(tf)], x) for x in (0, 1, 2)],
    "concat texts": lambda tf, np: tf.concat([w(tf), w(tf)], axis=1),
    "stack": lambda tf, np: [tf.stack([a(tf), a(tf)], axis=x) for x in (0, 1, 2, -1)],
    "ragged.stack": lambda tf, np: [
        tf.ragged.stack([[1, 2], [3]]), tf.ragged.stack([tf.constant([1, 2]), tf.constant([3])]),
        tf.ragged.stack([a(tf), a(tf)], axis=1), tf.ragged.stack([1, 2]),
    ],
    "ragged.stack shape": lambda tf, np: tf.ragged.stack([[1, 2], [3]]).shape,
    "tile": lambda tf, np: [tf.tile(a(tf), x) for x in ([1, 2], [2, 1], [2, 3], [1, 0])],
    "tile deep": lambda tf, np: [tf.tile(c(tf), [1, 2, 2]), tf.tile(b(tf), [1, 2, 2])],
    "expand_dims": lambda tf, np: [tf.expand_dims(a(tf), x) for x in (0, 1, 2, -1)],
    "expand_dims shape": lambda tf, np: [tf.expand_dims(a(tf), x).shape for x in (0, 1, 2)],
    "squeeze": lambda tf, np: [
        tf.squeeze(tf.ragged.constant([[[1, 2]], [[3]]]), 1), tf.squeeze(tf.expand_dims(a(tf), 0), 0)
    ],
    "reshape flat": lambda tf, np: [tf.reshape(a(tf), [-1]), tf.reshape(a(tf), [3, 1])],
    "split": lambda tf, np: [tf.split(a(tf), 2), tf.split(a(tf), [1, 1]), tf.split(b(tf), 2, axis=2)],
    "reverse": lambda tf, np: [tf.reverse(a(tf), [1]), tf.reverse(a(tf), [0]), tf.reverse(c(tf), [1, 2])],
    "one_hot": lambda tf, np: tf.one_hot(a(tf), 4),
    "size, rank": lambda tf, np: [tf.size(a(tf)), tf.size(b(tf), out_type=tf.int64), tf.rank(a(tf)), tf.rank(b(tf))],
    "matmul": lambda tf, np: [
        tf.matmul(b(tf), tf.constant([[[1], [2]], [[3], [4]]])),
        tf.matmul(
            tf.ragged.constant([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0]]], ragged_rank=1),
            tf.ragged.constant([[[1.0], [2.0]], [[1.0], [2.0]]], ragged_rank=1),
        ),
    ],
    # looking up
    "gather": lambda tf, np: [tf.gather(a(tf), [1, 0, 1]), tf.gather(a(tf), 1), tf.gather(a(tf), [[0], [1]])],
    "gather by ragged": lambda tf, np: [
        tf.gather([10, 20, 30, 40], a(tf)),
        tf.gather([[1, 2], [3, 4]], a(tf)[:1] - 1),
    ],
    "gather axis": lambda tf, np: tf.gather(a(tf), [0], axis=1),
    "gather batch_dims": lambda tf, np: [
        tf.gather(a(tf), tf.ragged.constant([[1], [0]]), batch_dims=1),
        tf.gather(tf.constant([[1, 2, 3], [4, 5, 6]]), tf.ragged.constant([[2, 0], [1]]), batch_dims=1),
    ],
    "gather_nd": lambda tf, np: [
        tf.gather_nd(a(tf), [[0, 1], [1, 0]]), tf.gather_nd(a(tf), [[1], [0]]), tf.gather_nd(a(tf), [0, 0]),
        tf.gather_nd(b(tf), [[0, 1], [1, 0]]), tf.gather_nd(b(tf), [[0, 1, 1]]),
    ],
    "boolean_mask": lambda tf, np: [
        tf.ragged.boolean_mask(a(tf), m(tf)), tf.ragged.boolean_mask(a(tf), [False, True]),
        tf.ragged.boolean_mask([[1, 2], [3, 4]], [[True, False], [True, True]]),
        tf.ragged.boolean_mask(c(tf), tf.ragged.constant([[True, False], []], dtype=tf.bool)),
    ],
    "embedding_lookup": lambda tf, np: tf.nn.embedding_lookup(
        tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]), a(tf)
    ),
    "dynamic_partition": lambda tf, np: tf.dynamic_partition(a(tf), [0, 1], 2),
    "bincount": lambda tf, np: [tf.math.bincount(a(tf)), tf.math.bincount(a(tf), axis=-1)],
    # tf.ragged
    "range": lambda tf, np: [
        tf.ragged.range([1, 3]), tf.ragged.range([0, 1], [3, 2], 2), tf.ragged.range(5, [7, 6]),
        tf.ragged.range([0, 5], [3.0, 1], [1, -2]), tf.ragged.range(3), tf.ragged.range([2], dtype=tf.float64),
    ],
    "row_splits_to_segment_ids": lambda tf, np: tf.ragged.row_splits_to_segment_ids([0, 2, 2, 3]),
    "segment_ids_to_row_splits": lambda tf, np: [
        tf.ragged.segment_ids_to_row_splits([0, 0, 2], 4), tf.ragged.segment_ids_to_row_splits([0, 0, 2]),
    ],
    "stack_dynamic_partitions": lambda tf, np: [
        tf.ragged.stack_dynamic_partitions([1, 2, 3], [1, 0, 1], 3),
        tf.ragged.stack_dynamic_partitions(a(tf), [1, 0], 3),
    ],
    "cross": lambda tf, np: [
        tf.ragged.cross([w(tf), tf.ragged.constant([["d"], ["e", "f"]])]),
        tf.ragged.cross([a(tf), tf.constant([[7], [8]])]),
    ],
    "cross_hashed": lambda tf, np: [
        tf.ragged.cross_hashed([w(tf), tf.ragged.constant([["d"], ["e", "f"]])], num_buckets=100),
        tf.ragged.cross_hashed([a(tf), w(tf)]),
        tf.ragged.cross_hashed([a(tf), w(tf)], num_buckets=50, hash_key=956888297470),
    ],
    # texts
    "strings": lambda tf, np: [
        tf.strings.length(w(tf)), tf.strings.upper(w(tf)), tf.strings.substr(w(tf), 0, 1),
        tf.strings.join([w(tf), w(tf)], "-"), tf.strings.to_hash_bucket_fast(w(tf), 1000),
    ],
    "strings reduce_join": lambda tf, np: [
        tf.strings.reduce_join(w(tf), axis=1), tf.strings.reduce_join(w(tf)),
        tf.strings.reduce_join(w(tf), axis=-1, separator=" "),
    ],
    "strings split": lambda tf, np: [
        tf.strings.split(tf.ragged.constant([["a b", "c"], ["d"]])), tf.strings.bytes_split(w(tf)),
        tf.strings.unicode_split(w(tf), "UTF-8"),
    ],
    "strings format": lambda tf, np: tf.strings.format("got {}", a(tf)),
    # shapes
    "shape of ragged": lambda tf, np: [str(tf.shape(x(tf))) for x in (a, b, c, u)],
    "shape parts": lambda tf, np: [
        tf.shape(a(tf))[0], tf.shape(b(tf))[2], str(tf.shape(a(tf))[:1]), str(tf.shape(b(tf))[:2]), tf.shape(a(tf)).rank
    ],
    "filled in a shape": lambda tf, np: [
        tf.zeros(tf.shape(a(tf))), tf.ones(tf.shape(a(tf))), tf.fill(tf.shape(a(tf)), "x"),
        tf.reshape(tf.constant([[1], [2], [3]]), tf.shape(a(tf))), tf.broadcast_to(1, tf.shape(a(tf))),
    ],
    "DynamicRaggedShape": lambda tf, np: [
        str(tf.experimental.DynamicRaggedShape.from_lengths([4, (2, 1, 0, 8), 12])),
        str(
            tf.experimental.DynamicRaggedShape(
                row_partitions=[tf.experimental.RowPartition.from_row_lengths([5, 3, 2])], inner_shape=[10, 8]
            )
        ),
    ],
    "RowPartition": lambda tf, np: [
        tf.experimental.RowPartition.from_row_lengths([2, 0, 1]).row_splits(),
        tf.experimental.RowPartition.from_value_rowids([0, 0, 2]).row_lengths(),
        tf.experimental.RowPartition.from_uniform_row_length(2, nvals=6).nrows(),
    ],
    "RaggedTensorSpec": lambda tf, np: [
        repr(tf.RaggedTensorSpec([None, None], tf.int32)),
        repr(tf.RaggedTensorSpec([2, None], tf.int32, ragged_rank=1, row_splits_dtype=tf.int32)),
        repr(tf.RaggedTensorSpec.from_value(c(tf))),
        tf.RaggedTensorSpec([None, None], tf.int32).is_compatible_with(a(tf)),
        tf.RaggedTensorSpec([None, None]).is_compatible_with(a(tf)),
        tf.RaggedTensorSpec([None, None], tf.int32) == tf.RaggedTensorSpec([None, None], tf.int32),
    ],
    "is_tensor": lambda tf, np: [tf.is_tensor(a(tf)), isinstance(a(tf), tf.Tensor)],
    # gradients
    "gradient of a sum": _gradient(lambda tf, x: tf.reduce_sum(x * x, axis=1)),
    "gradient of a mean": _gradient(lambda tf, x: tf.reduce_mean(x[:, :1] ** 3)),
    "gradient of a maximum": _gradient(lambda tf, x: tf.reduce_max(x, axis=0)),
    "gradient of to_tensor": _gradient(lambda tf, x: x.to_tensor() * [[2.0, 3.0]]),
    "gradient of concat": _gradient(lambda tf, x: tf.concat([x, x * 2.0], axis=1)),
    "gradient of broadcasting": _gradient(lambda tf, x: x * tf.constant([[1.0], [2.0], [3.0], [4.0]])),
    "gradient of softmax": _gradient(lambda tf, x: tf.nn.softmax(x) * x),
    "gradient by a ragged tensor": lambda tf, np: _by_ragged(tf),
}  # fmt: skip


def _by_ragged(tf: Any) -> Any:
    x = f(tf)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(x * x)
    return tape.gradient(y, x)


ERRORS: dict[str, Case] = {
    "mixed types": lambda tf, np: tf.ragged.constant([["one", "two"], [3, 4]]),
    "mixed depths": lambda tf, np: tf.ragged.constant(["A", ["B", "C"]]),
    "splits past the end": lambda tf, np: tf.RaggedTensor.from_row_splits([1], [0, 2]),
    "splits not from 0": lambda tf, np: tf.RaggedTensor.from_row_splits([1, 2], [1, 2]),
    "lengths too short": lambda tf, np: tf.RaggedTensor.from_row_lengths([1, 2], [1]),
    "rowids descending": lambda tf, np: tf.RaggedTensor.from_value_rowids([1, 2], [1, 0]),
    "uniform length": lambda tf, np: tf.RaggedTensor.from_uniform_row_length([1, 2, 3], 2),
    "from_tensor of a vector": lambda tf, np: tf.RaggedTensor.from_tensor([1, 2]),
    "from_sparse not ragged": lambda tf, np: tf.RaggedTensor.from_sparse(tf.SparseTensor([[0, 1]], [1], [1, 2])),
    "constructor": lambda tf, np: tf.RaggedTensor(3),
    "with_values of other count": lambda tf, np: a(tf).with_values([7, 8]),
    "merge_dims order": lambda tf, np: a(tf).merge_dims(-1, 0),
    "len": lambda tf, np: len(a(tf)),
    "bool": lambda tf, np: bool(a(tf)),
    "hash": lambda tf, np: hash(a(tf)),
    "row out of bounds": lambda tf, np: a(tf)[5],
    "value out of bounds": lambda tf, np: a(tf)[0, 5],
    "index within": lambda tf, np: a(tf)[:, 0],
    "index by text": lambda tf, np: a(tf)["x"],
    "index by a mask": lambda tf, np: a(tf)[m(tf)],
    "index by float": lambda tf, np: a(tf)[0.5],
    "other rows": lambda tf, np: tf.ragged.constant([[1], [2, 3]]) + tf.ragged.constant([[1, 2], [3, 4]]),
    "ones are no broadcast": lambda tf, np: tf.ragged.constant([[1], [2]]) + tf.ragged.constant([[1, 2], [3]]),
    "dense of other rows": lambda tf, np: a(tf) + tf.constant([1, 2]),
    "other dtype": lambda tf, np: a(tf) + 1.5,
    "other dtype of a tensor": lambda tf, np: a(tf) + tf.constant(1.0),
    "matmul operator": lambda tf, np: f(tf) @ f(tf),
    "reduce axis": lambda tf, np: tf.reduce_sum(a(tf), axis=5),
    "concat batch": lambda tf, np: tf.concat([a(tf), tf.ragged.constant([[1]])], 1),
    "concat dtypes": lambda tf, np: tf.concat([a(tf), f(tf)], 0),
    "squeeze without axis": lambda tf, np: tf.squeeze(tf.expand_dims(a(tf), 0)),
    "squeeze of rows": lambda tf, np: tf.squeeze(a(tf), 1),
    "gather out of bounds": lambda tf, np: tf.gather(a(tf), [7]),
    "gather of ragged out of bounds": lambda tf, np: tf.gather(a(tf), a(tf) - 1),
    "split ragged": lambda tf, np: tf.split(a(tf), 2, axis=1),
    "reshape": lambda tf, np: tf.reshape(a(tf), [1, 2, -1]),
    "convert_to_tensor": lambda tf, np: tf.convert_to_tensor(a(tf)),
    "constant of ragged": lambda tf, np: tf.constant(a(tf)),
    "no such function": lambda tf, np: tf.linalg.det(f(tf)),
    "no sort": lambda tf, np: tf.sort(a(tf)),
    "matmul ragged inside": lambda tf, np: tf.matmul(f(tf), f(tf)),
    "range of step 0": lambda tf, np: tf.ragged.range([0], [3], 0),
    "map_flat_values shorter": lambda tf, np: tf.ragged.map_flat_values(lambda x: x[:2], a(tf)),
    "map_flat_values of other rows": lambda tf, np: tf.ragged.map_flat_values(
        tf.add, a(tf), tf.ragged.constant([[1], [2, 3]])
    ),
    "shape of a ragged dimension": lambda tf, np: tf.shape(a(tf))[1],
    "spec of nothing": lambda tf, np: tf.RaggedTensorSpec(),
    "where of vectors": lambda tf, np: tf.where(tf.constant([True, False]), a(tf), a(tf)),
}
