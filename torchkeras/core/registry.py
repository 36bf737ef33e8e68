"""Names to classes: the families of Keras, custom objects, and configs in Keras's saved form.

Loading is closed: a name is looked up in the custom objects and in one family's plain dict, never imported.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchkeras.core import reading
from torchkeras.core.config_values import is_value, restored, with_values
from torchkeras.core.custom_objects import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    is_registered,
    register_keras_serializable,
)
from torchkeras.core.dtypes import dtype_name
from torchkeras.core.errors import UnknownName, UnsafeConfig, did_you_mean
from torchkeras.core.safe_mode import safe_mode_scope

__all__ = [
    "FAMILIES",
    "Family",
    "custom_object_scope",
    "deserialize",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "register_keras_serializable",
    "serialize",
]

FAMILIES: dict[str, Family] = {}
_MODELS = ("Functional", "Model", "Sequential")


# --- families -----------------------------------------------------------------------------------------------


class Family:
    """One family of named things, such as the initializers: `get`, `serialize` and `deserialize` over a plain dict.

    Args:
        kind: the word for error messages ('initializer').
        module: the name of the family in saved configs ('keras.initializers').
        objects: name to class or function; a canonical name comes before its aliases.
        prepare: makes the settings that a config of any Keras has for a class into those that the class takes.
    """

    def __init__(
        self,
        kind: str,
        module: str,
        objects: dict[str, Any],
        prepare: Callable[[Any, dict[str, Any]], dict[str, Any]] | None = None,
    ) -> None:
        self.kind, self.module, self.objects = kind, module, objects
        self.prepare = prepare or (lambda target, settings: {k: with_values(v) for k, v in settings.items()})
        self.names: dict[Any, str] = {}
        for name, value in objects.items():
            self.names.setdefault(value, name)
        FAMILIES[module] = self

    def lookup(self, name: str, custom_objects: dict[str, Any] | None = None) -> Any:
        found = get_registered_object(name, custom_objects, self.objects)
        if found is None and "." in name:  # a function of another family, such as 'ops.relu' for an activation
            family, _, own = name.rpartition(".")
            known = FAMILIES.get(f"keras.{family}")
            found = known.objects.get(own) if known is not None else None
        if found is None:
            raise UnknownName(_unknown(self.kind, name, did_you_mean(name, self.objects)))
        return found

    def get(self, identifier: Any) -> Any:
        """The thing meant by a name, a config, a class, an instance or function; None stays None."""
        if identifier is None:
            return None
        if isinstance(identifier, str):
            found = self.lookup(identifier)
            return found() if inspect.isclass(found) else found
        if isinstance(identifier, dict):
            return self.deserialize(identifier)
        if inspect.isclass(identifier):
            return identifier()
        if callable(identifier):
            return identifier
        raise ValueError(
            f"Could not interpret the {self.kind} {identifier!r} of type {type(identifier).__name__}: "
            f"expected a name, a config, a class, an instance or a function."
        )

    def serialize(self, value: Any) -> Any:
        return serialize(value)

    def deserialize(
        self, config: Any, custom_objects: dict[str, Any] | None = None, safe_mode: bool | None = None
    ) -> Any:
        """Builds a thing from its saved form: a name, or {'class_name': ..., 'config': ...} of any Keras.

        Args:
            config: the saved form.
            custom_objects: classes and functions by name.
            safe_mode: whether code in it is refused; None for what holds around.
        """
        if config is None:
            return None
        if isinstance(config, str):
            found = self.lookup(config, custom_objects)
            return found() if inspect.isclass(found) else found
        if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
            raise ValueError(
                f"Improper {self.kind} config: expected a name or a dict with 'class_name', got {str(config)[:200]}"
            )
        with safe_mode_scope(safe_mode), reading.level(self, config, custom_objects):
            return self._made(config, custom_objects)

    def _made(self, config: dict[str, Any], custom_objects: dict[str, Any] | None) -> Any:
        if is_value(config):
            return restored(config)
        settings = config.get("config")
        if config["class_name"] == "function":
            return self._function(config, custom_objects)
        target: Any = self._target(config, custom_objects)
        if not inspect.isclass(target):
            return target
        if settings is not None and not isinstance(settings, (dict, list)):
            raise ValueError(
                f"Improper config of {self.kind} {config['class_name']!r}: expected its settings as a dict under "
                f"'config', got {str(settings)[:200]}"
            )
        made = reading.shared_object(config)
        if made is not None:
            return made
        with custom_object_scope(custom_objects):
            from_config: Any = getattr(target, "from_config", None)
            if isinstance(settings, list):  # a Sequential model of Keras before 2.2.3
                return from_config(settings)
            prepared = self.prepare(target, dict(settings or {}))
            made = from_config(prepared) if from_config else target(**prepared)
        reading.share(config, made)
        return made

    def _target(self, config: dict[str, Any], custom_objects: dict[str, Any] | None) -> Any:
        """The class that a config means. What a module's name says is never imported, but heeded."""
        name, registered, module = config["class_name"], config.get("registered_name"), config.get("module")
        theirs = isinstance(module, str) and is_keras(module)
        if not isinstance(registered, str) or (registered == name and (theirs or module is None)):
            if theirs or not isinstance(module, str) or module == "builtins":
                return self.lookup(_without_package(name, self.objects), custom_objects)
            target = get_registered_object(name, custom_objects)
            if target is None:
                raise UnknownName(_unknown(self.kind, name, f" The config has it from the module {module!r}."))
            return target
        if theirs and name in self.objects:
            raise UnsafeConfig(
                f"The config names {self.kind} {name!r} of {module!r}, which is Keras's own, and asks for "
                f"{registered!r} in its place by a `registered_name`. Keras's own have none: the config was changed."
            )
        target = get_registered_object(registered, custom_objects)
        if target is None:
            target = get_registered_object(name, custom_objects)
        elif is_registered(target) and name not in (target.__name__, registered):
            raise UnsafeConfig(
                f"The config names {self.kind} {name!r}, and asks for {registered!r} in its place by a "
                f"`registered_name`, which is {target.__name__!r}: the config was changed."
            )
        if target is None:
            raise UnknownName(_unknown(self.kind, name))
        return target

    def misses(self, name: str, module: Any) -> bool:
        """Whether no family knows a class that the config of a model names."""
        if name.startswith("__") or name.endswith(("Policy", "OpLambda", "OpLayer")) or name == "function":
            return False
        if isinstance(module, str) and module.startswith(("keras.src.ops", "keras.ops")):
            return False
        return not any(_without_package(name, family.objects) in family.objects for family in FAMILIES.values())

    def _function(self, config: dict[str, Any], custom_objects: dict[str, Any] | None) -> Any:
        named = [n for n in (config.get("config"), config.get("registered_name")) if isinstance(n, str)]
        if not named:
            raise ValueError(
                f"Improper config of a function: expected its name under 'config', got {str(config)[:200]}"
            )
        for name in named:
            found = get_registered_object(name, custom_objects)
            if found is not None:
                return found
        return self.lookup(named[0], custom_objects)


def is_keras(module: str) -> bool:
    """Whether a module's name is one of Keras itself."""
    return module.split(".")[0] in ("keras", "tf_keras", "tensorflow", "torchkeras")


def _without_package(name: str, objects: dict[str, Any]) -> str:
    """'Adam' for 'Custom>Adam': Keras 2 registers its own optimizers as if they were its users'."""
    own = name.removeprefix("Custom>")
    return own if own in objects and get_registered_object(name) is None else name


def _unknown(kind: str, name: str, hint: str = "") -> str:
    return (
        f"Unknown {kind}: {name!r}.{hint} If it is your own, decorate its definition with "
        f"`@keras.utils.register_keras_serializable()` and import it before loading, or pass it by name: "
        f"`custom_objects={{{name.rpartition('>')[2]!r}: ...}}`."
    )


def serialize(value: Any) -> Any:
    """The saved form of a value in a config, as Keras 2.13 and later write it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [serialize(item) for item in value]
    if isinstance(value, dict):
        return {key: serialize(item) for key, item in value.items()}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, torch.dtype):
        return dtype_name(value)
    if isinstance(value, torch.Size):
        return list(value)
    if hasattr(value, "as_datatype_enum"):  # a tf.DType
        return value.name
    if hasattr(value, "get_config"):
        return _serialize_object(value)
    if inspect.isfunction(value) or inspect.isbuiltin(value) or inspect.isclass(value):
        return _serialize_function(value)
    raise TypeError(f"Cannot put {value!r} of type {type(value).__name__} into a config.")


def _serialize_object(value: Any) -> dict[str, Any]:
    target = type(value)
    saved: dict[str, Any] = {"module": None, "class_name": target.__name__, "config": serialize(value.get_config())}
    for family in FAMILIES.values():
        if target in family.names:
            return saved | {
                "module": family.module,
                "class_name": family.names[target],
                "registered_name": None,
            }
    return saved | {"registered_name": get_registered_name(target)}


def _serialize_function(value: Any) -> Any:
    for family in FAMILIES.values():
        if value in family.names:
            return family.names[value]
    name = get_registered_name(value)
    registered = name if is_registered(value) else "function"
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": registered}


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None, safe_mode: bool | None = None) -> Any:
    """A value back from its saved form; dicts with 'class_name' become objects of the family they name.

    Args:
        config: the saved form, of any Keras.
        custom_objects: classes and functions by name.
        safe_mode: whether code in it is refused; None for what holds around.
    """
    with safe_mode_scope(safe_mode):
        return _deserialized(config, custom_objects)


def _deserialized(config: Any, custom_objects: dict[str, Any] | None) -> Any:
    if isinstance(config, list):
        return [_deserialized(item, custom_objects) for item in config]
    if is_value(config):
        return restored(config)
    if not isinstance(config, dict):
        return config
    if "class_name" not in config or "config" not in config:
        return {key: _deserialized(item, custom_objects) for key, item in config.items()}
    return _family_of(config).deserialize(config, custom_objects)


def _family_of(config: dict[str, Any]) -> Family:
    family = FAMILIES.get(config.get("module") or "")
    if family is not None:
        return family
    name = config["config"] if config["class_name"] == "function" else config["class_name"]
    candidates = [f for f in FAMILIES.values() if isinstance(name, str) and name.removeprefix("Custom>") in f.objects]
    return candidates[0] if candidates else next(iter(FAMILIES.values()))
