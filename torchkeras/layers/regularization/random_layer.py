"""RandomLayer: a layer that draws random numbers."""

from __future__ import annotations

from numbers import Real
from typing import Any

import torch

from torchkeras.core.draws import thread
from torchkeras.core.mixing import mixed
from torchkeras.core.replicas import in_step
from torchkeras.core.seeds import unseeded
from torchkeras.layers.base import Layer

_CPU = torch.device("cpu")


class RandomLayer(Layer):
    """Without a seed it draws from torch's global generator; with one, from a generator of its own.

    The same seed gives the same sequence of noise, other noise at each call. In a graph of `torch.compile`, which knows
    the global generator alone, seeds have no effect.
    """

    # They only change values, and none outside training: integers may pass.
    keeps_dtype = True

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if seed is not None and not hasattr(seed, "__index__"):
            raise ValueError(
                f"Expected `seed` of layer {self.name!r} to be an integer or None. Received: seed={seed!r}"
            )
        self.seed = seed
        self.supports_masking = True
        self.__dict__["_generators"] = {}

    def _generator(self, device: torch.device) -> torch.Generator | None:
        """What to draw from on this device."""
        if device.type == "meta" or torch.compiler.is_compiling():
            return None
        if self.seed is None:
            return unseeded(device)
        if thread.place is not None:  # in a pipeline
            return thread.place.generator_of(self, self._number, device)
        return self._own(device)

    def _number(self) -> int:
        return int(torch.randint(1 << 62, (), generator=self._own(_CPU)))

    def _own(self, device: torch.device) -> torch.Generator:
        """The generator that the seed starts, where the last call left it."""
        assert self.seed is not None
        made: dict[torch.device, Any] = self.__dict__["_generators"]
        found = made.get(device)
        if not isinstance(found, torch.Generator):
            made[device] = torch.Generator(device)
            if found is None:
                together = in_step()  # each process has samples of its own, and needs noise of its own
                rank = 0 if together is None else together.rank
                made[device].manual_seed(mixed(int(self.seed), rank) if rank else int(self.seed))
            else:
                made[device].set_state(found)
            found = made[device]
        return found

    def generator_states(self) -> dict[str, Any]:
        """Where the random numbers of an own seed are, by device."""
        return {str(device): state for device, state in self._states().items()}

    def set_generator_states(self, states: dict[str, Any]) -> None:
        """Puts them where they were."""
        self.__dict__["_generators"] = {torch.device(device): state for device, state in states.items()}

    def _states(self) -> dict[torch.device, Any]:
        return {
            device: held.get_state() if isinstance(held, torch.Generator) else held
            for device, held in self.__dict__["_generators"].items()
        }

    def __getstate__(self) -> dict[str, Any]:
        # Generators cannot be copied or pickled; their states can, and become generators again at the next use.
        return super().__getstate__() | {"_generators": self._states()}

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


def check_rate(rate: Any, layer_name: str) -> float:
    """A rate between 0 and 1; ValueError for any other."""
    number = as_number(rate)
    if number is None or not 0 <= number <= 1:
        raise ValueError(
            f"Invalid value {rate!r} received for `rate` of layer {layer_name!r}, expected a value between 0 and 1."
        )
    return number


def as_number(value: Any) -> float | None:
    """A Python or NumPy number as a plain one, or None."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    return value if isinstance(value, (int, float)) else float(value)
