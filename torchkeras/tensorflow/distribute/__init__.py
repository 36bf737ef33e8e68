"""tf.distribute: strategies, whose replicas are processes that `torchrun`, this package or TF_CONFIG starts."""

from torchkeras.tensorflow.distribute import cluster_resolver, coordinator, experimental
from torchkeras.tensorflow.distribute.datasets import DistributedDataset, InputContext, InputOptions
from torchkeras.tensorflow.distribute.mirrored import (
    MirroredStrategy,
    MultiWorkerMirroredStrategy,
    OneDeviceStrategy,
    TPUStrategy,
)
from torchkeras.tensorflow.distribute.operations import (
    CrossDeviceOps,
    HierarchicalCopyAllReduce,
    NcclAllReduce,
    ReduceOp,
    ReductionToOneDevice,
    RunOptions,
)
from torchkeras.tensorflow.distribute.parameter_server import ParameterServerStrategy, Server
from torchkeras.tensorflow.distribute.strategy import (
    DistributedValues,
    ReplicaContext,
    Strategy,
    StrategyExtended,
    experimental_set_strategy,
    get_replica_context,
    get_strategy,
    has_strategy,
    in_cross_replica_context,
)

__all__ = [
    "CrossDeviceOps", "DistributedDataset", "DistributedValues", "HierarchicalCopyAllReduce", "InputContext",
    "InputOptions", "MirroredStrategy", "MultiWorkerMirroredStrategy", "NcclAllReduce", "OneDeviceStrategy",
    "ParameterServerStrategy", "ReduceOp", "ReductionToOneDevice", "ReplicaContext", "RunOptions", "Server", "Strategy",
    "StrategyExtended", "TPUStrategy", "cluster_resolver", "coordinator", "experimental", "experimental_set_strategy",
    "get_replica_context", "get_strategy", "has_strategy", "in_cross_replica_context",
]  # fmt: skip
