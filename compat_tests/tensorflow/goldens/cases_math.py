"""tf.math, tf.bitwise: results and wrong uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Case = Callable[[Any, Any], Any]
CASES: dict[str, Case] = {}
ERRORS: dict[str, Case] = {}
TOLERANCE: dict[str, float] = {}

SPREAD = [-2.5, -1.0, -0.5, 0.0, 0.5, 1.5, 3.0]
INSIDE = [-0.9, -0.3, 0.0, 0.2, 0.8]
POSITIVE = [0.1, 0.5, 1.0, 2.5, 7.0]


def gradient(function: Callable[[Any, Any], Any], *values: Any) -> Case:
    """The gradients of the sum of a function of tensors, in these."""

    def case(tf: Any, np: Any) -> Any:
        sources = [tf.constant(v) for v in values]
        with tf.GradientTape() as tape:
            for source in sources:
                tape.watch(source)
            target = function(tf, *sources)
        return tape.gradient(target, sources)

    return case


def unary(name: str, values: Any, differentiable: bool = True) -> None:
    CASES[f"math.{name}"] = lambda tf, np: getattr(tf.math, name)(tf.constant(values))
    if differentiable:
        CASES[f"gradient {name}"] = gradient(lambda tf, x: getattr(tf.math, name)(x), values)


for _name in ("abs", "square", "negative", "sign", "exp", "expm1", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh",
              "asinh", "sigmoid", "log_sigmoid", "softplus", "softsign", "erf", "erfc", "bessel_i0e", "bessel_i1e",
              "bessel_i0", "bessel_i1", "softmax", "log_softmax", "reduce_logsumexp", "cumsum", "cumprod", "floor",
              "ceil", "round", "rint", "l2_normalize", "reduce_sum", "reduce_mean", "reduce_max", "reduce_min",
              "reduce_prod", "reduce_std", "reduce_variance", "reduce_euclidean_norm",
              "cumulative_logsumexp"):  # fmt: skip
    unary(_name, SPREAD)
for _name in ("asin", "acos", "atanh", "erfinv"):
    unary(_name, INSIDE)
for _name in ("log", "log1p", "sqrt", "rsqrt", "reciprocal", "lgamma", "digamma"):
    unary(_name, POSITIVE)
CASES["gradient bessel_i1"] = gradient(lambda tf, x: tf.math.bessel_i1(x), POSITIVE)  # at 0 TensorFlow's is wrong
CASES["gradient cumprod"] = gradient(lambda tf, x: tf.math.cumprod(x), POSITIVE)  # and this where one factor is 0
unary("acosh", [1.5, 2.0, 9.0])
unary("ndtri", [0.01, 0.3, 0.5, 0.9])
unary("erfcinv", [0.1, 0.7, 1.0, 1.6])
unary("reciprocal_no_nan", [0.0, 2.0, -4.0])
unary("lbeta", [[1.0, 2.0], [0.5, 3.0]])
unary("is_nan", [1.0, float("nan"), float("inf")], False)
unary("is_inf", [1.0, float("nan"), float("inf")], False)
unary("is_finite", [1.0, float("nan"), float("inf")], False)
TOLERANCE.update({"math.digamma": 1e-4, "gradient digamma": 1e-4, "gradient lgamma": 1e-4, "gradient erfinv": 1e-4})

for _name in ("bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "bessel_k0", "bessel_k1", "bessel_k0e",
              "bessel_k1e"):  # fmt: skip
    CASES[f"special.{_name}"] = lambda tf, np, n=_name: getattr(tf.math.special, n)(tf.constant(POSITIVE))
    TOLERANCE[f"special.{_name}"] = 1e-4


def binary(name: str, x: Any, y: Any, differentiable: bool = True) -> None:
    CASES[f"math.{name}"] = lambda tf, np: getattr(tf.math, name)(tf.constant(x), tf.constant(y))
    if differentiable:
        CASES[f"gradient {name}"] = gradient(lambda tf, a, b: getattr(tf.math, name)(a, b), x, y)


LEFT, RIGHT = [[1.0, -2.0, 3.5], [0.5, 4.0, -1.0]], [2.0, -2.0, 0.5]
for _name in ("add", "subtract", "multiply", "divide", "truediv", "maximum", "minimum", "squared_difference", "atan2",
              "divide_no_nan", "multiply_no_nan", "floordiv", "floormod", "mod"):  # fmt: skip
    binary(_name, LEFT, RIGHT)
for _name in ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"):
    binary(_name, LEFT, RIGHT, False)
for _name in ("logical_and", "logical_or", "logical_xor"):
    binary(_name, [True, True, False, False], [True, False, True, False], False)
binary("pow", [1.0, 2.0, 3.0], [0.5, 2.0, -1.0])
binary("nextafter", [0.0, 1.0], [1.0, 0.0], False)
binary("xlogy", [0.0, 1.0, 2.0], [0.0, 2.0, 3.0], False)
binary("xlog1py", [0.0, 1.0, 2.0], [-1.0, 2.0, 3.0], False)
binary("xdivy", [0.0, 1.0, 2.0], [0.0, 2.0, 4.0], False)
binary("igamma", [1.0, 2.0, 3.5], [0.5, 1.0, 6.0], False)
binary("igammac", [1.0, 2.0, 3.5], [0.5, 1.0, 6.0], False)
binary("zeta", [1.5, 2.0, 3.5], [0.5, 1.0, 6.0], False)
binary("polygamma", [0.0, 1.0, 2.0], [0.5, 1.0, 6.0], False)
TOLERANCE["math.polygamma"] = TOLERANCE["math.zeta"] = 1e-4

CASES.update(
    {
        # --- dtypes and kinds of arguments ---
        "add ints": lambda tf, np: tf.add(1, 2),
        "add list and number": lambda tf, np: tf.add([1.0, 2.0], 3),
        "add tensor and array": lambda tf, np: tf.add(tf.constant([1.0, 2.0]), np.array([1.0, 2.0])),
        "add arrays": lambda tf, np: tf.add(np.array([1.0, 2.0]), np.array([1.0, 2.0])),
        "add variable": lambda tf, np: tf.add(tf.Variable([1.0, 2.0]), [[1.0], [2.0]]),
        "add texts": lambda tf, np: tf.add(["a", "b"], "c"),
        "add int64": lambda tf, np: tf.add(tf.constant([1, 2], tf.int64), 3),
        "add half": lambda tf, np: tf.add(tf.constant([1.0, 2.0], tf.float16), 3.0),
        "multiply complex": lambda tf, np: tf.multiply(tf.constant([1 + 2j]), tf.constant([3 - 1j])),
        "divide ints": lambda tf, np: tf.divide(tf.constant([7, -7]), 2),
        "divide small ints": lambda tf, np: tf.divide(tf.constant([7, -7], tf.int8), tf.constant(2, tf.int8)),
        "divide int64": lambda tf, np: tf.math.divide(np.array([7, -7]), 2),
        "divide Python": lambda tf, np: tf.divide(7, 2),
        "floordiv ints": lambda tf, np: tf.math.floordiv(tf.constant([7, -7]), 2),
        "floormod ints": lambda tf, np: tf.math.floormod(tf.constant([7, -7]), 3),
        "floormod negative": lambda tf, np: tf.math.floormod(tf.constant([7, -7]), -3),
        "truncatediv": lambda tf, np: tf.truncatediv(tf.constant([7, -7]), 2),
        "truncatemod": lambda tf, np: tf.truncatemod(tf.constant([7, -7]), 3),
        "realdiv": lambda tf, np: tf.realdiv([7.0, -7.0], 2.0),
        "pow ints": lambda tf, np: tf.pow(tf.constant([2, 3]), 2),
        "pow Python": lambda tf, np: tf.pow([[2, 2], [3, 3]], [[8, 16], [2, 3]]),
        "divide_no_nan zero": lambda tf, np: tf.math.divide_no_nan([1.0, 2.0, 0.0], [0.0, 2.0, 0.0]),
        "gradient divide_no_nan zero": gradient(
            lambda tf, a, b: tf.math.divide_no_nan(a, b), [1.0, 2.0, 0.0], [0.0, 2.0, 0.0]
        ),
        "multiply_no_nan zero": lambda tf, np: tf.math.multiply_no_nan([float("nan"), 2.0], [0.0, 2.0]),
        "maximum ints": lambda tf, np: tf.maximum(tf.constant([1, 5]), 3),
        "maximum nan": lambda tf, np: tf.maximum([1.0, float("nan"), 2.0], [float("nan"), 1.0, 3.0]),
        "maximum zero first": lambda tf, np: tf.maximum(0.0, tf.constant([-1.0, 2.0])),
        "gradient maximum at ties": gradient(lambda tf, a: tf.maximum(a, 0.0), [-1.0, 0.0, 2.0]),
        "gradient maximum at ties, second": gradient(lambda tf, a: tf.maximum(0.0, a), [-1.0, 0.0, 2.0]),
        "gradient minimum at ties": gradient(lambda tf, a, b: tf.minimum(a, b), [1.0, 0.0, 2.0], [1.0, 3.0, 2.0]),
        "abs ints": lambda tf, np: tf.abs([-1, 2]),
        "abs complex": lambda tf, np: tf.abs(tf.constant([3 + 4j], tf.complex64)),
        "square ints": lambda tf, np: tf.square([2, 3]),
        "square variable": lambda tf, np: tf.square(tf.Variable([[2.0, 3.0]])),
        "sign ints": lambda tf, np: tf.sign([-3, 0, 5]),
        "sign complex": lambda tf, np: tf.sign(tf.constant([3 + 4j, 0j])),
        "round halves": lambda tf, np: tf.round([0.5, 1.5, 2.5, -0.5, 1.2]),
        "round ints": lambda tf, np: tf.round([1, 2]),
        "exp float64": lambda tf, np: tf.exp(np.array([0.0, 1.0])),
        "exp scalar": lambda tf, np: tf.exp(1.0),
        "log zero": lambda tf, np: tf.math.log([0.0, -1.0]),
        "sqrt negative": lambda tf, np: tf.sqrt([4.0, -1.0]),
        "sigmoid large": lambda tf, np: tf.sigmoid([-100.0, 100.0]),
        "log_sigmoid large": lambda tf, np: tf.math.log_sigmoid([-100.0, 100.0]),
        "softplus large": lambda tf, np: tf.math.softplus([-100.0, 0.0, 100.0]),
        "softmax axis": lambda tf, np: tf.math.softmax([[1.0, 2.0], [3.0, 5.0]], axis=0),
        "exp half": lambda tf, np: tf.exp(tf.constant([1.0, 2.0], tf.float16)),
        "exp bfloat16": lambda tf, np: tf.exp(tf.constant([1.0, 2.0], tf.bfloat16)),
        "equal ints": lambda tf, np: tf.equal([1, 2], [1, 3]),
        "equal texts": lambda tf, np: tf.equal(["a", "b"], ["a", "c"]),
        "not_equal texts": lambda tf, np: tf.not_equal(["a", "b"], "a"),
        "equal bools": lambda tf, np: tf.equal([True, False], [True, True]),
        "not_equal number": lambda tf, np: tf.math.not_equal(tf.constant([0, 4, 0]), 0),
        "logical_not": lambda tf, np: tf.logical_not([True, False]),
        "greater broadcast": lambda tf, np: tf.greater([[1], [2]], [1, 2, 3]),
        "scalar_mul": lambda tf, np: tf.scalar_mul(2.0, tf.constant([1.0, 2.0])),
        "add_n": lambda tf, np: tf.add_n([tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0]), tf.Variable([5.0, 6.0])]),
        "add_n lists": lambda tf, np: tf.add_n([[3, 5], [1, 6]]),
        "add_n scalars": lambda tf, np: tf.add_n([1.5, 2.5]),
        "add_n one": lambda tf, np: tf.add_n([tf.constant(2.0)]),
        "gradient add_n": gradient(lambda tf, a, b: tf.add_n([a, b, b]), [1.0, 2.0], [3.0, 4.0]),
        "accumulate_n": lambda tf, np: tf.math.accumulate_n([tf.constant([1, 2]), tf.constant([3, 4])]),
        "polyval": lambda tf, np: tf.math.polyval([1.0, 2.0, 3.0], tf.constant([0.0, 1.0, 2.0])),
        "betainc": lambda tf, np: tf.math.betainc([1.0, 2.0, 5.0], [2.0, 0.5, 1.0], [0.1, 0.5, 0.9]),
        "sobol_sample": lambda tf, np: tf.math.sobol_sample(3, 6),
        "sobol_sample skip": lambda tf, np: tf.math.sobol_sample(2, 3, skip=4),
        # --- complex numbers ---
        "complex": lambda tf, np: tf.complex([1.0, 2.0], [3.0, -4.0]),
        "real": lambda tf, np: tf.math.real(tf.constant([1 + 2j, 3 - 4j])),
        "real of real": lambda tf, np: tf.math.real(tf.constant([1.0])),
        "imag": lambda tf, np: tf.math.imag(tf.constant([1 + 2j, 3 - 4j])),
        "conj": lambda tf, np: tf.math.conj(tf.constant([1 + 2j, 3 - 4j])),
        "conj of real": lambda tf, np: tf.math.conj(tf.constant([1.0, 2.0])),
        "angle": lambda tf, np: tf.math.angle(tf.constant([1 + 2j, -3 - 4j])),
        "angle of real": lambda tf, np: tf.math.angle(tf.constant([1.0, -2.0])),
        # --- reductions ---
        "reduce_sum ints": lambda tf, np: tf.reduce_sum([[1, 2], [3, 4]]),
        "reduce_sum uint8": lambda tf, np: tf.reduce_sum(tf.constant([200, 100], tf.uint8)),
        "reduce_sum axis": lambda tf, np: tf.reduce_sum([[1.0, 2.0], [3.0, 4.0]], axis=1, keepdims=True),
        "reduce_sum axes": lambda tf, np: tf.reduce_sum(np.arange(24.0).reshape(2, 3, 4), axis=[0, -1]),
        "reduce_sum axis tensor": lambda tf, np: tf.reduce_sum([[1.0, 2.0]], tf.constant([1])),
        "reduce_sum no axes": lambda tf, np: tf.reduce_sum([[1.0, 2.0]], axis=[]),
        "reduce_sum keepdims all": lambda tf, np: tf.reduce_sum([[1.0, 2.0]], keepdims=True),
        "reduce_sum complex": lambda tf, np: tf.reduce_sum(tf.constant([1 + 2j, 3j])),
        "reduce_mean ints": lambda tf, np: tf.reduce_mean([[1, 2], [2, 2]]),
        "reduce_mean negative ints": lambda tf, np: tf.reduce_mean([-1, -2]),
        "reduce_mean axis": lambda tf, np: tf.reduce_mean([[1.0, 2.0], [3.0, 4.0]], 0),
        "reduce_mean axes": lambda tf, np: tf.reduce_mean(np.arange(24.0).reshape(2, 3, 4), axis=(1, 2), keepdims=True),
        "reduce_mean empty": lambda tf, np: tf.reduce_mean(tf.zeros([0])),
        "reduce_mean variable": lambda tf, np: tf.reduce_mean(tf.Variable([1.0, 4.0])),
        "reduce_max ints": lambda tf, np: tf.reduce_max([[1, 5], [3, 4]], axis=0),
        "reduce_max empty": lambda tf, np: tf.reduce_max(tf.zeros([0])),
        "reduce_max empty axis": lambda tf, np: tf.reduce_max(tf.zeros([0, 2], tf.int32), axis=0),
        "reduce_min empty": lambda tf, np: tf.reduce_min(tf.zeros([0])),
        "reduce_min axis": lambda tf, np: tf.reduce_min([[1, 5], [3, 4]], axis=-1, keepdims=True),
        "gradient reduce_max ties": gradient(lambda tf, x: tf.reduce_max(x), [1.0, 3.0, 3.0]),
        "reduce_prod axes": lambda tf, np: tf.reduce_prod([[1, 2], [3, 4]], axis=[0, 1]),
        "reduce_prod axis": lambda tf, np: tf.reduce_prod([[1.0, 2.0], [3.0, 4.0]], axis=0, keepdims=True),
        "gradient reduce_prod zero": gradient(lambda tf, x: tf.reduce_prod(x), [2.0, 0.0, 3.0]),
        "reduce_all": lambda tf, np: tf.reduce_all([[True, False], [True, True]], axis=0),
        "reduce_any": lambda tf, np: tf.reduce_any([[True, False], [False, False]], axis=1, keepdims=True),
        "reduce_any all": lambda tf, np: tf.reduce_any(tf.constant([False, False])),
        "reduce_logsumexp axis": lambda tf, np: tf.reduce_logsumexp([[1.0, 200.0], [3.0, 4.0]], axis=1),
        "reduce_std axis": lambda tf, np: tf.math.reduce_std([[1.0, 2.0], [3.0, 5.0]], axis=1),
        "reduce_variance keepdims": lambda tf, np: tf.math.reduce_variance([[1.0, 2.0], [3.0, 5.0]], 0, True),
        "reduce_variance complex": lambda tf, np: tf.math.reduce_variance(tf.constant([1 + 2j, 3 - 1j])),
        "reduce_euclidean_norm ints": lambda tf, np: tf.math.reduce_euclidean_norm([[3, 4], [6, 8]], axis=1),
        "count_nonzero": lambda tf, np: tf.math.count_nonzero([[0.0, 1.0], [2.0, 0.0]]),
        "count_nonzero axis": lambda tf, np: tf.math.count_nonzero(
            [[0, 1], [2, 3]], axis=1, keepdims=True, dtype=tf.int32
        ),
        "count_nonzero bools": lambda tf, np: tf.math.count_nonzero([True, False, True]),
        "zero_fraction": lambda tf, np: tf.math.zero_fraction([0.0, 1.0, 0.0, 3.0]),
        "l2_normalize axis": lambda tf, np: tf.math.l2_normalize([[3.0, 4.0], [0.0, 0.0]], axis=1),
        "l2_normalize epsilon": lambda tf, np: tf.math.l2_normalize([1e-8, 0.0], epsilon=1e-6),
        # --- running ---
        "cumsum axis": lambda tf, np: tf.cumsum([[1, 2], [3, 4]], axis=1),
        "cumsum exclusive": lambda tf, np: tf.cumsum([1.0, 2.0, 3.0], exclusive=True),
        "cumsum reverse": lambda tf, np: tf.cumsum([1.0, 2.0, 3.0], reverse=True),
        "cumsum both": lambda tf, np: tf.cumsum([1.0, 2.0, 3.0], exclusive=True, reverse=True),
        "cumprod both": lambda tf, np: tf.math.cumprod([2.0, 3.0, 4.0], exclusive=True, reverse=True),
        "cumprod ints": lambda tf, np: tf.math.cumprod([[2, 3], [4, 5]], axis=-1),
        "cumulative_logsumexp both": lambda tf, np: tf.math.cumulative_logsumexp([1.0, 2.0, 3.0], 0, True, True),
        # --- places ---
        "argmax": lambda tf, np: tf.argmax([[1, 9, 3], [4, 5, 6]]),
        "argmax axis": lambda tf, np: tf.argmax([[1.0, 9.0, 9.0], [4.0, 5.0, 6.0]], axis=-1),
        "argmax int32": lambda tf, np: tf.argmax([1.0, 9.0], axis=0, output_type=tf.int32),
        "argmax bools": lambda tf, np: tf.argmax([False, True, True]),
        "argmax without numbers": lambda tf, np: [
            *(tf.argmax([np.nan, 1.0, 3.0, 2.0]), tf.argmin([2.0, np.nan, 1.0]), tf.argmax([np.nan, np.nan])),
            *(tf.argmax([np.nan, np.inf]), tf.argmin([-np.inf, np.nan, np.inf])),
        ],
        "sign of what is no number": lambda tf, np: tf.sign([np.nan, -2.0, np.inf]),
        "argmin": lambda tf, np: tf.argmin([[1, 9, 1], [4, 5, 6]], 1),
        "top_k": lambda tf, np: tf.math.top_k([[1.0, 4.0, 2.0, 4.0], [3.0, 0.0, 5.0, 1.0]], k=3),
        "top_k one": lambda tf, np: tf.math.top_k([3, 7, 7, 1]),
        "top_k names": lambda tf, np: tf.math.top_k([3, 7, 1], 2).indices,
        "gradient top_k": gradient(lambda tf, x: tf.math.top_k(x, 2).values, [1.0, 4.0, 2.0]),
        "in_top_k": lambda tf, np: tf.math.in_top_k([1, 0, 2], [[0.1, 0.9, 0.0], [0.3, 0.3, 0.4], [0.5, 0.3, 0.2]], 2),
        "invert_permutation": lambda tf, np: tf.math.invert_permutation([3, 4, 0, 2, 1]),
        "approx_max_k": lambda tf, np: tf.math.approx_max_k([[1.0, 4.0, 2.0]], 2),
        "is_non_decreasing": lambda tf, np: [tf.math.is_non_decreasing(x) for x in ([1, 1, 2], [2, 1])],
        "is_strictly_increasing": lambda tf, np: [tf.math.is_strictly_increasing(x) for x in ([1.0, 1.0], [1.0, 2.0])],
        # --- counts and segments ---
        "bincount": lambda tf, np: tf.math.bincount([1, 2, 1, 5]),
        "bincount weights": lambda tf, np: tf.math.bincount([1, 2, 1], weights=[0.5, 2.0, 1.0], minlength=5),
        "bincount maxlength": lambda tf, np: tf.math.bincount([1, 2, 1, 5], maxlength=3, dtype=tf.int64),
        "bincount rows": lambda tf, np: tf.math.bincount([[1, 2], [0, 0]], axis=-1),
        "bincount binary": lambda tf, np: tf.math.bincount([[1, 2], [0, 0]], axis=-1, binary_output=True),
        "confusion_matrix": lambda tf, np: tf.math.confusion_matrix([1, 2, 4], [2, 2, 4]),
        "confusion_matrix classes": lambda tf, np: tf.math.confusion_matrix(
            labels=[0, 1, 1], predictions=[0, 1, 0], num_classes=3, weights=[1.0, 0.5, 2.0], dtype=tf.float32
        ),
        "confusion_matrix columns": lambda tf, np: tf.math.confusion_matrix(np.array([[0], [1]]), np.array([1, 1])),
    }
)

ROWS = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]
for _name in ("sum", "mean", "prod", "max", "min"):
    CASES[f"segment_{_name}"] = lambda tf, np, n=_name: getattr(tf.math, f"segment_{n}")(ROWS, [0, 0, 2, 2])
    CASES[f"gradient segment_{_name}"] = gradient(
        lambda tf, x, n=_name: getattr(tf.math, f"segment_{n}")(x, [0, 0, 2, 2]), ROWS
    )
for _name in ("sum", "mean", "prod", "max", "min", "sqrt_n"):
    CASES[f"unsorted_segment_{_name}"] = lambda tf, np, n=_name: getattr(tf.math, f"unsorted_segment_{n}")(
        ROWS, [2, 0, -1, 2], 4
    )
    CASES[f"gradient unsorted_segment_{_name}"] = gradient(
        lambda tf, x, n=_name: getattr(tf.math, f"unsorted_segment_{n}")(x, [2, 0, 0, 2], 4), ROWS
    )
CASES["segments of infinities"] = lambda tf, np: [
    tf.math.segment_max([-np.inf, -np.inf, 1.0], [0, 0, 2]),
    tf.math.segment_min([np.inf, np.inf, 1.0], [0, 0, 2]),
    tf.math.unsorted_segment_max([-np.inf, 1.0], [0, 1], 3),
]
CASES["segment_sum ints"] = lambda tf, np: tf.math.segment_sum([1, 2, 3], [0, 0, 1])
CASES["unsorted_segment_max ints"] = lambda tf, np: tf.math.unsorted_segment_max([1, 2, 3], [0, 0, 1], 3)
CASES["unsorted_segment_sum matrix of ids"] = lambda tf, np: tf.math.unsorted_segment_sum(
    [[1, 2], [3, 4]], [[0, 1], [1, 2]], 3
)

for _name, _values in {"bitwise_and": (12, 10), "bitwise_or": (12, 10), "bitwise_xor": (12, 10), "left_shift": (3, 2),
                       "right_shift": (-9, 1)}.items():  # fmt: skip
    CASES[_name] = lambda tf, np, n=_name, v=_values: getattr(tf.bitwise, n)(tf.constant([v[0], 7]), tf.constant(v[1]))
CASES["invert"] = lambda tf, np: [tf.bitwise.invert(tf.constant([5, -1], dtype)) for dtype in (tf.int8, tf.int32)]
CASES["invert unsigned"] = lambda tf, np: tf.bitwise.invert(tf.constant([5, 255], tf.uint8))

ERRORS.update(
    {
        "add int and float": lambda tf, np: tf.add(tf.constant([1]), tf.constant([1.0])),
        "add shapes": lambda tf, np: tf.add(tf.constant([1, 2]), tf.constant([1, 2, 3])),
        "add float to ints": lambda tf, np: tf.add(tf.constant([1]), 1.5),
        "add text and number": lambda tf, np: tf.add("a", 1),
        "add none": lambda tf, np: tf.add(None, 1),
        "add bools": lambda tf, np: tf.add([True], [False]),
        "multiply int32 and int64": lambda tf, np: tf.multiply(tf.constant(1), tf.constant(1, tf.int64)),
        "divide bools": lambda tf, np: tf.divide(tf.constant([True]), tf.constant([True])),
        "floordiv by zero": lambda tf, np: tf.math.floordiv(tf.constant([1]), 0),
        "sqrt ints": lambda tf, np: tf.sqrt([4]),
        "exp ints": lambda tf, np: tf.exp(1),
        "exp text": lambda tf, np: tf.exp("a"),
        "exp nothing": lambda tf, np: tf.exp(),
        "exp keyword": lambda tf, np: tf.exp(y=1.0),
        "floor ints": lambda tf, np: tf.floor([1]),
        "square bools": lambda tf, np: tf.square([True]),
        "sigmoid ints": lambda tf, np: tf.sigmoid([1]),
        "softmax ints": lambda tf, np: tf.math.softmax([1, 2]),
        "softmax axis": lambda tf, np: tf.math.softmax([1.0, 2.0], axis=3),
        "pow negative": lambda tf, np: tf.pow(tf.constant([2]), tf.constant([-1])),
        "less bools": lambda tf, np: tf.less([True], [False]),
        "equal int and float": lambda tf, np: tf.equal(tf.constant([1]), tf.constant([1.0])),
        "logical_and int tensors": lambda tf, np: tf.logical_and(tf.constant([1]), tf.constant([0])),
        "logical_and ints": lambda tf, np: tf.logical_and([1], [0]),
        "logical_not ints": lambda tf, np: tf.logical_not([1]),
        "reduce_sum axis": lambda tf, np: tf.reduce_sum([[1.0]], axis=2),
        "reduce_sum bools": lambda tf, np: tf.reduce_sum([True]),
        "reduce_sum twice": lambda tf, np: tf.reduce_sum([[1.0]], axis=[0, 0]),
        "reduce_sum texts": lambda tf, np: tf.reduce_sum(["a"]),
        "reduce_sum none": lambda tf, np: tf.reduce_sum(None),
        "reduce_sum ragged list": lambda tf, np: tf.reduce_sum([[1], [2, 3]]),
        "reduce_mean axis": lambda tf, np: tf.reduce_mean([1.0], axis=1),
        "reduce_mean bools": lambda tf, np: tf.reduce_mean([True, False]),
        "reduce_any ints": lambda tf, np: tf.reduce_any([1, 0]),
        "reduce_std ints": lambda tf, np: tf.math.reduce_std([1, 2]),
        "reduce_logsumexp ints": lambda tf, np: tf.reduce_logsumexp([1, 2]),
        "argmax axis": lambda tf, np: tf.argmax([1, 2], axis=1),
        "argmax empty": lambda tf, np: tf.argmax(tf.zeros([0])),
        "argmax output": lambda tf, np: tf.argmax([1, 2], output_type=tf.float32),
        "top_k too many": lambda tf, np: tf.math.top_k([1, 2], 3),
        "top_k scalar": lambda tf, np: tf.math.top_k(1.0),
        "cumsum axis": lambda tf, np: tf.cumsum([1, 2], axis=1),
        "add_n empty": lambda tf, np: tf.add_n([]),
        "add_n shapes": lambda tf, np: tf.add_n([tf.constant([1.0]), tf.constant([1.0, 2.0])]),
        "add_n dtypes": lambda tf, np: tf.add_n([tf.constant([1.0]), tf.constant([1])]),
        "add_n number": lambda tf, np: tf.add_n(3),
        "segment_sum order": lambda tf, np: tf.math.segment_sum([1, 2], [1, 0]),
        "segment_sum length": lambda tf, np: tf.math.segment_sum([1, 2], [0]),
        "unsorted_segment_sum range": lambda tf, np: tf.math.unsorted_segment_sum([1, 2], [0, 5], 2),
        "bincount negative": lambda tf, np: tf.math.bincount([-1]),
        "confusion_matrix shapes": lambda tf, np: tf.math.confusion_matrix([1, 2], [1]),
        "confusion_matrix range": lambda tf, np: tf.math.confusion_matrix([1, 2], [1, 1], num_classes=2),
        "in_top_k rank": lambda tf, np: tf.math.in_top_k([1], [1.0, 2.0], 1),
        "invert_permutation": lambda tf, np: tf.math.invert_permutation([0, 0]),
        "polyval": lambda tf, np: tf.math.polyval(tf.constant([1.0]), tf.constant(1.0)),
        "scalar_mul": lambda tf, np: tf.scalar_mul([1.0, 2.0], tf.constant([1.0, 2.0])),
        "bitwise_and floats": lambda tf, np: tf.bitwise.bitwise_and([1.0], [2.0]),
        "complex ints": lambda tf, np: tf.complex([1], [2]),
        "complex dtypes": lambda tf, np: tf.complex(tf.constant(1.0), tf.constant(1.0, tf.float64)),
        "maximum shapes": lambda tf, np: tf.maximum([1.0, 2.0], [1.0, 2.0, 3.0]),
        "maximum bools": lambda tf, np: tf.maximum([True], [False]),
    }
)
