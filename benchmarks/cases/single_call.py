"""LeNet-5 called on one image and on 32: what a call costs around torch's kernels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch

import torchkeras as keras
from benchmarks.harness import Comparison, Settings, in_process
from benchmarks.models import (
    IMAGE,
    LENET_FLATTENED,
    SubclassedLeNet,
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
    plain = torch_lenet().eval()
    copy_to_torch(functional, plain, LENET_FLATTENED)
    ours: dict[str, keras.Model] = {
        "functional": functional,
        "Sequential": sequential_lenet(),
        "subclassed": SubclassedLeNet(),
    }
    for model in ours.values():
        model(torch.zeros(1, *IMAGE))
        model.set_weights(functional.get_weights())
    for size in (1, 32):
        images = torch.rand(size, *IMAGE)
        works = [partial(plain, channels_first(images)), *(partial(model, images) for model in ours.values())]

        def difference(works: list[partial[torch.Tensor]] = works) -> float:
            with torch.inference_mode():
                return largest_difference(*[work() for work in works])

        yield Comparison(
            name=f"LeNet-5 called on {size} image{'s' if size > 1 else ''}",
            peers=[
                in_process("torch nn.Sequential", works[0], within=torch.inference_mode),
                *(
                    in_process(f"torchkeras {name}", work, within=torch.inference_mode, ratio_target=1.1)
                    for name, work in zip(ours, works[1:], strict=True)
                ),
            ],
            rounds=200,
            difference=difference,
        )
