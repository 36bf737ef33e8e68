"""Muon."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from torchkeras.core.variable import Variable
from torchkeras.optimizers.built_in import BuiltIn, OptionsButDecay
from torchkeras.optimizers.kernels import Rate, add_ratio, add_scaled, add_square
from torchkeras.optimizers.plan import Group

if TYPE_CHECKING:
    from torchkeras.optimizers.built_in import Unpack


class Muon(BuiltIn):
    """Moves matrices by their momentum made orthogonal, and all other variables as Adam does (Keras 3).

    Embeddings go by Adam too, and so should the layer that makes the output: name it in `exclude_layers`.

    Args:
        learning_rate: a number, a schedule, or a function without arguments.
        adam_beta_1, adam_beta_2, epsilon: as in Adam.
        adam_weight_decay: the weight decay of variables that go by Adam.
        exclude_layers: patterns; variables in whose path one is found go by Adam.
        exclude_embeddings: whether variables with 'embedding' in their path do.
        muon_a, muon_b, muon_c: the polynomial of the iteration that makes a matrix orthogonal.
        adam_lr_ratio: what the rate is multiplied by for Adam.
        momentum: how much of the momentum of a matrix a step keeps.
        ns_steps: how often the iteration is repeated.
        nesterov: whether to look a step ahead.
        rms_rate: the root mean square of the update of a matrix; None to leave it as it comes.
        weight_decay: of matrices.
        name: of the optimizer.
        options: see `Optimizer`.
    """

    by_value = False
    slot_attributes = {"m": "momentums", "v": "adam_velocities"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        name: str | None = "Muon",
        *,
        exclude_layers: list[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **options: Unpack[OptionsButDecay],
    ) -> None:
        super().__init__(learning_rate, name, weight_decay=weight_decay, **options)
        self.adam_beta_1, self.adam_beta_2, self.epsilon = adam_beta_1, adam_beta_2, epsilon
        self.adam_weight_decay, self.adam_lr_ratio = adam_weight_decay, adam_lr_ratio
        self.exclude_layers, self.exclude_embeddings = list(exclude_layers or ()), exclude_embeddings
        self.muon_a, self.muon_b, self.muon_c = muon_a, muon_b, muon_c
        self.momentum, self.ns_steps, self.nesterov, self.rms_rate = momentum, ns_steps, nesterov, rms_rate

    def _should_use_adamw(self, variable: Any) -> bool:
        """Whether a variable goes by Adam."""
        if len(variable.shape) != 2:
            return True
        if self.exclude_embeddings and "embedding" in variable.path.lower():
            return True
        return any(re.search(pattern, variable.path) for pattern in self.exclude_layers)

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        return (("m", "v"),)

    def _make_slot(self, variable: Variable, name: str) -> Any:
        return None if name == "v" and not self._should_use_adamw(variable) else super()._make_slot(variable, name)

    def _rates(self, group: Group, rate: float, step: int) -> tuple[float, ...]:
        corrected = math.sqrt(group.left(self.adam_beta_2, step)) / float(group.left(self.adam_beta_1, step))
        return rate, rate * self.adam_lr_ratio * corrected

    def _get_ready(self, group: Group) -> None:
        super()._get_ready(group)
        self._places(group)

    def _places(self, group: Group) -> tuple[list[int], list[int]]:
        """The places in a group of the variables that go by Adam, and of the others."""
        found = group.states.get("places")
        if found is None:
            adam = [self._should_use_adamw(variable) for variable in group.variables]
            found = group.states["places"] = [
                [place for place, own in enumerate(adam) if own is wanted] for wanted in (True, False)
            ]
        return found[0], found[1]

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        momenta, squares = self._state(group, "m"), self._state(group, "v")
        for places, update in zip(self._places(group), (self._adam, self._muon), strict=True):
            if places:
                params, own, first, second = (
                    [one[i] for i in places] for one in (group.parameters, grads, momenta, squares)
                )
                update(params, own, first, second, rates)

    def _adam(
        self, params: list[Tensor], grads: list[Tensor], first: list[Tensor], second: list[Tensor], rates: Any
    ) -> None:
        torch._foreach_lerp_(first, grads, 1.0 - self.adam_beta_1)
        add_square(second, grads, self.adam_beta_2)
        roots = torch._foreach_sqrt(second)
        torch._foreach_add_(roots, self.epsilon)
        add_ratio(params, first, roots, -rates[1])

    def _muon(self, params: list[Tensor], grads: list[Tensor], momenta: list[Tensor], _: list[Any], rates: Any) -> None:
        torch._foreach_add_(momenta, torch._foreach_add(grads, momenta, alpha=self.momentum - 1.0))
        # torch's shape of a matrix may be Keras's transposed; so is what comes of it then.
        ahead = torch._foreach_add(grads, momenta, alpha=self.momentum) if self.nesterov else momenta
        updates = [self._scaled(self._orthogonal(one)) for one in ahead]
        add_scaled(params, updates, -rates[0])

    def _scaled(self, update: Tensor) -> Tensor:
        return update if self.rms_rate is None else update * (math.sqrt(max(update.shape)) * self.rms_rate)

    def _orthogonal(self, x: Tensor) -> Tensor:
        """Newton and Schulz's iteration, which takes all singular values to about 1."""
        tall = x.shape[0] > x.shape[1]
        x = x.mT if tall else x
        x = x / (torch.linalg.vector_norm(x) + 1e-7)
        for _ in range(self.ns_steps):
            square = x @ x.mT
            x = self.muon_a * x + (self.muon_b * square + self.muon_c * square @ square) @ x
        return x.mT if tall else x

    def _decay(self, group: Group, rate: Rate) -> None:
        for places, decay in zip(self._places(group), (self.adam_weight_decay, self.weight_decay), strict=True):
            chosen = [group.parameters[i] for i in places if group.decays[i]]
            if decay and chosen:
                add_scaled(chosen, chosen, rate * -decay)

    def _apply_weight_decay(self, variables: Iterable[Any]) -> None:
        rate = self._rate_at(int(self._iterations))
        with torch.no_grad():
            for variable in variables:
                decay = self.adam_weight_decay if self._should_use_adamw(variable) else self.weight_decay
                if decay and self._use_weight_decay(variable):
                    variable.parameter.add_(variable.parameter, alpha=-decay * rate)

    def get_config(self) -> dict[str, Any]:
        names = (
            "adam_beta_1", "adam_beta_2", "epsilon", "exclude_layers", "muon_a", "muon_b", "muon_c", "adam_lr_ratio",
            "momentum", "ns_steps", "nesterov", "exclude_embeddings", "adam_weight_decay", "rms_rate",
        )  # fmt: skip
        return super().get_config() | {name: getattr(self, name) for name in names}
