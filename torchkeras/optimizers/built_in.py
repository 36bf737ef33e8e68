"""What the built-in optimizers share: they update whole groups, in torch's layout."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, TypedDict

import torch
from torch import Tensor

from torchkeras.core.variable import Variable
from torchkeras.optimizers import kernels
from torchkeras.optimizers.gradients import torch_gradient
from torchkeras.optimizers.kernels import Rate
from torchkeras.optimizers.learning_rate import number
from torchkeras.optimizers.older_style import ApplyState
from torchkeras.optimizers.optimizer import Optimizer, _overridden
from torchkeras.optimizers.plan import Gathered, Group

if TYPE_CHECKING:
    from typing_extensions import Unpack as Unpack  # comes with torch


class OptionsButDecay(TypedDict, total=False):
    """The arguments that every optimizer takes besides its own; `Optimizer` says what they do."""

    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    jit_compile: bool
    gradient_transformers: Any
    lr: Any
    decay: float
    loss_scale_factor: float | None
    gradient_accumulation_steps: int | None


class Options(OptionsButDecay, total=False):
    """All of them."""

    weight_decay: float | None


class BuiltIn(Optimizer):
    """An optimizer whose update takes lists.

    A subclass says what it keeps (`slot_attributes`, `_slot_order`), which numbers a step needs (`_rates`), and how
    to update a group with them (`_update_group`).
    """

    #: The fused kernel it uses where there is one.
    kernel: ClassVar[str | None] = None
    #: Whether an update goes value by value, so that the rows of a variable can be updated by themselves.
    by_value: ClassVar[bool] = True

    def __init__(self, learning_rate: Any, name: str | None, **options: Any) -> None:
        if learning_rate is None and options.get("lr") is None:
            raise ValueError(f"{type(self).__name__} needs a `learning_rate`. Received: learning_rate=None")
        super().__init__(name, **({"weight_decay": None, "learning_rate": learning_rate} | options))

    def build(self, var_list: Iterable[Any]) -> None:
        """Makes what is kept for these variables; again, with others, for those too."""
        self._built = False
        super().build(var_list)
        self._make_slots()
        self._built = True

    def _slot_order(self) -> tuple[tuple[str, ...], ...]:
        """The slots in use; those of one tuple are made variable by variable, the order in which Keras saves them."""
        return ()

    def _make_slots(self) -> None:
        for names in self._slot_order():
            kept = [(name, self.__dict__.setdefault(self.slot_attributes[name], [])) for name in names]
            for place, variable in enumerate(self._trainable_variables):
                for name, slots in kept:
                    if place >= len(slots):
                        slots.append(self._make_slot(variable, name))

    def _get_ready(self, group: Group) -> None:
        """Makes and finds beforehand all that an update of this group would else make and find."""
        for name in (*(name for names in self._slot_order() for name in names), *(["average"] if self.use_ema else [])):
            self._state(group, name)
        self._fused(group)

    def _update(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        if _overridden(self, "update_step") or _overridden(self, "_resource_apply_dense"):
            super()._update(group, grads, rates)
        elif group.in_parts and not self.by_value:
            for place, gradient in enumerate(grads):
                gathered = Gathered(group, place, gradient)
                self._update_group(gathered, [gathered.gradient], rates)
                gathered.give_back()
        else:
            self._update_group(group, grads, rates)

    def _update_group(self, group: Group, grads: list[Tensor], rates: tuple[Rate, ...]) -> None:
        raise NotImplementedError

    def _fused(self, group: Group) -> bool:
        """Whether to use the fused kernel. torch.compile has no rule for it, and fuses foreach operators itself."""
        if group.fused is None:
            available = self.kernel is not None and kernels.available(self.kernel, group.device, group.dtype)
            group.fused = available and group.plain
        return group.fused and not torch.compiler.is_compiling()

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any = None) -> None:
        """Updates one variable; what subclasses reach with `super()`."""
        step = int(self._count)
        rate = self._rate_at(step) if learning_rate is None else number(learning_rate)
        with torch.no_grad():
            plan = self._plan([variable], (id(variable),))
            found = plan.groups[0].fitted([torch_gradient(gradient, variable, plan.parameters[0])])
            if found:
                self._update_group(*found, self._rates(plan.groups[0], rate, step + 1))

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: ApplyState | None = None) -> None:
        own = (apply_state or {}).get((var.device, var.dtype), {})
        BuiltIn.update_step(self, grad, var, own.get("lr_t"))


def slot_like(optimizer: Optimizer, variable: Variable, name: str, value: float) -> Variable:
    """A slot that starts at a value other than 0."""
    slot = optimizer.add_variable_from_reference(variable, name)
    slot.parameter.fill_(value)
    return slot
