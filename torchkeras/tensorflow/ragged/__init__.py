"""tf.ragged, and RaggedTensor: rows of different lengths.

A RaggedTensor is values that follow one another and a partition of them into rows; the values may be ragged themselves.
`rows.py`, one level up, handles dense, text and ragged rows alike; the rest stands on it. What functions of the rest of
the namespace do with ragged tensors is registered by their labels (`torchkeras/tensorflow/dispatch.py`).
"""

from torchkeras.tensorflow.ragged import conversions, gathering, indexing, joining, reductions, texts
from torchkeras.tensorflow.ragged.constant import constant
from torchkeras.tensorflow.ragged.crossing import cross, cross_hashed
from torchkeras.tensorflow.ragged.dynamic_shape import DynamicRaggedShape
from torchkeras.tensorflow.ragged.elementwise import map_flat_values
from torchkeras.tensorflow.ragged.joining import stack
from torchkeras.tensorflow.ragged.masking import boolean_mask
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.ragged.ranges import range
from torchkeras.tensorflow.ragged.row_partition import RowPartition
from torchkeras.tensorflow.ragged.sequences import (
    row_splits_to_segment_ids,
    segment_ids_to_row_splits,
    stack_dynamic_partitions,
)
from torchkeras.tensorflow.ragged.spec import RaggedTensorSpec

__all__ = [
    "boolean_mask", "constant", "cross", "cross_hashed", "map_flat_values", "range", "row_splits_to_segment_ids",
    "segment_ids_to_row_splits", "stack", "stack_dynamic_partitions",
]  # fmt: skip
