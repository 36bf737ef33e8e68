"""The settings of `compile` in a file."""

from __future__ import annotations

from typing import Any

from torchkeras import losses
from torchkeras.core.registry import serialize
from torchkeras.optimizers.built_in import BuiltIn
from torchkeras.saving import configs


def of_model(model: Any) -> dict[str, Any] | None:
    """What `compile` was given, as Keras 2 writes it; None, with a warning, where it cannot be put into a file.

    Once a batch has told what 'accuracy' and the like mean for each output, Keras 2 writes the metrics themselves, in
    lists by output.
    """
    settings = model.get_compile_config()
    if settings is None:
        return None
    found = configs.training_to_keras2(serialize(settings))
    found["loss"] = _in_full(found.get("loss"))
    if isinstance(model.optimizer, BuiltIn) and isinstance(found.get("optimizer_config"), dict):
        # As Keras 2.11 to 2.15 call their own; under a plain name Keras 3 refuses settings that it does not know.
        saved = found["optimizer_config"]
        found["optimizer_config"] = saved | {"class_name": f"Custom>{saved['class_name'].removeprefix('Custom>')}"}
    compiled = model.compiled_metrics
    if compiled is not None and compiled.built:
        found |= {"metrics": _made(compiled._plain), "weighted_metrics": _made(compiled._weighted)}
    return found


def _in_full(loss: Any) -> Any:
    """Losses by their whole names: Keras 3 takes 'mse' in a file for a metric."""
    if isinstance(loss, (list, tuple)):
        return [_in_full(one) for one in loss]
    if isinstance(loss, dict):
        return loss if "class_name" in loss else {name: _in_full(one) for name, one in loss.items()}
    known = losses.FAMILY.names.get(losses.FAMILY.objects.get(loss)) if isinstance(loss, str) else None
    return known if known is not None and known.startswith("mean_") else loss


def _made(by_output: list[list[Any]]) -> Any:
    if not any(by_output):
        return None
    return [[saved for metric in row if (saved := _saved(metric)) is not None] for row in by_output]


def _saved(metric: Any) -> Any:
    try:
        return configs.to_keras2(serialize(metric))
    except (TypeError, NotImplementedError):
        return None  # `get_compile_config` has warned of it


def with_plain_names(settings: dict[str, Any], output_names: list[str]) -> dict[str, Any]:
    """The settings with metrics under the names that they were given.

    Keras 2 puts the name of its output before that of a metric where there are several outputs (`p_mae`), and saves it
    so; compiling puts it there once more.

    Args:
        settings: a file's `training_config`.
        output_names: those of the model.
    """
    if len(output_names) < 2:
        return settings
    found = dict(settings)
    for key in ("metrics", "weighted_metrics"):
        of_outputs = found.get(key)
        if isinstance(of_outputs, list) and len(of_outputs) == len(output_names):
            found[key] = [_plain(one, name) for one, name in zip(of_outputs, output_names)]
        elif isinstance(of_outputs, dict):
            found[key] = {name: _plain(one, name) for name, one in of_outputs.items()}
    return found


def _plain(metrics: Any, output: str) -> Any:
    if isinstance(metrics, list):
        return [_plain(one, output) for one in metrics if one is not None]  # an output without metrics has [None]
    if not isinstance(metrics, dict) or not isinstance(metrics.get("config"), dict):
        return metrics
    config = metrics["config"]
    name = config.get("name")
    if not isinstance(name, str) or not name.startswith(f"{output}_"):
        return metrics
    return metrics | {"config": config | {"name": name[len(output) + 1 :]}}
