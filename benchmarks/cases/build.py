"""Building functional models of two hundred layers: every weight made, every shape inferred."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import torch
from torch import nn

import torchkeras as keras
from benchmarks import models
from benchmarks.harness import Comparison, Settings, in_process


def comparisons(settings: Settings) -> Iterator[Comparison]:
    yield _comparison(
        "200 x Dense(64), built",
        models.torch_dense_stack,
        models.dense_stack,
        torch.rand(4, models.WIDTH),
    )
    yield _comparison(
        f"{models.BLOCKS} residual blocks of 7 layers, built",
        models.torch_residual_stack,
        models.residual_stack,
        torch.rand(4, *models.MAP),
    )


def _comparison(
    name: str, torch_model: Callable[[], nn.Module], model: Callable[[], keras.Model], inputs: torch.Tensor
) -> Comparison:
    def difference() -> float:
        ours, plain = model(), torch_model().eval()
        models.copy_to_torch(ours, plain)
        with torch.inference_mode():
            if inputs.dim() == 4:
                return models.largest_difference(plain(models.channels_first(inputs)).permute(0, 2, 3, 1), ours(inputs))
            return models.largest_difference(plain(inputs), ours(inputs))

    return Comparison(
        name=name,
        peers=[
            in_process("torch", torch_model, once=True, before=_start_anew),
            in_process("torchkeras functional", model, once=True, before=_start_anew, seconds_target=0.5),
        ],
        rounds=20,
        difference=difference,
    )


def _start_anew() -> None:
    """The first model's names, and nobody pays for tearing down the other's model."""
    keras.backend.clear_session()
    gc.collect()
