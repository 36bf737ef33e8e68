"""The settings of `compile` in files of Keras 2 and 3."""

from __future__ import annotations

import warnings
from typing import Any

from torchkeras.saving.configs.keras2 import to_keras2

#: What Keras 3 compiles with beside our settings.
_OF_KERAS3 = ("auto_scale_loss",)


def training_from_saved(config: dict[str, Any]) -> dict[str, Any]:
    """Saved settings of `compile` of any Keras in the form that `compile_from_config` takes."""
    found = {key: value for key, value in config.items() if key not in ("optimizer_config", *_OF_KERAS3)}
    if "optimizer_config" in config:
        found["optimizer"] = config["optimizer_config"]
    found.pop("sample_weight_mode", None)
    if isinstance(found.get("optimizer"), dict):
        found["optimizer"] = _optimizer(found["optimizer"])
    return found


def _optimizer(saved: dict[str, Any]) -> dict[str, Any]:
    """An optimizer's config; one of float16 training comes without its loss scale, as all computes in float32."""
    settings = saved.get("config")
    if isinstance(settings, dict) and saved.get("class_name") == "LossScaleOptimizer":
        inner = settings.get("inner_optimizer") or settings.get("optimizer")
        if isinstance(inner, dict):
            return inner
    if isinstance(settings, dict) and saved.get("class_name") == "Nadam":
        return saved | {"config": _nadam(settings)}
    return saved


def _nadam(settings: dict[str, Any]) -> dict[str, Any]:
    """Without the rate of the momentum's schedule that Nadam had until Keras 2.10, at first under another name."""
    rest = {key: value for key, value in settings.items() if key not in ("schedule_decay", "decay")}
    if len(rest) < len(settings):
        warnings.warn(
            "The file's Nadam is of Keras 2.10 or before, which let the momentum grow more slowly: 0.96 ** (0.004 * "
            "step) was what is 0.96 ** step now. It goes on with the schedule of now.",
            stacklevel=2,
        )
    return rest


#: Optimizers that Keras 2 finds by these names alone: some came when it registered them like a user's; its other
#: LossScaleOptimizer takes none of the present optimizers.
_REGISTERED = {
    "Lion": "Custom>Lion",
    "Adafactor": "Custom>Adafactor",
    "LossScaleOptimizer": "LossScaleOptimizerV3",
}

# --- writing ------------------------------------------------------------------------------------------------


def training_to_keras2(config: dict[str, Any]) -> dict[str, Any]:
    """Our settings of `compile` in the form of Keras 2's `training_config`."""
    optimizer = config.get("optimizer")
    made = {key: to_keras2(config.get(key)) for key in ("loss", "metrics", "weighted_metrics", "loss_weights")}
    if isinstance(optimizer, dict):
        registered = optimizer.get("registered_name")
        name = _REGISTERED.get(optimizer["class_name"], optimizer["class_name"])
        made["optimizer_config"] = to_keras2(optimizer | {"class_name": registered or name})
    elif isinstance(optimizer, str):
        made["optimizer_config"] = {"class_name": optimizer, "config": {}}
    return made


def training_to_keras3(config: dict[str, Any]) -> dict[str, Any]:
    """Our settings of `compile` in the form of Keras 3's `compile_config`."""
    made = {
        "optimizer": None,
        "loss": None,
        "loss_weights": None,
        "metrics": None,
        "weighted_metrics": None,
        "run_eagerly": False,
        "steps_per_execution": 1,
        "jit_compile": False,
    }
    made |= {key: _for_keras3(value) for key, value in config.items() if key in made and value is not None}
    return made


def _for_keras3(value: Any) -> Any:
    if isinstance(value, list):
        return [_for_keras3(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "function" and value.get("module") == "builtins":
        return value
    if value.get("module") == "keras.optimizers" and isinstance(value.get("config"), dict):
        dropped = ("is_legacy_optimizer", "jit_compile", "decay")
        settings = {key: _for_keras3(one) for key, one in value["config"].items() if key not in dropped}
        return value | {"config": settings}
    if value.get("reduction") == "auto":  # the one way there is of finding it out
        value = value | {"reduction": "sum_over_batch_size"}
    # A schedule without a name is refused there once it is used.
    return {key: _for_keras3(one) for key, one in value.items() if key != "name" or one is not None}
