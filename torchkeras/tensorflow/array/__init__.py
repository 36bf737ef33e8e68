"""The functions on tensors at the top of the namespace: creation, shapes, joining, taking, putting, ordering."""

from torchkeras.tensorflow.array.blocks import batch_to_space, space_to_batch, space_to_batch_nd
from torchkeras.tensorflow.array.casting import bitcast, cast, saturate_cast
from torchkeras.tensorflow.array.clipping import (
    clip_by_average_norm,
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
)
from torchkeras.tensorflow.array.creation import (
    complex,
    eye,
    fill,
    guarantee_const,
    identity,
    identity_n,
    linspace,
    meshgrid,
    ones,
    ones_like,
    range,
    zeros,
    zeros_like,
)
from torchkeras.tensorflow.array.encoding import one_hot, sequence_mask
from torchkeras.tensorflow.array.joining import concat, parallel_stack, split, stack, unstack
from torchkeras.tensorflow.array.ordering import (
    argsort,
    histogram_fixed_width,
    histogram_fixed_width_bins,
    searchsorted,
    sort,
    unique,
    unique_with_counts,
    unravel_index,
)
from torchkeras.tensorflow.array.rearranging import pad, repeat, reverse, reverse_sequence, roll, tile, transpose
from torchkeras.tensorflow.array.scattering import (
    dynamic_partition,
    dynamic_stitch,
    scatter_nd,
    tensor_scatter_nd_add,
    tensor_scatter_nd_max,
    tensor_scatter_nd_min,
    tensor_scatter_nd_sub,
    tensor_scatter_nd_update,
)
from torchkeras.tensorflow.array.shaping import (
    broadcast_dynamic_shape,
    broadcast_static_shape,
    broadcast_to,
    ensure_shape,
    expand_dims,
    is_tensor,
    rank,
    required_space_to_batch_paddings,
    reshape,
    shape,
    shape_n,
    size,
    squeeze,
)
from torchkeras.tensorflow.array.taking import boolean_mask, gather, gather_nd, slice, strided_slice, where

__all__ = [
    # new ones
    "complex", "eye", "fill", "linspace", "meshgrid", "ones", "ones_like", "range", "zeros", "zeros_like",
    "guarantee_const", "identity", "identity_n",
    # dtypes and shapes
    "bitcast", "cast", "saturate_cast",
    "broadcast_dynamic_shape", "broadcast_static_shape", "broadcast_to", "ensure_shape", "expand_dims", "is_tensor",
    "rank", "required_space_to_batch_paddings", "reshape", "shape", "shape_n", "size", "squeeze",
    # joining and rearranging
    "concat", "parallel_stack", "split", "stack", "unstack",
    "batch_to_space", "pad", "repeat", "reverse", "reverse_sequence", "roll", "space_to_batch", "space_to_batch_nd",
    "tile", "transpose",
    # taking and putting
    "boolean_mask", "gather", "gather_nd", "slice", "strided_slice", "where",
    "dynamic_partition", "dynamic_stitch", "scatter_nd", "tensor_scatter_nd_add", "tensor_scatter_nd_max",
    "tensor_scatter_nd_min", "tensor_scatter_nd_sub", "tensor_scatter_nd_update",
    # ordering, encoding, limits
    "argsort", "histogram_fixed_width", "histogram_fixed_width_bins", "searchsorted", "sort", "unique",
    "unique_with_counts", "unravel_index", "one_hot", "sequence_mask",
    "clip_by_average_norm", "clip_by_global_norm", "clip_by_norm", "clip_by_value",
]  # fmt: skip
