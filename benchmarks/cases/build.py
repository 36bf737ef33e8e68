"""Building functional models of two hundred layers: every weight made, every shape inferred."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import torch
from torch import nn

import torchkeras as keras
from benchmarks import models, torch_models
from benchmarks.harness import Comparison, Field, Peer, Settings, in_process, require_equal


def comparisons(settings: Settings) -> Iterator[Comparison]:
    yield Comparison("200 x Dense(64), built", _dense_field, rounds=20)
    yield Comparison(f"{torch_models.BLOCKS} residual blocks of 7 layers, built", _residual_field, rounds=20)


def _dense_field() -> Field:
    ours, theirs = models.dense_stack(), torch_models.dense_stack()
    torch_models.load_weights(theirs, models.weights_by_layer(ours))
    inputs = torch.rand(4, torch_models.WIDTH)
    with torch.inference_mode():
        difference = require_equal(theirs.eval()(inputs), ours(inputs))
    return Field(_peers(torch_models.dense_stack, models.dense_stack), difference)


def _residual_field() -> Field:
    ours, theirs = models.residual_stack(), torch_models.residual_stack()
    torch_models.load_weights(theirs, models.weights_by_layer(ours))
    inputs = torch.rand(4, *torch_models.MAP)
    with torch.inference_mode():
        difference = require_equal(
            theirs.eval()(torch_models.channels_first(inputs)), torch_models.channels_first(ours(inputs))
        )
    return Field(_peers(torch_models.residual_stack, models.residual_stack), difference)


def _peers(theirs: Callable[[], nn.Module], ours: Callable[[], keras.Model]) -> list[Peer]:
    return [
        in_process("torch", theirs, once=True, before=_start_anew),
        in_process("torchkeras functional", ours, once=True, before=_start_anew, seconds_target=0.5),
    ]


def _start_anew() -> None:
    """The first model's names, and nobody pays for tearing down the other's model."""
    keras.backend.clear_session()
    gc.collect()
