"""tf.experimental: extension types and how tf functions reach them, partitions and shapes of ragged tensors."""

from torchkeras.tensorflow.experimental import numpy
from torchkeras.tensorflow.experimental.settings import async_clear_error, async_scope, enable_strict_mode
from torchkeras.tensorflow.extension import (
    BatchableExtensionType,
    ExtensionType,
    ExtensionTypeBatchEncoder,
    ExtensionTypeSpec,
    dispatch_for_api,
    dispatch_for_binary_elementwise_apis,
    dispatch_for_binary_elementwise_assert_apis,
    dispatch_for_unary_elementwise_apis,
    unregister_dispatch_for,
)
from torchkeras.tensorflow.ragged.dynamic_shape import DynamicRaggedShape
from torchkeras.tensorflow.ragged.row_partition import RowPartition

__all__ = [
    "BatchableExtensionType", "DynamicRaggedShape", "ExtensionType", "ExtensionTypeBatchEncoder", "ExtensionTypeSpec",
    "RowPartition", "async_clear_error", "async_scope", "dispatch_for_api", "dispatch_for_binary_elementwise_apis",
    "dispatch_for_binary_elementwise_assert_apis", "dispatch_for_unary_elementwise_apis", "enable_strict_mode",
    "numpy", "unregister_dispatch_for",
]  # fmt: skip
