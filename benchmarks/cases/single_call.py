"""LeNet-5 called on one image and on 32: what a call costs around torch's kernels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch

from benchmarks.harness import Comparison, Settings, in_process
from benchmarks.models import (
    IMAGE,
    LENET_FLATTENED,
    SubclassedLeNet,
    TorchLeNet,
    channels_first,
    copy_to_torch,
    functional_lenet,
    largest_difference,
    sequential_lenet,
    torch_lenet,
)


def comparisons(settings: Settings) -> Iterator[Comparison]:
    torch.manual_seed(0)
    functional = functional_lenet()
    theirs = {"torch nn.Sequential": torch_lenet(), "torch nn.Module": TorchLeNet()}
    ours = {
        "torchkeras functional": functional,
        "torchkeras Sequential": sequential_lenet(),
        "torchkeras subclassed": SubclassedLeNet(),
    }
    for module in theirs.values():
        copy_to_torch(functional, module.eval(), LENET_FLATTENED)
    for model in ours.values():
        model(torch.zeros(1, *IMAGE))
        model.set_weights(functional.get_weights())
    for size in (1, 32):
        images = torch.rand(size, *IMAGE)
        works: dict[str, Callable[[], Any]] = {name: partial(m, channels_first(images)) for name, m in theirs.items()}
        works |= {name: partial(model, images) for name, model in ours.items()}
        yield Comparison(
            name=f"LeNet-5 called on {size} image{'s' if size > 1 else ''}",
            peers=[
                in_process(name, work, within=torch.inference_mode, ratio_target=1.1 if name in ours else None)
                for name, work in works.items()
            ],
            rounds=200,
            difference=partial(_difference, list(works.values())),
        )


def _difference(works: list[Callable[[], Any]]) -> float:
    with torch.inference_mode():
        return largest_difference(*[work() for work in works])
