"""TimeDistributed: a layer for each time step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.nest import flatten, map_structure
from torchkeras.layers.building import map_shapes
from torchkeras.layers.input_spec import InputSpec
from torchkeras.layers.wrappers.wrapper import Wrapper


class TimeDistributed(Wrapper):
    """Applies a layer to each time step of its inputs, of shape (batch, time, ...), with the same weights.

    All steps are computed at once, as one large batch.

    Args:
        layer: the layer or model.

    Example: `TimeDistributed(Conv2D(8, 3))` of clips (batch, 16, 64, 64, 3) gives (batch, 16, 62, 62, 8).
    """

    makes_masks = True

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, input_shape: Any = None) -> None:
        specs = []

        def without_time(shape: Any) -> Any:
            if len(shape) < 3:
                raise ValueError(
                    f"`TimeDistributed` layer {self.name!r} should be passed an input of at least 3 dimensions (batch, "
                    f"time, ...). Received an input of shape {tuple(shape)}."
                )
            specs.append(InputSpec(shape=(None, None, *shape[2:])))
            return (shape[0], *shape[2:])

        super().build(map_shapes(without_time, input_shape))
        self.input_spec = specs[0] if len(specs) == 1 else specs

    def call(self, inputs: Any, mask: Any = None) -> Any:
        batch, steps = flatten(inputs)[0].shape[:2]
        if getattr(self.layer, "stateful", False):
            # Its state goes on from step to step, so the steps cannot be one batch.
            return torch.stack([self.layer(map_structure(_step(t), inputs)) for t in range(steps)], 1)
        arguments = {"mask": _folded(mask)} if mask is not None and self.layer._call_info.mask else {}
        outputs = self.layer(_folded(inputs), **arguments)
        return map_structure(lambda y: y.unflatten(0, (batch, steps)), outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        steps: list[int | None] = []

        def without_time(shape: Any) -> Any:
            steps.append(shape[1])
            return (shape[0], *shape[2:])

        shapes = self.layer.compute_output_shape(map_shapes(without_time, input_shape))
        return map_shapes(lambda shape: (shape[0], steps[0], *shape[1:]), shapes)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        produced = self.layer.compute_mask(_folded(inputs), _folded(mask))
        if produced is None:
            return map_structure(_of_steps, mask)
        batch, steps = flatten(inputs)[0].shape[:2]
        return map_structure(lambda m: None if m is None else m.unflatten(0, (batch, steps)), produced)


def _step(index: int) -> Callable[[Tensor], Tensor]:
    return lambda x: x.select(1, index)


def _folded(values: Any) -> Any:
    """Tensors of shape (batch, time, ...) as (batch * time, ...)."""
    return map_structure(lambda x: x.flatten(0, 1) if isinstance(x, Tensor) else x, values)


def _of_steps(mask: Any) -> Any:
    """One value for each step: whether anything in it counts."""
    return mask.flatten(2).any(-1) if isinstance(mask, Tensor) and mask.dim() > 2 else mask
