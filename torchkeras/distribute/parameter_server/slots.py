"""The slots of an optimizer, by the attribute that holds them."""

from __future__ import annotations

from typing import Any


def slot_lists(optimizer: Any) -> dict[str, list[Any]]:
    """An optimizer's slots by their name, each in the order of the variables that it trains."""
    names = [*getattr(optimizer, "slot_attributes", {}).values(), *SHARED_SLOTS]
    return {name: optimizer.__dict__[name] for name in names if isinstance(optimizer.__dict__.get(name), list)}


#: The attributes of the slots that any optimizer may have.
SHARED_SLOTS = ("_model_variables_moving_average", "_accumulated_gradients")

__all__ = ["SHARED_SLOTS", "slot_lists"]
