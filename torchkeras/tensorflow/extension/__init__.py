"""tf.experimental.ExtensionType: classes of one's own that hold tensors, and dispatch of tf functions to them."""

from torchkeras.tensorflow.extension.batchable import BatchableExtensionType, ExtensionTypeBatchEncoder
from torchkeras.tensorflow.extension.dispatching import (
    dispatch_for_api,
    dispatch_for_binary_elementwise_apis,
    dispatch_for_binary_elementwise_assert_apis,
    dispatch_for_unary_elementwise_apis,
    unregister_dispatch_for,
)
from torchkeras.tensorflow.extension.extension_type import ExtensionType, ExtensionTypeSpec

__all__ = [
    "BatchableExtensionType", "ExtensionType", "ExtensionTypeBatchEncoder", "ExtensionTypeSpec", "dispatch_for_api",
    "dispatch_for_binary_elementwise_apis", "dispatch_for_binary_elementwise_assert_apis",
    "dispatch_for_unary_elementwise_apis", "unregister_dispatch_for",
]  # fmt: skip
