"""Control flow, functions with gradients of their own, TensorArray, nested structures, assertions."""

import collections
import tempfile

Point = collections.namedtuple("Point", "x y")


def printed(tf, *values, **options):
    """What tf.print writes."""
    with tempfile.NamedTemporaryFile("r", suffix=".txt") as file:
        tf.print(*values, output_stream=f"file://{file.name}", **options)
        return file.read()


def gradient(tf, function, *starts):
    """The gradients of a function at some variables."""
    variables = [tf.Variable(start) for start in starts]
    with tf.GradientTape() as tape:
        result = function(*variables)
    return tape.gradient(result, variables)


def clipped(tf):
    @tf.custom_gradient
    def clip(x):
        def grad(upstream):
            return tf.clip_by_norm(upstream, 0.5)

        return x, grad

    return clip


def two_results(tf):
    @tf.custom_gradient
    def function(x, y):
        def grad(first, second):
            return first * 10.0 + second, first + second * 100.0

        return (x * y, x + y), grad

    return function


def with_variable(tf, w):
    @tf.custom_gradient
    def function(x):
        def grad(upstream, variables=None):
            return upstream * w * 10.0, [upstream * x * 100.0 for _ in variables]

        return x * w, grad

    return function


def scaled_by(tf, x, w):
    v = tf.Variable(w)
    u = tf.Variable(x)
    with tf.GradientTape() as tape:
        result = with_variable(tf, v)(u * 1.0)
    return [result, *tape.gradient(result, [u, v])]


def second_derivative(tf, x):
    @tf.custom_gradient
    def cube(x):
        def grad(upstream):
            return upstream * 3.0 * x * x

        return x * x * x, grad

    v = tf.Variable(x)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = cube(v)
        first = inner.gradient(y, v)
    return [first, outer.gradient(first, v)]


def recomputed(tf, x, w):
    v, u = tf.Variable(w), tf.Variable(x)
    function = tf.recompute_grad(lambda x: tf.sin(x) * v)
    with tf.GradientTape() as tape:
        result = function(u * 1.0)
    return [result, *tape.gradient(result, [u, v])]


def forward(tf, function, x, direction):
    x = tf.constant(x)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(direction)) as accumulator:
        y = function(x)
    return accumulator.jvp(y)


def forward_of_backward(tf, x, direction):
    x = tf.constant(x)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(direction)) as accumulator:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(x * x * x)
        g = tape.gradient(y, x)
    return [g, accumulator.jvp(g)]


def forward_of_variable(tf):
    dense = tf.keras.layers.Dense(2, kernel_initializer="ones")
    x = tf.constant([[1.0, 2.0, 3.0]])
    dense.build((None, 3))
    with tf.autodiff.ForwardAccumulator(dense.kernel, tf.constant([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]])) as accumulator:
        y = dense(x) ** 2
    return accumulator.jvp(y)


def accumulated(tf, dtype="float32"):
    array = tf.TensorArray(dtype, size=3)
    for i in range(3):
        array = array.write(i, tf.cast([i, i * i], dtype))
    return array


def loop_gradient(tf):
    v = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * v), (tf.constant(0), tf.constant(1.0)))
    return [y, tape.gradient(y, v)]


def map_gradient(tf):
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.map_fn(lambda x: x * x, v * 3.0)
    return [y, tape.gradient(y, v)]


def scan_gradient(tf):
    v = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.scan(lambda a, x: a * x, v * 1.0)
    return [y, tape.gradient(y, v)]


def array_gradient(tf):
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        array = tf.TensorArray(tf.float32, size=2)
        for i in range(2):
            array = array.write(i, v[i] * v[i])
        y = array.stack()
    return [y, tape.gradient(y, v)]


CASES = {
    # conditions
    "cond true": lambda tf, np: tf.cond(tf.constant(True), lambda: tf.constant(1), lambda: tf.constant(2)),
    "cond false": lambda tf, np: tf.cond(tf.constant(3) < 2, lambda: tf.constant(1.0), lambda: tf.constant(2.0)),
    "cond python": lambda tf, np: tf.cond(False, lambda: tf.constant("a"), lambda: tf.constant("b")),
    "cond number": lambda tf, np: tf.cond(tf.constant(1), lambda: tf.constant(7), lambda: tf.constant(8)),
    "cond structure": lambda tf, np: tf.cond(tf.constant(True), lambda: (tf.ones(2), {"a": tf.zeros(1)}), lambda: 0),
    "cond gradient": lambda tf, np: gradient(tf, lambda v: tf.cond(v > 1.0, lambda: v * v, lambda: -v), 3.0),
    "case": lambda tf, np: tf.case(
        [(tf.constant(False), lambda: tf.constant(1)), (tf.constant(True), lambda: tf.constant(2))]
    ),
    "case default": lambda tf, np: tf.case(
        [(tf.constant(False), lambda: tf.constant(1))], default=lambda: tf.constant(9)
    ),
    "switch_case": lambda tf, np: tf.switch_case(tf.constant(1), [lambda: tf.constant(1), lambda: tf.constant(2)]),
    "switch_case default": lambda tf, np: tf.switch_case(
        tf.constant(5), {0: lambda: tf.constant(1)}, default=lambda: tf.constant(7)
    ),
    "switch_case past the end": lambda tf, np: tf.switch_case(
        tf.constant(9), [lambda: tf.constant(1), lambda: tf.constant(2)]
    ),
    "switch_case pairs": lambda tf, np: tf.switch_case(
        tf.constant(1), [(1, lambda: tf.constant(30)), (0, lambda: tf.constant(40))]
    ),
    # loops
    "while_loop": lambda tf, np: tf.while_loop(lambda i: i < 5, lambda i: (i + 2,), [tf.constant(0)]),
    "while_loop several": lambda tf, np: tf.while_loop(
        lambda i, x: i < 3, lambda i, x: (i + 1, x * 2.0), (tf.constant(0), tf.constant([1.0, 2.0]))
    ),
    "while_loop maximum": lambda tf, np: tf.while_loop(lambda i: i < 99, lambda i: [i + 1], [0], maximum_iterations=4),
    "while_loop nested": lambda tf, np: tf.while_loop(
        lambda i, d: i < 2, lambda i, d: (i + 1, {"a": d["a"] + 1.0, "b": d["b"]}), (0, {"a": 1.0, "b": tf.ones(2)})
    ),
    "while_loop grows": lambda tf, np: tf.while_loop(
        lambda x: tf.size(x) < 4,
        lambda x: (tf.concat([x, x[-1:] * 2], 0),),
        (tf.constant([1]),),
        shape_invariants=(tf.TensorShape([None]),),
    ),
    "while_loop gradient": lambda tf, np: loop_gradient(tf),
    # mapping
    "map_fn": lambda tf, np: tf.map_fn(lambda x: x * 2, tf.range(3)),
    "map_fn list": lambda tf, np: tf.map_fn(lambda x: x + 1, np.array([1, 2, 3])),
    "map_fn matrix": lambda tf, np: tf.map_fn(lambda row: tf.reduce_sum(row), tf.reshape(tf.range(6.0), (2, 3))),
    "map_fn two results": lambda tf, np: tf.map_fn(
        lambda x: (x, x * 2.0), tf.range(3.0), fn_output_signature=(tf.float32, tf.float32)
    ),
    "map_fn two elems": lambda tf, np: tf.map_fn(lambda x: x[0] + x[1], (tf.range(3), tf.range(3)), dtype=tf.int32),
    "map_fn dict": lambda tf, np: tf.map_fn(
        lambda x: x["a"] - x["b"], {"a": tf.range(3), "b": tf.ones(3, tf.int32)}, fn_output_signature=tf.int32
    ),
    "map_fn dtype": lambda tf, np: tf.map_fn(
        lambda x: tf.cast(x, tf.float32) / 2, tf.range(3), fn_output_signature=tf.TensorSpec([], tf.float32)
    ),
    "map_fn texts": lambda tf, np: tf.map_fn(
        lambda x: tf.strings.join([x, "!"]), tf.constant(["a", "b"]), fn_output_signature=tf.string
    ),
    "map_fn nothing": lambda tf, np: tf.map_fn(lambda x: x, tf.zeros((0,))),
    "map_fn ragged": lambda tf, np: tf.map_fn(
        lambda n: tf.range(n), tf.constant([2, 0, 1]), fn_output_signature=tf.RaggedTensorSpec([None], tf.int32)
    ),
    "map_fn gradient": lambda tf, np: map_gradient(tf),
    "vectorized_map": lambda tf, np: tf.vectorized_map(lambda x: tf.reduce_sum(x), tf.reshape(tf.range(6.0), (2, 3))),
    "vectorized_map structure": lambda tf, np: tf.vectorized_map(
        lambda x: (x[0] * x[1], x[0]), (tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0]))
    ),
    "vectorized_map matmul": lambda tf, np: tf.vectorized_map(
        lambda x: tf.matmul(x, x), tf.reshape(tf.range(8.0), (2, 2, 2))
    ),
    "scan": lambda tf, np: tf.scan(lambda a, x: a + x, tf.range(4)),
    "scan initializer": lambda tf, np: tf.scan(lambda a, x: a + x, tf.range(4), initializer=10),
    "scan reverse": lambda tf, np: tf.scan(lambda a, x: a + x, tf.range(4), reverse=True),
    "scan structure": lambda tf, np: tf.scan(
        lambda a, x: (a[0] + x, a[1] * 2), tf.range(3), initializer=(tf.constant(0), tf.constant(1))
    ),
    "scan two elems": lambda tf, np: tf.scan(
        lambda a, x: a + x[0] * x[1], (tf.range(3), tf.range(3)), initializer=tf.constant(0)
    ),
    "scan gradient": lambda tf, np: scan_gradient(tf),
    "foldl": lambda tf, np: tf.foldl(lambda a, x: a - x, tf.range(5)),
    "foldl initializer": lambda tf, np: tf.foldl(lambda a, x: a - x, tf.range(5), initializer=100),
    "foldr": lambda tf, np: tf.foldr(lambda a, x: a - x, tf.constant([1, 2, 3, 10])),
    # Python functions
    "py_function": lambda tf, np: tf.py_function(lambda a, b: a + b, [1.0, 2.0], tf.float32),
    "py_function list": lambda tf, np: tf.py_function(lambda a: (a, a * 2), [1.0], [tf.float32, tf.float32]),
    "py_function text": lambda tf, np: tf.py_function(
        lambda s: s.numpy().decode().upper(), [tf.constant("ab")], tf.string
    ),
    "py_function number": lambda tf, np: tf.py_function(lambda: 3, [], tf.int64),
    "py_function nothing": lambda tf, np: tf.py_function(lambda: None, [], []),
    "py_function gradient": lambda tf, np: gradient(
        tf, lambda v: tf.py_function(lambda x: x * x, [v], tf.float32), 3.0
    ),
    "numpy_function": lambda tf, np: tf.numpy_function(lambda a: a * 2, [np.array([1.0, 2.0])], tf.float64),
    "numpy_function sinh": lambda tf, np: tf.numpy_function(np.sinh, [tf.constant([0.5, 1.0])], tf.float32),
    "numpy_function list": lambda tf, np: tf.numpy_function(
        lambda a, b: (a + b, a.sum()), [tf.ones(2), tf.ones(2)], [tf.float32, tf.float32]
    ),
    "numpy_function list of one": lambda tf, np: tf.numpy_function(lambda a: [a * 2], [tf.ones(2)], tf.float32),
    "numpy_function decorator": lambda tf, np: tf.numpy_function(Tout=tf.float32)(lambda a: a * 2)(tf.ones(2)),
    "numpy_function text": lambda tf, np: tf.numpy_function(lambda s: s + b"!", [tf.constant("a")], tf.string),
    # gradients of one's own
    "stop_gradient": lambda tf, np: gradient(tf, lambda v: v * tf.stop_gradient(v * v), 3.0),
    "stop_gradient value": lambda tf, np: tf.stop_gradient(tf.constant([1, 2])),
    "stop_gradient all": lambda tf, np: gradient(tf, lambda v: tf.stop_gradient(v), 3.0),
    "custom_gradient": lambda tf, np: gradient(tf, lambda v: clipped(tf)(v * v), 2.0),
    "custom_gradient value": lambda tf, np: clipped(tf)(tf.constant([1.0, 2.0])),
    "custom_gradient variable": lambda tf, np: gradient(tf, lambda v: clipped(tf)(v) * 3.0, [1.0, 2.0]),
    "custom_gradient two results": lambda tf, np: gradient(
        tf, lambda v, w: tf.add_n(two_results(tf)(v * 1.0, w * 1.0)), 2.0, 3.0
    ),
    "custom_gradient variables": lambda tf, np: scaled_by(tf, 2.0, 3.0),
    "custom_gradient twice": lambda tf, np: second_derivative(tf, 2.0),
    "recompute_grad": lambda tf, np: recomputed(tf, 2.0, 3.0),
    "grad_pass_through": lambda tf, np: gradient(tf, lambda v: tf.grad_pass_through(tf.round)(v * 1.0), [1.2, 2.7]),
    # forward
    "jvp": lambda tf, np: forward(tf, lambda x: tf.reduce_sum(x**3), [1.0, 2.0], [1.0, 0.0]),
    "jvp vector": lambda tf, np: forward(tf, lambda x: tf.sin(x) * x[::-1], [1.0, 2.0], [1.0, 0.5]),
    "jvp linear": lambda tf, np: forward(tf, lambda x: x * 3.0, [1.0, 2.0], [1.0, 0.5]),
    "jvp itself": lambda tf, np: forward(tf, lambda x: x, [1.0, 2.0], [1.0, 0.5]),
    "jvp of none": lambda tf, np: forward(tf, lambda x: tf.constant(2.0), [1.0], [1.0]),
    "jvp structure": lambda tf, np: forward(tf, lambda x: {"a": x * x, "b": [tf.exp(x)]}, 2.0, 1.0),
    "jvp of a gradient": lambda tf, np: forward_of_backward(tf, [1.0, 2.0], [1.0, 1.0]),
    "jvp of a kernel": lambda tf, np: forward_of_variable(tf),
    # TensorArray
    "array stack": lambda tf, np: accumulated(tf).stack(),
    "array concat": lambda tf, np: accumulated(tf).concat(),
    "array gather": lambda tf, np: accumulated(tf).gather([2, 0]),
    "array read": lambda tf, np: accumulated(tf).read(1),
    "array size": lambda tf, np: accumulated(tf).size(),
    "array dtype": lambda tf, np: accumulated(tf, "int64").stack(),
    "array dynamic": lambda tf, np: tf.TensorArray(tf.float32, 0, dynamic_size=True).write(2, 1.0).stack(),
    "array unstack": lambda tf, np: tf.TensorArray(tf.int32, 3).unstack([[1], [2], [3]]).read(2),
    "array split": lambda tf, np: (
        tf.TensorArray(tf.float32, 2, infer_shape=False).split([1.0, 2.0, 3.0], [1, 2]).read(1)
    ),
    "array scatter": lambda tf, np: tf.TensorArray(tf.float32, 3).scatter([2, 0, 1], [1.0, 2.0, 3.0]).stack(),
    "array facts": lambda tf, np: [
        str(accumulated(tf).dtype),
        str(accumulated(tf).element_shape),
        accumulated(tf).dynamic_size,
    ],
    "array of texts": lambda tf, np: tf.TensorArray(tf.string, 2).write(0, "a").write(1, "b").stack(),
    "array unwritten": lambda tf, np: tf.TensorArray(tf.float32, 2, element_shape=[2]).stack(),
    "array gradient": lambda tf, np: array_gradient(tf),
    # nested structures
    "nest flatten": lambda tf, np: tf.nest.flatten({"b": [1, (2, 3)], "a": 4}),
    "nest flatten one": lambda tf, np: tf.nest.flatten(3),
    "nest flatten none": lambda tf, np: tf.nest.flatten([None, []]),
    "nest flatten tensor": lambda tf, np: tf.nest.flatten([tf.constant([1, 2]), "ab"]),
    "nest map": lambda tf, np: tf.nest.map_structure(lambda a, b: a + b, [1, {"x": 2}], [3, {"x": 4}]),
    "nest map loosely": lambda tf, np: tf.nest.map_structure(lambda a, b: a + b, [1, 2], (3, 4), check_types=False),
    "nest map named": lambda tf, np: repr(tf.nest.map_structure(lambda a: a * 2, Point(1, [2]))),
    "nest map ordered": lambda tf, np: list(
        tf.nest.map_structure(lambda a: a * 2, collections.OrderedDict([("b", 1), ("a", 2)])).items()
    ),
    "nest pack": lambda tf, np: tf.nest.pack_sequence_as({"a": 1, "b": [2, 3]}, [4, 5, 6]),
    "nest pack one": lambda tf, np: tf.nest.pack_sequence_as(1, [5]),
    "nest is_nested": lambda tf, np: [
        tf.nest.is_nested(x) for x in ([1], "a", (1,), {}, tf.constant([1]), Point(1, 2))
    ],
    "nest same": lambda tf, np: tf.nest.assert_same_structure([1, (2, {"a": 3})], [4, (5, {"a": 6})]),
    # printing
    "print numbers": lambda tf, np: printed(tf, tf.constant([1.0, 2.5]), 3, "a", 1.5, True, None),
    "print long": lambda tf, np: printed(tf, tf.range(100)),
    "print matrix": lambda tf, np: printed(tf, tf.reshape(tf.range(9.0), (3, 3))),
    "print large matrix": lambda tf, np: printed(tf, tf.reshape(tf.range(400), (20, 20))),
    "print cube": lambda tf, np: printed(tf, tf.reshape(tf.range(24), (2, 3, 4)), summarize=-1),
    "print summarize": lambda tf, np: printed(tf, tf.range(20), summarize=2),
    "print texts": lambda tf, np: printed(tf, tf.constant("x"), tf.constant(["x", "y"]), "z"),
    "print structures": lambda tf, np: printed(tf, [1, tf.constant(2)], {"a": tf.constant([1, 2]), "b": "c"}, (1, 2)),
    "print variable": lambda tf, np: printed(tf, tf.Variable([1.0, 2.0])),
    "print floats": lambda tf, np: printed(
        tf, tf.constant([1e-10, 123456789.0, 0.1, 1 / 3]), tf.constant(3.14159265), tf.constant(1e30), tf.constant(1e20)
    ),
    "print doubles": lambda tf, np: printed(tf, tf.constant([0.1, 1e20, 1 / 3], tf.float64)),
    "print odd floats": lambda tf, np: printed(tf, tf.constant([np.nan, np.inf, -np.inf, -0.0]), tf.constant(100.0)),
    "print booleans": lambda tf, np: printed(tf, tf.constant(True), tf.constant([True, False])),
    "print sep and end": lambda tf, np: printed(tf, "a", tf.constant(1), sep=",", end="!\n"),
    "print nothing": lambda tf, np: printed(tf),
    "print empty": lambda tf, np: printed(tf, tf.zeros((0,))),
    "print half": lambda tf, np: printed(tf, tf.constant([1.5, 0.1], tf.float16)),
    "print kinds": lambda tf, np: printed(tf, tf.float32, tf.TensorShape([1, None]), b"bytes", "{}"),
    "print ragged": lambda tf, np: printed(tf, tf.ragged.constant([[1, 2], [3]])),
    "print sparse": lambda tf, np: printed(tf, tf.sparse.from_dense([0, 1, 2])),
    # assertions that hold
    "assert_equal": lambda tf, np: tf.debugging.assert_equal([1, 2], [1, 2]),
    "assert_near": lambda tf, np: tf.debugging.assert_near([1.0], [1.0000001]),
    "assert_near given": lambda tf, np: tf.debugging.assert_near([1.0], [1.1], atol=0.2),
    "assert_shapes": lambda tf, np: tf.debugging.assert_shapes([(tf.ones((2, 3)), "NM"), (tf.ones((3, 4)), ("M", 4))]),
    "assert_shapes open": lambda tf, np: tf.debugging.assert_shapes([(tf.ones((2, 3, 4)), (..., "C"))]),
    "assert_rank": lambda tf, np: tf.debugging.assert_rank([1], 1),
    "assert_rank_in": lambda tf, np: tf.debugging.assert_rank_in([[1]], (1, 2)),
    "assert_scalar": lambda tf, np: tf.debugging.assert_scalar(3),
    "assert_type": lambda tf, np: tf.debugging.assert_type(tf.constant(1.0), tf.float32),
    "assert_integer": lambda tf, np: tf.debugging.assert_integer(tf.constant(1)),
    "assert signs": lambda tf, np: [
        tf.debugging.assert_positive([1]),
        tf.debugging.assert_non_negative([0]),
        tf.debugging.assert_negative([-1]),
        tf.debugging.assert_non_positive([0]),
    ],
    "assert_same_float_dtype": lambda tf, np: tf.debugging.assert_same_float_dtype([tf.constant(1.0)]),
    "assert texts": lambda tf, np: tf.debugging.assert_equal(tf.constant(["a", "b"]), tf.constant(["a", "b"])),
    "check_numerics": lambda tf, np: tf.debugging.check_numerics([1.0, 2.0], "m"),
    "is_numeric_tensor": lambda tf, np: [
        tf.debugging.is_numeric_tensor(x) for x in (tf.constant(1), tf.constant("a"), 3)
    ],
    "top-level asserts": lambda tf, np: [
        tf.assert_equal(1, 1),
        tf.assert_less(1, 2),
        tf.assert_greater(2, 1),
        tf.assert_rank(1, 0),
    ],
    # small ones
    "get_static_value": lambda tf, np: tf.get_static_value(tf.constant([1, 2])),
    "get_static_value variable": lambda tf, np: tf.get_static_value(tf.Variable(1.0)),
    "tuple": lambda tf, np: tf.tuple([tf.constant(1), tf.constant(2)]),
    "group and no_op": lambda tf, np: [tf.group(tf.constant(1)), tf.no_op()],
    "timestamp": lambda tf, np: str(tf.timestamp().dtype),
    "name_scope": lambda tf, np: scopes(tf),
    "executing_eagerly": lambda tf, np: [tf.executing_eagerly(), tf.inside_function()],
    "as_bytes": lambda tf, np: [tf.compat.as_bytes("a"), tf.compat.as_text(b"a"), tf.compat.as_str_any(1)],
    "raw ops": lambda tf, np: [
        tf.raw_ops.Add(x=tf.constant(1), y=tf.constant(2)),
        tf.raw_ops.MatMul(a=tf.ones((1, 2)), b=tf.ones((1, 2)), transpose_b=True),
        tf.raw_ops.Sum(input=tf.ones((2, 3)), axis=1, keep_dims=True),
        tf.raw_ops.Relu(features=tf.constant([-1.0, 1.0])),
    ],
    "devices": lambda tf, np: [
        repr(tf.config.list_physical_devices("CPU")),
        repr(tf.config.list_logical_devices("CPU")),
    ],
    "device": lambda tf, np: on_device(tf),
    "strategy": lambda tf, np: under_strategy(tf),
    "strategy variables": lambda tf, np: strategy_values(tf),
}


def scopes(tf):
    found = []
    with tf.name_scope("a") as scope:
        found += [scope, tf.get_current_name_scope(), tf.Variable(1.0, name="q").name]
        with tf.name_scope("b") as inner:
            found += [inner, tf.Variable(1.0).name]
        with tf.name_scope("c/"):
            found.append(tf.Variable(1.0, name="w").name)
    return [*found, tf.get_current_name_scope()]


def on_device(tf):
    with tf.device("/CPU:0"):
        return [str(tf.constant(1.0).device), str(tf.ones(2).device)]


def under_strategy(tf):
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    found = [strategy.num_replicas_in_sync, tf.distribute.has_strategy(), tf.distribute.get_replica_context() is None]
    with strategy.scope():
        found += [tf.distribute.has_strategy(), tf.distribute.in_cross_replica_context()]
        found += [tf.distribute.get_strategy() is strategy, tf.distribute.get_replica_context() is None]
    return found


def strategy_values(tf):
    strategy = tf.distribute.get_strategy()
    values = strategy.run(lambda x: x * 2.0, args=(tf.constant([1.0, 2.0]),))
    return [
        values,
        strategy.reduce("SUM", values, axis=None),
        strategy.reduce(tf.distribute.ReduceOp.SUM, values, axis=0),
        strategy.reduce("MEAN", values, axis=0),
        strategy.experimental_local_results(values)[0],
    ]


ERRORS = {
    "cond no function": lambda tf, np: tf.cond(tf.constant(True), 1, 2),
    "cond of several": lambda tf, np: tf.cond(tf.constant([True, False]), lambda: 1, lambda: 2),
    "switch_case number": lambda tf, np: tf.switch_case(1, [lambda: 1]),
    "case no pair": lambda tf, np: tf.case([tf.constant(True)]),
    "case none holds": lambda tf, np: tf.case([(tf.constant(False), lambda: tf.constant(1))]),
    "while_loop structure": lambda tf, np: tf.while_loop(lambda i, j: i < 3, lambda i, j: (i + 1,), (0, 1)),
    "while_loop no function": lambda tf, np: tf.while_loop(1, lambda i: i, [0]),
    "while_loop no variables": lambda tf, np: tf.while_loop(lambda: True, lambda: (), []),
    "map_fn of one": lambda tf, np: tf.map_fn(lambda x: x, tf.constant(1.0)),
    "map_fn dtype": lambda tf, np: tf.map_fn(lambda x: tf.cast(x, tf.float32), tf.range(3)),
    "map_fn structure": lambda tf, np: tf.map_fn(lambda x: (x, x), tf.range(3)),
    "scan of one": lambda tf, np: tf.scan(lambda a, x: a + x, tf.constant(1.0)),
    "scan structure": lambda tf, np: tf.scan(lambda a, x: (a, x), tf.range(3)),
    "gradients": lambda tf, np: tf.gradients(tf.constant(1.0), tf.constant(1.0)),
    "hessians": lambda tf, np: tf.hessians(tf.constant(1.0), tf.constant(1.0)),
    "py_function dtype": lambda tf, np: tf.py_function(lambda a: a, [1], tf.float32),
    "py_function error": lambda tf, np: tf.py_function(lambda: {}["a"], [], tf.float32),
    "switch_case numbers": lambda tf, np: tf.switch_case(tf.constant(3), {3: lambda: 1, 4: lambda: 2}),
    "array write": lambda tf, np: tf.TensorArray(tf.float32, 3).write(5, 1.0),
    "array dtype": lambda tf, np: tf.TensorArray(tf.float32, 1).write(0, tf.constant(1)),
    "array shapes": lambda tf, np: tf.TensorArray(tf.float32, 2).write(0, [1.0]).write(1, [1.0, 2.0]),
    "array read unwritten": lambda tf, np: tf.TensorArray(tf.float32, 3).read(0),
    "array read twice": lambda tf, np: [(a := accumulated(tf)).read(0), a.read(0)],
    "array concat scalars": lambda tf, np: tf.TensorArray(tf.float32, 2).write(0, 1.0).write(1, 1.0).concat(),
    "nest map form": lambda tf, np: tf.nest.map_structure(lambda a, b: a + b, [1, 2], [3]),
    "nest map types": lambda tf, np: tf.nest.map_structure(lambda a, b: a + b, [1, 2], (3, 4)),
    "nest map no structure": lambda tf, np: tf.nest.map_structure(lambda: 1),
    "nest map no function": lambda tf, np: tf.nest.map_structure(1, [1]),
    "nest pack too few": lambda tf, np: tf.nest.pack_sequence_as([1, 2], [3]),
    "nest pack too many": lambda tf, np: tf.nest.pack_sequence_as(1, [1, 2]),
    "nest same form": lambda tf, np: tf.nest.assert_same_structure([1], [1, 2]),
    "nest same types": lambda tf, np: tf.nest.assert_same_structure([1], {"a": 1}),
    "nest same depth": lambda tf, np: tf.nest.assert_same_structure([1, [2]], [1, 2]),
    "print stream": lambda tf, np: tf.print(1, output_stream="nowhere"),
    "print argument": lambda tf, np: tf.print(1, foo=2),
    "assert_equal": lambda tf, np: tf.debugging.assert_equal([1, 2], [1, 3]),
    "assert_equal dtypes": lambda tf, np: tf.debugging.assert_equal(tf.constant(1), tf.constant(1.0)),
    "assert_none_equal": lambda tf, np: tf.debugging.assert_none_equal([1, 2], [3, 2]),
    "assert_less": lambda tf, np: tf.debugging.assert_less([1.0], [0.0]),
    "assert_less_equal": lambda tf, np: tf.debugging.assert_less_equal(3, 2),
    "assert_greater": lambda tf, np: tf.debugging.assert_greater(1, 2),
    "assert_greater_equal": lambda tf, np: tf.debugging.assert_greater_equal(1, 2),
    "assert_near": lambda tf, np: tf.debugging.assert_near([1.0], [1.1]),
    "assert_positive": lambda tf, np: tf.debugging.assert_positive([0]),
    "assert_negative": lambda tf, np: tf.debugging.assert_negative([0]),
    "assert_non_negative": lambda tf, np: tf.debugging.assert_non_negative([-1]),
    "assert_non_positive": lambda tf, np: tf.debugging.assert_non_positive([1]),
    "assert_rank": lambda tf, np: tf.debugging.assert_rank([1], 2),
    "assert_rank_at_least": lambda tf, np: tf.debugging.assert_rank_at_least([1], 2),
    "assert_rank_in": lambda tf, np: tf.debugging.assert_rank_in([1], (2, 3)),
    "assert_scalar": lambda tf, np: tf.debugging.assert_scalar([1]),
    "assert_shapes": lambda tf, np: tf.debugging.assert_shapes([(tf.ones((2, 3)), ("N", "N"))]),
    "assert_shapes size": lambda tf, np: tf.debugging.assert_shapes([(tf.ones((2, 3)), ("N", 4))]),
    "assert_shapes rank": lambda tf, np: tf.debugging.assert_shapes([(tf.ones((2, 3)), ("N",))]),
    "assert_type": lambda tf, np: tf.debugging.assert_type(tf.constant(1.0), tf.int32),
    "assert_integer": lambda tf, np: tf.debugging.assert_integer(tf.constant(1.0)),
    "assert_proper_iterable": lambda tf, np: tf.debugging.assert_proper_iterable(3),
    "assert_same_float_dtype": lambda tf, np: tf.debugging.assert_same_float_dtype(
        [tf.constant(1.0), tf.constant(1.0, tf.float64)]
    ),
    "check_numerics": lambda tf, np: tf.debugging.check_numerics([np.nan], "m"),
    "assert_all_finite": lambda tf, np: tf.debugging.assert_all_finite([np.inf], "m"),
    "Assert": lambda tf, np: tf.debugging.Assert(False, ["a", tf.constant(1)]),
    "name_scope": lambda tf, np: tf.name_scope(None),
    "device": lambda tf, np: tf.device("foo").__enter__(),
    "memory growth": lambda tf, np: tf.config.experimental.set_memory_growth(
        tf.config.list_physical_devices("CPU")[0], True
    ),
    "visible devices": lambda tf, np: tf.config.set_visible_devices("foo"),
    "as_bytes": lambda tf, np: tf.compat.as_bytes(1),
    "raw op by place": lambda tf, np: tf.raw_ops.Add(tf.constant(1), tf.constant(2)),
    "TPU": lambda tf, np: tf.distribute.cluster_resolver.TPUClusterResolver(),
    "Session": lambda tf, np: tf.Session(),
    "placeholder": lambda tf, np: tf.placeholder(tf.float32),
}
