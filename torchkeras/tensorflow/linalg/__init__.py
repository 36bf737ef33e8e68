"""tf.linalg: products, systems of equations, decompositions, diagonals, norms."""

from types import SimpleNamespace
from typing import Any

from torchkeras.core.errors import did_you_mean
from torchkeras.tensorflow.array.clipping import global_norm
from torchkeras.tensorflow.array.creation import eye
from torchkeras.tensorflow.linalg.decompositions import (
    cholesky,
    eig,
    eigh,
    eigh_tridiagonal,
    eigvals,
    eigvalsh,
    expm,
    logm,
    qr,
    sqrtm,
    svd,
)
from torchkeras.tensorflow.linalg.diagonals import (
    band_part,
    diag,
    diag_part,
    set_diag,
    tensor_diag,
    tensor_diag_part,
    trace,
)
from torchkeras.tensorflow.linalg.iterative import conjugate_gradient
from torchkeras.tensorflow.linalg.norms import norm, normalize
from torchkeras.tensorflow.linalg.products import adjoint, cross, einsum, matmul, matrix_transpose, matvec, tensordot
from torchkeras.tensorflow.linalg.solving import (
    banded_triangular_solve,
    cholesky_solve,
    det,
    inv,
    logdet,
    lstsq,
    lu,
    lu_matrix_inverse,
    lu_reconstruct,
    lu_solve,
    matrix_rank,
    pinv,
    slogdet,
    solve,
    triangular_solve,
    tridiagonal_matmul,
    tridiagonal_solve,
)
from torchkeras.tensorflow.math.norms import l2_normalize

experimental = SimpleNamespace(conjugate_gradient=conjugate_gradient)


def __getattr__(name: str) -> Any:
    if name.startswith("LinearOperator"):
        raise AttributeError(
            f"tf.linalg.{name} is not there: compute with the matrix itself, by tf.linalg.matmul, tf.linalg.solve and "
            f"tf.linalg.diag."
        )
    raise AttributeError(f"module 'tensorflow.linalg' has no attribute {name!r}.{did_you_mean(name, __all__)}")


__all__ = [
    "adjoint", "cross", "einsum", "matmul", "matrix_transpose", "matvec", "tensordot",
    "band_part", "diag", "diag_part", "eye", "set_diag", "tensor_diag", "tensor_diag_part", "trace",
    "banded_triangular_solve", "cholesky_solve", "det", "inv", "logdet", "lstsq", "lu_matrix_inverse",
    "lu_reconstruct", "lu_solve", "matrix_rank", "pinv", "slogdet", "solve", "triangular_solve", "tridiagonal_matmul",
    "tridiagonal_solve",
    "cholesky", "eig", "eigh", "eigh_tridiagonal", "eigvals", "eigvalsh", "lu", "qr", "svd",
    "expm", "logm", "sqrtm",
    "global_norm", "l2_normalize", "norm", "normalize",
    "experimental",
]  # fmt: skip
