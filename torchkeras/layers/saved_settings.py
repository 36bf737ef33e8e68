"""What configs of other versions of Keras call the settings of a layer, in the words that our classes take."""

from __future__ import annotations

import inspect
import os
from typing import Any

from torchkeras.core.config_values import with_values
from torchkeras.core.errors import UnsafeConfig
from torchkeras.core.per_class import once_per_class
from torchkeras.core.safe_mode import in_safe_mode
from torchkeras.layers.base import _BASE_ARGUMENTS, Layer
from torchkeras.layers.call_info import call_info

#: Settings that change nothing where they have one of these values, and are not known here; None goes for all.
_WITHOUT_EFFECT: dict[str, tuple[Any, ...]] = {
    "rms_scaling": (False,),
    "oov_method": ("floormod",),
    "rng_type": ("stateful", "stateless", "legacy_stateful"),
    "zero_output_for_mask": (False,),
    "use_legacy_format": (True, False),
    "supports_jit": (True, False),
    "renorm": (False,),
    "ragged": (False,),
    "optional": (False,),
    "sparse": (False,),
    "token_count": (),
}
_LAYOUT_FREE = ("value_range", "data_format", "seed", "synchronized", "flash_attention")


def prepare(target: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that a class takes, of those that a config of any Keras has.

    Args:
        target: the class.
        settings: what the config has under 'config'.
    """
    refuse_files(target, settings)
    builtin = issubclass(target, Layer) and call_info(target).builtin
    if builtin and target.__name__ != "Lambda":  # which reads functions itself
        settings = {key: with_values(value) for key, value in settings.items()}
    if isinstance(settings.get("dtype"), (dict, str)):
        settings["dtype"] = _dtype(settings["dtype"])
    if not builtin or target.__name__ == "Lambda":
        return settings
    if target.__name__ == "TextVectorization" and settings.get("dtype") != "string":
        settings.pop("dtype", None)  # Keras 3 has the one of the numbers
    if target.__name__ == "GRU" and "reset_after" not in settings and "recurrent_activation" in settings:
        settings["reset_after"] = False  # written before there was such a thing
    known = _known(target)
    return {key: value for key, value in settings.items() if key in known or not _is_idle(key, value)}


def refuse_files(target: Any, settings: dict[str, Any]) -> None:
    """An UnsafeConfig for a vocabulary that is the name of a file: what a config says must not open any."""
    vocabulary = settings.get("vocabulary")
    if isinstance(vocabulary, dict):
        vocabulary = with_values(vocabulary)
    if isinstance(vocabulary, (str, bytes, os.PathLike)) and hasattr(target, "set_vocabulary") and in_safe_mode():
        raise UnsafeConfig(
            f"The config of {target.__name__} {settings.get('name')!r} names a file as its vocabulary, {vocabulary!r}. "
            f"A config must not open files. If you trust it, pass `safe_mode=False` to the function that loads it, or "
            f"call `keras.config.enable_unsafe_deserialization()` before."
        )


def _dtype(saved: Any) -> Any:
    """The name of a policy of Keras 2 or 3; None where it was to be found out."""
    found = saved if isinstance(saved, str) else _policy_name(saved)
    return None if found in ("infer", "_infer", None) else found


def _policy_name(saved: dict[str, Any]) -> Any:
    name = saved.get("class_name")
    content = saved.get("config")
    if name == "DTypePolicyMap" and isinstance(content, dict):  # of a model's layers; each has its own as well
        content = {"name": content.get("default_policy")}
        content = content["name"].get("config") if isinstance(content["name"], dict) else content
    if (
        not isinstance(name, str)
        or not name.endswith(("Policy", "PolicyV1", "PolicyMap"))
        or not isinstance(content, dict)
    ):
        raise ValueError(f"Improper dtype policy in a config: {str(saved)[:200]}")
    if name.startswith("Quantized"):
        raise ValueError(f"Quantized layers of Keras 3, of the policy {content.get('name')!r}, are not supported.")
    return content.get("name")


def _is_idle(key: str, value: Any) -> bool:
    return value is None or key in _LAYOUT_FREE or any(value == one for one in _WITHOUT_EFFECT.get(key, ()))


@once_per_class
def _known(target: Any) -> frozenset[str]:
    """The names of all arguments of a class, and those of which its `from_config` makes something else."""
    made = (
        "cell layer num_constants query_shape key_shape value_shape vocabulary_size layers input_layers output_layers"
    )
    found = {*_BASE_ARGUMENTS, *made.split(), "build_input_shape", "seed", "zero_output_for_mask"}
    for cls in target.__mro__:
        if "__init__" in cls.__dict__:
            found |= set(inspect.signature(cls.__dict__["__init__"]).parameters)
    return frozenset(found)
