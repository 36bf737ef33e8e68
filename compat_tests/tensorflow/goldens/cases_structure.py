"""tf.function, tf.Module, specs and extension types."""

from typing import List, Mapping, Optional, Tuple, Union  # noqa: UP035 - as tutorials annotate


def masked(tf):
    class MaskedTensor(tf.experimental.ExtensionType):
        values: tf.Tensor
        mask: tf.Tensor

        def with_default(self, default):
            return tf.where(self.mask, self.values, default)

        def __validate__(self):
            self.values.shape.assert_is_compatible_with(self.mask.shape)

    return MaskedTensor


def pencil(tf):
    class Pencil(tf.experimental.ExtensionType):
        color: str = "black"
        has_eraser: bool = True
        length: tf.Tensor = 1.0
        weight: float = 2.0
        owner: Optional[str] = None  # noqa: UP045
        marks: Tuple[int, ...] = ()  # noqa: UP006
        parts: Mapping[str, tf.Tensor] = {}
        either: Union[int, str] = "a"  # noqa: UP007
        dtype: tf.DType = tf.float32
        shape: tf.TensorShape = tf.TensorShape([1])

    return Pencil


def network(tf):
    class Network(tf.experimental.BatchableExtensionType):
        shape: tf.TensorShape
        work: tf.Tensor

        def __init__(self, work):
            self.work = tf.convert_to_tensor(work)
            self.shape = self.work.shape[:-1]

    return Network


def doubled(tf, signature=None, **options):
    @tf.function(input_signature=signature, **options)
    def double(a):
        return a + a

    return double


def counts(tf, function, *calls):
    for call in calls:
        function(*call)
    return function.experimental_get_tracing_count()


def module(tf):
    class Inner(tf.Module):
        def __init__(self, name=None):
            super().__init__(name=name)
            with self.name_scope:
                self.w = tf.Variable([1.0, 2.0], name="w")

        @tf.function
        def __call__(self, x):
            return x * self.w

    class Outer(tf.Module):
        def __init__(self, name=None):
            super().__init__(name=name)
            self.b = tf.Variable(1.0, trainable=False, name="b")
            self.inner = Inner()
            self.listed = [Inner(name="first"), {"k": Inner(name="second")}]
            self.layer = tf.keras.layers.Dense(1, kernel_initializer="ones", name="own_dense")
            self.number = 3

        @tf.Module.with_name_scope
        def make(self):
            self.late = tf.Variable(5.0, name="late")
            return self.late.name

        def __call__(self, x):
            return self.layer(self.inner(x)[None]) + self.b

    made = Outer(name="outer")
    made.layer.build((None, 2))
    return made


def counting(tf):
    class Count(tf.Module):
        def __init__(self):
            self.count = None

        @tf.function
        def __call__(self):
            if self.count is None:
                self.count = tf.Variable(0)
            return self.count.assign_add(1)

    c = Count()
    return [c(), c(), c().numpy() * 1.0]


def structured(tf):
    @tf.function
    def function(x, scale=2.0, *, flag=None):
        return {"sum": x + scale, "list": [x, 1, (2.5, "text", None)], "flag": flag}

    return function


def gradient_through(tf):
    v = tf.Variable(3.0)

    @tf.function
    def square(x):
        return x * x * v

    with tf.GradientTape() as tape:
        y = square(v * 2.0)
    return [y, tape.gradient(y, v)]


def eager_switch(tf):
    seen = []

    @tf.function
    def function(x):
        seen.append(tf.executing_eagerly())
        return x

    function(tf.constant(1))
    tf.config.run_functions_eagerly(True)
    function(tf.constant(1))
    running = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(False)
    return [*seen, running, tf.config.functions_run_eagerly()]


def control_in_function(tf):
    @tf.function
    def collatz(n):
        steps = tf.constant(0)
        while n != 1:
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            steps += 1
        return steps

    @tf.function
    def total(n):
        s = tf.constant(0.0)
        for i in tf.range(n):
            if i == 3:
                continue
            s += tf.cast(i, tf.float32)
            if s > 20.0:
                break
        return s

    return [collatz(tf.constant(6)), total(tf.constant(5)), total(tf.constant(50))]


def assigned_in_function(tf):
    v = tf.Variable(1.0)

    @tf.function
    def step(x):
        v.assign_add(x)
        return v

    return [step(tf.constant(2.0)), step(tf.constant(3.0)), v.numpy() * 1.0]


def methods(tf):
    class Scaler:
        def __init__(self, by):
            self.by = by

        @tf.function
        def scale(self, x, plus=0.0):
            return x * self.by + plus

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def only_vectors(self, x):
            return x + self.by

    a, b = Scaler(2.0), Scaler(3.0)
    found = [a.scale(tf.constant(1.0)), b.scale(tf.constant(1.0), plus=1.0), a.only_vectors([1.0, 2.0])]
    return [*found, a.scale.experimental_get_tracing_count(), b.scale.experimental_get_tracing_count()]


def dispatched_stack(tf):
    kind = masked(tf)

    @tf.experimental.dispatch_for_api(tf.stack)
    def masked_stack(values: List[Union[kind, tf.Tensor]], axis=0):  # noqa: UP006, UP007
        values = [v if isinstance(v, kind) else kind(v, tf.ones_like(v, tf.bool)) for v in values]
        return kind(tf.stack([v.values for v in values], axis), tf.stack([v.mask for v in values], axis))

    x = kind([1, 2, 3], [True, True, False])
    found = tf.stack([x, tf.constant([4, 5, 6])], axis=1)
    tf.experimental.unregister_dispatch_for(masked_stack)
    return [found.values, found.mask]


def dispatched_elementwise(tf):
    kind = masked(tf)

    @tf.experimental.dispatch_for_unary_elementwise_apis(kind)
    def unary(api, x):
        return kind(api(x.values), x.mask)

    @tf.experimental.dispatch_for_binary_elementwise_apis(kind, kind)
    def binary(api, x, y):
        return kind(api(x.values, y.values), x.mask & y.mask)

    x = kind([1, -2, -3], [True, False, True])
    results = [
        tf.abs(x),
        tf.ones_like(x, dtype=tf.float32),
        tf.math.add(x, x),
        tf.cast(x, tf.float64),
        tf.maximum(x, x),
        tf.math.special.bessel_j0(tf.cast(x, tf.float32)),
    ]
    tf.experimental.unregister_dispatch_for(unary)
    tf.experimental.unregister_dispatch_for(binary)
    return [[one.values, one.mask] for one in results]


def subclassed(tf):
    base = masked(tf)

    class Named(base):
        name: str = "n"

    return Named([1], [True], name="x")


def immutable(tf):
    x = masked(tf)([1], [True])
    messages = []
    for action in (lambda: setattr(x, "mask", 1), lambda: delattr(x, "mask")):
        try:
            action()
        except AttributeError as error:
            messages.append(str(error))
    return messages


def concrete(tf):
    return doubled(tf).get_concrete_function(tf.TensorSpec([None], tf.float32, name="q"))


def annotated(tf, kind):
    class Bad(tf.experimental.ExtensionType):
        x: kind

    return Bad


def made_each_time(tf):
    @tf.function
    def function(x):
        v = tf.Variable(1.0)
        return v

    return function(1.0)


def second_optimizer(tf):
    @tf.function
    def step(w, optimizer):
        with tf.GradientTape() as tape:
            loss = w * w
        optimizer.apply_gradients([(tape.gradient(loss, w), w)])

    w = tf.Variable(1.0)
    step(w, tf.keras.optimizers.Adam(0.1))
    step(w, tf.keras.optimizers.Adam(0.2))


def two_sets(tf):
    return tf.constant([[1, 2, 2], [5, 3, 1]]), tf.constant([[2, 9], [1, 1]])


def converted(tf):
    class Held:
        def __init__(self, value):
            self.value = value

    tf.register_tensor_conversion_function(
        Held, lambda held, dtype=None, name=None, as_ref=False: tf.constant(held.value, dtype)
    )
    return [tf.add(Held(1.0), 2.0), tf.convert_to_tensor(Held([1, 2]))]


CASES = {
    # tf.function
    "function": lambda tf, np: doubled(tf)(tf.constant([1.0, 2.0])),
    "function array": lambda tf, np: doubled(tf)(np.array([1.0, 2.0])),
    "function number": lambda tf, np: doubled(tf)(3),
    "function text": lambda tf, np: doubled(tf)(tf.constant("a")),
    "function variable": lambda tf, np: doubled(tf)(tf.Variable([1.0])),
    "function structure": lambda tf, np: structured(tf)(tf.constant(1.0)),
    "function keywords": lambda tf, np: structured(tf)(x=np.float32(1.0), scale=tf.constant(3.0), flag=True),
    "function none": lambda tf, np: tf.function(lambda: None)(),
    "function gradient": lambda tf, np: gradient_through(tf),
    "function control flow": lambda tf, np: control_in_function(tf),
    "function assign": lambda tf, np: assigned_in_function(tf),
    "function methods": lambda tf, np: methods(tf),
    "function nested": lambda tf, np: tf.function(lambda x: doubled(tf)(x) + 1)(tf.constant(2)),
    "function signature casts": lambda tf, np: doubled(tf, [tf.TensorSpec([None], tf.int32)])([1, 2]),
    "function signature float": lambda tf, np: doubled(tf, [tf.TensorSpec([], tf.float32)])(2),
    "function signature unknown": lambda tf, np: doubled(tf, [tf.TensorSpec(None)])(np.ones((2, 1), "float32")),
    "function signature structure": lambda tf, np: tf.function(
        lambda d: d["a"] + d["b"], input_signature=[{"a": tf.TensorSpec([]), "b": tf.TensorSpec([])}]
    )({"a": 1.0, "b": tf.constant(2.0)}),
    "function creates once": lambda tf, np: counting(tf),
    "function run eagerly": lambda tf, np: eager_switch(tf),
    "function names": lambda tf, np: [doubled(tf).__name__, doubled(tf).python_function(3)],
    "tracing one": lambda tf, np: counts(tf, doubled(tf), [tf.constant(1)], [tf.constant(2)]),
    "tracing dtypes": lambda tf, np: counts(tf, doubled(tf), [tf.constant(1)], [tf.constant(1.0)], [tf.constant("a")]),
    "tracing shapes": lambda tf, np: counts(tf, doubled(tf), [tf.ones(1)], [tf.ones(2)], [tf.ones((1, 1))]),
    "tracing numbers": lambda tf, np: counts(tf, doubled(tf), [1], [2], [1], [1.0]),
    "tracing arrays": lambda tf, np: counts(tf, doubled(tf), [np.ones(2)], [np.zeros(2)]),
    "tracing signature": lambda tf, np: counts(
        tf, doubled(tf, [tf.TensorSpec([None], tf.float32)]), [tf.ones(1)], [tf.ones(2)]
    ),
    "tracing reduced": lambda tf, np: counts(
        tf, doubled(tf, reduce_retracing=True), *[[tf.ones(n)] for n in (3, 5, 7, 9)]
    ),
    "tracing keywords": lambda tf, np: [
        f := structured(tf), f(tf.constant(1.0)), f(x=tf.constant(2.0)), f(tf.constant(1.0), 2.0),
        f.experimental_get_tracing_count(),
    ][-1],
    "signatures as text": lambda tf, np: [
        f := doubled(tf), f(tf.constant(1)), f(3), f(tf.ones((2, 3))), f.pretty_printed_concrete_signatures()
    ][-1],
    "concrete": lambda tf, np: concrete(tf)(tf.constant([1.0, 2.0])),
    "concrete by name": lambda tf, np: concrete(tf)(a=tf.constant([1.0])),
    "concrete list": lambda tf, np: concrete(tf)([1.0, 2.0]),
    "concrete as text": lambda tf, np: str(concrete(tf)),
    "concrete signature": lambda tf, np: str(concrete(tf).structured_input_signature),
    "concrete outputs": lambda tf, np: [concrete(tf).output_shapes, str(concrete(tf).output_dtypes)],
    "concrete fixed": lambda tf, np: tf.function(lambda a, b: a**b).get_concrete_function(
        a=tf.TensorSpec(None, tf.float32), b=2
    )(tf.constant(10.0)),
    "concrete of a method": lambda tf, np: [
        (m := module(tf)) is None, m.inner.__call__.get_concrete_function(tf.TensorSpec([2]))(tf.ones(2))
    ],
    # sets, and tensors as messages
    "sets intersection": lambda tf, np: tf.sets.intersection(*two_sets(tf)),
    "sets union": lambda tf, np: tf.sets.union(*two_sets(tf)),
    "sets difference": lambda tf, np: tf.sets.difference(*two_sets(tf)),
    "sets difference other": lambda tf, np: tf.sets.difference(*two_sets(tf), aminusb=False),
    "sets sparse": lambda tf, np: tf.sets.union(*[tf.sparse.from_dense(one) for one in two_sets(tf)]),
    "sets texts": lambda tf, np: tf.sets.union(tf.constant([["b", "a"]]), tf.constant([["c"]])),
    "sets size": lambda tf, np: tf.sets.size(tf.sparse.from_dense(two_sets(tf)[0])),
    "tensor proto": lambda tf, np: [
        tf.make_ndarray(tf.make_tensor_proto(x)) for x in ([1.0, 2.0], [[1, 2]], np.ones((2, 1)))
    ],
    "is_symbolic_tensor": lambda tf, np: tf.is_symbolic_tensor(tf.constant(1)),
    "conversion function": lambda tf, np: converted(tf),
    # modules
    "module variables": lambda tf, np: [v.name for v in module(tf).variables],
    "module trainable": lambda tf, np: [v.name for v in module(tf).trainable_variables],
    "module others": lambda tf, np: [v.name for v in module(tf).non_trainable_variables],
    "module submodules": lambda tf, np: [m.name for m in module(tf).submodules],
    "module call": lambda tf, np: module(tf)(tf.constant([1.0, 1.0])),
    "module scope": lambda tf, np: [module(tf).make(), module(tf).name, module(tf).name_scope.name],
    "module default name": lambda tf, np: [tf.Module().name, type("MyMLP2", (tf.Module,), {})().name],
    "layer is a module": lambda tf, np: isinstance(tf.keras.layers.Dense(1), tf.Module),
    # specs
    "spec": lambda tf, np: [
        repr(tf.TensorSpec([2, None])), repr(tf.TensorSpec([], tf.int32, "x")), repr(tf.TensorSpec(None))
    ],
    "spec of a value": lambda tf, np: [
        repr(tf.type_spec_from_value(x)) for x in (tf.constant([1.0]), tf.constant("a"), np.ones((2, 3)), 5)
    ],
    "spec from_tensor": lambda tf, np: repr(tf.TensorSpec.from_tensor(tf.ones((2, 1)), "n")),
    "spec compatible": lambda tf, np: [
        tf.TensorSpec([None, 2]).is_compatible_with(x)
        for x in (
            tf.ones((1, 2)), tf.ones((2, 1)), tf.ones((1, 2), tf.int32), tf.TensorSpec([3, 2]), tf.TensorSpec(None)
        )
    ],
    "spec equal": lambda tf, np: [
        tf.TensorSpec([1]) == tf.TensorSpec([1]), tf.TensorSpec([1]) == tf.TensorSpec([2]),
        tf.TensorSpec([1]) == tf.TensorSpec([1], tf.int32), tf.TensorSpec(None) == tf.TensorSpec([]),
    ],
    "spec common": lambda tf, np: repr(tf.TensorSpec([1, 2]).most_specific_compatible_type(tf.TensorSpec([3, 2]))),
    # extension types
    "extension": lambda tf, np: repr(masked(tf)([1, 2], [True, False])),
    "extension fields": lambda tf, np: [masked(tf)(values=[1, 2], mask=[True, False]).values],
    "extension method": lambda tf, np: masked(tf)([1, 2], [True, False]).with_default(9),
    "extension defaults": lambda tf, np: repr(pencil(tf)()),
    "extension given": lambda tf, np: repr(
        pencil(tf)(color="blue", length=0.5, marks=[1, 2], parts={"a": 1}, either=3, dtype="int32", shape=[1, 2])
    ),
    "extension spec": lambda tf, np: repr(tf.type_spec_from_value(masked(tf)([1, 2], [True, False]))),
    "extension spec of all": lambda tf, np: repr(tf.type_spec_from_value(pencil(tf)(parts={"a": 1}))),
    "extension Spec": lambda tf, np: repr(masked(tf).Spec(tf.TensorSpec([2]), tf.TensorSpec([2], tf.bool))),
    "extension equal": lambda tf, np: [
        (k := masked(tf))([1], [True]) == k([1], [True]), k([1], [True]) == k([2], [True]),
        k([1], [True]) == k([[1]], [[True]]), k([1], [True]) == 3, k([1], [True]) != k([1], [True]),
    ],
    "extension specs equal": lambda tf, np: [
        (k := masked(tf))([1], [True])._type_spec == k([2], [False])._type_spec,
        k([1], [True])._type_spec == k([1.0], [False])._type_spec,
    ],
    "extension immutable": lambda tf, np: immutable(tf),
    "extension subclass": lambda tf, np: repr(subclassed(tf)),
    "extension components": lambda tf, np: tf.nest.flatten(masked(tf)([1, 2], [True, False]), expand_composites=True),
    "extension in function": lambda tf, np: tf.function(lambda m: m.with_default(0))(masked(tf)([1, 2], [True, False])),
    "extension in cond": lambda tf, np: tf.cond(
        tf.constant(True), lambda: masked(tf)([1], [True]), lambda: masked(tf)([2], [True])
    ).values,
    "extension in while_loop": lambda tf, np: tf.while_loop(
        lambda i, m: i < 3,
        lambda i, m: (i + 1, type(m)(m.values * 2, m.mask)),
        [0, masked(tf)([1.0], [True])],
    )[1].values,
    "extension in map_fn": lambda tf, np: [
        (k := network(tf)), tf.map_fn(lambda n: k(n.work * 2.0), k([[1.0, 2.0], [3.0, 4.0]])).work
    ][1],
    "extension in data": lambda tf, np: [
        e.work for e in tf.data.Dataset.from_tensor_slices(network(tf)([[1.0, 2.0], [3.0, 4.0]]))
    ],
    "extension batched": lambda tf, np: [
        next(iter(tf.data.Dataset.from_tensor_slices(network(tf)([[1.0, 2.0], [3.0, 4.0]])).batch(2))).work
    ],
    "dispatch stack": lambda tf, np: dispatched_stack(tf),
    "dispatch elementwise": lambda tf, np: dispatched_elementwise(tf),
}  # fmt: skip

ERRORS = {
    "signature shape": lambda tf, np: doubled(tf, [tf.TensorSpec([None], tf.int32)])(tf.constant([[1]])),
    "signature dtype": lambda tf, np: doubled(tf, [tf.TensorSpec([None], tf.int32)])(tf.constant([1.0])),
    "signature text": lambda tf, np: doubled(tf, [tf.TensorSpec([], tf.int32)])("a"),
    "signature missing": lambda tf, np: doubled(tf, [tf.TensorSpec([], tf.int32)])(),
    "signature too many": lambda tf, np: doubled(tf, [tf.TensorSpec([], tf.int32)])(1, 2),
    "signature no list": lambda tf, np: doubled(tf, 3)(1),
    "signature no specs": lambda tf, np: doubled(tf, [3])(1),
    "function missing": lambda tf, np: doubled(tf)(),
    "function unknown": lambda tf, np: doubled(tf)(1, b=2),
    "function returns anything": lambda tf, np: tf.function(lambda: object())(),
    "function makes variables": lambda tf, np: made_each_time(tf),
    "function second optimizer": lambda tf, np: second_optimizer(tf),
    "concrete dtype": lambda tf, np: concrete(tf)(tf.constant([1])),
    "concrete keyword": lambda tf, np: concrete(tf)(tf.constant([1.0]), b=3),
    "concrete missing": lambda tf, np: concrete(tf)(),
    "concrete fixed value": lambda tf, np: doubled(tf).get_concrete_function(1.0)(tf.constant(2.0)),
    "sets of one axis": lambda tf, np: tf.sets.union(tf.constant([1]), tf.constant([2])),
    "sets shapes": lambda tf, np: tf.sets.union(two_sets(tf)[0], tf.constant([[1]])),
    "sets dtypes": lambda tf, np: tf.sets.union(two_sets(tf)[0], tf.cast(two_sets(tf)[1], tf.int64)),
    "sets of floats": lambda tf, np: tf.sets.union(tf.constant([[1.0]]), tf.constant([[2.0]])),
    "module name": lambda tf, np: tf.Module(name="a b"),
    "extension none": lambda tf, np: masked(tf)([1], None),
    "extension missing": lambda tf, np: masked(tf)([1]),
    "extension too many": lambda tf, np: masked(tf)([1], [True], 3),
    "extension unknown": lambda tf, np: masked(tf)([1], [True], foo=2),
    "extension validate": lambda tf, np: masked(tf)([1, 2], [True]),
    "extension set": lambda tf, np: setattr(masked(tf)([1], [True]), "mask", 1),
    "extension delete": lambda tf, np: delattr(masked(tf)([1], [True]), "mask"),
    "extension hash": lambda tf, np: hash(masked(tf)([1], [True])),
    "extension str": lambda tf, np: pencil(tf)(color=3),
    "extension float": lambda tf, np: pencil(tf)(weight=1),
    "extension tuple": lambda tf, np: pencil(tf)(marks=[1, "a"]),
    "extension mapping": lambda tf, np: pencil(tf)(parts={1: 1}),
    "extension union": lambda tf, np: pencil(tf)(either=1.5),
    "extension annotation": lambda tf, np: annotated(tf, list),
    "extension annotation list": lambda tf, np: annotated(tf, List[int]),  # noqa: UP006
    "extension spec": lambda tf, np: masked(tf).Spec([2], 1),
    "extension stack": lambda tf, np: tf.stack([masked(tf)([1], [True])] * 2),
    "extension abs": lambda tf, np: tf.abs(masked(tf)([1], [True])),
    "extension as tensor": lambda tf, np: tf.convert_to_tensor(masked(tf)([1], [True])),
    "extension operator": lambda tf, np: masked(tf)([1], [True]) + 1,
    "unregister": lambda tf, np: tf.experimental.unregister_dispatch_for(lambda x: x),
    "spec common": lambda tf, np: tf.TensorSpec([1]).most_specific_compatible_type(tf.TensorSpec([1], tf.int32)),
}
