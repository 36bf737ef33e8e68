"""Building functional models of two hundred layers: every weight made, every shape inferred."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import nn

import torchkeras as keras
from benchmarks import models, torch_models
from benchmarks.harness import Comparison, Field, Peer, Settings
from benchmarks.networks.weights import load_weights
from benchmarks.peers.process import OURS
from benchmarks.same import require_equal
from benchmarks.timing import in_process


def comparisons(settings: Settings) -> Iterator[Comparison]:
    residual = f"{torch_models.BLOCKS} residual blocks of 7 layers, built"
    yield Comparison("build-dense", "200 x Dense(64), built", partial(_dense_field, settings.device), rounds=20)
    yield Comparison("build-residual", residual, partial(_residual_field, settings.device), rounds=20)


def _dense_field(device: str) -> Field:
    ours, theirs = models.dense_stack(), torch_models.dense_stack().to(device)
    load_weights(theirs, models.weights_by_layer(ours))
    inputs = torch.rand(4, torch_models.WIDTH, device=device)
    with torch.inference_mode():
        difference = require_equal(theirs.eval()(inputs), ours(inputs))
    return Field(_peers(torch_models.dense_stack, models.dense_stack, device), difference)


def _residual_field(device: str) -> Field:
    ours, theirs = models.residual_stack(), torch_models.residual_stack().to(device)
    load_weights(theirs, models.weights_by_layer(ours))
    inputs = torch.rand(4, *torch_models.MAP, device=device)
    with torch.inference_mode():
        difference = require_equal(
            theirs.eval()(torch_models.channels_first(inputs)), torch_models.channels_first(ours(inputs))
        )
    return Field(_peers(torch_models.residual_stack, models.residual_stack, device), difference)


def _peers(theirs: Callable[[], nn.Module], ours: Callable[[], keras.Model], device: str) -> list[Peer]:
    def placed() -> nn.Module:
        with torch.device(device):
            return theirs()

    return [
        in_process("torch", placed, once=True, before=_start_anew),
        in_process(OURS, ours, once=True, before=_start_anew),
    ]


def _start_anew() -> None:
    """The first model's names, and nobody pays for tearing down the other's model."""
    keras.backend.clear_session()
    gc.collect()
