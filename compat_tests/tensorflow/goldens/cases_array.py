"""The functions on tensors at the top of the namespace: results and wrong uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Case = Callable[[Any, Any], Any]
CASES: dict[str, Case] = {}
ERRORS: dict[str, Case] = {}
TOLERANCE: dict[str, float] = {}


def gradient(function: Callable[..., Any], *values: Any) -> Case:
    """The gradients of the sum of squares of a function of tensors, in these."""

    def case(tf: Any, np: Any) -> Any:
        sources = [tf.constant(v) for v in values]
        with tf.GradientTape() as tape:
            for source in sources:
                tape.watch(source)
            result = function(tf, *sources)
            parts = result if isinstance(result, (list, tuple)) else [result]
            target = tf.add_n([tf.reduce_sum(part * part) for part in parts])
        return tape.gradient(target, sources)

    return case


TABLE = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
WORDS = [["ab", "c", ""], ["d", "ef", "ab"]]

CASES.update(
    {
        # --- new tensors ---
        "zeros": lambda tf, np: [
            tf.zeros([2, 3]),
            tf.zeros((2,), tf.int32),
            tf.zeros([]),
            tf.zeros(3),
            tf.zeros([0, 2]),
        ],
        "zeros tensor shape": lambda tf, np: tf.zeros(tf.constant([2, 2])),
        "zeros shape parts": lambda tf, np: tf.zeros([tf.constant(2), 1], dtype="float64"),
        "zeros TensorShape": lambda tf, np: tf.zeros(tf.TensorShape([1, 2]), dtype=tf.bool),
        "zeros texts": lambda tf, np: tf.zeros([2], tf.string),
        "ones": lambda tf, np: [tf.ones([2, 3]), tf.ones((2,), tf.int64), tf.ones(shape=(1, 2), dtype=tf.bool)],
        "zeros_like": lambda tf, np: [tf.zeros_like(TABLE), tf.zeros_like([1, 2]), tf.zeros_like(tf.Variable([1.0]))],
        "zeros_like dtype": lambda tf, np: tf.zeros_like(tf.constant(TABLE), dtype=tf.int32),
        "zeros_like texts": lambda tf, np: tf.zeros_like(["a", "b"]),
        "ones_like": lambda tf, np: [
            tf.ones_like(TABLE),
            tf.ones_like([True]),
            tf.ones_like(np.zeros(2), dtype="uint8"),
        ],
        "fill": lambda tf, np: [
            tf.fill([2, 3], 9),
            tf.fill([1], 1.5),
            tf.fill([2], True),
            tf.fill(tf.constant([2]), [3]),
        ],
        "fill texts": lambda tf, np: tf.fill([2], "ab"),
        "eye": lambda tf, np: [
            tf.eye(2),
            tf.eye(2, 3, dtype=tf.int32),
            tf.eye(2, batch_shape=[2]),
            tf.eye(tf.constant(2)),
        ],
        "range": lambda tf, np: [tf.range(5), tf.range(3, 18, 3), tf.range(3, 1, -0.5), tf.range(2, 2), tf.range(1.5)],
        "range keywords": lambda tf, np: tf.range(start=3, limit=18, delta=3),
        "range dtype": lambda tf, np: [tf.range(3, dtype=tf.float32), tf.range(0, 3, dtype="int64")],
        "range tensor": lambda tf, np: [tf.range(tf.constant(3, tf.int64)), tf.range(0, tf.constant(4.0), 2)],
        "linspace": lambda tf, np: [tf.linspace(10.0, 12.0, 3), tf.linspace(0.0, 1.0, 1), tf.linspace(0, 10, 3)],
        "linspace axes": lambda tf, np: tf.linspace([0.0, 5.0], [10.0, 40.0], 5, axis=-1),
        "linspace first axis": lambda tf, np: tf.linspace(start=[0.0, 5.0], stop=[10.0, 40.0], num=3),
        "linspace end": lambda tf, np: tf.linspace(-3.0, 3.0, 7),
        "meshgrid": lambda tf, np: tf.meshgrid([1, 2, 3], [4, 5]),
        "meshgrid ij": lambda tf, np: tf.meshgrid([1.0, 2.0], [4.0, 5.0, 6.0], indexing="ij"),
        "identity": lambda tf, np: [tf.identity(TABLE), tf.identity(tf.Variable(1.0)), tf.identity(["a"])],
        "identity_n": lambda tf, np: tf.identity_n([[1, 2], [3.0]]),
        "guarantee_const": lambda tf, np: tf.guarantee_const([1.0, 2.0]),
        # --- dtypes ---
        "cast": lambda tf, np: [
            tf.cast([1.8, -2.2], tf.int32),
            tf.cast([1, 2], "float32"),
            tf.cast(True, tf.float32),
            tf.cast([0.5, 0.0], tf.bool),
            tf.cast(np.array([1, 255], np.uint8), tf.float32),
        ],
        "cast complex": lambda tf, np: [tf.cast([1.5], tf.complex64), tf.cast([300], tf.uint8), tf.cast(-1, tf.int64)],
        "cast half": lambda tf, np: [
            tf.cast(TABLE, tf.float16),
            tf.cast(TABLE, tf.bfloat16),
            tf.cast(TABLE, np.float64),
        ],
        "cast same": lambda tf, np: tf.cast(tf.constant([1.0]), tf.float32),
        "cast variable": lambda tf, np: tf.cast(tf.Variable([1.0]), tf.int32),
        "cast texts": lambda tf, np: tf.cast(["a"], tf.string),
        "dtypes.cast": lambda tf, np: tf.dtypes.cast([1.8], tf.dtypes.int32),
        "gradient cast": gradient(lambda tf, x: tf.cast(x, tf.float64), TABLE),
        "saturate_cast": lambda tf, np: [
            tf.saturate_cast([300.0, -5.0, 7.9], tf.uint8),
            tf.saturate_cast([300, -200], tf.int8),
            tf.saturate_cast([1e10, -1e10], tf.int32),
            tf.saturate_cast([1.5], tf.float64),
        ],
        "bitcast": lambda tf, np: [
            tf.bitcast([1.0, -2.0], tf.int32),
            tf.bitcast(np.array([[1, 0], [2, 3]], np.int32), tf.int64),
        ],
        "bitcast smaller": lambda tf, np: tf.bitcast(tf.constant([1, -2], tf.int32), tf.uint8),
        # --- shapes ---
        "shape": lambda tf, np: [tf.shape(TABLE), tf.shape(3), tf.shape(np.zeros((2, 0))), tf.shape(WORDS)],
        "shape out_type": lambda tf, np: tf.shape(TABLE, out_type=tf.int64),
        "shape_n": lambda tf, np: tf.shape_n([TABLE, [1]]),
        "size": lambda tf, np: [tf.size(TABLE), tf.size(WORDS), tf.size(5), tf.size(TABLE, out_type=tf.int64)],
        "rank": lambda tf, np: [tf.rank(TABLE), tf.rank(5), tf.rank(WORDS)],
        "reshape": lambda tf, np: [
            tf.reshape(TABLE, [3, 2]),
            tf.reshape(TABLE, [-1]),
            tf.reshape(TABLE, (1, -1, 2)),
            tf.reshape([7], []),
            tf.reshape(TABLE, -1),
            tf.reshape(TABLE, tf.constant([6, 1])),
        ],
        "reshape parts": lambda tf, np: tf.reshape(TABLE, [tf.shape(TABLE)[1], -1]),
        "reshape texts": lambda tf, np: tf.reshape(WORDS, [3, 2]),
        "reshape variable": lambda tf, np: tf.reshape(tf.Variable(TABLE), shape=[6]),
        "gradient reshape": gradient(lambda tf, x: tf.reshape(x, [3, 2]), TABLE),
        "expand_dims": lambda tf, np: [
            tf.expand_dims([1, 2], 0),
            tf.expand_dims([1, 2], axis=-1),
            tf.expand_dims(5, 0),
        ],
        "expand_dims texts": lambda tf, np: [tf.expand_dims(["a"], -1), tf.expand_dims("a", 0)],
        "squeeze": lambda tf, np: [
            tf.squeeze([[[1], [2]]]),
            tf.squeeze([[[1], [2]]], axis=0),
            tf.squeeze([[[1]]], [0, -1]),
        ],
        "squeeze texts": lambda tf, np: tf.squeeze([["a"], ["b"]], axis=1),
        "broadcast_to": lambda tf, np: [tf.broadcast_to([1, 2], [2, 2]), tf.broadcast_to([[1.0], [2.0]], [3, 2, 2])],
        "broadcast_to texts": lambda tf, np: tf.broadcast_to(["a", "b"], [2, 2]),
        "gradient broadcast_to": gradient(lambda tf, x: tf.broadcast_to(x, [2, 2, 3]), TABLE),
        "broadcast_static_shape": lambda tf, np: tf.broadcast_static_shape(tf.TensorShape([2, 1]), tf.TensorShape([3])),
        "broadcast_dynamic_shape": lambda tf, np: tf.broadcast_dynamic_shape(tf.constant([2, 1]), tf.constant([1, 3])),
        "ensure_shape": lambda tf, np: tf.ensure_shape(TABLE, [None, 3]),
        "is_tensor": lambda tf, np: [
            tf.is_tensor(x) for x in (1, [1], tf.constant(1), tf.Variable(1), tf.constant("a"))
        ],
        "required_space_to_batch_paddings": lambda tf, np: tf.required_space_to_batch_paddings([5, 6], [2, 4]),
        # --- joining ---
        "concat": lambda tf, np: [tf.concat([TABLE, TABLE], 0), tf.concat([TABLE, [[7.0], [8.0]]], axis=-1)],
        "concat one": lambda tf, np: tf.concat([TABLE], 0),
        "concat tensor and list": lambda tf, np: tf.concat([[1, 2], tf.constant([3.5])], 0),
        "concat variable": lambda tf, np: tf.concat([tf.Variable([1.0]), np.array([2.0], np.float32)], axis=0),
        "concat texts": lambda tf, np: tf.concat([WORDS, [["x"], ["y"]]], axis=1),
        "concat empty": lambda tf, np: tf.concat([tf.zeros([0, 3]), TABLE], 0),
        "gradient concat": gradient(lambda tf, x, y: tf.concat([x, y, x], 1), TABLE, [[7.0], [8.0]]),
        "stack": lambda tf, np: [tf.stack([[1, 4], [2, 5]]), tf.stack([[1, 4], [2, 5]], axis=1), tf.stack([1, 2.5])],
        "stack axis": lambda tf, np: tf.stack([tf.constant(TABLE), tf.constant(TABLE)], axis=-1),
        "stack tensor": lambda tf, np: tf.stack(tf.constant(TABLE)),
        "stack numbers and tensor": lambda tf, np: tf.stack([tf.constant(1.5), 2]),
        "stack texts": lambda tf, np: tf.stack([["a", "b"], ["c", "d"]], axis=1),
        "stack text scalars": lambda tf, np: tf.stack([tf.constant("a"), "b"]),
        "stack nothing": lambda tf, np: tf.stack([]),
        "gradient stack": gradient(lambda tf, x, y: tf.stack([x, y]), [1.0, 2.0], [3.0, 4.0]),
        "unstack": lambda tf, np: [
            tf.unstack(TABLE),
            tf.unstack(TABLE, axis=1),
            tf.unstack(WORDS),
            tf.unstack([1, 2], num=2),
        ],
        "gradient unstack": gradient(lambda tf, x: tf.unstack(x, axis=-1)[1], TABLE),
        "split": lambda tf, np: [
            tf.split(np.arange(6), 3),
            tf.split(TABLE, [1, 2], axis=1),
            tf.split(np.arange(6), [1, -1]),
        ],
        "split texts": lambda tf, np: tf.split(WORDS, [1, 2], axis=1),
        "split one": lambda tf, np: tf.split(TABLE, num_or_size_splits=1, axis=0),
        "split zero": lambda tf, np: tf.split(TABLE, [0, 3], 1),
        "gradient split": gradient(lambda tf, x: tf.split(x, 3, axis=1)[2], TABLE),
        # --- rearranging ---
        "transpose": lambda tf, np: [
            tf.transpose(TABLE),
            tf.transpose(np.arange(6).reshape(1, 2, 3), perm=[1, 0, 2]),
            tf.transpose([1, 2]),
            tf.transpose(np.arange(6).reshape(1, 2, 3)),
        ],
        "transpose conjugate": lambda tf, np: tf.transpose(tf.constant([[1 + 2j, 3j]]), conjugate=True),
        "transpose texts": lambda tf, np: tf.transpose(WORDS),
        "gradient transpose": gradient(lambda tf, x: tf.transpose(x), TABLE),
        "reverse": lambda tf, np: [
            tf.reverse(TABLE, [1]),
            tf.reverse(TABLE, axis=[0, -1]),
            tf.reverse(["a", "b"], [0]),
        ],
        "reverse_sequence": lambda tf, np: tf.reverse_sequence(
            np.arange(12).reshape(3, 4), [1, 4, 3], seq_axis=1, batch_axis=0
        ),
        "reverse_sequence time first": lambda tf, np: tf.reverse_sequence(
            np.arange(24.0).reshape(4, 3, 2), [1, 4, 0], seq_axis=0, batch_axis=1
        ),
        "roll": lambda tf, np: [
            tf.roll([0, 1, 2, 3, 4], 2, 0),
            tf.roll(TABLE, shift=[1, -2], axis=[0, 1]),
            tf.roll(TABLE, 1, -1),
        ],
        "tile": lambda tf, np: [
            tf.tile([1, 2], [3]),
            tf.tile(TABLE, [2, 1]),
            tf.tile(["a"], [2]),
            tf.tile(TABLE, [0, 1]),
        ],
        "tile tensor": lambda tf, np: tf.tile(TABLE, tf.constant([1, 2])),
        "gradient tile": gradient(lambda tf, x: tf.tile(x, [2, 2]), TABLE),
        "repeat": lambda tf, np: [
            tf.repeat([1, 2], 2),
            tf.repeat(TABLE, [1, 2], axis=0),
            tf.repeat(TABLE, 2, axis=-1),
            tf.repeat(TABLE, 2),
            tf.repeat(3, 2),
            tf.repeat(["a", "b"], [2, 1], axis=0),
        ],
        "gradient repeat": gradient(lambda tf, x: tf.repeat(x, [1, 3], axis=0), TABLE),
        "pad": lambda tf, np: [tf.pad(TABLE, [[1, 1], [2, 0]]), tf.pad([1, 2], [[0, 1]], constant_values=9)],
        "pad modes": lambda tf, np: [
            tf.pad(TABLE, [[1, 1], [2, 2]], "REFLECT"),
            tf.pad(TABLE, [[1, 1], [2, 2]], "SYMMETRIC"),
        ],
        "pad lower case": lambda tf, np: tf.pad([1.0, 2.0], [[1, 0]], mode="symmetric"),
        "pad texts": lambda tf, np: tf.pad(["a"], [[1, 1]], constant_values="x"),
        "pad tensor": lambda tf, np: tf.pad(TABLE, tf.constant([[0, 0], [1, 0]]), constant_values=-1),
        "gradient pad": gradient(lambda tf, x: tf.pad(x, [[1, 1], [2, 2]], "REFLECT"), TABLE),
        # --- taking ---
        "gather": lambda tf, np: [
            tf.gather([10, 20, 30], [2, 0]),
            tf.gather(TABLE, 1),
            tf.gather(TABLE, [[0, 2]], axis=1),
            tf.gather(TABLE, [2, 2, 1], axis=-1),
            tf.gather(WORDS, [1]),
        ],
        "gather keywords": lambda tf, np: tf.gather(params=np.arange(6), indices=tf.constant([1, 3], tf.int64)),
        "gather texts": lambda tf, np: tf.gather(["a", "b", "c"], [[2, 0], [1, 1]]),
        "gather batch": lambda tf, np: tf.gather(TABLE, [[0, 2], [1, 1]], batch_dims=1),
        "gather batch from behind": lambda tf, np: tf.gather(np.arange(24).reshape(2, 3, 4), [[0], [1]], batch_dims=-1),
        "gather batch scalars": lambda tf, np: tf.gather(TABLE, [2, 0], axis=1, batch_dims=1),
        "gather batch axis": lambda tf, np: tf.gather(
            np.arange(24).reshape(2, 3, 4), [[3, 0], [1, 1]], axis=2, batch_dims=1
        ),
        "gather batch rows": lambda tf, np: tf.gather(np.arange(24).reshape(2, 3, 4), [[2], [0]], axis=1, batch_dims=1),
        "gather variable": lambda tf, np: tf.gather(tf.Variable(TABLE), [1]),
        "gradient gather": gradient(lambda tf, x: tf.gather(x, [1, 1, 0]), TABLE),
        "gather_nd": lambda tf, np: [
            tf.gather_nd(TABLE, [[0, 0], [1, 2]]),
            tf.gather_nd(TABLE, [[1], [0]]),
            tf.gather_nd(TABLE, [1, 1]),
        ],
        "gather_nd batch": lambda tf, np: tf.gather_nd(TABLE, [[1], [0]], batch_dims=1),
        "gather_nd texts": lambda tf, np: tf.gather_nd(WORDS, [[0, 1], [1, 0]]),
        "gradient gather_nd": gradient(lambda tf, x: tf.gather_nd(x, [[0, 0], [1, 2], [0, 0]]), TABLE),
        "slice": lambda tf, np: [
            tf.slice(TABLE, [0, 1], [2, 1]),
            tf.slice(TABLE, begin=[1, 0], size=[-1, 2]),
            tf.slice(WORDS, [0, 0], [1, 2]),
        ],
        "gradient slice": gradient(lambda tf, x: tf.slice(x, [0, 1], [2, 2]), TABLE),
        "strided_slice": lambda tf, np: [
            tf.strided_slice(np.arange(12).reshape(3, 4), [0, 1], [3, 4], [2, 2]),
            tf.strided_slice(np.arange(12).reshape(3, 4), [1, 3], [2, 0], [1, -1]),
            tf.strided_slice(np.arange(12).reshape(3, 4), [1, 1], [3, 3], [1, 1], begin_mask=1, end_mask=2),
            tf.strided_slice(np.arange(12).reshape(3, 4), [1, 1], [2, 3], shrink_axis_mask=1),
            tf.strided_slice(np.arange(12).reshape(3, 4), [0, 1], [0, 3], new_axis_mask=1),
            tf.strided_slice(np.arange(12).reshape(3, 4), [0, 1], [0, 3], ellipsis_mask=1),
        ],
        "boolean_mask": lambda tf, np: [
            tf.boolean_mask([0, 1, 2, 3], np.array([True, False, True, False])),
            tf.boolean_mask(TABLE, [True, False]),
            tf.boolean_mask(TABLE, [True, False, True], axis=1),
        ],
        "boolean_mask whole": lambda tf, np: tf.boolean_mask(tf.constant(TABLE), tf.constant(TABLE) > 2),
        "boolean_mask texts": lambda tf, np: tf.boolean_mask(["a", "b"], [False, True]),
        "gradient boolean_mask": gradient(lambda tf, x: tf.boolean_mask(x, x > 2.5), TABLE),
        "where": lambda tf, np: [
            tf.where([True, False, True]),
            tf.where(TABLE),
            tf.where([[True, False], [False, True]]),
        ],
        "where choice": lambda tf, np: [
            tf.where([True, False], [1, 2], [3, 4]),
            tf.where(tf.constant(TABLE) > 2, TABLE, 0.0),
            tf.where([[True], [False]], [1.0, 2.0], [3.0]),
            tf.where(True, 1, 2),
        ],
        "where texts": lambda tf, np: tf.where([True, False], ["a", "b"], "c"),
        "where variable": lambda tf, np: tf.where([True, False], tf.Variable([1.0, 2.0]), 0),
        "gradient where": gradient(lambda tf, x, y: tf.where(x > y, x, y), [1.0, 2.0, 5.0], [2.0, 2.0, 3.0]),
        # --- putting ---
        "scatter_nd": lambda tf, np: [
            tf.scatter_nd([[4], [3], [1]], [9, 10, 11], [6]),
            tf.scatter_nd([[0], [0]], [[1.0, 2.0], [3.0, 4.0]], shape=[2, 2]),
        ],
        "scatter_nd texts": lambda tf, np: tf.scatter_nd([[1]], ["a"], [2]),
        "gradient scatter_nd": gradient(lambda tf, u: tf.scatter_nd([[1], [1]], u, [3]), [2.0, 3.0]),
        "tensor_scatter_nd_update": lambda tf, np: [
            tf.tensor_scatter_nd_update([0, 0, 0, 0], [[1], [3]], [9, 8]),
            tf.tensor_scatter_nd_update(TABLE, [[0, 1], [1, 2]], [7.0, 8.0]),
            tf.tensor_scatter_nd_update(TABLE, [[1]], [[7.0, 8.0, 9.0]]),
            tf.tensor_scatter_nd_update(["a", "b"], [[1]], ["c"]),
        ],
        "tensor_scatter_nd_add": lambda tf, np: tf.tensor_scatter_nd_add(
            TABLE, indices=[[0, 1], [0, 1]], updates=[7.0, 8.0]
        ),
        "tensor_scatter_nd_sub": lambda tf, np: tf.tensor_scatter_nd_sub([1, 2, 3], [[0], [2]], [1, 1]),
        "tensor_scatter_nd_max": lambda tf, np: tf.tensor_scatter_nd_max([1, 2, 3], [[0], [2], [0]], [5, 1, 4]),
        "tensor_scatter_nd_min": lambda tf, np: tf.tensor_scatter_nd_min(
            TABLE, [[1], [1]], [[1.0, 9.0, 2.0], [3.0, 0.0, 9.0]]
        ),
        "gradient tensor_scatter_nd_update": gradient(
            lambda tf, x, u: tf.tensor_scatter_nd_update(x, [[0, 1]], u), TABLE, [7.0]
        ),
        "gradient tensor_scatter_nd_add": gradient(
            lambda tf, x, u: tf.tensor_scatter_nd_add(x, [[0, 1]], u), TABLE, [7.0]
        ),
        "dynamic_partition": lambda tf, np: [
            tf.dynamic_partition([10, 20, 30, 40], [0, 1, 0, 2], 3),
            tf.dynamic_partition(TABLE, [1, 0], 2),
            tf.dynamic_partition(["a", "b"], [1, 0], 2),
        ],
        "dynamic_stitch": lambda tf, np: tf.dynamic_stitch([[0, 2], [1, 3, 4]], [[10, 30], [20, 40, 50]]),
        "dynamic_stitch rows": lambda tf, np: tf.dynamic_stitch([2, [1, 0]], [[5.0, 6.0], [[1.0, 2.0], [3.0, 4.0]]]),
        # --- order ---
        "sort": lambda tf, np: [
            tf.sort([3, 1, 2]),
            tf.sort([[3.0, 1.0], [0.0, 2.0]], axis=0),
            tf.sort([3, 1, 2], direction="DESCENDING"),
        ],
        "argsort": lambda tf, np: [
            tf.argsort([3, 1, 2, 1]),
            tf.argsort([3, 1, 2, 3], direction="DESCENDING"),
            tf.argsort([[3.0, 1.0], [0.0, 2.0]], axis=0, stable=True),
        ],
        "gradient sort": gradient(lambda tf, x: tf.sort(x)[:2], [3.0, 1.0, 2.0]),
        "searchsorted": lambda tf, np: [
            tf.searchsorted([1, 3, 3, 9], [3, 0, 10]),
            tf.searchsorted([1, 3, 3, 9], [3], side="right"),
            tf.searchsorted([[1.0, 2.0], [3.0, 4.0]], [[1.5], [9.0]], out_type=tf.int64),
        ],
        "unique": lambda tf, np: [
            tf.unique([1, 1, 2, 4, 4, 7, 8, 1]),
            tf.unique([3.0, 1.0, 3.0]),
            tf.unique(["b", "a", "b"]),
        ],
        "unique names": lambda tf, np: [tf.unique([5, 5, 3]).y, tf.unique([5, 5, 3], out_idx=tf.int64).idx],
        "unique_with_counts": lambda tf, np: [
            tf.unique_with_counts([4, 1, 4]),
            tf.unique_with_counts(["b", "a", "b"]).count,
        ],
        "histogram_fixed_width": lambda tf, np: [
            tf.histogram_fixed_width([-1.0, 0.0, 1.5, 2.0, 5.0, 15.0], [0.0, 5.0], nbins=5),
            tf.histogram_fixed_width([1, 2, 2, 9], [0, 10], 4, dtype=tf.int64),
        ],
        "histogram_fixed_width_bins": lambda tf, np: tf.histogram_fixed_width_bins(
            [-1.0, 0.0, 1.5, 2.0, 5.0, 15.0], [0.0, 5.0], 5
        ),
        "unravel_index": lambda tf, np: [tf.unravel_index([2, 5, 7], dims=[3, 3]), tf.unravel_index(4, [2, 3])],
        # --- encoding, limits ---
        "one_hot": lambda tf, np: [
            tf.one_hot([0, 1, 2], 3),
            tf.one_hot([0, 2, -1, 5], 3),
            tf.one_hot(1, depth=2),
            tf.one_hot([[0], [1]], 2),
        ],
        "one_hot values": lambda tf, np: tf.one_hot([0, 2], 3, on_value=5.0, off_value=-1.0, axis=0),
        "one_hot on alone": lambda tf, np: tf.one_hot([0, 2], 3, on_value=5, dtype=tf.int32),
        "one_hot dtypes": lambda tf, np: [
            tf.one_hot([1], 2, dtype=tf.int32),
            tf.one_hot([1], 2, on_value=True, off_value=False),
            tf.one_hot(np.array([1], np.uint8), 2),
            tf.one_hot([1], 2, 1, 0),
        ],
        "one_hot axis": lambda tf, np: tf.one_hot([[0, 1], [1, 0]], 3, axis=1),
        "sequence_mask": lambda tf, np: [
            tf.sequence_mask([1, 3, 2], 5),
            tf.sequence_mask([[1, 3], [2, 0]]),
            tf.sequence_mask([1, 2], dtype=tf.float32),
        ],
        "clip_by_value": lambda tf, np: [
            tf.clip_by_value([[-5.0, -1.0], [0.0, 6.0]], -1.0, 1.0),
            tf.clip_by_value([1, 5], 2, 3),
            tf.clip_by_value(TABLE, clip_value_min=[2.0, 3.0, 4.0], clip_value_max=5.0),
            tf.clip_by_value(TABLE, 2, 5),
        ],
        "clip_by_value crossed": lambda tf, np: tf.clip_by_value([1.0, 5.0], 4.0, 2.0),
        "gradient clip_by_value": gradient(lambda tf, x: tf.clip_by_value(x, 2.0, 5.0), TABLE),
        "clip_by_norm": lambda tf, np: [
            tf.clip_by_norm([3.0, 4.0], 1.0),
            tf.clip_by_norm([0.3, 0.4], 1.0),
            tf.clip_by_norm(TABLE, 2.0, axes=[1]),
            tf.clip_by_norm([0.0, 0.0], 1.0),
        ],
        "gradient clip_by_norm": gradient(lambda tf, x: tf.clip_by_norm(x, 1.0), TABLE),
        "clip_by_global_norm": lambda tf, np: [
            tf.clip_by_global_norm([tf.constant([3.0]), tf.constant([4.0])], 1.0),
            tf.clip_by_global_norm([tf.constant([0.3]), None], 1.0),
            tf.clip_by_global_norm([[3.0]], 1.0, use_norm=tf.constant(6.0)),
        ],
        "clip_by_global_norm infinite": lambda tf, np: tf.clip_by_global_norm([[float("inf"), 1.0]], 1.0),
        "space_to_batch": lambda tf, np: tf.space_to_batch(
            np.arange(16.0).reshape(1, 4, 4, 1), [2, 2], [[0, 0], [0, 0]]
        ),
        "space_to_batch paddings": lambda tf, np: tf.space_to_batch(
            np.arange(6).reshape(1, 2, 3, 1), block_shape=[2, 2], paddings=[[1, 1], [0, 1]]
        ),
        "space_to_batch_nd": lambda tf, np: tf.space_to_batch_nd(np.arange(8).reshape(2, 4), [2], [[0, 0]]),
        "batch_to_space": lambda tf, np: tf.batch_to_space(np.arange(16).reshape(4, 2, 2, 1), [2, 2], [[0, 1], [1, 0]]),
        "complex parts": lambda tf, np: tf.dtypes.complex(
            tf.constant([1.0, 2.0], tf.float64), tf.constant([3.0, 4.0], tf.float64)
        ),
    }
)

ERRORS.update(
    {
        "zeros none": lambda tf, np: tf.zeros([None, 2]),
        "zeros float": lambda tf, np: tf.zeros([2.0, 2]),
        "zeros negative": lambda tf, np: tf.zeros([-1]),
        "zeros text": lambda tf, np: tf.zeros("a"),
        "zeros dtype": lambda tf, np: tf.zeros([2], dtype="foo"),
        "ones texts": lambda tf, np: tf.ones([2], tf.string),
        "ones_like texts": lambda tf, np: tf.ones_like(["a"]),
        "fill vector": lambda tf, np: tf.fill([2], [1, 2]),
        "fill negative": lambda tf, np: tf.fill([-1], 1),
        "eye negative": lambda tf, np: tf.eye(-1),
        "range step": lambda tf, np: tf.range(0, 10, 0),
        "range direction": lambda tf, np: tf.range(5, 0),
        "range dtype": lambda tf, np: tf.range(1, 3.0, dtype=tf.int32),
        "range vector": lambda tf, np: tf.range([1, 2]),
        "meshgrid indexing": lambda tf, np: tf.meshgrid([1], [2], indexing="ab"),
        "meshgrid keyword": lambda tf, np: tf.meshgrid([1], [2], index="ij"),
        "identity none": lambda tf, np: tf.identity(None),
        "cast texts": lambda tf, np: tf.cast("a", tf.int32),
        "cast to texts": lambda tf, np: tf.cast([1, 2], tf.string),
        "cast none": lambda tf, np: tf.cast(None, tf.int32),
        "cast dtype": lambda tf, np: tf.cast([1], "foo"),
        "bitcast": lambda tf, np: tf.bitcast([1.0], tf.float64),
        "shape none": lambda tf, np: tf.shape(None),
        "shape uneven": lambda tf, np: tf.shape([[1], [2, 3]]),
        "reshape size": lambda tf, np: tf.reshape([1, 2, 3], [2, 2]),
        "reshape two unknown": lambda tf, np: tf.reshape([1, 2, 3, 4], [-1, -1]),
        "reshape float": lambda tf, np: tf.reshape([1, 2, 3, 4], [2.0, 2]),
        "reshape none": lambda tf, np: tf.reshape([1, 2, 3, 4], [None, 2]),
        "reshape nothing": lambda tf, np: tf.reshape([1, 2]),
        "expand_dims axis": lambda tf, np: tf.expand_dims([1], axis=3),
        "expand_dims no axis": lambda tf, np: tf.expand_dims([1]),
        "squeeze axis": lambda tf, np: tf.squeeze([[1, 2]], axis=1),
        "broadcast_to": lambda tf, np: tf.broadcast_to([1, 2], [3]),
        "broadcast_static_shape": lambda tf, np: tf.broadcast_static_shape(tf.TensorShape([2]), tf.TensorShape([3])),
        "ensure_shape": lambda tf, np: tf.ensure_shape([1, 2], [3]),
        "concat dtypes": lambda tf, np: tf.concat([tf.constant([1]), tf.constant([1.0])], 0),
        "concat lists": lambda tf, np: tf.concat([[1, 2], [3.5]], 0),
        "concat nothing": lambda tf, np: tf.concat([], 0),
        "concat scalars": lambda tf, np: tf.concat([1, 2], 0),
        "concat shapes": lambda tf, np: tf.concat([[[1]], [[1, 2]]], 0),
        "concat axis": lambda tf, np: tf.concat([[1], [2]], 1),
        "stack shapes": lambda tf, np: tf.stack([tf.constant([1]), tf.constant([1, 2])]),
        "stack axis": lambda tf, np: tf.stack([[1], [2]], axis=3),
        "parallel_stack": lambda tf, np: tf.parallel_stack([[1, 2], [3, 4]]),
        "stack dtypes": lambda tf, np: tf.stack([tf.constant(1), 2.5]),
        "unstack axis": lambda tf, np: tf.unstack([1, 2], axis=1),
        "unstack num": lambda tf, np: tf.unstack([1, 2], num=3),
        "split uneven": lambda tf, np: tf.split([1, 2, 3], 2),
        "split sizes": lambda tf, np: tf.split([1, 2, 3], [1, 1]),
        "split scalar": lambda tf, np: tf.split(1, 2),
        "transpose length": lambda tf, np: tf.transpose([[1]], perm=[0]),
        "transpose twice": lambda tf, np: tf.transpose([[1]], perm=[0, 0]),
        "reverse axis": lambda tf, np: tf.reverse([1, 2], axis=[1]),
        "reverse number": lambda tf, np: tf.reverse([1, 2], axis=0),
        "reverse_sequence length": lambda tf, np: tf.reverse_sequence([[1, 2, 3]], [4], seq_axis=1),
        "roll axis": lambda tf, np: tf.roll([1, 2], 1, axis=1),
        "tile length": lambda tf, np: tf.tile([1, 2], [1, 2]),
        "repeat length": lambda tf, np: tf.repeat([1, 2], [1, 2, 3]),
        "pad columns": lambda tf, np: tf.pad([1], [[1, 1, 1]]),
        "pad mode": lambda tf, np: tf.pad([1], [[1, 1]], mode="FOO"),
        "pad reflect": lambda tf, np: tf.pad([1], [[1, 1]], mode="REFLECT"),
        "pad negative": lambda tf, np: tf.pad([1], [[-1, 1]]),
        "gather range": lambda tf, np: tf.gather([1, 2], [2]),
        "gather negative": lambda tf, np: tf.gather([1, 2], [-1]),
        "gather floats": lambda tf, np: tf.gather([1, 2], [0.5]),
        "gather axis": lambda tf, np: tf.gather([1, 2], [0], axis=1),
        "gather_nd range": lambda tf, np: tf.gather_nd([1, 2], [[2]]),
        "gather_nd depth": lambda tf, np: tf.gather_nd([1, 2], [[0, 0]]),
        "slice size": lambda tf, np: tf.slice([1, 2], [0], [3]),
        "slice rank": lambda tf, np: tf.slice([1, 2], [0, 0], [1, 1]),
        "strided_slice step": lambda tf, np: tf.strided_slice([1, 2, 3], [0], [2], [0]),
        "strided_slice rank": lambda tf, np: tf.strided_slice([1, 2, 3], [0, 0], [1, 1]),
        "boolean_mask shape": lambda tf, np: tf.boolean_mask([1, 2, 3], [True]),
        "boolean_mask scalar": lambda tf, np: tf.boolean_mask([1, 2], True),
        "where one": lambda tf, np: tf.where([True], [1], None),
        "where ints": lambda tf, np: tf.where([1, 0], [1, 2], [3, 4]),
        "where int tensor": lambda tf, np: tf.where(tf.constant([1, 0]), [1, 2], [3, 4]),
        "where dtypes": lambda tf, np: tf.where(tf.constant([True]), tf.constant([1]), tf.constant([1.0])),
        "where shapes": lambda tf, np: tf.where([True, False], [1, 2, 3], [1, 2, 3]),
        "scatter_nd range": lambda tf, np: tf.scatter_nd([[5]], [1], [3]),
        "scatter_nd shapes": lambda tf, np: tf.scatter_nd([[1]], [1, 2], [3]),
        "tensor_scatter_nd_update range": lambda tf, np: tf.tensor_scatter_nd_update([1, 2], [[5]], [1]),
        "tensor_scatter_nd_update floats": lambda tf, np: tf.tensor_scatter_nd_update([1, 2], [[0]], [1.5]),
        "dynamic_partition range": lambda tf, np: tf.dynamic_partition([1, 2], [0, 3], 2),
        "sort texts": lambda tf, np: tf.sort(["b", "a"]),
        "argsort direction": lambda tf, np: tf.argsort([1], direction="up"),
        "searchsorted dtypes": lambda tf, np: tf.searchsorted(tf.constant([1, 2]), tf.constant([1.5])),
        "searchsorted side": lambda tf, np: tf.searchsorted([1, 2], [1], side="foo"),
        "unique matrix": lambda tf, np: tf.unique([[1]]),
        "histogram_fixed_width range": lambda tf, np: tf.histogram_fixed_width([1.0], [1.0, 0.0]),
        "unravel_index": lambda tf, np: tf.unravel_index([5], [2, 2]),
        "one_hot floats": lambda tf, np: tf.one_hot([0.5], 2),
        "one_hot depth": lambda tf, np: tf.one_hot([1], -1),
        "one_hot values": lambda tf, np: tf.one_hot([1], 2, on_value=tf.constant(1.0), off_value=0, dtype=tf.int32),
        "one_hot values of two dtypes": lambda tf, np: tf.one_hot([1], 2, on_value=1.0, off_value=0),
        "sequence_mask maxlen": lambda tf, np: tf.sequence_mask([1], [3]),
        "clip_by_value floats": lambda tf, np: tf.clip_by_value(tf.constant([1, 2]), 0.5, 1.5),
        "clip_by_value shape": lambda tf, np: tf.clip_by_value([1.0, 2.0], [0.0, 0.0, 0.0], 1.0),
        "clip_by_norm ints": lambda tf, np: tf.clip_by_norm([3, 4], 1.0),
        "clip_by_global_norm tensor": lambda tf, np: tf.clip_by_global_norm(tf.constant([3.0, 4.0]), 1.0),
        "space_to_batch block": lambda tf, np: tf.space_to_batch([[[[1]]]], 2, [[0, 0], [0, 0]]),
        "batch_to_space batch": lambda tf, np: tf.batch_to_space([[[[1]]]], [2, 2], [[0, 0], [0, 0]]),
    }
)
