"""Cases of tf.experimental.numpy. Each switches the behaviour it needs on by itself; the first need none."""

# ruff: noqa: E501, RUF005
from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _x(np: Any, *shape: int) -> Any:
    return np.sin(np.arange(1, np.prod(shape, dtype=int) + 1) * 0.73).reshape(shape).astype("float32")


def _plain(function: Callable[[Any, Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A case of (tnp, tf, np) with NumPy's rules."""

    def case(tf: Any, np: Any) -> Any:
        tnp = tf.experimental.numpy
        tnp.experimental_enable_numpy_behavior()
        return function(tnp, tf, np)

    return case


def _in(mode: str, function: Callable[[Any, Any], Any], prefer_float32: bool = False) -> Callable[[Any, Any], Any]:
    """A case of (tnp, tf) in a mode; what it gives is said as text, with weakness."""

    def case(tf: Any, np: Any) -> Any:
        tnp = tf.experimental.numpy
        tnp.experimental_enable_numpy_behavior(prefer_float32=prefer_float32, dtype_conversion_mode=mode)
        found = function(tnp, tf)
        return [repr(item) for item in found] if isinstance(found, list) else repr(found)

    return case


def _kinds(tnp: Any, tf: Any) -> Any:
    """The dtype of each sum of two dtypes, a star on weak ones."""
    names = (
        "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 bfloat16 float16 float32 float64 complex64 complex128"
    ).split()
    values = [(name, tf.constant(0, getattr(tf, name)) if name != "bool" else tf.constant(False)) for name in names]
    values += [("int32*", tf.constant(0)), ("float32*", tf.constant(0.0)), ("complex128*", tf.constant(0j))]
    return values


def _table(mode: str) -> Callable[[Any, Any], Any]:
    def case(tf: Any, np: Any) -> Any:
        tnp = tf.experimental.numpy
        tnp.experimental_enable_numpy_behavior(dtype_conversion_mode="all")
        values = _kinds(tnp, tf)
        tnp.experimental_enable_numpy_behavior(dtype_conversion_mode=mode)
        found = {}
        for one, a in values:
            for other, b in values:
                if one == other == "bool":
                    continue
                try:
                    result = a + b
                    found[f"{one}, {other}"] = result.dtype.name + ("*" if "weak=True" in repr(result) else "")
                except TypeError:
                    found[f"{one}, {other}"] = "error"
        return found

    return case


CASES: dict[str, Any] = {
    "without switching on": lambda tf, np: [
        tf.experimental.numpy.ones([2]),
        tf.experimental.numpy.array(1),
        tf.experimental.numpy.asarray([1, 2.0]),
        tf.experimental.numpy.add(tf.constant(1), tf.constant(2.0)),
        tf.experimental.numpy.sum(tf.constant([1, 2])),
        tf.experimental.numpy.mean(tf.constant([1, 2])),
        tf.experimental.numpy.divide(tf.constant(1), tf.constant(2)),
    ],
    # making
    "arrays": _plain(
        lambda tnp, tf, np: [
            tnp.array([1, 2]),
            tnp.array(2.5, dtype=tnp.float32),
            tnp.asarray([True]),
            tnp.array([[1]], ndmin=3),
            tnp.asarray(np.ones(2, "int8")),
            tnp.array([tf.constant(1.0), 2]),
            tnp.copy([1, 2]),
            tnp.array(1j),
        ]
    ),
    "filled": _plain(
        lambda tnp, tf, np: [
            tnp.zeros([2]),
            tnp.ones((1, 2), dtype=tnp.int32),
            tnp.full([2], 3),
            tnp.full((2,), 3, dtype=float),
            tnp.zeros_like([1, 2]),
            tnp.ones_like(_x(np, 2)),
            tnp.full_like([1, 2], 7),
            tnp.ones(3),
            tnp.eye(2, 3, 1),
            tnp.identity(2),
            tnp.tri(2, 3),
            tnp.empty([0]),
        ]
    ),
    "ranges": _plain(
        lambda tnp, tf, np: [
            tnp.arange(3),
            tnp.arange(3.0),
            tnp.arange(1, 2, 0.5),
            tnp.arange(5, 0, -2),
            tnp.arange(3, dtype=tnp.float32),
            tnp.linspace(0, 1, 3),
            tnp.linspace(1, 2, 4, endpoint=False),
            tnp.logspace(0, 2, 3),
            tnp.geomspace(1, 8, 4),
        ]
    ),
    "diagonals": _plain(
        lambda tnp, tf, np: [
            tnp.diag([1, 2]),
            tnp.diag(_x(np, 2, 2)),
            tnp.diagflat([1, 2], 1),
            tnp.diagonal(_x(np, 2, 3)),
            tnp.tril(_x(np, 3, 3)),
            tnp.triu(_x(np, 3, 3), 1),
            tnp.trace(_x(np, 3, 3)),
            tnp.vander([1, 2, 3]),
        ]
    ),
    "meshgrid": _plain(
        lambda tnp, tf, np: [
            *tnp.meshgrid([1, 2], [3, 4, 5]),
            *tnp.meshgrid([1, 2], [3], indexing="ij"),
            *tnp.ix_([0, 2], [1]),
        ]
    ),
    # element by element
    "of integers": _plain(
        lambda tnp, tf, np: [
            getattr(tnp, name)([1, 2]) for name in "exp sqrt log sin tanh floor square negative abs".split()
        ]
    ),
    "of floats": _plain(
        lambda tnp, tf, np: [
            getattr(tnp, name)(tf.constant(_x(np, 3)))
            for name in (
                "exp exp2 expm1 sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh arctanh deg2rad rad2deg floor ceil "
                "fix fabs absolute sign square positive negative cbrt sinc reciprocal signbit isnan isfinite logical_not"
            ).split()
        ]
    ),
    "logarithms": _plain(
        lambda tnp, tf, np: [
            tf.cast(getattr(tnp, n)(2 + _x(np, 3)), tf.float32) for n in "log log2 log10 log1p arccosh sqrt".split()
        ]
    ),
    "of two": _plain(
        lambda tnp, tf, np: [
            tf.cast(getattr(tnp, name)(_x(np, 3), 1 + np.abs(_x(np, 3))), tf.float32)
            for name in (
                "add subtract multiply divide true_divide floor_divide mod remainder maximum minimum arctan2 hypot logaddexp "
                "logaddexp2 heaviside nextafter equal not_equal less less_equal greater greater_equal logical_and logical_or "
                "logical_xor isclose"
            ).split()
        ]
    ),
    "of two dtypes": _plain(
        lambda tnp, tf, np: [
            tnp.add(tf.constant(1), tf.constant(2.5)),
            tnp.multiply([1, 2], 2.5),
            tnp.power(2, 3),
            tnp.power(2.0, [1, 2]),
            tnp.maximum(tf.constant([1.0, -2.0]), 0),
            tnp.divide(1, 2),
            tnp.subtract(np.int8(3), np.int16(4)),
            tnp.float_power(2, 3),
            tnp.gcd(12, 18),
            tnp.lcm(4, 6),
            tnp.bitwise_and(6, 3),
            tnp.bitwise_or(6, 3),
            tnp.bitwise_xor(6, 3),
            tnp.floor_divide(7, 2),
            tnp.mod(-7, 3),
        ]
    ),
    "complex": _plain(
        lambda tnp, tf, np: [
            tnp.real(1 + 2j),
            tnp.imag([1 + 2j]),
            tnp.conj([1 + 2j]),
            tnp.angle([1j, 1.0]),
            tnp.angle([1j], deg=True),
            tnp.abs([3 + 4j]),
            tnp.isreal([1 + 0j, 1j]),
            tnp.iscomplex([1 + 0j, 1j]),
        ]
    ),
    "rounded, clipped": _plain(
        lambda tnp, tf, np: [
            tnp.around(_x(np, 3), 1),
            tnp.round(_x(np, 3)),
            tnp.clip(_x(np, 5), -0.5, 0.5),
            tnp.clip([1, 5, 9], 2, None),
            tnp.allclose([1.0], [1.0 + 1e-9]),
            tnp.array_equal([1, 2], [1, 2]),
            *tnp.divmod(7.0, 2.0),
        ]
    ),
    # along axes
    "sums": _plain(
        lambda tnp, tf, np: [
            tnp.sum(_x(np, 2, 3)),
            tnp.sum([[1, 2], [3, 4]], axis=0),
            tnp.sum(_x(np, 2, 3), axis=(0, 1), keepdims=True),
            tnp.sum([1, 2], dtype=tnp.float32),
            tnp.sum([True, True]),
            tnp.sum(np.ones(3, "int8")),
            tnp.prod([2, 3]),
            tnp.cumsum([1, 2, 3]),
            tnp.cumsum(_x(np, 2, 2), axis=1),
            tnp.cumprod([1, 2, 3]),
            tnp.count_nonzero([0, 3, 5]),
            tnp.nansum([1.0, np.nan]),
            tnp.nanmean([1.0, np.nan, 4.0]),
            tnp.nanprod([2.0, np.nan]),
        ]
    ),
    "means": _plain(
        lambda tnp, tf, np: [
            tnp.mean(_x(np, 2, 3)),
            tnp.mean([1, 2], axis=0),
            tnp.var(_x(np, 2, 3), axis=1),
            tnp.var(_x(np, 4), dtype=tnp.float64, ddof=1),
            tnp.std(_x(np, 2, 3)),
            tnp.average(_x(np, 3)),
            tnp.average([1.0, 2.0], weights=[3.0, 1.0]),
        ]
    ),
    "extremes": _plain(
        lambda tnp, tf, np: [
            tnp.max(_x(np, 2, 3)),
            tnp.min(_x(np, 2, 3), axis=1),
            tnp.amax([1, 5]),
            tnp.amin([1, 5]),
            tnp.ptp(_x(np, 4)),
            tnp.argmax(_x(np, 2, 3)),
            tnp.argmin(_x(np, 2, 3), axis=0),
            tnp.all([True, False]),
            tnp.any([0, 1]),
            tnp.all(_x(np, 2, 2), axis=0, keepdims=True),
        ]
    ),
    # products
    "products": _plain(
        lambda tnp, tf, np: [
            tnp.matmul(_x(np, 2, 3), _x(np, 3, 2)),
            tnp.matmul([1, 2], [3, 4]),
            tnp.dot([[1, 2]], [3.0, 4.0]),
            tnp.dot(2, [3]),
            tnp.inner([1, 2], [3, 4]),
            tnp.outer([1, 2], [3, 4]),
            tnp.vdot([1, 2], [3, 4]),
            tnp.kron([1, 2], [1, 1]),
            tnp.tensordot(_x(np, 2, 3), _x(np, 3, 2), 1),
            tnp.einsum("ij,jk->ki", _x(np, 2, 3), _x(np, 3, 2)),
            tnp.cross([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]),
            tnp.cross([1.0, 2.0], [3.0, 4.0]),
            tnp.polyval([1, 2, 3], 2),
        ]
    ),
    # shapes
    "shapes": _plain(
        lambda tnp, tf, np: [
            tnp.reshape([1, 2, 3, 4], (2, -1)),
            tnp.reshape([[1, 2], [3, 4]], [4], order="F"),
            tnp.ravel([[1, 2]]),
            tnp.transpose(_x(np, 2, 3)),
            tnp.transpose(_x(np, 1, 2, 3), (2, 0, 1)),
            tnp.expand_dims([1, 2], 0),
            tnp.squeeze([[[1], [2]]]),
            tnp.squeeze([[[1], [2]]], axis=0),
            tnp.swapaxes(_x(np, 2, 3), 0, 1),
            tnp.moveaxis(_x(np, 1, 2, 3), 0, -1),
            tnp.broadcast_to([1, 2], (2, 2)),
            *tnp.broadcast_arrays([1], [[2], [3]]),
            tnp.atleast_1d(1),
            tnp.atleast_2d([1, 2]),
            tnp.atleast_3d([1, 2]),
            tnp.flatten([[1], [2]]),
            tnp.ndim([[1]]),
            list(tnp.shape([[1, 2]])),
        ]
    ),
    "joined": _plain(
        lambda tnp, tf, np: [
            tnp.concatenate([[1, 2], [3.5]]),
            tnp.concatenate([_x(np, 1, 2), _x(np, 1, 2)], axis=1),
            tnp.stack([[1, 2], [3, 4]], 1),
            tnp.vstack([[1, 2], [3, 4]]),
            tnp.hstack([[1, 2], [3]]),
            tnp.dstack([[1, 2], [3, 4]]),
            tnp.append([1], [[2, 3]]),
            tnp.append([[1]], [[2]], axis=0),
        ]
    ),
    "split": _plain(
        lambda tnp, tf, np: [
            *tnp.split([1, 2, 3, 4], 2),
            *tnp.split(_x(np, 2, 3), [1], axis=1),
            *tnp.hsplit(_x(np, 2, 2), 2),
            *tnp.vsplit(_x(np, 2, 2), 2),
            *tnp.dsplit(_x(np, 1, 1, 2), 2),
        ]
    ),
    "repeated, turned": _plain(
        lambda tnp, tf, np: [
            tnp.tile([1, 2], 2),
            tnp.tile([[1, 2]], (2, 1)),
            tnp.repeat([1, 2], 2),
            tnp.repeat([[1, 2], [3, 4]], [1, 2], axis=0),
            tnp.roll([1, 2, 3], 1),
            tnp.flip([[1, 2], [3, 4]]),
            tnp.flip([[1, 2], [3, 4]], 1),
            tnp.flipud([[1], [2]]),
            tnp.fliplr([[1, 2]]),
            tnp.rot90([[1, 2], [3, 4]]),
            tnp.pad([1, 2], ((1, 2),), "constant", constant_values=7),
            tnp.pad([[1, 2, 3]], [[0, 0], [2, 1]], "reflect"),
            tnp.pad([1, 2, 3], [[2, 2]], "symmetric"),
            tnp.diff([1, 4, 9]),
        ]
    ),
    "taken": _plain(
        lambda tnp, tf, np: [
            tnp.take([4, 5, 6], [0, 2, 9]),
            tnp.take([[1, 2], [3, 4]], [[0], [1]], axis=1),
            tnp.take([4, 5, 6], [-1, 3], mode="wrap"),
            tnp.take_along_axis(np.array([[3, 1, 2]]), np.array([[1, 2, 0]]), axis=1),
            tnp.compress([True, False], [[1, 2], [3, 4]], axis=0),
            tnp.where([True, False], 1, 2.5),
            *tnp.where([0, 3, 4]),
            *tnp.nonzero([[0, 1], [2, 0]]),
            tnp.select([[True, False], [True, True]], [[1, 2], [3, 4]]),
            tnp.sort([3, 1, 2]),
            tnp.sort(_x(np, 2, 3), axis=0),
            tnp.argsort([3, 1, 2]),
        ]
    ),
    "kinds": _plain(
        lambda tnp, tf, np: [
            str(np.dtype(tnp.promote_types(np.int32, np.float32))),
            tnp.result_type(np.int8, np.uint8),
            tnp.isscalar(3),
            tnp.isscalar([3]),
            tnp.iscomplexobj([1j]),
            tnp.isrealobj(1.0),
            tnp.issubdtype(tnp.int32, np.integer),
            int(tnp.iinfo(tnp.int8).max),
            tnp.ndarray is tf.Tensor,
            tnp.newaxis is None,
            tnp.pi,
            tnp.inf,
        ]
    ),
    "random": _plain(
        lambda tnp, tf, np: [
            [x.shape, x.dtype]
            for x in (
                tnp.random.randn(2, 3),
                tnp.random.randn(),
                tnp.random.rand(2),
                tnp.random.random((2,)),
                tnp.random.uniform(),
                tnp.random.standard_normal([2]),
                tnp.random.randint(3, size=(2,)),
                tnp.random.randint(1, 3),
                tnp.random.poisson(2.0, [3]),
            )
        ]
    ),
    "random seed": _plain(
        lambda tnp, tf, np: [
            tnp.random.seed(3),
            a := tnp.random.randn(4),
            tnp.random.seed(3),
            bool(tf.reduce_all(a == tnp.random.randn(4))),
        ][-1]
    ),
    # tensors' methods and operators
    "methods": _plain(
        lambda tnp, tf, np: [
            (b := tf.constant([[1.5, 2.0, 4.0]])).T,
            b.reshape(3, 1),
            b.reshape((1, 3)),
            b.reshape(-1),
            b.ravel(),
            b.flatten(),
            b.astype("int32"),
            b.astype(tnp.float64),
            b.mean(),
            b.max(axis=1),
            b.min(),
            b.clip(1.6, 2.5),
            b.transpose(),
            b.ndim,
            int(b.size),
            b.tolist(),
            tf.constant(1.5).__round__(),
        ]
    ),
    "operators": _plain(
        lambda tnp, tf, np: [
            (a := tf.constant([1, 2])) + (b := tf.constant([1.5, 2.0])),
            a + 1.5,
            1.5 + a,
            b + 1,
            b + np.array([1.0, 2.0]),
            np.array([1.0, 2.0]) + b,
            a / 2,
            a // 2.0,
            a**0.5,
            2**a,
            -a,
            a < b,
            a == b,
            a != 1.5,
            a & 1,
            a - b,
            a * b,
            a % 2,
            tf.Variable([1, 2]) + b,
            [1, 2] + b,
            a + [1.5, 2.5],
            b < [1, 2],
            b + np.float64(1.0),
        ]
    ),
    "indices": _plain(
        lambda tnp, tf, np: [
            (x := tnp.arange(24).reshape(2, 3, 4))[1, tnp.newaxis, 1:3, ...],
            x[:, (True, False, True)],
            x[1, (0, 0, 1), tnp.asarray([0, 1, 1])],
            x[0, :, [0, 1, 2]],
            x[0, ::-1, 0],
            x[x > 20],
            x[..., -1],
            x[1][::-2],
            x[:, [1, 0]],
            x[tnp.asarray([0, 1]), 1],
            x[0, 2:0:-1, [1, 1]],
        ]
    ),
    "gradients": _plain(
        lambda tnp, tf, np: _gradient(
            tf, lambda x: tnp.sum(tnp.square(tnp.matmul(x, x.T)) + tnp.exp(x[0, 1])), _x(np, 2, 2)
        )
    ),
    "prefer_float32": _in(
        "legacy",
        lambda tnp, tf: [
            tnp.asarray(1.0),
            tnp.add(1.0, 2.0),
            tnp.ones([1]),
            tf.constant(1) + 1.5,
            tnp.mean([1, 2]),
            tnp.divide(1, 2),
            tnp.array(1),
        ],
        True,
    ),
    "weak constants": _in(
        "all",
        lambda tnp, tf: [
            tf.constant(5),
            tf.constant([1.0, 2]),
            tf.constant(5, tf.int32),
            tf.constant(True),
            -tf.constant(5),
            tf.constant(5) + tf.constant(1.0),
            tf.constant(5) + 1,
            tf.constant(5, tf.int8) + 1,
            tf.constant(5, tf.int8) + 1.0,
            tnp.array(1),
            tnp.array(1.0),
            tnp.ones([1]),
            tnp.arange(3),
            tf.constant(tf.constant(10, tf.int16), tf.float32),
            tf.constant(5) / tf.constant(2),
            tf.constant(5, tf.int8) / tf.constant(2, tf.int8),
            tf.constant(5) ** 2,
        ],
    ),
    "tf.add in the lattice": lambda tf, np: [
        tf.experimental.numpy.experimental_enable_numpy_behavior(dtype_conversion_mode="all"),
        tf.add(tf.add(np.array(1, np.int8), tf.constant(1)), np.array(1, np.float16)),
        tf.add(tf.add(tf.constant(1), np.array(1, np.int8)), np.array(1, np.float16)),
        np.array(3.0, np.float16) + tf.constant(1, tf.int8) + tf.constant(50),
    ],
    "table of all": _table("all"),
    "table of safe": _table("safe"),
}


def _gradient(tf: Any, function: Any, argument: Any) -> Any:
    x = tf.constant(argument)
    with tf.GradientTape() as tape:
        tape.watch(x)
        result = function(x)
    return tape.gradient(result, x)


ERRORS: dict[str, Any] = {
    "another mode": lambda tf, np: tf.experimental.numpy.experimental_enable_numpy_behavior(
        dtype_conversion_mode="new"
    ),
    "tf.add of two dtypes": lambda tf, np: _plain(lambda tnp, tf, np: tf.add(tf.constant(1), tf.constant(1.0)))(tf, np),
    "a method tensors have not": lambda tf, np: _plain(lambda tnp, tf, np: tf.constant([1.0]).sum())(tf, np),
    "assignment": lambda tf, np: _plain(lambda tnp, tf, np: _assign(tnp.arange(3)))(tf, np),
    "safe": lambda tf, np: _in("safe", lambda tnp, tf: tf.constant(1, tf.int32) + tf.constant(1.0, tf.float32))(tf, np),
    "safe widening": lambda tf, np: _in("safe", lambda tnp, tf: tf.constant(1, tf.int8) + tf.constant(1, tf.uint32))(
        tf, np
    ),
    "squeeze of two": lambda tf, np: _plain(lambda tnp, tf, np: tnp.squeeze(tnp.ones([2, 1]), axis=0))(tf, np),
    "padding mode": lambda tf, np: _plain(lambda tnp, tf, np: tnp.pad([1], 1, "wrap"))(tf, np),
}


def _assign(x: Any) -> None:
    x[1] = -1
