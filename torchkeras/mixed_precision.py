"""keras.mixed_precision."""

from torchkeras.core.dtypes import DTypePolicy, global_policy, set_global_policy
from torchkeras.optimizers import LossScaleOptimizer

Policy = DTypePolicy
dtype_policy, set_dtype_policy = global_policy, set_global_policy

__all__ = [
    "DTypePolicy",
    "LossScaleOptimizer",
    "Policy",
    "dtype_policy",
    "global_policy",
    "set_dtype_policy",
    "set_global_policy",
]
