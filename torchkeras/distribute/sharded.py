"""ShardedStrategy: training of models that are too large for one device."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from torch import Tensor

from torchkeras.core import replicas as scopes
from torchkeras.core.replicas import Replicas
from torchkeras.core.shards import is_sharded
from torchkeras.distribute import shard_files
from torchkeras.distribute.place import place_by_launcher, place_by_tf_config
from torchkeras.distribute.processes import join
from torchkeras.utils.messages import print_msg


class ShardedReplicas(Replicas):
    """The processes of which each has a part of every weight.

    Args:
        replicas: the same processes.
    """

    sharded = True

    def __init__(self, replicas: Replicas) -> None:
        super().__init__(replicas.rank, replicas.size, replicas.device, replicas.feeds)
        replicas.holders.add(self)

    def spread(self, tensors: Iterable[Tensor]) -> None:
        """Gives each tensor the values of the first; of those in parts each process has others."""
        super().spread([tensor for tensor in tensors if not is_sharded(tensor)])

    def summed(self, gradients: Sequence[Tensor | None]) -> list[Tensor | None]:
        """The sums over all; gradients in parts are sums already."""
        found = list(gradients)
        places = [place for place, one in enumerate(found) if one is not None and not is_sharded(one)]
        for place, one in zip(places, super().summed([found[place] for place in places]), strict=True):
            found[place] = one
        return found


class ShardedStrategy:
    """Each process keeps a part of every weight, of its gradient and of what the optimizer keeps for it.

    Start the processes with `torchrun` or `python -m torchkeras run --nproc N`, or set TF_CONFIG. All of them run the
    same program; whatever reads weights, as `get_weights`, `save` and `predict` do, is called by all of them.

    Example:
        strategy = torchkeras.distribute.ShardedStrategy()
        with strategy.scope():
            model = make_model()
            model.compile("adam", "mse")
        model.fit(x, y, batch_size=256)
        model.save("model.keras")
    """

    def __init__(self) -> None:
        joined = join(place_by_launcher() or place_by_tf_config())
        self._replicas = _in_parts(joined) if joined.size > 1 else joined
        if joined.size == 1:
            print_msg(
                "ShardedStrategy: there is one process, which keeps all of the model. Start several with `torchrun` or "
                "`python -m torchkeras run --nproc N` to share it among them."
            )

    @property
    def num_replicas_in_sync(self) -> int:
        """How many processes there are."""
        return self._replicas.size

    @contextlib.contextmanager
    def scope(self) -> Iterator[ShardedStrategy]:
        """Models that are made and compiled within are trained in parts."""
        with scopes.within(self._replicas):
            yield self

    def save_shards(self, model: Any, folder: str | os.PathLike[str]) -> None:
        """Writes the weights and the optimizer's state into a folder, each process its part, at the same time.

        The folder must be one that all processes reach. `load_shards` reads it with as many or as few processes as you
        like. For a file that Keras reads, call `model.save`.
        """
        shard_files.save(model, os.fspath(folder))

    def load_shards(self, model: Any, folder: str | os.PathLike[str]) -> None:
        """Reads what `save_shards` wrote into a model of the same layers that has its weights and is compiled alike."""
        shard_files.load(model, os.fspath(folder))


#: The same processes, as those that have parts: once for each group of them.
_known: WeakKeyDictionary[Replicas, ShardedReplicas] = WeakKeyDictionary()


def _in_parts(replicas: Replicas) -> ShardedReplicas:
    if replicas not in _known:
        _known[replicas] = ShardedReplicas(replicas)
    return _known[replicas]


__all__ = ["ShardedReplicas", "ShardedStrategy"]
