"""torch's own wrappers around a model: refused while there are weights to come, then as around any module."""

import numpy as np
import torch
from torch.distributed.fsdp import fully_shard
from torch.nn.parallel import DistributedDataParallel

import torchkeras as keras
from torchkeras import layers
from torchkeras.distribute import joined

from .together import dense, numbers, started


class Inner(torch.nn.Module):
    """A module of torch with a layer in it."""

    def __init__(self):
        super().__init__()
        self.first, self.second = torch.nn.Linear(8, 4), keras.Sequential([layers.Dense(3)])


def refuse():
    started()
    half = keras.Sequential([keras.Input((8,)), layers.Dense(3)])
    half.later = layers.Dense(2)
    found = []
    for wrap, model in (
        (DistributedDataParallel, dense()),
        (DistributedDataParallel, half),
        (fully_shard, dense()),
        (fully_shard, half),
        (fully_shard, Inner()),
    ):
        try:
            wrap(model)
        except RuntimeError as error:
            found.append(str(error))
        else:
            found.append("no error")
    return found


def test_models_with_weights_to_come_are_refused(crew):
    for found in crew(2).run(refuse):
        for text in found:
            assert "not built yet" in text, text
            assert "call the model on a batch" in text
        assert [text.split()[0] for text in found] == ["DistributedDataParallel"] * 2 + ["fully_shard"] * 3
        assert "' and 1 more are not built yet" in found[0]


def train(together):
    started()
    x, y = numbers(16)
    if together:
        rows = joined().part(16)
        x, y = x[rows], y[rows]
    model = keras.Sequential(
        [keras.Input((8,)), layers.Dense(6, activation="relu"), layers.Dropout(0.0), layers.Dense(3)]
    )
    wrapped = DistributedDataParallel(model) if together else model
    optimizer = torch.optim.SGD(model.parameters(), 0.5)
    for _ in range(5):
        loss = torch.nn.functional.cross_entropy(wrapped(torch.from_numpy(x)), torch.from_numpy(y))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.get_weights()


def test_a_built_model_trains_in_ddp(crew):
    wanted = train(False)
    for found in crew(2).run(train, True):
        for one, other in zip(found, wanted, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)
