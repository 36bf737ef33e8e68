"""Training by several processes together, on torch.distributed."""

from torchkeras.distribute.processes import Place, join, joined, leave, place_by_launcher, place_by_tf_config

__all__ = ["Place", "join", "joined", "leave", "place_by_launcher", "place_by_tf_config"]
