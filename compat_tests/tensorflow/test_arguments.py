"""What functions of the namespace take, what they share memory with, and what no golden compares."""

import numpy as np
import pytest
import torch

from torchkeras import tensorflow as tf

NUMBERS = [[1.0, -2.0], [3.0, 4.0]]
FORMS = {
    "list": lambda: NUMBERS,
    "tuple": lambda: tuple(map(tuple, NUMBERS)),
    "array": lambda: np.array(NUMBERS, np.float32),
    "tensor": lambda: tf.constant(NUMBERS),
    "variable": lambda: tf.Variable(NUMBERS),
    "torch": lambda: torch.tensor(NUMBERS),
    "parameter": lambda: torch.nn.Parameter(torch.tensor(NUMBERS)),
    "list of tensors": lambda: [tf.constant(row) for row in NUMBERS],
}
FUNCTIONS = {
    "reduce_mean": lambda x: tf.reduce_mean(x, axis=0),
    "square": tf.square,
    "matmul": lambda x: tf.matmul(x, x),
    "reshape": lambda x: tf.reshape(x, [-1]),
    "concat": lambda x: tf.concat([x, x], 0),
    "cast": lambda x: tf.cast(x, tf.int32),
    "maximum": lambda x: tf.maximum(x, 0.0),
    "transpose": tf.transpose,
    "gather": lambda x: tf.gather(x, [1]),
}


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_any_form_of_argument(name, form):
    found = FUNCTIONS[name](FORMS[form]())
    wanted = FUNCTIONS[name](tf.constant(NUMBERS))
    assert type(found) is tf.Tensor
    assert found.dtype == wanted.dtype
    np.testing.assert_array_equal(found.numpy(), wanted.numpy())


SHARING = {
    "identity": tf.identity,
    "reshape": lambda v: tf.reshape(v, [4]),
    "transpose": tf.transpose,
    "expand_dims": lambda v: tf.expand_dims(v, 0),
    "squeeze": tf.squeeze,
    "slice": lambda v: tf.slice(v, [0, 0], [1, 2]),
    "strided_slice": lambda v: tf.strided_slice(v, [0, 0], [1, 2]),
    "split": lambda v: tf.split(v, 2)[0],
    "unstack": lambda v: tf.unstack(v)[0],
    "broadcast_to": lambda v: tf.broadcast_to(v, [1, 2, 2]),
    "cast": lambda v: tf.cast(v, tf.float32),
    "concat": lambda v: tf.concat([v], 0),
    "ensure_shape": lambda v: tf.ensure_shape(v, [2, 2]),
    "pad": lambda v: tf.pad(v, [[0, 0], [0, 0]]),
    "band_part": lambda v: tf.linalg.band_part(v, -1, -1),
    "matrix_transpose": tf.linalg.matrix_transpose,
    "reduce_sum": lambda v: tf.reduce_sum(v, axis=[]),
    "reduce_prod": lambda v: tf.reduce_prod(v, axis=[]),
    "real": tf.math.real,
    "conj": tf.math.conj,
    "diag_part": tf.linalg.diag_part,
    "saturate_cast": lambda v: tf.saturate_cast(v, tf.float32),
    "einsum": lambda v: tf.einsum("ij->ji", v),
    "space_to_batch": lambda v: tf.space_to_batch(v, [1], [[0, 0]]),
    "batch_to_space": lambda v: tf.batch_to_space(v, [1], [[0, 0]]),
    "add_n": lambda v: tf.add_n([v]),
}


@pytest.mark.parametrize("name", list(SHARING))
def test_a_later_assignment_does_not_show(name):
    variable = tf.Variable(NUMBERS)
    found = SHARING[name](variable)
    before = found.numpy()
    variable.assign([[9.0, 9.0], [9.0, 9.0]])
    np.testing.assert_array_equal(found.numpy(), before)


@pytest.mark.parametrize("name", list(SHARING))
def test_a_parameter_stays_what_it_is(name):
    parameter = torch.nn.Parameter(torch.tensor(NUMBERS))
    SHARING[name](parameter)
    assert type(parameter) is torch.nn.Parameter


@pytest.mark.parametrize("name", list(SHARING))
def test_gradients_reach_a_variable(name):
    variable = tf.Variable(NUMBERS)
    with tf.GradientTape() as tape:
        target = tf.reduce_sum(SHARING[name](variable))
    assert tape.gradient(target, variable) is not None


def test_rounding_has_no_gradient():
    x = tf.Variable([1.2, 2.7])
    with tf.GradientTape(persistent=True) as tape:
        results = [tf.floor(x), tf.math.ceil(x), tf.round(x), tf.math.rint(x), tf.math.floordiv(x, 2.0)]
    assert [tape.gradient(result, x) for result in results] == [None] * 5


def test_second_derivatives():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.pow(x, 3.0) * tf.maximum(x, 0.0))
        first = inner.gradient(y, x)
    np.testing.assert_allclose(outer.gradient(first, x).numpy(), [12.0, 48.0])


def test_approximate_extremes_are_exact():
    values, places = tf.math.approx_min_k([[3.0, 1.0, 2.0]], 2)
    np.testing.assert_array_equal(values.numpy(), [[1.0, 2.0]])
    np.testing.assert_array_equal(places.numpy(), [[1, 2]])


def test_clip_by_average_norm():
    x = np.array([3.0, 4.0], np.float32)
    average = np.linalg.norm(x) / 2
    np.testing.assert_allclose(tf.clip_by_average_norm(x, 1.0).numpy(), x / average, rtol=1e-6)
    np.testing.assert_allclose(tf.clip_by_average_norm(x, 9.0).numpy(), x, rtol=1e-6)


def test_conjugate_gradient_solves():
    a = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 5.0]])
    b = np.array([1.0, 2.0, 3.0])
    found = tf.linalg.experimental.conjugate_gradient(a, b, tol=1e-10)
    np.testing.assert_allclose(found.x.numpy(), np.linalg.solve(a, b), rtol=1e-6)
    assert int(found.i) <= 3


@pytest.mark.parametrize("function", [tf.linalg.sqrtm, tf.linalg.logm])
def test_matrices_without_all_their_eigenvectors_are_refused(function):
    with pytest.raises(tf.errors.InvalidArgumentError, match="eigenvectors"):
        function(tf.constant([[1.0, 1.0], [0.0, 1.0]], tf.complex64))


@pytest.mark.parametrize(
    ("ask", "instead"),
    [
        (lambda: tf.linalg.LinearOperatorDiag, "tf.linalg.matmul"),
        (lambda: tf.math.special.dawsn, "scipy.special"),
        (lambda: tf.linalg.choleski, "cholesky"),
    ],
)
def test_what_is_not_there_says_what_to_use(ask, instead):
    with pytest.raises(AttributeError, match=instead):
        ask()


def test_special_functions_without_gradient_say_so():
    x = tf.Variable([1.0])
    with tf.GradientTape(), pytest.raises(tf.errors.UnimplementedError, match="stop_gradient"):
        tf.math.special.bessel_j0(x)


def test_names_are_those_listed():
    for module in (tf.math, tf.linalg, tf.bitwise):
        assert all(hasattr(module, name) for name in module.__all__)
        assert len(set(module.__all__)) == len(module.__all__)


def test_dtypes_has_its_functions():
    assert tf.dtypes.cast([1.5], tf.int32).numpy().tolist() == [1]
    assert tf.dtypes.bool == tf.bool
    assert tf.dtypes.complex(1.0, 2.0).dtype == tf.complex64
