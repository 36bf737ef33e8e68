"""Training with parameter servers: workers take steps each for itself, on variables that other processes keep."""

from torchkeras.distribute.parameter_server.cluster import Cluster
from torchkeras.distribute.parameter_server.connections import SECRET
from torchkeras.distribute.parameter_server.coordinator import Coordinator, Remote, as_numbers
from torchkeras.distribute.parameter_server.server import TaskServer
from torchkeras.distribute.parameter_server.transit import PerWorker

__all__ = ["SECRET", "Cluster", "Coordinator", "PerWorker", "Remote", "TaskServer", "as_numbers"]
