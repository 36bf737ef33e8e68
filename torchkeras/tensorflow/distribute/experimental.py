"""tf.distribute.experimental: older names."""

from torchkeras.tensorflow.distribute import coordinator, partitioners
from torchkeras.tensorflow.distribute.mirrored import (
    CentralStorageStrategy,
    MultiWorkerMirroredStrategy,
    TPUStrategy,
)
from torchkeras.tensorflow.distribute.operations import (
    CommunicationImplementation,
    CommunicationOptions,
)
from torchkeras.tensorflow.distribute.parameter_server import ParameterServerStrategy

CollectiveCommunication = CommunicationImplementation
CollectiveHints = CommunicationOptions

__all__ = [
    "CentralStorageStrategy", "CollectiveCommunication", "CollectiveHints", "CommunicationImplementation",
    "CommunicationOptions", "MultiWorkerMirroredStrategy", "ParameterServerStrategy", "TPUStrategy",
    "coordinator", "partitioners",
]  # fmt: skip
