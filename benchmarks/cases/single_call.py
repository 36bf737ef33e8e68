"""LeNet-5 called on one image and on 32: what a call costs around torch's kernels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch

from benchmarks.harness import Comparison, Field, Settings, in_process, require_equal
from benchmarks.models import IMAGE, SubclassedLeNet, functional_lenet, sequential_lenet
from benchmarks.torch_models import LENET_FLATTENED, LeNet, channels_first, lenet, load_weights

#: A subclassed model runs the user's own Python between its layers; its figure is shown, without a target.
TARGETED = ("torchkeras functional", "torchkeras Sequential")


def comparisons(settings: Settings) -> Iterator[Comparison]:
    for size in (1, 32):
        name = f"LeNet-5 called on {size} image{'s' if size > 1 else ''}"
        yield Comparison(name, partial(_field, size), rounds=200, copies=10)


def _field(size: int) -> Field:
    functional = functional_lenet()
    theirs = {"torch nn.Sequential": lenet(), "torch nn.Module": LeNet()}
    ours = {
        "torchkeras functional": functional,
        "torchkeras Sequential": sequential_lenet(),
        "torchkeras subclassed": SubclassedLeNet(),
    }
    images = torch.rand(size, *IMAGE)
    for module in theirs.values():
        load_weights(module.eval(), functional.get_weights(), LENET_FLATTENED)
    for model in ours.values():
        model(images)
        model.set_weights(functional.get_weights())
    works: dict[str, Callable[[], Any]] = {name: partial(m, channels_first(images)) for name, m in theirs.items()}
    works |= {name: partial(model, images) for name, model in ours.items()}
    with torch.inference_mode():
        difference = require_equal(*[work() for work in works.values()])
    peers = [
        in_process(name, work, within=torch.inference_mode, ratio_target=1.1 if name in TARGETED else None)
        for name, work in works.items()
    ]
    return Field(peers, difference)
