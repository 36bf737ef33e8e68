"""LeNet-5 called on one image and on 32: what a call costs around torch's kernels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch

from benchmarks.harness import Comparison, Field, Settings
from benchmarks.models import IMAGE, SubclassedLeNet, functional_lenet, sequential_lenet
from benchmarks.networks.lenet import LENET
from benchmarks.networks.weights import load_weights
from benchmarks.same import require_equal
from benchmarks.timing import in_process
from benchmarks.torch_models import LeNet, channels_first, lenet


def comparisons(settings: Settings) -> Iterator[Comparison]:
    for name, size in (("call-one", 1), ("call-many", 32)):
        title = f"LeNet-5 called on {size} image{'s' if size > 1 else ''}"
        yield Comparison(name, title, partial(_field, size, settings.device), rounds=200, copies=10, words=("call",))


def _field(size: int, device: str) -> Field:
    functional = functional_lenet()
    theirs = {"torch nn.Sequential": lenet().to(device), "torch nn.Module": LeNet().to(device)}
    ours = {
        "torchkeras functional": functional,
        "torchkeras Sequential": sequential_lenet(),
        "torchkeras subclassed": SubclassedLeNet(),
    }
    images = torch.rand(size, *IMAGE, device=device)
    for module in theirs.values():
        load_weights(module.eval(), functional.get_weights(), LENET.flattened)
    for model in ours.values():
        model(images)
        model.set_weights(functional.get_weights())
    works: dict[str, Callable[[], Any]] = {name: partial(m, channels_first(images)) for name, m in theirs.items()}
    works |= {name: partial(model, images) for name, model in ours.items()}
    with torch.inference_mode():
        difference = require_equal(*[work() for work in works.values()])
    return Field([in_process(name, work, within=torch.inference_mode) for name, work in works.items()], difference)
