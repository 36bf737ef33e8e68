"""tf.sparse, and SparseTensor: values with their indices.

Indices and shapes are NumPy's on the host while functions work on them; values stay where they are, and gradients run
through them.
"""

from torchkeras.tensorflow.sparse.arithmetic import (
    add,
    map_values,
    maximum,
    minimum,
    reduce_max,
    reduce_sum,
    softmax,
    sparse_dense_matmul,
)
from torchkeras.tensorflow.sparse.conversions import eye, from_dense, reorder, to_dense, to_indicator
from torchkeras.tensorflow.sparse.counting import bincount
from torchkeras.tensorflow.sparse.crossing import cross, cross_hashed
from torchkeras.tensorflow.sparse.segments import segment_mean, segment_sqrt_n, segment_sum
from torchkeras.tensorflow.sparse.shaping import (
    concat,
    expand_dims,
    fill_empty_rows,
    mask,
    reset_shape,
    reshape,
    retain,
    slice,
    split,
    transpose,
)
from torchkeras.tensorflow.sparse.slices import IndexedSlices
from torchkeras.tensorflow.sparse.sparse_tensor import SparseTensor
from torchkeras.tensorflow.sparse.spec import IndexedSlicesSpec, SparseTensorSpec

__all__ = [
    "SparseTensor", "add", "bincount", "concat", "cross", "cross_hashed", "expand_dims", "eye", "fill_empty_rows",
    "from_dense", "map_values", "mask", "maximum", "minimum", "reduce_max", "reduce_sum", "reorder", "reset_shape",
    "reshape", "retain", "segment_mean", "segment_sqrt_n", "segment_sum", "slice", "softmax", "sparse_dense_matmul",
    "split", "to_dense", "to_indicator", "transpose",
]  # fmt: skip
