"""Optimizers in checkpoints: as those of Keras 2.11 and later keep themselves, and as the older ones do.

The newer ones have a list of all their variables; the older ones (`keras.optimizers.legacy`, and all before 2.11) have
numbers such as `beta_1` as variables, and slots that go by the variable that they are for.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from torchkeras.core.variable import Variable
from torchkeras.optimizers import SGD, Adafactor, LossScaleOptimizer, Nadam, Optimizer

#: What the engine keeps in an optimizer's `__dict__` that no checkpoint has, or that `parts` gives by itself.
_NOT_PARTS = frozenset(("_variables", "_trainable_variables", "_stepped", "_excluded"))
#: The names of an older optimizer's counter and rate, and of the product that Nadam keeps.
OLDER_COUNTER, OLDER_RATE, OLDER_PRODUCT = "iter", "learning_rate", "momentum_cache"
PRODUCT = "_u_product"
#: The numbers that an older optimizer keeps as variables; all have the decay of their rate, too.
_OLDER_NUMBERS: dict[str, tuple[str, ...]] = {
    "Adadelta": ("rho",), "Adagrad": (), "Adam": ("beta_1", "beta_2"), "Adamax": ("beta_1", "beta_2"),
    "Ftrl": ("beta", "l1_regularization_strength", "l2_regularization_strength", "learning_rate_power"),
    "Nadam": ("beta_1", "beta_2"), "RMSprop": ("momentum", "rho"), "SGD": ("momentum",),
}  # fmt: skip


def inner(optimizer: Any) -> Any:
    """The optimizer within one that scales the loss; else itself."""
    return optimizer.inner_optimizer if isinstance(optimizer, LossScaleOptimizer) else optimizer


def parts(optimizer: Optimizer) -> dict[str, Any]:
    """What an optimizer has, by the names of the newer generation."""
    own = inner(optimizer)
    found: dict[str, Any] = {"_variables": list(own.variables), "_iterations": own._iterations}
    rate = own.__dict__.get("_learning_rate")
    if isinstance(rate, Variable):
        found["_learning_rate"] = rate
    for name, value in own.__dict__.items():
        if name not in _NOT_PARTS and (isinstance(value, (Variable, Optimizer)) or _all_variables(value)):
            found.setdefault(name, value)
    return found | _scale(optimizer)


def _all_variables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Variable) or one is None for one in value)


def _scale(optimizer: Optimizer) -> dict[str, Any]:
    if not isinstance(optimizer, LossScaleOptimizer):
        return {}
    return {"loss_scale": {"current_loss_scale": optimizer.dynamic_scale, "good_steps": optimizer.dynamic_counter}}


# --- for writing ---


def is_older(optimizer: Any) -> bool:
    """Whether it is written as the older generation: one of `legacy`, or of a class that uses slots."""
    own = inner(optimizer)
    return bool(own._older_generation or own._slots)


def written_parts(optimizer: Any) -> dict[str, Any]:
    """What Keras's optimizer of this class has, in either generation's form."""
    own = inner(optimizer)
    return (_older_parts(own) if is_older(own) else _newer_parts(own)) | _scale(optimizer)


def _newer_parts(own: Any) -> dict[str, Any]:
    found = parts(own)
    if isinstance(own, SGD) and not own.momentum and own._trainable_variables:
        # tf_keras keeps m without momentum too, and does nothing with it.
        found["momentums"] = [_zeros_like(variable) for variable in own._trainable_variables]
        found["_variables"] = [*found["_variables"], *found["momentums"]]
    elif isinstance(own, Nadam):
        found[PRODUCT] = _number(own._product_to(int(own._iterations)), PRODUCT)
    elif isinstance(own, Adafactor):
        for name in ("_r", "_c"):
            if name in found:
                found[name] = [_number(0, "r", np.int32) if one is None else one for one in found[name]]
    return found


def _older_parts(own: Any) -> dict[str, Any]:
    numbers = {name: getattr(own, name) for name in older_numbers(own)}
    found: dict[str, Any] = {
        name: _number(value, name) for name, value in numbers.items() if isinstance(value, (int, float))
    }
    found["decay"] = _number(own._initial_decay, "decay")
    rate = own.__dict__.get("_learning_rate")
    if isinstance(rate, Variable):
        found[OLDER_RATE] = rate
    if isinstance(own, Nadam):
        found[OLDER_PRODUCT] = _number(own._product_to(int(own._iterations)), OLDER_PRODUCT)
    return {OLDER_COUNTER: own._iterations} | dict(sorted(found.items()))


def older_numbers(own: Any) -> tuple[str, ...]:
    """The names of the numbers that the older optimizer of a class has, less the decay of the rate."""
    known = next((_OLDER_NUMBERS[one.__name__] for one in type(own).__mro__ if one.__name__ in _OLDER_NUMBERS), ())
    return (*known, *(name for name in own._hyper if name not in (*known, "learning_rate", "decay")))


def older_names(own: Any) -> dict[str, str]:
    """The older name of each slot by its present one; empty for optimizers that came later."""
    if not any(one.__name__ in _OLDER_NUMBERS for one in type(own).__mro__):
        return {}
    older = {present: name for name, present in own.older_slots.items()}
    return {name: older.get(name, name) for name in own.slot_attributes}


def older_slots(optimizer: Any) -> list[tuple[Variable, str, Variable]]:
    """What is kept for each variable: the variable, the older name of the slot, the slot."""
    own, found = inner(optimizer), []
    known = older_names(own)
    for name in dict.fromkeys([known.get(name, name) for name in own.get_slot_names()]):
        for variable in own._trainable_variables:
            with suppress(KeyError):  # not all variables have all slots
                slot = own.get_slot(variable, name)
                if slot is not None:
                    found.append((variable, name, slot))
    return found


def _number(value: float, name: str, dtype: Any = np.float32) -> Variable:
    return Variable(np.asarray(value, dtype), trainable=False, name=name)


def _zeros_like(variable: Variable) -> Variable:
    """Zeros that take no memory: one value, seen as many."""
    made = Variable(
        np.zeros((), np.float32), dtype=variable.parameter.dtype, trainable=False, name=f"m/{variable.path}"
    )
    made._tensor = made._tensor.detach().expand(tuple(variable.shape))
    return made


__all__ = ["inner", "is_older", "older_names", "older_numbers", "older_slots", "parts", "written_parts"]
