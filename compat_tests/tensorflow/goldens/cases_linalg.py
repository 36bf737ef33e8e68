"""tf.linalg: results and wrong uses. Of decompositions only what is unique is compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Case = Callable[[Any, Any], Any]
CASES: dict[str, Case] = {}
ERRORS: dict[str, Case] = {}

A = [[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 5.0]]  # symmetric, positive definite
B = [[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]]
BATCH = [[[2.0, 1.0], [0.5, 3.0]], [[1.0, -1.0], [2.0, 4.0]]]


def gradient(function: Callable[..., Any], *values: Any) -> Case:
    """The gradients of the sum of squares of a function of tensors, in these."""

    def case(tf: Any, np: Any) -> Any:
        sources = [tf.constant(v, tf.float64) for v in values]
        with tf.GradientTape() as tape:
            for source in sources:
                tape.watch(source)
            target = tf.reduce_sum(tf.square(function(tf, *sources)))
        return tape.gradient(target, sources)

    return case


def bands(np: Any) -> Any:
    return np.arange(1.0, 13.0).reshape(3, 4)


CASES.update(
    {
        "matmul": lambda tf, np: [tf.matmul(A, B), tf.linalg.matmul([[1, 2]], [[3], [4]]), tf.matmul(BATCH, BATCH)],
        "matmul transposed": lambda tf, np: [
            tf.matmul(A, B, transpose_a=True),
            tf.matmul(B, B, transpose_b=True),
            tf.matmul(B, B, True),
        ],
        "matmul adjoint": lambda tf, np: tf.matmul(
            tf.constant([[1 + 2j, 3j]]), tf.constant([[1j, 2.0]]), adjoint_b=True
        ),
        "matmul broadcast": lambda tf, np: tf.matmul(BATCH, [[1.0], [2.0]]),
        "matmul variable": lambda tf, np: tf.matmul(tf.Variable(A), np.array(B, np.float32)),
        "matmul half": lambda tf, np: tf.matmul(tf.constant(B, tf.float16), tf.constant([[1.0], [2.0]], tf.float16)),
        "gradient matmul": gradient(lambda tf, a, b: tf.matmul(a, b), A, B),
        "matvec": lambda tf, np: [
            tf.linalg.matvec(A, [1.0, 2.0, 3.0]),
            tf.linalg.matvec(B, [1.0, 2.0, 3.0], transpose_a=True),
            tf.linalg.matvec(BATCH, [[1.0, 2.0], [3.0, 4.0]]),
        ],
        "tensordot": lambda tf, np: [
            tf.tensordot(A, B, 1),
            tf.tensordot(A, A, axes=2),
            tf.tensordot(A, B, axes=[[0], [0]]),
            tf.tensordot([1.0, 2.0], [3.0, 4.0], 0),
            tf.tensordot(BATCH, BATCH, [[1, 2], [2, 1]]),
            tf.tensordot(A, B, axes=[1, 0]),
        ],
        "gradient tensordot": gradient(lambda tf, a, b: tf.tensordot(a, b, [[0], [0]]), A, B),
        "einsum": lambda tf, np: [
            tf.einsum("ij,jk->ik", tf.constant(A), tf.constant(B)),
            tf.einsum("ii->i", tf.constant(A)),
            tf.einsum("bij,bjk->bik", tf.constant(BATCH), tf.constant(BATCH)),
            tf.einsum("...ij->...ji", tf.constant(BATCH)),
            tf.einsum("ij->", tf.constant(A)),
            tf.einsum("ij,jk", tf.constant(A), tf.constant(B)),
            tf.einsum("i,j->ij", tf.constant([1, 2]), tf.constant([3, 4])),
        ],
        "gradient einsum": gradient(lambda tf, a, b: tf.einsum("ij,jk->ki", a, b), A, B),
        "cross": lambda tf, np: [
            tf.linalg.cross([1.0, 2.0, 3.0], [4.0, 5.0, 7.0]),
            tf.linalg.cross([[1, 0, 0]], [[0, 1, 0]]),
        ],
        "matrix_transpose": lambda tf, np: [tf.linalg.matrix_transpose(BATCH), tf.linalg.matrix_transpose(B)],
        "adjoint": lambda tf, np: tf.linalg.adjoint(tf.constant([[1 + 2j, 3j]])),
        # --- diagonals ---
        "diag": lambda tf, np: [
            tf.linalg.diag([1, 2, 3]),
            tf.linalg.diag([[1.0, 2.0], [3.0, 4.0]]),
            tf.linalg.diag([1, 2], k=1),
            tf.linalg.diag([1, 2], k=-1, padding_value=9),
            tf.linalg.diag([1, 2], num_rows=3, num_cols=2),
            tf.linalg.diag([1, 2], k=1, num_rows=2),
        ],
        "diag several": lambda tf, np: [
            tf.linalg.diag(np.array([[0, 8, 9], [1, 2, 3], [4, 5, 0]]), k=(-1, 1)),
            tf.linalg.diag(np.array([[8, 9, 0], [1, 2, 3], [0, 4, 5]]), k=(-1, 1), align="LEFT_RIGHT"),
            tf.linalg.diag(np.array([[1, 2, 3], [4, 5, 0]]), k=(-1, 0), num_rows=4, num_cols=3),
        ],
        "diag_part": lambda tf, np: [
            tf.linalg.diag_part(A),
            tf.linalg.diag_part(bands(np)),
            tf.linalg.diag_part(bands(np), k=1),
            tf.linalg.diag_part(bands(np), k=-2),
            tf.linalg.diag_part(bands(np), k=(-1, 2), padding_value=-7.0),
            tf.linalg.diag_part(bands(np), k=(-1, 0), align="LEFT_LEFT"),
        ],
        "set_diag": lambda tf, np: [
            tf.linalg.set_diag(A, [7.0, 8.0, 9.0]),
            tf.linalg.set_diag(bands(np), np.array([7.0, 8.0, 9.0]), k=1),
            tf.linalg.set_diag(bands(np), np.ones((2, 3)), k=(0, 1)),
        ],
        "gradient diag": gradient(lambda tf, x: tf.linalg.diag(x, k=1), [1.0, 2.0]),
        "gradient diag_part": gradient(lambda tf, x: tf.linalg.diag_part(x), A),
        "gradient set_diag": gradient(lambda tf, x, d: tf.linalg.set_diag(x, d), A, [7.0, 8.0, 9.0]),
        "band_part": lambda tf, np: [
            tf.linalg.band_part(A, 0, -1),
            tf.linalg.band_part(A, -1, 0),
            tf.linalg.band_part(bands(np), 1, 1),
            tf.linalg.band_part(tf.ones([3, 3]), -1, 0),
            tf.linalg.band_part([[1, 2], [3, 4]], 0, 0),
        ],
        "gradient band_part": gradient(lambda tf, x: tf.linalg.band_part(x, 0, 1), A),
        "trace": lambda tf, np: [tf.linalg.trace(A), tf.linalg.trace([[1, 2], [3, 4]]), tf.linalg.trace(BATCH)],
        "tensor_diag": lambda tf, np: [tf.linalg.tensor_diag([1, 2]), tf.linalg.tensor_diag([[1.0, 2.0], [3.0, 4.0]])],
        "tensor_diag_part": lambda tf, np: [
            tf.linalg.tensor_diag_part(A),
            tf.linalg.tensor_diag_part(np.arange(16).reshape(2, 2, 2, 2)),
        ],
        "eye": lambda tf, np: tf.linalg.eye(2, 3),
        # --- systems ---
        "det": lambda tf, np: [tf.linalg.det(A), tf.linalg.det(BATCH)],
        "slogdet": lambda tf, np: [tf.linalg.slogdet(BATCH), tf.linalg.slogdet(A).log_abs_determinant],
        "logdet": lambda tf, np: tf.linalg.logdet(A),
        "inv": lambda tf, np: [tf.linalg.inv(A), tf.linalg.inv(BATCH), tf.linalg.inv(BATCH, adjoint=True)],
        "solve": lambda tf, np: [tf.linalg.solve(A, B), tf.linalg.solve(BATCH, BATCH, adjoint=True)],
        "gradient inv": gradient(lambda tf, a: tf.linalg.inv(a), A),
        "gradient det": gradient(lambda tf, a: tf.linalg.det(a), A),
        "gradient solve": gradient(lambda tf, a, b: tf.linalg.solve(a, b), A, B),
        "triangular_solve": lambda tf, np: [
            tf.linalg.triangular_solve(A, B),
            tf.linalg.triangular_solve(A, B, lower=False),
            tf.linalg.triangular_solve(A, B, adjoint=True),
        ],
        "cholesky": lambda tf, np: tf.linalg.cholesky(A),
        "gradient cholesky": gradient(lambda tf, a: tf.linalg.cholesky(tf.matmul(a, a, transpose_b=True)), A),
        "cholesky_solve": lambda tf, np: tf.linalg.cholesky_solve(tf.linalg.cholesky(A), B),
        "lstsq": lambda tf, np: [
            tf.linalg.lstsq(B, [[1.0], [2.0], [3.0]]),
            tf.linalg.lstsq(B, [[1.0], [2.0], [3.0]], l2_regularizer=0.5),
            tf.linalg.lstsq(B, [[1.0], [2.0], [3.0]], fast=False),
            tf.linalg.lstsq([[1.0, 2.0, 3.0]], [[4.0]]),
        ],
        "pinv": lambda tf, np: [tf.linalg.pinv(B), tf.linalg.pinv([[1.0, 1.0], [1.0, 1.0]])],
        "matrix_rank": lambda tf, np: [
            tf.linalg.matrix_rank(A),
            tf.linalg.matrix_rank([[1.0, 1.0], [1.0, 1.0]]),
            tf.linalg.matrix_rank(A, tol=4.0),
        ],
        "lu": lambda tf, np: tf.linalg.lu(A),
        "lu_reconstruct": lambda tf, np: tf.linalg.lu_reconstruct(*tf.linalg.lu(BATCH)),
        "lu_solve": lambda tf, np: tf.linalg.lu_solve(*tf.linalg.lu([[1.0, 2.0], [3.0, 4.0]]), rhs=[[1.0], [2.0]]),
        "lu_matrix_inverse": lambda tf, np: tf.linalg.lu_matrix_inverse(*tf.linalg.lu([[1.0, 2.0], [3.0, 4.0]])),
        "banded_triangular_solve": lambda tf, np: [
            tf.linalg.banded_triangular_solve([[2.0, 3.0, 4.0], [0.0, 1.0, 5.0]], [[1.0], [2.0], [3.0]]),
            tf.linalg.banded_triangular_solve([[1.0, 5.0, 0.0], [2.0, 3.0, 4.0]], [[1.0], [2.0], [3.0]], lower=False),
        ],
        "tridiagonal_solve": lambda tf, np: [
            tf.linalg.tridiagonal_solve(
                tf.constant([[1.0, 2.0, 0.0], [4.0, 5.0, 6.0], [0.0, 1.0, 2.0]]), tf.constant([1.0, 2.0, 3.0])
            ),
            tf.linalg.tridiagonal_solve(
                (tf.constant([1.0, 2.0]), tf.constant([4.0, 5.0, 6.0]), tf.constant([1.0, 2.0])),
                tf.constant(B),
                diagonals_format="sequence",
            ),
            tf.linalg.tridiagonal_solve(
                tf.constant(A) * [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]],
                tf.constant(B),
                diagonals_format="matrix",
            ),
        ],
        "tridiagonal_matmul": lambda tf, np: tf.linalg.tridiagonal_matmul(
            tf.constant([[1.0, 2.0, 0.0], [4.0, 5.0, 6.0], [0.0, 1.0, 2.0]]), tf.constant(B)
        ),
        # --- decompositions ---
        "qr": lambda tf, np: [tf.abs(t) for t in tf.linalg.qr(B)] + [tf.matmul(*tf.linalg.qr(B))],
        "qr full": lambda tf, np: tf.abs(tf.linalg.qr(B, full_matrices=True).r),
        "svd": lambda tf, np: [
            tf.linalg.svd(B)[0],
            *(tf.abs(t) for t in tf.linalg.svd(B)[1:]),
            tf.linalg.svd(B, compute_uv=False),
        ],
        "svd product": lambda tf, np: (lambda s, u, v: tf.matmul(u, tf.matmul(tf.linalg.diag(s), v, adjoint_b=True)))(
            *tf.linalg.svd(BATCH)
        ),
        "svd full": lambda tf, np: [tf.shape(t) for t in tf.linalg.svd(B, full_matrices=True)],
        "gradient svd": gradient(lambda tf, a: tf.linalg.svd(a, compute_uv=False)[:2], A),
        "eigh": lambda tf, np: [tf.linalg.eigh(A)[0], tf.abs(tf.linalg.eigh(A)[1]), tf.linalg.eigvalsh(A)],
        "gradient eigvalsh": gradient(lambda tf, a: tf.linalg.eigvalsh(a)[1:], A),
        "eig": lambda tf, np: tf.sort(tf.math.real(tf.linalg.eig(tf.constant(A))[0])),
        "eigvals": lambda tf, np: [
            tf.sort(tf.math.real(tf.eigvals(tf.constant(A)))),
            tf.linalg.eigvals(tf.constant(A)).dtype,
        ],
        "eigh_tridiagonal": lambda tf, np: [
            tf.linalg.eigh_tridiagonal([4.0, 3.0, 5.0], [1.0, -1.0]),
            tf.linalg.eigh_tridiagonal([4.0, 3.0, 5.0], [1.0, -1.0], select="i", select_range=[1, 2]),
        ],
        "expm": lambda tf, np: [tf.linalg.expm(BATCH), tf.linalg.expm([[0.0, 1.0], [-1.0, 0.0]])],
        "logm": lambda tf, np: tf.linalg.logm(tf.constant(A, tf.complex128)),
        "sqrtm": lambda tf, np: [tf.linalg.sqrtm(A), tf.matrix_square_root(tf.constant(BATCH, tf.complex64))],
        # --- norms ---
        "norm": lambda tf, np: [
            tf.norm(A),
            tf.norm(A, axis=1),
            tf.norm(A, ord=1),
            tf.norm(A, ord=np.inf, axis=0),
            tf.norm(A, ord=3),
            tf.norm(A, axis=[0, 1]),
            tf.norm(A, "fro", axis=(0, 1)),
            tf.norm(A, ord=1, axis=[0, 1]),
            tf.norm(A, ord=2, axis=[0, 1]),
            tf.norm(A, ord=np.inf, axis=[0, 1]),
            tf.norm(A, axis=0, keepdims=True),
            tf.linalg.norm([3.0, 4.0]),
        ],
        "norm complex": lambda tf, np: tf.norm(tf.constant([3 + 4j, 0j])),
        "gradient norm": gradient(lambda tf, a: tf.norm(a, axis=1), A),
        "normalize": lambda tf, np: [
            tf.linalg.normalize(A),
            tf.linalg.normalize(A, axis=0),
            tf.linalg.normalize([3.0, 4.0], ord=1),
        ],
        "global_norm": lambda tf, np: [
            tf.linalg.global_norm([tf.constant([3.0]), None, tf.constant([[4.0]])]),
            tf.linalg.global_norm([]),
        ],
        "l2_normalize": lambda tf, np: tf.linalg.l2_normalize([3.0, 4.0]),
    }
)

ERRORS.update(
    {
        "matmul vectors": lambda tf, np: tf.matmul([1.0], [1.0]),
        "matmul sizes": lambda tf, np: tf.matmul([[1.0, 2.0]], [[1.0, 2.0]]),
        "matmul dtypes": lambda tf, np: tf.matmul(tf.constant([[1]]), tf.constant([[1.0]])),
        "matmul both": lambda tf, np: tf.matmul([[1.0]], [[1.0]], transpose_a=True, adjoint_a=True),
        "matvec sizes": lambda tf, np: tf.linalg.matvec([[1.0, 2.0]], [1.0]),
        "tensordot sizes": lambda tf, np: tf.tensordot([[1.0, 2.0]], [[1.0, 2.0]], axes=1),
        "tensordot axes": lambda tf, np: tf.tensordot(A, A, axes=[[0], [0, 1]]),
        "tensordot three": lambda tf, np: tf.tensordot(A, A, axes=[0, 1, 1]),
        "einsum sizes": lambda tf, np: tf.einsum("ij,jk->ik", tf.constant([[1.0, 2.0]]), tf.constant([[1.0, 2.0]])),
        "einsum inputs": lambda tf, np: tf.einsum("ij,jk->ik", tf.constant([[1.0, 2.0]])),
        "einsum keyword": lambda tf, np: tf.einsum("ii", tf.constant(A), foo=1),
        "cross": lambda tf, np: tf.linalg.cross([1.0, 2.0], [1.0, 2.0]),
        "matrix_transpose": lambda tf, np: tf.linalg.matrix_transpose([1.0]),
        "diag scalar": lambda tf, np: tf.linalg.diag(1.0),
        "diag align": lambda tf, np: tf.linalg.diag([1.0], align="LEFT"),
        "diag_part vector": lambda tf, np: tf.linalg.diag_part([1.0]),
        "diag_part k": lambda tf, np: tf.linalg.diag_part(A, k=5),
        "set_diag length": lambda tf, np: tf.linalg.set_diag([[1.0, 2.0], [3.0, 4.0]], [1.0]),
        "band_part vector": lambda tf, np: tf.linalg.band_part([1.0], 0, 0),
        "trace vector": lambda tf, np: tf.linalg.trace([1.0]),
        "det square": lambda tf, np: tf.linalg.det([[1.0, 2.0]]),
        "det vector": lambda tf, np: tf.linalg.det([1.0]),
        "inv singular": lambda tf, np: tf.linalg.inv([[1.0, 1.0], [1.0, 1.0]]),
        "inv square": lambda tf, np: tf.linalg.inv([[1.0, 1.0]]),
        "inv ints": lambda tf, np: tf.linalg.inv([[1]]),
        "solve singular": lambda tf, np: tf.linalg.solve([[0.0]], [[1.0]]),
        "solve rows": lambda tf, np: tf.linalg.solve(A, [[1.0]]),
        "svd vector": lambda tf, np: tf.linalg.svd([1.0]),
        "pinv ints": lambda tf, np: tf.linalg.pinv([[1, 2]]),
        "expm ints": lambda tf, np: tf.linalg.expm([[1, 2], [3, 4]]),
        "norm ints": lambda tf, np: tf.norm([1, 2]),
        "norm order": lambda tf, np: tf.norm([1.0, 2.0], ord="foo"),
        "norm of matrices": lambda tf, np: tf.norm(A, ord=3, axis=[0, 1]),
        "norm fro": lambda tf, np: tf.norm(A, ord="fro"),
        "norm axes": lambda tf, np: tf.norm(A, axis=[0, 1, 2]),
    }
)
