"""The settings of `compile` in a file, and the names of metrics that Keras 2 changes while it compiles."""

from __future__ import annotations

from typing import Any


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
