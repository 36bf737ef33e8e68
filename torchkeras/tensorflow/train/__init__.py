"""tf.train: checkpoints, and the messages of TFRecord files."""

from torchkeras.records import (
    BytesList,
    Example,
    Feature,
    FeatureList,
    FeatureLists,
    Features,
    FloatList,
    Int64List,
    SequenceExample,
)
from torchkeras.tensorflow.train import experimental
from torchkeras.tensorflow.train.averages import ExponentialMovingAverage
from torchkeras.tensorflow.train.checkpoint import Checkpoint, CheckpointOptions
from torchkeras.tensorflow.train.cluster import ClusterSpec
from torchkeras.tensorflow.train.manager import CheckpointManager, checkpoints_iterator
from torchkeras.tensorflow.train.reader import (
    get_checkpoint_state,
    latest_checkpoint,
    list_variables,
    load_checkpoint,
    load_variable,
)

__all__ = [
    "BytesList", "Checkpoint", "CheckpointManager", "CheckpointOptions", "ClusterSpec", "Example",
    "ExponentialMovingAverage", "Feature", "FeatureList", "FeatureLists", "Features", "FloatList", "Int64List",
    "SequenceExample", "checkpoints_iterator", "experimental", "get_checkpoint_state", "latest_checkpoint",
    "list_variables", "load_checkpoint", "load_variable",
]  # fmt: skip
