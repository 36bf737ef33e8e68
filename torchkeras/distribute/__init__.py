"""Training by several processes together, on torch.distributed."""

from torchkeras.distribute.place import Place, place_by_launcher, place_by_tf_config
from torchkeras.distribute.processes import join, joined, leave
from torchkeras.distribute.sharded import ShardedStrategy

__all__ = ["Place", "ShardedStrategy", "join", "joined", "leave", "place_by_launcher", "place_by_tf_config"]
