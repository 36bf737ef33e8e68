"""What a layer class's `call` and `build` accept, worked out once per class."""

from __future__ import annotations

import inspect
from typing import Any

from torchkeras.core.per_class import once_per_class


class CallInfo:
    """The signature of a class, as far as calling it asks for it."""

    def __init__(self, cls: Any) -> None:
        parameters = list(inspect.signature(cls.call).parameters.values())[1:]
        names = [p.name for p in parameters]
        self.arguments = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        self.any_keyword = any(p.kind is p.VAR_KEYWORD for p in parameters)
        self.training = "training" in names
        self.mask = "mask" in names
        self.defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
        self.static_shape = _rule_covers_call(cls)
        self.build_arguments = _shape_arguments(cls.build)
        #: Whether the class, rather than the engine, says what its config is.
        self.own_config = not _definer(cls, "get_config").__module__.startswith("torchkeras.")
        self.builtin = cls.__module__.startswith("torchkeras.")
        #: Whether `call` is a user's.
        self.own_call = not _definer(cls, "call").__module__.startswith("torchkeras.")
        #: Whether the class has a rule of its own for masks.
        self.own_mask = not getattr(cls.compute_mask, "_is_default", False)
        #: A built-in whose call takes one tensor (and a mask, where there are any) and hands nothing but its result on:
        #: see Layer.__call__.
        #: (One that trains unless told otherwise needs the full call, which knows the default.)
        self.simple = (
            self.builtin
            and len(set(self.arguments) - {"training", "mask"}) == 1
            and not self.own_mask
            and not self.defaults.get("training")
        )

    def position(self, name: str) -> int:
        return self.arguments.index(name) if name in self.arguments else -1


def _definer(cls: Any, name: str) -> Any:
    """The class whose method of this name an instance has."""
    return next(base for base in cls.__mro__ if name in base.__dict__)


def _rule_covers_call(cls: Any) -> bool:
    """Whether the class's shape rule can be trusted for its call: it is at least as derived, or both are built in."""
    rule, call = _definer(cls, "compute_output_shape"), _definer(cls, "call")
    if getattr(rule.__dict__["compute_output_shape"], "_is_default", False):
        return False
    return issubclass(rule, call) or all(c.__module__.startswith("torchkeras.") for c in (rule, call))


def _shape_arguments(build: Any) -> list[str]:
    parameters = list(inspect.signature(build).parameters.values())[1:]
    return [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name.endswith("_shape")]


@once_per_class
def call_info(cls: Any) -> CallInfo:
    return CallInfo(cls)
