"""keras.mixed_precision."""

from torchkeras.core.dtypes import DTypePolicy
from torchkeras.optimizers import LossScaleOptimizer

Policy = DTypePolicy

__all__ = ["DTypePolicy", "LossScaleOptimizer", "Policy"]
