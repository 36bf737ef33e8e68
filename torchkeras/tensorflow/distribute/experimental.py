"""tf.distribute.experimental: older names."""

from torchkeras.tensorflow.distribute.mirrored import (
    CentralStorageStrategy,
    MultiWorkerMirroredStrategy,
    ParameterServerStrategy,
    TPUStrategy,
)
from torchkeras.tensorflow.distribute.operations import (
    CommunicationImplementation,
    CommunicationOptions,
)

CollectiveCommunication = CommunicationImplementation
CollectiveHints = CommunicationOptions

__all__ = [
    "CentralStorageStrategy", "CollectiveCommunication", "CollectiveHints", "CommunicationImplementation",
    "CommunicationOptions", "MultiWorkerMirroredStrategy", "ParameterServerStrategy", "TPUStrategy",
]  # fmt: skip
