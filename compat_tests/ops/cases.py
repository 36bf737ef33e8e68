"""What is recorded from Keras 3 and computed again: expressions over `ops`, `np` and the arrays below."""

from __future__ import annotations

from typing import Any

import numpy as np


def arrays() -> dict[str, np.ndarray]:
    """The inputs by name."""
    rng = np.random.default_rng(7)
    f = rng.normal(size=(3, 4)).astype("float32")
    square = rng.normal(size=(2, 3, 3)).astype("float32")
    holes = rng.normal(size=(3, 4)).astype("float32")
    holes[0, 1] = holes[2, 3] = np.nan
    return {
        "f": f,
        "g": rng.normal(size=(3, 4)).astype("float32"),
        "p": rng.uniform(0.1, 0.9, size=(3, 4)).astype("float32"),
        "row": rng.normal(size=4).astype("float32"),
        "line": np.sort(rng.normal(size=9)).astype("float32"),
        "cube": rng.normal(size=(2, 3, 4)).astype("float32"),
        "d": rng.normal(size=(3, 4)),
        "i": rng.integers(-5, 6, size=(3, 4)).astype("int32"),
        "j": rng.integers(1, 5, size=(3, 4)).astype("int32"),
        "long": rng.integers(-9, 9, size=(3, 4)),
        "u": rng.integers(0, 255, size=(3, 4)).astype("uint8"),
        "b": rng.integers(0, 2, size=(3, 4)).astype(bool),
        "c": rng.integers(0, 2, size=(3, 4)).astype(bool),
        "h": rng.normal(size=(3, 4)).astype("float16"),
        "z": (rng.normal(size=(3, 4)) + 1j * rng.normal(size=(3, 4))).astype("complex64"),
        "special": np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 1.5, -2.5, 0.5], "float32"),
        "holes": holes,
        "ties": np.array([[3, 1, 3, 2], [2, 2, 1, 0], [0, 5, 5, 5]], "int32"),
        "square": square,
        "positive": (square @ square.swapaxes(1, 2) + 2 * np.eye(3)).astype("float32"),
        "tall": rng.normal(size=(5, 3)).astype("float32"),
        "right": rng.normal(size=(2, 3, 2)).astype("float32"),
        "signal": rng.normal(size=(2, 9, 3)).astype("float32"),
        "image": rng.uniform(size=(2, 6, 7, 3)).astype("float32"),
        "wide": rng.uniform(size=(2, 6, 8, 3)).astype("float32"),
        "bytes": rng.integers(0, 255, size=(6, 7, 3)).astype("uint8"),
        "volume": rng.normal(size=(1, 5, 6, 4, 2)).astype("float32"),
        "k1": rng.normal(size=(3, 3, 4)).astype("float32"),
        "k2": rng.normal(size=(3, 2, 3, 4)).astype("float32"),
        "k3": rng.normal(size=(2, 3, 2, 2, 3)).astype("float32"),
        "kt": rng.normal(size=(3, 2, 4, 3)).astype("float32"),
        "kd": rng.normal(size=(3, 3, 3, 2)).astype("float32"),
        "kd1": rng.normal(size=(3, 3, 2)).astype("float32"),
        "kp": rng.normal(size=(1, 1, 6, 5)).astype("float32"),
        "audio": rng.normal(size=(2, 40)).astype("float32"),
        "logits": rng.normal(size=(2, 6, 4)).astype("float32") * 3,
        "labels": np.array([[1, 2, 2], [3, 1, 0]], "int32"),
        "heads": rng.normal(size=(2, 5, 4, 3)).astype("float32"),
        "few": rng.normal(size=(2, 6, 2, 3)).astype("float32"),
        "places": rng.uniform(-3, 8, size=(2, 5)).astype("float32"),
        "turn": np.array([0.9, -0.3, 1.0, 0.2, 1.1, -1.5, 0.01, -0.02], "float32"),
    }


#: Types for which each function of one number is recorded.
_TYPES = ("f", "i", "b", "h", "u", "long", "bf", "d")

_FLOATS = (
    "arcsinh arctan cos cosh exp exp2 expm1 fabs sin sinc sinh tan tanh floor ceil deg2rad rad2deg cbrt i0 angle"
).split()
_POSITIVE = "sqrt log log2 log10 log1p".split()
_ANY = (
    "abs absolute sign signbit isfinite isinf isnan isposinf isneginf isreal logical_not square trunc nan_to_num "
    "zeros_like ones_like ravel transpose flip fliplr flipud tril triu diag diagonal copy sort argsort "
    "argmax argmin max min amax amin sum prod mean var std all any count_nonzero cumsum cumprod median average "
    "nansum nanmean nanmax nanmin nanprod nanvar nanstd nancumsum real imag conj conjugate squeeze trace size norm"
).split()
_NO_BOOL = "round ptp relu relu6".split()
_FLOAT_ONLY = (
    "rsqrt reciprocal sigmoid log_sigmoid softplus softsign silu gelu elu selu celu hard_sigmoid hard_silu hard_tanh "
    "hard_shrink soft_shrink tanh_shrink sparse_plus sparse_sigmoid squareplus softmax log_softmax glu "
    "logsumexp erf erfc normalize"
).split()
_SIGNLESS_BREAKS = {"sign": ("b",), "square": (), "real": ("b",), "conj": ("b",), "conjugate": ("b",)}
_PAIRS = "add subtract multiply divide true_divide divide_no_nan maximum minimum fmax fmin power".split()
_COMPARE = "equal not_equal greater greater_equal less less_equal logical_and logical_or logical_xor isclose".split()
_MIXED = (
    "f, g",
    "f, 2",
    "f, 2.5",
    "i, j",
    "i, 2",
    "i, 2.5",
    "i, f",
    "long, j",
    "long, f",
    "h, 2.5",
    "h, f",
    "f, d",
    "bf, h",
)


def _unary() -> dict[str, str]:
    found = {}
    for name in _FLOATS:
        for kind in _TYPES:
            if (name, kind) != ("i0", "bf"):
                found[f"{name}-{kind}"] = f"ops.{name}({kind})"
    for name in _POSITIVE:
        for kind in ("p", "j", "b", "u", "d"):
            found[f"{name}-{kind}"] = f"ops.{name}({kind})"
    for name in _ANY:
        for kind in ("f", "i", "b", "u", "h", "long"):
            if kind not in _SIGNLESS_BREAKS.get(name, ()):
                found[f"{name}-{kind}"] = f"ops.{name}({kind})"
    for name in _NO_BOOL:
        for kind in ("f", "i", "u", "h"):
            found[f"{name}-{kind}"] = f"ops.{name}({kind})"
    for name in _FLOAT_ONLY:
        for kind in ("f", "h", "d"):
            found[f"{name}-{kind}"] = f"ops.{name}({kind})"
    for name in ("isfinite", "isinf", "isnan", "isposinf", "isneginf", "signbit", "nan_to_num", "sign", "round", "abs"):
        found[f"{name}-special"] = f"ops.{name}(special)"
    for name in (
        "real",
        "imag",
        "angle",
        "conj",
        "abs",
        "exp",
        "sqrt",
        "square",
        "sum",
        "mean",
        "isreal",
        "view_as_real",
    ):
        found[f"{name}-z"] = f"ops.{name}(z)"
    return found


def _binary() -> dict[str, str]:
    found = {}
    for name in _PAIRS:
        for pair in _MIXED:
            if not (
                name == "power"
                and pair
                in ("f, 2.5", "f, g", "f, d", "i, j", "i, 2.5", "i, f", "h, 2.5", "h, f", "long, j", "long, f", "bf, h")
            ):
                found[f"{name}({pair})"] = f"ops.{name}({pair})"
    for name in _COMPARE:
        for pair in ("f, g", "i, j", "i, f", "f, 0.5", "long, 2"):
            found[f"{name}({pair})"] = f"ops.{name}({pair})"
    for pair in ("p, g", "p, 2", "p, 2.5", "j, i * i", "j, 2", "j, 2.5"):
        found[f"power({pair})"] = f"ops.power({pair})"
    for name in ("floor_divide", "mod", "fmod"):
        for pair in ("f, p", "i, j", "i, 2", "f, 2", "long, j", "i, -3", "i, 2.5"):
            found[f"{name}({pair})"] = f"ops.{name}({pair})"
    for name in ("arctan2", "hypot", "logaddexp", "logaddexp2", "heaviside"):
        for pair in ("f, g", "i, j", "h, f"):
            found[f"{name}({pair})"] = f"ops.{name}({pair})"
    for name in ("bitwise_and", "bitwise_or", "bitwise_xor"):
        for pair in ("i, j", "u, 5", "i, 3", "b, i"):
            found[f"{name}({pair})"] = f"ops.{name}({pair})"
    return found


_MORE = """
ops.nextafter(f, g)
ops.gcd(i, j)
ops.lcm(i, j)
ops.ldexp(f, j)
ops.left_shift(j, 2)
ops.right_shift(i, j)
ops.bitwise_left_shift(j, j)
ops.bitwise_right_shift(u, 1)
ops.bitwise_not(i)
ops.bitwise_invert(u)
ops.clip(f, -0.5, 0.5)
ops.clip(i, -2, 2)
ops.clip(f, -1.0, np.abs(row))
ops.clip(b, 0, 1)
ops.divide_no_nan(i, i)
ops.polar(p, f)
ops.view_as_complex(cube[..., :2])
ops.arccos(p)
ops.arcsin(p)
ops.arctanh(p)
ops.arccosh(j)
ops.erfinv(p)
ops.threshold(f, 0.2, -1.0)
ops.round(f, 2)
ops.nan_to_num(special, nan=1.0, posinf=9.0, neginf=-9.0)
ops.negative(i)
ops.add([1, 2], [3.5, 4])
ops.add(1, 2)
ops.add(1, 2.5)
ops.multiply(True, 3)
ops.add(b, 1)
ops.add(b, 1.5)
ops.add(u, i)
ops.add(u, ops.cast(i, "int8"))
ops.multiply(u, f)
ops.allclose(f, f + 1e-9)
ops.isclose(holes, holes, equal_nan=True)
ops.isin(ties, [1, 5])
ops.isin(ties, [1, 5], invert=True)
ops.where(b, f, g)
ops.where(b, f, 0.0)
ops.where(b, i, 0.5)
ops.where(b, 1, 2)
ops.where(f > 0, f, i)
ops.where(b)
ops.where(i, f, g)
ops.select([b, c], [f, g], 0.5)
ops.select([f > 0.5, f < -0.5], [i, j], 7)
ops.cast(f, "int32")
ops.cast(i, "float16")
ops.cast(f, "bool")
ops.cast(special[5:], "int32")
ops.saturate_cast(f * 300, "uint8")
ops.saturate_cast(f * 1e12, "int16")
ops.saturate_cast(i, "uint8")
ops.saturate_cast(f * 1e6, "float16")
ops.convert_to_tensor([1, 2])
ops.convert_to_tensor([1.0, 2])
ops.convert_to_tensor([True, False])
ops.convert_to_tensor(d)
ops.convert_to_tensor(3, "float32")
ops.array([[1, 2], [3, 4]], dtype="float16")
ops.view(f, "int32")
ops.view(u, "int8")
ops.zeros((2, 3))
ops.zeros(3, "int32")
ops.ones((2,), dtype="bool")
ops.full((2, 3), 7)
ops.full((2, 3), row[:3])
ops.full((2,), 1.5, dtype="int32")
ops.zeros_like(f, dtype="int32")
ops.full_like(i, 2.7)
ops.full_like(f, 2, dtype="int64")
ops.eye(3)
ops.eye(3, 4, 1, dtype="int32")
ops.eye(3, k=-1)
ops.identity(3)
ops.tri(3)
ops.tri(3, 5, 1)
ops.tri(4, k=-1, dtype="bool")
ops.arange(5)
ops.arange(2, 9, 3)
ops.arange(5.0)
ops.arange(0, 1, 0.25)
ops.arange(3, dtype="float32")
ops.arange(5, 0, -2)
ops.linspace(0, 1, 5)
ops.linspace(0.0, 10.0, 4, endpoint=False)
ops.linspace(row, row + 3, 3, axis=-1)
ops.linspace(0, 5, 6, retstep=True)
ops.linspace(0, 9, 4, dtype="int32")
ops.logspace(0, 2, 3)
ops.logspace(0, 3, 4, base=2)
ops.geomspace(1.0, 1000.0, 4)
ops.geomspace(1.0, 256.0, 8, endpoint=False)
ops.meshgrid(row, line[:3])
ops.meshgrid(row, line[:3], indexing="ij")
ops.bartlett(7)
ops.blackman(7)
ops.hamming(7)
ops.hanning(7)
ops.kaiser(7, 8.6)
ops.sum(f, axis=1)
ops.sum(f, axis=(0, 1))
ops.sum(cube, axis=[0, 2], keepdims=True)
ops.sum(u, axis=-1)
ops.mean(f, axis=0)
ops.mean(i, axis=1, keepdims=True)
ops.mean(cube, axis=(0, 2))
ops.max(f, axis=1)
ops.max(f, axis=0, keepdims=True)
ops.max(f, initial=5.0)
ops.min(i, axis=1, initial=-7)
ops.var(cube, axis=(1, 2), keepdims=True)
ops.std(f, axis=-1)
ops.prod(j, axis=1)
ops.all(b, axis=1)
ops.any(b, axis=(0, 1), keepdims=True)
ops.count_nonzero(i, axis=0)
ops.argmax(f, axis=1)
ops.argmax(ties, axis=-1, keepdims=True)
ops.argmin(ties, axis=0)
ops.argmin(f)
ops.cumsum(f, axis=1)
ops.cumsum(i, axis=0, dtype="float32")
ops.cumprod(f, axis=-1)
ops.logsumexp(f, axis=1)
ops.logsumexp(cube, axis=(0, 2), keepdims=True)
ops.median(f, axis=1)
ops.median(cube, axis=(0, 1), keepdims=True)
ops.ptp(f, axis=0)
ops.nansum(holes, axis=1)
ops.nanmean(holes, axis=0)
ops.nanmax(holes, axis=1, keepdims=True)
ops.nanmin(holes)
ops.nanprod(holes, axis=0)
ops.nanvar(holes, axis=1)
ops.nanstd(holes)
ops.nanargmax(holes, axis=1)
ops.nanargmin(holes, axis=0)
ops.nancumsum(holes, axis=1)
ops.nancumprod(holes, axis=0)
ops.nanmedian(holes, axis=1)
ops.nanquantile(holes, 0.3, axis=1)
ops.nanpercentile(holes, 40.0, axis=0)
ops.quantile(f, 0.25)
ops.quantile(f, 0.5, axis=1)
ops.quantile(f, [0.1, 0.5, 0.9], axis=0)
ops.quantile(cube, [0.25, 0.75], axis=(0, 2), keepdims=True)
ops.quantile(f, 0.3, axis=1, method="lower")
ops.quantile(f, 0.3, axis=1, method="higher")
ops.quantile(f, 0.3, axis=1, method="midpoint")
ops.quantile(f, 0.3, axis=1, method="nearest")
ops.quantile(holes, 0.5, axis=1)
ops.percentile(f, 40.0, axis=1)
ops.average(f, axis=1)
ops.average(f, axis=1, weights=row)
ops.average(f, weights=p)
ops.average(i, axis=0)
ops.bincount(ops.convert_to_tensor([1, 1, 3, 0]))
ops.bincount(ops.convert_to_tensor([1, 1, 3, 0]), weights=ops.convert_to_tensor([0.5, 1.5, 2.0, 1.0]))
ops.bincount(ops.convert_to_tensor([1, 1, 3, 0]), minlength=6)
ops.bincount(ties)
ops.histogram(f.reshape(-1), 4)
ops.histogram(line, 3, range=(-1.0, 1.0))
ops.digitize(f, line)
ops.digitize(i, [-2, 0, 3])
ops.corrcoef(f)
ops.correlate(line, row)
ops.correlate(line, row, mode="same")
ops.correlate(line, row, mode="full")
ops.correlate(j[0], j[1])
ops.trapezoid(f)
ops.trapezoid(f, dx=0.5, axis=0)
ops.trapezoid(f, x=np.sort(g, -1))
ops.moments(cube, (0, 2))
ops.moments(h, [0], keepdims=True)
ops.reshape(f, (2, 6))
ops.reshape(f, (-1, 2))
ops.reshape(f, -1)
ops.transpose(cube)
ops.transpose(cube, (1, 0, 2))
ops.swapaxes(cube, 0, -1)
ops.moveaxis(cube, 0, -1)
ops.moveaxis(cube, [0, 1], [-1, 0])
ops.expand_dims(f, 1)
ops.expand_dims(f, -1)
ops.expand_dims(f, (0, -1))
ops.squeeze(f[:1])
ops.squeeze(f[None, :, :1], axis=(0, 2))
ops.broadcast_to(row, (3, 4))
ops.flip(f, axis=1)
ops.flip(cube, axis=(0, 2))
ops.roll(f, 2)
ops.roll(f, 1, axis=1)
ops.roll(f, (1, 2), axis=(0, 1))
ops.rot90(f)
ops.rot90(f, 3)
ops.rot90(cube, 1, (1, 2))
ops.pad(row, ((2, 1),))
ops.pad(f, ((1, 2), (0, 3)))
ops.pad(f, ((1, 1), (2, 2)), constant_values=7)
ops.pad(i, ((1, 0), (0, 1)), "constant", 3)
ops.pad(f, ((2, 1), (1, 3)), mode="reflect")
ops.pad(f, ((2, 1), (1, 3)), mode="symmetric")
ops.pad(b, ((1, 0), (0, 1)))
ops.repeat(f, 2)
ops.repeat(f, 2, axis=0)
ops.repeat(f, [1, 2, 0], axis=0)
ops.tile(f, (2, 1))
ops.tile(f, 2)
ops.tile(row, (2, 3))
ops.concatenate([f, g])
ops.concatenate([f, i], axis=1)
ops.concatenate([i, long], axis=-1)
ops.stack([f, g])
ops.stack([f, i, g], axis=-1)
ops.stack([1, 2])
ops.append(f, g)
ops.append(f, i, axis=0)
ops.hstack([f, g])
ops.vstack([f, g])
ops.dstack([f, g])
ops.hstack([row, row])
ops.unstack(f)
ops.unstack(cube, axis=1)
ops.split(f, 2, axis=1)
ops.split(f, [1, 2], axis=0)
ops.split(line, 3)
ops.array_split(line, 4)
ops.hsplit(f, 2)
ops.vsplit(f, 3)
ops.dsplit(cube, 2)
ops.diag(row)
ops.diag(row, 1)
ops.diag(f, -1)
ops.diagflat(f[:2, :2])
ops.diagonal(cube, 1, 0, 2)
ops.tril(f, 1)
ops.triu(f, -1)
ops.vander(row)
ops.vander(row, 3, increasing=True)
ops.diff(f)
ops.diff(f, n=2, axis=0)
ops.take(f, [0, 2], axis=0)
ops.take(f, [-1, 1], axis=1)
ops.take(f, [0, 5, -1])
ops.take(cube, [[0, 1], [2, 1]], axis=1)
ops.take(f, 1, axis=0)
ops.take_along_axis(f, np.argsort(f, 1), axis=1)
ops.take_along_axis(f, [[0], [1], [-1]], axis=1)
ops.take_along_axis(f, [0, 5])
ops.get_item(f, (slice(None), 1))
ops.get_item(f, 0)
ops.slice(f, (1, 1), (2, 2))
ops.slice(cube, [0, 1, 0], [2, 1, 3])
ops.slice_update(f, (1, 2), np.ones((2, 2), "float32"))
ops.scatter([[0], [2], [2]], ops.convert_to_tensor([1.0, 2.0, 3.0]), (4,))
ops.scatter([[0, 1], [2, 3]], ops.convert_to_tensor([5, 6]), (3, 4))
ops.scatter_update(f, [[0, 1], [2, 3]], ops.convert_to_tensor([5.0, 6.0]))
ops.scatter_update(f, [[0], [2]], f[:2])
ops.scatter_update(f, [[0], [0]], f[:2], reduction="add")
ops.scatter_update(f, [[0], [0]], f[:2], reduction="max")
ops.scatter_update(f, [[0], [0]], f[:2], reduction="min")
ops.scatter_update(ops.convert_to_tensor(f), np.array([[0], [2]]), ops.convert_to_tensor(g[:2]), reduction="mul")
ops.nonzero(i)
ops.unravel_index(ops.convert_to_tensor([1, 5, 11]), (3, 4))
ops.sort(f, axis=0)
ops.argsort(f, axis=0)
ops.argsort(ties)
ops.argsort(f, axis=None)
ops.top_k(f, 2)
ops.top_k(ties, 3)
ops.in_top_k([1, 0, 3], f, 2)
ops.in_top_k([0, 1, 1], ops.cast(ties, "float32"), 1)
ops.searchsorted(line, row)
ops.searchsorted(ops.convert_to_tensor([1, 3, 3, 5]), ops.convert_to_tensor([3, 0, 6]), side="right")
ops.unique(ties)
ops.unique(ties, return_index=True, return_inverse=True, return_counts=True)
ops.unique(ties[[0, 1, 0]], axis=0, return_counts=True)
ops.one_hot([1, 3, -1, 4], 4)
ops.one_hot(j, 5, axis=1)
ops.one_hot([0, 2], 3, dtype="int32")
ops.multi_hot(np.array([[0, 2], [1, 1]]), 4)
ops.multi_hot(np.array([0, 3]), 4)
ops.segment_sum(f, np.array([0, 0, 1]))
ops.segment_sum(f, np.array([0, 0, 1]), num_segments=4)
ops.segment_sum(i, np.array([1, 0, 1]), 2)
ops.segment_max(f, np.array([0, 0, 1]))
ops.segment_max(f, np.array([0, 0, 2]), 3)
ops.segment_min(i, np.array([1, 1, 0]), 3)
ops.segment_prod(f, np.array([1, 1, 0]), 3)
ops.matmul(f, g.T)
ops.matmul(cube, f.T)
ops.matmul(row, f.T)
ops.matmul(i, j.T)
ops.matmul(i, f.T)
ops.matmul(ops.cast(i, "int8"), ops.cast(j.T, "int8"))
ops.dot(f, g.T)
ops.dot(f, 2.0)
ops.dot(cube, f.T)
ops.dot(row, row)
ops.dot(cube, np.swapaxes(cube, 1, 2))
ops.vdot(f, g)
ops.inner(f, g)
ops.inner(row, row)
ops.outer(row, line)
ops.outer(i, 2.5)
ops.kron(f[:2, :2], g[:2, :1])
ops.cross(tall, tall[::-1])
ops.cross(tall[:, :2], tall[::-1, :2])
ops.cross(tall[:, :2], tall)
ops.tensordot(cube, np.swapaxes(cube, 0, 2), 1)
ops.tensordot(cube, cube, axes=((0, 1), (0, 1)))
ops.tensordot(f, g, axes=2)
ops.einsum("ij,kj->ik", f, g)
ops.einsum("bij,bij->b", cube, cube)
ops.einsum("ii->i", f[:3, :3])
ops.einsum("...j,j->...", cube, row)
ops.einsum("ij,ij->", i, j)
ops.trace(cube, 1, 0, 1)
ops.trace(u)
ops.cdist(f, g)
ops.linalg.cholesky(positive)
ops.linalg.cholesky(positive, upper=True)
ops.linalg.cholesky_inverse(ops.linalg.cholesky(positive))
ops.linalg.det(square)
ops.slogdet(square)
ops.logdet(positive)
ops.linalg.eigh(positive)[0]
ops.linalg.inv(square)
ops.linalg.pinv(tall)
ops.linalg.matrix_rank(square)
ops.linalg.lu_factor(square[0])
ops.abs(ops.linalg.qr(tall)[1])
ops.abs(ops.linalg.qr(tall, mode="complete")[0][:, :3])
ops.linalg.solve(square, right)
ops.linalg.solve(square[0], right[0, :, 0])
ops.linalg.solve_triangular(positive, right, lower=True)
ops.linalg.solve_triangular(positive, right)
ops.linalg.svd(tall)[1]
ops.abs(ops.linalg.svd(tall, full_matrices=False)[2])
ops.linalg.svd(square, compute_uv=False)
ops.linalg.lstsq(tall, tall @ np.ones((3, 2), "float32"))
ops.linalg.lstsq(tall, line[:5])
ops.linalg.norm(f)
ops.linalg.norm(f, axis=1)
ops.linalg.norm(f, ord=1, axis=0, keepdims=True)
ops.linalg.norm(f, ord=3, axis=1)
ops.linalg.norm(f, ord=np.inf, axis=1)
ops.linalg.norm(f, ord=0, axis=1)
ops.linalg.norm(f, ord="fro", axis=(0, 1))
ops.linalg.norm(f, ord="nuc", axis=(0, 1), keepdims=True)
ops.linalg.norm(f, ord=2, axis=(0, 1))
ops.linalg.norm(cube, ord=1, axis=(1, 2))
ops.linalg.norm(cube, ord=-np.inf, axis=(0, 2))
ops.linalg.norm(cube[:, :, 0])
ops.linalg.jvp(lambda x: ops.sum(x * x, axis=1), (ops.convert_to_tensor(f),), (ops.convert_to_tensor(g),))
ops.fft((f, g))
ops.fft2((cube, cube * 2))
ops.ifft2((cube, cube * 2))
ops.rfft(f)
ops.rfft(f, 6)
ops.irfft((f, g))
ops.irfft((f, g), 5)
ops.stft(audio, 8, 4, 8)
ops.stft(audio, 6, 3, 8, window="hamming", center=False)
ops.stft(audio, 8, 4, 8, window=None)
ops.istft(ops.stft(audio, 8, 4, 8), 8, 4, 8)
ops.istft(ops.stft(audio, 6, 3, 8), 6, 3, 8, length=36)
ops.extract_sequences(audio, 8, 5)
ops.leaky_relu(f)
ops.leaky_relu(f, negative_slope=0.1)
ops.elu(f, alpha=0.5)
ops.celu(f, alpha=0.5)
ops.gelu(f, approximate=False)
ops.hard_shrink(f, threshold=1.0)
ops.soft_shrink(f, threshold=0.2)
ops.softmax(f, axis=0)
ops.softmax(cube, axis=(1, 2))
ops.log_softmax(f, axis=0)
ops.log_softmax(cube, axis=(0, 2))
ops.glu(f, axis=1)
ops.swish(f)
ops.hard_swish(f)
ops.conv(signal, k1)
ops.conv(signal, k1, strides=2, padding="same")
ops.conv(image, k2)
ops.conv(image, k2, strides=2, padding="same")
ops.conv(image, k2, strides=(2, 1), padding="valid")
ops.conv(image, k2, padding="same", dilation_rate=2)
ops.conv(image, k2[:, :, :1, :3], padding="same")
ops.conv(volume, k3, strides=(1, 2, 1), padding="same")
ops.conv_transpose(image, kt)
ops.conv_transpose(image, kt, strides=2, padding="same")
ops.conv_transpose(image, kt, strides=(2, 3), padding="valid")
ops.conv_transpose(image, kt, strides=2, padding="same", output_padding=1)
ops.conv_transpose(image, kt, strides=2, padding="valid", output_padding=1)
ops.conv_transpose(signal, k1.transpose(0, 2, 1), strides=3, padding="same")
ops.depthwise_conv(image, kd)
ops.depthwise_conv(image, kd, strides=2, padding="same")
ops.depthwise_conv(signal, kd1, padding="same")
ops.separable_conv(image, kd, kp, padding="same")
ops.separable_conv(image, kd, kp, strides=2)
ops.max_pool(image, 2)
ops.max_pool(image, 3, strides=2, padding="same")
ops.max_pool(signal, 2, strides=1, padding="same")
ops.max_pool(volume, (2, 2, 1))
ops.average_pool(image, 2)
ops.average_pool(image, 3, strides=2, padding="same")
ops.average_pool(signal, 4, padding="same")
ops.average_pool(volume, (2, 3, 2), strides=1, padding="same")
ops.adaptive_average_pool(ops.convert_to_tensor(image), 3, data_format="channels_last")
ops.adaptive_average_pool(ops.convert_to_tensor(signal), 4)
ops.adaptive_max_pool(ops.convert_to_tensor(image), (2, 3), data_format="channels_last")
ops.batch_normalization(f, row, ops.abs(row) + 1, axis=-1)
ops.batch_normalization(cube, row[:3], p[0, :3], axis=1, offset=row[1:], scale=p[1, :3])
ops.layer_normalization(f)
ops.layer_normalization(f, gamma=row, beta=p[0])
ops.layer_normalization(cube, gamma=p[0, :3], beta=p[1, :3], axis=1)
ops.layer_normalization(cube, axis=(1, 2), epsilon=1e-3)
ops.layer_normalization(h)
ops.rms_normalization(f)
ops.rms_normalization(f, scale=row, axis=-1, epsilon=1e-3)
ops.normalize(f, axis=0)
ops.normalize(f, order=3)
ops.normalize(np.zeros((2, 3), "float32"))
ops.binary_crossentropy(ops.cast(b, "float32"), p)
ops.binary_crossentropy(ops.cast(b, "float32"), f, from_logits=True)
ops.binary_crossentropy(ops.cast(b, "float32"), ops.cast(c, "float32"))
ops.categorical_crossentropy(np.eye(4, dtype="float32")[:3], p)
ops.categorical_crossentropy(np.eye(4, dtype="float32")[:3], f, from_logits=True)
ops.categorical_crossentropy(np.eye(3, 4, dtype="float32"), p, axis=0)
ops.sparse_categorical_crossentropy([1, 3, 0], p)
ops.sparse_categorical_crossentropy([[1], [3], [0]], f, from_logits=True)
ops.categorical_crossentropy(np.eye(4, dtype="float32")[:3], ops.softmax(f * 50))
ops.ctc_loss(labels, logits, [3, 2], [6, 5], mask_index=0)
ops.ctc_loss(labels - 1, logits, [3, 2], [6, 6], mask_index=3)
ops.ctc_decode(logits, [6, 4])
ops.ctc_decode(logits, [6, 4], merge_repeated=False, mask_index=3)
ops.ctc_decode(logits, [6, 4], strategy="beam_search", beam_width=50, top_paths=2)
ops.dot_product_attention(heads, heads, heads * 2)
ops.dot_product_attention(heads, heads, heads, is_causal=True)
ops.dot_product_attention(heads, few, few, scale=0.3)
ops.dot_product_attention(heads, heads, heads, mask=np.arange(5) < 3)
ops.dot_product_attention(heads, heads, heads, bias=np.arange(5, dtype="float32"), is_causal=True)
ops.unfold(image.transpose(0, 3, 1, 2), 3)
ops.unfold(image.transpose(0, 3, 1, 2), (2, 3), dilation=2, padding=1, stride=2)
ops.fold(ops.unfold(image.transpose(0, 3, 1, 2), 3, padding=1), (6, 7), 3, padding=1)
ops.space_to_depth(wide, 2)
ops.depth_to_space(np.tile(wide, (1, 1, 1, 4)), 2)
ops.space_to_depth(wide.transpose(0, 3, 1, 2), 2, data_format="channels_first")
ops.rearrange(wide, "b h w c -> b c h w")
ops.rearrange(wide, "b h w c -> (b h) w c")
ops.rearrange(wide, "b (h h1) (w w1) c -> b h w (c h1 w1)", h1=2, w1=2)
ops.psnr(f, g, 2.0)
ops.image.resize(image, (4, 9))
ops.image.resize(image, (9, 5), interpolation="nearest")
ops.image.resize(image, (4, 9), interpolation="bicubic")
ops.image.resize(image, (3, 3), antialias=True)
ops.image.resize(image, (4, 9), interpolation="lanczos3")
ops.image.resize(bytes, (5, 9))
ops.image.resize(bytes, (4, 9), interpolation="nearest")
ops.image.resize(image, (4, 4), crop_to_aspect_ratio=True)
ops.image.resize(image, (4, 4), pad_to_aspect_ratio=True, fill_value=0.5)
ops.image.pad_images(image, 1, 2, 3, 4)
ops.image.pad_images(image, top_padding=1, left_padding=2, target_height=10, target_width=12)
ops.image.crop_images(image, 1, 2, 3, 1)
ops.image.crop_images(image, top_cropping=1, left_cropping=2, target_height=3, target_width=4)
ops.image.rgb_to_grayscale(image)
ops.image.rgb_to_grayscale(bytes)
ops.image.rgb_to_hsv(image)
ops.image.hsv_to_rgb(image)
ops.image.extract_patches(image, (2, 3))
ops.image.extract_patches(image, 3, strides=1, padding="same")
ops.image.extract_patches(image[0], 2, strides=1, dilation_rate=2)
ops.image.extract_patches_3d(volume, 2, strides=2)
ops.image.gaussian_blur(image)
ops.image.gaussian_blur(image, (5, 5), (0.7, 1.4))
ops.image.sobel_edges(image)
ops.image.ssim(np.tile(image, (1, 2, 2, 1)), np.tile(image * 0.9, (1, 2, 2, 1)))
ops.image.affine_transform(image, turn)
ops.image.affine_transform(image, turn, interpolation="nearest")
ops.image.affine_transform(image, turn, fill_mode="nearest")
ops.image.affine_transform(image, turn * 3, fill_mode="reflect")
ops.image.affine_transform(image, turn * 3, fill_mode="wrap")
ops.image.affine_transform(image, turn, fill_value=0.5)
ops.image.affine_transform(bytes, turn)
ops.image.perspective_transform(image, [[0, 0], [6, 0], [0, 5], [6, 5]], [[1, 0], [5, 1], [0, 4], [6, 5]])
ops.image.map_coordinates(f, places * 0.5, 1)
ops.image.map_coordinates(f, places, 0)
ops.image.map_coordinates(f, places, 1, fill_mode="nearest")
ops.image.map_coordinates(f, places, 1, fill_mode="wrap")
ops.image.map_coordinates(f, places, 1, fill_value=2.0)
ops.image.scale_and_translate(image, (2, 8, 9, 3), [1.5, 1.2], [0.3, -0.4], (1, 2), "linear")
ops.image.scale_and_translate(image, (2, 3, 4, 3), [0.5, 0.6], [0.0, 0.1], (1, 2), "cubic")
ops.image.scale_and_translate(image, (2, 3, 4, 3), [0.5, 0.6], [0.0, 0.1], (1, 2), "lanczos3", antialias=False)
ops.cond(True, lambda: ops.convert_to_tensor(f) * 2, lambda: ops.convert_to_tensor(g))
ops.cond(ops.sum(i) > 1000, lambda: 1.0, lambda: 2.0)
ops.switch(1, [lambda x: x + 1, lambda x: x * 3], ops.convert_to_tensor(f))
ops.while_loop(lambda k, x: k < 3, lambda k, x: (k + 1, x * 2), (0, ops.convert_to_tensor(f)))
ops.while_loop(lambda k: k < 100, lambda k: k + 7, ops.convert_to_tensor(0), maximum_iterations=4)
ops.fori_loop(1, 4, lambda k, x: x * 2.0, ops.convert_to_tensor(f))
ops.scan(lambda s, x: (s + x, s * 2), ops.convert_to_tensor(row * 0), ops.convert_to_tensor(f))
ops.scan(lambda s, x: (s + x, s * 2), ops.convert_to_tensor(row * 0), ops.convert_to_tensor(f), reverse=True)
ops.associative_scan(lambda x, y: x + y, ops.convert_to_tensor(f), axis=1)
ops.associative_scan(lambda x, y: x * y, ops.convert_to_tensor(line), reverse=True)
ops.map(lambda x: ops.sum(x) * 2, ops.convert_to_tensor(f))
ops.vectorized_map(lambda x: ops.sum(x * x), ops.convert_to_tensor(f))
ops.shape(f)
ops.dtype(ops.convert_to_tensor(f))
ops.ndim(cube)
ops.stop_gradient(ops.convert_to_tensor(f))
ops.convert_to_numpy(ops.convert_to_tensor(f))
"""


def cases() -> dict[str, str]:
    """Names to expressions."""
    more = [line for line in _MORE.strip().splitlines() if line and not line.startswith("#")]
    return _unary() | _binary() | {expression.removeprefix("ops."): expression for expression in more}


def evaluate(expression: str, ops: Any) -> list[Any]:
    """The results of an expression with this `keras.ops`, flattened: tensors, numbers, names of dtypes."""
    names = arrays()
    # The table above is all that is ever evaluated.
    result = eval(expression, {"ops": ops, "np": np, "bf": ops.cast(names["f"], "bfloat16"), **names})
    return list(_leaves(result))


def _leaves(result: Any) -> Any:
    if isinstance(result, (list, tuple)):
        for part in result:
            yield from _leaves(part)
    else:
        yield result
